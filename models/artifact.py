"""A model as a folder of files: saved without pickle, loaded only after every check; it knows no training."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models import signing
from models.calibration import Calibration
from models.card import ModelCard
from models.classifier import Classifier
from models.features import EVIDENCE_SCALE, SITE_SCALE
from models.hashing import FEATURE_SPEC, GRAM_SIZES, PAIR_DISTANCES, SEEDS, TABLE_BITS

FORMAT: Final = "candor-model-1"
WEIGHTS_FILE: Final = "weights.npz"
MANIFEST_FILE: Final = "manifest.json"
SIGNATURE_FILE: Final = "SIGNATURE"
CARD_FILES: Final = ("card.json", "CARD.md")
SHIPPED: Final = Path(__file__).parent / "shipped"

_MEMBER: Final = "weights.npy"
_SLOTS: Final = 2**TABLE_BITS
_DTYPES: Final = ("<f2", "<f4")
_LARGEST_FILE: Final = {
    WEIGHTS_FILE: 5 * 2**20,
    MANIFEST_FILE: 2**18,
    SIGNATURE_FILE: 2**10,
    "card.json": 2**19,
    "CARD.md": 2**19,
}
_LARGEST_WEIGHT: Final = 1_000.0
_NPY_HEADER: Final = 4_096


class ArtifactError(Exception):
    """A model folder that must not be used; the text is one line: what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Training:
    """What the manifest records about how a model came to be."""

    recipe: Mapping[str, Any]
    environment: Mapping[str, str]


def load(folder: Path, trusted: Path = signing.TRUSTED_KEYS) -> Classifier:
    """Check a model folder and load it; raises ``ArtifactError`` before anything unchecked is used.

    ``trusted`` is the folder of public keys whose signatures count.
    """
    return _open(folder, trusted)


def verify(folder: Path, trusted: Path = signing.TRUSTED_KEYS) -> None:
    """The checks of ``load`` without keeping the model."""
    _open(folder, trusted)


def shipped_folder() -> Path:
    """The newest model that comes with the program (by the numbers in its version)."""
    folders = [path for path in SHIPPED.glob("*-*") if path.is_dir()] if SHIPPED.is_dir() else []
    if not folders:
        message = f"no model in {SHIPPED}: reinstall the program or run `make train`"
        raise ArtifactError(message)
    return max(folders, key=_version_order)


def _version_order(folder: Path) -> tuple[tuple[int, ...], str]:
    version = folder.name.rpartition("-")[2]
    return tuple(int(number) for number in version.split(".") if number.isdigit()), folder.name


def _open(folder: Path, trusted: Path) -> Classifier:
    manifest_bytes = _read(folder, MANIFEST_FILE)
    _check_signature(folder, manifest_bytes, trusted)
    manifest = _parse_manifest(folder, manifest_bytes)
    files = {name: _checked(folder, name, manifest) for name in (WEIGHTS_FILE, *CARD_FILES)}
    weights = _weights(folder, files[WEIGHTS_FILE])
    try:
        return Classifier(
            name=str(manifest["name"]),
            version=str(manifest["version"]),
            digest=signing.digest(manifest_bytes),
            card=ModelCard.from_json(files["card.json"].decode("utf-8")),
            weights=weights,
            bias=_finite(manifest["bias"]),
            calibration=Calibration(**{name: _finite(value) for name, value in manifest["calibration"].items()}),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _refusal(folder, f"its manifest or card cannot be read ({error})") from error


def _refusal(folder: Path, problem: str) -> ArtifactError:
    remedy = "restore the folder from the release, or run `make train`"
    return ArtifactError(f"model {folder} refused: {' '.join(problem.split())}; {remedy}")


def _read(folder: Path, name: str) -> bytes:
    """A file of the folder, never more than its largest permitted size."""
    path, largest = folder / name, _LARGEST_FILE[name]
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        raise _refusal(folder, f"{name} cannot be read ({error.strerror})") from error
    if len(data) > largest:
        raise _refusal(folder, f"{name} is larger than {largest:,} bytes")
    return data


def _check_signature(folder: Path, manifest: bytes, trusted: Path) -> None:
    try:
        line = _read(folder, SIGNATURE_FILE).decode("ascii")
        signing.verify(manifest, line, signing.trusted_keys(trusted))
    except (signing.SigningError, UnicodeDecodeError) as error:
        raise _refusal(folder, f"{SIGNATURE_FILE} does not vouch for {MANIFEST_FILE}: {error}") from error


def _parse_manifest(folder: Path, data: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _refusal(folder, f"{MANIFEST_FILE} is not JSON") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _refusal(folder, f"{MANIFEST_FILE} is not of format {FORMAT}")
    expected = feature_facts()
    different = [name for name, value in expected.items() if _section(manifest, "features").get(name) != value]
    if different:
        raise _refusal(folder, f"it was trained for other features ({', '.join(different)} differ from this program)")
    return manifest


def feature_facts() -> dict[str, Any]:
    """Everything a model and the program must agree on about features."""
    return {
        "feature_spec": FEATURE_SPEC,
        "table_bits": TABLE_BITS,
        "seeds": {view: f"{seed:016x}" for view, seed in SEEDS.items()},
        "gram_sizes": list(GRAM_SIZES),
        "pair_distances": list(PAIR_DISTANCES),
        "site_scale": SITE_SCALE,
        "evidence_scale": EVIDENCE_SCALE,
    }


def _section(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    """An object inside the manifest; what is not one counts as empty."""
    section = manifest.get(name)
    return section if isinstance(section, dict) else {}


def _checked(folder: Path, name: str, manifest: dict[str, Any]) -> bytes:
    """A file whose digest is the one in the manifest."""
    data = _read(folder, name)
    if _section(_section(manifest, "files"), name).get("sha256") != signing.digest(data):
        raise _refusal(folder, f"{name} is not the file that was signed (SHA-256 differs)")
    return data


def _finite(value: object) -> float:
    """A number of the manifest; JSON in Python also admits NaN."""
    if not isinstance(value, int | float) or not np.isfinite(value):
        message = f"{value!r} is not a finite number"
        raise ValueError(message)
    return float(value)


def _weights(folder: Path, data: bytes) -> NDArray[np.float32]:
    """The weight table as read-only float32, after its form was checked and before it was allocated."""
    try:
        _check_header(data)
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            stored: NDArray[np.floating[Any]] = arrays["weights"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        raise _refusal(folder, f"{WEIGHTS_FILE}: {error}") from error
    if not np.isfinite(stored).all() or np.abs(stored).max() > _LARGEST_WEIGHT:
        raise _refusal(folder, f"{WEIGHTS_FILE}: a weight is not a number between ±{_LARGEST_WEIGHT:,.0f}")
    weights = stored.astype(np.float32)
    weights.setflags(write=False)
    return weights


def _check_header(data: bytes) -> None:
    """Raise ``ValueError`` unless the archive holds exactly one plain array of the right type, shape and size."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if [member.filename for member in members] != [_MEMBER]:
            message = f"it must hold exactly {_MEMBER}"
            raise ValueError(message)
        if members[0].file_size > _SLOTS * 4 + _NPY_HEADER:
            message = "the array inside is too large"
            raise ValueError(message)
        with archive.open(_MEMBER) as member:
            head = io.BytesIO(member.read(_NPY_HEADER))
    if np.lib.format.read_magic(head) != (1, 0):
        message = "the array is not of .npy version 1.0"
        raise ValueError(message)
    shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(head)
    if dtype.str not in _DTYPES or shape != (_SLOTS,) or is_fortran:
        message = f"the array must be {' or '.join(_DTYPES)} of shape ({_SLOTS},), not {dtype.str} of shape {shape}"
        raise ValueError(message)


def save(folder: Path, classifier: Classifier, training: Training, key: signing.PrivateKey) -> None:
    """Write a model folder and sign it. Weights are stored as float16: round them first to score alike."""
    contents = {
        WEIGHTS_FILE: _npz(classifier.weights),
        "card.json": classifier.card.to_json().encode("utf-8"),
        "CARD.md": classifier.card.to_markdown().encode("utf-8"),
    }
    manifest = _manifest(classifier, training, contents)
    contents[MANIFEST_FILE] = manifest
    contents[SIGNATURE_FILE] = signing.sign(manifest, key).encode("ascii")
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        (folder / name).write_bytes(data)


def _npz(weights: NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, weights=weights.astype(np.float16))
    return buffer.getvalue()


def _manifest(classifier: Classifier, training: Training, contents: Mapping[str, bytes]) -> bytes:
    calibration = classifier.calibration
    manifest = {
        "format": FORMAT,
        "name": classifier.name,
        "version": classifier.version,
        "features": feature_facts(),
        "bias": classifier.bias,
        "calibration": {"slope": calibration.slope, "offset": calibration.offset, "prior": calibration.prior},
        "arrays": {"weights": {"dtype": "<f2", "shape": [_SLOTS]}},
        "files": {name: {"sha256": signing.digest(data), "bytes": len(data)} for name, data in contents.items()},
        "recipe": dict(training.recipe),
        "environment": dict(training.environment),
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")
