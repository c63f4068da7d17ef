"""Required materials of a round: what serves each, how it was graded, whether the grade counts. All counts come from here.

A grade counts while every document that it graded still serves the requirement in the version that was graded. Any
other grade counts as unknown (ADR 40).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from chuangwen.kernel.figures import Figure, day_text, declare
from chuangwen.kernel.words import later, say
from chuangwen.records.archive.serving import Serving, requirement_key, serving
from chuangwen.records.measures.models import Grade, Round
from chuangwen.records.standards.models import Edition, Requirement
from chuangwen.records.standards.papers import without_document


class Standing(StrEnum):
    """How a required material stands in a round. Each has exactly one."""

    COUNTED = "counted"
    UNGRADED = "ungraded"
    MISSING = "missing"
    BARE = "bare"
    GONE = "gone"
    REPLACED = "replaced"

    @property
    def label(self) -> str:
        return say(_LABELS[self.value])

    @property
    def tone(self) -> str:
        """The colour that goes with the word."""
        return {"counted": "good", "ungraded": "open", "missing": "bad"}.get(self.value, "warn")


_LABELS = {
    "counted": later("计分"),
    "ungraded": later("有资料，未评"),
    "missing": later("没有资料"),
    "bare": later("评定时没有资料，不计分"),
    "gone": later("所评的资料已取消关联或不能再用，不计分"),
    "replaced": later("所评的资料换了新版，不计分"),
}
UNPROVEN = frozenset({Standing.BARE, Standing.GONE, Standing.REPLACED})


@dataclass(frozen=True)
class Material:
    """One requirement in one round."""

    requirement: Requirement
    documents: Sequence[Serving]
    grade: Grade | None
    standing: Standing
    needs_document: bool = True

    @property
    def is_gradable(self) -> bool:
        return bool(self.documents) or not self.needs_document

    @property
    def stamp(self) -> str:
        """What was looked at, so that a grade given on an old page is not taken for another version."""
        return stamp_of(self.documents)


def stamp_of(documents: Iterable[Serving]) -> str:
    """One short word for the versions of these documents."""
    return "-".join(f"{one.document}.{one.stamp[:12]}" for one in documents)


REQUIRED = declare(
    "materials.required", later("要求的材料"), later("本轮各测评体系的材料要求，每项算一个"), opens="/materials/"
)
SERVED = declare(
    "materials.served",
    later("有资料的材料"),
    later("至少有一份资料：关联到这项要求（或关联到它的标准、类型相符），属于本年度，没有作废，没有密级标志，文件还在"),
    opens="/materials/?state=served",
)
MISSING = declare(
    "materials.missing",
    later("没有资料的材料"),
    later("要求资料而一份也没有的材料要求"),
    opens="/materials/?state=missing",
)
GRADED = declare("materials.graded", later("评过的材料"), later("有评定的材料要求，计分的和不计分的"))
COUNTED = declare(
    "materials.counted",
    later("评定并计分的材料"),
    later("有评定，而且所评的每一份资料都还在、还是所评的那一版"),
    opens="/materials/?state=counted",
)
UNGRADED = declare(
    "materials.ungraded",
    later("有资料、未评的材料"),
    later("有资料而没有评定的材料要求"),
    opens="/materials/?state=ungraded",
)
NOT_COUNTED = declare(
    "materials.unproven",
    later("评了但不计分的材料"),
    later("评定时没有资料，或者所评的资料取消关联、作废、换了新版：按未知计，锁定后按 0 分计"),
    opens="/materials/?state=unproven",
)


@dataclass(frozen=True)
class MaterialCounts:
    """How many materials are required, and how they stand. ``required`` = ``served`` + ``missing`` + ``exempt``, and also

    = ``counted`` + ``unproven`` + ``ungraded`` + those missing without a grade.
    """

    required: int = 0
    served: int = 0
    missing: int = 0
    exempt: int = 0
    graded: int = 0
    counted: int = 0
    unproven: int = 0
    ungraded: int = 0

    def figures(self, round_: Round, on: date) -> dict[str, Figure]:
        """The counts of a whole round under their names, as pages show them."""
        told = (
            (REQUIRED, self.required),
            (SERVED, self.served),
            (MISSING, self.missing),
            (GRADED, self.graded),
            (COUNTED, self.counted),
            (UNGRADED, self.ungraded),
            (NOT_COUNTED, self.unproven),
        )
        scope = f"round:{round_.code}"
        return {kind.id.partition(".")[2]: Figure(kind, count, scope, day_text(on)) for kind, count in told}


def editions_of(round_: Round) -> list[Edition]:
    """The round's main edition, then its companion, without their content."""
    wanted = [one for one in (round_.edition_id, round_.companion_id) if one]
    found = Edition.objects.defer("content").in_bulk(wanted)
    return [found[one] for one in wanted]


def materials_of(round_: Round, editions: Sequence[Edition] = ()) -> list[Material]:
    """Every required material of the round, or of some of its editions, in their order; in a fixed number of queries."""
    wanted = list(editions) or editions_of(round_)
    order = [one.pk for one in wanted]
    rows = list(Requirement.objects.filter(edition__in=order).select_related("node").order_by("position"))
    rows.sort(key=lambda one: order.index(one.edition_id))
    grades = {one.requirement_id: one for one in Grade.objects.filter(round=round_)}
    served = serving(wanted, round_.year)
    exempt = {one.pk: without_document(one) for one in wanted}
    found = [
        _material(row, served.get(requirement_key(row), []), grades.get(row.pk), exempt[row.edition_id]) for row in rows
    ]
    return _as_frozen(found, frozen_grades(round_)) if round_.closed_at else found


def _as_frozen(materials: Iterable[Material], frozen: Mapping[int, Mapping[str, str]]) -> list[Material]:
    """In a closed round those grades count that counted when it was closed, whatever became of the documents."""
    return [
        replace(
            one,
            standing=Standing.COUNTED
            if one.requirement.code in frozen.get(one.requirement.edition_id, ())
            else Standing.BARE,
        )
        if one.grade is not None
        else one
        for one in materials
    ]


def frozen_grades(round_: Round) -> dict[int, dict[str, str]]:
    """The grades that counted when a round was closed, by edition and code of the requirement."""
    frozen = Round.objects.values_list("frozen", flat=True).get(pk=round_.pk) or {}
    return {int(edition): said["grades"] for edition, said in frozen.get("inputs", {}).items()}


def _material(row: Requirement, documents: list[Serving], grade: Grade | None, exempt: frozenset[str]) -> Material:
    needs = row.code not in exempt
    if grade is not None:
        standing = standing_of(grade.proof, documents, needs_document=needs)
    else:
        standing = Standing.UNGRADED if documents or not needs else Standing.MISSING
    return Material(row, documents, grade, standing, needs)


def standing_of(proof: Mapping[str, str], documents: Iterable[Serving], *, needs_document: bool = True) -> Standing:
    """Whether a grade that was given on these versions (by document) counts, with what serves the requirement now."""
    if not needs_document:
        return Standing.COUNTED
    if not proof:
        return Standing.BARE
    now = {str(one.document): one.stamp for one in documents}
    if any(key not in now for key in proof):
        return Standing.GONE
    return Standing.COUNTED if all(now[key] == stamp for key, stamp in proof.items()) else Standing.REPLACED


def proven_grades(round_: Round, edition: Edition) -> dict[str, str]:
    """The grades that count, by the code of the requirement: the only grades of which the score knows."""
    if round_.closed_at:
        return frozen_grades(round_).get(edition.pk, {})
    rows = Grade.objects.filter(round=round_, requirement__edition=edition)
    given = list(rows.values_list("requirement__code", "grade", "proof"))
    if not given:
        return {}
    served, exempt = serving([edition], round_.year), without_document(edition)
    return {
        code: grade
        for code, grade, proof in given
        if standing_of(proof, served.get(f"{edition.pk}:{code}", []), needs_document=code not in exempt)
        is Standing.COUNTED
    }


def counts_of(materials: Iterable[Material]) -> MaterialCounts:
    """The named counts of some materials."""
    materials = list(materials)
    standing = Counter(one.standing for one in materials)
    unproven = sum(standing[one] for one in UNPROVEN)
    return MaterialCounts(
        required=len(materials),
        served=sum(bool(one.documents) for one in materials),
        missing=sum(not one.is_gradable for one in materials),
        exempt=sum(one.is_gradable and not one.documents for one in materials),
        graded=standing[Standing.COUNTED] + unproven,
        counted=standing[Standing.COUNTED],
        unproven=unproven,
        ungraded=standing[Standing.UNGRADED],
    )


def material_counts(round_: Round, editions: Sequence[Edition] = ()) -> MaterialCounts:
    """The named counts of a round: of all its editions, or of some."""
    return counts_of(materials_of(round_, editions))


def unproven(rounds: Iterable[Round]) -> list[tuple[Round, Material]]:
    """Grades that do not count, of rounds that are open: a closed one stays as it was."""
    return [
        (one, found)
        for one in rounds
        if one.closed_at is None
        for found in materials_of(one)
        if found.standing in UNPROVEN
    ]
