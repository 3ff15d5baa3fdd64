"""The request that tests, the demo and the bench file."""

from typing import Any
from uuid import uuid4


def request_form(**changes: Any) -> dict[str, Any]:
    """A complete one for a course in the category «Медицина», with a teacher whom nobody knows yet."""
    return {
        "wanted": "course",
        "subsystem": "edu",
        "category": 4,
        "course_name": f"Курс {uuid4().hex}",
        "goal": "Повышение квалификации медицинских работников",
        "learners": {"description": "Врачи и фельдшеры скорой помощи, 320 человек"},
        "access": "by_responsible",
        "responsible": {
            "name": "Тестова Вера Павловна",
            "post": "Методист",
            "email": f"vera.{uuid4().hex[:8]}@example.org",
            "phone": "+7 3452 00-00-00",
        },
        **changes,
    }
