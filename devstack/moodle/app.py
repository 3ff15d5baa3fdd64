"""Composes the stand-in: several sites in one program, each under its path."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from . import control, pages, workbench, worlds
from .administration import Administrator
from .faults import Faults
from .releases import RELEASES
from .rest import serve_rest
from .site import Site
from .storage import Storage
from .worlds import SERVICE_NAME, World

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class SiteConfig:
    """A site to serve: ``SiteConfig("edu", "3.7.2", token="…", world=worlds.edu)``."""

    path: str
    release: str
    token: str
    world: World


def devstack_sites(edu: str, eledu: str, eiok: str) -> list[SiteConfig]:
    """The three Moodles of Appendix 1, given the token of each one's service account."""
    return [
        SiteConfig("edu", "3.7.2", edu, worlds.edu),
        SiteConfig("eledu", "2.8.5", eledu, worlds.eledu),
        SiteConfig("eiok", "3.3.2", eiok, worlds.eiok),
    ]


def create_app(sites: Iterable[SiteConfig], state_file: Path | None = None) -> Starlette:
    """The application; its ``state.sites`` gives the sites by path. With a state file they outlive it."""
    storage = Storage(state_file) if state_file else None
    opened = [_open(config, storage) for config in sites]

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        if storage:
            storage.close()

    app = Starlette(routes=[_mount(site) for site in opened], lifespan=lifespan)
    app.state.sites = {site.path: site for site in opened}
    return app


def _open(config: SiteConfig, storage: Storage | None) -> Site:
    site = Site(config.path, RELEASES[config.release])
    is_known = storage.load(config.path, site.db) if storage else False
    if storage:
        storage.attach(config.path, site.db)
    if is_known:
        _renew_token(site, config.token)
    else:
        with site.db.transaction():
            config.world(site, config.token)
    return site


def _renew_token(site: Site, value: str) -> None:
    """The token given now replaces the one in the state file."""
    kept = next(token for token in site.db.tokens if token.service == SERVICE_NAME)
    if kept.value != value:
        Administrator(site).change_token(kept.value, value=value)


def _mount(site: Site) -> Mount:
    faults = Faults()

    async def rest(request: Request) -> Response:
        return await serve_rest(request, site, faults)

    async def front(request: Request) -> Response:
        return pages.front_page(request, site)

    async def course(request: Request) -> Response:
        return await workbench.course_page(request, site)

    async def sign_in(request: Request) -> Response:
        return workbench.sign_in_page(request, site)

    async def forgot(request: Request) -> Response:
        return pages.forgot_password_page(request, site)

    async def token(request: Request) -> Response:
        return await pages.sign_in_for_token(request, site)

    async def ajax(request: Request) -> Response:
        return await pages.serve_ajax(request, site)

    routes: list[BaseRoute] = [
        Route("/webservice/rest/server.php", rest, methods=["GET", "POST"]),
        Route("/login/token.php", token, methods=["GET", "POST"]),
        Route("/lib/ajax/service.php", ajax, methods=["POST"]),
        Route("/lib/ajax/service-nologin.php", ajax, methods=["POST"]),
        Route("/course/view.php", course, methods=["GET", "POST"]),
        Route("/login/index.php", sign_in),
        Route("/login/forgot_password.php", forgot),
        Route("/", front),
        *_control_routes(site, faults),
    ]
    return Mount(f"/{site.path}", routes=routes)


def _control_routes(site: Site, faults: Faults) -> list[BaseRoute]:
    async def on_faults(request: Request) -> Response:
        return await control.serve_faults(request, faults)

    async def on_calls(request: Request) -> Response:
        return control.serve_calls(request, site)

    async def on_state(request: Request) -> Response:
        return control.serve_state(site)

    async def on_administration(request: Request) -> Response:
        return await control.serve_administration(request, site)

    return [
        Route("/_faults", _local_only(on_faults), methods=["GET", "POST", "PUT", "DELETE"]),
        Route("/_calls", _local_only(on_calls), methods=["GET", "DELETE"]),
        Route("/_state", _local_only(on_state)),
        Route("/_admin", _local_only(on_administration), methods=["POST"]),
    ]


def _local_only(endpoint: Endpoint) -> Endpoint:
    async def guarded(request: Request) -> Response:
        return await endpoint(request) if control.is_local(request) else control.forbidden()

    return guarded
