"""Papers of the demo town: Word, PDF and Excel files with invented words and figures, each marked as a demo."""

import zlib
from collections.abc import Sequence
from datetime import date, datetime, time

from chuangwen.kernel import word
from chuangwen.kernel.papers import date_cn
from chuangwen.kernel.sheet_writing import TableColumn, TableText, Value, write_table
from chuangwen.kernel.workdays import CHINA

_WIDE, _LINES, _LEFT, _TOP, _PITCH = 32, 38, 72, 770, 19


def letter(title: str, number: str, lines: Sequence[str], signer: str, day: date) -> bytes:
    """A paper as Word, in the geometry of an official one but without its red head."""
    body = [word.paragraph(title, word.TITLE_TYPE)]
    body += [word.paragraph(number, word.Type(align="center", indent=False, after=12))] if number else []
    body += [word.paragraph(one) for text in lines for one in text.split("\n")]
    body += [word.paragraph("", word.PLAIN), word.paragraph(signer, word.SIGNED)]
    body += [word.paragraph(date_cn(day), word.SIGNED)]
    return word.document(body, at=datetime.combine(day, time(9), CHINA))


def sheet(title: str, heads: Sequence[str], rows: Sequence[Sequence[Value]], note: str, day: date) -> bytes:
    """A table as Excel."""
    columns = [TableColumn(one, 16) for one in heads]
    made = datetime.combine(day, time(9))
    return write_table(columns, rows, TableText("统计表", title, [f"{note}　{day:%Y-%m-%d}"], made))


def pdf(title: str, number: str, lines: Sequence[str], signer: str, day: date) -> bytes:
    """The same paper as a PDF with real text; the font is the reader's own (STSong), as old office PDFs have it."""
    told = [title, number, "", *_wrapped(lines), "", f"{signer}　{date_cn(day)}"]
    pages = [told[place : place + _LINES] for place in range(0, len(told), _LINES)]
    return _assembled([_page(one) for one in pages])


def _wrapped(lines: Sequence[str]) -> list[str]:
    whole = [f"　　{part}" for text in lines for part in text.split("\n")]
    return [one[place : place + _WIDE] for one in whole for place in range(0, max(1, len(one)), _WIDE)]


def _page(lines: Sequence[str]) -> bytes:
    shown = [
        f"BT /F1 14 Tf {_LEFT} {_TOP - _PITCH * place} Td <{line.encode('utf-16-be').hex()}> Tj ET"
        for place, line in enumerate(lines)
        if line
    ]
    return zlib.compress("\n".join(shown).encode("ascii"))


def _assembled(pages: Sequence[bytes]) -> bytes:
    """A PDF by hand: catalogue, pages, one Chinese font that is not embedded."""
    kin = b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
    sides = b"/FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93"
    kids = " ".join(f"{6 + 2 * place} 0 R" for place in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 5 0 R %s >>" % kin,
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 %s >>" % sides,
    ]
    for place, data in enumerate(pages):
        resources = b"/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 595 842]"
        objects.append(b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R >>" % (resources, 7 + 2 * place))
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(data), data))
    return _with_table(objects)


def _with_table(objects: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
