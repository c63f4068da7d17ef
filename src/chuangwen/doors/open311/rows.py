"""Services and requests as GeoReport v2 has them, from the public case types and their cases."""

from typing import Any

from django.db.models import QuerySet

from chuangwen.kernel.fields import FieldRow, Kind
from chuangwen.kernel.masking import mask_text
from chuangwen.kernel.words import say
from chuangwen.kernel.workdays import CHINA
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.models import Attachment, Case, Category, Phase
from chuangwen.work.cases.types import all_in_force, definition, type_of

DATATYPES = {
    Kind.INTEGER: "number",
    Kind.DECIMAL: "number",
    Kind.DATE: "datetime",
    Kind.MOMENT: "datetime",
    Kind.LONG: "text",
    Kind.CHOICE: "singlevaluelist",
    Kind.CHOICES: "multivaluelist",
}


def public_types() -> list[tuple[str, CaseTypeRow]]:
    """The types that residents may open, by code; a guarded one is never public."""
    found = [(row.code, definition(row)) for row in all_in_force() if row.public and not row.guard]
    return [(code, type_) for code, type_ in found if opening_of(type_) is not None]


def opening_of(type_: CaseTypeRow) -> MoveRow | None:
    """The opening that is open to residents."""
    return next((one for one in type_.openings if "@resident" in one.who), None)


def asked_fields(type_: CaseTypeRow) -> list[FieldRow]:
    """What a resident may fill in beside the text: no field that names people or units, none that is private."""
    move = opening_of(type_)
    return type_.resident_fields(move) if move else []


def services() -> list[dict[str, Any]]:
    """One service for each public type and lowest category (the type itself where it has none)."""
    found = []
    for code, type_ in public_types():
        rows = list(Category.objects.filter(table=type_.type.categories, retired=False).order_by("order"))
        names = {one.code: one.title for one in rows}
        parents = {one.parent for one in rows}
        leaves = [one for one in rows if one.code not in parents]
        for one in leaves:
            found.append(
                _service(type_, f"{code}.{one.code}", one.title, names.get(one.parent, type_.type.title), one.aliases)
            )
        if not leaves:
            found.append(_service(type_, code, type_.type.title, type_.type.title, []))
    return found


def _service(type_: CaseTypeRow, code: str, name: str, group: str, aliases: list[str]) -> dict[str, Any]:
    return {
        "service_code": code,
        "service_name": name,
        "description": type_.type.purpose,
        "metadata": bool(asked_fields(type_)),
        "type": "realtime",
        "keywords": ",".join(aliases),
        "group": group,
    }


def find_service(code: str) -> tuple[str, CaseTypeRow, str] | None:
    """Kind, type and category of a service code."""
    kind, _sep, category = code.partition(".")
    for known, type_ in public_types():
        if known != kind:
            continue
        if not category:
            return kind, type_, ""
        if Category.objects.filter(table=type_.type.categories, code=category, retired=False).exists():
            return kind, type_, category
    return None


def service_definition(code: str, type_: CaseTypeRow) -> dict[str, Any]:
    """The attributes that a service asks for."""
    return {
        "service_code": code,
        "attributes": [
            {
                "variable": True,
                "code": one.id,
                "datatype": DATATYPES.get(one.kind, "string"),
                "required": one.required,
                "datatype_description": one.help,
                "order": order,
                "description": one.title,
                "values": [{"key": value, "name": value} for value in one.options],
            }
            for order, one in enumerate(asked_fields(type_), start=1)
        ],
    }


def public_cases() -> QuerySet[Case]:
    """What the public may read: public types, unguarded, nobody accused."""
    kinds = [code for code, _ in public_types()]
    rows = Case.objects.filter(kind__in=kinds, guard="", accused=None, merged_into=None)
    return rows.select_related("type", "lead", "area").defer("type__content", "clocks", "hidden", "did")


def request_row(case: Case, names: dict[str, str], site: str, photos: dict[int, int]) -> dict[str, Any]:
    """One request. Its text is shown once somebody has verified it, with phone and identity numbers masked."""
    code = f"{case.kind}.{case.category}" if case.category else case.kind
    shown = case.filed_at is not None
    photo = photos.get(case.pk)
    return {
        "service_request_id": case.number,
        "status": "closed" if case.phase == Phase.CLOSED else "open",
        "status_notes": type_of(case).state(case.state).title,
        "service_name": names.get(code, type_of(case).type.title),
        "service_code": code,
        "description": mask_text(f"{case.title} {case.text}".strip()) if shown else say("待核实"),
        "agency_responsible": case.lead.name if case.lead and shown else "",
        "service_notice": "",
        "requested_datetime": _moment(case.opened_at),
        "updated_datetime": _moment(case.closed_at or case.handled_at or case.filed_at or case.opened_at),
        "expected_datetime": _moment(case.due_at),
        "address": mask_text(case.address) if shown else (case.area.name if case.area else ""),
        "address_id": case.area.code if case.area else "",
        "zipcode": "",
        "lat": float(case.lat) if case.lat is not None else None,
        "long": float(case.lon) if case.lon is not None else None,
        "media_url": f"{site}open311/v2/media/{photo}.jpg" if photo and shown else "",
    }


def request_rows(cases: list[Case], site: str) -> list[dict[str, Any]]:
    """Requests with their first photo, in two further queries however many."""
    names = {one["service_code"]: one["service_name"] for one in services()}
    hung = Attachment.objects.filter(case__in=cases, file__is_photo=True).order_by("-pk").values_list("case_id", "pk")
    return [request_row(one, names, site, dict(hung)) for one in cases]


def update_rows(case: Case) -> list[dict[str, Any]]:
    """The steps of a case as updates: what was done, without the words of those who did it."""
    type_ = type_of(case)
    closed = {one.id for one in type_.states if one.kind == "closed"}
    return [
        {
            "update_id": f"{case.number}-{one.number}",
            "service_request_id": case.number,
            "status": "closed" if one.after in closed else "open",
            "updated_datetime": _moment(one.at),
            "description": one.title,
            "media_url": "",
        }
        for one in case.steps.order_by("number")
    ]


def _moment(at: Any) -> str | None:
    return at.astimezone(CHINA).isoformat(timespec="seconds") if at else None
