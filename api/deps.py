"""What routes are given: settings, Postgres, Temporal. Set by `create`, so that tests inject."""

from typing import Annotated, cast

from fastapi import Depends, Request
from temporalio.client import Client

from models import store
from models.settings import Settings


async def _settings(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


async def _sessions(request: Request) -> store.Sessions:
    return cast(store.Sessions, request.app.state.sessions)


async def _temporal(request: Request) -> Client:
    return cast(Client, request.app.state.temporal)


SettingsDep = Annotated[Settings, Depends(_settings)]
SessionsDep = Annotated[store.Sessions, Depends(_sessions)]
TemporalDep = Annotated[Client, Depends(_temporal)]
