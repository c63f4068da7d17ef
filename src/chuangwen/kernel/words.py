"""What is said to people: Chinese source sentences, translated at the border.

The kernel knows nothing of Django, so the translator is handed in once, when the product starts.
"""

import re
from collections.abc import Callable, Iterable

Translate = Callable[[str, int], str]


def _as_written(sentence: str, _count: int) -> str:
    return sentence


_translator: list[Translate] = [_as_written]


def use_translator(translate: Translate) -> None:
    """Let every later sentence pass through ``translate``, which also gets how many things it counts (0: none)."""
    _translator[0] = translate


def say(sentence: str, /, **facts: object) -> str:
    """The sentence in the reader's language, with its facts put in.

    >>> say("第 {row} 行缺少{what}", row=3, what="点位")
    '第 3 行缺少点位'
    """
    translated = _translator[0](sentence, 0)
    return translated.format(**facts) if facts else translated


def counted(sentence: str, count: float, /, **facts: object) -> str:
    """A sentence about so many things, for languages that tell one from many.

    >>> counted("{n} 天", 1.5, n="1.5")
    '1.5 天'
    """
    return _translator[0](sentence, 1 if count == 1 else 2).format(**facts)


def later(sentence: str, /) -> str:
    """Mark a sentence for the catalogue; it is said (with ``say``) elsewhere."""
    return sentence


def written(sentence: str, /, **facts: object) -> str:
    """The sentence as it is written down for good: in the town's own words, whatever language its writer reads.

    >>> written("{number} 并入本件", number="整2021-00007")
    '整2021-00007 并入本件'
    """
    return sentence.format(**facts) if facts else sentence


_lasting: dict[str, re.Pattern[str]] = {}


def lasting(sentence: str, /) -> str:
    """Mark a sentence that is ``written`` with facts, so that ``retold`` knows it again."""
    parts = re.split(r"\{(\w+)\}", sentence)
    pattern = "".join(f"(?P<{part}>.*)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    _lasting[sentence] = re.compile(pattern, re.DOTALL)
    return sentence


def retold(text: str) -> str:
    """What was written down once, in the reader's language; what nobody marked stays as it is.

    >>> retold(written(lasting("{number} 并入本件"), number="整2021-00007"))
    '整2021-00007 并入本件'
    """
    for sentence, pattern in _lasting.items():
        if found := pattern.fullmatch(text):
            return say(sentence, **{name: fact and say(fact) for name, fact in found.groupdict().items()})
    return text and say(text)


def listed(things: Iterable[object]) -> str:
    """Things one after another, as the reader's language lists them.

    >>> listed(["石桥村", "王家湾村"])
    '石桥村、王家湾村'
    """
    return say("、").join(str(one) for one in things)
