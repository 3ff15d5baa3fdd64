"""One step of a case."""

from datetime import datetime

from models.message import Message


class Step(Message):
    """One step of one case, at an instant of the workflow's clock."""

    number: str
    step: str
    at: datetime
