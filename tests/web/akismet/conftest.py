"""A blog whose client speaks Akismet's dialect to a running service."""

from collections.abc import Iterator

import pytest

from moderation.settings import Settings
from tests.conftest import SECRET
from tests.support.asgi import Service, running
from tests.support.dialect import Blog


@pytest.fixture(scope="module")
def lasting_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for many examples; no count of wrong keys shortens the way through it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('lasting') / 'candor.db'}"
    chosen = {"database_url": url, "secret_key": SECRET, "rate_limit_wrong_keys": 1_000_000}
    with running(Settings(_env_file=None, **chosen)) as service:
        yield service


@pytest.fixture
def blog(service: Service) -> Blog:
    """The service's first site."""
    return Blog(service, service.sites[0])


@pytest.fixture
def blog_on_both(service_on_both: Service) -> Blog:
    """The first site of a service on each database in turn."""
    return Blog(service_on_both, service_on_both.sites[0])
