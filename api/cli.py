"""The command line of an installation: `python -m api.cli`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.client import Client

from api import keys as api_keys
from api.auth import Role
from models import namespace, store
from models.settings import settings
from models.tables import ApiKey, Organisation

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Управление установкой СЭО ТО.")
keys = typer.Typer(no_args_is_help=True, help="Ключи доступа к API.")
organisations = typer.Typer(no_args_is_help=True, help="Организации и адреса для их писем.")
temporal = typer.Typer(no_args_is_help=True, help="Temporal.")
app.add_typer(keys, name="keys")
app.add_typer(organisations, name="organisations")
app.add_typer(temporal, name="temporal")

console = Console()


@keys.command("issue")
def issue_key(
    role: Annotated[Role, typer.Option(help="Роль.")],
    organisation: Annotated[str, typer.Option(help="Код организации.")],
    holder: Annotated[str, typer.Option(help="Кому выдан: лицо или система.")],
) -> None:
    """Выдать ключ. Он показывается один раз."""
    try:
        secret = _in_postgres(lambda session: api_keys.issue(session, role, organisation, holder))
    except api_keys.UnknownOrganisation:
        console.print(f"Организации «{organisation}» нет.")
        raise typer.Exit(1) from None
    console.print(secret, soft_wrap=True)


@keys.command("revoke")
def revoke_key(key_id: int) -> None:
    """Отозвать ключ: он перестаёт действовать сразу."""
    if not _in_postgres(lambda session: api_keys.revoke(session, key_id)):
        console.print(f"Действующего ключа {key_id} нет.")
        raise typer.Exit(1)
    console.print(f"Ключ {key_id} отозван.")


@keys.command("list")
def list_keys() -> None:
    """Показать ключи (самих ключей никто не хранит)."""

    async def read(session: AsyncSession) -> list[ApiKey]:
        return list((await session.scalars(select(ApiKey).order_by(col(ApiKey.id)))).all())

    table = Table("№", "Роль", "Организация", "Кому", "Выдан", "Отозван")
    for key in _in_postgres(read):
        revoked = f"{key.revoked_at:%d.%m.%Y}" if key.revoked_at else ""
        table.add_row(
            str(key.id), key.role, key.organisation, key.holder, f"{key.issued_at:%d.%m.%Y}", revoked
        )
    console.print(table)


@organisations.command("list")
def list_organisations() -> None:
    """Показать организации и их адреса."""

    async def read(session: AsyncSession) -> list[Organisation]:
        return list((await session.scalars(select(Organisation).order_by(col(Organisation.code)))).all())

    table = Table("Код", "Название", "Почта", "Почта руководителя")
    for one in _in_postgres(read):
        table.add_row(one.code, one.name, one.email, one.head_email)
    console.print(table)


@organisations.command("set")
def set_organisation(
    code: str,
    email: Annotated[str, typer.Option(help="Куда слать письма.")],
    head_email: Annotated[str, typer.Option(help="Адрес руководителя.")],
    name: Annotated[str, typer.Option(help="Полное название; нужно для новой организации.")] = "",
) -> None:
    """Завести организацию или внести её адреса."""

    async def write(session: AsyncSession) -> bool:
        row = await session.get(Organisation, code) or Organisation(code=code, name=name, kind="agency")
        row.name = name or row.name
        row.email, row.head_email = email, head_email
        session.add(row)
        return bool(row.name)

    if not _in_postgres(write):
        console.print("Новой организации нужно название: --name.")
        raise typer.Exit(1)
    console.print(f"Организация «{code}» записана.")


@temporal.command("register")
def register_namespace() -> None:
    """Завести в Temporal пространство имён (хранение 90 дней) и поля поиска."""

    async def register() -> None:
        config = settings()
        client = await Client.connect(config.temporal_address)
        await namespace.register(client, config.temporal_namespace)

    asyncio.run(register())
    console.print("Temporal готов.")


def _in_postgres(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Run one transaction."""

    async def run() -> T:
        engine = store.connect(settings().database_url.get_secret_value())
        try:
            async with store.sessions(engine).begin() as session:
                return await work(session)
        finally:
            await engine.dispose()

    return asyncio.run(run())


if __name__ == "__main__":
    app()
