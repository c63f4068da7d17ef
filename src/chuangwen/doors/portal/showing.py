"""What the public may see of cases: verified ones of public types, their steps without the words of those who did them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from chuangwen.kernel.fields import Kind
from chuangwen.kernel.masking import mask_text
from chuangwen.kernel.refusal import Refusal
from chuangwen.records.township.models import Organisation
from chuangwen.work.cases import queries
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.models import Attachment, Case, CaseType, Category, Phase, Purpose, Reporter
from chuangwen.work.cases.placing import read_place
from chuangwen.work.cases.types import all_in_force, definition, type_of

MOST = 30
TOLD = {"reply", "decline", "close", "call_back"}
"""Steps whose words are an answer to the public; those of other steps stay inside."""


def public_kinds() -> list[tuple[CaseType, CaseTypeRow]]:
    """The types that residents may open here."""
    rows = [(row, definition(row)) for row in all_in_force() if row.public and not row.guard]
    return [(row, type_) for row, type_ in rows if any("@resident" in one.who for one in type_.openings)]


def opening_of(type_: CaseTypeRow) -> MoveRow:
    """The opening by which a resident reports this kind of matter."""
    return next(one for one in type_.openings if "@resident" in one.who)


INPUTS = {Kind.INTEGER: "number", Kind.DATE: "date"}


def asked_of(type_: CaseTypeRow, said: QueryDict, wrong: Mapping[str, str]) -> list[dict[str, Any]]:
    """What this kind of matter asks a resident beside photo, place and text, with what was typed before."""
    move = opening_of(type_)
    return [
        {
            "row": row,
            "name": f"f-{row.id}",
            "required": row.required or row.id in move.needs,
            "values": said.getlist(f"f-{row.id}"),
            "value": said.get(f"f-{row.id}", ""),
            "input": INPUTS.get(row.kind, "text"),
            "wrong": wrong.get(row.id, ""),
        }
        for row in type_.resident_fields(move)
    ]


def categories_of(type_: CaseTypeRow) -> list[dict[str, Any]]:
    """Upper categories of a kind with their lower ones."""
    rows = list(Category.objects.filter(table=type_.type.categories, retired=False).order_by("order"))
    tops = [one for one in rows if not one.parent]
    return [{"top": top, "lower": [one for one in rows if one.parent == top.code]} for top in tops]


def public_cases() -> QuerySet[Case]:
    """Verified, unguarded, nobody accused, not merged."""
    kinds = [row.code for row, _ in public_kinds()]
    rows = Case.objects.filter(kind__in=kinds, guard="", accused=None, merged_into=None, filed_at__isnull=False)
    return rows.select_related("type", "lead", "area").defer("type__content", "clocks", "hidden", "did", "answers")


def near_cases(area: Organisation | None, lon: str, lat: str) -> list[dict[str, Any]]:
    """The last reports of a village, or about a position, or of the whole town."""
    rows = public_cases()
    if area is not None:
        rows = rows.filter(area=area)
    elif lon and lat:
        try:
            place = read_place(lon, lat, "wgs84")
        except Refusal:
            return []
        step = type(place.lon)("0.01")
        rows = rows.filter(
            lon__range=(place.lon - step, place.lon + step), lat__range=(place.lat - step, place.lat + step)
        )
    found = list(rows.order_by("-opened_at")[:MOST])
    hung = Attachment.objects.filter(case__in=found, file__is_photo=True).order_by("-pk").values_list("case_id", "pk")
    photos = dict(hung)
    return [
        {
            "case": one,
            "title": mask_text(one.title),
            "state": type_of(one).state(one.state).title,
            "tone": type_of(one).state(one.state).tone,
            "photo": photos.get(one.pk),
            "open": one.phase != Phase.CLOSED,
        }
        for one in found
    ]


def followed(reporter: Reporter) -> dict[str, Any]:
    """What a reporter sees of the own matter; of a merged one, the case that goes on."""
    case = reporter.case.merged_into or reporter.case
    case = Case.objects.select_related("type", "lead", "area").get(pk=case.pk)
    type_ = type_of(case)
    family = queries.family(case)
    steps = [
        {
            "at": one.at,
            "title": one.title,
            "unit": one.unit,
            "text": _answer(one.does, one.text, one.answers, case.pk == one.case_id),
        }
        for one in family.steps
        if one.does not in {"step", "ask_extension", "refuse_extension", "merged", "calendar"}
    ]
    object_move = next((one for one in type_.moves if one.does == "object" and "@resident" in one.who), None)
    may_object = bool(object_move and case.state in object_move.sources and object_move.id not in case.did)
    return {
        "case": case,
        "title": case.title if case.pk == reporter.case_id else mask_text(case.title),
        "merged": case.pk != reporter.case_id,
        "state": type_.state(case.state),
        "steps": steps,
        "photos": [
            one for one in family.attachments if one.purpose == Purpose.AFTER and one.file.is_photo and case.filed_at
        ],
        "answered": case.replied_at is not None or case.phase == Phase.CLOSED,
        "may_object": may_object,
    }


def _answer(does: str, text: str, answers: dict[str, Any], own: bool) -> str:  # noqa: FBT001 - a plain fact
    if does not in TOLD or not own:
        return ""
    return mask_text(str(answers.get("reply") or text))
