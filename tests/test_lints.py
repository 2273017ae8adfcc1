"""Habits of the house that a reader would miss and a syntax tree shows (style.md 4); each with the harm it prevents."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moderation.storage import people_tables, rights_tables, tables
from tests.support.source import PROJECT, dotted, module_of, product_files, tree_of

Lint = Callable[[ast.AST], Iterator[str]]

SERVING = ("models", "moderation")
LONGEST_FILE = 400
CHANCE = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now", "time.time")
TENANT_TABLES = {
    name
    for name, value in {**vars(tables), **vars(people_tables), **vars(rights_tables)}.items()
    if name.endswith("Row") and "site_id" in getattr(value, "model_fields", {})
}
WITHOUT_SITE = {  # function of storage -> why it reads tenants' rows without a site
    "comments.find_by_receipt": "a receipt's secret is its own key, whichever site's the comment is",
    "directory.load": "serving keeps every site's keys in memory",
    "rules.by_site": "serving keeps every site's rules in memory",
    "sites.list_closed": "a closed site is named where one of its comments is still here",
    "receipts.opened": "a receipt's secret is its own key, whichever site's the comment is",
    "answers.forget": "retention of all sites' kept answers",
    "replaying.carried": "what was erased at every site stays erased in a copy that is put back",
    "replaying._insert_missing": "asks only whether the parent's row is there",
    "retaining.newest_moment": "the clock is held against every site's events",
    "retaining.due": "retention of all sites' comments",
    "retaining.is_late": "strict mode looks at every site, and reads one id",
    "retaining.reduce": "retention of all sites' network addresses",
    "retaining.drop_new_strays": "retention of what was stored about all sites' comments while they were erased",
    "retaining.end_tombstones": "retention of all sites' tombstones",
    "retaining._end": "as end_tombstones, which hands it their rows",
    "retaining._end_receipts": "as end_tombstones",
    "retaining._go": "as end_tombstones",
    "retaining.shorten": "today's terms hold at every site",
    "retaining.count_due_under": "what a run would do is asked of all sites",
    "retaining._dated": "the dates of all sites' comments, in the order of their ids",
    "lessons.heads": "serving asks about every site's model at once, and reads numbers only",
    "lessons.sites_waiting": "the background loop teaches every site",
    "lessons.sites_hashed_otherwise": "the background loop teaches every site anew",
    "lessons.erased_with_traces": "the background loop takes back what every site's erased comments taught",
    "alike.sites_with_ungrouped": "the background loop groups every site's queue, and reads ids only",
    "claims.give_all_back": "whoever signs out leaves every site",
    "claims.forget": "retention of all sites' leases",
    "mails.take_link": "a mailed link's secret is its own key, at whichever sites its comments are",
    "mails.drop_links": "a link that was not mailed opens nothing, at any site",
    "mails.links_lately": "one person is mailed so often, wherever they wrote, and each code is of one site",
    "mails.forget": "retention of all sites' mailed links",
    "people.find": "a person's roles at every site are what their sign-in is asked for",
}


def time_and_chance(tree: ast.AST) -> Iterator[str]:
    """Time and chance that a test cannot pass in make tests flicker and ids unordered: only clock.py reads them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            names = [dotted(node)] if dotted(node) in CHANCE else []
        yield from (name for name in names if name in {"time", "random", "uuid", *CHANCE})


def environment(tree: ast.AST) -> Iterator[str]:
    """A variable read elsewhere is a setting that nobody documents and no start checks."""
    for node in ast.walk(tree):
        if dotted(node) in {"os.environ", "os.getenv", "os.putenv"}:
            yield dotted(node)
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (alias.name for alias in node.names if alias.name in {"environ", "getenv"})


def commits(tree: ast.AST) -> Iterator[str]:
    """A second commit splits a decision from its event: only database.transaction() begins and ends one."""
    for node in ast.walk(tree):
        if _method(node) in {"commit", "rollback", "begin", "begin_nested"}:
            yield f".{_method(node)}("


def statements(tree: ast.AST) -> Iterator[str]:
    """SQL spoken outside storage escapes the rule that every tenant query names its site."""
    for node in ast.walk(tree):
        if _method(node) in {"execute", "exec", "exec_driver_sql", "scalars"}:
            yield f".{_method(node)}("


def statuses(tree: ast.AST) -> Iterator[str]:
    """A status typed at an endpoint is an error that the one table of problems does not know."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in {"status", "status_code"} and _is_status(node.value):
            yield f"{node.arg}={ast.unparse(node.value)}"
        if isinstance(node, ast.Dict):
            yield from (f"{ast.unparse(key)}: …" for key in node.keys if key is not None and _is_status(key))
        if isinstance(node, ast.Compare) and any("status" in dotted(side) for side in (node.left, *node.comparators)):
            yield from (ast.unparse(node) for side in (node.left, *node.comparators) if _is_status(side))
        if dotted(node).startswith(("HTTPStatus.", "http.HTTPStatus.", "status.HTTP_")):
            yield dotted(node)


def _method(node: ast.AST) -> str:
    return node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""


def _is_status(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and 100 <= node.value <= 599


def markup(tree: ast.AST) -> Iterator[str]:
    """Text marked as safe is a script in a moderator's browser: only autoescaping templates make markup."""
    for node in ast.walk(tree):
        if dotted(node).rpartition(".")[2] in {"Markup", "HTMLResponse"}:
            yield dotted(node)


def queries_without_site(tree: ast.AST) -> Iterator[str]:
    """One forgotten `site_id` shows one community's comments to another."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and _asks_tenants(function) and not _names_site(function):
            yield function.name


def _asks_tenants(function: ast.FunctionDef) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in {
            "select",
            "_select",
            "update",
            "delete",
            "get",
        }:
            named = {dotted(part).partition(".")[0] for argument in node.args for part in ast.walk(argument)}
            if named & TENANT_TABLES:
                return True
    return False


def _names_site(function: ast.FunctionDef) -> bool:
    """Whether a row's site is compared with a value or a row handed in, or stands in the key of a lookup."""
    given = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
    for node in ast.walk(function):
        if isinstance(node, ast.Compare):
            sides = [dotted(side) for side in (node.left, *node.comparators)]
            sides = [_inner(side) for side in (node.left, *node.comparators)] if "" in sides else sides
            if any(side.endswith("Row.site_id") or side == "row.site_id" for side in sides) and "site_id" in sides:
                return True
            if any(side.endswith("Row.site_id") for side in sides) and "row" in given and "row.site_id" in sides:
                return True
        if isinstance(node, ast.Tuple) and any(dotted(part).endswith(".site_id") for part in node.elts):
            return True
    return False


def _inner(node: ast.AST) -> str:
    """The name inside `col(…)`."""
    return dotted(node.args[0]) if isinstance(node, ast.Call) and node.args else dotted(node)


def _only_in(*places: str, folders: tuple[str, ...] = SERVING) -> list[Path]:
    return [path for path in product_files(*folders) if not module_of(path).startswith(places)]


RULES = [  # lint, the files it keeps, lines that it must find
    (time_and_chance, _only_in("moderation.clock"), ["datetime.now(UTC)", "import time", "from uuid import uuid4"]),
    (environment, _only_in("moderation.settings"), ["os.environ['A']", "os.getenv('A')", "from os import environ"]),
    (commits, _only_in("moderation.storage.database"), ["db.commit()", "with db.begin(): ..."]),
    (
        statements,
        _only_in("moderation.storage", folders=("moderation",)),
        ["db.execute('SELECT 1')", "db.exec(query)"],
    ),
    (
        statuses,
        _only_in("moderation.web.problems", "moderation.web.akismet.answers", folders=("moderation/web",)),
        ["Response(status_code=404)", "{404: {}}", "answer.status == 500", "HTTPStatus.OK"],
    ),
    (markup, _only_in("moderation.web.pages"), ["Markup('<b>')", "markupsafe.Markup(text)", "HTMLResponse(text)"]),
    (
        queries_without_site,
        product_files("moderation/storage"),
        [
            "def f(db, *, site_id):\n    return db.exec(select(CommentRow))",
            "def f(db, comment_id):\n    return db.get(CommentRow, comment_id)",
            "def f(db, id_):\n    row = g(db, id_)\n    select(CommentRow).where(CommentRow.site_id == row.site_id)",
            "def f(db, row):\n    return select(CommentRow).where(AuditRow.site_id == CommentRow.site_id)",
            "def f(db, *, moderator_id):\n    select(ClaimRow).where(ClaimRow.moderator_id == moderator_id)",
            "def f(db, *, site_id):\n    return db.execute(update(CommentRow).where(CommentRow.id == site_id))",
        ],
    ),
]


def _named(value: object) -> str | None:
    return value.__name__ if callable(value) else None


@pytest.mark.parametrize(("lint", "files"), [rule[:2] for rule in RULES], ids=_named)
def test_the_house_keeps_its_habits(lint: Lint, files: list[Path]):
    found = {f"{path.stem}.{fault}": path for path in files for fault in lint(tree_of(path))}
    assert {place: str(path) for place, path in found.items() if place not in WITHOUT_SITE} == {}


@pytest.mark.parametrize(("lint", "line"), [(lint, line) for lint, _, lines in RULES for line in lines], ids=_named)
def test_a_broken_habit_is_found(lint: Lint, line: str):
    assert list(lint(ast.parse(line)))


def test_each_query_without_a_site_is_still_needed():
    found = {
        f"{path.stem}.{name}"
        for path in product_files("moderation/storage")
        for name in queries_without_site(tree_of(path))
    }
    assert found == set(WITHOUT_SITE)


@pytest.mark.parametrize("path", product_files(), ids=module_of)
def test_no_file_is_longer_than_the_wall(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", product_files(), ids=module_of)
def test_every_ignored_complaint_has_its_reason(path: Path):
    ignored = [
        line for line in path.read_text(encoding="utf-8").splitlines() if re.search(r"# (noqa|type: ignore)", line)
    ]
    assert [
        line.strip()
        for line in ignored
        if not re.search(r"# (noqa: [\w, ]+|type: ignore\[[\w, -]+\])\s*(-|#) \w", line)
    ] == []


@pytest.mark.parametrize("path", product_files(*SERVING), ids=module_of)
def test_a_module_opens_with_one_sentence(path: Path):
    tree = tree_of(path)
    assert ast.get_docstring(tree) or not tree.body


def test_templates_never_switch_escaping_off():
    templates = [
        path for path in (PROJECT / "moderation" / "web").rglob("*.*") if path.suffix in {".html", ".txt", ".xml"}
    ]
    loose = re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\(")
    assert [str(path) for path in templates if loose.search(path.read_text(encoding="utf-8"))] == []
