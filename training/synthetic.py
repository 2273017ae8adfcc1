"""Comments of our own making for what no licensed set has: blog spam with links and honest comments with author sites.

It is never used to report accuracy: a model that only recognised these templates would look perfect on them.
"""

import functools
import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from models.features import Sample
from models.topics import address_stems
from training import templates
from training.datasets import Example, lines
from training.disguises import decorate, disguise
from training.grammar import expand
from training.spinning import spin
from training.templates import Family

NAME: Final = "synthetic"
Slots = Mapping[str, Sequence[str]]

_BLOCKLIST: Final = "wordpress_comment_blocklist.txt"
_HAM_HITS: Final = "wordpress_comment_blocklist_ham_hits.tsv"
_REFERRERS: Final = "referrer_spam_domains.txt"
_SHORTENERS: Final = "url_shorteners.txt"
_NO_LINKS: Final = {name: [""] for name in ("url", "spam_url", "keyword_url", "list_url", "a_open", "a_close")}
_ADDRESS: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,6}(?:/\S*)?")

# Families whose slots draw on tens of thousands of listed terms need more comments to show them.
_MORE_OF: Final = {"dump": 4, "praise": 2, "channel": 2, "blogtalk": 2, "blogger_talk": 2, "spun": 3}
_MORE_HONEST: Final = {
    **dict.fromkeys(
        ("pointing", "praise_with_content", "talk_romance", "talk_germanic", "talk_slavic", "talk_world"), 3
    ),
    # In most languages no set has honest comments: without these, the language itself would be evidence of spam.
    **dict.fromkeys(("french", "spanish", "italian", "portuguese", "dutch", "polish", "turkish"), 2),
}
# Spam of these families lives by the address in the author field.
_BY_ADDRESS: Final = frozenset(
    {"praise", "blogtalk", "blogger_talk", "spun", "listicle", "keywords", "trackback", "seo", "dump"}
)
# Under which honest pages spam of a trade likes to stand.
_HAUNTS: Final = {
    "pharmacy": ("medicine", "health_life"),
    "diet": ("medicine", "health_life"),
    "testimonial": ("health_life", "money_talk"),
    "gambling": ("gambling_talk", "games_luck"),
    "loans": ("money", "money_talk"),
    "crypto": ("money", "money_talk"),
    "earning": ("money", "money_talk"),
    "adult": ("sex_love",),
    "occult": ("sex_love",),
    "hacker": ("sex_love", "software_talk"),
    "downloads": ("software_talk",),
    "streaming": ("software_talk",),
}

# How often fields are filled. Many engines and data sets pass no name, so the text has to speak for itself there.
_HAS_NAME: Final = 0.65
_SPAM_HAS_ADDRESS: Final = 0.9
_OTHER_SPAM_HAS_ADDRESS: Final = 0.6
_HONEST_HAS_ADDRESS: Final = 0.4
_HAS_PAGE: Final = 0.4
_ON_TOPIC: Final = 0.5
_HAS_THREAD: Final = 0.4
_WITHOUT_LINK: Final = 0.2
_PLAIN_SPAM: Final = 0.5
_SPUN_SHARES: Final = (0.2, 0.4, 0.7)
_UPPER, _LOWER = 0.05, 0.25
_HONEST_UPPER, _HONEST_LOWER = 0.03, 0.15


def spam_families() -> dict[str, Family]:
    """The families of spam templates."""
    return templates.read(*templates.files("spam"))


def honest_families() -> dict[str, Family]:
    """The families of honest templates."""
    return templates.read(*templates.files("honest"))


@functools.cache
def _synonyms() -> Slots:
    """What a spinner puts for a word."""
    return templates.read_slots(templates.FOLDER / "synonyms.txt")


def slots_of(folder: Path) -> dict[str, Sequence[str]]:
    """Fillings for all templates: our own words, with terms and domains of the published lists."""
    own = templates.read_slots(*templates.files("slots"))
    domains = [*lines(folder, _REFERRERS), *(f"{host}/<num>" for host in lines(folder, _SHORTENERS))]
    return {
        **own,
        **_listed_terms(folder),
        "list_url": [f"http://{domain}" for domain in domains if _ADDRESS.match(domain)],
        "stem": address_stems(),
        "first_low": [name.lower() for name in own["first"]],
        "last_low": [name.lower() for name in own["last"]],
        "city_low": [city.lower() for city in own["city"]],
        "thing_slug": [thing.replace(" ", "-") for thing in own["thing"]],
        "post_author": own["first"],
        "num": [str(n) for n in range(11, 999, 7)],
        "age": [str(n) for n in range(2, 60)],
        "year": [str(n) for n in range(1975, 2026)],
    }


def _listed_terms(folder: Path) -> dict[str, list[str]]:
    """Terms of the comment blocklist by form, without those found in honest comments."""
    common = {line.split("\t")[0] for line in lines(folder, _HAM_HITS)}
    terms = [term for term in lines(folder, _BLOCKLIST) if term not in common and not re.search(r"[<>{}|]", term)]
    names = [term for term in terms if re.fullmatch(r"[^\W\d_]{3,}(?:-[^\W\d_]{3,}){1,3}", term)]
    return {
        "list_phrase": [term for term in terms if re.fullmatch(r"\w+(?: \w+){1,4}", term)],
        "list_name": [term.replace("-", " ") for term in names],
        "list_word": [term for term in terms if re.fullmatch(r"\w{5,}", term)],
    }


def corpus(folder: Path, per_family: int, seed: int) -> list[Example]:
    """The synthetic comments: ``per_family`` or a multiple of each family, with the author fields of its kind."""
    chance, slots, honest = _chance(seed), slots_of(folder), honest_families()
    examples = []
    for family in spam_families().values():
        haunts = [honest[name] for name in _HAUNTS.get(family.name, ())]
        number = per_family * _MORE_OF.get(family.name, 1)
        examples += [_spam(family, i, haunts, slots, chance) for i in range(number)]
    for family in honest.values():
        number = per_family * _MORE_HONEST.get(family.name, 1)
        examples += [_honest(family, i, slots, chance) for i in range(number)]
    return examples


def _chance(seed: int) -> random.Random:
    """Draws that are the same for the same seed; nothing secret hangs on them."""
    return random.Random(seed)  # noqa: S311 - see above


def _spam(family: Family, number: int, haunts: Sequence[Family], slots: Slots, chance: random.Random) -> Example:
    form = chance.randrange(len(family.text))
    has_name = chance.random() < _HAS_NAME
    often = _SPAM_HAS_ADDRESS if family.name in _BY_ADDRESS else _OTHER_SPAM_HAS_ADDRESS
    has_address = has_name and chance.random() < often
    page = _page_of(chance.choice(haunts) if haunts and chance.random() < _ON_TOPIC else None, slots, chance)
    sample = Sample(
        disguise(_restyle(_spam_text(family, form, slots, chance), _UPPER, _LOWER, chance), chance),
        expand(chance.choice(family.author), slots, chance) if has_name else "",
        expand(chance.choice(family.url), slots, chance) if has_address else "",
        page if chance.random() < _HAS_PAGE else (),
    )
    return _example("spam", family, number, form, sample)


def _spam_text(family: Family, form: int, slots: Slots, chance: random.Random) -> str:
    """A text of the family, sometimes without its links, as engines and data sets that strip them show it."""
    linkless = chance.random() < _WITHOUT_LINK
    text = expand(family.text[form], {**slots, **_NO_LINKS} if linkless else slots, chance)
    if family.name == "spun":
        text = spin(text, _synonyms(), chance, chance.choice(_SPUN_SHARES))
    return text.strip() or expand(chance.choice(slots["keyword"]), slots, chance)


def _honest(family: Family, number: int, slots: Slots, chance: random.Random) -> Example:
    form = chance.randrange(len(family.text))
    # One comment and its page speak of one drug and of few things.
    fixed = {**slots, "drug": [chance.choice(slots["drug"])], "thing": chance.sample(slots["thing"], 3)}
    page = _page_of(family, fixed, chance) if chance.random() < _HAS_PAGE + 0.2 * bool(family.page) else ()
    text = _restyle(expand(family.text[form], fixed, chance), _HONEST_UPPER, _HONEST_LOWER, chance)
    sample = Sample(decorate(text, chance), page=page)
    return _example("ham", family, number, form, dress(sample, slots, chance))


def _page_of(family: Family | None, slots: Slots, chance: random.Random) -> tuple[str, ...]:
    """Title, tags and excerpt of a page of a family or of any, sometimes with comments already published there."""
    page = _page(expand(chance.choice(family.page if family and family.page else slots["any_page"]), slots, chance))
    if family is None or chance.random() >= _HAS_THREAD:
        return page
    thread = [expand(chance.choice(family.text), slots, chance) for _ in range(chance.randint(1, 4))]
    return (*page, *filter(None, thread))


def _page(joined: str) -> tuple[str, ...]:
    return tuple(part for part in joined.split(";") if part)


def _example(label: str, family: Family, number: int, form: int, sample: Sample) -> Example:
    return Example(
        id=f"{NAME}-{label}-{family.name}-{number}",
        sample=sample,
        is_spam=label == "spam",
        source=NAME,
        language="unknown",
        group=f"{NAME}/{label}/{family.name}/{form}",
    )


def dress(sample: Sample, slots: Slots, chance: random.Random) -> Sample:
    """An honest sample with the author fields people fill in: mostly a name, every third a site of their own."""
    has_name = chance.random() < _HAS_NAME
    has_address = has_name and chance.random() < _HONEST_HAS_ADDRESS
    name = expand(chance.choice(slots["own_name"]), slots, chance) if has_name else ""
    address = expand(chance.choice(slots["own_site"]), slots, chance) if has_address else ""
    return replace(sample, author=sample.author or name, author_url=sample.author_url or address)


def dress_all(examples: Sequence[Example], folder: Path, seed: int) -> list[Example]:
    """Real texts without author fields, with the fields such a comment would have on a blog."""
    chance, slots, praise = _chance(seed), slots_of(folder), spam_families()["praise"]
    return [
        replace(e, sample=_dress_spam(e.sample, praise, slots, chance) if e.is_spam else dress(e.sample, slots, chance))
        for e in examples
    ]


def _dress_spam(sample: Sample, praise: Family, slots: Slots, chance: random.Random) -> Sample:
    if chance.random() < _PLAIN_SPAM:
        return sample
    name = expand(chance.choice(praise.author), slots, chance)
    return replace(sample, author=name, author_url=expand(chance.choice(praise.url), slots, chance))


def _restyle(text: str, upper: float, lower: float, chance: random.Random) -> str:
    """A text as it is sloppily sent: with these probabilities in capitals or in small letters."""
    draw = chance.random()
    return text.upper() if draw < upper else text.lower() if draw < upper + lower else text


def families() -> int:
    """How many families of templates there are."""
    return len(spam_families()) + len(honest_families())


def lists_digest(folder: Path) -> str:
    """SHA-256 over the published lists that fill slots, in a fixed order."""
    digest = hashlib.sha256()
    for name in (_BLOCKLIST, _HAM_HITS, _REFERRERS, _SHORTENERS):
        digest.update("\n".join(lines(folder, name)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
