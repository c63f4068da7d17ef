"""The shipped township with the demo's town at work on cases: the fixture ``shipped``."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from chuangwen.doors.packs.installing import install
from chuangwen.doors.packs.reading import check_folders
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.actors import Actor, actor_for
from chuangwen.records.township.models import Assignment, Organisation, Person, Site
from chuangwen.work.cases.actions import open_case, take
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.said import NewCase, NewReporter, Said
from tests.laid_down import LaidDown

PACKS = Path(__file__).parents[1] / "packs"
START = datetime(2021, 9, 28, 7, 0, tzinfo=UTC)  # Tuesday 15:00 in China, three days before the golden week
CAST = [
    "limin", "u_cwb", "zhangqiang", "kc1", "hewei", "zhouzheng", "wangjianguo", "u_zfd", "u_csb", "u_sfs", "u_zzb", "u_bmz",
    "u_jiw", "u_dzb", "liufang", "v001", "chenjing", "zhaolei", "wuqian", "zhenghao", "sunyue",
]  # fmt: skip
BESIDE = {
    "tangrui": ("汤锐", "sjs", "contact"),
    "peijun": ("裴军", "zfd", "contact"),
    "luyi": ("陆怡", "sjs", "contact"),
}
BOTH = ("tangrui", "inspector")
"""She is of the market station, and an inspector besides: may mend, and may not accept what she mended."""


def _install() -> None:
    """Install the shipped township and the demo's town, with three people more and only some of the villages'."""
    install(check_folders([PACKS / "township", PACKS / "zhanggou"]), by=MACHINE, at=START)
    units = {one.code: one for one in Organisation.objects.all()}
    for username, (name, unit, role) in BESIDE.items():
        person = Person.objects.create(username=username, name=name, organisation=units[unit], joined_at=START)
        Assignment.objects.create(person=person, role_id=role, given_at=START)
    Assignment.objects.create(person=Person.objects.get(username=BOTH[0]), role_id=BOTH[1], given_at=START)
    Person.objects.exclude(username__in=[*CAST, *BESIDE]).update(is_active=False, disabled_at=START)


settle_shipped_town = LaidDown(_install)


class Shipped:
    """Short sentences for tests: who opens what, who does what, later."""

    def __init__(self) -> None:
        settle_shipped_town()
        self.at = START
        self.photos = 0

    def later(self, **length: float) -> None:
        self.at += timedelta(**length)

    def actor(self, username: str) -> Actor:
        return actor_for(self.person(username))

    def person(self, username: str) -> Person:
        return Person.objects.get(username=username)

    def unit(self, code: str) -> Organisation:
        return Organisation.objects.get(code=code)

    def photo(self, name: str = "") -> StoredFile:
        self.photos += 1
        return StoredFile.objects.create(
            sha256=f"{self.photos:064d}",
            size=1,
            media_type="image/jpeg",
            name=name or f"{self.photos}.jpg",
            is_photo=True,
            kept_at=self.at,
        )

    def opens(
        self, kind: str, username: str, move: str = "", /, *, area: str = "v219", title: str = "路口积水", site: str = "",
        reporter: NewReporter | None = None, **answers: object,
    ) -> Case:  # fmt: skip
        """Somebody opens a case."""
        new = NewCase(
            kind=kind,
            title=title,
            move=move,
            area=self.unit(area) if area else None,
            site=Site.objects.get(code=site) if site else None,
            reporter=reporter,
        )
        said = Said(answers=answers, text="说明", photos=[self.photo()])
        return open_case(new, said, by=self.actor(username), at=self.at)

    def does(self, case: Case, username: str, move: str, *, text: str = "说明", **answers: object) -> Case:
        """Somebody takes a move, with a photo and a reason."""
        said = Said(answers=answers, text=text, photos=[self.photo()])
        return take(case, move, said, by=self.actor(username), at=self.at)

    def mending(self, unit: str = "sjs", **answers: object) -> Case:
        """A rectification in a unit's hands."""
        case = self.opens("rectification", "limin", "find")
        case = self.does(case, "limin", "dispatch", unit=unit, **answers)
        return self.does(case, {"sjs": "luyi", "zfd": "u_zfd", "csb": "u_csb"}[unit], "take_on")
