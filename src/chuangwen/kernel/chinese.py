"""Chinese text as people type it: widths, numerals, spaces, search grams, the order of codes."""

import re
import unicodedata
from itertools import pairwise

_FULL = "".join(chr(c) for c in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)))
_WIDTHS = {ord(c): ord(c) - 0xFEE0 for c in _FULL + "．％\uff0b－／\uff03\uff3f\uff1d"}
_SPACES = re.compile("[\\s\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]+")
_DIGITS = {
    c: n
    for n, row in enumerate(("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in row
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN_SHAPE = re.compile(r"M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})\Z")
_NUMERAL = "".join((*_DIGITS, *_UNITS, *_BIG))
_SAME_LOOK = (
    "（([{〔【〖[{﹝〘",
    "）)]}〕】〗]}﹞〙",
    "《〈<«",
    "》〉>»",
    "＂\"“”„「」『』〝〞＇'‘’",
    "－-–—―−‐‑~～",
    "·•‧・∙",
    "，,、",
    "．.。",
)
_LOOKS = {one: row[0] for row in _SAME_LOOK for one in row}
_UNSEEN = frozenset((*map(chr, range(0xFE00, 0xFE10)), "\ufffc"))
_CODE_PART = re.compile(rf"[0-9]+|[{_NUMERAL}]+|[A-Za-z]+|[^\W0-9A-Za-z{_NUMERAL}]+")


def half_width(text: str) -> str:
    """Full-width digits, letters and the signs of numbers as half-width; brackets and commas stay.

    >>> half_width("\uff12．\uff15％（\uff21）")
    '2.5%（A）'
    """
    return text.translate(_WIDTHS)


def tidy(text: str) -> str:
    """Odd spaces (full-width, no-break, zero-width, line breaks) made one plain space, and none at the ends."""
    return _SPACES.sub(" ", text).strip()


def bare(text: str) -> str:
    """The text for comparing names: half-width, lower case, no space, brackets of one kind.

    >>> bare("张沟 农贸市场（东）") == bare("张沟农贸市场(东)")
    True
    """
    plain = _SPACES.sub("", half_width(text)).lower()
    return plain.translate(
        {ord("（"): "(", ord("）"): ")", ord("："): ":", ord("，"): ",", ord("－"): "-", ord("—"): "-"}
    )


def whole_number(text: str) -> int | None:
    """A whole number in Chinese numerals or in digits of either width; None where it is none.

    >>> whole_number("一百二十三"), whole_number("十二"), whole_number("二〇二一"), whole_number("\uff11\uff12")
    (123, 12, 2021, 12)
    """
    plain = half_width(tidy(text))
    if plain.isascii() and plain.isdigit():
        return int(plain) if len(plain) <= 18 else None
    if not plain or len(plain) > 24 or any(c not in _NUMERAL for c in plain):
        return None
    if all(c in _DIGITS for c in plain):
        return int("".join(str(_DIGITS[c]) for c in plain))
    return _by_units(plain)


def _by_units(text: str) -> int:
    total = section = digit = 0
    last_unit = 1
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
            last_unit = 10 if digit == 0 else last_unit
        elif c in _UNITS:
            last_unit = _UNITS[c]
            section += (digit or 1) * last_unit
            digit = 0
        else:
            total = (total + section + digit) * _BIG[c]
            section, digit, last_unit = 0, 0, _BIG[c]
    spoken_short = digit and last_unit >= 100 and (section or total)
    return total + section + (digit * last_unit // 10 if spoken_short else digit)


class _Fold(dict[int, str]):
    """What each character is searched as, found out once for each."""

    def __missing__(self, code: int) -> str:
        self[code] = told = _folded(chr(code))
        return told


def _folded(sign: str) -> str:
    if unicodedata.category(sign)[0] in "ZC" or sign in _UNSEEN:
        return ""
    plain = unicodedata.normalize("NFKC", sign).lower()
    return "".join(
        _LOOKS.get(one) or (one if one.isalnum() or ord(one) > 0x7F else chr(ord(one) + 0xFEE0))
        for one in plain
        if one > " "
    )


_FOLD = _Fold()


def search_fold(text: str) -> str:
    """The text as it is searched: half-width, lower case, without any blank, brackets and quotes and dashes of one kind.

    Each character is folded by itself, so a part of a text folds to a part of the folded text, and no hit is lost.

    >>> search_fold("张政办 [2021]\uff13号") == search_fold("张政办〔2021〕3 号")
    True
    """
    return text.translate(_FOLD)


def search_grams(folded: str) -> list[str]:
    """The two-character grams of a folded text in order: a run of them finds exactly the texts that hold the run.

    >>> search_grams(search_fold("农贸市场，脏"))
    ['农贸', '贸市', '市场', '场，', '，脏']
    """
    return [one + two for one, two in pairwise(folded)]


def roman_number(text: str) -> int | None:
    """The value of an upper-case Roman numeral up to 3999, None where it is none.

    >>> roman_number("VI"), roman_number("CIVIC")
    (6, None)
    """
    if not text or not _ROMAN_SHAPE.match(text):
        return None
    values = [_ROMAN[c] for c in text]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < after else value for value, after in pairs)


def natural_key(code: str) -> tuple[tuple[int, int, str], ...]:
    """The key by which codes are sorted as people count them: numbers, Roman and Chinese numerals by value.

    >>> sorted(["VI-31-10", "VI-31-2", "IV-3", "第十二", "第二"], key=natural_key)
    ['IV-3', 'VI-31-2', 'VI-31-10', '第二', '第十二']
    """
    parts = _CODE_PART.findall(half_width(code))
    return tuple(_part_key(part) for part in parts)


def _part_key(part: str) -> tuple[int, int, str]:
    value = int(part) if part.isascii() and part.isdigit() else (roman_number(part) or whole_number(part))
    return (0, value, "") if value is not None else (1, 0, part.lower())
