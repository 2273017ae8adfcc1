"""Comments of our own making for what no licensed set has: blog spam with links and honest comments with author sites.

It is never used to report accuracy: a model that only recognised these templates would look perfect on them.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from models.features import Sample
from models.topics import address_stems
from training import synthetic_words as words
from training.datasets import Example, lines
from training.grammar import expand
from training.synthetic_honest import HONEST
from training.synthetic_spam import SPAM

NAME: Final = "synthetic"
_BLOCKLIST: Final = "wordpress_comment_blocklist.txt"
_HAM_HITS: Final = "wordpress_comment_blocklist_ham_hits.tsv"
_REFERRERS: Final = "referrer_spam_domains.txt"
_SHORTENERS: Final = "url_shorteners.txt"
_ADDRESS: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,6}(?:/\S*)?")


def spam_slots(folder: Path) -> dict[str, Sequence[str]]:
    """Fillings for the spam templates, with terms and domains of the published lists."""
    listed = _listed_terms(folder)
    domains = list(lines(folder, _REFERRERS)) + [f"{host}/<num>" for host in lines(folder, _SHORTENERS)]
    stems = address_stems()
    return {
        **_common(),
        "drug": words.DRUGS,
        "brand": words.BRANDS,
        "keyword": words.KEYWORDS,
        "dose": ("5", "10", "20", "25", "50", "100", "200", "500"),
        "stem": stems,
        "tld": words.SPAM_TLDS,
        "path": words.SPAM_PATHS,
        "spam_host": tuple(_spam_hosts()),
        "spam_url": ("http://<spam_host><path>", "https://<spam_host><path>", "http://www.<spam_host><path>", "<list_url>"),
        "keyword_url": ("http://www.<stem><stem>.<tld>", "https://<stem>-<stem>-<city_low>.<tld>/", "http://<stem>.<tld>/<stem>"),
        "list_url": tuple(f"http://{domain}" for domain in domains if _ADDRESS.match(domain)),
        "url": ("<spam_url>", "<spam_url>", "<keyword_url>", "<list_url>", "<spam_host>"),
        "a_open": ('<a href="<spam_url>">', "<a href='<url>'>", '<a href="<url>" rel="nofollow">', '<a href=<url>>'),
        "a_close": ("</a>",),
        "list_phrase": listed["phrase"],
        "list_name": listed["name"],
        "list_word": listed["word"],
    }


def _listed_terms(folder: Path) -> dict[str, tuple[str, ...]]:
    """Terms of the comment blocklist by form, without those found in honest comments."""
    common = {line.split("\t")[0] for line in lines(folder, _HAM_HITS)}
    terms = [term for term in lines(folder, _BLOCKLIST) if term not in common and not re.search(r"[<>{}|]", term)]
    return {
        "phrase": tuple(term for term in terms if re.fullmatch(r"\w+(?: \w+){1,4}", term)),
        "name": tuple(t.replace("-", " ") for t in terms if re.fullmatch(r"[^\W\d_]{3,}(?:-[^\W\d_]{3,}){1,3}", t)),
        "word": tuple(term for term in terms if re.fullmatch(r"\w{5,}", term)),
    }


def _spam_hosts() -> tuple[str, ...]:
    return (
        "<stem><stem>.<tld>",
        "<stem>-<stem>.<tld>",
        "<stem><num>.<tld>",
        "<stem>-<stem>-<stem>.<tld>",
        "best<stem>online.<tld>",
        "my<stem>.<tld>",
        "<stem>4u.<tld>",
        "<stem>.<first_low><num>.<tld>",
        "<first_low><stem>.<tld>",
        "{qwe|zx|bk|vt|lm}{ki|ru|so|pa}<num>.<tld>",
    )


def _common() -> dict[str, Sequence[str]]:
    return {
        "first": words.FIRST,
        "last": words.LAST,
        "first_low": [name.lower() for name in words.FIRST],
        "last_low": [name.lower() for name in words.LAST],
        "city": words.CITIES,
        "city_low": [city.lower() for city in words.CITIES],
        "num": [str(n) for n in range(11, 999, 7)],
        "age": [str(n) for n in range(2, 60)],
        "year": [str(n) for n in range(1975, 2026)],
        "thing": words.THINGS,
        "person": words.PERSONS,
        "phone": ("+1 <num> <num> <num>4", "+44 7<num> <num><num>", "1-8{00|77|88}-<num>-<num>2", "+91 98<num><num>21"),
        "mail": ("<first_low><last_low><num>@{gmail|yahoo|outlook|hotmail}.com", "{info|support|help}@<last_low><num>.{com|org}"),
        "handle": ("@<first_low>_<last_low><num>", "t.me/<first_low>trade<num>", "@<last_low>fx<num>"),
    }


def honest_slots() -> dict[str, Sequence[str]]:
    """Fillings for the honest templates."""
    return {
        **_common(),
        "drug": words.DRUGS[:22],
        "hobby": words.HOBBIES,
        "post_author": [name for name in words.FIRST if len(name) > 3],  # noqa: PLR2004 - any shorter list would do
        "honest_link": ("https://<honest_host>/<thing_slug>", "http://<honest_host>/<thing_slug>", "<own_site>/<year>/<thing_slug>"),
        "honest_host": words.HONEST_HOSTS,
        "thing_slug": [thing.replace(" ", "-") for thing in words.THINGS],
        "own_site": (
            "{http|https}://{www.|}<first_low><last_low>.{com|net|org|me|de|co.uk|blog|name}",
            "{http|https}://<first_low>{s|and|the|}<hobby>.{com|net|org|blogspot.com|wordpress.com|tumblr.com}",
            "https://<first_low><last_low>.{wordpress.com|blogspot.com|github.io|substack.com|medium.com}",
            "{http|https}://<hobby>and<hobby>.{com|net|org|ca|nl|fr|blog}",
            "https://{twitter.com|www.facebook.com|www.instagram.com|github.com|mastodon.social}/{@|}<first_low><last_low>",
            "http://{www.|}the<hobby><hobby>.{com|org|co.uk|wordpress.com}/",
            "http://<last_low>.{org|net|name|eu|info}/{blog|~<first_low>|}",
        ),
        "own_name": (
            "<first>", "<first>", "<first> <last>", "<first> <last>", "<first_low>", "<first_low><age>", "<first> {A|B|C|M|S}.",
            "{The|} <hobby> {lady|guy|mum|nerd}", "<first> @ {The|My} <hobby>", "Dr. <last>", "{Anonymous|anon|guest|me}", "<first_low>_<last_low>",
        ),
    }


def corpus(folder: Path, per_family: int, seed: int) -> list[Example]:
    """The synthetic comments: ``per_family`` of each family, each with author fields as its kind has them."""
    chance = random.Random(seed)
    spam, honest = spam_slots(folder), honest_slots()
    examples = [_spam(family, i, spam, chance) for family in SPAM for i in range(per_family)]
    examples += [_honest(family, i, honest, chance) for family in HONEST for i in range(per_family)]
    return examples


def _spam(family: str, number: int, slots: Mapping[str, Sequence[str]], chance: random.Random) -> Example:
    texts, authors, urls = SPAM[family]
    form = chance.randrange(len(texts))
    has_author = chance.random() < 0.8  # noqa: PLR2004 - many engines and data sets do not pass the name
    has_url = has_author and chance.random() < (0.9 if family in {"praise", "trackback", "seo", "dump"} else 0.6)
    page = expand(chance.choice(_PAGES), honest_page_slots(slots), chance).split(";") if chance.random() < 0.5 else []  # noqa: PLR2004
    sample = Sample(
        _restyle(expand(texts[form], slots, chance), chance),
        expand(chance.choice(authors), slots, chance) if has_author else "",
        expand(chance.choice(urls), slots, chance) if has_url else "",
        tuple(page),
    )
    return Example(f"{NAME}-{family}-{number}", sample, True, NAME, "en", f"{NAME}/spam/{family}/{form}")  # noqa: FBT003


_PAGES: Final = (
    "{On|About|Notes on|Why I love} <thing>;<thing>;{Some thoughts|A post} about <thing> and <thing> in <city>",
    "{My trip to|Living in|Walking through} <city>;travel, <thing>;What I saw of <thing> in <year>",
    "{How to|When to|Why we} {fix|buy|make|grow} a <thing>;<thing>, howto;",
)


def honest_page_slots(slots: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """Fillings for page titles, the same for spam and honest comments."""
    return {name: slots[name] for name in ("thing", "city", "year")}


def _honest(family: str, number: int, slots: Mapping[str, Sequence[str]], chance: random.Random) -> Example:
    texts, pages = HONEST[family]
    form = chance.randrange(len(texts))
    fixed = {**slots, "drug": [chance.choice(slots["drug"])], "thing": chance.sample(slots["thing"], 3)}
    page = ""
    if pages or chance.random() < 0.5:  # noqa: PLR2004
        page = expand(chance.choice(pages or _PAGES), fixed, chance)
    text = expand(texts[form], fixed, chance)
    sample = dress(Sample(text, page=tuple(page.split(";")) if page else ()), slots, chance)
    return Example(f"{NAME}-{family}-{number}", sample, False, NAME, "en", f"{NAME}/ham/{family}/{form}")  # noqa: FBT003


def dress(sample: Sample, slots: Mapping[str, Sequence[str]], chance: random.Random) -> Sample:
    """An honest sample with the author fields people fill in: mostly a name, every third a site of their own."""
    has_author = chance.random() < 0.8  # noqa: PLR2004
    has_site = has_author and chance.random() < 0.4  # noqa: PLR2004
    return replace(
        sample,
        author=sample.author or (expand(chance.choice(slots["own_name"]), slots, chance) if has_author else ""),
        author_url=sample.author_url or (expand(chance.choice(slots["own_site"]), slots, chance) if has_site else ""),
    )


def dress_all(examples: list[Example], folder: Path, seed: int) -> list[Example]:
    """Real texts without author fields, with the fields such a comment would have on a blog."""
    chance = random.Random(seed)
    spam, honest = spam_slots(folder), honest_slots()
    return [replace(e, sample=_dress_spam(e.sample, spam, chance) if e.is_spam else dress(e.sample, honest, chance)) for e in examples]


def _dress_spam(sample: Sample, slots: Mapping[str, Sequence[str]], chance: random.Random) -> Sample:
    _, authors, urls = SPAM["praise"]
    if chance.random() < 0.35:  # noqa: PLR2004 - as often as not the text has to speak for itself
        return sample
    return replace(
        sample, author=expand(chance.choice(authors), slots, chance), author_url=expand(chance.choice(urls), slots, chance)
    )


def _restyle(text: str, chance: random.Random) -> str:
    """Spam as it is sloppily sent: sometimes in capitals, sometimes in small letters."""
    draw = chance.random()
    return text.upper() if draw < 0.05 else text.lower() if draw < 0.25 else text  # noqa: PLR2004
