"""Who and what a step names: lead, assisting units, holder, category, the accused, each where it may stand."""

from collections.abc import Iterable

from chuangwen.kernel.fields import WrongAnswers
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kit.rows import by_keys, rows_where
from chuangwen.records.township.models import Organisation
from chuangwen.work.cases.definitions import CaseTypeRow
from chuangwen.work.cases.models import Case, Category, UnitKey
from chuangwen.work.cases.seeing import is_accused
from chuangwen.work.cases.stride import Stride


class AccusedHandles(Refusal):
    """What is said of a unit is never given to that unit."""

    code = "accused_handles"
    sentence = later("{unit}是被反映的单位，{case}不能由它或它下面的单位主办、协办。请另选单位。")
    status = 422


def name_units(stride: Stride) -> None:
    """Let the step's answers name who answers for the case."""
    case, answers, lists = stride.case, stride.answers, stride.lists
    if code := answers.get("category"):
        set_category(case, lists.categories[code])
    if code := answers.get("unit"):
        if case.lead_id != lists.units[code].pk:
            case.holder = None
        case.lead = lists.units[code]
    elif stride.move.does in {"dispatch", "file"} and case.lead is None:
        case.lead = default_unit(stride.type, case.category)
    if code := answers.get("person"):
        case.holder = lists.people[code]
    if "assist" in answers:
        stride.assisting = [lists.units[one] for one in answers["assist"] if lists.units[one].pk != case.lead_id]
    if stride.type.type.conceals and (code := answers.get(stride.type.type.conceals)):
        case.accused = lists.units[code]
    _keep_the_accused_out(stride)
    _holder_belongs_to_the_lead(stride)


def _holder_belongs_to_the_lead(stride: Stride) -> None:
    """Whoever is named to act for the lead works there; else nobody could take the next move."""
    case = stride.case
    if case.holder is None or case.lead is None or case.holder.organisation_id == case.lead_id:
        return
    if not stride.answers.get("person"):
        case.holder = None
        return
    told = say("{name}不是{unit}的人，请从{unit}里另选，或留空", name=case.holder.name, unit=case.lead.name)
    raise WrongAnswers({"person": told})


def _keep_the_accused_out(stride: Stride) -> None:
    """A unit that is accused neither leads nor assists. Named in this step it is refused; named before, it leaves."""
    case = stride.case
    if case.accused is None:
        return
    if is_accused(case.lead, case.accused):
        if stride.answers.get("unit") or case.dispatched_at or stride.move.does == "dispatch":
            raise AccusedHandles(unit=case.accused.name, case=_called(case))
        case.lead, case.holder = None, None
    if case.holder is not None and is_accused(case.holder.organisation, case.accused):
        if stride.answers.get("person"):
            raise AccusedHandles(unit=case.accused.name, case=_called(case))
        case.holder = None
    refuse_accused(case, stride.assisting or ())
    if stride.assisting is None and case.pk:
        rows = list(case.assisting.all())
        kept = [one for one in rows if not is_accused(one, case.accused)]
        stride.assisting = kept if len(kept) < len(rows) else None


def refuse_accused(case: Case, units: Iterable[Organisation]) -> None:
    """Refuse units that may not even know of the case."""
    if any(is_accused(one, case.accused) for one in units):
        raise AccusedHandles(unit=case.accused.name if case.accused else "", case=_called(case))


def _called(case: Case) -> str:
    return case.number or say("这件事")


def set_category(case: Case, category: Category) -> None:
    """The category brings its campaign and its urgency."""
    case.category = category.code
    case.campaign = category.campaign
    case.urgent = case.urgent or category.urgent


def default_unit(type_: CaseTypeRow, category: str) -> Organisation | None:
    """The unit that this town has set for the category, for its upper category, or for the type."""
    mine = _of_table(type_, category)
    upper = _of_table(type_, mine.parent) if mine else None
    wanted = [key for key in (mine and mine.unit_key, upper and upper.unit_key, type_.type.unit) if key]
    units = {one.key: one.organisation_id for one in rows_where(UnitKey, "key", wanted)}
    chosen = next((units[key] for key in wanted if key in units), None)
    return by_keys(Organisation, [chosen]).get(chosen)


def _of_table(type_: CaseTypeRow, code: str) -> Category | None:
    rows = rows_where(Category, "code", [code or None], also={"table": type_.type.categories})
    return rows[0] if rows else None
