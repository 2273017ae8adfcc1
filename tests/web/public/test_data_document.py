"""docs/data.md names every column, log event and metric as the code has it; docs/concepts.md has the words in order."""

import ast
import re

import pytest
from prometheus_client import REGISTRY

from moderation import telemetry
from moderation.duties.reporting.of_storage import kept
from moderation.storage.fields import FIELDS, Field
from moderation.web import pages
from tests.support.source import PROJECT, dotted, product_files, tree_of

DATA = (PROJECT / "docs/data.md").read_text(encoding="utf-8")
CONCEPTS = (PROJECT / "docs/concepts.md").read_text(encoding="utf-8")
ROWS = {row.split("`")[1]: row for row in DATA.splitlines() if row.startswith("| `")}
WORDS = """
Site Comment Author Rule Signal Score Band Threshold Policy Audit Guarantee Verdict Decision State Label Event Notice
Receipt
"""


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.column)
def test_a_column_stands_there_as_the_registry_has_it(field: Field):
    cells = [cell.strip() for cell in ROWS[field.column].strip("|").split("|")]
    readers = ", ".join(reader.value for reader in field.readers)
    personal = "yes" if field.personal else "no"
    assert cells == [f"`{field.column}`", field.name, field.form, field.origin.value, readers, personal]


def test_no_other_column_stands_there():
    columns = {name for name in ROWS if "." in name and name.partition(".")[0] in {f.table for f in FIELDS.values()}}
    assert columns == set(FIELDS)


def test_each_table_says_how_long_it_is_kept():
    told = dict(re.findall(r"^### `(\w+)`\n\n.*Kept: ([\w ]+)\.$", DATA, re.MULTILINE))
    assert told == {field.table: pages.kept(kept(field)) for field in FIELDS.values()}


def test_every_log_event_stands_there_and_no_other():
    section = DATA.partition("## Log events")[2].partition("## Metrics")[0]
    assert {row.split("`")[1] for row in section.splitlines() if row.startswith("| `")} == _logged()


def test_every_metric_stands_there_and_no_other():
    section = DATA.partition("## Metrics")[2]
    told = {row.split("`")[1] for row in section.splitlines() if row.startswith("| `candor_")}
    counted = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in REGISTRY.collect()
        if family.name.startswith("candor_")
    }
    assert told == counted
    assert all(name in telemetry.metrics().decode() for name in told)


def test_the_concepts_come_in_the_order_in_which_data_flows():
    assert re.findall(r"^\*\*(\w+)\.\*\*", CONCEPTS, re.MULTILINE) == WORDS.split()


def _logged() -> set[str]:
    """The names of events in every call of `log`."""
    calls = [node for path in product_files() for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    return {
        str(call.args[0].value)
        for call in calls
        if dotted(call.func) in {"log", "telemetry.log"} and call.args and isinstance(call.args[0], ast.Constant)
    }
