"""How each service takes a message. Addresses hold keys: none of them ever stands in an error, a log or an answer.

Mail goes through apprise. The three group bots are sent by hand, for apprise 2.3 loses messages there: its WeCom and
DingTalk plugins read the HTTP status only (these services answer 200 with an ``errcode`` when they refuse, so a message
over the rate would count as delivered), its DingTalk plugin encodes the signature twice, and its Feishu plugin does
not sign at all.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from apprise import AppriseAsset, NotifyFormat
from apprise.exception import AppriseException
from apprise.plugins.email import NotifyEmail
from django.conf import settings

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say
from chuangwen.records.notices.models import Service

SECONDS = 10
LONGEST_ANSWER = 65_536
NO_PAUSE = timedelta(0)
MINUTE = timedelta(minutes=1)
DINGTALK_BLOCK = timedelta(minutes=10)

# Bytes of a message's text (``digest.weight``). WeCom counts the text alone; DingTalk (20,000) and Feishu (20 KB) the
# whole body, so room is left for what stands around the text.
LIMITS: Mapping[str, int] = {
    Service.WECOM: 2048,
    Service.DINGTALK: 19_000,
    Service.FEISHU: 19_000,
    Service.MAIL: 30_000,
}
HOSTS: Mapping[str, frozenset[str]] = {
    Service.WECOM: frozenset({"qyapi.weixin.qq.com"}),
    Service.DINGTALK: frozenset({"oapi.dingtalk.com"}),
    Service.FEISHU: frozenset({"open.feishu.cn", "open.larksuite.com"}),
}
MAIL_SCHEMES = frozenset({"mailto", "mailtos"})
MAIL_WORDS = frozenset({"to", "cc", "bcc", "from", "name", "reply", "smtp", "user", "pass", "mode"})

# What the services answer most often, and the cure. Other codes are shown as they come.
CURES: Mapping[tuple[str, int], str] = {
    (Service.WECOM, 45009): later("一分钟内发得太多，稍后自动再发"),
    (Service.DINGTALK, 130101): later("一分钟内发得太多，被钉钉停发 10 分钟，到时自动再发"),
    (Service.DINGTALK, 310000): later("不符合机器人的安全设置：请核对加签密钥，或把关键词设为“创文”"),
    (Service.FEISHU, 11232): later("发得太多，稍后自动再发"),
    (Service.FEISHU, 19021): later("签名不对：请核对签名密钥和本机时间"),
    (Service.FEISHU, 19022): later("本机的 IP 不在机器人的白名单里"),
    (Service.FEISHU, 19024): later("缺少机器人要求的关键词：请把关键词设为“创文”"),
}
PAUSES: Mapping[tuple[str, int], timedelta] = {
    (Service.WECOM, 45009): MINUTE,
    (Service.DINGTALK, 130101): DINGTALK_BLOCK,
    (Service.FEISHU, 11232): MINUTE,
}


class WrongAddress(Refusal):
    """The address is none of this service."""

    code = "wrong_address"
    sentence = later(
        "这不是{service}的地址：{why}。请从机器人的设置页整行复制；私有部署的主机请写进 CHUANGWEN_BOT_HOSTS。"
    )
    status = 422


@dataclass(frozen=True)
class Answer:
    """What became of one message. Without an ``error`` the service has taken it; ``pause`` is what it asks for."""

    error: str = ""
    pause: timedelta = NO_PAUSE


@dataclass(frozen=True)
class Message:
    """One message under way: where to, signed with what, and when."""

    address: str
    secret: str
    text: str
    at: datetime


class _Unsent(Exception):
    """The service could not be asked, or its answer makes no sense; the words hold no address."""


class _NoRedirect(HTTPRedirectHandler):
    """A service does not move; following a redirect would hand the key to another host."""

    def redirect_request(self, *_: Any) -> None:
        return None


def check_address(service: str, address: str) -> None:
    """Raise ``WrongAddress`` unless messages of this service may go to the address.

    Bots go to their own hosts by https, or to the hosts named in the setting ``CHUANGWEN_BOT_HOSTS`` (a private
    deployment such as 政务微信); nothing else on the network can be reached through a channel.
    """
    if why := _why_not(service, address):
        raise WrongAddress(service=Service(service).label, why=why)


def send(service: str, message: Message) -> Answer:
    """Send one message. Whatever goes wrong is told in the answer, never raised."""
    try:
        check_address(service, message.address)
        return SENDERS[service](message)
    except Refusal as no:
        return Answer(str(no))
    except _Unsent as why:
        return Answer(_without_keys(str(why), message))


def _why_not(service: str, address: str) -> str:
    # Blanks and control signs are read in different ways by those who split an address and those who call it.
    if not address.isprintable() or " " in address:
        return say("有空格或换行")
    try:
        parts = urlsplit(address)
        return _why_not_mail(parts) if service == Service.MAIL else _why_not_bot(service, parts)
    except ValueError:
        return say("写法不对")


def _why_not_mail(parts: SplitResult) -> str:
    if parts.scheme not in MAIL_SCHEMES or not parts.hostname:
        return say("应写成 mailtos://账号:授权码@邮件服务器?to=收件人")
    if odd := {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)} - MAIL_WORDS:
        return say("不认识 {words}", words=listed(sorted(odd)))
    return ""


def _why_not_bot(service: str, parts: SplitResult) -> str:
    if parts.netloc in settings.BOT_HOSTS and parts.scheme in {"http", "https"}:
        return ""
    if parts.scheme != "https":
        return say("应以 https:// 开头")
    return "" if parts.netloc in HOSTS[service] else say("主机不对")


def _wecom(message: Message) -> Answer:
    answer = _post(message.address, {"msgtype": "text", "text": {"content": message.text}})
    return _read(Service.WECOM, answer.get("errcode"), answer.get("errmsg"), message)


def _dingtalk(message: Message) -> Answer:
    address = message.address
    if message.secret:
        stamp = str(int(message.at.timestamp() * 1000))
        sign = _hmac(message.secret, f"{stamp}\n{message.secret}")
        parts = urlsplit(address)
        query = urlencode([*parse_qsl(parts.query), ("timestamp", stamp), ("sign", sign)])
        address = urlunsplit(parts._replace(query=query))
    answer = _post(address, {"msgtype": "text", "text": {"content": message.text}})
    return _read(Service.DINGTALK, answer.get("errcode"), answer.get("errmsg"), message)


def _feishu(message: Message) -> Answer:
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": message.text}}
    if message.secret:
        stamp = str(int(message.at.timestamp()))
        body |= {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{message.secret}", "")}
    answer = _post(message.address, body)
    return _read(Service.FEISHU, answer.get("code", answer.get("StatusCode")), answer.get("msg"), message)


def _mail(message: Message) -> Answer:
    email: Any = NotifyEmail  # apprise is typed in part only
    facts = email.parse_url(message.address)
    subject, _, body = message.text.partition("\n")
    try:
        plugin = email(**{**facts, "format": "text", "asset": AppriseAsset(app_id="Chuangwen")})
        taken = plugin.notify(body=body or subject, title=subject, body_format=NotifyFormat.TEXT)
    except (AppriseException, TypeError) as error:
        raise _Unsent(say("邮件地址写得不对")) from error
    return Answer() if taken else Answer(say("邮件服务器没有收下：请核对服务器、端口、账号、授权码和收件人"))


SENDERS: Mapping[str, Callable[[Message], Answer]] = {
    Service.WECOM: _wecom,
    Service.DINGTALK: _dingtalk,
    Service.FEISHU: _feishu,
    Service.MAIL: _mail,
}


def _hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), hashlib.sha256)).decode()


def _post(address: str, body: Mapping[str, Any]) -> dict[str, Any]:
    data = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "chuangwen"}
    request = Request(address, data=data, headers=headers)  # noqa: S310 (checked by check_address)
    try:
        with build_opener(_NoRedirect).open(request, timeout=SECONDS) as response:
            answer = json.loads(response.read(LONGEST_ANSWER))
    except HTTPError as error:
        error.close()
        raise _Unsent(say("服务回答 HTTP {status}", status=error.code)) from None
    except (OSError, HTTPException) as error:
        raise _Unsent(say("连不上服务：{why}", why=getattr(error, "reason", None) or type(error).__name__)) from None
    except ValueError:
        raise _Unsent(say("服务的回答看不懂")) from None
    if not isinstance(answer, dict):
        raise _Unsent(say("服务的回答看不懂"))
    return answer


def _read(service: Service, code: object, words: object, message: Message) -> Answer:
    """A service says 0 when it has taken the message; anything else, also silence, is a failure."""
    if code == 0 and not isinstance(code, bool):
        return Answer()
    number = code if isinstance(code, int) else -1
    cure = say(CURES[service, number]) if (service, number) in CURES else str(words or "")[:120]
    told = say("{service}拒收（{code}）：{cure}", service=service.label, code=code, cure=cure)
    return Answer(_without_keys(told, message), PAUSES.get((service, number), NO_PAUSE))


def _without_keys(text: str, message: Message) -> str:
    """Services and libraries quote what they were sent; the address, its keys and the secret are taken out."""
    parts = urlsplit(message.address)  # checked before anything was sent
    keys = {message.address, message.secret, parts.password or "", parts.path.rsplit("/", 1)[-1]}
    keys |= {value for _, value in parse_qsl(parts.query)}
    for key in sorted((key for key in keys if len(key) > 5), key=len, reverse=True):
        text = text.replace(key, "***")
    return text
