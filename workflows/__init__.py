"""Orchestration only, one file a clause. Listed in clause order."""

from workflows.amendment import AmendmentWorkflow
from workflows.codes import CodesWorkflow
from workflows.delivery import DeliveryWorkflow
from workflows.enrolment import EnrolmentWorkflow
from workflows.request import RequestWorkflow
from workflows.review import ReviewWorkflow
from workflows.setup import SetupWorkflow
from workflows.training import TrainingWorkflow

WORKFLOWS = [
    RequestWorkflow,
    ReviewWorkflow,
    SetupWorkflow,
    EnrolmentWorkflow,
    CodesWorkflow,
    TrainingWorkflow,
    DeliveryWorkflow,
    AmendmentWorkflow,
]
