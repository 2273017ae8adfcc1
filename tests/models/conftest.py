"""A toy classifier with made-up weights, and a signed folder of it."""

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models import artifact, signing
from models.calibration import Calibration
from models.card import ModelCard
from models.classifier import Classifier


@pytest.fixture(scope="session")
def toy() -> Classifier:
    """Weights that look trained (every slot has one), from a fixed seed."""
    weights = np.random.default_rng(7).normal(0, 0.3, 2**20).astype(np.float16).astype(np.float32)
    weights.setflags(write=False)
    card = ModelCard("toy", "1.2", "For tests.", (), (), (), (), 0.3, (), (), ())
    return Classifier("toy", "1.2", "", card, weights, -0.25, Calibration(1.5, 0.1, 0.3))


@pytest.fixture(scope="session")
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture(scope="session")
def trusted(tmp_path_factory, key):
    """A folder with the one public key that counts."""
    folder = tmp_path_factory.mktemp("trusted")
    (folder / "test.pub").write_text(signing.public_line(key), encoding="ascii")
    return folder


@pytest.fixture
def model_folder(tmp_path, toy, key):
    """A freshly saved and signed model folder."""
    folder = tmp_path / "toy-1.2"
    artifact.save(folder, toy, artifact.Training({"name": "toy"}, {"python": "3"}), key)
    return folder
