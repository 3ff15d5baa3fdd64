"""Types of columns."""

from typing import Any

from sqlalchemy import DateTime

AWARE: Any = DateTime(timezone=True)
"""The type of every column that holds an instant."""
