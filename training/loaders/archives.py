"""Members of a zip file, read in place: nothing is unpacked to disk and absurd archives are refused."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from training.loaders.reading import opened
from training.loaders.rows import LoaderError

MOST_MEMBERS: Final = 1_000
LARGEST_MEMBER: Final = 100_000_000
"""Bytes of a member once unpacked: two hundred times the larger of the two archives that are read."""

HIGHEST_RATIO: Final = 200
"""Bytes out for one in: text gives up to 20, a bomb 1,000."""

PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The two methods that the originals use; others can ask for any amount of memory."""

ENCRYPTED: Final = 0x1
"""The bit of a member's flags that says so (APPNOTE.TXT 4.4.4)."""


@contextmanager
def archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """An open zip file whose members were all found harmless; errors while it is read name the file."""
    with opened(path) as file:
        try:
            with zipfile.ZipFile(file) as zipped:
                _examine(zipped, path)
                yield zipped
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise LoaderError(f"{path}: not a readable zip file") from error


def _examine(zipped: zipfile.ZipFile, path: Path) -> None:
    members = zipped.infolist()
    if len(members) > MOST_MEMBERS:
        raise LoaderError(f"{path}: {len(members):,} members, this is not the corpus")
    for number, member in enumerate(members, start=1):
        if fault := _fault(member):
            raise LoaderError(f"{path}: member {number} {fault}")


def _fault(member: zipfile.ZipInfo) -> str:
    """What is wrong with a member; its name is not repeated, it may be anything."""
    name = PurePosixPath(member.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in member.filename:
        return "has a path that leads outside"
    if member.flag_bits & ENCRYPTED:
        return "is encrypted"
    if member.compress_type not in PACKINGS:
        return "is packed in another way than the corpus is"
    if member.file_size > LARGEST_MEMBER:
        return f"would unpack to {member.file_size:,} bytes, more than {LARGEST_MEMBER:,}"
    if member.file_size > HIGHEST_RATIO * max(member.compress_size, 1):
        return "is packed tighter than any text: a zip bomb"
    return ""
