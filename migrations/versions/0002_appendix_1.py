"""Appendix 1 as seed data, and a journal that only grows.

The data is that of version 3.0, which never changes: a new version of the
regulation comes with a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

from models.appendix import CATEGORIES, SUBSYSTEMS

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_AUTHORITY = "di"
_OPERATOR = "citto"

_CODES = {
    "Департамент информатизации Тюменской области": _AUTHORITY,
    "Государственное автономное учреждение дополнительного образования Тюменской области"
    " «Региональный информационно-образовательный центр»": "rio-centr",
    "Центральная избирательная комиссия Тюменской области": "izbirkom",
    "Государственное казённое учреждение Тюменской области"
    " «Тюменская областная служба Экстренного реагирования»": "toser",
    "Аппарат Губернатора Тюменской области": "apparat",
    "Департамент здравоохранения Тюменской области": "zdrav",
    "Департамент труда и занятости населения Тюменской области": "trud",
}

_ORGANISATIONS = sa.table("organisations", *map(sa.column, ("code", "name", "kind", "email", "head_email")))
_SUBSYSTEMS = sa.table(
    "subsystems",
    *map(sa.column, ("code", "number", "name", "release", "url", "purpose", "owner", "parent")),
)
_CATEGORIES = sa.table(
    "categories",
    *map(sa.column, ("subsystem", "number", "name", "purpose", "owner")),
)

_KEEP_JOURNAL = """
CREATE FUNCTION keep_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal only grows';
END
$$
"""


def upgrade() -> None:
    op.bulk_insert(_ORGANISATIONS, [_organisation(name, code) for name, code in _CODES.items()])
    op.bulk_insert(
        _ORGANISATIONS,
        [
            _organisation(
                "Государственное казенное учреждение Тюменской области"
                " «Центр информационных технологий Тюменской области»",
                _OPERATOR,
            )
        ],
    )
    op.bulk_insert(_SUBSYSTEMS, [_subsystem(one) for one in SUBSYSTEMS])
    op.bulk_insert(_CATEGORIES, [_category(one) for one in CATEGORIES])
    op.execute(_KEEP_JOURNAL)
    op.execute(
        "CREATE TRIGGER keep_journal BEFORE UPDATE OR DELETE ON journal"
        " FOR EACH ROW EXECUTE FUNCTION keep_journal()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_journal ON journal")
    op.execute("DROP FUNCTION keep_journal()")
    op.execute("DELETE FROM categories WHERE number IS NOT NULL")
    op.execute("DELETE FROM subsystems")
    op.execute("DELETE FROM organisations")


def _organisation(name, code):
    kind = {_AUTHORITY: "authority", _OPERATOR: "operator"}.get(code, "agency")
    return {"code": code, "name": name, "kind": kind, "email": "", "head_email": ""}


def _subsystem(one):
    return {
        "code": one.code,
        "number": one.number,
        "name": one.title,
        "release": one.version or None,
        "url": one.address or None,
        "purpose": one.purpose,
        "owner": _CODES[one.owner],
        "parent": one.parent,
    }


def _category(one):
    return {
        "subsystem": "edu",
        "number": one.number,
        "name": one.title,
        "purpose": one.purpose,
        "owner": _CODES[one.owner],
    }
