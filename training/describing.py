"""The words and tables of the model card, put together from one run; it computes no figure itself."""

import platform
import unicodedata
from importlib.metadata import version
from pathlib import Path
from typing import Final

from models.calibration import probability
from models.card import DataSource, Figures, ModelCard, Table
from models.classifier import HANDICAP
from models.features import INPUTS
from models.hashing import GRAM_SIZES, TABLE_BITS
from models.linear import LIFT_TO, WINDOW
from training import datasets, synthetic
from training.corpus import Corpus, admitted
from training.recipe import Recipe

_PURPOSE: Final = (
    "Estimates how likely a blog comment is spam: advertising, link placement, fraud, or template praise that carries "
    "a link. It is the starting point of a site that has no labels of its own."
)
_AVOID: Final = (
    "Not a hate-speech detector: insults, hatred and threats without advertising are not what it was trained to find.",
    "Not for judging people, employment or credit, or anything but comments and messages of that kind.",
    "Not for removing comments without a person: scores hold comments back, people decide.",
    "Not calibrated for e-mail, product reviews or long articles.",
)
_NOT_INPUTS: Final = (
    "the e-mail address and the IP address",
    "who the author is: of the name only its outward form is read",
    "earlier comments of the same person, time, cookies, browser",
)
_LIMITS: Final = (
    (
        "No licensed set of English blog spam with links exists; that part was learned from templates of our own and "
        "from published term lists. Expect the first weeks on a new blog to be worse than the figures on known sets."
    ),
    (
        "Honest rows of one-class sets are honest by assumption: they come from moderated sites and nobody labelled "
        "spam there."
    ),
    (
        "Real spam in the data is English, Indonesian, Russian and Chinese; in other languages it was learnt from "
        "templates of our own, and is missed more often. Indonesian gambling, left out, is hardly found."
    ),
    "Polite template praise without any link is nearly impossible to tell from polite praise.",
    "Self-promotion counts as spam in part of the data; a site that welcomes it teaches so by its decisions.",
)
_SYNTHETIC_WHAT: Final = (
    "comments written out from templates of our own ({families} families), with terms and domains of the WordPress "
    "comment blocklist and of the referrer-spam list; the same author names and addresses also dress real rows that "
    "have none"
)


def environment() -> dict[str, str]:
    """Versions that may change the last bits of a weight."""
    packages = {name: version(name) for name in ("numpy", "scipy", "scikit-learn")}
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    return {**machine, "unicode": unicodedata.unidata_version, **packages}


def method(recipe: Recipe) -> tuple[str, ...]:
    """How the model was made, in sentences."""
    sizes = f"{GRAM_SIZES[0]} to {GRAM_SIZES[-1]}"
    return (
        (
            "Text is folded (compatibility forms, invisible characters, accents, look-alikes, spacing and digits used "
            f"as letters undone), then cut into code-point n-grams of {sizes}, words and word pairs, hashed into "
            f"2^{TABLE_BITS} slots, with raw bytes of texts beyond ASCII; links, contact details, disguise, name form "
            "and page overlap add named evidence."
        ),
        (
            f"A text is also read in windows of {WINDOW} characters, so that spam among many honest words is seen: the "
            f"most suspicious one may lift a score to {probability(LIFT_TO):.2f}, never higher, and must surpass the "
            f"whole text by {HANDICAP:g} in margin."
        ),
        (
            f"Logistic regression with L2 penalty (C = {recipe.inverse_penalty}) on those slots; every set has a fixed "
            "share of the total weight, so that none decides everything."
        ),
        (
            "Scores are calibrated by Platt scaling on margins of sets that were left out of training (in languages "
            f"that other sets share), for a blog where {recipe.prior:.0%} of comments are spam. What a site's people "
            "decide moves its scores to its own share and policy."
        ),
        (
            "Hyper-parameters, templates and the prior were chosen on leave-one-source-out and "
            "leave-one-template-family-out runs of these same sets. Templates were written after looking at errors on "
            "youtube_spam_uci, beer_se_comments, wiki_talk_context, tgspam_samples, told_br and sms_spam_uci and at "
            "rows of comment_spintax; the weight of the synthetic comments was chosen on youtube_spam_uci, "
            "comment_spintax, beer_se_comments and wiki_talk_context. The figures on unseen sets are therefore "
            "optimistic. HateCheck sets were not used for anything."
        ),
        "Synthetic comments take part in training only; no figure in this card was computed on them.",
    )


def data_sources(recipe: Recipe, folder: Path, corpus: Corpus) -> tuple[DataSource, ...]:
    """Every set with digest, licence, credit and rows used."""
    counts = {(name, spam): 0 for name in set(corpus.source.tolist()) for spam in (True, False)}
    for example in corpus.examples:
        counts[example.source, example.is_spam] += 1
    real = [
        DataSource(
            name=source.name,
            what=source.what,
            licence=source.licence,
            attribution=source.attribution,
            sha256=datasets.sha256(folder, source.name),
            spam=counts[source.name, True],
            ham=counts[source.name, False],
            share_alike=source.is_share_alike,
            use=source.use,
        )
        for source in admitted(recipe)
    ]
    return (*real, _synthetic_source(folder, counts))


def _synthetic_source(folder: Path, counts: dict[tuple[str, bool], int]) -> DataSource:
    return DataSource(
        name=synthetic.NAME,
        what=_SYNTHETIC_WHAT.format(families=synthetic.families()),
        licence="Apache-2.0 (templates); MIT and public domain (lists)",
        attribution=(
            "Lists: WordPress comment blocklist, Copyright (c) 2011-2026 Grant Hutchinson (MIT); "
            "referrer-spam list of Matomo (public domain)."
        ),
        sha256=synthetic.lists_digest(folder),
        spam=counts.get((synthetic.NAME, True), 0),
        ham=counts.get((synthetic.NAME, False), 0),
        share_alike=False,
        use="train only, never figures",
    )


def card(recipe: Recipe, data: tuple[DataSource, ...], tables: tuple[Table, ...]) -> ModelCard:
    """The whole card."""
    return ModelCard(
        name=recipe.name,
        version=recipe.version,
        purpose=_PURPOSE,
        avoid=_AVOID,
        inputs=INPUTS,
        not_inputs=_NOT_INPUTS,
        method=method(recipe),
        prior=recipe.prior,
        data=data,
        tables=tables,
        limits=_LIMITS,
    )


def unseen_table(rows: list[Figures]) -> Table:
    """Leave-one-source-out figures."""
    note = (
        "Each set scored by a model that was trained without it: the nearest thing here to a new blog. `held` is the "
        "share with a score of 0.7 or more, the default threshold. One-class sets have no AUC."
    )
    return Table("Sets the model had not seen", note, tuple(rows))


def pooled_table(rows: list[Figures]) -> Table:
    """All unseen sets under one threshold."""
    note = (
        "The same rows in one pool, without those in a language that only one set has: this is what the scores are "
        "calibrated on. Does one threshold serve all sets?"
    )
    return Table("Unseen sets in one pool", note, tuple(rows))


def known_tables(by_source: list[Figures], by_language: list[Figures]) -> tuple[Table, ...]:
    """Figures on held-out fifths of known sets."""
    note = (
        "A fifth of each set held out, near-duplicates and templates kept together. These figures flatter: a new blog "
        "is not like a set the model knows."
    )
    return (
        Table("Held-out comments of known sets, by source", note, tuple(by_source)),
        Table("Held-out comments of known sets, by language", "The same rows by language.", tuple(by_language)),
    )


def variants_table(rows: list[Figures]) -> Table:
    """Pooled figures with and without share-alike sets."""
    note = (
        "Unseen sets that are not share-alike pooled, each with the same say, with one threshold for all; with every "
        "set, and with a recipe that leaves out the share-alike sets (`--without-share-alike`)."
    )
    return Table("With and without share-alike data", note, tuple(rows))
