"""Whether a process waits for people: what whoever moves its clock has to know."""

from temporalio.client import WorkflowExecutionDescription


def rests(described: WorkflowExecutionDescription) -> bool:
    """It has nothing under way: no step, no task of its own, and no child that has yet to start."""
    raw = described.raw_description
    has_work = raw.pending_activities or raw.HasField("pending_workflow_task")
    return not has_work and all(child.run_id for child in raw.pending_children)
