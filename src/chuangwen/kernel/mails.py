"""E-mail as files (.eml): the text, who wrote it, and what was attached, under the names that people gave."""

import email
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32

from chuangwen.kernel.documents import page_text
from chuangwen.kernel.names import read_bytes, tidy_name
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, say

MOST_BYTES = 100_000_000
MOST_PARTS = 500
_CHINESE = {"gb2312", "gbk", "gb18030", "hz-gb-2312", "x-gbk", "cp936", "936"}


class MailRefused(Refusal):
    """A mail that cannot be taken apart."""

    code = "mail_refused"
    sentence = lasting("邮件“{name}”打不开：文件已损坏，或者不是邮件。请从邮箱里重新导出 eml。")
    status = 422


class MailTooLarge(MailRefused):
    code = "mail_too_large"
    sentence = lasting("邮件“{name}”太大（超过 {most} MB 或 {parts} 个部分），没有拆开。请把附件存出来再传。")


class _AsWritten(Compat32):
    """Headers as they stand in the file, with bytes that are no ASCII kept aside."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


@dataclass(frozen=True)
class Attachment:
    """A file in a mail; a mail in a mail is one too."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Mail:
    """A mail read: header lines as people read them, the text, the attachments in order."""

    subject: str
    sender: str
    date: str
    text: str
    attachments: tuple[Attachment, ...]

    def as_text(self) -> str:
        """Subject, sender and date above the text: what a search should find."""
        head = ((say("主题"), self.subject), (say("发件人"), self.sender), (say("时间"), self.date))
        return "\n".join([*(f"{what}：{told}" for what, told in head if told), "", self.text])


def read_mail(data: bytes, name: str) -> Mail:
    """Take a mail apart; refuses with a sentence what is too large or none."""
    if len(data) > MOST_BYTES:
        raise MailTooLarge(name=name, most=MOST_BYTES // 1_000_000, parts=MOST_PARTS)
    try:
        message = email.message_from_bytes(data, policy=_AsWritten())
        parts = list(_parts(message, name))
        plain, pages, files = _sorted(parts)
    except Refusal:
        raise
    except Exception as wrong:  # the library breaks in many ways on what strangers send
        raise MailRefused(name=name) from wrong
    if not message.keys():
        raise MailRefused(name=name)
    text = "\n\n".join(plain) or "\n\n".join(page_text(one) for one in pages)
    return Mail(
        subject=_said(message.get("Subject")),
        sender=_said(message.get("From")),
        date=_said(message.get("Date")),
        text=text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip(),
        attachments=tuple(files),
    )


def _parts(message: "Message[str, str]", name: str) -> Iterator["Message[str, str]"]:
    """Every part that is not made of parts, in order."""
    waiting, count = [message], 0
    while waiting:
        part, count = waiting.pop(), count + 1
        if count > MOST_PARTS:
            raise MailTooLarge(name=name, most=MOST_BYTES // 1_000_000, parts=MOST_PARTS)
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting.extend(one for one in reversed(inner) if isinstance(one, Message))
        else:
            yield part


def _sorted(parts: "list[Message[str, str]]") -> tuple[list[str], list[str], list[Attachment]]:
    plain: list[str] = []
    pages: list[str] = []
    files: list[Attachment] = []
    for part in parts:
        kind, name = part.get_content_type(), _name(part)
        if not name and kind == "text/plain":
            plain.append(_text(part))
        elif not name and kind == "text/html":
            pages.append(_text(part))
        elif data := _data(part):
            files.append(Attachment(tidy_name(name or _made_up(part, len(files) + 1)), data))
    return plain, pages, files


def _name(part: "Message[str, str]") -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, TypeError, LookupError, AttributeError):
        name = ""
    attached = (part.get("Content-Disposition") or "").strip().lower().startswith("attachment")
    return _said(name) or (_made_up(part, 1) if attached else "")


def _made_up(part: "Message[str, str]", number: int) -> str:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        subject = _said(first.get("Subject")) if isinstance(first, Message) else ""
        return f"{subject or say('转发的邮件')}.eml"
    return f"{say('附件')}{number}{mimetypes.guess_extension(part.get_content_type()) or ''}"


def _data(part: "Message[str, str]") -> bytes:
    inner = part.get_payload()
    if isinstance(inner, list):  # a mail in a mail
        return b"\n".join(one.as_bytes() for one in inner if isinstance(one, Message))
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _text(part: "Message[str, str]") -> str:
    data = _data(part)
    charset = (part.get_content_charset() or "").lower()
    return _decoded(data, charset)


def _decoded(data: bytes, charset: str) -> str:
    for encoding in ("gb18030" if charset in _CHINESE else charset, "utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def _said(header: str | None) -> str:
    """A header as people read it: encoded words opened, raw bytes read as UTF-8 or GBK, on one line."""
    raw = "".join(header or "").replace("\r", " ").replace("\n", " ")
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError, LookupError):
        pieces = [(raw, None)]
    told = "".join(_piece(one, charset) for one, charset in pieces)
    return " ".join("".join(sign for sign in told if sign.isprintable() or sign.isspace()).split())[:500]


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return read_bytes(piece.encode("utf-8", "surrogateescape"))
    if charset is None:
        return read_bytes(piece)
    return _decoded(piece, charset.lower())
