"""What a pack says about cases beside what is installed already: a pack that comes alone is held to the same words."""

from collections.abc import Sequence

from chuangwen.doors.packs.reading import Checked
from chuangwen.kernel.problems import Problem, Problems
from chuangwen.kernel.words import say
from chuangwen.records.township.definitions import TownshipPack
from chuangwen.records.township.models import Organisation, RoleDefinition
from chuangwen.work.cases.definitions import CaseContent, CategoryRow, RungRow, UnitRow
from chuangwen.work.cases.fitting import check_words
from chuangwen.work.cases.models import CaseType, Category, Rung, UnitKey
from chuangwen.work.cases.types import all_in_force, definition


def problems_beside(checked: Sequence[Checked]) -> list[Problem]:
    """What does not fit the installed town: kinds that another pack declares; and, without the township pack, every word."""
    problems = Problems()
    for one in checked:
        if one.pack is not None:
            _check_owners(one, one.pack.pack.id, problems)
    if not any(isinstance(one.pack, TownshipPack) for one in checked) and RoleDefinition.objects.exists():
        everything = _with_installed(checked)
        roles = list(RoleDefinition.objects.filter(retired=False).values_list("code", flat=True))
        units = list(Organisation.objects.filter(closed=None).values_list("code", flat=True))
        for one in checked:
            check_words(one.cases, everything, roles, units, problems)
    return list(problems)


def _check_owners(one: Checked, pack: str, problems: Problems) -> None:
    owners = dict(CaseType.objects.filter(in_force=True).exclude(pack=pack).values_list("code", "pack"))
    for row in one.cases.types:
        if row.type.id in owners:
            what = say("事项类型“{kind}”已由内容包“{pack}”提供", kind=row.type.id, pack=owners[row.type.id])
            problems.add(file=f"cases/{row.type.id}.toml", column="id", what=what, cure=say("请换一个 id。"))


def _with_installed(checked: Sequence[Checked]) -> CaseContent:
    new = [row for one in checked for row in one.cases.types]
    ids = {row.type.id for row in new}
    rungs = [row for one in checked for row in one.cases.rungs]
    return CaseContent(
        types=(*new, *(definition(row) for row in all_in_force() if row.code not in ids)),
        categories=(
            *(row for one in checked for row in one.cases.categories),
            *(CategoryRow(table=row.table, code=row.code, title=row.title) for row in Category.objects.all()),
        ),
        units=(
            *(row for one in checked for row in one.cases.units),
            *(UnitRow(key=row.key, unit="") for row in UnitKey.objects.all()),
        ),
        rungs=(*rungs, *(RungRow(ladder=row.ladder, id=row.code, title=row.title) for row in Rung.objects.all())),
    )
