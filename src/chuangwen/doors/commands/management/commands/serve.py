"""``chuangwen serve``: open the site."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command

from chuangwen.doors.background.beside import Worker
from chuangwen.doors.commands.command import TownCommand
from chuangwen.doors.commands.serving import serve


class Command(TownCommand):
    """Serve the site until Ctrl+C, with a worker beside it."""

    help = "打开网站；/healthz 能回答 200 时即已就绪"
    example = "  chuangwen serve --home home --port 8000"

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--address", default="127.0.0.1", help="监听地址，默认只对本机开放")
        parser.add_argument("--no-work", action="store_true", help="不带后台（另有机器或进程运行 chuangwen work 时）")

    def run(self, options: dict[str, Any]) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        self.say(options, "数据目录 {home}；网站 http://{address}:{port}", home=settings.HOME, **_where(options))
        with Worker(wanted=not options["no_work"]):
            serve(address=options["address"], port=options["port"])


def _where(options: dict[str, Any]) -> dict[str, object]:
    return {"address": options["address"], "port": options["port"]}
