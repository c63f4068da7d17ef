"""What a plan says besides its tree: its own fields, campaigns, targets, channels, who is responsible."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from chuangwen.kernel.chinese import whole_number
from chuangwen.work.plans.reading.marks import ROW, halved
from chuangwen.work.plans.reading.task_tables import task_rows
from chuangwen.work.plans.reading.tree import Branch

_FIELDS = {
    "index_number": r"索\s*引\s*号",
    "publisher": r"发\s*布\s*机\s*构|发\s*文\s*机\s*关|发\s*布\s*单\s*位",
    "issued": r"发\s*文\s*日\s*期|成\s*文\s*日\s*期|印\s*发\s*日\s*期",
    "title": r"标\s*题|名\s*称",
    "document_number": r"文\s*号|发\s*文\s*字\s*号",
    "published": r"发\s*布\s*(?:时\s*间|日\s*期)",
    "source": r"来\s*源",
    "category": r"信\s*息\s*类\s*别|主\s*题\s*分\s*类",
    "validity": r"效\s*力\s*状\s*态|有\s*效\s*性",
}
_ANY = "|".join(_FIELDS.values())
_NUMBERED = re.compile(r"[\u4e00-\u9fff]{1,8}[〔\[(（]\s*20\d\d\s*[〕\])）]\s*\d+\s*号")
_TITLE = re.compile(r"(?:规划|方案|计划|意见|要点|通知|办法|细则|安排|行动|纲要)(?:[(（〔].{0,24}[)）〕])?\s*$")
_VERBS = re.compile(
    r".*(?:创建|建成|新增|培育|打造|完成|达到|达|开展|建设|评选|命名|新建|改造|实现|组织|发展|创成|争创|设置|发放|栽植|清理)"
)
_UNITS = (
    "平方米|万平方米|公里|千米|万元|亿元|百分点|小时|人次|万人|"
    "个|项|名|支|户|家|篇|场|件|处|所|座|条|人|次|亩|份|分|块|面|盏|期|批|对|套|辆|米|吨|幅|间|棵|株|盘|村|台|口|道|册|届|部|列|班|%"
)
_RANGE = r"(?P<low>\d+(?:\.\d+)?)\s*(?:%?\s*(?:至|到|-|—|–|~|～)\s*(?P<high>\d+(?:\.\d+)?))?"
_AMOUNT = re.compile(
    rf"(?P<each>各)?\s*(?P<least>不少于|不低于|至少|达到|达|超过|力争|大于)?\s*(?P<most>不超过|控制在|少于|低于)?\s*"
    rf"{_RANGE}\s*(?P<unit>{_UNITS})\s*(?P<over>以上|及以上|以内|以下)?"
)
_PERCENT = re.compile(r"百分之([一二三四五六七八九十百]+)")
_SENTENCE = re.compile(r"[^。；;\n\t]+")
_CAMPAIGN = re.compile(r"([一二三四五六七八九十两]|\d{1,2})个([\u4e00-\u9fff]{2})")
_CHANNELS = re.compile(
    r"(?:通过|利用|采取|运用|借助|依托)([^。；;\n]{2,120}?)(?:等)?(?:多种|各种|多)?(?:形式|方式|渠道|途径|载体|媒体|平台)"
)
_RESPONSIBLE = re.compile(
    r"(?P<role>责任单位|牵头单位|责任部门|牵头部门|配合单位|责任领导|责任人|主办单位)\s*[:：]\s*(?P<who>[^)）\n。；;]{2,60})"
)
_LED = re.compile(r"由(?P<who>[\u4e00-\u9fff、]{2,24}?)(?P<role>牵头|负责)")
_ACTS = re.compile(
    r"(?:^|[,，。；;、])(?P<who>[\u4e00-\u9fff]{0,14}(?:纪委|办公室|领导小组|专班|工作组))(?:要|定期|负责)"
)


@dataclass(frozen=True)
class Target:
    """A quantity the plan promises. ``low`` alone: at least; ``high`` alone: at most; equal: exactly."""

    year: int | None
    low: float | None
    high: float | None
    unit: str
    kinds: tuple[str, ...]
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Campaign:
    """A named campaign and its group, e.g. one of "four of one kind, four of another"."""

    name: str
    group: str
    start: int
    end: int


@dataclass
class Facts:
    """All facts of one text."""

    document: dict[str, str] = field(default_factory=dict)
    campaigns: list[Campaign] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    responsible: list[dict[str, object]] = field(default_factory=list)


def document_fields(text: str, head_end: int) -> tuple[dict[str, str], list[tuple[int, int]]]:
    """The document's own fields from its head, and the lines that they were read from. Nothing is invented."""
    head = text[:head_end]
    found = dict.fromkeys(_FIELDS, "")
    lines: list[tuple[int, int]] = []
    for key, names in _FIELDS.items():
        pattern = rf"(?:^|[\s　])(?:{names})\s*[:：][ \t　]*(.*?)(?=[\s　]*(?:{_ANY})\s*[:：]|\s*$)"
        if match := re.search(pattern, head, re.MULTILINE):
            found[key] = match[1].strip()
            lines.append(_line(text, match.start(1)))
    place = 0
    for line in head.splitlines(keepends=True):
        words = line.strip()
        if _TITLE.search(words) and 6 <= len(words) <= 80 and not re.search(rf"(?:{_ANY})\s*[:：]", words):
            found["title"] = found["title"] or words
            lines.append((place, place + len(line)))
        place += len(line)
    if not found["document_number"] and (number := _NUMBERED.search(head)):
        found["document_number"] = number[0]
        lines.append(_line(text, number.start()))
    return found, lines


def _line(text: str, place: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    return start, end + 1 if end >= 0 else len(text)


def campaigns_in(text: str) -> list[Campaign]:
    """Named campaigns: "四个甲、四个乙" followed by names that end in 甲 and 乙, as many as it says."""
    found: dict[str, Campaign] = {}
    for match in _CAMPAIGN.finditer(text):
        count, group = whole_number(match[1].replace("两", "二")) or 0, match[2]
        names = _names(text, match.end(), group)
        if count >= 2 and len(names) == count:
            for name, start in names:
                found.setdefault(name, Campaign(name, group, start, start + len(name)))
    return sorted(found.values(), key=lambda one: one.start)


def _names(text: str, start: int, group: str) -> list[tuple[str, int]]:
    end = text.find("\n", start)
    pattern = re.compile(rf"(?:^|[、,，:：；;“”])\s*([\u4e00-\u9fff]{{2,6}}?{group})")
    names: dict[str, int] = {}
    for match in pattern.finditer(text, start, end if end >= 0 else len(text)):
        if not re.match(rf"[{'一二三四五六七八九十两'}]个", match[1]):
            names.setdefault(match[1], match.start(1))
    return list(names.items())


def targets_in(text: str, branches: list[Branch], years: dict[str, list[int]]) -> list[Target]:
    """Quantified targets of the plan's body, with the year of their sentence, else of their phase."""
    plain = _PERCENT.sub(lambda match: _padded_percent(match), halved(text))
    first = branches[0].start if branches else len(text)
    last = max((branch.end for branch in branches), default=0)
    found = []
    for sentence in _SENTENCE.finditer(plain, first, last):
        for match in _AMOUNT.finditer(plain, sentence.start(), sentence.end()):
            if target := _target(text, plain, sentence, match, branches, years):
                found.append(target)
    return found


def _padded_percent(match: re.Match[str]) -> str:
    """百分之九十五 as 95%, padded to the same length."""
    value = f"{whole_number(match[1]) or 0}%"
    return value.ljust(len(match[0])) if len(value) <= len(match[0]) else match[0]


def _target(
    text: str,
    plain: str,
    sentence: re.Match[str],
    match: re.Match[str],
    branches: list[Branch],
    years: dict[str, list[int]],
) -> Target | None:
    before = plain[sentence.start() : match.start()]
    if re.search(r"[第\d]\s*$", before) or plain[match.end() : match.end() + 1] == "号":
        return None
    low, high = _bounds(match)
    kinds = _kinds(before, plain[match.end() : sentence.end()], each=bool(match["each"]))
    if not kinds:
        return None
    start = sentence.start() + len(plain[sentence.start() : sentence.end()]) - len(sentence[0].lstrip())
    return Target(
        year=_year(before, match.start(), branches, years),
        low=low,
        high=high,
        unit=match["unit"],
        kinds=kinds,
        text=text[start : sentence.end()].strip(),
        start=match.start() + len(match[0]) - len(match[0].lstrip()),
        end=match.end(),
    )


def _bounds(match: re.Match[str]) -> tuple[float | None, float | None]:
    low = float(match["low"])
    if match["high"]:
        return low, float(match["high"])
    if match["most"] or match["over"] in {"以内", "以下"}:
        return None, low
    if match["least"] or match["over"]:
        return low, None
    return low, low


def _kinds(before: str, after: str, *, each: bool) -> tuple[str, ...]:
    """What is counted: the nouns before ("甲、乙各3个"), or the noun after ("3个甲")."""
    clause = re.split(r"[,，:：(]", before)[-1]
    words = [_noun(word) for word in clause.split("、")]
    kinds = tuple(word for word in words if word)
    if each:
        return kinds
    noun = re.match(r"[的]?([\u4e00-\u9fff]{2,10})", after)
    if noun and (not kinds or len(kinds[-1]) < 2):
        return (noun[1],)
    if kinds or noun:
        return kinds[-1:] or (noun[1] if noun else "",)
    whole = re.sub(r"[^\u4e00-\u9fff]", "", clause)
    return (whole[-16:],) if len(whole) >= 2 else ()


def _noun(word: str) -> str:
    bare = re.sub(r"20\d\d年?(?:内|底前|底|前)?|[^\u4e00-\u9fff]", "", word)
    bare = _VERBS.sub("", bare)
    return re.sub(r"^(?:争取|力争|确保|全年|全镇|全县|全市|每年|每季度?|每月|年内|共|累计|不断|的|要|率)+", "", bare)[
        -16:
    ]


def _year(before: str, place: int, branches: list[Branch], years: dict[str, list[int]]) -> int | None:
    own = re.findall(r"(20\d\d)\s*年", before)
    if own:
        return int(own[-1])
    for branch in reversed(branches):
        if branch.start <= place < branch.end and len(years.get(branch.id, [])) == 1:
            return years[branch.id][0]
    return None


def channels_in(text: str) -> list[str]:
    """Channels of publicity, in the order in which they are first named."""
    found: dict[str, None] = {}
    for match in _CHANNELS.finditer(text):
        for word in re.split(r"[、,，和及]", match[1]):
            name = re.sub(r"^(?:设置|印发|充分利用|利用|创建|开展|各种|固定)|(?:等)$", "", word.strip())
            if 2 <= len(name) <= 10 and re.fullmatch(r"[\u4e00-\u9fffA-Za-z0-9]+", name):
                found.setdefault(name, None)
    return list(found)


def responsible_in(text: str, branches: list[Branch]) -> list[dict[str, object]]:
    """Who is responsible, where the text says so, with the node that says it."""
    found = []
    for match in _responsible_matches(text):
        who = match["who"].strip(" ，,、")
        holder = [branch for branch in branches if branch.start <= match.start("who") < branch.end]
        if len(who) >= 2 and holder:
            role = match.groupdict().get("role") or ""
            found.append(
                {"node": holder[-1].id, "role": role, "who": who, "start": match.start("who"), "end": match.end("who")}
            )
    found += _responsible_in_tables(text, branches)
    return sorted(found, key=lambda one: int(str(one["start"])))


def _responsible_in_tables(text: str, branches: list[Branch]) -> list[dict[str, object]]:
    """Who the columns of a table of tasks name, by the column's own heading."""
    nodes = {one.start: one.id for one in branches if one.mark == ROW}
    return [
        {"node": nodes[row.start], "role": role, "who": cell.text, "start": cell.start, "end": cell.end}
        for row in task_rows(text)
        if row.start in nodes
        for role, cell in row.who
    ]


def _responsible_matches(text: str) -> Iterator[re.Match[str]]:
    for pattern in (_RESPONSIBLE, _LED, _ACTS):
        yield from pattern.finditer(text)


def plain(thing: Target | Campaign) -> dict[str, object]:
    """A fact as JSON."""
    data = asdict(thing)
    if "kinds" in data:
        data["kinds"] = list(data["kinds"])
        for key in ("low", "high"):
            value = data[key]
            data[key] = int(value) if value is not None and value == int(value) else value
    return data
