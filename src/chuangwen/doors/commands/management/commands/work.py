"""``chuangwen work``: the background, for ever or until nothing waits."""

import os
import signal
import sys
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from chuangwen.doors.background.jobs import JOBS
from chuangwen.doors.background.working import Turn, until_empty, work_for_ever
from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.kernel.words import say

TITLES = {line.name: line.title for line in JOBS}


class Command(TownCommand):
    """Recognition, previews, hashes, sweeps, notices, watched folders: all that nobody waits for."""

    help = "后台：文字识别、查重、到期预警、提醒外发、监看文件夹……；网站自带一个，也可以单独运行、多处运行"
    example = "  chuangwen work --home home\n  chuangwen work --until-empty --home home --json"

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        parser.add_argument("--until-empty", action="store_true", help="把等着的做完就结束；有做不成的以 1 结束")
        parser.add_argument("--beside", action="store_true", help="标准输入关闭时结束（由 serve 使用）")

    def run(self, options: dict[str, Any]) -> dict[str, Any] | None:
        require_database(settings.HOME)
        if options["until_empty"]:
            return self._drain(options)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if options["beside"]:
            _stand_back()
            threading.Thread(target=_end_with_the_other, args=(stop,), daemon=True).start()
        else:
            self.say(options, "后台在运行（Ctrl+C 停止）。")
        work_for_ever(stop)
        return None

    def _drain(self, options: dict[str, Any]) -> dict[str, Any]:
        def told(turn: Turn) -> None:
            title = say(turn.line.title)
            if turn.error:
                self.say(options, "{title}：没有做成：{error}", title=title, error=turn.error)
            elif turn.done:
                self.say(options, "{title}：{count}", title=title, count=turn.done)
            self.stdout.flush()

        drained = until_empty(told)
        self.failed = bool(drained.failed)
        if not self.failed:
            self.say(options, "没有等着的活了。")
        return {"done": drained.done, "failed": drained.failed}


def _stand_back() -> None:
    """Whoever waits for a page goes before the background, on machines that know such an order."""
    if hasattr(os, "nice"):
        os.nice(10)


def _end_with_the_other(stop: threading.Event) -> None:
    sys.stdin.read()
    stop.set()
