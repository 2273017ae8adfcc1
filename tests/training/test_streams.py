"""Score, then learn: the order of a stream, the regimes of feedback, and the command that runs them."""

import gzip
import json
import math
import random
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from models.calibration import probability
from models.community import Community
from models.features import Sample, read
from training import __main__ as command
from training import measures
from training.streams import Feedback, Row, StreamError, page_of, rows_of, run, schedule

LABELS = st.lists(st.sampled_from((True, False, None)), max_size=40)
REGIMES = st.sampled_from(
    ("immediate", "none", "delayed:0", "delayed:3", "delayed:100", "noisy:0.3", "partial:0.5", "noisy:1", "partial:0")
)
SPAM = ("cheap pills now {}", "win a casino bonus {}", "loans for bad credit {}")
HAM = ("thank you for the {}", "I disagree about the {}", "we sat outside by the {}")
NOUNS = ("bread", "river", "garden", "window", "winter", "letter")


def stream(number=60, seed=2, sites=()):
    chance = random.Random(seed)
    for at in range(number):
        is_spam = chance.random() < 0.4
        text = chance.choice(SPAM if is_spam else HAM).format(chance.choice(NOUNS))
        yield Row(f"r{at}", Sample(text), is_spam, sites[at % len(sites)] if sites else None)


@given(LABELS, REGIMES, st.integers(0, 99))
def test_every_row_is_scored_once_in_order_and_learnt_at_most_once_and_never_before(labels, regime, seed):
    steps = list(schedule(labels, Feedback.parse(regime), seed))
    assert [step.scored for step in steps] == list(range(len(labels)))
    taught = [at for step in steps for at, _ in step.taught]
    assert len(set(taught)) == len(taught)
    assert all(at <= step.scored for step in steps for at, _ in step.taught)
    assert all(labels[at] is not None for at in taught)


@given(LABELS)
def test_immediate_feedback_teaches_each_labelled_row_right_after_its_score(labels):
    for at, step in enumerate(schedule(labels, Feedback.parse("immediate"))):
        assert step.taught == (() if labels[at] is None else ((at, labels[at]),))


@given(LABELS, st.integers(0, 12))
def test_delayed_labels_come_in_order_after_so_many_further_rows(labels, delay):
    taught = {at: step.scored for step in schedule(labels, Feedback("delayed", delay)) for at, _ in step.taught}
    known = [at for at, label in enumerate(labels) if label is not None and at + delay < len(labels)]
    assert taught == {at: at + delay for at in known}


@given(LABELS)
def test_without_feedback_nothing_is_taught(labels):
    assert not any(step.taught for step in schedule(labels, Feedback.parse("none")))


@given(LABELS, st.floats(0, 1), st.integers(0, 2**32))
def test_noise_turns_round_by_the_documented_draws_in_file_order(labels, share, seed):
    chance = random.Random(seed)
    turned = [chance.random() < share for _ in labels]  # one draw for each row, labelled or not
    expected = {at: label != turned[at] for at, label in enumerate(labels) if label is not None}
    assert dict(pair for step in schedule(labels, Feedback("noisy", share), seed) for pair in step.taught) == expected


@given(LABELS, st.floats(0, 1), st.integers(0, 2**32))
def test_partial_feedback_keeps_by_the_documented_draws_and_never_lies(labels, share, seed):
    chance = random.Random(seed)
    kept = [chance.random() < share for _ in labels]
    expected = {at: label for at, label in enumerate(labels) if label is not None and kept[at]}
    assert dict(pair for step in schedule(labels, Feedback("partial", share), seed) for pair in step.taught) == expected


@pytest.mark.parametrize(
    ("text", "feedback"),
    [
        ("immediate", Feedback()),
        ("none", Feedback("none")),
        ("delayed:200", Feedback("delayed", 200)),
        ("noisy:0.2", Feedback("noisy", 0.2)),
        ("partial:1", Feedback("partial", 1.0)),
    ],
)
def test_a_regime_is_named_by_a_word_and_an_amount(text, feedback):
    assert Feedback.parse(text) == feedback


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "immediate:1", "none:0", "delayed", "delayed:", "delayed:-1", "delayed:1.5", "delayed:²"),
        *("noisy", "noisy:", "noisy:2", "noisy:-0.1", "noisy:nan", "noisy:some", "partial:1.01", "NOISY:0.1"),
    ],
)
def test_a_regime_that_there_is_not_is_refused_with_those_that_there_are(text):
    with pytest.raises(StreamError, match="immediate, none, delayed:N, noisy:P, partial:P"):
        Feedback.parse(text)


def test_scores_are_those_of_learning_by_hand():
    rows, community, expected = list(stream()), Community(), []
    for row in rows:
        expected.append(probability(community.margin(read(row.sample), 0.0, None)))
        community.learn(read(row.sample), 0.0, None, is_unwelcome=row.label)
    assert list(run(rows, Feedback())) == expected


def test_what_is_learnt_from_a_row_reaches_only_later_scores():
    rows = list(stream())
    other = [*rows[:30], Row("r30", rows[30].sample, not rows[30].label, None), *rows[31:]]
    before, after = list(run(rows, Feedback())), list(run(other, Feedback()))
    assert before[:31] == after[:31]
    assert before[31:] != after[31:]


def test_learning_tells_spam_from_ham_and_no_feedback_does_not():
    rows = list(stream(200))
    truth = np.array([row.label for row in rows])
    assert measures.roca(np.array(list(run(rows, Feedback()))), truth) < 5
    assert set(run(rows, Feedback.parse("none"))) == {0.5}


def test_a_row_without_a_label_is_scored_and_never_learnt():
    rows = list(stream())
    asked = Row("x", Sample("cheap pills now"), None, None)
    scores = list(run([*rows[:30], asked, *rows[30:]], Feedback()))
    assert scores[:30] + scores[31:] == list(run(rows, Feedback()))
    assert scores[30] > 0.5


def test_two_runs_give_the_same_scores_and_two_seeds_do_not():
    rows, noisy = list(stream()), Feedback.parse("noisy:0.3")
    assert list(run(rows, noisy, seed=4)) == list(run(rows, noisy, seed=4))
    assert list(run(rows, noisy, seed=4)) != list(run(rows, noisy, seed=5))


def test_sites_of_one_stream_may_disagree():
    rows = [
        Row(row.id, row.sample, row.label ^ (row.site == "odd"), row.site)
        for row in stream(400, sites=("a", "odd", "b", "c"))
    ]
    late = list(zip(rows, run(rows, Feedback()), strict=True))[200:]
    for site in ("a", "odd"):
        scores, truth = zip(*[(score, row.label) for row, score in late if row.site == site], strict=True)
        assert measures.roca(np.array(scores), np.array(truth)) < 10


# The command


def written(path, rows):
    data = "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def as_dicts(rows):
    names = {True: "spam", False: "ham", None: "unsure"}
    return [{"id": row.id, "text": row.sample.text, "label": names[row.label], "site": row.site} for row in rows]


def ran(*arguments):
    return CliRunner().invoke(command.app, ["stream", *map(str, arguments)], catch_exceptions=False)


def scores_in(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out.jsonl"


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_the_command_writes_ids_and_scores_in_file_order_and_prints_figures(tmp_path, out, name):
    rows = list(stream())
    done = ran(written(tmp_path / name, as_dicts(rows)), "--base", "none", "--out", out, "--json")
    figures = json.loads(done.stdout)
    assert done.exit_code == 0
    assert [row["id"] for row in scores_in(out)] == [row.id for row in rows]
    assert [row["score"] for row in scores_in(out)] == list(run(rows, Feedback()))
    scores, truth = np.array([row["score"] for row in scores_in(out)]), np.array([row.label for row in rows])
    expected = {"scored": 60, "base": "none", "feedback": "immediate"} | measures.measure(scores, truth).as_dict()
    assert figures == pytest.approx(expected)


def test_the_command_obeys_feedback_and_seed(tmp_path, out):
    rows = list(stream())
    file = written(tmp_path / "rows.jsonl", as_dicts(rows))
    assert ran(file, "--base", "none", "--feedback", "noisy:0.3", "--seed", 7, "--out", out).exit_code == 0
    assert [row["score"] for row in scores_in(out)] == list(run(rows, Feedback("noisy", 0.3), seed=7))


def test_the_command_starts_from_the_shipped_model_unless_told_otherwise(tmp_path, out):
    file = written(tmp_path / "rows.jsonl", [{"text": "Buy cheap viagra http://pills.example.ru"}, {"text": "thanks"}])
    assert ran(file, "--feedback", "none", "--out", out).exit_code == 0
    spam, ham = (row["score"] for row in scores_in(out))
    assert spam > 0.5 > ham


def test_unknown_labels_are_scored_not_learnt_and_not_measured(tmp_path, out):
    rows = list(stream(20))
    strange = [{"id": f"s{i}", "text": "cheap pills", "label": label} for i, label in enumerate((None, "eggs", 1, []))]
    file = written(tmp_path / "rows.jsonl", [*as_dicts(rows), *strange])
    figures = json.loads(ran(file, "--base", "none", "--out", out, "--json").stdout)
    assert (figures["scored"], figures["rows"]) == (24, 20)
    assert [row["id"] for row in scores_in(out)][20:] == ["s0", "s1", "s2", "s3"]
    assert len({row["score"] for row in scores_in(out)[20:]}) == 1


def test_rows_of_one_class_are_scored_without_figures(tmp_path, out):
    file = written(tmp_path / "rows.jsonl", [{"text": "thanks", "label": "ham"}] * 3)
    told = json.loads(ran(file, "--base", "none", "--out", out, "--json").stdout)
    assert told.keys() == {"scored", "base", "feedback"}
    assert [row["id"] for row in scores_in(out)] == ["1", "2", "3"]


def test_each_site_of_a_file_is_its_own(tmp_path, out):
    rows = list(stream(80, sites=("a", "b")))
    file = written(tmp_path / "rows.jsonl", as_dicts(rows))
    assert ran(file, "--base", "none", "--out", out).exit_code == 0
    assert [row["score"] for row in scores_in(out)] == list(run(rows, Feedback()))
    assert [row["score"] for row in scores_in(out)] != list(
        run([Row(r.id, r.sample, r.label, None) for r in rows], Feedback())
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2 is not a JSON object with a text"),
        ("[]\n", "line 2 is not a JSON object with a text"),
        ("7\n", "line 2 is not a JSON object with a text"),
        ('{"label": "ham"}\n', "line 2 is not a JSON object with a text"),
        ('{"text": 7}\n', "line 2: text is not a string"),
        ("[" * 200_000 + "\n", "line 2 is not a JSON object with a text"),
    ],
    ids=["cut off", "list", "number", "no text", "text that is none", "too deep"],
)
def test_a_line_that_cannot_be_read_is_named_by_its_number(tmp_path, line, message):
    file = written(tmp_path / "rows.jsonl", [{"text": "first"}, line])
    with pytest.raises(StreamError, match=message):
        rows_of(file)


def test_files_that_cannot_be_read_are_refused_in_one_line(tmp_path):
    whole = written(tmp_path / "whole.jsonl.gz", as_dicts(stream())).read_bytes()
    damaged = bytearray(whole)
    damaged[len(whole) // 2 : len(whole) // 2 + 40] = b"\xff" * 40
    for name, data in {
        "plain.gz": b"no gzip",
        "short.gz": whole[:-20],
        "damaged.gz": bytes(damaged),
        "latin.jsonl": b'{"text": "\xe9"}\n',
    }.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(StreamError, match="cannot be read"):
            rows_of(tmp_path / name)
    with pytest.raises(StreamError, match="cannot be read"):
        rows_of(tmp_path / "absent.jsonl")


@pytest.mark.parametrize("arguments", [["--feedback", "soon"], ["--feedback", "noisy:7"]])
def test_the_command_ends_with_one_line_and_code_1_for_a_regime_that_there_is_not(
    tmp_path, out, arguments, monkeypatch, capsys
):
    file = written(tmp_path / "rows.jsonl", [{"text": "first"}])
    monkeypatch.setattr(sys, "argv", ["training", "stream", str(file), "--out", str(out), "--base", "none", *arguments])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("error: feedback ")


def test_fields_of_the_wrong_kind_count_as_absent(tmp_path):
    row = {"text": "a", "author": 7, "author_url": None, "context": {"title": "T", "tags": "no list", "excerpt": 5}}
    (found,) = rows_of(written(tmp_path / "rows.jsonl", [row, "\n"]))
    assert found == Row("1", Sample("a", "", "", ("T",)), None, None)


def test_the_page_is_title_tags_and_excerpt():
    assert page_of({"title": "T", "tags": ["a", "", 3, "b"], "excerpt": "E"}) == ("T", "a", "b", "E")
    assert page_of(["T"]) == ()


def test_scores_are_finite_numbers_for_odd_texts():
    odd = ("", "a", "\x00" * 40, "\ud800", "😀" * 40, "שלום", "7" * 100, "x" * 10_000)
    rows = [Row(str(at), Sample(text), at % 2 == 0, None) for at, text in enumerate(odd * 3)]
    assert all(math.isfinite(score) and 0 <= score <= 1 for score in run(rows, Feedback()))
