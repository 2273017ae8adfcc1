"""bogofilter and SpamProbe as their users run them: one process to score a mail, one to learn it."""

import re
import shutil
import subprocess
import tempfile
from email.utils import formatdate
from pathlib import Path
from typing import Final

from benchmarks.peers.peer import PeerFailure

SECONDS: Final = 60
"""After which a program that reads one short mail has hung."""


def mail(text: str, number: int) -> bytes:
    """A text as the smallest mail that says its charset.

    ``number`` becomes its date: neither program reads words out of a date, but SpamProbe takes two mails alike in
    all else for one, and two comments of the same words are two comments.
    """
    head = f"Date: {formatdate(number)}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    return head.encode() + text.replace("\0", " ").encode("utf-8", "replace") + b"\n"


class _Program:
    """A program with a word list in a temporary folder, in memory where the machine has such a place.

    A process a message sounds slow and is not: two to four milliseconds each, because the word list stays in the
    page cache. Nothing is read ahead or held back, so a score cannot know its own label.
    """

    name: str

    def __init__(self) -> None:
        self.version = version(self.name)
        memory = Path("/dev/shm")
        self._folder = tempfile.mkdtemp(prefix=f"{self.name}-", dir=memory if memory.is_dir() else None)
        self._mails = 0

    def close(self) -> None:
        """Removes the word list."""
        shutil.rmtree(self._folder)

    def _run(self, arguments: list[str], text: str, accepted: range) -> bytes:
        """The program's answer to a text on its standard input; its errors may quote it, so they are not kept."""
        self._mails += 1
        done = subprocess.run(
            [self.name, *arguments], input=mail(text, self._mails), capture_output=True, timeout=SECONDS, check=False
        )
        if done.returncode not in accepted:
            raise PeerFailure(f"{self.name} ended with {done.returncode} on mail {self._mails}")
        return done.stdout


class Bogofilter(_Program):
    """bogofilter with its built-in settings, whatever the machine's configuration says."""

    name = "bogofilter"
    UNKNOWN: Final = 0.52
    """Its own ``robx``: the score of a mail without a known word, and so of any mail before the first lesson."""

    def score(self, text: str) -> float:
        """Its spamicity, 0 to 1, to sixteen digits."""
        if not (Path(self._folder) / "wordlist.db").exists():
            return self.UNKNOWN
        verdicts = range(3)  # spam, ham, unsure
        return float(self._run(["-C", "-d", self._folder, "-TT"], text, verdicts))

    def learn(self, text: str, is_spam: bool) -> None:  # noqa: FBT001 - the label is what is learnt
        """Registers a text."""
        self._run(["-C", "-d", self._folder, "-s" if is_spam else "-n"], text, range(1))


class SpamProbe(_Program):
    """SpamProbe with its defaults, but keeping letters outside of ASCII (``-8``), which comments are full of."""

    name = "spamprobe"

    def __init__(self) -> None:
        super().__init__()
        self._run([*self._options, "create-db"], "", range(1))

    @property
    def _options(self) -> list[str]:
        return ["-8", "-M", "-d", self._folder]

    def score(self, text: str) -> float:
        """Its score, 0 to 1, to the seven digits that it prints."""
        verdict = self._run([*self._options, "score"], text, range(1)).split()
        if len(verdict) < 2:  # noqa: PLR2004 - a word and a number
            raise PeerFailure(f"{self.name} gave no score for mail {self._mails}")
        return float(verdict[1])

    def learn(self, text: str, is_spam: bool) -> None:  # noqa: FBT001 - the label is what is learnt
        """Classifies a text."""
        self._run([*self._options, "spam" if is_spam else "good"], text, range(1))


def version(name: str) -> str:
    """A program's version, in its own words."""
    said = subprocess.run([name, "-V"], capture_output=True, timeout=SECONDS, check=False)
    found = re.search(rb"\d+\.\d+[.\w]*", said.stdout + said.stderr)
    return found[0].decode() if found else "unknown"
