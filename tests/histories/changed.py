"""The workflows with one step more than the recorded cases took: what a careless edit would be."""

from datetime import timedelta

from temporalio import workflow

from models.decisions import Reviewed
from models.letters import Letter, LetterState
from models.replacement import Replacement
from models.requests import Filed, Review, Setup, Stage
from models.setup import SetupResult
from models.steps import Amend
from models.training_steps import TrainingCase
from models.trainings import Stage as TrainingStage
from workflows.amendment import AmendmentWorkflow
from workflows.delivery import DeliveryWorkflow
from workflows.replacement import ReplacementWorkflow
from workflows.request import RequestWorkflow
from workflows.review import ReviewWorkflow
from workflows.setup import SetupWorkflow
from workflows.training import TrainingWorkflow

STEP = timedelta(seconds=1)


@workflow.defn(name="RequestWorkflow")
class ChangedRequest(RequestWorkflow):
    @workflow.run
    async def run(self, filed: Filed) -> Stage:
        await workflow.sleep(STEP)
        return await super().run(filed)


@workflow.defn(name="ReviewWorkflow")
class ChangedReview(ReviewWorkflow):
    @workflow.init
    def __init__(self, review: Review) -> None:
        super().__init__(review)

    @workflow.run
    async def run(self, review: Review) -> Reviewed:
        await workflow.sleep(STEP)
        return await super().run(review)


@workflow.defn(name="SetupWorkflow")
class ChangedSetup(SetupWorkflow):
    @workflow.init
    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)

    @workflow.run
    async def run(self, setup: Setup) -> SetupResult:
        await workflow.sleep(STEP)
        return await super().run(setup)


@workflow.defn(name="DeliveryWorkflow")
class ChangedDelivery(DeliveryWorkflow):
    @workflow.run
    async def run(self, letter: Letter) -> LetterState:
        await workflow.sleep(STEP)
        return await super().run(letter)


@workflow.defn(name="AmendmentWorkflow")
class ChangedAmendment(AmendmentWorkflow):
    @workflow.run
    async def run(self, amend: Amend) -> int:
        await workflow.sleep(STEP)
        return await super().run(amend)


@workflow.defn(name="TrainingWorkflow")
class ChangedTraining(TrainingWorkflow):
    @workflow.init
    def __init__(self, opened: TrainingCase) -> None:
        super().__init__(opened)

    @workflow.run
    async def run(self, opened: TrainingCase) -> TrainingStage:
        await workflow.sleep(STEP)
        return await super().run(opened)


@workflow.defn(name="ReplacementWorkflow")
class ChangedReplacement(ReplacementWorkflow):
    @workflow.init
    def __init__(self, opened: Replacement) -> None:
        super().__init__(opened)

    @workflow.run
    async def run(self, opened: Replacement) -> None:
        await workflow.sleep(STEP)
        await super().run(opened)


CHANGED = [
    ChangedRequest,
    ChangedReview,
    ChangedSetup,
    ChangedTraining,
    ChangedReplacement,
    ChangedDelivery,
    ChangedAmendment,
]
