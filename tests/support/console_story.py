"""A small invented community whose comments fill every page of the console; nobody in it exists."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from moderation import clock
from moderation.duties import appealing, hosting, reviewing
from moderation.duties.reviewing import Desk
from moderation.judging.moderating import Choice
from moderation.storage import comments
from moderation.storage.audits import Fresh
from moderation.vocabulary import Category, Role, RuleKind, Verdict
from tests.support import chance
from tests.support.console_browser import HUES, TOPICS, Console

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from moderation.clock import Id

HOME: Final = "https://blog.example"
PAGES: Final = {
    "tomatoes": "Tomatoes on a north balcony",
    "bread": "A loaf for slow mornings",
    "ferry": "The last ferry",
}
HELD: Final = (
    (
        "tomatoes",
        "Marta Lindqvist",
        (
            "We had the same trouble on our balcony: no sun before two. Black cherry tomatoes coped best, and a "
            "mirror on the wall helped more than any fertiliser. Two lists that I found useful: "
            "https://gardeners.example/shade and https://seeds.example/black-cherry"
        ),
    ),
    (
        "bread",
        "Best Loans 24",
        (
            "Need money fast?? Approved in 5 minutes, no questions asked!!! Visit http://quick-cash.example/apply and "
            "http://quick-cash.example/bonus today and get a FREE bonus of $500."
        ),
    ),
    (
        "ferry",
        "Jonas",
        (
            "The timetable that you link is old. The new one: https://harbour.example/times, and the strike is "
            "announced here: https://harbour.example/news"
        ),
    ),
    (
        "bread",
        "pills-online",
        (
            "Cheap pills online without prescription, viagra cialis best price, order now http://pills.example/shop "
            "http://pills.example/order"
        ),
    ),
    (
        "tomatoes",
        "Ruth",
        "Do not put coffee grounds on them, whatever https://tips.example/coffee says; see also https://tips.example/mould.",
    ),
)
FINE: Final = (
    ("tomatoes", "Ivo", "Thank you, this saved my seedlings. I moved them inside the night before the frost came."),
    ("bread", "Nadia Rahman", "I made the loaf on Saturday. The crust was better than anything the baker here sells."),
    ("ferry", "Old Peter", "I worked on that boat for eleven summers. The bell was from a chapel on the other shore."),
    ("ferry", "Sofie", "You write about the harbour as though you had never missed a ferry in the rain. Lovely."),
    ("bread", "Tom", "Only an idiot would weigh water. Anybody who bakes like you should be kept away from flour."),
    ("tomatoes", "Lena", "How deep are your pots? Mine are twenty centimetres and the roots come out at the bottom."),
)
NAMES: Final = ("Ada", "Bo", "Carla", "Dimitri", "Edda", "Farid", "Gus", "Hana")
SPAM: Final = (
    "Earn $5000 a week from home, no experience needed, start here http://work.example/start",
    "Cheap watches, 80 % off, free shipping!!! http://watches.example/sale",
    "Your site could be first on Google. Buy backlinks from us, best price: http://rank.example/buy",
    "Hot singles near you want to chat tonight, click http://singles.example/now",
)
WAVE: Final = "Win at Lucky Star casino tonight, {0} free spins for every new player: http://lucky-star.example/?p={1}"
WAVES: Final = 12


def chatter(count: int) -> "Iterator[dict[str, Any]]":
    """Comments of every day, so that figures and searches have something to show."""
    for number in range(count):
        words = TOPICS[number % len(TOPICS)].format(HUES[number % len(HUES)], number % 40 + 3)
        yield body(tuple(PAGES)[number % len(PAGES)], NAMES[number % len(NAMES)], words)


def body(page: str, name: str, words: str, **more: Any) -> dict[str, Any]:
    """A comment as a blog sends it."""
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    return {
        "permalink": f"{HOME}/{page}",
        "content": words,
        "author": {"name": name, "email": email, "ip": "192.0.2.7"},
        "context": {"title": PAGES[page]},
    } | more


APPEAL: Final = "Both addresses are pages that I wrote myself, years ago. I sell nothing; please have another look."


def tell(console: Console) -> "Mapping[str, Id]":
    """Lets the community's week happen: people, comments in every tab, rules, lessons, samples; returns named ones."""
    site = console.site.site
    console.set_site(name="Balcony & Harbour", home_url=HOME)
    with console.server.database.transaction() as db:
        rules = (
            (RuleKind.LINKS_OVER, "1", Verdict.HOLD),
            (RuleKind.WORD, "casino", Verdict.HOLD),
            (RuleKind.AUTHOR, "best loans", Verdict.HOLD),
        )
        for kind, pattern, verdict in rules:
            hosting.add_rule(db, site_id=site.id, kind=kind, pattern=pattern, verdict=verdict, now=clock.now())
    fine = console.say([body(*one, external_id=f"f-{number}") for number, one in enumerate(FINE)])
    held = console.say([body(*one) for one in HELD])
    waves = console.say([body("ferry", "Lucky Star", WAVE.format(50, number)) for number in range(WAVES)])
    console.say([*chatter(40), *(body("bread", "Deals 4 you", words) for words in SPAM)])
    edited = "How deep are your pots? Mine are twenty centimetres, and now the roots have cracked the bottom of one."
    ana = _desk(console, "ana")
    with console.server.database.transaction() as db:
        _choose(db, ana, fine[5], Choice(Verdict.PUBLISH))
    console.say([body("tomatoes", "Lena", edited, external_id="f-5")])
    console.report(fine[4], Category.INSULT, Category.HARASSMENT, Category.INSULT)
    with console.server.database.transaction() as db:
        reviewing.note(
            db, desk=ana, comment_id=held[0], text="Writes often, and kindly.", about_author=False, now=clock.now()
        )
        reviewing.defer(db, desk=ana, comment_id=held[4], now=clock.now())
        reviewing.escalate(db, desk=ana, comment_id=held[2], text="Is this his own site?", now=clock.now())
        judged = [Fresh(site.id, id_, clock.now()) for id_ in (fine[1], fine[3])]
        chance.draw(db, seal=console.seal, judged=judged)
    console.decide(held[3], "remove", "spam")
    with console.server.database.transaction() as db:
        row = comments.get(db, site_id=site.id, comment_id=held[4])
        appealing.open_appeal(db, row=row, text=APPEAL, open_for=timedelta(days=184), now=clock.now())
    for one in (fine[0], fine[2]):
        console.decide(one, "publish", "ham")
    console.grouped()
    return {"held": held[0], "reported": fine[4], "spam": held[1], "alike": waves[0], "decided": held[3]}


def _desk(console: Console, name: str) -> Desk:
    return Desk(console.seal, console.site.site, console.people[name], frozenset(Role))


def _choose(db: Any, desk: Desk, comment_id: "Id", choice: Choice) -> None:
    reviewing.choose(db, desk=desk, comment_id=comment_id, choice=choice, expected_version=None, now=clock.now())
