"""Which data may be read, and how rows become examples."""

import pytest

from training import datasets
from training.datasets import SOURCES, DatasetError, Source

SOURCE = {source.name: source for source in SOURCES}


def test_test_only_sets_are_no_sources_and_cannot_be_read(tmp_path):
    assert not datasets.TEST_ONLY & SOURCE.keys()
    for name in datasets.TEST_ONLY:
        with pytest.raises(DatasetError, match="test-only"):
            datasets.read(tmp_path, Source(name, "", "", "", 1, 1, ""))


def test_a_missing_set_says_what_to_do(tmp_path):
    with pytest.raises(DatasetError, match="set CANDOR_DATA"):
        datasets.read(tmp_path, SOURCES[0])
    with pytest.raises(DatasetError, match="set CANDOR_DATA"):
        list(datasets.lines(tmp_path, "url_shorteners.txt"))


def test_every_source_has_a_licence_and_a_credit():
    assert all(source.licence and source.attribution and source.use for source in SOURCES)


def test_no_set_outweighs_the_others():
    for masses in ([s.spam_mass for s in SOURCES], [s.ham_mass for s in SOURCES]):
        assert max(masses) <= 0.3 * sum(masses)


def test_rows_become_examples(data_folder):
    examples = datasets.read(data_folder, SOURCE["youtube_spam_uci"])
    assert {example.is_spam for example in examples} == {True, False}
    assert {example.sample.author_url for example in examples} == {"", "https://ann.example.org"}
    assert examples[0].group == "youtube_spam_uci/0"


def test_templates_group_the_spun_comments(data_folder):
    groups = {example.group for example in datasets.read(data_folder, SOURCE["comment_spintax"])}
    assert groups == {f"comment_spintax/g{i}" for i in range(20)}


def test_large_sets_are_thinned_evenly(data_folder):
    source = SOURCE["judol_id"]
    few = datasets.read(data_folder, Source("judol_id", "", "", "", 1, 1, "", most_rows=5))
    assert len(few) == 10
    assert len(datasets.read(data_folder, source)) == 40


def test_the_real_sets_are_whole():
    folder = datasets.data_folder()
    if not folder.is_dir():
        pytest.skip("no data sets: CANDOR_DATA is not set and ../shared/data is not there")
    for source in SOURCES:
        assert len(datasets.sha256(folder, source.name)) == 64
