"""Orchestration only, one file a clause. Listed in clause order."""

from workflows.amendment import AmendmentWorkflow
from workflows.delivery import DeliveryWorkflow
from workflows.request import RequestWorkflow
from workflows.review import ReviewWorkflow
from workflows.setup import SetupWorkflow

WORKFLOWS = [RequestWorkflow, ReviewWorkflow, SetupWorkflow, DeliveryWorkflow, AmendmentWorkflow]
