"""Moderators at the console's door: added, let in, refused, as the console does it, at the time that a test passes."""

from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest

from moderation import seal as sealing
from moderation.clock import Id
from moderation.duties import hosting, signing_in
from moderation.duties.signing_in import Secrets
from moderation.errors import Unauthenticated
from moderation.storage import people
from moderation.vocabulary import Role
from tests.support.desk import Desk
from tests.support.factories import NOW

PASSWORD = "correct horse battery"
OTHER = "purple monkey dishwasher"
STEP = timedelta(seconds=30)


def add(desk: Desk, email: str = "ana@example.org", password: str | None = PASSWORD) -> tuple[Id, str]:
    """A moderator; returns the id and a link's secret, "" where there is a password."""
    with desk.database.transaction() as db:
        return hosting.add_moderator(
            db, site_id=desk.site.site.id, email=email, role=Role.MODERATOR, password=password, now=NOW
        )


def sign_in(desk: Desk, *, now: datetime = NOW, network: str = "192.0.2.0/24", **shown: str) -> str:
    """Signs in as the console does, and returns the login's secret."""
    secrets = Secrets(**shown)
    with desk.database.snapshot() as db:
        if secrets.link:
            claimant = signing_in.claimant_of_link(db, secrets, now=now)
        else:
            claimant = signing_in.claimant_of_password(db, secrets)
    if not signing_in.is_right(desk.seal, claimant, secrets, now=now):
        raise signing_in.refused()
    with desk.database.transaction() as db:
        return signing_in.enter(db, seal=desk.seal, claimant=claimant, shown=secrets, network=network, now=now)


def visit(desk: Desk, secret: str, now: datetime = NOW) -> signing_in.Visit | None:
    with desk.database.snapshot() as db:
        return signing_in.visit(db, secret=secret, now=now)


def seen(desk: Desk, secret: str) -> signing_in.Visit:
    found = visit(desk, secret)
    assert found is not None
    return found


def write(desk: Desk, act: Any, **arguments: Any) -> Any:
    with desk.database.transaction() as db:
        return act(db, **arguments)


def refusal(desk: Desk, **shown: Any) -> tuple[str, str]:
    with pytest.raises(Unauthenticated) as refused:
        sign_in(desk, **shown)
    return refused.value.code, refused.value.message


def with_second_factor(desk: Desk, now: datetime = NOW - timedelta(hours=1)) -> str:
    """A moderator with a password and a second factor; returns the factor's secret."""
    moderator_id, _ = add(desk)
    secret = sealing.new_totp_secret()
    kept = desk.seal.close("totp", secret.encode(), to=str(moderator_id))
    write(desk, people.change, moderator_id=moderator_id, totp_secret=kept, totp_used=int(now.timestamp()) // 30)
    return secret


def code(secret: str, at: datetime = NOW) -> str:
    return pyotp.TOTP(secret).at(at)


def let_in(desk: Desk, email: str = "ana@example.org", *, now: datetime = NOW, network: str = "192.0.2.0/24") -> str:
    """Somebody known comes in by a fresh link, which costs no slow hash; returns the login's secret."""
    with desk.database.transaction() as db:
        row = people.find_row(db, email=email)
        link = hosting.sign_in_secret(db, moderator_id=row.id, now=now)
    return sign_in(desk, link=link, now=now, network=network)
