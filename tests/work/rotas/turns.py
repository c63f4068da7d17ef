"""The cast's rotas: 领导接访 (Tuesdays and Thursdays, days off left out) and 夜间值守 (every night, held on days off too)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from chuangwen.kernel.problems import Problems
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.models import Holiday, Person
from chuangwen.work.rotas.actions import plan_shifts
from chuangwen.work.rotas.checking import read_rotas
from chuangwen.work.rotas.installing import install_rotas
from chuangwen.work.rotas.models import Rota, Shift
from tests.people import Cast, hold

AT = datetime(2021, 10, 11, 1, 0, tzinfo=UTC)  # Monday 9:00 in China
TURNS = """
[[rota]]
id = "reception"
title = "领导接访"
short = "接访"
on_duty = "接访领导"
purpose = "接待来访群众。"
law = "《信访工作条例》第十八条"
source = "推定值"
notice = "多人来访请推选代表。"
place = "便民服务大厅"
from = "08:30"
to = "11:30"
days = ["2", "4"]
least_a_month = 1
roles = ["leader"]
planners = ["office"]
public = true

[[rota]]
id = "watch"
title = "夜间值守"
short = "值守"
on_duty = "带班领导"
from = "20:00"
to = "06:00"
days = ["1", "2", "3", "4", "5", "6", "7"]
day_off = "hold"
roles = ["leader", "office"]
planners = ["discipline"]
"""
LEADERS = [("hewei", "何伟", "分管副镇长"), ("chengliqun", "程立群", "镇长"), ("xuwenjuan", "许文娟", "副书记")]


@dataclass
class Turns:
    """The town with its rotas and leaders: short sentences for tests."""

    cast: Cast
    rota: Rota
    watch: Rota
    at: datetime = field(default=AT)

    def people(self, *usernames: str) -> list[Person]:
        return [self.cast.people[one] for one in usernames]

    def plan(
        self,
        first: date = date(2021, 10, 1),
        last: date = date(2021, 10, 31),
        who: Sequence[str] = (),
        by: str = "limin",
    ) -> list[Shift]:
        """The office plans October with 何伟, 程立群 and 许文娟."""
        people = self.people(*(who or ("hewei", "chengliqun", "xuwenjuan")))
        return plan_shifts(self.rota, people, first, last, by=self.cast.actor(by), at=self.at)

    def on(self, day: date) -> Shift:
        return next(one for one in Shift.objects.select_related("rota", "person", "stand_in") if one.day == day)


def write_turns(folder: Path, text: str = TURNS) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "rotas.toml").write_text(text, encoding="utf-8")
    return folder


def set_up(cast: Cast, folder: Path) -> Turns:
    """Leaders, the national holidays of 2021, the rotas of the pack."""
    for username, name, post in LEADERS:
        person = Person.objects.create(
            username=username, name=name, organisation=cast.units["T"], post=post, phone="19900067890", joined_at=AT
        )
        cast.people[username] = person
        hold(person, cast.roles["leader"])
    for day in range(1, 8):
        Holiday.objects.get_or_create(date=date(2021, 10, day), defaults={"kind": "holiday", "name": "国庆节"})
    Holiday.objects.create(date=date(2021, 10, 9), kind="makeup", name="国庆节调休上班")
    rows = read_rotas(write_turns(folder), problems := Problems())
    assert list(problems) == []
    install_rotas("small", rows, own=False, by=MACHINE, at=AT)
    return Turns(cast, Rota.objects.get(code="reception"), Rota.objects.get(code="watch"))
