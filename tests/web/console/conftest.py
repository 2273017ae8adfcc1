"""One service for each file of tests: what one test leaves behind there, the next must bear."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from moderation.settings import Settings
from moderation.vocabulary import Role
from tests.conftest import SECRET
from tests.support.asgi import Service, running
from tests.support.console import PASSWORD, Guest, path_of, person, say
from tests.support.factories import SPAM_WORDS


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Iterator[Service]:
    """A running service with two sites, on SQLite, for all tests of a file."""
    path = tmp_path_factory.mktemp("console") / "candor.db"
    shutil.copy(_sqlite_template, path)
    with running(Settings(_env_file=None, database_url=f"sqlite:///{path}", secret_key=SECRET)) as service:
        service.add_site("https://other.example", "The other blog")
        yield service


@pytest.fixture
def join(shared: Service, request: pytest.FixtureRequest) -> Callable[..., Guest]:
    """Signs somebody new in at the shared service: `join(Role.LEAD)`, a moderator where nothing is said."""
    count = 0

    def make(*roles: Role, **more: Any) -> Guest:
        nonlocal count
        count += 1
        return person(shared, f"p{abs(hash(request.node.nodeid))}-{count}", *roles, **more)

    return make


@pytest.fixture
def ana(join: Callable[..., Guest]) -> Guest:
    """A moderator of the first site, signed in."""
    return join(Role.MODERATOR)


@pytest.fixture
def lea(join: Callable[..., Guest]) -> Guest:
    """A lead of the first site, signed in."""
    return join(Role.LEAD)


@pytest.fixture
def ole(join: Callable[..., Guest]) -> Guest:
    """An operator of the first site, signed in."""
    return join(Role.OPERATOR)


@pytest.fixture
def here(shared: Service) -> str:
    return path_of(shared.sites[0])


@pytest.fixture
def held(shared: Service, request: pytest.FixtureRequest) -> str:
    """A comment that waits."""
    return say(shared, f"{SPAM_WORDS} {request.node.name}")


@pytest.fixture
def fresh_counters(shared: Service) -> None:
    """Nobody has tried to sign in yet."""
    shared.app.state.doors.limits._counter.storage.reset()


@pytest.fixture(scope="module")
def known(shared: Service) -> Guest:
    """Somebody with a password; whoever signs in as them uses a browser of their own."""
    return person(shared, "known", Role.MODERATOR, password=PASSWORD)
