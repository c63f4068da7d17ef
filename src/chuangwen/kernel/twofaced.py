"""Files that are two things at once (polyglots): a photo that is also a web page, a zip, a PDF or a script.

Phones write further pictures, depth and short films behind a photo, so what follows the end of a picture is no fault
by itself; it is one when another program would open the file as something else.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

_HEAD = 4096
_STEP = 1 << 20
_OVERLAP = 32
_REACH = 22 + 65_535  # where a zip's end may stand
_PAGE = re.compile(rb"<(?i:script[\s>]|html[\s>]|\?php\s|!doctype\s+html)")  # the first sign alone is found fast
_DRAWING = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_ASSIGNED = re.compile(rb"GIF8[79]a\s*=\s*[\x20-\x7e]")


def other_face(file: BinaryIO, group: str) -> str:
    """What else the file would be opened as: page, zip, pdf, script; empty when it is one thing only."""
    file.seek(0)
    head = file.read(_HEAD if group == "photo" else 1024)
    if _PAGE.search(head) or _DRAWING.search(head):
        return "page"
    if group != "paper" and b"%PDF-" in head:
        return "pdf"
    if group == "photo" and (b"/*" in head[:16] or _ASSIGNED.match(head)):
        return "script"
    if has_zip_behind(file):
        return "zip"
    return "page" if group == "photo" and any(_PAGE.search(piece) for piece in _pieces(file)) else ""


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    kept = b""
    while piece := file.read(_STEP):
        yield kept + piece
        kept = piece[-_OVERLAP:]


def has_zip_behind(file: BinaryIO) -> bool:
    """Whether an unpacker would find a zip in the file: an end record that points at a table of contents."""
    end = file.seek(0, 2)
    start = max(0, end - _REACH)
    file.seek(start)
    tail = file.read(_REACH)
    place = tail.rfind(b"PK\x05\x06")
    while place >= 0:
        size = int.from_bytes(tail[place + 12 : place + 16], "little")
        table = start + place - size
        if size and table >= 0:
            file.seek(table)
            if file.read(4) == b"PK\x01\x02":
                return True
        place = tail.rfind(b"PK\x05\x06", 0, place)
    return False
