"""What leaves the product, and what does not: real senders against strict stand-ins on this machine."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.doors.messages.standins import DingTalk, Feishu, Mail, StandIn, WeCom, delivering, serving
from tests.people import Cast, settle

from chuangwen.doors.messages import services
from chuangwen.doors.messages.digest import weight
from chuangwen.doors.messages.sending import State, send_due
from chuangwen.doors.messages.services import Message, WrongAddress, check_address, send
from chuangwen.kit.clock import real_now as now
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.notices import actions, outbox
from chuangwen.records.notices.actions import Told, Way
from chuangwen.records.notices.models import Channel, Delivery, Notice, Service

SECRET = "SECb0a1c2d3e4f5"
BOTS = {
    Service.WECOM: lambda: WeCom(),
    Service.DINGTALK: lambda: DingTalk(SECRET),
    Service.FEISHU: lambda: Feishu(SECRET),
}


@pytest.fixture(params=list(BOTS), ids=str)
def bot(request: pytest.FixtureRequest, settings: Any) -> Iterator[StandIn]:
    """Each bot in turn; the setting names it as a host that messages may go to."""
    with serving(BOTS[request.param]()) as bot:
        settings.BOT_HOSTS, settings.SITE_ADDRESS = [bot.host], "https://town.example.org"
        bot.service = request.param  # type: ignore[attr-defined]
        yield bot


def opened(bot: Any, code: str = "town", **more: Any) -> Channel:
    """The bot's channel, switched on."""
    way = Way("创文群", bot.service, address=bot.address, secret=bot.secret, **more)
    return actions.enable_channel(actions.set_channel(code, way, by=MACHINE, at=now()), by=MACHINE, at=now())


def tell(cast: Cast, number: int, *names: str, text: str = "请处理") -> None:
    told = Told("assigned", f"第 {number} 件：{text}", f"/cases/{number}/", ("case", str(number)), f"m{number}")
    actions.tell([cast.people[name].pk for name in names], told, by=MACHINE, at=now())


def states(at: datetime | None = None) -> list[tuple[State, int]]:
    return [(one.state, one.count) for one in send_due(at=at or now())]


def test_what_waits_goes_out_as_one_message_once(cast: Cast, bot: StandIn) -> None:
    opened(bot)
    tell(cast, 1, "liufang", "wangjianguo")
    tell(cast, 2, "zhangqiang", text="张强 13800138000 来电")
    assert states() == [(State.SENT, 3)]
    [text] = bot.texts
    assert text == (
        "【创文提醒】张沟镇 2 条：交办 2\n"
        "1. [交办] 刘*等 2 人：第 1 件：请处理\n"
        "2. [交办] 张*：第 2 件：张* 138****8000 来电\n"
        "查看：https://town.example.org/"
    )
    assert states() == [(State.NOTHING, 0)]
    assert bot.asked == 1
    assert Notice.objects.filter(sent_at=None).count() == 0
    assert Delivery.objects.values_list("count", "ok").get() == (3, True)


def test_nothing_leaves_by_a_channel_that_nobody_switched_on(cast: Cast, bot: StandIn) -> None:
    way = Way("创文群", bot.service, address=bot.address, secret=bot.secret)  # type: ignore[attr-defined]
    channel = actions.set_channel("town", way, by=MACHINE, at=now())
    tell(cast, 1, "liufang")
    assert states() == []
    actions.enable_channel(channel, by=MACHINE, at=now())
    tell(cast, 2, "liufang")
    actions.disable_channel(channel, by=MACHINE, at=now())
    assert states() == []
    assert bot.asked == 0


def test_the_longest_digest_is_within_the_services_limit(cast: Cast, bot: StandIn) -> None:
    opened(bot)
    for number in range(40):
        tell(cast, number, "liufang", text='很"长\\的' * 60)
    assert states() == [(State.SENT, 40)]
    [text] = bot.texts
    assert weight(text) <= services.LIMITS[bot.service]  # type: ignore[attr-defined]
    assert text.endswith("https://town.example.org/")
    assert "另有" in text


def test_the_service_takes_a_text_of_exactly_our_limit(bot: StandIn) -> None:
    service = bot.service  # type: ignore[attr-defined]
    text = "创文" + '"' * ((services.LIMITS[service] - 6) // 2)
    assert weight(text) == services.LIMITS[service]
    assert send(service, Message(bot.address, bot.secret, text, now())).error == ""  # type: ignore[attr-defined]


def test_never_more_than_the_rate_in_a_minute(cast: Cast, bot: StandIn) -> None:
    opened(bot)
    start = now()
    for number in range(25):
        tell(cast, number, "liufang")
        send_due(at=start + timedelta(milliseconds=number))
    assert (len(bot.texts), bot.asked) == (20, 20)
    assert states(start + timedelta(seconds=59)) == [(State.WAITING, 5)]
    bot.tries.clear()
    assert states(start + timedelta(seconds=61)) == [(State.SENT, 5)]


def test_a_refusal_that_answers_200_is_a_failure_and_the_notices_wait(cast: Cast, bot: StandIn) -> None:
    opened(bot)
    tell(cast, 1, "liufang")
    bot.tries = [time.time()] * 100
    [outcome] = send_due(at=now())
    assert outcome.state == State.FAILED
    assert "自动再发" in outcome.error
    assert Notice.objects.get().sent_at is None
    bot.tries.clear()
    bot.blocked_until = 0.0  # type: ignore[attr-defined]
    assert states(now() + timedelta(seconds=30)) == [(State.WAITING, 1)]
    assert states(now() + timedelta(minutes=11)) == [(State.SENT, 1)]


def test_a_blocked_dingtalk_bot_is_left_alone_for_ten_minutes(cast: Cast, settings: Any) -> None:
    with serving(DingTalk(SECRET)) as bot:
        bot.service = Service.DINGTALK  # type: ignore[attr-defined]
        settings.BOT_HOSTS = [bot.host]
        opened(bot)
        tell(cast, 1, "liufang")
        start = now()
        bot.tries = [time.time()] * 20
        assert states(start) == [(State.FAILED, 1)]
        for minutes in range(1, 10):
            assert states(start + timedelta(minutes=minutes)) == [(State.WAITING, 1)]
        assert bot.asked == 1


@pytest.mark.parametrize("service", [Service.DINGTALK, Service.FEISHU])
def test_a_wrong_secret_or_clock_is_told_with_the_cure(settings: Any, service: Service) -> None:
    with serving(BOTS[service]()) as bot:
        settings.BOT_HOSTS = [bot.host]
        address: str = bot.address  # type: ignore[attr-defined]
        assert "密钥" in send(service, Message(address, "SECother", "创文", now())).error
        assert "密钥" in send(service, Message(address, SECRET, "创文", now() - timedelta(hours=2))).error
        assert send(service, Message(address, SECRET, "创文", now() - timedelta(minutes=50))).error == ""


def test_an_unsigned_dingtalk_bot_passes_by_the_keyword_of_the_heading(cast: Cast, settings: Any) -> None:
    with serving(DingTalk()) as bot:
        bot.service = Service.DINGTALK  # type: ignore[attr-defined]
        settings.BOT_HOSTS = [bot.host]
        opened(bot)
        tell(cast, 1, "liufang")
        assert states() == [(State.SENT, 1)]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_broken_answer_is_a_failure_and_no_key_is_told(
    cast: Cast, bot: StandIn, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    opened(bot)
    tell(cast, 1, "liufang")
    bot.status = status
    [outcome] = send_due(at=now())
    assert f"HTTP {status}" in outcome.error
    assert bot.asked == 1
    told = caplog.text + outcome.error + str(Channel.objects.values()) + str(Delivery.objects.values())
    for key in (SECRET, WeCom.key, DingTalk.token, Feishu.token):
        assert key not in told


def test_an_answer_that_quotes_the_key_is_scrubbed(settings: Any) -> None:
    with serving(WeCom()) as bot:
        settings.BOT_HOSTS = [bot.host]
        wrong = f"http://{bot.host}{bot.path}?key=aaaa-bbbb-cccc"
        error = send(Service.WECOM, Message(wrong, "", "创文", now())).error
        assert "93000" in error
        assert "aaaa-bbbb-cccc" not in error


def test_a_service_that_is_not_there_does_not_hold_up_the_others(cast: Cast, bot: StandIn, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"127.0.0.1:{closed.getsockname()[1]}"
    settings.BOT_HOSTS = [*settings.BOT_HOSTS, nowhere]
    way = Way("空", Service.WECOM, address=f"http://{nowhere}/cgi-bin/webhook/send?key=x")
    actions.enable_channel(actions.set_channel("a-nowhere", way, by=MACHINE, at=now()), by=MACHINE, at=now())
    opened(bot)
    tell(cast, 1, "liufang")
    assert states() == [(State.FAILED, 1), (State.SENT, 1)]


@pytest.mark.parametrize(
    ("service", "address"),
    [
        (Service.WECOM, "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"),
        (Service.WECOM, "https://oapi.dingtalk.com/robot/send?access_token=x"),
        (Service.DINGTALK, "https://oapi.dingtalk.com.example.org/robot/send"),
        (Service.DINGTALK, "https://oapi.dingtalk.com@127.0.0.1/robot/send"),
        (Service.FEISHU, "https://127.0.0.1:8000/"),
        (Service.FEISHU, "file:///etc/passwd"),
        (Service.MAIL, "https://example.org/"),
        (Service.MAIL, "mailtos:///nobody"),
        (Service.MAIL, "mailtos://a:b@example.org?pgppub=/etc/passwd"),
        (Service.WECOM, "https://[bad"),
    ],
)
def test_a_channel_reaches_its_own_service_and_nothing_else(service: Service, address: str) -> None:
    with pytest.raises(WrongAddress):
        check_address(service, address)
    assert "不是" in send(service, Message(address, "", "创文", now())).error


@pytest.mark.parametrize(
    ("service", "address"),
    [
        (Service.WECOM, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"),
        (Service.DINGTALK, "https://oapi.dingtalk.com/robot/send?access_token=x"),
        (Service.FEISHU, "https://open.feishu.cn/open-apis/bot/v2/hook/x"),
        (Service.FEISHU, "https://open.larksuite.com/open-apis/bot/v2/hook/x"),
        (Service.MAIL, "mailtos://town:code@smtp.example.org:465?mode=ssl&to=office@example.org"),
    ],
)
def test_the_real_addresses_are_taken(service: Service, address: str) -> None:
    check_address(service, address)


@pytest.mark.parametrize("password", ["", "authorised"])
def test_mail_carries_the_digest_as_plain_chinese_text(cast: Cast, settings: Any, password: str) -> None:
    settings.SITE_ADDRESS = "https://town.example.org"
    with delivering(Mail(password)) as mail:
        mail.service, mail.secret = Service.MAIL, ""  # type: ignore[attr-defined]
        opened(mail)
        tell(cast, 1, "liufang", text="<b>请处理</b>")
        assert states() == [(State.SENT, 1)]
    [letter] = mail.letters
    assert mail.recipients == ["office@example.org"]
    assert letter["Subject"] == "【创文提醒】张沟镇 1 条：交办 1"
    assert letter.get_content_type() == "text/plain"
    text = letter.get_content()  # type: ignore[attr-defined]
    assert "1. [交办] 刘*：第 1 件：＜b＞请处理＜/b＞" in text
    assert "https://town.example.org/cases/1/" in text


def test_a_refusing_mail_server_is_a_failure_and_no_password_is_told(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with delivering(Mail("authorised")) as mail:
        wrong = mail.address.replace("authorised", "guessed-wrong")
        answer = send(Service.MAIL, Message(wrong, "", "创文\n内容", now()))
        elsewhere = mail.address.replace("office@example.org", "x@example.net")
        assert "没有收下" in send(Service.MAIL, Message(elsewhere, "", "创文\n内容", now())).error
    assert "没有收下" in answer.error
    assert "guessed-wrong" not in caplog.text + answer.error
    assert mail.letters == []


def test_a_lost_key_file_stops_the_channel_with_a_sentence(cast: Cast, bot: StandIn, settings: Any) -> None:
    opened(bot)
    tell(cast, 1, "liufang")
    settings.SECRET_KEY = "another installation"
    [outcome] = send_due(at=now())
    assert "重新填写" in outcome.error
    assert bot.asked == 0


@pytest.mark.django_db(transaction=True)
def test_of_several_runs_at_once_one_sends(settings: Any) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("threads share one in-memory database here, whose table locks no real town has; PostgreSQL runs it")
    cast = settle()
    with serving(WeCom()) as bot:
        bot.service = Service.WECOM  # type: ignore[attr-defined]
        settings.BOT_HOSTS = [bot.host]
        opened(bot)
        tell(cast, 1, "liufang")
        at = now()

        def run() -> None:
            send_due(at=at)
            connection.close()

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(bot.texts) == 1
    assert not outbox.waiting_for(Channel.objects.get()).exists()
