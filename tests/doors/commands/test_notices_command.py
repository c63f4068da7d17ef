"""``chuangwen notices``: how the operator switches a bot on, and what a program reads of it."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from tests.doors.messages.standins import WeCom, serving
from tests.people import Cast

from chuangwen.kit import clock
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.notices.actions import Told, tell
from chuangwen.records.notices.models import Channel

Run = Callable[..., Any]


@pytest.fixture
def run(cast: Cast, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command with these words and this standard input; gives what it printed (read, under ``--json``)."""

    def run(*words: str, typed: str = "", code: int = 0) -> Any:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        if code:
            with pytest.raises(SystemExit) as ended:
                call_command("notices", *words)
            assert ended.value.code == code
        else:
            call_command("notices", *words)
        out, error = capsys.readouterr()
        return json.loads(out) if "--json" in words else out + error

    return run


@pytest.fixture
def bot(settings: Any) -> Iterator[WeCom]:
    with serving(WeCom()) as bot:
        settings.BOT_HOSTS = [bot.host]
        yield bot  # type: ignore[misc]


def add(run: Run, bot: WeCom, *more: str) -> Any:
    words = ("channel", "add", "town-group", "--service", "wecom", "--title", "全镇创文群", *more)
    return run(*words, typed=bot.address + "\n")


def waiting(cast: Cast) -> None:
    told = Told("overdue", "公厕保洁超期", "/cases/1/", ("case", "1"), "case:1:overdue")
    tell([cast.people["liufang"].pk], told, by=MACHINE, at=clock.real_now())


def test_a_bot_is_added_switched_on_sends_and_is_switched_off(cast: Cast, run: Run, bot: WeCom) -> None:
    assert "现在是关的" in add(run, bot)
    assert "没有启用的渠道" in run("send")
    assert "已启用" in run("channel", "enable", "town-group")
    waiting(cast)
    assert run("channel", "list", "--json")["channels"][0]["waiting"] == 1
    assert run("send", "--json") == {"channels": [{"channel": "town-group", "state": "sent", "count": 1, "error": ""}]}
    assert "公厕保洁超期" in bot.texts[0]
    assert "没有要发的" in run("send")
    assert "已停用" in run("channel", "disable", "town-group")
    assert Note.objects.filter(kind="channel", username="chuangwen").count() == 3


def test_nothing_that_is_printed_holds_the_key(run: Run, bot: WeCom) -> None:
    printed = add(run, bot, "--json")
    assert printed["signed"] is False
    assert WeCom.key not in str(printed) + run("channel", "list") + str(run("channel", "list", "--json"))


def test_a_failed_message_ends_with_one_and_tells_why(cast: Cast, run: Run, bot: WeCom) -> None:
    add(run, bot)
    run("channel", "enable", "town-group")
    waiting(cast)
    bot.status = 500
    refused = run("send", "--json", code=1)["refused"]
    assert refused["code"] == "not_sent"
    assert refused["channels"][0]["error"] == "服务回答 HTTP 500"
    assert "等下一次" in run("send")
    assert "HTTP 500" in run("channel", "list")


def test_a_channel_of_one_unit_is_named_by_it(run: Run, bot: WeCom) -> None:
    assert add(run, bot, "--unit", "先锋村", "--json")["unit"] == "先锋村"
    words = ("channel", "add", "x", "--service", "wecom", "--unit", "月球")
    assert "没有“月球”这个单位" in run(*words, typed=bot.address, code=1)


def test_a_wrong_address_is_refused_and_nothing_is_kept(run: Run, bot: WeCom) -> None:
    words = ("channel", "add", "x", "--service", "dingtalk")
    told = run(*words, typed="https://example.org/robot/send?access_token=secretword\n", code=1)
    assert "主机不对" in told
    assert "secretword" not in told
    assert not Channel.objects.exists()


def test_an_unknown_channel_is_refused_and_missing_words_are_wrong_usage(run: Run) -> None:
    assert "channel list" in run("channel", "enable", "nobody", code=1)
    assert "还没有渠道" in run("channel", "list")
    for words in (("channel", "enable"), ("channel", "add", "x")):
        with pytest.raises(CommandError) as wrong:
            run(*words)
        assert wrong.value.returncode == 2
