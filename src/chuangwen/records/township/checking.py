"""Reading township and town packs from their folders, with every problem told at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chuangwen.kernel.packfiles import Placed, into, read_csv, read_toml, tables, tell_cycles, tell_twice
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import say
from chuangwen.records.township.definitions import (
    CalendarRow,
    DeadlineRow,
    DutyRow,
    Head,
    KindRow,
    OrganisationRow,
    PersonRow,
    Retention,
    RetentionClassRow,
    RetentionRuleRow,
    RoleRow,
    SiteRow,
    SpanRow,
    TownPack,
    TownRow,
    TownshipPack,
    WorkgroupRow,
)


def _head(folder: Path, problems: Problems) -> Head | None:
    data = read_toml(folder, "pack.toml", problems)
    known = {key: data[key] for key in ("id", "edition", "title", "kind", "standing") if key in data}
    return into(Head, known, "pack.toml", 0, problems)


def read_township(folder: Path) -> tuple[TownshipPack | None, Problems]:
    """What any town needs: roles, kinds of units, calendar, retention, office hours."""
    problems = Problems()
    head = _head(folder, problems)
    roles = tables(read_toml(folder, "roles.toml", problems), "role", RoleRow, "roles.toml", problems)
    kinds = tables(
        read_toml(folder, "organisation_kinds.toml", problems), "kind", KindRow, "organisation_kinds.toml", problems
    )
    retention = read_toml(folder, "retention.toml", problems)
    spans = tables(read_toml(folder, "office_hours.toml", problems), "span", SpanRow, "office_hours.toml", problems)
    calendar = read_csv(folder, "calendar.csv", CalendarRow, problems)
    classes = tables(retention, "class", RetentionClassRow, "retention.toml", problems)
    rules = tables(retention, "rule", RetentionRuleRow, "retention.toml", problems)
    _check_roles(roles, problems)
    _check_kinds(kinds, problems)
    check_calendar(calendar, "calendar.csv", problems)
    for rule in rules:
        if rule.retention_class not in {one.id for one in classes}:
            what = say("没有保管期限“{id}”", id=rule.retention_class)
            problems.add(file="retention.toml", column="class", what=what, cure=say("请先在 [[class]] 里写上。"))
    if problems or head is None:
        return None, problems
    days = tuple(placed.row for placed in calendar)
    kept = Retention(classes=classes, rules=rules)
    pack = TownshipPack(pack=head, kinds=kinds, roles=roles, calendar=days, retention=kept, office_hours=spans)
    return pack, problems


def _check_roles(roles: tuple[RoleRow, ...], problems: Problems) -> None:
    ids = [role.id for role in roles]
    _tell_repeated(ids, "roles.toml", problems)
    for role in roles:
        for other in role.excludes:
            if other not in ids:
                what = say("角色“{role}”排斥的“{other}”不存在", role=role.id, other=other)
                problems.add(file="roles.toml", column="excludes", what=what, cure=say("请改正角色编号。"))


def _check_kinds(kinds: tuple[KindRow, ...], problems: Problems) -> None:
    ids = [kind.id for kind in kinds]
    _tell_repeated(ids, "organisation_kinds.toml", problems)
    for kind in kinds:
        for parent in kind.parents:
            if parent not in ids:
                what = say("单位类别“{kind}”的上级“{parent}”不存在", kind=kind.id, parent=parent)
                problems.add(file="organisation_kinds.toml", column="parents", what=what, cure=say("请改正。"))


def _tell_repeated(ids: list[str], file: str, problems: Problems) -> None:
    for one in sorted({one for one in ids if ids.count(one) > 1}):
        problems.add(file=file, column="id", what=say("“{id}”出现了两次", id=one), cure=say("每个编号只能用一次。"))


def check_calendar(rows: Sequence[Placed], file: str, problems: Problems) -> None:
    """What no calendar can say: one day twice, a working day worked "in exchange"."""
    tell_twice(rows, "date", file, problems)
    for placed in rows:
        row: CalendarRow = placed.row
        if row.kind == "makeup" and row.date.weekday() < 5:
            what = say("{date} 本来就是工作日，不会是调休上班", date=row.date)
            problems.add(file=file, row=placed.line, column="date", what=what, cure=say("请核对放假通知。"))


def read_town(folder: Path) -> tuple[TownPack | None, Problems]:
    """One town: its units, people, workgroups, sites and duties."""
    problems = Problems()
    head = _head(folder, problems)
    town = _town(read_toml(folder, "town.toml", problems), problems)
    groups = tables(
        read_toml(folder, "workgroups.toml", problems), "workgroup", WorkgroupRow, "workgroups.toml", problems
    )
    organisations = read_csv(folder, "organisations.csv", OrganisationRow, problems)
    people = read_csv(folder, "people.csv", PersonRow, problems)
    sites = read_csv(folder, "sites.csv", SiteRow, problems)
    duties = read_csv(folder, "duties.csv", DutyRow, problems, needed=False)
    units = {placed.row.code for placed in organisations}
    usernames = {placed.row.username for placed in people}
    _check_units(organisations, problems)
    _check_people(people, units, problems)
    _check_sites(sites, units, problems)
    _check_duties(duties, units, usernames, problems)
    for group in groups:
        for unit in (group.lead, *group.members):
            if unit not in units:
                _unknown_unit("workgroups.toml", 0, "members", unit, problems)
    if problems or head is None or town is None:
        return None, problems
    rows = {
        "organisations": organisations,
        "people": people,
        "sites": sites,
        "duties": duties,
    }
    parts: dict[str, Any] = {name: tuple(placed.row for placed in found) for name, found in rows.items()}
    return TownPack(pack=head, town=town, workgroups=groups, **parts), problems


def _town(data: dict[str, Any], problems: Problems) -> TownRow | None:
    deadlines = tables(data, "deadline", DeadlineRow, "town.toml", problems)
    rest = {key: value for key, value in data.items() if key not in {"deadline"}}
    return into(TownRow, {**rest, "deadlines": deadlines}, "town.toml", 0, problems)


def _unknown_unit(file: str, line: int, column: str, unit: str, problems: Problems) -> None:
    problems.add(
        file=file,
        row=line,
        column=column,
        what=say("没有单位“{unit}”", unit=unit),
        cure=say("请先在 organisations.csv 里写上。"),
    )


def _check_units(rows: list[Placed], problems: Problems) -> None:
    tell_twice(rows, "code", "organisations.csv", problems)
    tell_cycles(rows, "organisations.csv", problems)
    for placed in rows:
        row: OrganisationRow = placed.row
        if row.region_code and not (row.region_code.isdigit() and len(row.region_code) == 12):
            what = say("区划代码“{code}”不是 12 位数字", code=row.region_code)
            problems.add(
                file="organisations.csv",
                row=placed.line,
                column="region_code",
                what=what,
                cure=say("请照统计用区划代码写。"),
            )


def _check_people(rows: list[Placed], units: set[str], problems: Problems) -> None:
    tell_twice(rows, "username", "people.csv", problems)
    for placed in rows:
        row: PersonRow = placed.row
        if row.organisation and row.organisation not in units:
            _unknown_unit("people.csv", placed.line, "organisation", row.organisation, problems)
        if row.phone and not (row.phone.isdigit() and len(row.phone) == 11):
            what = say("手机号“{phone}”不是 11 位数字", phone=row.phone)
            problems.add(file="people.csv", row=placed.line, column="phone", what=what, cure=say("请改正，或留空。"))


def _check_sites(rows: list[Placed], units: set[str], problems: Problems) -> None:
    tell_twice(rows, "code", "sites.csv", problems)
    for placed in rows:
        if placed.row.organisation not in units:
            _unknown_unit("sites.csv", placed.line, "organisation", placed.row.organisation, problems)


def _check_duties(rows: list[Placed], units: set[str], usernames: set[str], problems: Problems) -> None:
    tell_twice(rows, "target", "duties.csv", problems)
    for placed in rows:
        row: DutyRow = placed.row
        for unit in (row.lead, *row.assisting):
            if unit not in units:
                _unknown_unit("duties.csv", placed.line, "lead", unit, problems)
        if row.person and row.person not in usernames:
            what = say("没有账号“{person}”", person=row.person)
            problems.add(
                file="duties.csv", row=placed.line, column="person", what=what, cure=say("请先在 people.csv 里写上。")
            )
