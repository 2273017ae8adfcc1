"""A model folder is used only when everything about it is as it was signed."""

import io
import json
import zipfile

import numpy as np
import pytest

from models import artifact, signing
from models.artifact import ArtifactError
from models.features import Sample

SLOTS = 2**20


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def resign(folder, key, name, data):
    """Replace a file the way somebody with the key could: digest and signature are right again."""
    (folder / name).write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"][name]["sha256"] = signing.digest(data)
    rewrite_manifest(folder, key, manifest)


def rewrite_manifest(folder, key, manifest):
    data = json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(data)
    (folder / "SIGNATURE").write_text(signing.sign(data, key), encoding="ascii")


def test_a_saved_model_scores_bit_for_bit_as_before(model_folder, trusted, toy):
    loaded = artifact.load(model_folder, trusted)
    sample = Sample("Thank you, that helped a lot.", "Ann", "http://ann.example")
    assert (loaded.name, loaded.version, loaded.card) == (toy.name, toy.version, toy.card)
    assert loaded.score(sample) == toy.score(sample)
    assert loaded.digest == signing.digest((model_folder / "manifest.json").read_bytes())
    assert not loaded.weights.flags.writeable


def test_saving_twice_gives_the_same_bytes(model_folder, tmp_path, toy, key):
    again = tmp_path / "again"
    artifact.save(again, toy, artifact.Training({"name": "toy"}, {"python": "3"}), key)
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {
        path.name: path.read_bytes() for path in model_folder.iterdir()
    }


def pickled_member():
    array = np.empty(1, object)
    array[0] = {"not": "weights"}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, weights=array)
    return buffer.getvalue()


def two_members():
    return npz(weights=np.zeros(SLOTS, np.float16), more=np.zeros(1))


def with_value(value):
    weights = np.zeros(SLOTS, np.float16)
    weights[3] = value
    return npz(weights=weights)


WEIGHTS = {
    "NaN": (lambda: with_value(np.nan), "not a number"),
    "infinite": (lambda: with_value(np.inf), "not a number"),
    "out of range": (lambda: with_value(2_000), "not a number between"),
    "wrong dtype": (lambda: npz(weights=np.zeros(SLOTS // 4, np.float64)), "<f8"),
    "wrong shape": (lambda: npz(weights=np.zeros(SLOTS // 2, np.float16)), "shape"),
    "two-dimensional": (lambda: npz(weights=np.zeros((2, SLOTS // 2), np.float16)), "shape"),
    "too large inside": (lambda: npz(weights=np.zeros(SLOTS, np.float64)), "too large"),
    "renamed array": (lambda: npz(other=np.zeros(SLOTS, np.float16)), "exactly weights.npy"),
    "second array": (two_members, "exactly weights.npy"),
    "pickled": (pickled_member, "must be <f2 or <f4"),
    "no archive": (lambda: b"weights", "not a zip file"),
    "empty": (lambda: b"", "not a zip file"),
}


@pytest.mark.parametrize(("make", "words"), WEIGHTS.values(), ids=WEIGHTS)
def test_wrong_weights_are_refused_even_when_signed(model_folder, trusted, key, make, words):
    resign(model_folder, key, "weights.npz", make())
    assert words in refusal(model_folder, trusted)


def refusal(folder, trusted):
    with pytest.raises(ArtifactError) as caught:
        artifact.load(folder, trusted)
    with pytest.raises(ArtifactError):
        artifact.verify(folder, trusted)
    line = str(caught.value)
    assert "\n" not in line
    assert "make train" in line
    return line


def truncate(folder):
    data = (folder / "weights.npz").read_bytes()
    (folder / "weights.npz").write_bytes(data[: len(data) // 2])


def flip(folder):
    data = bytearray((folder / "weights.npz").read_bytes())
    data[1000] ^= 1
    (folder / "weights.npz").write_bytes(data)


def swap_card(folder):
    (folder / "CARD.md").write_text("A better model than it is.", encoding="utf-8")


def oversize(folder):
    (folder / "manifest.json").write_bytes(b" " * (2**18 + 1))


DAMAGE = {
    "truncated": (truncate, "weights.npz is not the file that was signed"),
    "one bit": (flip, "weights.npz is not the file that was signed"),
    "another card": (swap_card, "CARD.md is not the file that was signed"),
    "renamed file": (lambda folder: (folder / "weights.npz").rename(folder / "w.npz"), "weights.npz cannot be read"),
    "no card": (lambda folder: (folder / "card.json").unlink(), "card.json cannot be read"),
    "unsigned": (lambda folder: (folder / "SIGNATURE").unlink(), "SIGNATURE cannot be read"),
    "empty signature": (lambda folder: (folder / "SIGNATURE").write_text(""), "no trusted key"),
    "odd signature": (lambda folder: (folder / "SIGNATURE").write_text("%%%"), "not base64"),
    "binary signature": (lambda folder: (folder / "SIGNATURE").write_bytes(b"\xff\xfe"), "SIGNATURE does not vouch"),
    "changed manifest": (lambda folder: (folder / "manifest.json").write_text("{}"), "no trusted key"),
    "oversized": (oversize, "manifest.json is larger than"),
    "no folder": (lambda folder: folder.rename(folder.with_name("elsewhere")), "manifest.json cannot be read"),
}


@pytest.mark.parametrize(("damage", "words"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_folder_is_refused_with_one_line(model_folder, trusted, damage, words):
    damage(model_folder)
    assert words in refusal(model_folder, trusted)


def test_a_signature_by_an_unknown_key_does_not_count(model_folder, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "no trusted key (there is none)" in refusal(model_folder, tmp_path / "empty")


MANIFESTS = {
    "other format": ({"format": "pickle"}, "not of format"),
    "other features": ({"features": {"feature_spec": 2}}, "feature_spec"),
    "no features": ({"features": {}}, "trained for other features"),
    "odd features": ({"features": 3}, "trained for other features"),
    "odd files": ({"files": []}, "is not the file that was signed"),
    "no bias": ({"bias": None}, "not a finite number"),
    "NaN bias": ({"bias": float("nan")}, "not a finite number"),
    "falling calibration": ({"calibration": {"slope": -1, "offset": 0, "prior": 0.5}}, "positive slope"),
    "odd calibration": ({"calibration": {"slope": 1}}, "cannot be read"),
}


@pytest.mark.parametrize(("change", "words"), MANIFESTS.values(), ids=MANIFESTS)
def test_a_signed_manifest_that_makes_no_sense_is_refused(model_folder, trusted, key, change, words):
    manifest = json.loads((model_folder / "manifest.json").read_bytes())
    rewrite_manifest(model_folder, key, {**manifest, **change})
    assert words in refusal(model_folder, trusted)


@pytest.mark.parametrize("data", [b"[]", b"1", b"not json", b"[" * 50_000])
def test_a_signed_manifest_that_is_no_object_is_refused(model_folder, trusted, key, data):
    (model_folder / "manifest.json").write_bytes(data)
    (model_folder / "SIGNATURE").write_text(signing.sign(data, key), encoding="ascii")
    assert "manifest.json is not" in refusal(model_folder, trusted)


def test_a_card_that_is_none_is_refused(model_folder, trusted, key):
    resign(model_folder, key, "card.json", b"{}")
    assert "not a model card" in refusal(model_folder, trusted)


def test_the_shipped_model_is_the_newest_whole_small_and_signed():
    folder = artifact.shipped_folder()
    model = artifact.load(folder)
    assert folder.name == f"{model.name}-{model.version}"
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 6 * 2**20


def test_the_shipped_weights_hold_one_plain_array():
    with zipfile.ZipFile(artifact.shipped_folder() / "weights.npz") as archive:
        assert archive.namelist() == ["weights.npy"]
