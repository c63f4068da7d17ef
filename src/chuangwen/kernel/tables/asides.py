"""Rows of a sheet that are no rows of its table: totals, and what is written below it."""

import re
from collections.abc import Sequence
from typing import Literal

from chuangwen.kernel.chinese import bare
from chuangwen.kernel.tables.declared import Table

_LONGEST_TOTAL = 16
_MOST_NOTE = 2
_AMOUNT = re.compile(r"[:\d.,%/()]*[件条人个处次户项元]?")
_REMARK = re.compile(r"[^:]{1,8}:")


def aside_of(texts: Sequence[str], table: Table, *, lacking: bool) -> Literal["totals", "notes"] | None:
    """What a row is beside the table; ``lacking``: it has not what every row must have."""
    plain = [bare(text) for text in texts]
    if _is_total(plain[0], table, lacking=lacking):
        return "totals"
    return "notes" if _is_remark(plain, table, lacking=lacking) else None


def _is_total(first: str, table: Table, *, lacking: bool) -> bool:
    """合计, 合计：3 件; "小计（红旗村）" only where what every row must have is missing."""
    word = next((word for word in table.totals if first.startswith(word)), "")
    if not word:
        return False
    return _AMOUNT.fullmatch(first.removeprefix(word)) is not None or (lacking and len(first) <= _LONGEST_TOTAL)


def _is_remark(texts: Sequence[str], table: Table, *, lacking: bool) -> bool:
    """填表人：王芳 and the like: a word for a remark with a colon, alone or beside others of the kind."""
    if not texts[0].startswith(table.notes):
        return False
    if all(_REMARK.match(text) for text in texts):
        return True
    return lacking and (_REMARK.match(texts[0]) is not None or len(texts) <= _MOST_NOTE)
