"""``chuangwen notices``: send what waits; set up, list and switch the ways out."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from getpass import getpass
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import CommandError

from chuangwen.doors.commands.command import TownCommand, require_database
from chuangwen.doors.messages.sending import Outcome, State, send_due
from chuangwen.doors.messages.services import check_address
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say
from chuangwen.kit import clock
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.notices import actions, outbox
from chuangwen.records.notices.models import Channel, Service
from chuangwen.records.notices.queries import channels
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.queries import organisation_named

STATES = {
    State.SENT: later("已发 {count} 条"),
    State.NOTHING: later("没有要发的"),
    State.WAITING: later("{count} 条等下一次"),
    State.FAILED: later("{count} 条没有发出：{error}"),
}


class NoSuchChannel(Refusal):
    """No channel of that code."""

    code = "no_such_channel"
    sentence = later("没有编号为“{channel}”的渠道。请用 chuangwen notices channel list 查看。")


class NoSuchUnit(Refusal):
    """The organisation is not known."""

    code = "no_such_unit"
    sentence = later("没有“{unit}”这个单位。请写单位的编号或名称。")


class NotSent(Refusal):
    """At least one channel failed in this run."""

    code = "not_sent"
    sentence = later("{count} 个渠道没有发出，稍后会自动再试：{channels}")

    def __init__(self, outcomes: list[Outcome]) -> None:
        failed = [one.channel for one in outcomes if one.state == State.FAILED]
        super().__init__(count=len(failed), channels=listed(failed))
        self.outcomes = outcomes

    def as_dict(self) -> dict[str, object]:
        return {**super().as_dict(), "channels": [one.as_dict() for one in self.outcomes]}


class Command(TownCommand):
    """Notices out, by mail and group bots."""

    help = "提醒外发：合并、遮名、限速；渠道默认关闭"
    example = (
        "  chuangwen notices send --home home\n"
        "  chuangwen notices channel add town-group --service wecom --title 全镇创文群 --home home\n"
        "  chuangwen notices channel add market --service dingtalk --title 市监所群 --unit 市监所 --home home\n"
        "  chuangwen notices channel enable town-group --home home\n"
        "  chuangwen notices channel list --home home --json"
    )
    parts: ClassVar[dict[str, str]] = {
        "send": "把等着的提醒发出去，每个渠道一条（可每分钟运行一次）",
        "channel": "渠道：add 新设或改设（地址从键盘或标准输入读）、list 列出、enable 启用、disable 停用",
    }

    def arguments(self, parser: ArgumentParser, part: str) -> None:
        if part == "send":
            return
        parser.add_argument("what", choices=["add", "list", "enable", "disable"], help="做什么")
        parser.add_argument("code", nargs="?", default="", help="渠道的编号，自己起，如 town-group")
        parser.add_argument("--service", choices=list(Service.values), help="mail 邮件，或群机器人")
        parser.add_argument("--title", default="", help="名称，不写则用编号")
        parser.add_argument("--unit", default="", help="只发这个单位（含下级）的人的提醒；不写则为全镇")
        parser.add_argument("--per-minute", type=int, default=actions.MOST_PER_MINUTE, help="每分钟最多几条，不超过 20")

    def run_send(self, options: dict[str, Any]) -> dict[str, Any] | None:
        require_database(settings.HOME)
        outcomes = send_due(at=clock.real_now())
        for one in outcomes:
            told = say(STATES[one.state], count=one.count, error=one.error)
            self.say(options, "{channel}：{told}", channel=one.channel, told=told)
        if not outcomes:
            self.say(options, "没有启用的渠道。")
        if any(one.state == State.FAILED for one in outcomes):
            raise NotSent(outcomes)
        return {"channels": [one.as_dict() for one in outcomes]}

    def run_channel(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["what"] != "list" and not options["code"]:
            raise CommandError(say("请写渠道的编号。"), returncode=2)
        if options["what"] == "add" and not options["service"]:
            raise CommandError(say("请用 --service 写明服务：mail、wecom、dingtalk 或 feishu。"), returncode=2)
        require_database(settings.HOME)
        work: Callable[[dict[str, Any]], dict[str, Any]] = getattr(self, f"_{options['what']}")
        return work(options)

    def _add(self, options: dict[str, Any]) -> dict[str, Any]:
        code, service = options["code"], Service(options["service"])
        address, secret = _read_address(service)
        check_address(service, address)
        way = actions.Way(
            title=options["title"] or code,
            service=service,
            organisation=_unit(options["unit"]),
            address=address,
            secret=secret,
            per_minute=options["per_minute"],
        )
        channel = actions.set_channel(code, way, by=MACHINE, at=clock.now())
        self.say(
            options, "已设好 {title}，现在是关的。启用：chuangwen notices channel enable {code}", **_names(channel)
        )
        return _told(channel)

    def _list(self, options: dict[str, Any]) -> dict[str, Any]:
        told = [_told(channel) for channel in channels()]
        for one in told:
            state = say("已启用") if one["enabled"] else say("已停用")
            self.say(
                options,
                "{code}  {title}  {service}  {unit}  {state}  {waiting} 条待发  {last_error}",
                **{**one, "state": state},
            )
        if not told:
            self.say(options, "还没有渠道。")
        return {"channels": told}

    def _enable(self, options: dict[str, Any]) -> dict[str, Any]:
        channel = actions.enable_channel(_channel(options["code"]), by=MACHINE, at=clock.now())
        self.say(options, "已启用 {title}：从现在起的提醒会发到那里。", **_names(channel))
        return _told(channel)

    def _disable(self, options: dict[str, Any]) -> dict[str, Any]:
        channel = actions.disable_channel(_channel(options["code"]), by=MACHINE, at=clock.now())
        self.say(options, "已停用 {title}：不再有提醒从那里发出。", **_names(channel))
        return _told(channel)


def _read_address(service: Service) -> tuple[str, str]:
    """Address and secret, typed unseen or from two lines of standard input.

    Never from the command line itself: it stands in the shell's history and in the list of processes.
    """
    if not sys.stdin.isatty():
        lines = [*sys.stdin.read().splitlines(), "", ""]
        return lines[0].strip(), lines[1].strip()
    address = getpass(say("地址（粘贴时不显示）："), stream=sys.stderr).strip()
    signed = service in {Service.DINGTALK, Service.FEISHU}
    return address, getpass(say("加签密钥（没有就按回车）："), stream=sys.stderr).strip() if signed else ""


def _unit(text: str) -> Organisation | None:
    found = organisation_named(text) if text else None
    if text and found is None:
        raise NoSuchUnit(unit=text)
    return found


def _channel(code: str) -> Channel:
    found = channels().filter(code=code).first()
    if found is None:
        raise NoSuchChannel(channel=code)
    return found


def _names(channel: Channel) -> dict[str, object]:
    return {"code": channel.code, "title": channel.title}


def _told(channel: Channel) -> dict[str, Any]:
    """What may be known of a channel: everything but where it leads."""
    return {
        "code": channel.code,
        "title": channel.title,
        "service": channel.service,
        "unit": channel.organisation.name if channel.organisation else "",
        "enabled": channel.enabled,
        "per_minute": channel.per_minute,
        "signed": bool(channel.secret),
        "waiting": outbox.waiting_for(channel).count() if channel.enabled else 0,
        "last_sent_at": channel.last_sent_at,
        "failures": channel.failures,
        "last_error": channel.last_error,
    }
