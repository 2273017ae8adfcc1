"""To operators: sites, keys, moderators, thresholds, rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from moderation.clock import Id, new_id
from moderation.errors import Conflict, Invalid, NotFound
from moderation.judging.capabilities import COMMAND, Action, permit
from moderation.judging.comment import LIMITS, is_storable
from moderation.judging.people import address_of, refuse_bad_password
from moderation.judging.policy import Policy
from moderation.judging.rules import Rule
from moderation.seal import Seal, digest, hash_password, new_akismet_key, new_api_token, new_link_secret
from moderation.storage import claims, events, people, rules, sessions, sites
from moderation.storage.database import Db
from moderation.storage.people import NewModerator, Person
from moderation.storage.sites import Key, Site
from moderation.vocabulary import EventKind, KeyKind, Role, RuleKind, Scope, Verdict

LINK_LIFE = timedelta(minutes=15)
RULES = 500  # for each site (security.md 8): every comment pays for every rule
LONGEST_ANSWER_HOURS = 24 * 90
THRESHOLDS = ("hold_at", "remove_at", "discard_at")
SWITCHES = ("removal_by_program", "discards", "trusts_administrators")
_LABELS = {
    "hold_at": "“Hold from a score of”",
    "remove_at": "“Remove from”",
    "discard_at": "“Let the blog discard from”",
    "answer_within_hours": "“A person should look within”",
}
"""What the console's form calls a setting; the command's users know its name."""
_OF_RULES = (*THRESHOLDS, *SWITCHES, "answer_within_hours")
Roles = Collection[Role]
SETTABLE = ("name", "home_url", "is_listed", "suspended", "answer_within_hours", *THRESHOLDS, *SWITCHES)


@dataclass(frozen=True, slots=True)
class NewSite:
    """A site just added, with its keys in clear: the only moment at which they can be shown."""

    site: Site
    akismet_key: str = field(repr=False)
    api_token: str = field(repr=False)


def add_site(db: Db, *, seal: Seal, home_url: str, name: str | None, now: datetime) -> NewSite:
    """Adds a site with an Akismet key and an API token; raises Invalid for a home that is no web address."""
    host = _host_of(home_url)
    site = Site(id=new_id(), home_url=home_url, name=_named(name or host), created_at=now, policy=Policy())
    sites.add(db, site)
    key = add_key(db, seal=seal, site_id=site.id, kind=KeyKind.AKISMET, now=now)
    token = add_key(db, seal=seal, site_id=site.id, kind=KeyKind.API, now=now)
    return NewSite(site, key, token)


def add_key(db: Db, *, seal: Seal, site_id: Id, kind: KeyKind, now: datetime) -> str:
    """Adds a key to a site and returns it in clear, once."""
    sites.get(db, site_id)
    key = new_akismet_key() if kind is KeyKind.AKISMET else new_api_token()
    scopes = tuple(Scope) if kind is KeyKind.API else ()
    hashed = key_digest(seal, kind, key)
    sites.add_key(db, site_id=site_id, key_id=new_id(), kind=kind, digest=hashed, scopes=scopes, now=now)
    return key


def key_digest(seal: Seal, kind: KeyKind, key: str) -> str:
    """Returns the hash under which a key is stored: keyed for an Akismet key's 48 bits, plain for a token's 256."""
    return seal.code("akismet-key", key.lower()) if kind is KeyKind.AKISMET else digest(key)


def rotate_key(
    db: Db, *, seal: Seal, site_id: Id, kind: KeyKind, overlap: timedelta, now: datetime, by: Roles = COMMAND
) -> str:
    """Returns a new key; the working ones of the same kind end after the overlap."""
    permit(by, Action.SITE)
    sites.expire_keys(db, site_id=site_id, kind=kind, at=now + overlap)
    return add_key(db, seal=seal, site_id=site_id, kind=kind, now=now)


def list_keys(db: Db, *, site_id: Id, now: datetime, by: Roles = COMMAND) -> list[Key]:
    """Returns a site's keys that still work, the newest first; of a key only its kind and times are known."""
    permit(by, Action.SITE)
    return sites.keys_of(db, site_id=site_id, now=now)


def revoke_key(db: Db, *, site_id: Id, key_id: Id, now: datetime, by: Roles = COMMAND) -> None:
    """Ends one key of a site at once; raises NotFound."""
    permit(by, Action.SITE)
    sites.revoke_key(db, site_id=site_id, key_id=key_id, now=now)


def preview_policy(db: Db, *, site_id: Id, changes: Mapping[str, str], by: Roles = COMMAND) -> tuple[Policy, Policy]:
    """Returns the policy that changed thresholds and switches would make, as it is set and as the guarantee lets it be.

    Raises:
        Invalid: for a bad one.
        NotFound: for a site that is not there.
    """
    permit(by, Action.READ)
    given = {name: _number(name, text) for name, text in changes.items() if name in THRESHOLDS}
    switches = {name: _switch(name, text) for name, text in changes.items() if name in SWITCHES}
    row = sites.get_row(db, site_id)
    policy = _changed_policy(sites.to_site(row).policy, given | switches)
    return policy, policy.guaranteed(row.removes_from, row.calibrated_model or "")


def set_site(db: Db, *, site_id: Id, changes: Mapping[str, str], now: datetime, by: Roles = COMMAND) -> Site:
    """Changes a site's settings, given as texts, all or none; raises Invalid that names the bad one."""
    for name in changes:
        permit(by, Action.RULES if name in _OF_RULES else Action.SITE)
    site = sites.get(db, site_id)
    suspended = site.is_suspended
    policy: dict[str, Any] = {}  # set together, since thresholds can pass each other on the way
    for name, text in changes.items():
        if name == "suspended":
            suspended = _switch(name, text)
        elif name in THRESHOLDS:
            policy[name] = _number(name, text)
        elif name in SWITCHES:
            policy[name] = _switch(name, text)
        else:
            site = _changed(site, name, text)
    site = replace(site, policy=_changed_policy(site.policy, policy))
    sites.replace(db, site, suspended_at=now if suspended else None)
    return sites.get(db, site_id)


def list_sites(db: Db) -> list[Site]:
    """Returns every site, oldest first."""
    return sites.list_all(db)


def find_site(db: Db, name: str, *, with_closed: bool = False) -> Site:
    """Returns the one site that an id, a home address or a host names; raises NotFound, or Conflict for several.

    `with_closed` looks among the closed ones that still have comments, too, where no open one is called so.
    """
    found = _called(sites.list_all(db), name)
    if not found and with_closed:
        found = _called(sites.list_closed(db), name)
    if not found:
        raise NotFound(f"There is no site {name}; `candor site list` names them.", code="site.not_found")
    if len(found) > 1:
        raise Conflict(f"{len(found)} sites are called {name}; name one by its id, which `candor site list` shows.")
    return found[0]


def _called(known: Sequence[Site], name: str) -> list[Site]:
    host = _split(name)[1] if "://" in name else name.lower()
    same = [site for site in known if str(site.id) == name.lower() or site.home_url.rstrip("/") == name.rstrip("/")]
    return same or [site for site in known if site.host == host]


def remove_site(db: Db, *, site_id: Id, now: datetime) -> None:
    """Closes a site: its keys stop working at once, what it stored stays; raises NotFound."""
    sites.remove(db, site_id, now=now)


def list_rules(db: Db, *, site_id: Id, by: Roles = COMMAND) -> list[Rule]:
    """Returns a site's rules in force, oldest first."""
    permit(by, Action.READ)
    return rules.list_of_site(db, site_id=site_id)


def remove_rule(db: Db, *, site_id: Id, rule_id: Id, now: datetime, by: Roles = COMMAND) -> None:
    """Ends a rule of a site; raises NotFound."""
    permit(by, Action.RULES)
    rules.retire(db, site_id=site_id, rule_id=rule_id, now=now)


def add_rule(
    db: Db, *, site_id: Id, kind: RuleKind, pattern: str, verdict: Verdict, now: datetime, by: Roles = COMMAND
) -> Rule:
    """Adds a rule to a site; raises Invalid for a pattern that cannot be used, or where there are too many already."""
    permit(by, Action.RULES)
    sites.get(db, site_id)
    if len(rules.list_of_site(db, site_id=site_id)) >= RULES:
        raise Invalid(f"A site has at most {RULES} rules; `candor rule remove` ends one.", code="rule.invalid")
    try:
        rule = Rule(new_id(), kind, pattern, verdict)
    except ValueError as error:
        raise Invalid(f"{error}.", code="rule.invalid") from None
    rules.add(db, site_id=site_id, rule=rule, now=now)
    return rule


def add_moderator(
    db: Db, *, site_id: Id, email: str, role: Role, password: str | None, now: datetime
) -> tuple[Id, str]:
    """Adds a moderator to a site; returns their id and a one-time link's secret, "" where a password was set."""
    moderator_id = enrol(db, site_id=site_id, email=email, role=role, password=password, now=now)
    return moderator_id, "" if password is not None else sign_in_secret(db, moderator_id=moderator_id, now=now)


def enrol(db: Db, *, site_id: Id, email: str, role: Role, password: str | None, now: datetime) -> Id:
    """Gives a person a role at a site, beside those at others, and a password if there is one; returns their id.

    Raises:
        Invalid: for what is no address, or a password that is too short or too long.
    """
    sites.get(db, site_id)
    _refuse_bad_person(email, password)
    hashed = hash_password(password) if password is not None else None
    return people.add(db, site_id=site_id, person=NewModerator(address_of(email), hashed, role), now=now)


def invite(db: Db, *, site_id: Id, email: str, role: Role, now: datetime, by: Roles) -> tuple[Id, str]:
    """Adds a moderator as an operator of the one site may; returns their id and a one-time link's secret.

    "" instead for whoever has been in, or is known at another site: the link would let whoever sees it in as them.
    """
    permit(by, Action.SITE)
    moderator_id = enrol(db, site_id=site_id, email=email, role=role, password=None, now=now)
    person = people.find(db, moderator_id)
    is_new = person is not None and person.roles.keys() == {site_id} and not people.has_been_in(db, moderator_id)
    return moderator_id, sign_in_secret(db, moderator_id=moderator_id, now=now) if is_new else ""


def sign_in_secret(db: Db, *, moderator_id: Id, now: datetime) -> str:
    """Returns the secret of a one-time link, valid for 15 minutes, stored only as a hash."""
    secret = new_link_secret()
    people.add_link(db, moderator_id=moderator_id, digest=digest(secret), expires_at=now + LINK_LIFE)
    return secret


def take_second_factor(db: Db, *, moderator_id: Id) -> int:
    """Takes a lost second factor from a person and ends their logins, and returns how many; only the command may."""
    people.change(db, moderator_id, totp_secret=None, totp_used=None)
    claims.give_all_back(db, moderator_id=moderator_id)
    return sessions.end_all(db, moderator_id=moderator_id)


def sign_in_url(base_url: str, secret: str = "") -> str:
    """Returns where a moderator signs in; the secret of a one-time link stands in the fragment, which no log sees."""
    return f"{base_url}/console/sign-in" + (f"#{secret}" if secret else "")


def list_moderators(db: Db, *, site_id: Id, by: Roles = COMMAND) -> list[Person]:
    """Returns the people of a site with their roles there."""
    permit(by, Action.SITE)
    return people.of_site(db, site_id=site_id)


def find_moderator(db: Db, *, site_id: Id, email: str) -> Person:
    """Returns the person of a site whom an address names; raises NotFound."""
    named = address_of(email)
    found = next((person for person in list_moderators(db, site_id=site_id) if person.email == named), None)
    if found is None:
        raise NotFound("Nobody of that address decides at this site; `candor moderator list` names them.")
    return found


def remove_moderator(db: Db, *, site_id: Id, moderator_id: Id, role: Role | None = None, by: Roles = COMMAND) -> None:
    """Takes a person's roles at a site, or one of them; what they decided stays, under their name.

    Raises:
        NotFound: for somebody who has no such role there.
        Conflict: for the site's last operator, without whom nobody could add another in the console.
    """
    permit(by, Action.SITE)
    roles = {role} if role is not None else set(Role)
    operators = [one.id for one in list_moderators(db, site_id=site_id) if Role.OPERATOR in one.roles_at(site_id)]
    if Role.OPERATOR in roles and operators == [moderator_id]:
        raise Conflict("This is the site's only operator: make somebody else operator first.", code="people.last")
    if not people.remove(db, site_id=site_id, moderator_id=moderator_id, roles=roles):
        raise NotFound("That person has no such role at this site.", code="people.not_found")


def note_disconnected(db: Db, *, site_id: Id, now: datetime) -> None:
    """Records that a site's Akismet client said goodbye; its key keeps working."""
    events.append(db, [events.event(site_id, None, EventKind.DISCONNECTED, now, {})])


def _refuse_bad_person(email: str, password: str | None) -> None:
    local, at, host = email.strip().rpartition("@")
    readable = len(email) <= LIMITS["email"] and is_storable(email)
    if not (local and at and "." in host and readable) or " " in email.strip():
        raise Invalid("A moderator is named by an e-mail address, for example ann@example.org.")
    if password is not None:
        refuse_bad_password(password, email)


def _changed(site: Site, name: str, text: str) -> Site:
    if name == "name":
        return replace(site, name=_named(text))
    if name == "home_url":
        _host_of(text)
        return replace(site, home_url=text)
    if name == "is_listed":
        return replace(site, is_listed=_switch(name, text))
    if name == "answer_within_hours":
        return replace(site, answer_within_hours=_hours(name, text))
    raise Invalid(f"There is no site setting {name}; there are {', '.join(SETTABLE)}.")


def _changed_policy(policy: Policy, values: Mapping[str, Any]) -> Policy:
    try:
        return replace(policy, **values)
    except ValueError as error:
        raise Invalid(f"{error}.") from None


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid(f"{_LABELS[name]} ({name}) takes a number from 0 to 1, for example 0.7.") from None


def _hours(name: str, text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= LONGEST_ANSWER_HOURS:
        said = f"{_LABELS[name]} ({name}) takes whole hours from 1 to {LONGEST_ANSWER_HOURS}, for example 24."
        raise Invalid(said)
    return int(text)


def _switch(name: str, text: str) -> bool:
    words = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}
    if text.lower() not in words:
        raise Invalid(f"{name} takes true or false.")
    return words[text.lower()]


def _host_of(home_url: str) -> str:
    scheme, host = _split(home_url)
    if not host or scheme not in {"http", "https"} or len(home_url) > LIMITS["url"] or not is_storable(home_url):
        raise Invalid("A site is named by its home address, for example https://blog.example.")
    return host


def _split(url: str) -> tuple[str, str]:
    """The scheme and host of an address, both empty where it is none, or holds a name and password: it is shown."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return (parts.scheme, parts.hostname or "") if "@" not in parts.netloc else ("", "")


def _named(name: str) -> str:
    if not name.strip() or len(name) > LIMITS["name"] or not is_storable(name):
        raise Invalid(f"A site's name has 1 to {LIMITS['name']} characters, and no NUL, for example Ann's blog.")
    return name
