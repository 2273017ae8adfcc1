"""Duties that the command may do without asking take the roles of whoever asks: no page forgets to say whose."""

import ast
import inspect

import pytest

from moderation.duties import hosting, learning
from tests.support.source import dotted, module_of, product_files, tree_of

ASKING = {
    f"{module.__name__.rpartition('.')[2]}.{name}"
    for module in (hosting, learning)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if "by" in inspect.signature(function).parameters
}
PAGES = product_files("moderation/web")


def silent(tree: ast.AST) -> list[str]:
    """The calls that do not say who asks."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and dotted(node.func) in ASKING]
    return [dotted(call.func) for call in calls if "by" not in {keyword.arg for keyword in call.keywords}]


def test_there_is_something_to_keep():
    assert {"hosting.set_site", "hosting.rotate_key", "hosting.invite", "learning.roll_back"} <= ASKING


@pytest.mark.parametrize("path", PAGES, ids=module_of)
def test_every_page_says_who_asks(path):
    assert silent(tree_of(path)) == []


def test_a_page_that_forgets_is_found():
    assert silent(ast.parse("hosting.set_site(db, site_id=1, changes={}, now=2)")) == ["hosting.set_site"]
