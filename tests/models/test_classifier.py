"""The shipped model on comments of our own making, and what loading it must not drag in."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models import artifact
from models.features import Sample

HOLD_AT = 0.7
COMMENTS = json.loads((Path(__file__).parent / "blog_comments.json").read_text(encoding="utf-8"))
LEAN = """
import sys
import models.artifact, models.classifier
models.artifact.load(models.artifact.shipped_folder()).score(models.features.Sample("hello"))
print([name for name in ("sklearn", "scipy", "joblib", "pandas", "training", "moderation") if name in sys.modules])
"""


@pytest.fixture(scope="module")
def shipped():
    return artifact.load(artifact.shipped_folder())


def samples(label):
    return [
        Sample(row["text"], row["author"], row["author_url"], tuple(row["page"]))
        for row in COMMENTS
        if row["label"] == label
    ]


def test_honest_blog_comments_are_rarely_held(shipped):
    held = shipped.scores(samples("ham")) >= HOLD_AT
    assert held.mean() <= 0.03


def test_typical_blog_spam_is_mostly_held(shipped):
    held = shipped.scores(samples("spam")) >= HOLD_AT
    assert held.mean() >= 0.8


def test_spam_scores_higher_than_honest_comments(shipped):
    spam, ham = shipped.scores(samples("spam")), shipped.scores(samples("ham"))
    assert (spam[:, None] > ham[None, :]).mean() > 0.98


@pytest.mark.parametrize(
    "text",
    [
        "This is a disgusting decision and the minister is an idiot.",
        "Shut up, you know nothing about it.",
        "What a load of crap. Did you even read the damn report?",
    ],
)
def test_anger_is_not_spam(shipped, text):
    assert shipped.score(Sample(text)) < HOLD_AT


@pytest.mark.parametrize(
    "text",
    [
        "Je ne suis pas d'accord avec le deuxième paragraphe.",
        "Ich sehe das anders, die Zahlen stimmen nicht.",
        "No entiendo el tercer paso, ¿la masa tiene que reposar?",
        "Não concordo, os dados mostram outra coisa.",
        "Я выросла в этом городе и хорошо помню старый мост.",
        "写得真好，想起了小时候在乡下的日子。",
        "とても参考になりました。私も同じところでつまずきました。",
        "좋은 글 잘 읽었습니다.",
        "شكرا على الوصفة، جربتها أمس وكانت رائعة.",
        "मुझे आपका लेख बहुत अच्छा लगा, धन्यवाद।",
        "ขอบคุณสำหรับสูตรค่ะ อร่อยมาก",
        "Tarifi denedim, çok güzel oldu, elinize sağlık.",
    ],
)
def test_another_language_is_not_spam(shipped, text):
    assert shipped.score(Sample(text)) < HOLD_AT


@pytest.mark.parametrize("spell", ["c a s i n o", "c4s1n0", "саsinо", "ca\u200bsi\u200bno", "𝐜𝐚𝐬𝐢𝐧𝐨"])
def test_a_disguise_does_not_help_much(shipped, spell):
    plain = shipped.margin(Sample("best online casino bonus at http://casino.example.ru"))
    assert shipped.margin(Sample(f"best online {spell} bonus at http://casino.example.ru")) > plain - 1.0


def test_many_scores_are_the_single_scores(shipped):
    some = samples("spam")[:5]
    assert np.array_equal(shipped.scores(some), [shipped.score(sample) for sample in some])
    assert shipped.scores([]).shape == (0,)


def test_serving_loads_neither_sklearn_nor_scipy():
    run = subprocess.run([sys.executable, "-c", LEAN], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
