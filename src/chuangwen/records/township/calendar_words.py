"""What a word says of a day: off, worked, by the law, as usual. What is said of some people alone says nothing of the town."""

import re

from chuangwen.kernel.chinese import half_width

_SIGNS = str.maketrans("（）［］：", "()[]:")
_SIGN = r"(?:^|[\s(\[【·:\-,，、]|(?<=[节旦夕]))"
_END = r"(?:$|[\s)\]】·:\-,，、第])"
USUAL = "usual"
"""The kind of a day on which the week's own rule holds again."""
_KINDS = (
    (USUAL, re.compile(r"usual|照常|取消|恢复")),
    ("statutory", re.compile(r"statutory|推算")),
    ("makeup", re.compile(rf"makeup|[补上调]班|{_SIGN}班{_END}")),
    ("holiday", re.compile(rf"holiday|放假|假期|小长假|节假日|{_SIGN}休{_END}")),
    ("makeup", re.compile(r"调休")),
    ("holiday", re.compile(rf"休息日|{_SIGN}(?:公休|休假|休息|假|假日){_END}")),
)
"""Asked in this order: "国庆节调休上班" has the sign for rest in it too, "调休放假" the sign for exchange."""
_OF_SOME = re.compile(
    r"半[天日]|妇女放|军人|青年放|儿童放|学校|学生|教师|师生|校|寒假|暑假|年休|[病事产婚丧请]假|探亲|干部|职工|员工|"
    r"休渔|禁渔|休市|培训|开班|结业|夏令营|值班|轮班|加班|假期(?:安排|作业|工作)|计划"
)
"""Days of some people (half a day for women, a school's), and what is no day off at all (a course, closed waters)."""


def of_some_alone(text: str) -> bool:
    """Whether a day is said to be off or worked for some people alone, or the word is of something else.

    >>> of_some_alone("妇女节（妇女放假半天）"), of_some_alone("国庆节放假")
    (True, False)
    """
    return _OF_SOME.search(half_width(text)) is not None


def kind_of(text: str) -> str:
    """What a word says of a day: holiday, makeup, statutory, usual, or "" when it says nothing of the whole town.

    >>> kind_of("国庆节（休）"), kind_of("国庆节 补班 第1天/共2天"), kind_of("调休"), kind_of("立冬"), kind_of("培训班开班")
    ('holiday', 'makeup', 'makeup', '', '')
    """
    low = half_width(text).translate(_SIGNS).strip().lower()
    if of_some_alone(low):
        return ""
    return next((kind for kind, words in _KINDS if words.search(low)), "")
