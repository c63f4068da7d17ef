"""Hiding who somebody is in text that leaves the product: names, mobile numbers, identity card numbers.

Masking keeps just enough for those who know the matter and nothing for those who do not. It hides what looks like
personal data; it cannot know everything, so whoever writes a text leaves personal data out in the first place.
"""

import re
from collections.abc import Collection

STAR = "*"
# Digits may be full-width, as Chinese input methods write them: \d knows them, the other digits are spelled out.
_IDENTITY = re.compile(r"(?<![\dXx])[1-9１-９]\d{16}[\dXxＸｘ](?![\dXxＸｘ])")
_MOBILE = re.compile(r"(?<!\d)((?:\+?86[ -]?)?)([1１][3-9３-９]\d[ -]?\d{4}[ -]?\d{4})(?!\d)")


def mask_name(name: str) -> str:
    """The first character and one star (张*): how long a name is tells nothing either. Empty stays empty."""
    name = name.strip()
    return name[:1] + STAR if name else ""


def mask_phone(phone: str) -> str:
    """The first three and the last four characters of a number (199****0001); a short one is hidden whole."""
    if len(phone) < 7:
        return STAR * len(phone)
    return f"{phone[:3]}{STAR * (len(phone) - 7)}{phone[-4:]}"


def mask_text(text: str, names: Collection[str] = ()) -> str:
    """The text with identity card numbers (18 digits), mobile numbers (11 digits) and the given names masked.

    A mobile number may carry +86, blanks or dashes. A number inside a longer row of digits is left alone: it is a
    case number or a code. Of names, longer ones go first, so that 李明华 does not become 李*华.
    """
    text = _IDENTITY.sub(lambda found: found[0][0] + STAR * 16 + found[0][-1], text)
    text = _MOBILE.sub(lambda found: found[1] + mask_phone(re.sub(r"[ -]", "", found[2])), text)
    known = sorted({name.strip() for name in names if len(name.strip()) > 1}, key=lambda name: (-len(name), name))
    if not known:
        return text
    return re.sub("|".join(map(re.escape, known)), lambda found: mask_name(found[0]), text)
