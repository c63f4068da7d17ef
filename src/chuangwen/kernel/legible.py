"""Text as XML may hold it, whatever was typed or pasted: signs that no document may carry are left out."""

import re

_BAD_SIGNS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def legible(text: str) -> str:
    """The text without control signs, halves of pairs and what is no sign at all.

    >>> legible("a\\x00b")
    'ab'
    """
    return text if text.isprintable() else _BAD_SIGNS.sub("", text)
