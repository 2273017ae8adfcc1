"""The report's tables about attacks, forty sites, and the shipped model by itself."""

from typing import Any

import numpy as np

from benchmarks.accuracy import first_labels, plan, sets, sites
from benchmarks.accuracy.cells import Figures
from benchmarks.accuracy.found import Found
from benchmarks.accuracy.markdown import NONE, number, pair, percent, table
from benchmarks.accuracy.obfuscation import CLEAN, NAMES


def recalls(found: Found, name: str) -> dict[str, float]:
    """The mean recall in % under each attack on a set, over the seeds that were measured; empty where none was."""
    cells = [plan.of_attacks(found.scale, name, seed) for seed in plan.attack_seeds(found.scale, name)]
    measured = [figures["recall"] for cell in cells if (figures := found.of(cell))]
    return {attack: float(np.mean([one[attack] for one in measured])) for attack in NAMES} if measured else {}


def under_attack(found: Found) -> str:
    """Recall under each attack, with the points lost against the text as written."""
    by_set = [recalls(found, name) for name in sets.STREAMS]
    rows = [[attack, *(_lost(one, attack) for one in by_set)] for attack in NAMES]
    return table(["attack", *sets.TITLES.values()], rows)


def _lost(recall: dict[str, float], attack: str) -> str:
    if not recall:
        return NONE
    change = "" if attack == CLEAN else f" ({recall[attack] - recall[CLEAN]:+.1f})"
    return f"{recall[attack]:.1f}{change}"


def spam_attacked(found: Found) -> str:
    """How many comments were attacked and how many set the threshold."""
    lines = []
    for name in sets.STREAMS:
        figures = found.of(plan.of_attacks(found.scale, name, 0))
        seeds = len(plan.attack_seeds(found.scale, name))
        if figures:
            lines.append(f"{sets.TITLES[name]}: {figures['spam']:,} spam, {figures['ham']:,} ham, seeds {seeds}")
    return "; ".join(lines)


def forty_sites(found: Found) -> str:
    """Three ways to learn at forty sites, and what liars do to two of them."""
    rows = [["each site alone", NONE, pair(found.of(plan.of_sites(found.scale, "site", 0.0, 0))), NONE, NONE]]
    names = {"global": "one model for all", "both": "one for all and one for each"}
    rows += [_sites(found, names[model], model, share) for model in names for share in sites.POISONED]
    return table(["model", "feedback that lies", "honest sites together", "least to largest", "mean of sites"], rows)


def _sites(found: Found, title: str, model: str, share: float) -> list[str]:
    cells = [plan.of_sites(found.scale, model, share, seed) for seed in plan.site_seeds(found.scale, model)]
    roca, missed, ends = found.mean(cells, "roca"), found.mean(cells, "missed"), found.spread(cells, "roca")
    if roca is None or missed is None or ends is None:
        return [title, percent(share, 0), NONE, NONE, NONE]
    around = f"{number(ends[0])} to {number(ends[1])}" if len(cells) > 1 else "one seed"
    lies = percent(found.mean(cells, "poisoned"))
    return [title, lies, f"{number(roca)} / {missed:.1f}", around, number(found.mean(cells, "mean of sites"))]


def first_words(found: Found) -> str:
    """What the first labels bring, with a base that never saw the set."""
    names = first_labels.SETS if found.scale.has_fits else ()
    lines = [line for name in names for line in _labels(found, name)]
    head = ["set", "labels", *(f"{way}: (1-ROCA)%" for way in first_labels.WAYS), "Brier of base and labels"]
    return table(head, lines) if lines else "Not measured in this run: it needs two fits of the base."


def _labels(found: Found, name: str) -> list[list[str]]:
    figures = found.of(plan.of_first_labels(found.scale, name))
    return [_labels_line(name, count, ways) for count, ways in figures["labels"].items()] if figures else []


def _labels_line(name: str, count: str, ways: Figures) -> list[str]:
    first, *_ = first_labels.WAYS
    return [
        sets.TITLES[name],
        count,
        *(number(ways[way]["roca"]) for way in first_labels.WAYS),
        f"{ways[first]['brier']:.3f}",
    ]


def hate(found: Found) -> str:
    """How the shipped model does at what it is not for, a line for each language."""
    rows = []
    for name in sets.TEST_ONLY:
        figures = found.of(plan.of_hate(found.scale, name))
        if figures:
            rows += [[name, code, *_hate_line(line)] for code, line in figures["languages"].items()]
    return table(["set", "language", "cases", "AUC", "hateful cases held", "other cases held"], rows)


def _hate_line(line: Figures) -> list[str]:
    return [f"{line['cases']:,}", f"{line['auc']:.2f}", percent(line["hateful held"]), percent(line["other held"])]


def most_held(found: Found) -> str:
    """The functionalities of which most is held."""
    rows: list[list[str]] = []
    for name in sets.TEST_ONLY:
        figures = found.of(plan.of_hate(found.scale, name))
        rows += [_function(name, line) for line in (figures["most held"] if figures else []) if line[-1] > 0]
    return table(["set", "functionality", "cases", "held"], rows) if rows else "None: no case was held."


def _function(name: str, line: list[Any]) -> list[str]:
    function, count, share = line
    return [name, f"`{function}`", f"{count:,}", percent(share)]


def pages(found: Found) -> str:
    """False holds under pages about spam's own subjects."""
    figures = found.of(plan.of_pages())
    if figures is None:
        return NONE
    names = {"nothing": "nothing", "page": "title, tags and excerpt", "thread": "these and the published comments"}
    rows = [[names[known], percent(one["honest"]), percent(one["spam"])] for known, one in figures["known"].items()]
    head = ["known of the page", f"honest held (of {figures['honest']})", f"spam held (of {figures['spam']})"]
    return table(head, rows)


def blog(found: Found) -> str:
    """The shipped model on the project's own blog comments."""
    figures = found.of(plan.of_blog())
    if figures is None:
        return NONE
    held = [percent(figures["spam held"]), percent(figures["honest held"])]
    head = ["AUC", f"spam held (of {figures['spam']})", f"honest held (of {figures['honest']})"]
    return table(head, [[f"{figures['auc']:.3f}", *held]])
