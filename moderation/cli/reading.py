"""Files of comments as the command reads them: line by line, packed or not, with a progress bar; it parses none."""

import gzip
import os
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any, Final, TypeVar, cast

import typer

from moderation.errors import Invalid

T = TypeVar("T")
_GZIP_MAGIC: Final = b"\x1f\x8b"
LINE_BYTES: Final = 1_048_576 + 2
_EVERY: Final = 256


@contextmanager
def opened(file: Path | None) -> Iterator[IO[bytes]]:
    """Opens a file, or standard input."""
    try:
        found = nullcontext(sys.stdin.buffer) if file is None else file.open("rb")
    except OSError as error:
        raise Invalid(f"{file}: {error.strerror}") from None
    with found as raw:
        yield raw


def lines(raw: IO[bytes], damage: list[str]) -> Iterator[tuple[int, bytes]]:
    """Yields numbered lines, unpacked where they are packed; of an over-long one only its beginning.

    What ends the reading early is noted as damage, so that the lines before it are answered.
    """
    packed = cast("Any", raw).peek(2)[:2] == _GZIP_MAGIC
    stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if packed else raw
    number = 0
    try:
        while line := stream.readline(LINE_BYTES):
            number += 1
            yield number, line
            while len(line) == LINE_BYTES and not line.endswith(b"\n"):
                line = stream.readline(LINE_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or "it is damaged"
        damage.append(f"{why} (after line {number})")


def shown(answers: Iterable[T], raw: IO[bytes], what: str) -> Iterator[T]:
    """The answers, with a progress bar on a terminal and none elsewhere."""
    if not sys.stderr.isatty():
        yield from answers
        return
    facts = os.fstat(raw.fileno())
    size = facts.st_size if stat.S_ISREG(facts.st_mode) else None
    with typer.progressbar(length=size or 1, label=what, file=sys.stderr, show_pos=False) as bar:
        for number, answer in enumerate(answers, 1):
            yield answer
            if number % _EVERY == 0 and size:
                bar.update(raw.tell() - bar.pos)
                bar.label = f"{what} {number:,}"
        bar.update(bar.length - bar.pos if bar.length else 0)
