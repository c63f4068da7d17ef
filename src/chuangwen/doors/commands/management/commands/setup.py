"""``chuangwen setup``: a real town, from its own packs, with its first account."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from chuangwen.doors.commands.command import TownCommand
from chuangwen.doors.packs.installing import install
from chuangwen.doors.packs.reading import check_folders, folders_in
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.kit import clock
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.actions import issue_password
from chuangwen.records.township.models import Person, Town


class DemoPack(Refusal):
    """A pack with demo data does not make a real town."""

    code = "demo_pack"
    sentence = later(
        "{folder} 是演示内容包（town.toml 里有 [demo]）。真实使用请另写本镇的内容包，或用 chuangwen demo。"
    )


class NoSuchPerson(Refusal):
    """The first account must be among the people of the town's pack."""

    code = "no_such_person"
    sentence = later("内容包的 people.csv 里没有账号“{username}”。")


class NoTownPack(Refusal):
    """The folder named with --town is a pack of a town, or holds one."""

    code = "no_town_pack"
    sentence = later("文件夹“{folder}”里没有本镇内容包（没有 town.toml）。请核对 --town 写的路径。")


class Command(TownCommand):
    """Install the township's and the town's packs; give the first administrator a one-time password."""

    help = "建立真实的镇：检查并安装内容包，给第一位系统管理员发一次性密码"
    example = "  chuangwen setup --home home --town 本镇内容包 --admin zhangsan"

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("--town", metavar="DIR", required=True, help="本镇内容包文件夹")
        parser.add_argument("--admin", metavar="账号", required=True, help="第一位系统管理员，须在 people.csv 里")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        town = Path(options["town"])
        if not any((folder / "town.toml").is_file() for folder in folders_in(town)):
            raise NoTownPack(folder=town)
        call_command("migrate", verbosity=0, interactive=False)
        shared = [folder for folder in folders_in(settings.PACKS) if not (folder / "town.toml").exists()]
        checked = check_folders([*shared, *folders_in(town)])
        with transaction.atomic():
            install(checked, by=MACHINE, at=clock.real_now())
            if Town.objects.filter(demo=True).exists():
                raise DemoPack(folder=town)
            person = Person.objects.filter(username=options["admin"]).first()
            if person is None:
                raise NoSuchPerson(username=options["admin"])
            password = issue_password(person, by=MACHINE, at=clock.real_now())
        self.say(options, "{town}已建立：{home}", town=Town.objects.get().name, home=settings.HOME)
        self.say(
            options, "{username} 的一次性密码：{password}（首次登录须改）", username=person.username, password=password
        )
        return {"home": str(settings.HOME), "username": person.username, "password": password}
