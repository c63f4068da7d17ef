"""Numbers as people read them: 四舍五入, and a share is the whole only when it is."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuangwen.kernel.bands import Score, draw_gauge, figure, words_of
from chuangwen.kernel.dates import days_told
from chuangwen.kernel.numerals import fixed, percent, plain, rate, rounded
from chuangwen.kit.templatetags import look


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [
        (0.125, 2, "0.13"),
        (2.675, 2, "2.68"),
        (1.005, 2, "1.01"),
        (84.25, 1, "84.3"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (-0.125, 2, "-0.13"),
        (-0.001, 2, "0.00"),
        (81.14999999999999, 1, "81.2"),
        (0.1 + 0.2, 1, "0.3"),
        (Decimal("2.445"), 2, "2.45"),
        (7, 1, "7.0"),
    ],
)
def test_a_half_goes_up_as_the_number_is_written(value: float | Decimal, digits: int, told: str) -> None:
    assert fixed(value, digits) == told


@pytest.mark.parametrize(
    ("share", "digits", "told"),
    [
        (0.9995, 1, "99.9%"),
        (0.99996, 1, "99.9%"),
        (0.995, 0, "99%"),
        (1, 1, "100%"),
        (1.0, 0, "100%"),
        (sum([0.1] * 10), 1, "100%"),
        (0, 1, "0%"),
        (0.0004, 1, "0.1%"),
        (0.004, 0, "1%"),
        (1.0004, 1, "100.1%"),
        (225 / 357, 1, "63%"),
        (0.70455, 1, "70.5%"),
        (0.125, 0, "13%"),
        (9_999_999 / 10_000_000, 2, "99.99%"),
    ],
)
def test_only_the_whole_is_a_hundred_per_cent_and_only_nothing_is_none(share: float, digits: int, told: str) -> None:
    assert percent(share, digits) == told


@given(st.decimals(-1000, 1000, places=6), st.integers(0, 4))
def test_a_number_is_never_told_further_off_than_half_its_last_digit(value: Decimal, digits: int) -> None:
    off = Fraction(rounded(value, digits)) - Fraction(value)
    assert abs(off) <= Fraction(1, 2 * 10**digits)
    assert rounded(float(value), digits) == rounded(value, digits)


@given(st.integers(0, 2000), st.integers(1, 2000), st.integers(0, 2))
def test_a_rate_tells_the_whole_only_when_both_its_counts_are_equal(top: int, base: int, digits: int) -> None:
    told = percent(top / base, digits)
    assert (told == "100%") == (top == base)
    assert (told == "0%") == (top == 0)


def test_a_rate_tells_both_its_counts() -> None:
    assert rate(225, 357) == "63%（225/357）"
    assert rate(356, 357, 0) == "99%（356/357）"
    assert rate(0, 0) == "0/0"


def test_every_teller_of_numbers_rounds_alike() -> None:
    assert look.points(0.125) == fixed(0.125) == "0.13"
    assert look.points(84.25, 1) == "84.3"
    assert look.plain(2.675) == figure(2.675) == plain(2.675) == "2.68"
    assert look.share(0.99951) == "99.9%"
    assert days_told(0.25) == "0.3 天"
    assert "84.3" in draw_gauge(Score(84.25, 84.25, 84.25))
    assert "已测 99.99%" in words_of(Score(1, 2, 3, measured=0.999999))
