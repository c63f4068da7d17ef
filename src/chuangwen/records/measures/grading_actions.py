"""Grading required materials, and locking them. A grade is given on the documents that serve the requirement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed
from chuangwen.records.archive.serving import Serving, requirement_key, serving
from chuangwen.records.ledger.actions import Thing, changes, note
from chuangwen.records.measures.material_queries import editions_of, material_counts, stamp_of
from chuangwen.records.measures.models import Grade, Round
from chuangwen.records.measures.policy import NotOfThisRound, why_not_grade
from chuangwen.records.standards.models import Edition, Requirement
from chuangwen.records.standards.papers import without_document
from chuangwen.records.township.gates import By, must
from chuangwen.records.township.permissions import Permission

NAMED = 5


class UnknownGrade(Refusal):
    """Grades come from the edition's scale."""

    code = "unknown_grade"
    sentence = later("没有“{grade}”这一档。可用的档：{grades}。")


class NothingToGrade(Refusal):
    """A grade says something of a document; without one there is nothing to say."""

    code = "nothing_to_grade"
    sentence = later(
        "{titles}没有可评的资料（要关联到这项材料要求，属于本年度，没有作废，没有密级标志）。"
        "请先向牵头单位要材料，或在资料档案里关联；没有资料的不用评，锁定后按 0 分计。"
    )


class DocumentsChanged(Refusal):
    """Between looking and grading somebody linked, unlinked or replaced a document."""

    code = "documents_changed"
    sentence = later("{titles}的资料在你打开页面之后变了。请看过现在的资料再评。")


@dataclass(frozen=True)
class Given:
    """A grade to give: ``seen`` is the stamp of the documents that were looked at (empty: those of this moment)."""

    requirement: Requirement
    grade: str
    remark: str = ""
    seen: str = ""


def grade(round_: Round, requirement: Requirement, grade_: str, *, by: By, at: datetime, remark: str = "") -> Grade:
    """A reviewer's grade of one requirement; a later grade replaces it, the ledger keeps both."""
    return grade_many(round_, [Given(requirement, grade_, remark)], by=by, at=at)[0]


@transaction.atomic
def grade_many(round_: Round, given: Sequence[Given], *, by: By, at: datetime) -> list[Grade]:
    """Grade several requirements, all or none. Each grade keeps which versions of which documents it was given on."""
    must(by, Permission.GRADE_MATERIAL)
    round_ = _as_it_stands(round_)
    if no := why_not_grade(round_):
        raise no
    if not given:
        return []
    _require_known(round_, given)
    editions = editions_of(round_)
    served = serving(editions, round_.year)
    _require_documents(given, served, editions)
    rows = Grade.objects.filter(round=round_, requirement__in=[one.requirement.pk for one in given])
    known = {one.requirement_id: one for one in rows}
    return [
        _write(
            known.get(one.requirement.pk) or Grade(round=round_, requirement=one.requirement), one, served, by=by, at=at
        )
        for one in given
    ]


def _as_it_stands(round_: Round) -> Round:
    """The round with its locks of this moment, not of when the page was opened."""
    return Round.objects.select_for_update(of=("self",)).defer("frozen").get(pk=round_.pk)


def _require_known(round_: Round, given: Sequence[Given]) -> None:
    """Each requirement belongs to the round, each grade to the scale of its edition."""
    wanted = [one for one in (round_.edition_id, round_.companion_id) if one]
    rows = Edition.objects.filter(pk__in=wanted).values_list("pk", "content__framework__grades")
    scales = {pk: [one["grade"] for one in scale] for pk, scale in rows}
    for one in given:
        scale = scales.get(one.requirement.edition_id)
        if scale is None:
            raise NotOfThisRound(thing=one.requirement.title, round=round_.title)
        if one.grade not in scale:
            raise UnknownGrade(grade=one.grade, grades=listed(scale))


def _require_documents(
    given: Sequence[Given], served: Mapping[str, Sequence[Serving]], editions: Sequence[Edition]
) -> None:
    """Each requirement that needs a document has one, and it is the one that was looked at."""
    exempt = {f"{one.pk}:{code}" for one in editions for code in without_document(one)}
    wanted = {requirement_key(one.requirement): one for one in given}
    bare = [one.requirement for key, one in wanted.items() if key not in served and key not in exempt]
    if bare:
        raise NothingToGrade(titles=_titles(bare))
    moved = [one.requirement for key, one in wanted.items() if one.seen and one.seen != stamp_of(served.get(key, []))]
    if moved:
        raise DocumentsChanged(titles=_titles(moved))


def _titles(requirements: Sequence[Requirement]) -> str:
    shown = "".join(f"“{one.code} {one.title}”" for one in requirements[:NAMED])
    return shown if len(requirements) <= NAMED else f"{shown}…（{len(requirements)}）"


def _write(row: Grade, one: Given, served: Mapping[str, Sequence[Serving]], *, by: By, at: datetime) -> Grade:
    documents = served.get(requirement_key(one.requirement), [])
    before = {"grade": row.grade, "note": row.note, "proof": row.proof} if row.pk else {}
    row.grade, row.note, row.proof = one.grade, one.remark, {str(one.document): one.stamp for one in documents}
    row.graded_by, row.graded_at = by.name, at
    row.save()
    old, new = changes(before, {"grade": row.grade, "note": row.note, "proof": row.proof})
    thing = Thing("grade", f"{row.round.code}/{one.requirement.code}", one.requirement.title)
    note(thing, later("评定材料"), by=by, at=at, before=old, after=new)
    return row


@transaction.atomic
def lock_material(round_: Round, *, by: By, at: datetime) -> None:
    """Lock the material submission: from now on a material without a grade that counts is worth 0."""
    must(by, Permission.RUN_ROUNDS)
    if no := why_not_grade(_as_it_stands(round_)):
        raise no
    round_.material_locked_at = at
    round_.save(update_fields=["material_locked_at"])
    counts = material_counts(round_)
    after = {"locked": at, "required": counts.required, "counted": counts.counted, "missing": counts.missing}
    note(Thing("round", round_.code, round_.title), later("锁定材料申报"), by=by, at=at, after=after)
