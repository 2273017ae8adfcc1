"""The notice as linked data: known terms, values out of the facts, and the same facts as on the other faces."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from moderation import clock
from moderation.duties import hosting
from tests.support.asgi import Service
from tests.support.source import PROJECT

PINNED = PROJECT / "tests/contracts/dpv-2.3.txt"
VOCABULARIES = ("dpv:", "pd:", "eu-gdpr:")


def graph_of(service: Service) -> dict[str, Any]:
    """The nodes of a site's graph by their ids."""
    answer = service.get(f"/sites/{service.site.id}/comment-data.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    return {node["@id"]: node for node in answer.json()["@graph"]}


def process_of(service: Service) -> dict[str, Any]:
    return graph_of(service)["n:notice"]["dpv:hasProcess"]


def terms(value: Any) -> Iterator[str]:
    """Every word of the three vocabularies, as a key or as a value, but not inside a fact's value."""
    if isinstance(value, dict):
        if value.get("@type") == "@json":
            return
        yield from (name for name in value if name.startswith(VOCABULARIES))
        for part in value.values():
            yield from terms(part)
    elif isinstance(value, list):
        for part in value:
            yield from terms(part)
    elif isinstance(value, str) and value.startswith(VOCABULARIES):
        yield value


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {
            "network_form": "keyed",
            "legal_basis": "legitimate interest: no spam",
            "dpo": "dpo@example.org",
            "hosting": "Example Hosting",
            "smtp_host": "mail.example",
            "mail_from": "a@example.org",
            "keep_published_days": "30",
        },
        {"network_form": "none", "legal_basis": "consent", "keep_held_days": "0"},
    ],
)
def test_each_term_is_one_that_the_vocabulary_has(make_service: Callable[..., Service], settings: dict[str, str]):
    pinned = {line for line in PINNED.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")}
    used = set(terms(list(graph_of(make_service(**settings)).values())))
    assert used - pinned == set()
    assert len(used) > 40


def test_each_fact_is_there_with_its_value(service: Service):
    facts = service.get(f"/sites/{service.site.id}/comment-data.json").json()["facts"]
    graph = graph_of(service)
    told = {node["schema:propertyID"]: node for node in graph.values() if "schema:propertyID" in node}
    moving = {id_ for id_, fact in facts.items() if fact["observed_at"]}
    assert set(told) == set(facts)
    for id_, fact in facts.items():
        assert told[id_]["dct:type"] == fact["provenance"]
        if id_ not in moving:
            assert told[id_]["schema:value"]["@value"] == fact["value"]
    figures = graph["n:figures"]
    assert {node["@id"] for node in figures["schema:variableMeasured"]} == {f"n:{id_}" for id_ in moving}


@pytest.mark.parametrize(
    ("changes", "level"),
    [({}, "dpv:PartialAutomation"), ({"removal_by_program": "true"}, "dpv:PartialAutomation")],
)
def test_the_level_of_automation_follows_what_a_program_can_do(service: Service, changes: dict[str, str], level: str):
    with service.runtime.database.transaction() as db:
        hosting.set_site(db, site_id=service.site.id, changes=changes | {"hold_at": "0.6"}, now=clock.now())
    people = service.get(f"/sites/{service.site.id}/comment-data.json").json()["facts"]["automation.people"]["value"]
    assert process_of(service)["dpv:hasAutomationLevel"]["@id"] == (level if people else "dpv:HighAutomation")


def test_the_network_address_is_told_as_the_settings_have_it(make_service: Callable[..., Service]):
    said = {}
    for form in ("truncated", "keyed", "none"):
        data = process_of(make_service(network_form=form, keep_network_days=9))["dpv:hasPersonalData"]
        said[form] = next((one for one in data if one["@type"] == "pd:IPAddress"), None)
    assert said["none"] is None
    assert said["truncated"]["dpv:hasTechnicalMeasure"] == {"@id": "dpv:Pseudonymisation"}
    assert said["keyed"]["dpv:hasTechnicalMeasure"] == {"@id": "dpv:HashMessageAuthenticationCode"}
    assert said["keyed"]["dpv:hasStorageCondition"]["dpv:hasDuration"]["@value"] == "P9D"


def test_personal_data_are_the_fields_about_comments(service: Service):
    fields = service.get(f"/sites/{service.site.id}/comment-data.json").json()["facts"]["fields"]["value"]
    personal = {f"n:{field['column']}" for field in fields if field["personal"] and field["about_comments"]}
    assert {one["@id"] for one in process_of(service)["dpv:hasPersonalData"]} == personal


def test_times_of_keeping_are_those_of_the_rules(make_service: Callable[..., Service]):
    process = process_of(make_service(keep_held_days=11, keep_published_days=0))
    kept = {one["dct:title"]: one for one in process["dpv:hasStorageCondition"]}
    assert kept["held"]["dpv:hasDuration"] == {"@value": "P11D", "@type": "xsd:duration"}
    assert kept["published"]["@type"] == "dpv:UntilEventDuration"


@pytest.mark.parametrize(
    ("stated", "basis"),
    [
        ("Legitimate interest: no spam", {"@id": "eu-gdpr:A6-1-f"}),
        ("Art. 6(1)(f) GDPR", {"@id": "eu-gdpr:A6-1-f"}),
        ("something else", None),
        ("", None),
    ],
)
def test_a_legal_basis_is_named_where_the_words_are_plain(
    make_service: Callable[..., Service], stated: str, basis: dict[str, str] | None
):
    assert process_of(make_service(legal_basis=stated)).get("dpv:hasLegalBasis") == basis


def test_recipients_are_those_of_the_settings_and_of_the_operator(make_service: Callable[..., Service]):
    assert "dpv:hasRecipient" not in process_of(make_service())
    service = make_service(smtp_host="mail.example", mail_from="a@example.org", hosting="Example Hosting")
    told = [one["dct:description"] for one in process_of(service)["dpv:hasRecipient"]]
    assert any("mail.example" in said for said in told)
    assert "Example Hosting" in told


def test_rights_are_those_of_the_receipt(service: Service):
    rights = process_of(service)["dpv:hasRight"]
    assert {right["@id"] for right in rights} == {f"eu-gdpr:A{number}" for number in (15, 16, 17, 18, 21, 77)}
    receipt = f"{service.runtime.settings.base_url}/receipt"
    assert {right["dpv:isExercisedAt"]["@id"] for right in rights if "dpv:isExercisedAt" in right} == {receipt}


def test_whoever_knows_the_graph_is_told_nothing_twice(service: Service):
    path = f"/sites/{service.site.id}/comment-data.jsonld"
    tag = service.get(path).headers["etag"]
    assert service.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert service.get("/sites/nowhere/comment-data.jsonld").json()["code"] == "site.not_found"
