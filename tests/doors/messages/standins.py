"""Stand-ins on 127.0.0.1 for the services, strict as the real ones: payload, length, signature, rate, answers.

What they hold is in the facts about exchange channels: WeCom text up to 2048 bytes and errcode 45009 over 20 a minute;
DingTalk's signature over milliseconds, at most an hour off, body up to 20,000 bytes, ten minutes' block over 20 a
minute; Feishu's signature whose key is the text, body up to 20 KB. All answer 200 when they refuse, as the real ones do.
"""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default as modern
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Said = dict[str, Any]


class StandIn:
    """One bot: ``texts`` are the messages that reached the group, ``asked`` counts all requests."""

    path = "/"

    def __init__(self, secret: str = "") -> None:
        self.secret = secret
        self.texts: list[str] = []
        self.asked = 0
        self.status = 200
        self.port = 0
        self.now = time.time
        self.tries: list[float] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answer(self, query: dict[str, list[str]], raw: bytes) -> Said:
        raise NotImplementedError

    def too_many(self, most: int = 20) -> bool:
        """Whether this request is over the rate; every request counts."""
        now = self.now()
        self.tries = [one for one in self.tries if one > now - 60] + [now]
        return len(self.tries) > most


class WeCom(StandIn):
    """The WeCom group bot."""

    key = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
    path = "/cgi-bin/webhook/send"

    @property
    def address(self) -> str:
        return f"http://{self.host}{self.path}?key={self.key}"

    def answer(self, query: dict[str, list[str]], raw: bytes) -> Said:
        if query.get("key") != [self.key]:
            return {"errcode": 93000, "errmsg": f"invalid webhook url, key {query.get('key')}"}
        if self.too_many():
            return {"errcode": 45009, "errmsg": "api freq out of limit"}
        body = json.loads(raw)
        if body.get("msgtype") != "text":
            return {"errcode": 40008, "errmsg": "invalid message type"}
        if len(body["text"]["content"].encode()) > 2048:
            return {"errcode": 40058, "errmsg": "content exceed max length 2048"}
        self.texts.append(body["text"]["content"])
        return {"errcode": 0, "errmsg": "ok"}


class DingTalk(StandIn):
    """The DingTalk group bot, with signature, or else with the keyword 创文."""

    token = "566cc69da782ec33e42541b8b0a1c2d3"
    path = "/robot/send"
    blocked_until = 0.0

    @property
    def address(self) -> str:
        return f"http://{self.host}{self.path}?access_token={self.token}"

    def answer(self, query: dict[str, list[str]], raw: bytes) -> Said:
        if query.get("access_token") != [self.token]:
            return {"errcode": 300005, "errmsg": "token is not exist"}
        if self.now() < self.blocked_until or self.too_many():
            self.blocked_until = max(self.blocked_until, self.now() + 600)
            return {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}
        body = json.loads(raw)
        if not self.signed(query) or not (self.secret or "创文" in body["text"]["content"]):
            return {"errcode": 310000, "errmsg": "sign not match, or keywords not in content"}
        if body.get("msgtype") != "text" or len(raw) > 20_000:
            return {"errcode": 40035, "errmsg": "bad message"}
        self.texts.append(body["text"]["content"])
        return {"errcode": 0, "errmsg": "ok"}

    def signed(self, query: dict[str, list[str]]) -> bool:
        if not self.secret:
            return True
        [stamp], [sign] = query.get("timestamp", ["0"]), query.get("sign", [""])
        if len(stamp) != 13 or abs(int(stamp) / 1000 - self.now()) > 3600:
            return False
        digest = hmac.new(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256).digest()
        return sign == base64.b64encode(digest).decode()


class Feishu(StandIn):
    """The Feishu group bot with signature."""

    token = "0f0cd2a4-1b2c-4d5e-8f90-a1b2c3d4e5f6"

    @property
    def path(self) -> str:  # type: ignore[override]
        return f"/open-apis/bot/v2/hook/{self.token}"

    @property
    def address(self) -> str:
        return f"http://{self.host}{self.path}"

    def answer(self, query: dict[str, list[str]], raw: bytes) -> Said:
        if self.too_many(100):
            return {"code": 11232, "msg": "frequency limited psm[lark.oapi.app_platform_runtime]"}
        if len(raw) > 20 * 1024:
            return {"code": 9499, "msg": "Bad Request"}
        body = json.loads(raw)
        if self.secret and not self.signed(body):
            return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        if body.get("msg_type") != "text" or not isinstance(body["content"]["text"], str):
            return {"code": 9499, "msg": "Bad Request"}
        self.texts.append(body["content"]["text"])
        return {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}

    def signed(self, body: Said) -> bool:
        stamp = str(body.get("timestamp", ""))
        if len(stamp) != 10 or abs(int(stamp) - self.now()) > 3600:
            return False
        digest = hmac.new(f"{stamp}\n{self.secret}".encode(), b"", hashlib.sha256).digest()
        return body.get("sign") == base64.b64encode(digest).decode()


@contextmanager
def serving(bot: StandIn) -> Iterator[StandIn]:
    """Let the stand-in answer on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bot.asked += 1
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            parts = urlsplit(self.path)
            wrong = parts.path != bot.path or "json" not in self.headers.get("Content-Type", "")
            status = 404 if wrong else bot.status
            said = bot.answer(parse_qs(parts.query), raw) if status == 200 else {}
            data = json.dumps(said).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"http://{bot.host}/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bot.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield bot
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Mail:
    """A mail server of ten commands: keeps what it is given, refuses recipients outside ``example.org``."""

    def __init__(self, password: str = "") -> None:
        self.password = password
        self.letters: list[Message] = []
        self.recipients: list[str] = []
        self.port = 0

    @property
    def address(self) -> str:
        account = f"town:{self.password}@" if self.password else ""
        return f"mailto://{account}127.0.0.1:{self.port}/?to=office@example.org&from=town@example.org"

    def talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            self._say(connection, "220 stand-in")
            known = not self.password
            for line in lines:
                word = line.strip().decode().split(" ", 1)[0].upper()
                if word in {"EHLO", "HELO"}:
                    self._say(connection, "250-stand-in\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")
                elif word == "AUTH":
                    given = base64.b64decode(line.strip().split(b" ")[2]).split(b"\0")[-1].decode()
                    known = given == self.password
                    self._say(connection, "235 welcome" if known else "535 wrong password")
                elif word == "MAIL":
                    self._say(connection, "250 ok" if known else "530 who are you")
                elif word == "RCPT":
                    self._say(connection, self._recipient(line.decode()))
                elif word == "DATA":
                    self._say(connection, "354 go on")
                    self._take(lines)
                    self._say(connection, "250 kept")
                elif word == "QUIT":
                    self._say(connection, "221 bye")
                    return
                else:
                    self._say(connection, "250 ok")

    def _recipient(self, line: str) -> str:
        person = line[line.index("<") + 1 : line.index(">")]
        if not person.endswith("@example.org"):
            return "550 not here"
        self.recipients.append(person)
        return "250 ok"

    def _take(self, lines: Any) -> None:
        letter = b""
        for line in lines:
            if line == b".\r\n":
                break
            letter += line.removeprefix(b".") if line.startswith(b"..") else line
        self.letters.append(message_from_bytes(letter, policy=modern))

    def _say(self, connection: socket.socket, words: str) -> None:
        connection.sendall(words.encode() + b"\r\n")


@contextmanager
def delivering(mail: Mail) -> Iterator[Mail]:
    """Let the mail server answer, one caller after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        mail.port = server.getsockname()[1]
        stopping = threading.Event()

        def answer() -> None:
            while True:
                connection, _ = server.accept()
                if stopping.is_set():
                    connection.close()
                    return
                mail.talk(connection)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield mail
        finally:
            stopping.set()
            socket.create_connection(("127.0.0.1", mail.port)).close()
            thread.join()
