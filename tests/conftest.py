"""What every test can ask for: a database of each kind, the service's secret, a running service; and closed sockets."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from moderation.seal import Seal
from moderation.settings import Settings
from moderation.storage.database import Database, open_database
from tests.support import databases, sockets
from tests.support.desk import Desk

if TYPE_CHECKING:
    from tests.support.asgi import Service

SECRET = "5e" * 32
hypothesis.settings.register_profile(
    "candor", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)  # a busy machine is no failure
hypothesis.settings.load_profile("candor")
PROJECT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    sockets.install()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a run in the background: what it starts would inherit that
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in [name for name in os.environ if name.startswith("CANDOR_")]:
        if not name.startswith("CANDOR_TEST_") and name != "CANDOR_DATA":
            del os.environ[name]  # tests never depend on how the developer's own service is set up


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    sockets.open_loopback(item.get_closest_marker("loopback") is not None)
    try:
        return (yield)
    finally:
        sockets.open_loopback(True)


@pytest.fixture(autouse=True)
def _same_environment_afterwards() -> Iterator[None]:
    before = dict(os.environ)
    yield
    for name in [name for name in os.environ if name.startswith("CANDOR_")]:
        if name not in before:
            del os.environ[name]
    os.environ.update({name: value for name, value in before.items() if name.startswith("CANDOR_")})


@pytest.fixture
def seal() -> Seal:
    return Seal(bytes.fromhex(SECRET))


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "candor.db"
    databases.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres_database() -> Iterator[str]:
    if databases.why_no_postgres():
        pytest.skip(databases.why_no_postgres())
    with databases.own_postgres() as url:
        databases.migrate(url)
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """The address of a migrated, empty SQLite file."""
    path = tmp_path / "candor.db"
    shutil.copy(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(_postgres_database: str) -> str:
    """The address of a migrated, empty PostgreSQL database; skips where no server answers."""
    databases.empty(_postgres_database)
    return _postgres_database


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn; PostgreSQL is skipped where no server answers."""
    if request.param == "postgresql" and databases.why_no_postgres():
        pytest.skip(databases.why_no_postgres())
    return request.param


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database, each kind in turn."""
    return request.getfixturevalue("sqlite_url" if kind == "sqlite" else "postgres_url")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database, each kind in turn."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A migrated, empty SQLite database, for what does not depend on the kind."""
    opened = open_database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def make_settings(sqlite_url: str) -> Callable[..., Settings]:
    """Settings with explicit values, never from the developer's environment; `make_settings(port=1)` changes one."""

    def make(**changes: Any) -> Settings:
        return Settings(_env_file=None, **{"database_url": sqlite_url, "secret_key": SECRET} | changes)

    return make


@pytest.fixture
def make_service(make_settings: Callable[..., Settings]) -> Iterator[Callable[..., "Service"]]:
    """Starts services: `make_service(max_body_bytes=2048)`, or with `database_url=postgres_url` on PostgreSQL."""
    from tests.support.asgi import running  # late: a test of one room needs no web

    with ExitStack() as stack:

        def make(*, reraises: bool = True, **changes: Any) -> "Service":
            return stack.enter_context(running(make_settings(**changes), reraises=reraises))

        yield make


@pytest.fixture
def service(make_service: Callable[..., "Service"]) -> "Service":
    """A running service with one site, on SQLite."""
    return make_service()


@pytest.fixture
def service_on_both(make_service: Callable[..., "Service"], database_url: str) -> "Service":
    """A running service with one site, on each database in turn."""
    return make_service(database_url=database_url)


@pytest.fixture
def desk(database: Database, seal: Seal) -> Desk:
    """A site at work on each database in turn, with a scorer that the test steers."""
    return Desk(database, seal)
