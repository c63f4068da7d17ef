"""``chuangwen demo``: the demo town, then the site."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command

from chuangwen.doors.background.beside import Worker
from chuangwen.doors.commands.command import TownCommand
from chuangwen.doors.commands.demo_town import prepare
from chuangwen.doors.commands.serving import serve
from chuangwen.kit import clock
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.actions import give_visitor_password
from chuangwen.records.township.models import Person


class Command(TownCommand):
    """Make the demo town (once), print who can sign in, serve."""

    help = "准备演示镇：内容包、方案和一年的数据；打印谁能登录；打开网站"
    example = "  chuangwen demo --home home\n  chuangwen demo --no-serve --home DIR --seed 7"

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("--seed", type=int, help="随机种子；同一个种子每次得到同样的数字")
        parser.add_argument("--no-serve", action="store_true", help="只准备，不打开网站")
        parser.add_argument("--port", type=int, default=8000)

    def run(self, options: dict[str, Any]) -> dict[str, Any] | None:
        call_command("migrate", verbosity=0, interactive=False)
        at = clock.real_now()
        prepare(settings.PACKS, seed=options["seed"], at=at)
        people = [
            {
                "username": person.username,
                "name": person.name,
                "unit": person.organisation.short if person.organisation else "",
                "post": person.post,
                "password": give_visitor_password(person, by=MACHINE, at=at),
            }
            for person in _cast()
        ]
        self.say(options, "演示镇已备好：{home}", home=settings.HOME)
        self.say(options, "可以登录的人（口令每次运行都换新）：")
        for one in people:
            self.say(options, "  {username:<12} {password}   {name} {unit} {post}", **one)
        if options["no_serve"]:
            return {"home": str(settings.HOME), "people": people}
        self.say(options, "网站：http://127.0.0.1:{port}（Ctrl+C 停止）", port=options["port"])
        self.stdout.flush()
        with Worker():
            serve(address="127.0.0.1", port=options["port"])
        return None


def _cast() -> list[Person]:
    """One named person for each role: the first of the pack for each role."""
    seen: set[str] = set()
    found = []
    for person in Person.objects.filter(is_active=True).select_related("organisation").order_by("pk"):
        roles = [one.role_id for one in person.assignments.filter(withdrawn_at=None)] or [""]
        if not seen.issuperset(roles):
            seen.update(roles)
            found.append(person)
    return found
