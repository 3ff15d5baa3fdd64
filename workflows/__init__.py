"""Orchestration only, one file a clause. Listed in clause order."""

from workflows.amendment import AmendmentWorkflow
from workflows.authoring import AuthoringWorkflow
from workflows.canary import CanaryWorkflow
from workflows.certificate_letter import CertificateLetterWorkflow
from workflows.certification import CertificationWorkflow
from workflows.codes import CodesWorkflow
from workflows.consultation import ConsultationWorkflow
from workflows.delivery import DeliveryWorkflow
from workflows.enrolment import EnrolmentWorkflow
from workflows.reconciliation import ReconciliationWorkflow
from workflows.replacement import ReplacementWorkflow
from workflows.request import RequestWorkflow
from workflows.review import ReviewWorkflow
from workflows.setup import SetupWorkflow
from workflows.training import TrainingWorkflow

WORKFLOWS = [
    RequestWorkflow,
    ReviewWorkflow,
    SetupWorkflow,
    AuthoringWorkflow,
    ConsultationWorkflow,
    EnrolmentWorkflow,
    CodesWorkflow,
    TrainingWorkflow,
    ReplacementWorkflow,
    CertificationWorkflow,
    CertificateLetterWorkflow,
    DeliveryWorkflow,
    AmendmentWorkflow,
    ReconciliationWorkflow,
    CanaryWorkflow,
]
