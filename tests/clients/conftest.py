"""A serving process whose first site has two rules, so that what clients are told is certain."""

from collections.abc import Iterator

import pytest

from moderation import clock
from moderation.duties import hosting
from moderation.vocabulary import RuleKind, Verdict
from tests.support.dialect import UNWELCOME, WELCOME
from tests.support.serving import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("served")) as started:
        for word, verdict in ((UNWELCOME, Verdict.HOLD), (WELCOME, Verdict.PUBLISH)):
            with started.database.transaction() as db:
                hosting.add_rule(
                    db,
                    site_id=started.site.site.id,
                    kind=RuleKind.WORD,
                    pattern=word,
                    verdict=verdict,
                    now=clock.now(),
                )
        yield started
