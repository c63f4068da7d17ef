"""The lines of an official document, and what kind of line each is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BLANK = re.compile(r"[\s\u200b\ufeff　]+")
_BODY_END = [
    "委员会",
    "人民政府",
    "办公室",
    "办公厅",
    "党委",
    "党工委",
    "政府",
    "指挥部",
    "领导小组",
    "工作小组",
    "专班",
    "局",
    "厅",
    "部",
    "署",
    "院",
    "所",
    "站",
    "队",
    "会",
    "支部",
    "总支",
    "工会",
    "妇联",
    "团委",
    "学校",
    "小学",
    "中学",
    "幼儿园",
    "医院",
    "卫生院",
    "法院",
    "检察院",
    "派出所",
    "司法所",
    "中心",
    "服务站",
    "文明办",
    "创文办",
    "创建办",
    "综治办",
    "城管办",
    "社区",
    "公司",
    "合作社",
    "村",
    "委",
    "办",
]
_BODY = re.compile(rf"[\u4e00-\u9fff0-9A-Za-z（）()·]{{2,40}}?(?:{'|'.join(_BODY_END)})")
_NO_BODY = re.compile(
    r"[，。；：、！？《》]|^(?:关于|各|根据|按照|为|请|附件|抄送|主送|联系|地点|时间|第[一二三四五六七八九十]|[一二三四五六七八九十]、)"
)
_ADDRESS = re.compile(r"[\u4e00-\u9fff（）()、，,0-9A-Za-z\s]{2,120}[：:]")


@dataclass(frozen=True)
class Line:
    """A line that holds anything: as it stands, without its blanks, and its page."""

    text: str
    bare: str
    page: int


def squeezed(text: str) -> str:
    """The text without blanks."""
    return _BLANK.sub("", text)


def lines_of_pages(pages: Sequence[tuple[int, str]]) -> list[Line]:
    """All lines in order."""
    return [
        Line(" ".join(text.split()), squeezed(text), page)
        for page, whole in pages
        for text in re.split(r"[\n\t]", whole)
        if squeezed(text)
    ]


def is_body(bare: str) -> bool:
    """Whether a line is the name of a body and nothing else."""
    name = re.sub(r"[（(](?:盖章|章|公章|代章)[)）]\Z", "", bare)
    return bool(_BODY.fullmatch(name)) and not _NO_BODY.search(name) and len(name) <= 40


def is_head(lines: Sequence[Line], place: int) -> bool:
    """Whether a line lies in the head of the first page (before the text begins)."""
    return lines[place].page == 1 and place < 6 and place < len(lines) * 0.4


def is_address(bare: str) -> bool:
    """Whether a line names the addressees: it ends with a colon."""
    return bool(_ADDRESS.fullmatch(bare)) and not bare.startswith(("附件", "时间", "地点", "标题", "文号"))
