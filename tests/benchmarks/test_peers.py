"""The peers learn what they are told, after they were asked, and are named where they are not installed."""

import importlib.util
import math
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.peers import registry
from benchmarks.peers.peer import Absent, PeerFailure, run
from benchmarks.peers.programs import Bogofilter, SpamProbe, mail
from benchmarks.peers.registry import KINDS, Kind

SPAM = ("cheap pills casino bonus", "casino jackpot win bonus now", "cheap loans and pills now", "win casino pills")
HAM = (
    "the garden in winter is quiet",
    "thank you for the bread recipe",
    "my window was open in winter",
    "quiet garden",
)
HOSTILE = ("", "\0", "\ud800", "From me\n\n.\n", "ж" * 5_000, "𝗠𝗔𝗫\u200b", "a|b:c 1 | 2", "Content-Type: x\n\nwords")


class Recorder:
    """A peer that writes down the order of what happened to it."""

    name, version = "recorder", "1"

    def __init__(self):
        self.calls = []

    def score(self, text):
        self.calls.append(("score", text))
        return float(len(self.calls))

    def learn(self, text, is_spam):
        self.calls.append(("learn", text, is_spam))

    def close(self):
        pass


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def peer(request):
    if reason := request.param.missing():
        pytest.skip(reason)
    made = request.param.make()
    yield made
    made.close()


def immediate(labels):
    return [(index, [(index, label)]) for index, label in enumerate(labels)]


def test_a_row_is_scored_before_its_label_is_learnt():
    recorder = Recorder()
    assert run(recorder, ["a", "b"], immediate([True, False])) == [1.0, 3.0]
    assert recorder.calls == [("score", "a"), ("learn", "a", True), ("score", "b"), ("learn", "b", False)]


def test_feedback_comes_when_and_as_the_schedule_says():
    recorder = Recorder()
    run(recorder, ["a", "b", "c"], [(0, []), (1, []), (2, [(0, False), (1, True)])])
    assert recorder.calls[3:] == [("learn", "a", False), ("learn", "b", True)]


@pytest.mark.parametrize(
    "steps", [[(0, []), (0, [])], [(0, [(1, True)]), (1, [])], [(0, [])]], ids=["twice", "after its label", "never"]
)
def test_a_schedule_that_leaks_or_forgets_is_refused(steps):
    with pytest.raises(ValueError, match="scored"):
        run(Recorder(), ["a", "b"], steps)


def test_every_peer_learns_what_it_is_told(peer):
    for _ in range(3):
        for spam, ham in zip(SPAM, HAM, strict=True):
            peer.learn(spam, True)
            peer.learn(ham, False)
    assert peer.score("casino bonus pills now") > peer.score("the quiet winter garden")


def test_every_peer_says_what_it_is(peer):
    assert peer.name in {kind.name for kind in KINDS}
    assert peer.version[0].isdigit()


def test_every_peer_takes_any_text(peer):
    for label, text in enumerate(HOSTILE):
        assert isinstance(peer.score(text), float)
        peer.learn(text, bool(label % 2))
    assert all(isinstance(peer.score(text), float) for text in HOSTILE)


def test_every_peer_has_a_score_before_it_knows_both_classes(peer):
    scores = [peer.score(HAM[0])]
    peer.learn(HAM[0], False)
    scores += [peer.score(text) for text in (HAM[0], SPAM[0])]
    assert all(math.isfinite(score) for score in scores)


def test_asking_a_peer_teaches_it_nothing(peer):
    for spam, ham in zip(SPAM, HAM, strict=True):
        peer.learn(spam, True)
        peer.learn(ham, False)
    first = peer.score(SPAM[0])
    assert [peer.score(SPAM[0]) for _ in range(3)] == [first] * 3


@pytest.mark.parametrize("program", [Bogofilter, SpamProbe])
def test_a_program_leaves_nothing_behind(program):
    if not shutil.which(program.name):
        pytest.skip(f"{program.name} is not installed")
    peer = program()
    folder = Path(peer._folder)
    peer.learn(HAM[0], False)
    assert folder.exists()
    peer.close()
    assert not folder.exists()


def test_a_comment_said_twice_counts_twice_for_spamprobe():
    if not shutil.which(SpamProbe.name):
        pytest.skip("spamprobe is not installed")
    peer = SpamProbe()
    for _ in range(3):
        peer.learn(SPAM[0], True)
    dump = subprocess.run(["spamprobe", "-d", peer._folder, "dump"], capture_output=True, text=True, check=True)
    peer.close()
    count = next(line.split() for line in dump.stdout.splitlines() if line.endswith("__COUNT__"))
    assert count[2] == "3"


def test_a_program_that_fails_is_told_without_the_comment():
    if not shutil.which(Bogofilter.name):
        pytest.skip("bogofilter is not installed")
    peer = Bogofilter()
    (Path(peer._folder) / "wordlist.db").write_bytes(b"no database")
    with pytest.raises(PeerFailure, match=r"^bogofilter ended with \d+ on mail 1$"):
        peer.score("secret words")
    peer.close()


def test_a_mail_holds_its_text_whole_under_a_head_of_its_own():
    head, _, body = mail("a\n\nb ж", 1).partition(b"\n\n")
    assert body == "a\n\nb ж\n".encode()
    assert head != mail("a", 2).partition(b"\n\n")[0]


def test_what_is_not_installed_is_named_with_the_reason(monkeypatch):
    monkeypatch.setenv("PATH", "")
    found, absent = registry.here()
    assert Absent("bogofilter", "not installed (Debian package bogofilter)") in absent
    assert len(found) + len(absent) == len(KINDS)
    lacking = Kind("x", Recorder, package="no_such_library")
    assert lacking.missing() == "not installed (Python package no_such_library)"
    assert Kind("y", Recorder, package="sklearn").missing() is None or importlib.util.find_spec("sklearn") is None
