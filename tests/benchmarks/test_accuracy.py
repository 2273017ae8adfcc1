"""The accuracy run keeps what it measured, measures again what changed, and tells it in a report that hides nothing."""

import gzip
import json
import random
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.accuracy import command, first_labels, plan, promise, regimes, report, sets, sites, svg
from benchmarks.accuracy.cells import Cell, Store, code_digest
from benchmarks.accuracy.duplicates import firsts
from benchmarks.accuracy.found import Found
from benchmarks.accuracy.goals import goals
from benchmarks.accuracy.markdown import number, pair, percent, table
from benchmarks.accuracy.obfuscation import CLEAN, NAMES
from models.calibration import log_odds
from training.measures import roca
from training.streams import Feedback, run

SPAM = ("win the {} casino {} bonus now", "cheap {} pills and {} loans http://{}.example.ru", "jackpot {} casino {}")
HAM = ("thank you for the {} recipe, the {} was good", "I do not agree about the {}", "where is the {} with the {}?")
WORDS = ("garden", "river", "bread", "window", "castle", "winter", "letter", "button", "pencil", "mirror", "basket")
TINY = plan.Scale(rows=80, splits=20, noise_seeds=2, site_seeds=1, attack_seeds=1, has_fits=False)


def rows(name, count):
    chance = random.Random(name)
    for at in range(count):
        is_spam = chance.random() < 0.4
        words = chance.choice(SPAM if is_spam else HAM).format(*(chance.choice(WORDS) for _ in range(3)))
        row = {"id": f"{name}-{at}", "text": f"{words} {at}", "label": "spam" if is_spam else "ham", "cluster": at}
        if name == "youtube_spam_uci":
            row["created_at"] = None if at % 10 == 0 else f"2013-{12 - at % 12:02}-01"
        if name in sets.TEST_ONLY:
            row |= {"label": ["hateful"] if is_spam else [], "group": f"f{at % 3}", "language": "en"}
        yield row


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for name in (*sets.STREAMS, *sets.TEST_ONLY):
        (folder / name).mkdir()
        with gzip.open(folder / name / f"{name}.jsonl.gz", "wt", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in rows(name, 200))
    return folder


@pytest.fixture(autouse=True)
def own_data(data, monkeypatch):
    monkeypatch.setenv("CANDOR_DATA", str(data))
    sets.stream.cache_clear()
    sets.digest.cache_clear()
    yield
    sets.stream.cache_clear()
    sets.digest.cache_clear()


@pytest.fixture(scope="module")
def ran(data, tmp_path_factory):
    """A whole run on tiny sets of our own making, all cells but those of slow programs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANDOR_DATA", str(data))
        patch.setenv("PATH", "")
        sets.stream.cache_clear()
        sets.digest.cache_clear()
        folder = tmp_path_factory.mktemp("out")
        found = command.measured(TINY, folder, 1)
        report.write(found, folder / "accuracy.md", date="2026-01-02", cells="cells.jsonl")
        yield found, folder


CALLS = []


def measured(*, at):
    CALLS.append(at)
    return {"value": at}


def cell(at=1, data=("d",)):
    return Cell("test", {"at": at}, measured, data)


def test_a_finished_cell_is_not_measured_again(tmp_path):
    from benchmarks.accuracy import running

    CALLS.clear()
    for _ in range(2):
        running.measure([cell(1), cell(2)], Store(tmp_path / "cells.jsonl"), 1, lambda _: None)
    assert CALLS == [1, 2]


def test_a_run_in_two_processes_keeps_the_same_figures(tmp_path):
    from benchmarks.accuracy import running

    store = Store(tmp_path / "cells.jsonl")
    pages = [plan.of_pages(), plan.of_blog()]
    running.measure(pages, store, 2, lambda _: None)
    assert store.find(pages[0]) == pages[0].measure()
    assert store.find(pages[1]) == pages[1].measure()


def test_other_data_or_parameters_are_another_cell():
    assert len({cell().key(), cell(2).key(), cell(data=("e",)).key()}) == 3


def test_the_code_that_measures_is_part_of_the_key_and_only_that():
    ours, peers = code_digest("benchmarks.accuracy.regimes"), code_digest("benchmarks.accuracy.beside", is_ours=False)
    assert ours != code_digest("benchmarks.accuracy.regimes", is_ours=False)
    assert peers != code_digest("benchmarks.accuracy.beside")


def test_a_line_cut_off_by_a_crash_is_measured_again(tmp_path):
    path = tmp_path / "cells.jsonl"
    store = Store(path)
    store.keep(cell(1), {"value": 1})
    store.keep(cell(2), {"value": 2})
    path.write_text(path.read_text()[:-9])
    again = Store(path)
    assert again.find(cell(1)) == {"value": 1}
    assert again.find(cell(2)) is None
    again.keep(cell(2), {"value": 2})
    assert Store(path).find(cell(2)) == {"value": 2}


def test_cells_of_other_code_are_dropped_at_the_end(tmp_path):
    store = Store(tmp_path / "cells.jsonl")
    store.keep(cell(1), {"value": 1})
    store.keep(cell(2), {"value": 2})
    store.tidy([cell(2)])
    assert store.find(cell(1)) is None
    assert len((tmp_path / "cells.jsonl").read_text().splitlines()) == 1


def test_youtube_runs_by_date_and_rows_without_one_come_last():
    fields = {row["id"]: row for row in sets.raw("youtube_spam_uci")}
    dates = [fields[row.id]["created_at"] for row in sets.stream("youtube_spam_uci").rows]
    known = [date for date in dates if date]
    assert known == sorted(known)
    assert dates == known + [None] * (len(dates) - len(known))


def test_without_authors_only_the_text_is_left():
    stream = sets.stream("sms_spam_uci", 50, text_only=True)
    assert len(stream.rows) == 50
    assert all(not row.sample.author and not row.sample.author_url for row in stream.rows)


def test_near_copies_are_dropped_and_the_first_is_kept():
    text = "you have won the big casino bonus, come and get it before the end of this week"
    assert firsts([text, "something else altogether", text.upper(), text.replace("casino", "c\u200basino")]) == [0, 1]


def test_texts_that_merely_share_words_are_no_copies():
    assert firsts(["the garden was quiet today", "the garden was loud yesterday", "a", "b"]) == [0, 1, 2, 3]


def test_a_curve_ends_with_the_figure_of_all_rows():
    chance = np.random.default_rng(1)
    truth = chance.random(400) < 0.5
    scores = np.where(truth, 0.6, 0.4) + chance.normal(0, 0.2, 400)
    points = regimes.curve(scores, truth)
    assert points[-1] == [400, roca(scores, truth)]
    assert points[0][0] == 100


def test_a_promise_on_many_scores_is_broken_about_as_often_as_it_may():
    chance = np.random.default_rng(2)
    scores, truth = chance.random(8_000), np.zeros(8_000, bool)
    truth[:2_000], scores[:2_000] = True, chance.random(2_000) ** 0.05
    found = promise.kept(scores, truth, 400)["0.01"]
    assert found["violations"] <= 0.05 + found["error"]
    assert 0 < found["false removals"] < 0.01
    assert found["recall"] > 0.1


def test_a_promise_on_few_scores_is_not_given():
    assert promise.kept(np.linspace(0, 1, 100), np.arange(100) > 50, 10) == {"0.01": None, "0.005": None}


@pytest.mark.parametrize("share", [0.02, 0.12, 0.45])
def test_liars_hold_no_more_than_their_share_of_the_feedback_and_say_the_opposite(share):
    messages, liars = sites._messages(share, 3, None)
    lying = [message for message in messages if message.site in liars]
    assert len(lying) / len(messages) <= share
    assert len(lying) / len(messages) >= share - 0.02
    assert all((message.said != message.truth) == (message.site in liars) for message in messages)


def test_what_is_spam_elsewhere_is_welcome_at_some_sites():
    messages, _ = sites._messages(0.0, 3, None)
    ours = {message.site for message in messages if message.row.label and not message.truth}
    promoted = [message for message in messages if message.row.label and message.row.id.startswith("youtube")]
    assert ours <= {f"site {number}" for number in range(sites.SITES)}
    assert 0 < sum(not message.truth for message in promoted) < len(promoted)
    assert all(message.truth for message in messages if message.row.label and message.row.id.startswith("sms"))


def test_one_model_for_all_is_the_community_without_sites():
    messages, _ = sites._messages(0.0, 1, 60)
    alone = [replace(message.row, site=None) for message in messages]
    scores = sites._scores([replace(one, said=bool(one.row.label)) for one in messages], "global")
    expected = [log_odds(score) for score in run(alone, Feedback())]
    assert scores == pytest.approx(expected, abs=1e-6)


def test_labels_help_where_the_base_knows_nothing_of_the_rows():
    from benchmarks.accuracy.shipped import model

    rows_ = sets.stream("sms_spam_uci").rows * 2
    figures = first_labels.after_labels(model(), sets.Stream(rows_, tuple(range(len(rows_)))))
    none, many = figures["labels"]["0"], figures["labels"]["200"]
    assert none["base and labels"]["roca"] == pytest.approx(none["base alone"]["roca"], abs=0.1)  # certainty is cut
    assert none["labels alone"]["roca"] == 50
    assert many["labels alone"]["roca"] < 20
    assert many["base and labels"]["roca"] <= none["base alone"]["roca"]


def test_every_place_in_the_words_is_filled_and_every_figure_has_a_place():
    places = set(re.findall(r"\{\{(\w+)\}\}", report.WORDS.read_text()))
    assert places == set(report.BLOCKS) | {"date", "cells"}


def test_a_whole_run_has_every_cell_and_tells_it(ran):
    found, folder = ran
    assert all(found.of(cell) is not None for cell in plan.cells(TINY))
    page = (folder / "accuracy.md").read_text(encoding="utf-8")
    assert "{{" not in page
    assert "2026-01-02" in page
    assert "its figures mean nothing" in page
    pictures = re.findall(r"\]\((accuracy/\w+\.svg)\)", page)
    assert {name for name in pictures if (folder / name).exists()} == set(pictures)


def test_a_second_run_measures_nothing(ran):
    _, folder = ran
    before = (folder / "cells.jsonl").read_bytes()
    command.measured(TINY, folder, 1)
    assert (folder / "cells.jsonl").read_bytes() == before


def test_figures_are_not_worse_than_chance_and_recall_is_of_all_attacks(ran):
    found, _ = ran
    assert found.of(plan.of_stream(TINY, "sms_spam_uci"))["roca"] < 50
    attacked = found.of(plan.of_attacks(TINY, "sms_spam_uci", 0))["recall"]
    assert list(attacked) == list(NAMES)
    assert {CLEAN, "leet", "20 honest words appended, learnt", "20 honest words appended, unseen"} <= set(attacked)


def test_a_filter_that_is_absent_is_named_with_the_reason(ran):
    _, folder = ran
    assert "bogofilter, not installed (Debian package bogofilter)" in (folder / "accuracy.md").read_text()


def test_a_goal_that_was_not_measured_is_not_reached(ran):
    found, _ = ran
    beside = [goal for goal in goals(found) if "bogofilter" in goal.what]
    assert len(beside) == 9
    assert not any(goal.is_reached for goal in beside)
    assert all(goal.found is None for goal in beside)


def test_no_text_of_a_set_comes_into_what_is_written(ran):
    _, folder = ran
    written = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())
    assert not any(row["text"] in written for name in sets.STREAMS for row in sets.raw(name))


def test_absent_data_is_one_line_and_exit_code_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CANDOR_DATA", str(tmp_path))
    assert command.main(["--quick", "--out", str(tmp_path), "--jobs", "1"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert re.fullmatch(r"error: .*CANDOR_DATA.*\n", told.err)


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_wrong_usage_is_exit_code_two(jobs, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["--jobs", jobs])
    assert ended.value.code == 2
    assert "--jobs" in capsys.readouterr().err


CHART = svg.Chart("A & B", "both <fall>", "rows", "error", (svg.Line("a", ((1, 9), (10, 2))), svg.Line("b", ((1, 4),))))


def test_a_chart_is_xml_with_title_and_description_and_a_name_for_each_line():
    tree = ET.fromstring(svg.draw(CHART))
    texts = [element.text for element in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert tree.find("{http://www.w3.org/2000/svg}title").text == "A & B"
    assert tree.find("{http://www.w3.org/2000/svg}desc").text == "both <fall>"
    assert {"a", "b", "rows", "error"} <= set(texts)
    assert "prefers-color-scheme:dark" in svg.draw(CHART)


def test_lines_differ_without_colour():
    drawn = svg.draw(CHART)
    assert len(set(re.findall(r'<polyline class="l\d line" points="[^"]*"([^/]*)/>', drawn))) == 2


def test_names_of_lines_that_end_together_do_not_cover_each_other():
    lines = tuple(svg.Line(f"line {at}", ((1, 5), (2, 1 + at / 100))) for at in range(5))
    tree = ET.fromstring(svg.draw(replace(CHART, lines=lines)))
    heights = sorted(float(e.get("y")) for e in tree.iter() if "name" in (e.get("class") or ""))
    assert min(np.diff(heights)) >= 16


@pytest.mark.parametrize("points", [(), ((1, float("nan")),), ((float("inf"), 1),)])
def test_a_line_without_numbers_is_refused(points):
    with pytest.raises(ValueError, match="the line x"):
        svg.Line("x", points)


def test_a_logarithm_of_nothing_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        svg.draw(replace(CHART, lines=(svg.Line("a", ((1, 0), (2, 1))),), is_log_up=True))


@pytest.mark.parametrize(
    ("low", "high", "is_log", "found"),
    [(0.09, 6, True, [0.1, 0.2, 0.5, 1, 2, 5]), (0, 30, False, [0, 5, 10, 15, 20, 25, 30]), (0, 1, False, None)],
)
def test_axes_are_marked_with_round_numbers(low, high, is_log, found):
    marks = svg.marks(low, high, is_log=is_log)
    assert marks == pytest.approx(found or [0, 0.2, 0.4, 0.6, 0.8, 1.0])


def test_numbers_and_tables_read_well():
    assert (number(0.09876), number(12.345), number(1234.5), number(None)) == ("0.0988", "12.3", "1,234", "–")
    assert (percent(0.0123), percent(None)) == ("1.2 %", "–")
    assert pair({"roca": 0.5, "missed": 12.34}) == "0.5 / 12.3"
    assert table(["a"], [["b"]]) == "| a |\n| --- |\n| b |"
    with pytest.raises(ValueError, match="as many cells"):
        table(["a"], [["b", "c"]])


def test_a_scale_that_measures_nothing_is_refused():
    with pytest.raises(ValueError, match="rows"):
        replace(TINY, rows=0)
    with pytest.raises(ValueError, match="one of each"):
        replace(TINY, splits=0)


def test_a_found_mean_of_nothing_is_none(tmp_path):
    empty = Found(Store(tmp_path / "none.jsonl"), TINY)
    assert empty.mean([plan.of_pages()], "roca") is None
    assert empty.spread([plan.of_pages()], "roca") is None
