"""Bytes, lines and CSV records of files that may be hostile: bounded in memory, clear when they are refused."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from training.loaders.rows import LoaderError

LONGEST_LINE: Final = 1_000_000
LONGEST_FILE: Final = 1_000_000
"""Bytes of a single message that are read; what follows in a longer one is attachments."""


def opened(path: Path) -> IO[bytes]:
    """A file to read, or the reason why not in one line."""
    try:
        return path.open("rb")
    except OSError as error:
        raise LoaderError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from error


def beginning(path: Path) -> bytes:
    """The first ``LONGEST_FILE`` bytes of a file."""
    with opened(path) as file:
        try:
            return file.read(LONGEST_FILE)
        except OSError as error:
            raise LoaderError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from error


def lines(file: IO[bytes], name: str) -> Iterator[str]:
    """The lines of a UTF-8 file with their ends, one in memory at a time; ``name`` is for the error."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise LoaderError(f"{name}, line {number}: longer than {LONGEST_LINE:,} bytes, this is not the corpus")
        yield (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line).decode("utf-8", "replace")


def records(file: IO[bytes], name: str, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The records of a CSV file by column name; its heading must name all of ``columns``."""
    reader = csv.reader(lines(file, name))
    try:
        heading = next((fields for fields in reader if fields), [])
        missing = [column for column in columns if column not in heading]
        if missing:
            raise LoaderError(f"{name}: no column {', '.join(missing)} in its first line")
        for fields in reader:
            if fields and len(fields) != len(heading):
                raise LoaderError(f"{name}, line {reader.line_num}: {len(fields)} fields instead of {len(heading)}")
            if fields:
                yield dict(zip(heading, fields, strict=True))
    except csv.Error as error:
        raise LoaderError(f"{name}, line {reader.line_num}: {error}") from error


def decoded(raw: bytes) -> str:
    """Text of an unstated encoding: UTF-8 where it is valid, otherwise Windows-1252, which old mail is in."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
