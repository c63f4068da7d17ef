"""The papers of a package: the sheet before each standard, its explanation, the catalogue, what was missing, how to verify."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from chuangwen.kernel import word
from chuangwen.kernel.manifests import MANIFEST, WHOLE
from chuangwen.kernel.papers import date_cn
from chuangwen.kernel.sheet_writing import TableColumn, TableText, write_table
from chuangwen.kernel.words import lasting, later, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.results.submission.matrix import Line, Matrix, State

CATALOGUE = (
    (later("序号"), 13),
    (later("标准编号"), 22),
    (later("测评标准"), 33),
    (later("类型"), 20),
    (later("题名"), 47),
    (later("文号"), 34),
    (later("单位"), 20),
    (later("日期"), 27),
    (later("文件名"), 41),
)
MISSING = (later("标准编号"), later("测评标准"), later("情况"), later("材料或毛病"), later("说明"), later("牵头单位"))
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Filed:
    """One file of the package as the catalogue tells it."""

    code: str
    standard: str
    kind: str
    title: str
    number: str
    unit: str
    day: str
    path: str

    def cells(self, serial: int) -> list[str]:
        """The cells of its row."""
        name = self.path.rsplit("/", 1)[-1]
        return [str(serial), self.code, self.standard, self.kind, self.title, self.number, self.unit, self.day, name]


def sheet(line: Line, matrix: Matrix, files: Sequence[Filed], *, edition: str, at: datetime) -> bytes:
    """《测评材料提交表》 of one standard: its number, its content, the list of its materials, who signed."""
    standing, rules = line.standing, matrix.board.rules
    entry = standing.entry
    head = word.Grid((32, 124), first_is_head=True)
    signed = (
        f"{entry.signer.name}　{date_cn(entry.signed_at)}" if entry.signer and entry.signed_at else written("未签批")
    )
    facts = [
        (written("测评体系"), edition),
        (written("标准编号"), standing.code),
        (written("内容"), f"{standing.node.title}\n{standing.node.text}".strip()),
        (written("牵头单位"), standing.lead.lead if standing.lead else written("未定")),
        (written("签批"), signed),
    ]
    rows = ([str(n), one.kind, one.title, one.number, one.day] for n, one in enumerate(files, 1))
    heads = [written(one) for one in (later("序号"), later("类型"), later("题名"), later("文号"), later("日期"))]
    body = [
        word.paragraph(written(rules.form.title), word.TITLE_TYPE),
        *word.table(head, facts),
        word.paragraph(written("材料目录"), word.HEADING),
        *word.table(word.Grid((13, 21, 62, 32, 28), heads), rows),
        word.paragraph("", word.PLAIN),
    ]
    return word.document(body, at=at)


def explanation(title: str, text: str, signer: str, *, at: datetime) -> bytes:
    """The explanation as a paper: its title, its paragraphs with headings told apart, who gives it and when."""
    lines = [one.strip() for one in text.splitlines() if one.strip()]
    body = [word.paragraph(title, word.TITLE_TYPE), *(_line(one) for one in lines)]
    body += [
        word.paragraph("", word.PLAIN),
        word.paragraph(signer, word.SIGNED),
        word.paragraph(date_cn(at.astimezone(CHINA)), word.SIGNED),
    ]
    return word.document(body, at=at)


def _line(text: str) -> str:
    is_heading = len(text) <= 30 and text[:1] in "一二三四五六七八九十" and "、" in text[:4]
    return word.paragraph(text, word.HEADING if is_heading else word.TEXT)


def catalogue_word(title: str, files: Sequence[Filed], *, at: datetime) -> bytes:
    """The catalogue as Word: A4 lying, its head on every page."""
    grid = word.Grid([width for _, width in CATALOGUE], [written(head) for head, _ in CATALOGUE])
    body = _chained([word.paragraph(title, word.TITLE_TYPE)], word.table(grid, _rows(files)), [word.paragraph("")])
    return word.document(body, at=at, landscape=True)


def _chained(*parts: Iterable[str]) -> Iterator[str]:
    for part in parts:
        yield from part


def _rows(files: Sequence[Filed]) -> Iterator[list[str]]:
    return (one.cells(serial) for serial, one in enumerate(files, 1))


def catalogue_sheet(title: str, files: Sequence[Filed], *, at: datetime) -> bytes:
    """The catalogue as Excel, with the whole path of each file."""
    widths = (6, 11, 24, 11, 40, 22, 14, 12, 60)
    columns = [
        TableColumn(written(head), width, width >= 40) for (head, _), width in zip(CATALOGUE, widths, strict=True)
    ]
    rows = ([*one.cells(serial)[:-1], one.path] for serial, one in enumerate(files, 1))
    made = at.astimezone(CHINA).replace(tzinfo=None)
    return write_table(columns, rows, TableText(title[:28], title, made=made))


_TOLD = {State.MISSING: lasting("缺"), State.UNCHOSEN: lasting("未选"), State.LATE: lasting("迟")}


def missing_rows(matrix: Matrix) -> list[list[str]]:
    """What is missing, weak, late or unsigned, one row each."""
    found = []
    for line in matrix.lines:
        for state, what, why in _of_line(line):
            lead = line.standing.lead.lead if line.standing.lead else ""
            found.append([line.standing.code, line.standing.node.title, state, what, why, lead])
    return found


def _of_line(line: Line) -> Iterator[tuple[str, str, str]]:
    for one in line.judged:
        counts = written("{have} / {least}", have=one.have, least=one.least)
        if one.state in _TOLD:
            yield written(_TOLD[one.state]), f"{one.need.requirement.code} {one.need.requirement.title}", counts
    for finding in line.open_findings:
        yield written("弱"), finding.title, f"{finding.where}：{finding.what}"
    if not line.is_signed:
        yield written("未签批"), "", ""
    elif line.standing.entry.signed_why:
        yield written("带缺项签批"), "", line.standing.entry.signed_why


def missing_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """The same rows for any program: UTF-8 with its mark; a cell that would be a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow([written(one) for one in MISSING])
    table.writerows([[f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def missing_sheet(title: str, rows: Sequence[Sequence[str]], *, at: datetime) -> bytes:
    """The same rows as Excel."""
    widths = (12, 26, 10, 40, 60, 16)
    columns = [TableColumn(written(one), width, width >= 40) for one, width in zip(MISSING, widths, strict=True)]
    made = at.astimezone(CHINA).replace(tzinfo=None)
    return write_table(columns, rows, TableText(title[:28], title, made=made))


README = later(
    """{title}

封装时间：{moment}
封装人：{by}
文件数：{files}（另有清单两份）
带缺项封装的理由：{despite}

一、里面有什么
每条测评标准一个文件夹：提交表、情况说明、规范文件、统计表、照片，按“{pattern}”命名。
目录.docx、目录.xlsx：全部文件的目录。
缺项.csv、缺项.xlsx：封装时缺的、弱的、迟的、没有签批的。
{manifest}：每个文件的 SHA-256 指纹。
{whole}：上面这份清单的指纹，代表整个申报包。

二、多年以后怎样核验
不需要本系统，也不需要联网。
1. 解开压缩包，进入本文件所在的文件夹。
2. Linux、麒麟、统信、macOS：打开终端，运行
       sha256sum -c {whole}
       sha256sum -c {manifest}
   （macOS 用 shasum -a 256 -c 代替 sha256sum -c。）每一行都是 OK（成功），就是一个字节也没有变。
3. Windows：打开 PowerShell，运行
       Get-FileHash -Algorithm SHA256 {manifest}
   与 {whole} 里的指纹比较；再对任一文件运行同样的命令，与清单里的指纹比较。
4. 指纹与镇里操作留痕里“封装申报包”一条记下的总指纹相同，就是当时封装的那一份。
5. 装有创文的机器：chuangwen submission verify 申报包.zip
"""
)


def readme(title: str, by: str, files: int, despite: str, pattern: str, *, at: datetime) -> bytes:
    """How to verify the package years later, in plain words; lines end as Windows' own editor wants them."""
    text = written(
        README,
        title=title,
        moment=f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        by=by,
        files=files,
        despite=despite or written("无"),
        pattern=pattern,
        manifest=MANIFEST,
        whole=WHOLE,
    )
    return text.replace("\n", "\r\n").encode("utf-8-sig")
