"""A visit goes into a round raw: the action asks for the right, judges by the rule, and writes all of it or nothing."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from tests.people import hold
from tests.town import AT, MeasuredTown, small_pack

from chuangwen.kernel.answers import ContradictoryResult, ImpossibleCounts, UnreadableResult
from chuangwen.kit.refusals import NotAllowed, OutOfReach
from chuangwen.records.archive.actions import keep_photo
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.models import Observation, ObservationPhoto, Round, SiteState
from chuangwen.records.measures.policy import NotOfThisRound, RoundClosed
from chuangwen.records.measures.states import repack
from chuangwen.records.measures.visit_actions import recheck, record_visit
from chuangwen.records.measures.visit_policy import (
    CheckNotHere,
    MarkTaken,
    NothingSeen,
    NotYet,
    OutsideRound,
    SeenThatDay,
    SiteNotInUse,
    TwiceInOne,
    VisitRefused,
)
from chuangwen.records.measures.visits import Answers, Choice, Item, Visit
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.models import Check

CORRECTION, SECOND = Answers(same_day=Choice.CORRECTION), Answers(same_day=Choice.SECOND)
TAKE = Answers(outside=Choice.TAKE)


def rows(town: MeasuredTown, site: int) -> list[tuple[str, int | None, bool]]:
    """What stands of a site, in the order it was written: result, value, whether it counts."""
    found = Observation.objects.filter(round=town.round, site=town.sites[site]).order_by("pk")
    return list(found.values_list("result", "value", "counts"))


def states(town: MeasuredTown) -> dict[int, bytes]:
    return {one.site_id: bytes(one.packed) for one in SiteState.objects.filter(round=town.round)}


def test_zhang_qiangs_visit_is_judged_by_the_rules_and_told_with_its_values(town: MeasuredTown) -> None:
    done = town.visit(2, {0: "无", 1: ("不合格", "9/20")})
    assert [(one.value, one.passed, one.total) for one in done.observations] == [(10_000, None, None), (5_000, 9, 20)]
    assert (done.new, done.known, done.corrected) == (2, 0, 0)
    assert Observation.objects.get(pk=done.observations[1].pk).quantity == "9/20"


def test_a_visit_is_one_note_in_the_ledger_with_every_result(town: MeasuredTown) -> None:
    before = Note.objects.count()
    town.visit(2, {0: "有", 1: ("", "18/20")})
    note = Note.objects.order_by("-number")[0]
    assert Note.objects.count() == before + 1
    assert (note.kind, note.key, note.after) == ("site", "S2", {"S2 C000": "有 (0)", "S2 C001": "18/20 (10000)"})


def test_one_item_that_cannot_be_read_keeps_the_whole_visit_out(town: MeasuredTown) -> None:
    notes = Note.objects.count()
    with pytest.raises(VisitRefused) as caught:
        town.visit(2, {0: "无", 1: ("", "30/20")})
    assert list(caught.value.refusals) == ["C001"]
    assert isinstance(caught.value.refusals["C001"], ImpossibleCounts)
    assert rows(town, 2) == []
    assert Note.objects.count() == notes


@pytest.mark.parametrize(
    ("check", "said", "why"),
    [
        (1, ("合格", "12/10"), ImpossibleCounts), (1, ("合格", "120%"), ImpossibleCounts), (1, ("合格", "8/0"), ImpossibleCounts),
        (1, ("合格", "0/0"), ImpossibleCounts), (0, ("合格", "-3"), ImpossibleCounts), (1, ("不合格", "20/20"), ContradictoryResult),
        (1, ("合格", "1/20"), ContradictoryResult), (0, ("合格", "5处"), ContradictoryResult), (0, ("无", "3"), ContradictoryResult),
        (0, ("还行", ""), UnreadableResult), (1, ("合格", "不少"), UnreadableResult),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_never_a_full_mark(
    town: MeasuredTown, check: int, said: tuple[str, str], why: type[Exception]
) -> None:
    with pytest.raises(why):
        town.visit(2, {check: said})
    assert rows(town, 2) == []


def test_a_visit_without_a_result_is_refused(town: MeasuredTown) -> None:
    with pytest.raises(NothingSeen):
        town.visit(2, {})


# --- who may


def test_liu_fang_records_at_her_village_and_nowhere_else(town: MeasuredTown) -> None:
    liufang = town.cast.actor("liufang")
    assert town.visit(1, {1: ("", "19/20")}, by=liufang).new == 1
    with pytest.raises(OutOfReach):
        town.visit(2, {0: "无"}, by=liufang)
    assert rows(town, 2) == []


@pytest.mark.parametrize("username", ["wangjianguo", "zhouzheng", "chenjing", "zhaolei", "sunyue"])
def test_who_does_not_hold_the_right_records_nothing(town: MeasuredTown, username: str) -> None:
    with pytest.raises(NotAllowed):
        town.visit(4, {0: "无"}, by=town.cast.actor(username))
    assert rows(town, 4) == []


def test_a_recheck_wants_the_right_too(town: MeasuredTown) -> None:
    old = town.see(2, 0, 0)
    with pytest.raises(OutOfReach):
        recheck(old, Item(town.check(0), "无"), seen_at=AT, by=town.cast.actor("liufang"), at=AT)
    with pytest.raises(NotAllowed):
        recheck(old, Item(town.check(0), "无"), seen_at=AT, by=town.cast.actor("chenjing"), at=AT)
    assert rows(town, 2) == [("有", 0, True)]


def test_zhang_qiang_who_reaches_his_own_rows_corrects_nobody_elses(town: MeasuredTown) -> None:
    zhangqiang, limin = town.cast.actor("zhangqiang"), town.cast.actor("limin")
    town.visit(2, {0: "有"}, by=limin, who="李敏")
    with pytest.raises(OutOfReach):
        town.visit(2, {0: "无"}, by=zhangqiang, answers=CORRECTION)
    assert rows(town, 2) == [("有", 0, True)]
    town.visit(3, {1: ("", "9/20")}, by=zhangqiang)
    assert town.visit(3, {1: ("", "18/20")}, by=zhangqiang).corrected == 1


def test_the_inspector_of_a_row_is_the_one_who_sent_it(town: MeasuredTown) -> None:
    zhangqiang = town.cast.actor("zhangqiang")
    made = town.visit(2, {0: "无"}, by=zhangqiang, who="").observations[0]
    assert (made.inspector_id, made.seen_by) == (zhangqiang.person_id, "张强")


# --- what fits where and when


def test_a_check_is_made_only_at_the_site_types_it_belongs_to(town: MeasuredTown) -> None:
    Check.objects.filter(pk=town.check(0).pk).update(site_types=["P02"])
    with pytest.raises(CheckNotHere, match="P01"):
        town.visit(2, {0: "无"})
    assert town.visit(3, {0: "无"}, day=5).new == 1


def test_a_check_of_an_edition_that_the_round_does_not_use_is_refused(town: MeasuredTown) -> None:
    other = install_edition(small_pack(id="other"), by=MACHINE, at=AT).edition
    check = Check.objects.filter(edition=other)[0]
    visit = Visit(town.round, town.sites[0], AT, [Item(check, "无")])
    with pytest.raises(NotOfThisRound):
        record_visit(visit, by=MACHINE, at=AT)


def test_a_companions_check_counts_beside_the_main_ones(town: MeasuredTown) -> None:
    other = install_edition(small_pack(id="minors"), by=MACHINE, at=AT).edition
    Round.objects.filter(pk=town.round.pk).update(companion=other)
    round_ = Round.objects.get(pk=town.round.pk)
    visit = Visit(
        round_, town.sites[2], AT, [Item(Check.objects.filter(edition=other)[0], "无"), Item(town.check(0), "有")]
    )
    assert record_visit(visit, by=MACHINE, at=AT).new == 2
    moved = states(town)
    repack(round_, [town.sites[2].pk])
    assert states(town) == moved


@pytest.mark.parametrize(
    ("opened", "closed", "taken"),
    [
        (None, None, True), (date(2021, 9, 3), None, False), (date(2021, 9, 2), None, True),
        (None, date(2021, 9, 2), False), (None, date(2021, 9, 3), True),
    ],
)  # fmt: skip
def test_a_site_is_seen_only_while_it_is_in_use(
    town: MeasuredTown, opened: date | None, closed: date | None, taken: bool
) -> None:
    town.sites[2].opened, town.sites[2].closed = opened, closed
    town.sites[2].save()
    if taken:
        assert town.visit(2, {0: "无"}).new == 1
    else:
        with pytest.raises(SiteNotInUse, match="2021-09-02"):
            town.visit(2, {0: "无"})


def test_a_closed_round_takes_nothing_in_even_from_a_page_opened_before(town: MeasuredTown) -> None:
    old = town.see(2, 0, 0)
    Round.objects.filter(pk=town.round.pk).update(closed_at=AT, closed_by="李敏", frozen={}, digest="x")
    assert town.round.closed_at is None
    with pytest.raises(RoundClosed):
        town.visit(2, {1: ("", "9/20")})
    with pytest.raises(RoundClosed):
        recheck(old, Item(town.check(0), "无"), seen_at=AT, by=MACHINE, at=AT)


def test_what_lies_ahead_has_not_been_seen(town: MeasuredTown) -> None:
    with pytest.raises(NotYet):
        town.visit(2, {0: "无"}, day=20, at=datetime(2021, 9, 19, 15, tzinfo=UTC))
    with pytest.raises(NotYet):
        town.visit(2, {0: "无"}, day=20, time=(11, 30), at=datetime(2021, 9, 20, 3, tzinfo=UTC))
    assert town.visit(2, {0: "无"}, day=20, time=(11, 5), at=datetime(2021, 9, 20, 3, tzinfo=UTC)).new == 1


def test_a_day_outside_the_round_is_asked_about_and_taken_when_somebody_says_so(town: MeasuredTown) -> None:
    early = datetime(2021, 8, 31, 4, tzinfo=UTC)
    visit = Visit(town.round, town.sites[2], early, [Item(town.check(0), "无")])
    with pytest.raises(OutsideRound, match="2021-09-01 至 2021-12-31"):
        record_visit(visit, by=MACHINE, at=AT)
    with pytest.raises(OutsideRound):
        record_visit(visit, CORRECTION, by=MACHINE, at=AT)
    assert record_visit(visit, TAKE, by=MACHINE, at=AT).new == 1
    assert record_visit(visit, by=MACHINE, at=AT).known == 1


def test_the_day_is_the_towns_day_not_greenwichs(town: MeasuredTown) -> None:
    first = datetime(2021, 8, 31, 16, 30, tzinfo=UTC)  # half past midnight on the first day of the round
    visit = Visit(town.round, town.sites[2], first, [Item(town.check(0), "无")])
    assert record_visit(visit, by=MACHINE, at=AT).new == 1


# --- the same thing again


def test_the_same_visit_again_is_harmless_and_told_as_known(town: MeasuredTown) -> None:
    first = town.visit(2, {0: "有", 1: ("", "18/20")})
    notes, sums = Note.objects.count(), states(town)
    again = town.visit(2, {0: "有", 1: ("", "18/20")})
    assert (again.new, again.known, again.corrected) == (0, 2, 0)
    assert [one.pk for one in again.observations] == [one.pk for one in first.observations]
    assert (Note.objects.count(), states(town)) == (notes, sums)


def test_the_same_thing_said_in_other_words_is_no_correction(town: MeasuredTown) -> None:
    town.visit(2, {1: ("", "18/20")})
    assert town.visit(2, {1: "18/20"}).known == 1
    town.visit(3, {1: "合格"})
    assert town.visit(3, {1: "达标"}).known == 1


def test_another_content_supersedes_the_old_row_which_stays_and_no_longer_counts(town: MeasuredTown) -> None:
    town.visit(2, {0: "无"})
    done = town.visit(2, {0: "有"})
    (old, new), *_ = done.corrections
    assert (done.new, done.known, done.corrected) == (0, 0, 1)
    assert (old.in_words(), new.in_words()) == ("无", "有")
    assert rows(town, 2) == [("无", 10_000, False), ("有", 0, True)]
    assert Observation.objects.get(pk=old.pk).replaced_by_id == new.pk
    note = Note.objects.order_by("-number")[0]
    assert (note.verb, note.before, note.after) == ("改正观测", {"S2 C000": "无 (10000)"}, {"S2 C000": "有 (0)"})


def test_correcting_back_is_a_correction_too(town: MeasuredTown) -> None:
    for said in ("无", "有", "无"):
        town.visit(2, {0: said})
    assert rows(town, 2) == [("无", 10_000, False), ("有", 0, False), ("无", 10_000, True)]


@pytest.mark.parametrize("more", [{"note": "东侧花坛"}, {"note": "西侧花坛"}])
def test_another_note_is_another_content_and_a_blank_one_says_nothing(town: MeasuredTown, more: dict[str, Any]) -> None:
    town.visit(2, {0: "有"}, note="东侧花坛")
    assert town.visit(2, {0: "有"}).known == 1
    assert town.visit(2, {0: "有"}, **more).corrected == (more["note"] != "东侧花坛")


@pytest.mark.parametrize("other", [{"time": (15, 0)}, {"who": "李敏"}])
def test_another_time_or_person_on_that_day_is_asked_about(town: MeasuredTown, other: dict[str, Any]) -> None:
    town.visit(2, {0: "无"})
    with pytest.raises(SeenThatDay, match=r"无（张强 11:00）"):
        town.visit(2, {0: "有"}, **other)
    with pytest.raises(SeenThatDay):
        town.visit(2, {0: "无"}, **other)
    assert rows(town, 2) == [("无", 10_000, True)]


def test_a_second_visit_counts_beside_the_first(town: MeasuredTown) -> None:
    town.visit(2, {0: "无"})
    done = town.visit(2, {0: "有"}, time=(15, 0), answers=SECOND)
    assert (done.new, done.corrected) == (1, 0)
    assert rows(town, 2) == [("无", 10_000, True), ("有", 0, True)]
    assert town.visit(2, {0: "有"}, time=(15, 0)).known == 1
    assert town.visit(2, {0: "无"}).known == 1


def test_a_correction_at_another_time_supersedes_the_first(town: MeasuredTown) -> None:
    town.visit(2, {0: "无"})
    assert town.visit(2, {0: "有"}, time=(15, 0), answers=CORRECTION).corrected == 1
    assert rows(town, 2) == [("无", 10_000, False), ("有", 0, True)]
    assert town.visit(2, {0: "无"}).known == 1


def test_one_visit_says_one_thing_of_one_check(town: MeasuredTown) -> None:
    items = [Item(town.check(0), "无"), Item(town.check(0), "有")]
    with pytest.raises(VisitRefused) as caught:
        record_visit(Visit(town.round, town.sites[2], AT, items), by=MACHINE, at=AT)
    assert isinstance(caught.value.refusals["C000"], TwiceInOne)


def test_the_next_day_is_another_observation(town: MeasuredTown) -> None:
    town.visit(2, {0: "无"})
    assert town.visit(2, {0: "有"}, day=3).new == 1


# --- a sender's mark


def test_a_mark_with_the_same_content_is_harmless(town: MeasuredTown) -> None:
    first = town.visit(2, {0: "无"}, mark="phone-1")
    again = town.visit(2, {0: "无"}, mark="phone-1")
    assert (again.known, again.observations[0].pk) == (1, first.observations[0].pk)


@pytest.mark.parametrize(
    "other", [{"said": {0: "有"}}, {"site": 3}, {"said": {1: ("", "9/20")}}, {"day": 3}, {"who": "李敏"}]
)
def test_a_mark_with_another_content_is_refused(town: MeasuredTown, other: dict[str, Any]) -> None:
    town.visit(2, {0: "无"}, mark="phone-1")
    site, said, count = other.pop("site", 2), other.pop("said", {0: "无"}), Observation.objects.count()
    with pytest.raises(MarkTaken) as caught:
        town.visit(site, said, mark="phone-1", **other)
    assert caught.value.status == 409
    assert Observation.objects.count() == count


def test_a_mark_with_another_content_corrects_when_its_sender_declares_it(town: MeasuredTown) -> None:
    town.visit(2, {0: "无"}, mark="phone-1")
    assert town.visit(2, {0: "有"}, mark="phone-1", answers=CORRECTION).corrected == 1
    assert rows(town, 2) == [("无", 10_000, False), ("有", 0, True)]
    assert town.visit(2, {0: "有"}, mark="phone-1").known == 1


def test_a_declared_correction_does_not_move_a_mark_to_another_site(town: MeasuredTown) -> None:
    town.visit(2, {0: "无"}, mark="phone-1")
    with pytest.raises(MarkTaken):
        town.visit(4, {0: "无"}, mark="phone-1", answers=CORRECTION)


def test_a_mark_belongs_to_its_sender(town: MeasuredTown) -> None:
    limin, zhangqiang = town.cast.actor("limin"), town.cast.actor("zhangqiang")
    town.visit(2, {0: "无"}, mark="1", by=limin, who="李敏")
    made = town.visit(3, {1: ("", "9/20")}, mark="1", by=zhangqiang)
    assert (made.new, made.observations[0].site_id) == (1, town.sites[3].pk)
    assert town.visit(2, {0: "无"}, mark="1", by=limin, who="李敏").known == 1


# --- re-checks


def test_a_recheck_replaces_and_is_judged_like_any_reading(town: MeasuredTown) -> None:
    old = town.see(2, 1, 0)
    later = datetime(2021, 9, 9, 2, tzinfo=UTC)
    made = recheck(old, Item(town.check(1), "", "9/20"), seen_at=later, by=MACHINE, at=later)
    assert (made.value, made.counts) == (5_000, True)
    assert rows(town, 2)[0][2] is False
    again = recheck(made, Item(town.check(1), "", "9/20"), seen_at=later, by=MACHINE, at=later)
    assert again.pk == made.pk
    with pytest.raises(ImpossibleCounts):
        recheck(made, Item(town.check(1), "合格", "12/10"), seen_at=later, by=MACHINE, at=later)


def test_a_recheck_on_the_same_day_is_no_question(town: MeasuredTown) -> None:
    old = town.see(2, 0, 0)
    later = datetime(2021, 9, 2, 8, tzinfo=UTC)
    made = recheck(old, Item(town.check(0), "无"), seen_at=later, by=MACHINE, at=later)
    assert rows(town, 2) == [("有", 0, False), ("无", 10_000, True)]
    assert town.see(2, 0, 0).pk == old.pk
    assert Observation.objects.get(pk=old.pk).replaced_by_id == made.pk


def test_correcting_what_was_rechecked_since_keeps_the_recheck_counting(town: MeasuredTown) -> None:
    old = town.see(2, 1, 0)
    later = datetime(2021, 9, 9, 2, tzinfo=UTC)
    newest = recheck(old, Item(town.check(1), "合格"), seen_at=later, by=MACHINE, at=later)
    done = town.visit(2, {1: ("", "3/20")})
    assert done.corrected == 1
    assert [counts for *_, counts in rows(town, 2)] == [False, True, False]
    assert Observation.objects.get(pk=done.observations[0].pk).replaced_by_id == newest.pk


# --- photos and sums


def photo(town: MeasuredTown, colour: str) -> Any:
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(kept, "JPEG")
    return keep_photo(kept.getvalue(), f"{colour}.jpg", by=town.cast.actor("limin"), at=AT)


def test_photos_are_files_that_the_town_keeps(town: MeasuredTown) -> None:
    red, blue = photo(town, "red"), photo(town, "blue")

    def visit(*photos: Any) -> Visit:
        return Visit(town.round, town.sites[2], AT, [Item(town.check(0), "有", photos=photos)])

    made = record_visit(visit(red), by=MACHINE, at=AT).observations[0]
    assert list(ObservationPhoto.objects.filter(observation=made).values_list("file", flat=True)) == [red.pk]
    assert record_visit(visit(red), by=MACHINE, at=AT).known == 1
    assert record_visit(visit(), by=MACHINE, at=AT).known == 1
    assert record_visit(visit(red, blue), by=MACHINE, at=AT).corrected == 1


def test_the_sums_moved_with_the_rows_are_those_summed_anew(town: MeasuredTown) -> None:
    later = datetime(2021, 9, 9, 2, tzinfo=UTC)
    town.visit(2, {0: "无", 1: ("", "9/20")})
    town.visit(2, {0: "有", 1: "不适用"})
    recheck(
        town.visit(2, {1: ("", "3/20")}, day=4).observations[0],
        Item(town.check(1), "合格"),
        seen_at=later,
        by=MACHINE,
        at=later,
    )
    town.visit(2, {0: "无"}, time=(15, 0), answers=SECOND)
    moved = states(town)
    repack(town.round, [site.pk for site in town.sites])
    anew = {site: packed for site, packed in states(town).items() if packed}
    assert moved == anew


def test_a_visit_of_twenty_items_takes_no_more_queries_than_one_of_two(town: MeasuredTown) -> None:
    many = install_edition(small_pack(40, id="many"), by=MACHINE, at=AT).edition
    Round.objects.filter(pk=town.round.pk).update(edition=many)
    round_ = Round.objects.get(pk=town.round.pk)

    def queries(site: int, most: int) -> int:
        checks = Check.objects.filter(edition=many).order_by("position")[:most]
        items = [Item(check, "合格", mark=f"{site}-{check.pk}") for check in checks]
        with CaptureQueriesContext(connection) as seen:
            record_visit(Visit(round_, town.sites[site], AT, items), by=MACHINE, at=AT)
        return len(seen)

    queries(3, 1)
    few = queries(0, 2)
    ledger_lock = connection.vendor == "postgresql"
    assert queries(1, 16) == few <= 11 + ledger_lock


def test_whoever_reaches_chosen_units_records_there(town: MeasuredTown) -> None:
    hold(town.cast.people["sunyue"], town.cast.roles["contact"], chosen=(town.cast.units["V2"],))
    sunyue = town.cast.actor("sunyue")
    assert town.visit(2, {0: "无"}, by=sunyue).new == 1
    with pytest.raises(OutOfReach):
        town.visit(0, {0: "有"}, day=4, by=sunyue)
