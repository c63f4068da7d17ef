"""Rows written by statements composed once are the rows that the ORM would have written."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import GeneratedField, IntegerField, Value
from tests.people import Cast
from tests.town import MeasuredTown

from chuangwen.kit.row_writes import _must_be_plain, change, put, remove
from chuangwen.kit.rows import rows_where
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.models import SiteState
from chuangwen.records.notices.models import Notice

AT = datetime(2021, 10, 14, 1, 30, 0, 123456, tzinfo=UTC)


def a_notice(cast: Cast, who: str, mark: str) -> Notice:
    return Notice(person=cast.people[who], kind="turn", text="轮到你办", link="/cases/", mark=mark, at=AT)


def test_what_was_put_is_read_back_by_the_orm_to_the_letter(cast: Cast) -> None:
    rows = [a_notice(cast, "limin", "a"), a_notice(cast, "zhangqiang", "b")]
    assert put(rows) == 2
    assert [one.pk for one in rows] == sorted(Notice.objects.values_list("pk", flat=True))
    for one in rows:
        assert not one._state.adding
        kept = Notice.objects.get(pk=one.pk)
        for field in Notice._meta.concrete_fields:
            assert getattr(kept, field.attname) == getattr(one, field.attname), field


def test_a_row_that_brings_its_own_key_keeps_it(cast: Cast) -> None:
    note = Note(number=7_000, at=AT, username="u", name="n", verb="v", kind="k", key="1", before={"字": [1, None]},
                after={}, previous="p" * 64, hash="h" * 64)  # fmt: skip
    assert put([note]) == 1
    assert Note.objects.get(pk=7_000).before == {"字": [1, None]}


def test_put_once_passes_over_what_is_there_and_counts_what_is_new(cast: Cast) -> None:
    put([a_notice(cast, "limin", "a")])
    again = [a_notice(cast, "limin", "a"), a_notice(cast, "zhangqiang", "a")]
    assert put(again, once=True) == 1
    assert Notice.objects.filter(mark="a").count() == 2
    assert put([], once=True) == 0


def test_put_refuses_what_the_database_refuses(cast: Cast) -> None:
    put([a_notice(cast, "limin", "a")])
    with pytest.raises(IntegrityError), transaction.atomic():
        put([a_notice(cast, "limin", "a")])


def test_more_rows_than_one_statement_takes_are_all_written_with_their_keys(cast: Cast) -> None:
    rows = [a_notice(cast, "limin", f"m{number}") for number in range(203)]
    assert put(rows) == 203
    assert {one.pk: one.mark for one in rows} == dict(Notice.objects.values_list("pk", "mark"))


def test_change_writes_only_while_the_row_holds_what_was_read(cast: Cast) -> None:
    one = a_notice(cast, "limin", "a")
    put([one])
    assert change(one, {"read_at": AT, "text": "看过"}, {"mark": "a", "read_at": None})
    assert not change(one, {"text": "再改"}, {"read_at": None})
    assert Notice.objects.values_list("text", "read_at").get(pk=one.pk) == ("看过", AT)


def test_remove_takes_the_rows_of_these_values_and_no_others(cast: Cast) -> None:
    put([a_notice(cast, "limin", f"m{number}") for number in range(1_000)])
    gone = [f"m{number}" for number in range(950)]
    assert remove(Notice, "mark", gone) == 950
    assert Notice.objects.count() == 50
    assert remove(Notice, "mark", []) == 0


def test_rows_are_read_where_other_columns_hold_a_value_or_nothing(cast: Cast) -> None:
    one, two = a_notice(cast, "limin", "a"), a_notice(cast, "zhangqiang", "a")
    one.read_at = AT
    put([one, two])
    assert [row.pk for row in rows_where(Notice, "mark", ["a"], also={"read_at": None})] == [two.pk]
    limin = cast.people["limin"].pk
    assert [row.pk for row in rows_where(Notice, "mark", ["a"], also={"person": limin})] == [one.pk]


def test_bytes_are_put_as_they_are(town: MeasuredTown) -> None:
    SiteState.objects.filter(site=town.sites[0]).delete()
    put([SiteState(round=town.round, site=town.sites[0], packed=b"\x00\xff")])
    assert bytes(SiteState.objects.get(site=town.sites[0]).packed) == b"\x00\xff"


def test_a_field_that_the_database_fills_is_left_to_the_orm() -> None:
    filled = GeneratedField(expression=Value(1), output_field=IntegerField(), db_persist=True)
    with pytest.raises(TypeError, match="not written by its value alone"):
        _must_be_plain([filled])
