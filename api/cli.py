"""The command line of an installation: `python -m api.cli`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.client import Client

from api import keys as api_keys
from api import organisations as api_organisations
from api.auth import Role
from api.invalid import RussianValueError
from api.schemas.fields import address
from models import namespace, store
from models.exit import run_and_leave
from models.settings import settings
from models.signing import SigningKey
from models.tables import ApiKey

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Управление установкой СЭО ТО.")
keys = typer.Typer(no_args_is_help=True, help="Ключи доступа к API.")
organisations = typer.Typer(no_args_is_help=True, help="Организации и адреса для их писем.")
temporal = typer.Typer(no_args_is_help=True, help="Temporal.")
app.add_typer(keys, name="keys")
app.add_typer(organisations, name="organisations")
app.add_typer(temporal, name="temporal")

console = Console()


def _address(text: str) -> str:
    try:
        return address(text)
    except RussianValueError as error:
        raise typer.BadParameter(str(error)) from None


Email = Annotated[str, typer.Option(callback=_address, help="Куда слать письма.")]
HeadEmail = Annotated[str, typer.Option(callback=_address, help="Адрес руководителя.")]


@keys.command("issue")
def issue_key(
    role: Annotated[Role, typer.Option(help="Роль.")],
    organisation: Annotated[str, typer.Option(help="Код организации.")],
    holder: Annotated[str, typer.Option(help="Кому выдан: лицо или система.")],
    email: Annotated[
        str,
        typer.Option(
            callback=_address, help="Почта ответственного лица: ключ открывает дела, где она названа."
        ),
    ] = "",
) -> None:
    """Выдать ключ. Он показывается один раз."""
    try:
        secret = _in_postgres(lambda session: api_keys.issue(session, role, organisation, holder, email))
    except api_keys.AddressMissing:
        console.print("Ключу ответственного лица нужна его почта: --email.")
        raise typer.Exit(1) from None
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

    table = Table("№", "Роль", "Организация", "Кому", "Почта", "Выдан", "Отозван")
    for key in _in_postgres(read):
        revoked = f"{key.revoked_at:%d.%m.%Y}" if key.revoked_at else ""
        table.add_row(
            str(key.id),
            key.role,
            key.organisation,
            key.holder,
            key.email,
            f"{key.issued_at:%d.%m.%Y}",
            revoked,
        )
    console.print(table)


@organisations.command("list")
def list_organisations() -> None:
    """Показать организации и их адреса."""

    table = Table("Код", "Название", "Почта", "Почта руководителя")
    for one in _in_postgres(api_organisations.listed):
        table.add_row(one.code, one.name, one.email, one.head_email)
    console.print(table)


@organisations.command("set")
def set_organisation(
    code: str,
    email: Email,
    head_email: HeadEmail,
    name: Annotated[str, typer.Option(help="Полное название; нужно для новой организации.")] = "",
) -> None:
    """Завести организацию или внести её адреса."""

    try:
        _in_postgres(lambda session: api_organisations.put(session, code, name, email, head_email))
    except api_organisations.NameMissing:
        console.print("Новой организации нужно название: --name.")
        raise typer.Exit(1) from None
    except api_organisations.CodeUnfit:
        console.print("Код — строчные латинские буквы, цифры и дефис, до 50 знаков.")
        raise typer.Exit(1) from None
    console.print(f"Организация «{code}» записана.")


@temporal.command("register")
def register_namespace() -> None:
    """Завести в Temporal пространство имён (хранение 90 дней) и поля поиска."""

    async def register() -> None:
        config = settings()
        try:
            client = await Client.connect(config.temporal_address)
        except RuntimeError:
            console.print(f"Temporal не отвечает по адресу {config.temporal_address}.")
            raise typer.Exit(1) from None
        await namespace.register(client, config.temporal_namespace)

    asyncio.run(register())
    console.print("Temporal готов.")


@app.command("signing-key")
def signing_key() -> None:
    """Показать открытый ключ установки: им проверяют файлы дел (`python -m verify`)."""
    secret = settings().signing_key.get_secret_value()
    if not secret:
        console.print("Ключ подписи не задан: SEO_SIGNING_KEY.")
        raise typer.Exit(1)
    console.print(SigningKey.read(secret).public, soft_wrap=True)


def _in_postgres(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Run one transaction."""

    async def run() -> T:
        engine = store.connect(settings().database_url.get_secret_value())
        try:
            async with store.sessions(engine).begin() as session:
                return await work(session)
        except OperationalError:
            console.print("База данных недоступна: проверьте SEO_DATABASE_URL.")
            raise typer.Exit(1) from None
        finally:
            await engine.dispose()

    return asyncio.run(run())


if __name__ == "__main__":
    run_and_leave(app)
