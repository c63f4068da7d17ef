"""The unit in a heading's brackets: in thousands (千人), in tens of thousands (万元), or one by one."""

import re

from chuangwen.kernel.chinese import bare, whole_number

_ASIDE = re.compile(
    r"[(\[【〔](?:单位)?:?(十万|百万|千万|十亿|百亿|千亿|万亿|[十百千万亿])(?!分)[^()\]】〕]{0,4}[)\]】〕]"
)


def scale_of(heading: str) -> int:
    """How many one of the heading's numbers stands for.

    >>> scale_of("分子（千人）"), scale_of("金额（单位：万元）"), scale_of("分母（人）")
    (1000, 10000, 1)
    """
    found = _ASIDE.search(bare(heading))
    if not found:
        return 1
    return whole_number(f"一{found[1]}") or 1
