"""The case types in force, parsed once: an installed edition never changes."""

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.kit.rows import rows_where
from chuangwen.work.cases.definitions import CaseTypeRow
from chuangwen.work.cases.models import Case, CaseType


class NoSuchType(Refusal):
    code = "no_such_type"
    sentence = later("没有“{kind}”这种事项，或已停用。请从列表里选一种。")
    status = 404


# Parsed editions by digest: rows are read with their content deferred, so that only a miss loads it.
_PARSED: dict[str, CaseTypeRow] = {}


def definition(row: CaseType) -> CaseTypeRow:
    """What the edition declares."""
    found = _PARSED.get(row.digest)
    if found is None:
        found = _PARSED[row.digest] = CaseTypeRow.model_validate(row.content)
    return found


def type_of(case: Case) -> CaseTypeRow:
    """The edition that the case was opened under."""
    return definition(case.type)


def in_force(kind: str) -> CaseType:
    """The edition under which new cases of this kind are opened."""
    found = rows_where(CaseType, "code", [kind], also={"in_force": True, "retired": False}, without=("content",))
    if not found:
        raise NoSuchType(kind=kind[:40])
    return found[0]


def all_in_force() -> list[CaseType]:
    """Every kind in force, in the town's order."""
    return list(CaseType.objects.defer("content").filter(in_force=True).order_by("order", "code"))


def for_materials() -> tuple[str, str] | None:
    """The kind and the opening by which a unit is asked for a required material, if the packs declare one."""
    for row in all_in_force():
        head = definition(row).type
        if head.material:
            return row.code, head.material
    return None


def for_gaps() -> tuple[str, str] | None:
    """The kind and the opening by which a loss of points becomes a case, if the packs declare one."""
    for row in all_in_force():
        head = definition(row).type
        if head.gap:
            return row.code, head.gap
    return None
