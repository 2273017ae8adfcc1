"""What a site has learnt as bytes, and back: lossless, checked before use, never pickle; it stores nothing.

A layer's bytes: a magic word with the format's number, the SHA-256 of what follows, and a zlib stream of a JSON header
and plain little-endian arrays. Most slots of a comment were touched by that comment alone and share one state, so each
different row is kept once, with the number of the row that each touched slot has.
"""

import hashlib
import json
import zlib
from typing import Any, Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from models import experts
from models.features import Features
from models.hashing import FEATURE_SPEC, TABLE_BITS
from models.online import Layer, fresh_table
from models.stacking import Stacker

FORMAT: Final = 1
_MAGIC: Final = b"candor-delta-"
_DIGEST: Final = 32
_LARGEST: Final = 2**28  # bytes after decompression: a full table of 2**20 rows takes 48 MB
_LARGEST_FEATURES: Final = 2**20
_LEVEL: Final = 9
_ALIKE: Final = (3, 2, 1, 0, 7, 6, 5, 4, 9, 8)  # columns of a row, the one that counts most for likeness last
_NUMBERS: Final = ("bits", "features", "lessons", "rows", "slots")
_SCALARS: Final = (experts.LINEAR, 2, 2, experts.EXPERTS + 2, experts.EXPERTS + 2, experts.EXPERTS, 1)


class DeltaError(Exception):
    """Bytes that are no layer of this program; the text is one line: what is wrong and what to do."""


def pack_layer(layer: Layer) -> bytes:
    """The state of a layer; equal states give equal bytes."""
    touched = np.flatnonzero(layer.table[:, experts.COUNTS].any(axis=1))
    rows, number = _distinct_rows(layer.table[touched])
    header = {"bits": layer.bits, "features": FEATURE_SPEC, "lessons": layer.lessons, "slots": len(touched)}
    arrays = (np.diff(touched, prepend=0).astype("<u4"), number.astype("<u4"), rows, _scalars(layer))
    parts = [json.dumps({**header, "rows": len(rows)}, sort_keys=True).encode("ascii") + b"\n", *map(_planes, arrays)]
    packed = zlib.compress(b"".join(parts), _LEVEL)
    return _MAGIC + b"%d\n" % FORMAT + hashlib.sha256(packed).digest() + packed


def unpack_layer(data: bytes) -> Layer:
    """The layer of ``pack_layer``; raises DeltaError for anything damaged, of other features or of a newer format."""
    header, body = _opened(data)
    count, kinds, bits = header["slots"], header["rows"], header["bits"]
    sizes = (4 * count, 4 * count, 4 * experts.COLUMNS * kinds, 8 * sum(_SCALARS))
    if len(body) != sum(sizes) or not 1 <= bits <= TABLE_BITS:
        _refuse("its length is not what its header says")
    gaps, number, rows, scalars = np.split(np.frombuffer(body, np.uint8), np.cumsum(sizes)[:-1])
    slots = np.cumsum(_joined(gaps, "<u4").astype(np.int64))
    return _layer(header, slots, _joined(number, "<u4"), _joined(rows, "<f4").reshape(experts.COLUMNS, -1).T, scalars)


def pack_features(features: Features) -> bytes:
    """The slots of one comment, each block ascending: about a kilobyte for a hundred characters."""
    blocks = [np.sort(block) for block in features]
    lengths = np.array([len(block) for block in blocks], "<u4").tobytes()
    gaps = [np.diff(block, prepend=np.uint32(0)).astype("<u4") for block in blocks]
    return zlib.compress(lengths + _planes(np.concatenate(gaps)), _LEVEL)


def unpack_features(data: bytes) -> Features:
    """The slots of ``pack_features``; raises DeltaError for bytes that are none."""
    body = _inflated(data, _LARGEST_FEATURES)
    lengths = np.frombuffer(body[:12].ljust(12, b"\xff"), "<u4").tolist()
    if len(body) != 12 + 4 * sum(lengths):
        _refuse("a lesson's slots are cut off")
    gaps = np.split(_joined(np.frombuffer(body[12:], np.uint8), "<u4"), np.cumsum(lengths)[:-1])
    blocks = [np.cumsum(block, dtype=np.uint32) for block in gaps]
    if any(len(block) and int(block.max()) >> TABLE_BITS for block in blocks):
        _refuse("a lesson's slots lie outside the table")
    return Features(*blocks)


def _refuse(problem: str) -> NoReturn:
    raise DeltaError(f"what this site has learnt cannot be used: {problem}; roll back, or let it learn again")


def _inflated(data: bytes, largest: int) -> bytes:
    """Decompressed, but never more than expected: a small stream can blow up to gigabytes."""
    stream = zlib.decompressobj()
    try:
        body = stream.decompress(data, largest)
    except zlib.error:
        _refuse("its bytes are damaged")
    if not stream.eof or stream.unused_data:
        _refuse("it is cut off, too large, or followed by something else")
    return body


def _opened(data: bytes) -> tuple[dict[str, int], bytes]:
    """The header and the arrays of a layer's bytes, once everything but the arrays' contents has been checked."""
    word, _, rest = data.partition(b"\n")
    number = word.removeprefix(_MAGIC)
    if number != b"%d" % FORMAT:
        is_newer = word.startswith(_MAGIC) and number.isdigit() and not number.startswith(b"0")  # 1 is the first format
        newer = "it was written by a newer version of this program, which is needed to read it"
        _refuse(newer if is_newer else "it is of no known format")
    packed = rest[_DIGEST:]
    if hashlib.sha256(packed).digest() != rest[:_DIGEST]:
        _refuse("its bytes are damaged")
    line, _, body = _inflated(packed, _LARGEST).partition(b"\n")
    header = _header(line)
    if header["features"] != FEATURE_SPEC:
        _refuse("it was learnt with other features")
    return header, body


def _header(line: bytes) -> dict[str, int]:
    """The numbers of a header: whole, and none below 0."""
    try:
        header = json.loads(line)
        numbers = {name: header[name] for name in _NUMBERS}
    except (ValueError, TypeError, KeyError, RecursionError):
        _refuse("its header cannot be read")
    if not all(type(number) is int and number >= 0 for number in numbers.values()):
        _refuse("its header cannot be read")
    return numbers


def _layer(
    header: dict[str, int],
    slots: NDArray[np.int64],
    number: NDArray[np.uint32],
    rows: NDArray[np.float32],
    scalars: NDArray[np.uint8],
) -> Layer:
    numbers = _joined(scalars, "<f8")
    if not (np.isfinite(rows).all() and np.isfinite(numbers).all()):
        _refuse("it holds something that is not a number")
    if len(slots) and (slots[-1] >> header["bits"] or int(number.max()) >= len(rows)):
        _refuse("it points outside its tables")
    table = fresh_table(header["bits"])
    table[slots] = rows[number]
    parts = [part.copy() for part in np.split(numbers, np.cumsum(_SCALARS)[:-1])]
    biases, bias_squares, totals, weights, squares, powers, seen = parts
    stacker = Stacker(weights, squares, powers, float(seen[0]))
    return Layer(header["bits"], header["lessons"], table, biases, bias_squares, totals, stacker)


def _scalars(layer: Layer) -> NDArray[np.float64]:
    mixture = layer.stacker
    parts = (layer.biases, layer.bias_squares, layer.totals, mixture.weights, mixture.squares, mixture.powers)
    return np.concatenate((*parts, [mixture.seen])).astype("<f8")


def _distinct_rows(rows: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Each different row once (compared by its bits), and which of them each row is.

    They are sorted by counts, then by variances: alike rows beside each other compress better, by a twentieth.
    """
    whole = np.ascontiguousarray(rows, "<f4").view(np.dtype((np.void, 4 * experts.COLUMNS))).reshape(-1)
    _, first, number = np.unique(whole, return_index=True, return_inverse=True)
    kinds = rows[first]
    order = np.lexsort(kinds[:, _ALIKE].T)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return kinds[order], place[number]


def _planes(array: NDArray[Any]) -> bytes:
    """The first bytes of all numbers, then the second ones, and so on, column by column: such bytes compress."""
    columns = np.ascontiguousarray(array.reshape(len(array), array[:1].size).T)
    return np.ascontiguousarray(columns.view(np.uint8).reshape(columns.size, array.itemsize).T).tobytes()


def _joined(planes: NDArray[np.uint8], kind: str) -> NDArray[Any]:
    """The numbers that ``_planes`` took apart, column by column."""
    size = np.dtype(kind).itemsize
    return np.ascontiguousarray(planes.reshape(size, -1).T).view(kind).reshape(-1)
