"""What is said to people: Chinese source sentences, translated at the border.

The kernel knows nothing of Django, so the translator is handed in once, when the product starts.
"""

from collections.abc import Callable, Iterable


def _as_written(sentence: str) -> str:
    return sentence


_translator: list[Callable[[str], str]] = [_as_written]


def use_translator(translate: Callable[[str], str]) -> None:
    """Let every later sentence pass through ``translate`` (Django's gettext)."""
    _translator[0] = translate


def say(sentence: str, /, **facts: object) -> str:
    """The sentence in the reader's language, with its facts put in.

    >>> say("第 {row} 行缺少{what}", row=3, what="点位")
    '第 3 行缺少点位'
    """
    translated = _translator[0](sentence)
    return translated.format(**facts) if facts else translated


def later(sentence: str, /) -> str:
    """Mark a sentence for the catalogue; it is said (with ``say``) elsewhere."""
    return sentence


def written(sentence: str, /, **facts: object) -> str:
    """The sentence as it is written down for good: in the town's own words, whatever language its writer reads.

    >>> written("{number} 并入本件", number="整2021-00007")
    '整2021-00007 并入本件'
    """
    return sentence.format(**facts) if facts else sentence


def listed(things: Iterable[object]) -> str:
    """Things one after another, as the reader's language lists them.

    >>> listed(["石桥村", "王家湾村"])
    '石桥村、王家湾村'
    """
    return say("、").join(str(one) for one in things)
