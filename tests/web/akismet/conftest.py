"""A blog whose client speaks Akismet's dialect to a running service."""

import pytest

from tests.support.asgi import Service
from tests.support.dialect import Blog


@pytest.fixture
def blog(service: Service) -> Blog:
    """The service's first site."""
    return Blog(service, service.sites[0])
