"""The named cast of the tests: a small town with its units, roles and people.

李敏 office · 王建国 market station · 刘芳 village secretary · 张强 inspector · 周正 discipline · 陈静 archivist ·
赵磊 system administrator · 钱安 security administrator · 孙悦 outsider.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from chuangwen.records.township.actors import Actor, actor_for
from chuangwen.records.township.models import (
    Assignment,
    Organisation,
    OrganisationKind,
    Person,
    RoleDefinition,
    Site,
    Town,
)
from chuangwen.records.township.permissions import Permission, Scope

AT = datetime(2021, 10, 14, 1, 30, tzinfo=UTC)
TODAY = date(2021, 10, 14)
PASSWORD = "Ma-Tou-2021"

KINDS = [
    ("town", "镇", 0, []),
    ("unit", "办所", 1, ["town"]),
    ("village", "村", 1, ["town"]),
    ("group", "组", 2, ["village"]),
]
UNITS = [
    ("T", "张沟镇", "town", None),
    ("office", "创文办", "unit", "T"),
    ("market", "市监所", "unit", "T"),
    ("discipline", "纪委", "unit", "T"),
    ("archive", "档案室", "unit", "T"),
    ("V1", "先锋村", "village", "T"),
    ("V1-1", "先锋村一组", "group", "V1"),
    ("V1-2", "先锋村二组", "group", "V1"),
    ("V10", "先锋新村", "village", "T"),
    ("V2", "联盟村", "village", "T"),
]
SEE = [one.value for one in Permission if one.name.startswith("SEE_") and one is not Permission.SEE_LEDGER]
WORK = ["work_cases"]
ADD = ["add_documents"]
RECORD = [one.value for one in Permission if one.name.startswith(("RECORD_", "GRADE_"))]
STEER = ["edit_framework", "edit_plan", "assign_duties", "run_rounds", "close_rounds", "export_lists"]
ROLES: list[tuple[str, str, list[str], str, bool]] = [
    (
        "office",
        "创文办",
        [
            *SEE,
            *RECORD,
            *STEER,
            *WORK,
            "steer_cases",
            "know_reporters",
            "know_restricted",
            "plan_rotas",
            *ADD,
            "release_documents",
            "review_releases",
            "compose_submission",
            "plan_rotas",
        ],
        "all",
        False,
    ),
    (
        "leader",
        "镇领导",
        [*SEE, *WORK, "export_lists", "know_restricted", "sign_submission", "approve_destruction", "review_releases"],
        "all",
        False,
    ),
    ("contact", "包村干部", [*SEE, *WORK, *ADD, "record_observations"], "chosen", False),
    ("station", "站所", [*SEE, *WORK, *ADD, "record_figures", "know_reporters"], "own", False),
    ("village", "村", [*SEE, *WORK, *ADD, "record_observations", "record_figures", "know_reporters"], "below", False),
    (
        "inspector",
        "考察员",
        ["see_framework", "see_rows", "record_observations", "see_cases", *WORK, *ADD],
        "rows",
        False,
    ),
    (
        "discipline",
        "纪委监督",
        [*SEE, *WORK, "record_events", "know_reporters", "know_restricted", "guard_cases"],
        "all",
        False,
    ),
    (
        "archivist",
        "档案员",
        ["see_framework", "see_rows", "grade_material", "see_archive", *ADD, "keep_archive"],
        "all",
        False,
    ),
    ("sysadmin", "系统管理员", ["manage_system", "manage_people", "see_people"], "all", True),
    ("secadmin", "安全管理员", ["manage_roles", "see_people"], "all", True),
    ("auditor", "审计管理员", ["see_ledger"], "all", True),
]
CAST = [
    ("limin", "李敏", "office", "主任", "office"),
    ("wangjianguo", "王建国", "market", "所长", "station"),
    ("liufang", "刘芳", "V1", "村支书", "village"),
    ("zhangqiang", "张强", "office", "考察员", "inspector"),
    ("zhouzheng", "周正", "discipline", "书记", "discipline"),
    ("chenjing", "陈静", "archive", "档案员", "archivist"),
    ("zhaolei", "赵磊", "office", "系统管理员", "sysadmin"),
    ("qianan", "钱安", "office", "安全管理员", "secadmin"),
    ("zhengming", "郑明", "discipline", "审计员", "auditor"),
    ("sunyue", "孙悦", "T", "", ""),
]


@dataclass
class Cast:
    """The town's people by user name, its units and roles by code."""

    units: dict[str, Organisation]
    roles: dict[str, RoleDefinition]
    people: dict[str, Person]

    def actor(self, username: str) -> Actor:
        """The person as an actor, with the rights of this moment."""
        return actor_for(Person.objects.get(username=username))


def settle() -> Cast:
    """Found the small town in the database: ten units, eleven roles, ten people. Nobody has a password yet."""
    Town.objects.create(code="429004110", name="张沟镇", full_name="仙桃市张沟镇", office_name="创文办")
    OrganisationKind.objects.bulk_create(
        OrganisationKind(code=code, title=title, level=level, parents=parents) for code, title, level, parents in KINDS
    )
    units: dict[str, Organisation] = {}
    for order, (code, name, kind, parent) in enumerate(UNITS):
        over = units[parent] if parent else None
        path = f"{over.path if over else '/'}{code}/"
        units[code] = Organisation.objects.create(
            code=code, name=name, short=name, kind_id=kind, parent=over, path=path, order=order
        )
    roles = {
        code: RoleDefinition(
            code=code, title=title, permissions=permissions, scope=scope, administrative=administrative, order=order
        )
        for order, (code, title, permissions, scope, administrative) in enumerate(ROLES)
    }
    RoleDefinition.objects.bulk_create(roles.values())
    people = {
        username: Person(
            username=username, name=name, organisation=units[unit], post=post, phone="19900012345", joined_at=AT
        )
        for username, name, unit, post, _role in CAST
    }
    Person.objects.bulk_create(people.values())
    Assignment.objects.bulk_create(
        Assignment(
            person=people[username], role=roles[role], scope="", administrative=roles[role].administrative, given_at=AT
        )
        for username, *_, role in CAST
        if role
    )
    return Cast(units=units, roles=roles, people=people)


def hold(
    person: Person, role: RoleDefinition, *, scope: Scope | None = None, chosen: tuple[Organisation, ...] = ()
) -> Assignment:
    """Let a person hold a role, without asking anybody."""
    held = Assignment.objects.create(
        person=person, role=role, scope=scope or "", administrative=role.administrative, given_at=AT
    )
    held.chosen.set(chosen)
    return held


def site(code: str, unit: Organisation, *, type_code: str = "P01", name: str = "") -> Site:
    """A site of a unit."""
    return Site.objects.create(code=code, name=name or f"点位{code}", type_code=type_code, organisation=unit)


def with_password(person: Person, password: str = PASSWORD) -> Person:
    """Give a person a password that is already one's own."""
    person.set_password(password)
    person.save(update_fields=["password"])
    return person
