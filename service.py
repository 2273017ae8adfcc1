"""The front door: builds the application; nothing is opened before the lifespan begins."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from moderation import egress, telemetry
from moderation.runtime import Runtime, settle_memory
from moderation.settings import Settings, load_settings
from moderation.web import akismet, api, console, framing, health, problems, public, security
from moderation.web.deps import Doors
from moderation.web.surroundings import surroundings


def create_app(settings: Settings | None = None, *, migrate: bool = False) -> FastAPI:
    """Returns the service as an ASGI application (`uvicorn service:create_app --factory`).

    Args:
        settings: read from the environment where none are given.
        migrate: upgrade the schema at the start also on PostgreSQL.
    """
    is_on_its_own = settings is None  # a process that serves, and not a test or a tool that holds several services
    settings = settings or load_settings()
    if is_on_its_own:
        egress.guard(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        telemetry.configure(settings.log_level, settings.log_format)
        runtime = Runtime.open(settings, migrate=migrate)
        app.state.doors = Doors.open(runtime, surroundings(app))
        settle_memory()
        try:
            yield
        finally:
            await run_in_threadpool(app.state.doors.close)
            await run_in_threadpool(runtime.close)

    app = FastAPI(lifespan=lifespan, **api.DOCUMENT)
    api.describe(app)
    for router in (*api.ROUTERS, *public.ROUTERS, *console.ROUTERS, health.router):
        app.include_router(router)
    problems.install(app)
    # Guard and dialect stand before FastAPI's own layers, which a check does not need and would pay for every time.
    app.middleware_stack = security.Guard(
        akismet.Door(framing.Framing(app.build_middleware_stack())), settings=settings
    )
    return app
