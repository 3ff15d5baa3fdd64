"""What every step names: its case, itself, and the workflow's clock."""

from datetime import datetime
from typing import TypedDict

from temporalio import workflow


class Stamp(TypedDict):
    number: str
    step: str
    at: datetime


def stamp(number: str, step: str) -> Stamp:
    """A step of a case, now."""
    return {"number": number, "step": step, "at": workflow.now()}
