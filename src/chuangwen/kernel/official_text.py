"""What an official document says of itself: number, date, issuing body, title, and marks of secrecy (GB/T 9704 shapes).

Only its own facts are told, not those of other documents that it quotes. Text may come from recognition, so blanks,
brackets and zeros are read generously. Every finding carries the words it rests on and how sure it is (0 to 100).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chuangwen.kernel.chinese import half_width, whole_number
from chuangwen.kernel.official_lines import Line, is_address, is_body, is_head, lines_of_pages, squeezed

_OPEN, _SHUT = "〔［\\[【（({「『〈《<〖CcＣ\\|", "〕］\\]】）)}」』〉》>〗JjlI1\\|丿）"
_NUMBER = re.compile(
    rf"(?P<body>[\u4e00-\u9fff（）()]{{2,16}}?)[{_OPEN}]?(?P<year>[12][09OoQ][0-9OoQlI]{{2}})年?[{_SHUT}]"
    r"第?(?P<count>[0-9OoQlI]{1,4})[号號吾]"
)
_YEAR_COUNT = re.compile(r"(?P<year>[12]\d{3})年第(?P<count>\d{1,4})号\Z")
_LOOSE = str.maketrans("OoQlI", "00011")
_LABELS = {
    "标题": "title",
    "名称": "title",
    "文号": "number",
    "发文字号": "number",
    "文件编号": "number",
    "发布机构": "issuer",
    "发文机关": "issuer",
    "发文日期": "dated",
    "成文日期": "dated",
}
_STOPS = ["索引号", "信息类别", "效力状态", "主题分类", "发布日期", "发布时间", "来源", "有效性", *_LABELS]
_LABEL = re.compile(rf"(?P<label>{'|'.join(_LABELS)})[:：](?P<value>.*?)(?=(?:{'|'.join(_STOPS)})[:：]|\Z)")
_ZERO = str.maketrans(dict.fromkeys("○◯OoＯ0零", "〇"))
_CHINESE_DAY = re.compile(
    r"[一二三四五六七八九〇○◯OoＯ0零]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日"
)
_DAY = re.compile(r"[12]\d{3}年\d{1,2}月\d{1,2}[日曰目]|[12]\d{3}[-./]\d{1,2}[-./]\d{1,2}(?!\d)")
_MARK = re.compile(r"(绝密|机密|秘密)[★☆*＊※](?:\d{1,2}(?:年|个月|月)|长期|启封前|公开前)?|特密[★☆*＊]")
_BARE_MARK = re.compile(r"(?:绝密|机密|秘密)(?:文件|级)?\Z")
_BESIDE = {"特急", "加急", "急件", "平急", "内部资料", "内部文件", "内部资料注意保存", "内部使用", "注意保存"}
_BESIDE_START = ("签发人", "索引号", "您当前的位置", "当前位置")
_HEADING = re.compile(r"[一二三四五六七八九十]{1,2}、|第[一二三]章")
_TOP = 14  # lines of the first page among which the head of a document lies
_KINDS = [
    "通知",
    "通报",
    "报告",
    "请示",
    "批复",
    "函",
    "意见",
    "决定",
    "决议",
    "公告",
    "通告",
    "公报",
    "令",
    "纪要",
    "议案",
    "办法",
    "方案",
    "规定",
    "细则",
    "制度",
    "规则",
    "计划",
    "规划",
    "要点",
    "总结",
    "说明",
    "汇报",
    "公约",
    "民约",
    "章程",
    "预案",
    "名单",
    "清单",
    "台账",
    "统计表",
    "汇总表",
    "一览表",
    "登记表",
    "名册",
    "简报",
    "倡议书",
    "承诺书",
    "责任书",
    "材料",
    "标准",
    "措施",
    "讲话",
    "简介",
]
_TITLE_END = re.compile(rf"(?:{'|'.join(_KINDS)})(?:[（(][^（）()]{{1,12}}[)）])?\Z")


@dataclass(frozen=True)
class Finding:
    """A fact of the document: the field, its value, the words it rests on, their page, how sure."""

    field: str
    value: str
    quote: str
    page: int
    sure: int


def findings(pages: Sequence[tuple[int, str]]) -> list[Finding]:
    """All that the text of a document says of itself, at most one of each field but marks of secrecy."""
    lines = lines_of_pages(pages)
    marks = secrecy(lines)
    said = {one.field: one for one in labelled(lines)}
    number = own_number(lines)
    dated = own_date(lines)
    found = [number[0] if number else None, dated[0] if dated else None]
    found.append(own_issuer(lines, number[1] if number else None, dated[1] if dated else None))
    found.append(own_title(lines, number[1] if number else None))
    guessed = {one.field: one for one in found if one}
    return marks + list({**guessed, **said}.values())


def labelled(lines: Sequence[Line]) -> list[Finding]:
    """What a page of released information (政府信息公开) says in its head: 标题：… 文号：… 发布机构：… 发文日期：…"""
    found: dict[str, Finding] = {}
    for line in lines[:_TOP]:
        for mark in _LABEL.finditer(line.bare):
            field, value = _LABELS[mark["label"]], mark["value"].strip("，,;；")
            value = _plain_value(field, value)
            if value and field not in found:
                found[field] = Finding(field, value[:200], line.text[:300], line.page, 95)
    return list(found.values())


def _plain_value(field: str, value: str) -> str:
    if field == "dated":
        days = days_in(value)
        return days[0][0].isoformat() if days else ""
    if field == "number":
        mark = _NUMBER.fullmatch(value)
        return f"{mark['body']}〔{mark['year']}〕{int(mark['count'].translate(_LOOSE))}号" if mark else ""
    return value if len(value) >= 4 and (field == "title" or is_body(value)) else ""


def secrecy(lines: Sequence[Line]) -> list[Finding]:
    """Marks of secrecy: 机密★1年 anywhere, or the bare word on a line of its own in the head."""
    found = []
    for place, line in enumerate(lines):
        if mark := _MARK.search(line.bare):
            found.append(Finding("classified", mark[0][:20], line.text[:300], line.page, 95))
        elif place < 6 and line.page == 1 and _BARE_MARK.fullmatch(line.bare):
            found.append(Finding("classified", line.bare[:20], line.text[:300], line.page, 75))
    return found[:1]


def own_number(lines: Sequence[Line]) -> tuple[Finding, int] | None:
    """The number that stands in the head, alone on its line or beside the one who signed; and where."""
    for place, line in enumerate(lines[:_TOP]):
        alone = re.sub(r"签发人[:：]?[\u4e00-\u9fff]{2,8}\Z", "", line.bare)
        alone = re.sub(r"\A.{2,24}文件(?=.{2,16}[〔\[（(【])", "", alone)
        if (mark := _NUMBER.fullmatch(alone)) and not alone.startswith(("根据", "按照", "转发", "依据")):
            year, count = (mark[key].translate(_LOOSE) for key in ("year", "count"))
            if 1949 <= int(year) <= 2100:
                value = f"{mark['body']}〔{year}〕{int(count)}号"
                exact = "〔" in line.bare and "〕" in line.bare
                return Finding("number", value, line.text[:300], line.page, 97 if exact else 88), place
        if mark := _YEAR_COUNT.fullmatch(alone.strip("（）()")):
            return Finding("number", f"{mark['year']}年第{int(mark['count'])}号", line.text[:300], line.page, 75), place
    return None


def days_in(text: str) -> list[tuple[date, str]]:
    """The days written in a text without blanks, in digits or in Chinese numerals.

    >>> days_in("二〇二一年三月十五日")
    [(datetime.date(2021, 3, 15), '二〇二一年三月十五日')]
    """
    found = []
    for mark in re.finditer(f"{_CHINESE_DAY.pattern}|{_DAY.pattern}", half_width(text)):
        parts = re.split(r"[年月日曰目./-]", mark[0])
        if _CHINESE_DAY.fullmatch(mark[0]):
            parts[0] = parts[0].translate(_ZERO)
        numbers = [whole_number(part) for part in parts[:3]]
        try:
            day = date(*(one or 0 for one in numbers))
        except ValueError:
            continue
        if 1949 <= day.year <= 2100:
            found.append((day, mark[0]))
    return found


def own_date(lines: Sequence[Line]) -> tuple[Finding, int] | None:
    """The day on which the document was made: under the signature before all, then as its head or foot says."""
    best: tuple[int, int, date] | None = None
    for place, line in enumerate(lines):
        days = days_in(line.bare)
        if not days:
            continue
        sure = _sure_of_day(lines, place, days[-1][1])
        if sure and (best is None or sure > best[0]):
            best = sure, place, days[-1][0]
    if best is None:
        return None
    sure, place, day = best
    return Finding("dated", day.isoformat(), lines[place].text[:300], lines[place].page, sure), place


def _sure_of_day(lines: Sequence[Line], place: int, said: str) -> int:
    bare = half_width(lines[place].bare)
    alone = bare.strip("（）()[]〔〕。.") == said
    above = lines[place - 1].bare if place else ""
    if alone and place and is_body(above) and not is_head(lines, place - 1):
        return 96
    if alone and place and above.endswith(("（盖章）", "(盖章)", "（章）")):
        return 92
    signed = bare.removesuffix(said)
    if signed != bare and is_body(signed) and not bare.startswith(("时间", "日期")):
        return 93
    if re.match(r"(?:成文|发文|制定|填报|填表|报告|制表|签订|签署)?(?:日期|时间)[:：]", bare) and bare.endswith(said):
        return 80 if place < 3 * _TOP else 60
    if alone:
        return 84 if place > _TOP or place > len(lines) * 0.5 else 72
    if re.fullmatch(rf".{{2,40}}{re.escape(said)}印发", bare):
        return 66
    if re.match(rf"[（(]{re.escape(said)}.{{2,40}}(?:通过|印发|发布|修订)", bare):
        return 78
    return 0


def own_issuer(lines: Sequence[Line], number: int | None, dated: int | None) -> Finding | None:
    """Who issued it: the signature above the date, and the red head; both together are surest."""
    heads = _red_head(lines, number)
    signed = _signature(lines, dated)
    if signed is not None and heads and squeezed(signed[0]) == squeezed(heads[0]):
        return Finding("issuer", signed[0], lines[signed[1]].text[:300], lines[signed[1]].page, 97)
    if signed is not None:
        return Finding("issuer", signed[0], lines[signed[1]].text[:300], lines[signed[1]].page, 90)
    if heads:
        return Finding("issuer", heads[0], lines[heads[1]].text[:300], lines[heads[1]].page, 85)
    return None


def _red_head(lines: Sequence[Line], number: int | None) -> tuple[str, int] | None:
    names: list[str] = []
    first: int | None = None
    for place in range(min(_TOP if number is None else number + 1, len(lines))):
        mark = re.match(r"([\u4e00-\u9fff（）()]{4,40}?)文件(?:\Z|.{2,16}[〔\[（(【])", lines[place].bare)
        if mark and is_body(mark[1]):
            names.append(mark[1])
            first = place if first is None else first
        elif number is not None and place < number and is_body(lines[place].bare):
            names.append(lines[place].bare)
            first = place if first is None else first
    return ("、".join(dict.fromkeys(names)), first) if names and first is not None else None


def _signature(lines: Sequence[Line], dated: int | None) -> tuple[str, int] | None:
    if dated is None:
        return None
    line = half_width(lines[dated].bare)
    said = days_in(line)[-1][1]
    before = re.sub(r"[（(](?:盖章|章|公章)[)）]", "", line.removesuffix(said))
    if line.endswith(said) and is_body(before):
        return before, dated
    names: list[str] = []
    place = dated - 1
    while place >= 0 and dated - place <= 4:
        name = re.sub(r"[（(](?:盖章|章|公章|代章)[)）]\Z", "", lines[place].bare)
        if not is_body(name) or is_head(lines, place):
            break
        names.insert(0, name)
        place -= 1
    return ("、".join(names), dated - 1) if names else None


def own_title(lines: Sequence[Line], number: int | None) -> Finding | None:
    """The title: what stands between the number (or the red head) and the addressee or the text."""
    first = number + 1 if number is not None else _after_head(lines)
    parts = _title_lines(lines, first)
    if not parts and number:  # some print the number below the title
        parts = [line for line in _title_lines(lines, 0) if line in lines[:number]]
    title = "".join(part.text.strip() if part.text.isascii() else part.bare for part in parts)
    if not 4 <= len(title) <= 90:
        return None
    whole = bool(_TITLE_END.search(title))
    sure = 55 + 25 * whole + 10 * (number is not None) + 5 * title.startswith("关于")
    return Finding("title", title[:200], " ".join(part.text for part in parts)[:300], parts[0].page, min(sure, 95))


def _title_lines(lines: Sequence[Line], first: int) -> list[Line]:
    parts: list[Line] = []
    for line in lines[first : first + 6]:
        if line.page != 1 or is_address(line.bare) or _is_text(line) or (parts and _is_beside(line)):
            break
        if not parts and _is_beside(line):
            continue
        parts.append(line)
        if _TITLE_END.search(line.bare):
            break
    return parts


def _after_head(lines: Sequence[Line]) -> int:
    last = 0
    for place, line in enumerate(lines[:8]):
        mark = line.bare.endswith("文件") and is_body(line.bare.removesuffix("文件"))
        if mark or _MARK.search(line.bare) or _BARE_MARK.fullmatch(line.bare):
            last = place + 1
    return last


def _is_beside(line: Line) -> bool:
    """A line that belongs to the head or stands under the title: urgency, copy number, a date, a body's name."""
    bare = line.bare.strip("（）()")
    if _LABEL.search(line.bare) or bare in _BESIDE or bare.startswith(_BESIDE_START):
        return True
    return (bool(days_in(bare)) and len(bare) < 40) or bare.isdigit() or is_body(bare)


def _is_text(line: Line) -> bool:
    bare = line.bare
    if len(bare) > 44 or bare.endswith(("。", "；", "，")):
        return True
    return bool(_HEADING.match(bare) or re.match(r"\d{1,2}(?:[.、．]|\s)", line.text))
