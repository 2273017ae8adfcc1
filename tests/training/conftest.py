"""A small folder of data sets of our own making, in the form of the real one."""

import gzip
import json
import random

import pytest

from training.datasets import SOURCES

SPAM = (
    "buy cheap {} pills now at http://{}-shop.example.ru",
    "win the {} casino jackpot {} bonus",
    "{} loans for {} credit",
)
HAM = (
    "I do not agree about the {} and the {}",
    "thank you for the {} recipe, my {} loved it",
    "where did you see the {} {}?",
)
WORDS = ("garden", "river", "bread", "window", "castle", "winter", "letter", "button", "pencil", "mirror", "basket")


def rows(source, number):
    chance = random.Random(source.name)
    for i in range(number):
        is_spam = i % 2 == 0 if source.spam_mass and source.ham_mass else bool(source.spam_mass)
        text = chance.choice(SPAM if is_spam else HAM).format(chance.choice(WORDS), chance.choice(WORDS))
        yield {
            "id": f"{source.name}-{i}",
            "text": f"{text} {chance.choice(WORDS)} {i}",
            "label": "spam" if is_spam else "ham",
            "author": "Ann" if i % 3 else None,
            "author_url": "http://none" if i % 5 else "https://ann.example.org",
            "language": "en",
            "group": f"g{i // 2}",
            "cluster": i,
        }


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for source in SOURCES:
        (folder / source.name).mkdir()
        with gzip.open(folder / source.name / f"{source.name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows(source, 40))
    lists = folder / "lists"
    lists.mkdir()
    (lists / "wordpress_comment_blocklist.txt").write_text("cheap-handbags\ncasino bonus here\nreplicashop\ndidnt\n")
    (lists / "wordpress_comment_blocklist_ham_hits.tsv").write_text("term\tham_rows\ndidnt\t46\n")
    (lists / "referrer_spam_domains.txt").write_text("traffic.example.ru\nseo.example.xyz\n")
    (lists / "url_shorteners.txt").write_text("short.example\n")
    return folder
