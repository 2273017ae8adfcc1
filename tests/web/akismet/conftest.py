"""A blog whose client speaks Akismet's dialect to a running service."""

import pytest

from tests.support.asgi import Service
from tests.support.dialect import Blog


@pytest.fixture
def blog(service: Service) -> Blog:
    """The service's first site."""
    return Blog(service, service.sites[0])


@pytest.fixture
def blog_on_both(service_on_both: Service) -> Blog:
    """The first site of a service on each database in turn."""
    return Blog(service_on_both, service_on_both.sites[0])
