"""Numbers as people read them: one place rounds for pages, papers, tables, commands and notices.

Rounded half up (四舍五入) as the number is written, not as the machine keeps it: 0.125 is 0.13 and 2.675 is 2.68. A share
is never told as the whole, nor as nothing, unless it is. What draws or measures lengths rounds by itself.
"""

from decimal import ROUND_HALF_UP, Decimal

Amount = float | int | Decimal
NOISE = 9  # digits after the point that a sum of binary fractions keeps: 81.14999999999999 is 81.15


def rounded(value: Amount, digits: int = 0) -> Decimal:
    """The number with so many digits after the point.

    >>> rounded(0.125, 2), rounded(2.675, 2), rounded(-2.5)
    (Decimal('0.13'), Decimal('2.68'), Decimal('-3'))
    """
    exact = _to(Decimal(repr(float(value))), max(NOISE, digits)) if isinstance(value, float) else Decimal(value)
    return abs(_to(exact, digits)) if -_half(digits) < exact < 0 else _to(exact, digits)


def _to(exact: Decimal, digits: int) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _half(digits: int) -> Decimal:
    return Decimal(5).scaleb(-digits - 1)


def fixed(value: Amount, digits: int = 2) -> str:
    """With exactly so many digits after the point.

    >>> fixed(1.6), fixed(84.25, 1), fixed(3, 0)
    ('1.60', '84.3', '3')
    """
    return f"{rounded(value, digits):f}"


def plain(value: Amount, digits: int = 2) -> str:
    """Without idle digits, at most so many after the point.

    >>> plain(83.6), plain(90.0), plain(1.375), plain(0.001)
    ('83.6', '90', '1.38', '0')
    """
    told = fixed(value, digits)
    return told.rstrip("0").rstrip(".") if "." in told else told


def percent(share: Amount, digits: int = 1) -> str:
    """A share of 1 in per cent; only the whole is 100 %, only nothing is 0 %.

    >>> percent(0.094), percent(1), percent(0.9995), percent(0.0002), percent(0.996, 0)
    ('9.4%', '100%', '99.9%', '0.1%', '99%')
    """
    exact = rounded(share, NOISE + 2) * 100
    told, step = rounded(exact, digits), Decimal(1).scaleb(-digits)
    for edge in (Decimal(0), Decimal(100)):
        if told == edge != exact:
            told += step if exact > edge else -step
    return plain(told, digits) + "%"


def of(top: Amount, base: Amount) -> str:
    """A rate's two counts.

    >>> of(225, 357)
    '225/357'
    """
    return f"{plain(top)}/{plain(base)}"


def rate(top: Amount, base: Amount, digits: int = 1) -> str:
    """A rate with both its counts; a rate of nothing is the counts alone.

    >>> rate(225, 357), rate(0, 0)
    ('63%（225/357）', '0/0')
    """
    return f"{percent(Decimal(top) / Decimal(base), digits)}（{of(top, base)}）" if base else of(top, base)
