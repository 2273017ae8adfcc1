"""The notice of a site as linked data: the W3C's Data Privacy Vocabulary 2.3 and a schema.org data set, from the facts.

Only terms that stand in tests/contracts/dpv-2.3.txt are used. What the vocabulary has no word for is left out; every
fact is there all the same, under its own id, with the value of the JSON face.
"""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from moderation.judging.facts import Fact, Provenance
from moderation.web import language, problems
from moderation.web.deps import DoorsDep, ReadDb
from moderation.web.public.data import IfNoneMatch
from moderation.web.public.told import FRESH, READ, Told, named

router = APIRouter(include_in_schema=False)
MEDIA_TYPE: Final = "application/ld+json"
PREFIXES: Final = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
RIGHTS: Final = {
    "see it": "eu-gdpr:A15",
    "correct it": "eu-gdpr:A16",
    "erase it": "eu-gdpr:A17",
    "stop its deletion": "eu-gdpr:A18",
    "object to learning from it": "eu-gdpr:A21",
}
"""Rights as the regulation numbers them; taking a copy along is part of seeing it, and another look has no number."""
_KINDS: Final = {"comments.author_ip_prefix": "pd:IPAddress", "comments.author_email_code": "pd:EmailAddress"}
_NETWORK: Final = "comments.author_ip_prefix"
_CODE: Final = "a code made with this service's key"
_MEASURES: Final = {"truncated": "dpv:Pseudonymisation", "keyed": "dpv:HashMessageAuthenticationCode"}
_INTEREST: Final = ("legitimate interest", "6(1)(f)", "6 (1) (f)")


@router.api_route("/sites/{site}/comment-data.jsonld", methods=READ)
def read_notice_as_linked_data(site: str, doors: DoorsDep, db: ReadDb, if_none_match: IfNoneMatch = None) -> Response:
    """Returns the same facts in the vocabularies that machines share."""
    told = named(doors, db, site)
    tag = f'"{told.notice.snapshot}"'
    headers = {**FRESH, "etag": tag}
    if tag in [known.strip().removeprefix("W/") for known in (if_none_match or "").split(",")]:
        return problems.unchanged(headers)
    return JSONResponse(as_linked_data(told), headers=headers, media_type=MEDIA_TYPE)


def as_linked_data(told: Told) -> dict[str, Any]:
    """Returns the notice, its processing and its figures as one graph."""
    context = PREFIXES | {"n": f"{told.url}#"}
    facts = [_fact(fact, told.failed.get(fact.id)) for fact in told.notice.facts]
    return {"@context": context, "@graph": [_notice(told), _dataset(told), *facts]}


def _notice(told: Told) -> dict[str, Any]:
    return {
        "@id": "n:notice",
        "@type": ["dpv:PrivacyNotice", "dpv:LayeredNotice"],
        "dct:identifier": f"sha256:{told.notice.version}",
        "dct:language": list(language.NAMES),
        "dpv:hasNoticeStatus": {"@id": "dpv:NoticeLatest"},
        "dpv:hasNoticeLayer": [
            {"@id": f"{told.address}/sites/{told.site.id}/form-notice", "@type": "dpv:JITNotice"},
            {"@id": told.url},
            {"@id": f"{told.url}.json"},
        ],
        "dct:hasPart": [{"@id": f"n:{fact.id}"} for fact in told.notice.facts],
        "dpv:hasProcess": _process(told),
    }


def _process(told: Told) -> dict[str, Any]:
    parts = {
        "dpv:hasDataController": _controller(told),
        "dpv:hasDataSubject": {"@id": "dpv:User"},
        "dpv:hasPurpose": {"@id": "n:purpose", "@type": "dpv:MisusePreventionAndDetection"} | _from("purposes"),
        "dpv:hasLegalBasis": _legal_basis(told),
        "dpv:hasProcessing": [{"@id": f"dpv:{done}"} for done in ("Collect", "Store", "Assess", "Erase")],
        "dpv:hasPersonalData": list(_personal_data(told)),
        "dpv:hasStorageCondition": list(_storage(told)),
        "dpv:hasRecipient": list(_recipients(told)),
        "dpv:hasAutomationLevel": {"@id": _automation_level(told)},
        "dpv:hasHumanInvolvement": {"@id": "dpv:HumanInvolvementForIntervention"},
        "dpv:hasContext": {
            "@id": "n:scoring",
            "@type": ["dpv:AutomatedDecisionMaking", "dpv:EvaluationScoring"],
            "dpv:hasAlgorithmicLogic": {"@id": "n:automation.steps"},
        }
        | _from("automation.alone"),
        "dpv:hasRight": list(_rights(told)),
    }
    return {"@id": "n:moderation", "@type": "dpv:Process"} | {name: part for name, part in parts.items() if part}


def _controller(told: Told) -> dict[str, Any]:
    stated = {"dpv:hasName": told.value("controller.name"), "dpv:hasContact": told.value("controller.contact")}
    dpo = told.value("dpo")
    if dpo and dpo.casefold() != "none":
        stated["dpv:hasDataProtectionOfficer"] = {"@type": "dpv:DataProtectionOfficer", "dpv:hasContact": dpo}
    known = {name: value for name, value in stated.items() if value}
    return {"@id": "n:controller", "@type": "dpv:DataController"} | known | _from("controller.name")


def _legal_basis(told: Told) -> dict[str, Any] | None:
    """The basis that the operator's words name for sure; any other stays in the fact, in those words."""
    words = (told.value("legal_basis") or "").casefold()
    is_interest = any(name in words for name in _INTEREST)
    return {"@id": "eu-gdpr:A6-1-f"} if is_interest else None


def _personal_data(told: Told) -> Iterator[dict[str, Any]]:
    form = told.value("retention.network")["form"]
    for field in told.value("fields"):
        column = field["column"]
        if not (field["personal"] and field["about_comments"]) or (column == _NETWORK and form == "none"):
            continue
        data = {"@id": f"n:{column}", "@type": _KINDS.get(column, "dpv:PersonalData"), "dct:title": field["name"]}
        measure = _MEASURES[form] if column == _NETWORK else _measure(field["form"])
        if measure:
            data["dpv:hasTechnicalMeasure"] = {"@id": measure}
        kept = told.value("retention.rules")["network"] if column == _NETWORK else field["kept"]
        if kept and kept.startswith("P"):
            data["dpv:hasStorageCondition"] = _duration(f"n:kept-{column}", kept)
        yield data | _from("fields")


def _measure(form: str) -> str | None:
    return "dpv:HashMessageAuthenticationCode" if form.startswith(_CODE) else None


def _storage(told: Told) -> Iterator[dict[str, Any]]:
    """How long comments are kept by their states; what has no end is kept until somebody ends it."""
    for state, kept in told.value("retention.rules").items():
        id_ = f"n:kept-{state}"
        condition = _duration(id_, kept) if kept else {"@id": id_, "@type": "dpv:UntilEventDuration"}
        yield condition | {"dct:title": state} | _from("retention.rules")


def _duration(id_: str, iso: str) -> dict[str, Any]:
    return {
        "@id": id_,
        "@type": "dpv:StorageDuration",
        "dpv:hasDuration": {"@value": iso, "@type": "xsd:duration"},
    }


def _recipients(told: Told) -> Iterator[dict[str, Any]]:
    for place, said in enumerate(told.value("recipients"), start=1):
        yield _recipient(f"n:recipient-{place}", str(said)) | _from("recipients")
    hosting = told.value("operator.hosting")
    if hosting:
        yield _recipient("n:recipient-hosting", hosting) | _from("operator.hosting")


def _recipient(id_: str, said: str) -> dict[str, Any]:
    return {"@id": id_, "@type": "dpv:Recipient", "dct:description": said}


def _automation_level(told: Told) -> str:
    """The level of ISO/IEC 22989 as the vocabulary has it: by what a program alone can do, and what it cannot."""
    if not told.value("automation.alone"):
        return "dpv:NotAutomated"
    return "dpv:PartialAutomation" if told.value("automation.people") else "dpv:HighAutomation"


def _rights(told: Told) -> Iterator[dict[str, Any]]:
    receipt = {"@id": told.value("receipt.url"), "@type": ["dpv:RightExerciseNotice", "dpv:DashboardNotice"]}
    for right, term in RIGHTS.items():
        if right in told.rights:
            yield {"@id": term, "dpv:isExercisedAt": receipt}
    yield {"@id": "eu-gdpr:A77"}


def _dataset(told: Told) -> dict[str, Any]:
    """The figures as a data set that search engines know how to list."""
    facts = [fact for fact in told.notice.facts if fact.provenance is Provenance.MEASURED]
    described = {
        "@id": "n:figures",
        "@type": "schema:Dataset",
        "schema:name": f"Comment moderation figures of {told.site.name}",
        "schema:description": "How comments were decided, how long they waited and how often a program was wrong.",
        "schema:url": told.url,
        "schema:isAccessibleForFree": True,
        "schema:dateModified": told.at.isoformat(),
        "schema:variableMeasured": [{"@id": f"n:{fact.id}"} for fact in facts],
        "schema:measurementTechnique": [fact.source for fact in facts],
        "schema:distribution": {
            "@type": "schema:DataDownload",
            "schema:encodingFormat": "application/json",
            "schema:contentUrl": f"{told.url}.json",
        },
    }
    creator = told.value("controller.name")
    return described | ({"schema:creator": {"@type": "schema:Organization", "schema:name": creator}} if creator else {})


def _fact(fact: Fact, why_untrue: str | None) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@id": f"n:{fact.id}",
        "@type": "schema:PropertyValue",
        "schema:propertyID": fact.id,
        "schema:value": {"@type": "@json", "@value": fact.value},
        "schema:measurementTechnique": fact.source,
        "dct:type": fact.provenance.value,
    }
    if fact.observed_at:
        node["dct:date"] = fact.observed_at.isoformat()
    if why_untrue is not None:
        node["dct:description"] = f"This is not true right now: {why_untrue}"
    return node


def _from(id_: str) -> dict[str, Any]:
    return {"prov:wasDerivedFrom": {"@id": f"n:{id_}"}}
