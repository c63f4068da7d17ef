"""Cases about required materials: what is handed in becomes documents of the archive, a grade goes into the round."""

from collections.abc import Sequence
from datetime import date, datetime

from chuangwen.kernel.dates import day_of
from chuangwen.kernel.fields import Kind
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.archive.arriving import Incoming, Road, bring_together
from chuangwen.records.archive.document_actions import Facts, Serves, put_to_use
from chuangwen.records.archive.models import UseKind
from chuangwen.records.archive.queries import kind_called
from chuangwen.records.archive.serving import serving_one
from chuangwen.records.duties.models import Duty
from chuangwen.records.measures.grading_actions import grade as give_grade
from chuangwen.records.measures.models import Round
from chuangwen.records.standards.models import Requirement
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By
from chuangwen.records.township.models import Organisation
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.models import Case, CaseLink
from chuangwen.work.cases.said import Link, Said
from chuangwen.work.cases.stride import Stride


class NoRequirement(Refusal):
    """A case about a material that nobody said which one it is."""

    code = "no_requirement"
    sentence = later("没有关联材料要求，不知道是哪一份材料。请从“材料评定”或“网上申报”页面发起报审。")
    status = 422


class NothingHandedIn(Refusal):
    code = "nothing_handed_in"
    sentence = later("“{title}”还没有交任何资料。请附上文件，或先在资料档案里把已有的资料关联到这项材料要求。")
    status = 422


def is_about_material(type_: CaseTypeRow) -> bool:
    """Whether cases of this type are each about one required material."""
    return bool(type_.type.material)


def require_link(type_: CaseTypeRow, links: Sequence[Link]) -> None:
    """Such a case is opened for a requirement, never for nothing."""
    if is_about_material(type_) and not any(one.kind == UseKind.REQUIREMENT for one in links):
        raise NoRequirement


def bringer(move: MoveRow, by: By) -> Organisation | None:
    """The unit that hands in of its own accord leads the case."""
    return by.organisation if move.does == "hand_in" and isinstance(by, Actor) else None


def answering(type_: CaseTypeRow, move: MoveRow, links: Sequence[Link]) -> Organisation | None:
    """For a loss of points the unit that leads the duty for the linked standard; else nobody that is known here."""
    if move.id != type_.type.gap:
        return None
    for link in links:
        edition, _sep, code = link.key.partition(":")
        if link.kind == UseKind.STANDARD and edition.isdigit():
            rows = Duty.objects.filter(standard__edition=int(edition), standard__code=code).select_related("lead")
            if (duty := rows.first()) is not None and duty.lead.closed is None:
                return duty.lead
    return None


def requirement_of(case: Case) -> Requirement:
    """The requirement that the case is about."""
    link = CaseLink.objects.filter(case=case, kind=UseKind.REQUIREMENT).first()
    edition, _sep, code = (link.key if link else "").partition(":")
    rows = Requirement.objects.select_related("node", "edition").defer("edition__content")
    found = rows.filter(edition=int(edition), code=code).first() if edition.isdigit() else None
    if found is None:
        raise NoRequirement
    return found


def grades_for(case: Case | None, type_: CaseTypeRow, move: MoveRow) -> list[str]:
    """The grades that a move may give: the scale of the linked requirement's edition; none where no grade is asked."""
    if case is None or not any(row.kind is Kind.GRADE for row in type_.fields_of(move)):
        return []
    rows = Requirement.objects.filter(pk=requirement_of(case).pk)
    scale = rows.values_list("edition__content__framework__grades", flat=True).get()
    return [one["grade"] for one in scale]


def carry_out(stride: Stride, said: Said, *, by: By, at: datetime) -> None:
    """What such a move does outside the case; called inside the action that takes the move."""
    if stride.move.does == "hand_in":
        _hand_in(stride, said, by=by, at=at)
    elif stride.move.does == "grade":
        _grade(stride, said, by=by, at=at)


def _hand_in(stride: Stride, said: Said, *, by: By, at: datetime) -> None:
    """The files become one document that serves the requirement; without files one must serve it already."""
    case, row = stride.case, requirement_of(stride.case)
    key = f"{row.edition_id}:{row.code}"
    files = [*said.photos, *said.files]
    if not files:
        round_ = _round_of(case, row)
        if not serving_one(row, round_.year if round_ else day_of(at).year):
            raise NothingHandedIn(title=row.title)
        return
    answers = stride.answers
    facts = Facts(
        title=str(answers.get("title") or row.title),
        kind=kind_called(row.kind),
        number=str(answers.get("number", "")),
        issuer=str(answers.get("issuer", "")),
        dated=_day(answers.get("dated")),
    )
    unit = case.lead or stride.lists.units.get(str(answers.get("unit", "")))
    if unit is None:
        raise NoRequirement
    incoming = Incoming(case.number, unit, Road.CASE, inside=case.number)
    document = bring_together(files, facts, incoming, f"case-{case.number}-{case.version}", by=by, at=at)
    standard = f"{row.edition_id}:{row.node.code}"
    year = _round_of(case, row)
    serves = [Serves(UseKind.REQUIREMENT, key, row.title), Serves(UseKind.STANDARD, standard, row.node.title)]
    serves += [Serves(UseKind.YEAR, str(year.year))] if year else []
    put_to_use(document, [*serves, Serves(UseKind.CASE, case.number, case.title)], by=by, at=at)


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _grade(stride: Stride, said: Said, *, by: By, at: datetime) -> None:
    """The reviewer's grade feeds the score of the round."""
    row = requirement_of(stride.case)
    round_ = _round_of(stride.case, row)
    if round_ is None:
        raise NoRequirement
    grade = next(str(stride.answers[one.id]) for one in stride.type.fields_of(stride.move) if one.kind is Kind.GRADE)
    give_grade(round_, row, grade, remark=said.text.strip(), by=by, at=at)


def _round_of(case: Case, row: Requirement) -> Round | None:
    """The round that the case names; else the newest of the edition."""
    named = CaseLink.objects.filter(case=case, kind="round").values_list("key", flat=True).first()
    rounds = Round.objects.defer("frozen").order_by("-opens", "-pk")
    if named:
        return rounds.filter(code=named).first()
    return rounds.filter(edition=row.edition_id).first() or rounds.filter(companion=row.edition_id).first()
