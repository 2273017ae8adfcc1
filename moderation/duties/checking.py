"""To a site: is this comment welcome? Judges first; then records comment, decision and event in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from moderation.clock import Id
from moderation.errors import FieldFault, ModerationError, NotFound
from moderation.judging.comment import Comment
from moderation.judging.decision import SAID, Decision
from moderation.judging.judge import Scorer, judge
from moderation.judging.retention import Terms
from moderation.seal import Receipt, Seal
from moderation.storage import audits, comments, labels, network_keys, retaining
from moderation.storage.audits import Fresh
from moderation.storage.comments import MATCH_WINDOW, Standing, fingerprint_of, likeness_of
from moderation.storage.database import Db
from moderation.storage.directory import Directory, DirectoryCache
from moderation.storage.labels import IMPORTED, Said
from moderation.storage.ledger import Arrival, Ledger
from moderation.storage.sites import Site
from moderation.storage.usage import Used
from moderation.vocabulary import STRICTNESS, Actor, Channel, KeyKind, Label, State, Verdict

PAGE_COMMENTS = 20
"""Published comments of a page that are looked at, the newest first."""
FEWEST_ON_PAGE = 2
"""Published comments from which a page's words can be told from one commenter's."""
Match = tuple[Id, Channel, bool, str]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a site, by the key with this digest, as the directory stood at a revision; `blog` as it says.

    Without a key the operator asks for the site, who imports what an earlier system had.
    """

    site: Site
    kind: KeyKind
    key_digest: str
    directory_revision: int
    blog: str

    @property
    def imports(self) -> bool:
        """Whether the operator brings what an earlier system had."""
        return not self.key_digest

    def site_now(self, directory: Directory, now: datetime) -> Site:
        """Returns the site as the newest directory has it; raises Unauthenticated where the key has ended."""
        if not self.imports:
            return directory.grant(self.key_digest, self.kind, now).site
        if self.site.id not in directory.sites:
            raise NotFound("This site has been removed.", code="site.not_found")
        return directory.sites[self.site.id]


@dataclass(frozen=True, slots=True)
class Submission:
    """A comment judged and about to be stored; `is_edit` where the blog says that it may be a new version."""

    caller: Caller
    arrival: Arrival
    decision: Decision
    is_edit: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What stands now; a receipt only for a comment that is new, because its secret is kept only as a hash.

    `is_labelled` says that what the website called the comment is new here.
    """

    comment_id: Id
    version: int
    state: State
    decision: Decision
    notice_version: str
    receipt: Receipt | None = None
    is_labelled: bool = False

    @property
    def verdict(self) -> Verdict:
        """The verdict that stands, which may be a person's earlier one."""
        return self.decision.verdict


class SiteScorers(Protocol):
    """What judges the comments of a site that taught something, and of one that did not."""

    def scorer_of(self, site_id: Id) -> Scorer:
        """With places in its reasons."""
        ...

    def outliner_of(self, site_id: Id) -> Scorer:
        """Without."""
        ...


class Notices(Protocol):
    """What knows the notice under which a comment is stored."""

    def stamp(self, db: Db, *, site: Site, now: datetime) -> str:
        """Returns the version in force, which is written down by then."""
        ...


@dataclass(frozen=True, slots=True)
class Checking:
    """Judges and records; what it needs beside the transaction it is given once, when the service starts.

    `scorer` (and `outliner`) judge every site alike; with `models` each site is judged by what it taught. `terms` say
    how long what arrives is kept; `is_strict` refuses it while what should be gone is not.
    """

    seal: Seal
    scorer: Scorer
    directory: DirectoryCache
    outliner: Scorer | None = None
    audit_rate: float = audits.RATE
    models: SiteScorers | None = None
    terms: Terms = field(default_factory=Terms)
    is_strict: bool = False
    notices: Notices | None = None

    def judge(self, site: Site, comment: Comment, channel: Channel = Channel.API) -> Decision:
        """Returns what the program decides about a comment at a site; nothing is stored.

        The Akismet dialect has no room for places in the text, so there the same score comes without them; whoever
        shows such a comment finds its places again from its stored text.
        """
        return judge(comment, site.rules, self._scorer(site.id, is_brief=channel is Channel.AKISMET), site.policy)

    def _scorer(self, site_id: Id, *, is_brief: bool) -> Scorer:
        if self.models is not None:
            return self.models.outliner_of(site_id) if is_brief else self.models.scorer_of(site_id)
        return (self.outliner or self.scorer) if is_brief else self.scorer

    def submission(
        self,
        caller: Caller,
        comment: Comment,
        *,
        channel: Channel,
        now: datetime,
        notice_version: str = "",
        is_edit: bool = False,
        parent_id: Id | None = None,
        label: Label | None = None,
    ) -> Submission:
        """Returns a comment judged and ready to be recorded; with a label the website's own word is the decision."""
        site_id = caller.site.id
        arrival = Arrival(
            site_id=site_id,
            channel=channel,
            comment=comment,
            received_at=now,
            notice_version=notice_version,
            fingerprint=fingerprint_of(self.seal, site_id, comment, self.terms.form),
            likeness=likeness_of(self.seal, site_id, comment),
            parent_id=parent_id,
            is_told=not caller.imports,
        )
        decision = SAID[label] if label else self.judge(caller.site, comment, channel)
        return Submission(caller, arrival, decision, is_edit)

    def record(self, db: Db, batch: Sequence[Submission]) -> list[Checked | ModerationError]:
        """Stores a batch in one transaction; a key revoked meanwhile, or a foreign parent, fails only its own item."""
        if self.is_strict and batch:
            retaining.refuse_late(db, now=batch[-1].arrival.received_at)
        directory = self.directory.fresh(db)
        known = _known(db, batch)
        ledger = self._ledger(db, batch)
        results = [self._entered(db, ledger, known, directory, item) for item in batch]
        ledger.write(db)
        audits.draw(db, seal=self.seal, judged=_judged(batch, results), rate=self.audit_rate)
        return [_labelled(db, item, result) for item, result in zip(batch, results, strict=True)]

    def _ledger(self, db: Db, batch: Sequence[Submission]) -> Ledger:
        if not batch:
            return Ledger(self.seal, self.terms)
        now = batch[0].arrival.received_at
        return Ledger(self.seal, self.terms, network_keys.stored(db, seal=self.seal, terms=self.terms, now=now))

    def _on_its_page(self, db: Db, item: Submission) -> Submission:
        """What the model alone would hold is judged again beside what is published under the same page.

        A clinic's readers speak of pills: what several of them wrote is no evidence of spam there. Comments that pass
        anyway are spared the question to the database.
        """
        if item.decision.verdict is Verdict.PUBLISH or item.decision.score is None:
            return item
        comment = item.arrival.comment
        digest = comments.page_digest(comment.permalink)
        others = comments.published_texts(db, site_id=item.arrival.site_id, page_digest=digest, limit=PAGE_COMMENTS)
        if len(others) < FEWEST_ON_PAGE:
            return item
        known = replace(comment, page=replace(comment.page, others=others))
        return replace(item, decision=self.judge(item.caller.site, known, item.arrival.channel))

    def _entered(
        self, db: Db, ledger: Ledger, known: dict[Match, Standing], directory: Directory, item: Submission
    ) -> Checked | ModerationError:
        try:
            current = self._on_its_page(db, self._stamped(db, self._as_of(directory, item)))
            _refuse_foreign_parent(db, current.arrival)
        except ModerationError as error:
            return error
        keys, is_test = _matches(current), current.arrival.comment.is_test
        earlier = next((known[key] for key in keys if key in known and known[key].is_test is is_test), None)
        standing, receipt = _enter(ledger, current, ledger.latest(earlier) if earlier else None)
        known.update(dict.fromkeys(keys, standing))
        decision = ledger.decision_of(db, standing)
        _count(ledger, current, decision)
        return Checked(standing.id, standing.version, standing.state, decision, current.arrival.notice_version, receipt)

    def _as_of(self, directory: Directory, item: Submission) -> Submission:
        """The submission as the newest directory sees it: the key must still work; new rules and thresholds apply."""
        caller = item.caller
        if caller.directory_revision == directory.revision:
            return item
        site = caller.site_now(directory, item.arrival.received_at)
        is_said = item.decision.label is not None
        decision = item.decision if is_said else self.judge(site, item.arrival.comment, item.arrival.channel)
        return replace(item, caller=replace(caller, site=site), decision=decision)

    def _stamped(self, db: Db, item: Submission) -> Submission:
        if self.notices is None:
            return item
        version = self.notices.stamp(db, site=item.caller.site, now=item.arrival.received_at)
        return replace(item, arrival=replace(item.arrival, notice_version=version))


def _judged(batch: Sequence[Submission], results: Sequence[Checked | ModerationError]) -> Iterator[Fresh]:
    """What a program judged and stored for the first time, which has a receipt.

    Tests are in no sample, nor what an earlier system had: the promise is about what comes from now on.
    """
    for item, result in zip(batch, results, strict=True):
        is_spared = item.arrival.comment.is_test or item.caller.imports
        if isinstance(result, Checked) and result.receipt is not None and not is_spared:
            yield Fresh(item.arrival.site_id, result.comment_id, item.arrival.received_at)


def _labelled(db: Db, item: Submission, result: Checked | ModerationError) -> Checked | ModerationError:
    """Stores what the website called a comment, to be learnt, where that is what stands."""
    label, arrival = item.decision.label, item.arrival
    if label is None or not isinstance(result, Checked):
        return result
    if (result.decision.actor, result.verdict) != (Actor.BLOG, item.decision.verdict):
        return result
    said = Said(result.comment_id, label, Actor.BLOG, IMPORTED if item.caller.imports else "")
    is_new = labels.record(
        db, site_id=arrival.site_id, said=said, now=arrival.received_at, is_told=not item.caller.imports
    )
    return replace(result, is_labelled=is_new)


def _enter(ledger: Ledger, item: Submission, standing: Standing | None) -> tuple[Standing, Receipt | None]:
    """New: receive it. Known: judge it again, unless a person's decision stands or nothing has changed."""
    if standing is None:
        return ledger.receive(item.arrival, item.decision)
    edit = item.arrival if item.is_edit and standing.content != item.arrival.comment.content else None
    if _stays(item, standing, is_edit=edit is not None):
        return (ledger.edit(standing, edit) if edit else standing), None
    is_told = item.arrival.is_told or edit is not None
    return ledger.decide(standing, item.decision, item.arrival.received_at, edit, is_told=is_told), None


def _stays(item: Submission, standing: Standing, *, is_edit: bool) -> bool:
    """Whether the standing decision stays: a person's, unless an edit made the comment look worse than that.

    A blog that sends the same comment again natively has lost our answer, unless it now says what the comment is; in
    the Akismet dialect it asks anew.
    """
    if not is_edit and item.arrival.channel is Channel.API and item.decision.label is None:
        return True
    if not standing.is_decided_by_person:
        return False
    return not is_edit or STRICTNESS[item.decision.verdict] <= STRICTNESS[standing.verdict]


def _known(db: Db, batch: Sequence[Submission]) -> dict[Match, Standing]:
    """The comments of a batch that are already stored, with their words, in one question for each site and door."""
    wanted: dict[tuple[Id, Channel, bool], dict[str, Arrival]] = {}
    for item in batch:
        for site_id, channel, is_named, mark in _matches(item):
            wanted.setdefault((site_id, channel, is_named), {})[mark] = item.arrival
    found: dict[Match, Standing] = {}
    for (site_id, channel, is_named), arrivals in wanted.items():
        if is_named:
            stored = comments.find_by_external_id(db, site_id=site_id, channel=channel, external_ids=arrivals)
        else:
            stored = _same_words(db, site_id, arrivals)
        found.update({(site_id, channel, is_named, mark): standing for mark, standing in stored.items()})
    return found


def _same_words(db: Db, site_id: Id, arrivals: dict[str, Arrival]) -> dict[str, Standing]:
    """The stored comments with the same fingerprint, which covers the words, so they need not be read again."""
    since = min(arrival.received_at for arrival in arrivals.values()) - MATCH_WINDOW
    matches = comments.find_by_fingerprint(db, site_id=site_id, fingerprints=arrivals, since=since)
    return {mark: replace(match, content=arrivals[mark].comment.content) for mark, match in matches.items()}


def _matches(item: Submission) -> list[Match]:
    """What makes two submissions the same comment: the blog's own id where it may be an edit, or its fingerprint.

    Natively, a comment without an id of the blog's is always new.
    """
    arrival, external_id = item.arrival, item.arrival.comment.external_id
    named = [(arrival.site_id, arrival.channel, True, external_id)] if item.is_edit and external_id else []
    if arrival.channel is Channel.AKISMET:
        named.append((arrival.site_id, arrival.channel, False, arrival.fingerprint))
    return named


def _refuse_foreign_parent(db: Db, arrival: Arrival) -> None:
    if arrival.parent_id and not comments.exists(db, site_id=arrival.site_id, comment_id=arrival.parent_id):
        message = "The parent is no comment of this site; send its id as this service gave it."
        raise NotFound(message, faults=(FieldFault("parent_id", message),), code="parent.not_found")


def _count(ledger: Ledger, item: Submission, decision: Decision) -> None:
    """Counts what a key was told, which the dialect's statistics show; tests are in no figure."""
    if not item.arrival.comment.is_test and not item.caller.imports:
        word = "ham" if decision.verdict is Verdict.PUBLISH else "spam"
        ledger.count(Used(item.caller.site.id, item.arrival.received_at.date(), item.caller.blog, ("calls", word)))
