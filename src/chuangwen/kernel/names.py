"""Names of files as the world sends them, made fit to keep; a title that people would give."""

import re
import unicodedata

LONGEST = 255
LONGEST_TITLE = 200
LONGEST_FOLDER = 300
_SIGNS = str.maketrans('<>:"|?*', "＜＞：＂｜？＊")  # forbidden on Windows: their full-width twins are not
_JOINERS = {"\u200c", "\u200d"}  # an emoji family is held together by them
_COPY = re.compile(r"(\s*[-－]?\s*(副本|复制|拷贝)|\s*[（(]\d{1,3}[)）])+$")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def tidy_name(raw: str, *, otherwise: str = "文件") -> str:
    """The last part of a path, in NFC, without what is no sign to read, at most 255 bytes with its ending kept.

    Bytes that were no UTF-8 (``surrogateescape``, as Python lists them) are read as GBK.

    >>> tidy_name("C:\\\\资料\\\\市场?.pdf")
    '市场？.pdf'
    """
    name = re.split(r"[/\\]", _readable(raw).rstrip("/\\"))[-1]
    kept = (one for one in unicodedata.normalize("NFC", name) if _is_kept(one))
    name = "".join(kept).translate(_SIGNS).strip().rstrip(". ")
    if not name.strip("."):
        return otherwise
    return _cut(f"_{name}" if _DEVICES.match(name) else name)


def tidy_folder(raw: str) -> str:
    """Where a file lay, each folder's name made fit to keep; at most 300 signs.

    >>> tidy_folder("市场/./东门?/")
    '市场/东门？'
    """
    return "/".join(tidy_name(one) for one in re.split(r"[/\\]", raw) if one not in {"", "."})[:LONGEST_FOLDER]


def title_of(name: str) -> str:
    """What a document would be called by the name of its file.

    >>> title_of("集贸市场_管理办法 - 副本(2).docx")
    '集贸市场 管理办法'
    """
    stem = name.rpartition(".")[0] if ending_of(name) else name
    title = " ".join(_COPY.sub("", stem.replace("_", " ")).split())
    return (title or name)[:LONGEST_TITLE]


def ending_of(name: str) -> str:
    """The ending in small letters without its dot; empty where there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem and ending.isalnum() and len(ending) <= 10 else ""


def _readable(raw: str) -> str:
    """The name with its stray bytes read; a half pair of signs, which no encoding can write, is left out later."""
    if not any("\udc80" <= one <= "\udcff" for one in raw):
        return raw
    whole = "".join(one for one in raw if not "\ud800" <= one <= "\udc7f")
    return read_bytes(whole.encode("utf-8", "surrogateescape"))


def read_bytes(data: bytes) -> str:
    """A name whose encoding nobody wrote down: UTF-8 where it is that, else GBK, else what can be read of it."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _is_kept(sign: str) -> bool:
    return sign in _JOINERS or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


def _cut(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    ending = f".{ending_of(name)}" if ending_of(name) else ""
    stem = name[: len(name) - len(ending)].encode()[: LONGEST - len(ending.encode())]
    return stem.decode("utf-8", "ignore").rstrip(". ") + ending
