"""What a file is: by its bytes first, by its name where the bytes have no sign. What is not taken is refused by sentence."""

import codecs
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Literal

from chuangwen.kernel import compound
from chuangwen.kernel.names import ending_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.twofaced import other_face
from chuangwen.kernel.unzip import LockedZip, ZipLimits, ZipLook, look_at_zip
from chuangwen.kernel.words import lasting

Group = Literal["photo", "paper", "sheet", "slides", "text", "mail", "audio", "video", "zip"]
_HEAD = 4096
_MB = 1024 * 1024
_MOST_TEXT = 64 * _MB
_IN_ZIP = ZipLimits(entries=20_000, total=4096 * _MB, depth=24)


class KindRefused(Refusal):
    """A file that is not kept."""

    code = "kind_refused"
    sentence = lasting("“{name}”不能收。")
    status = 422


class EmptyFile(KindRefused):
    code = "empty_file"
    sentence = lasting("“{name}”是空的，没有收。请核对是不是没有传完，再传一次。")


class UnknownKind(KindRefused):
    code = "unknown_kind"
    sentence = lasting(
        "“{name}”不能收：认不出是什么文件，或者文件已损坏。可以收照片、PDF、OFD、Word、Excel、PPT、WPS、文本、网页、"
        "邮件（eml）、录音（mp3、wav、m4a）和录像（mp4、mov、avi），请另存为其中一种再传。"
    )


class Program(KindRefused):
    code = "program"
    sentence = lasting("“{name}”不能收：它是程序或脚本，不是资料。请只传资料本身。")


class Drawing(KindRefused):
    code = "svg"
    sentence = lasting("“{name}”不能收：SVG 图里可以藏脚本。请导出为 PNG 或 PDF 再传。")


class TwoFaced(KindRefused):
    code = "two_faced"
    sentence = lasting(
        "“{name}”不能收：它看起来是{kind}，里面还藏着另一个文件（{other}）。请用原来的软件另存一份再传。"
    )


class Locked(KindRefused):
    code = "locked"
    sentence = lasting("“{name}”不能收：加了密码，以后谁也打不开。请去掉密码另存一份再传。")


class WithMacros(KindRefused):
    code = "macros"
    sentence = lasting("“{name}”不能收：里面带宏（程序）。请另存为不带宏的 {ending} 再传。")


class OtherArchive(KindRefused):
    code = "other_archive"
    sentence = lasting("“{name}”不能收：这种压缩包（rar、7z 等）打不开。请解开后直接传，或改用 zip。")


class OutlookMail(KindRefused):
    code = "outlook_mail"
    sentence = lasting("“{name}”不能收：这是 Outlook 的 msg 格式。请在 Outlook 里另存为 eml，或把附件存出来再传。")


@dataclass(frozen=True)
class Kind:
    """A kind of file: its usual ending, its media type, and what sort of thing it is."""

    ending: str
    media_type: str
    group: Group


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    one.ending: one
    for one in (
        Kind("jpg", "image/jpeg", "photo"),
        Kind("png", "image/png", "photo"),
        Kind("webp", "image/webp", "photo"),
        Kind("heic", "image/heic", "photo"),
        Kind("gif", "image/gif", "photo"),
        Kind("bmp", "image/bmp", "photo"),
        Kind("tif", "image/tiff", "photo"),
        Kind("pdf", "application/pdf", "paper"),
        Kind("ofd", "application/ofd", "paper"),
        Kind("docx", f"{_OFFICE}.wordprocessingml.document", "paper"),
        Kind("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "sheet"),
        Kind("pptx", f"{_OFFICE}.presentationml.presentation", "slides"),
        Kind("doc", "application/msword", "paper"),
        Kind("xls", "application/vnd.ms-excel", "sheet"),
        Kind("ppt", "application/vnd.ms-powerpoint", "slides"),
        Kind("wps", "application/wps-office.wps", "paper"),
        Kind("et", "application/wps-office.et", "sheet"),
        Kind("dps", "application/wps-office.dps", "slides"),
        Kind("rtf", "application/rtf", "paper"),
        Kind("txt", "text/plain", "text"),
        Kind("csv", "text/csv", "sheet"),
        Kind("html", "text/html", "text"),
        Kind("eml", "message/rfc822", "mail"),
        Kind("mp3", "audio/mpeg", "audio"),
        Kind("wav", "audio/wav", "audio"),
        Kind("m4a", "audio/mp4", "audio"),
        Kind("mp4", "video/mp4", "video"),
        Kind("mov", "video/quicktime", "video"),
        Kind("avi", "video/x-msvideo", "video"),
        Kind("zip", "application/zip", "zip"),
    )
}

_BY_SIGN: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tif"),
    (b"MM\0*", "tif"),
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"ID3\x02", "mp3"),
    (b"ID3\x03", "mp3"),
    (b"ID3\x04", "mp3"),
)
_BY_BRAND = {b"M4A ": "m4a", b"M4B ": "m4a", b"qt  ": "mov"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_FILMS = (b"isom", b"iso", b"mp4", b"avc1", b"3gp", b"3g2", b"M4V", b"MSNV", b"dash", b"mmp4", b"NDS", b"f4v")
_BY_FORM = {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}
_FRAMES = (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"dex\n",
             b"\0asm", b"#!", b"L\0\0\0\x01\x14\x02\0", b"ITSF", b"<?php", b"!<arch>")  # fmt: skip
_PACKED = (
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
    b"PK\x07\x08",
)
_SCRIPTS = {"js", "mjs", "jse", "vbs", "vbe", "wsf", "wsh", "hta", "bat", "cmd", "ps1", "psm1", "sh", "bash", "py", "pl",
            "rb", "php", "phtml", "asp", "aspx", "jsp", "exe", "dll", "scr", "com", "pif", "msi", "lnk", "reg", "inf",
            "url", "jar", "apk", "cpl", "swf"}  # fmt: skip
_TEXTS = {
    "": "txt",
    "txt": "txt",
    "text": "txt",
    "md": "txt",
    "log": "txt",
    "csv": "csv",
    "html": "html",
    "htm": "html",
}
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_HEADER = re.compile(rb"^(?:From|To|Subject|Date|Received|Return-Path|Message-ID|MIME-Version|Delivered-To|"
                     rb"X-[\w-]+|Content-Type|Reply-To|Sender|DKIM-Signature):", re.IGNORECASE | re.MULTILINE)  # fmt: skip
_ROOT = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>|\s)*<(?:\w+:)?svg[\s>/]",
                   re.IGNORECASE | re.DOTALL)  # fmt: skip


def kind_of(source: bytes | BinaryIO, name: str) -> Kind:
    """What the file is; a KindRefused or ZipRefused for what is not taken. A zip of files is a kind of its own."""
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    size = file.seek(0, io.SEEK_END)
    if not size:
        raise EmptyFile(name=name)
    file.seek(0)
    head = file.read(_HEAD)
    _refuse_by_sign(head, name)
    kind = next((found for look in _LOOKS if (found := look(file, head, name))), None) or _text(file, head, name)
    if kind is None:
        raise _unknown(head, name)
    if kind.ending == "pdf" or kind.group in {"photo", "audio", "video"}:
        _must_be_one_thing(file, kind, name)
    return kind


def _refuse_by_sign(head: bytes, name: str) -> None:
    if head.startswith(_PROGRAMS):
        raise Program(name=name)
    if head.startswith(_PACKED) or head[257:262] == b"ustar":
        raise OtherArchive(name=name)
    if _ROOT.match(head) or (head.lstrip().startswith(b"<") and ending_of(name) in {"svg", "svgz"}):
        raise Drawing(name=name)


def _unknown(head: bytes, name: str) -> KindRefused:
    return Program(name=name) if ending_of(name) in _SCRIPTS else UnknownKind(name=name)


def _must_be_one_thing(file: BinaryIO, kind: Kind, name: str) -> None:
    if other := other_face(file, kind.group):
        told = {"page": "HTML", "zip": "ZIP", "pdf": "PDF", "script": "JavaScript"}[other]
        raise TwoFaced(name=name, kind=kind.ending.upper(), other=told)


def _signed(_file: BinaryIO, head: bytes, name: str) -> Kind | None:
    if head.startswith(_FRAMES) and ending_of(name) == "mp3":
        return KINDS["mp3"]
    if (
        head.startswith(b"BM")
        and len(head) > 26
        and head[6:10] == b"\0\0\0\0"
        and head[14] in {12, 40, 52, 56, 108, 124}
    ):
        return KINDS["bmp"]
    return next((KINDS[ending] for sign, ending in _BY_SIGN if head.startswith(sign)), None)


def _boxed(_file: BinaryIO, head: bytes, name: str) -> Kind | None:
    """Files made of boxes: HEIC photos, films and sound in MPEG-4; RIFF for WebP, WAV and AVI."""
    if head.startswith(b"RIFF"):
        return KINDS.get(_BY_FORM.get(head[8:12], ""))
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _HEIC:
            return KINDS["heic"]
        ending = _BY_BRAND.get(brand) or ("mp4" if brand.startswith(_FILMS) else "")
        return KINDS.get(ending)
    if head[4:8] in {b"moov", b"mdat", b"wide", b"free", b"skip"} and ending_of(name) in {"mov", "mp4"}:
        return KINDS["mov"]
    return None


def _old_office(file: BinaryIO, head: bytes, name: str) -> Kind | None:
    if not head.startswith(compound.SIGN):
        return None
    names = compound.names_in(file)
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise Locked(name=name)
    if any(one.startswith(("__substg1.0_", "__nameid_version")) for one in names):
        raise OutlookMail(name=name)
    for stream, endings in (
        ("WordDocument", ("doc", "wps")),
        ("Workbook", ("xls", "et")),
        ("Book", ("xls", "et")),
        ("PowerPoint Document", ("ppt", "dps")),
    ):
        if stream in names:
            return KINDS[endings[1] if ending_of(name) == endings[1] else endings[0]]
    return None


def _zipped(file: BinaryIO, head: bytes, name: str) -> Kind | None:
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None
    try:
        look = look_at_zip(file, name=name, limits=_IN_ZIP)
    except LockedZip as no:
        raise Locked(name=name) from no
    entries = {one.lower() for one in look.entries}
    if entries & {"meta-inf/manifest.mf", "androidmanifest.xml", "classes.dex"}:
        raise Program(name=name)
    ending = _document_in(entries)
    if ending is None:
        return KINDS["zip"]
    if any(one.endswith("vbaproject.bin") for one in entries):
        raise WithMacros(name=name, ending=ending)
    _must_begin_with_it(look, ending, name)
    return KINDS[ending]


def _document_in(entries: set[str]) -> str | None:
    if "ofd.xml" in entries:
        return "ofd"
    if "[content_types].xml" not in entries:
        return None
    folders = {one.partition("/")[0] for one in entries if "/" in one}
    return next(
        (ending for folder, ending in (("word", "docx"), ("xl", "xlsx"), ("ppt", "pptx")) if folder in folders), None
    )


def _must_begin_with_it(look: ZipLook, ending: str, name: str) -> None:
    """A document's zip begins with its first entry: nothing else stands in front."""
    if min(info.header_offset for info in look.infos):
        raise TwoFaced(name=name, kind=ending.upper(), other="ZIP")


def _text(file: BinaryIO, head: bytes, name: str) -> Kind | None:
    ending = ending_of(name)
    if ending == "eml" or (ending == "" and len(_HEADER.findall(head)) >= 3):
        return KINDS["eml"] if _HEADER.search(head) else None
    if ending not in _TEXTS or not is_text(file):
        return None
    return KINDS[_TEXTS[ending]]


def is_text(file: BinaryIO) -> bool:
    """Whether the whole file is text in UTF-8, UTF-16 (with its mark) or GBK, without control signs."""
    file.seek(0)
    head = file.read(4)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _reads_as(file, "utf-16")
    return _reads_as(file, "utf-8-sig") or _reads_as(file, "gb18030")


def _reads_as(file: BinaryIO, encoding: str) -> bool:
    if file.seek(0, io.SEEK_END) > _MOST_TEXT:
        return False
    file.seek(0)
    reader = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := file.read(_MB):
            if _CONTROL.search(reader.decode(piece)):
                return False
        reader.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


_LOOKS: tuple[Callable[[BinaryIO, bytes, str], Kind | None], ...] = (_signed, _boxed, _old_office, _zipped)
