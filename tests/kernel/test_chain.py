"""The chain of digests."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuangwen.kernel.chain import START, canonical, link, moment, plain

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.decimals(allow_nan=False) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=5), values, max_size=5))
def test_the_order_of_keys_does_not_matter(record: dict[str, object]) -> None:
    turned = dict(reversed(list(record.items())))
    assert canonical(record) == canonical(turned)
    assert link(record, START) == link(turned, START)


@given(st.dictionaries(st.text(max_size=5), values, max_size=5))
def test_what_has_been_made_plain_stays_as_it_is(record: dict[str, object]) -> None:
    assert plain(plain(record)) == plain(record)


def test_every_field_and_the_link_before_change_the_digest() -> None:
    record = {"who": "李敏", "verb": "录入", "score": Decimal("87.5")}
    digests = {link(record, START), link(record, "1" * 64), link({**record, "who": "王建国"}, START)}
    assert len(digests) == 3
    assert all(len(digest) == 64 for digest in digests)


def test_one_moment_has_one_spelling_in_every_time_zone() -> None:
    beijing = datetime(2021, 10, 14, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    assert moment(beijing) == moment(datetime(2021, 10, 14, 1, 30, tzinfo=UTC)) == "2021-10-14T01:30:00.000000+00:00"


def test_a_naive_moment_and_an_unknown_kind_of_value_are_refused() -> None:
    with pytest.raises(TypeError, match="time zone"):
        plain(datetime(2021, 10, 14))
    with pytest.raises(TypeError, match="bytes"):
        plain({"photo": b"x"})


def test_fractions_days_and_sets_become_text() -> None:
    assert plain({"a": 1.5, "b": Decimal("2.50"), "c": date(2021, 1, 2), "d": {"y", "x"}}) == {
        "a": "1.5",
        "b": "2.50",
        "c": "2021-01-02",
        "d": ["x", "y"],
    }
