"""What has been measured, read back by name: rounds, checks, figures of before, the packed sums, the words of a result."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.people import AT, TODAY
from tests.town import MeasuredTown, pack_data, small_pack

from chuangwen.kernel.refusal import Refusal
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures import packing, states
from chuangwen.records.measures.actions import NewRound, open_round, set_figure, tally
from chuangwen.records.measures.judgement import judge, read_again, rule_of, with_editions
from chuangwen.records.measures.models import Observation, Round, RoundKind, SiteState
from chuangwen.records.measures.packing import Sum
from chuangwen.records.measures.queries import (
    checks_for,
    editions_of,
    figure_values_of,
    figures_before,
    figures_of,
    graded,
    questions_of,
    rounds,
    tallies_of,
    villages_asked,
)
from chuangwen.records.measures.visit_actions import recheck
from chuangwen.records.measures.visits import Item
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.checking import draft_of, finished
from chuangwen.records.standards.models import Check, Edition, Figure, Question
from chuangwen.records.township.models import Organisation


def another(town: MeasuredTown, code: str, year: int, *, month: int = 9, edition: Edition | None = None) -> Round:
    new = NewRound(code, f"{code} 测评", RoundKind.OFFICIAL, year, date(year, month, 1), date(year, 12, 31))
    return open_round(new, edition or town.edition, by=MACHINE, at=AT)


def companion(town: MeasuredTown) -> Edition:
    other = install_edition(small_pack(id="minors"), by=MACHINE, at=AT).edition
    Round.objects.filter(pk=town.round.pk).update(companion=other)
    town.round = Round.objects.get(pk=town.round.pk)
    return other


# --- rounds and what belongs to them


def test_rounds_stand_newest_first_and_of_one_day_the_later_opened_first(town: MeasuredTown) -> None:
    old, twin = another(town, "2020", 2020), another(town, "2021b", 2021)
    assert [one.code for one in rounds()] == ["2021b", "2021", "2020"]
    assert {old.pk, twin.pk, town.round.pk} == {one.pk for one in rounds()}


def test_reading_rounds_leaves_frozen_results_and_packs_unread(town: MeasuredTown) -> None:
    (one,) = rounds()
    assert one.get_deferred_fields() == {"frozen"}
    assert one.edition.get_deferred_fields() == {"content"}


def test_a_rounds_editions_are_the_main_one_then_its_companion(town: MeasuredTown) -> None:
    assert editions_of(town.round) == [town.edition.pk]
    other = companion(town)
    assert editions_of(town.round) == [town.edition.pk, other.pk]
    assert [one.edition_id for one in questions_of(town.round)] == [town.edition.pk, other.pk]
    assert [one.edition_id for one in figures_of(town.round)] == [town.edition.pk, other.pk]


def test_the_checks_of_a_site_are_those_of_its_type_in_the_order_of_the_edition(town: MeasuredTown) -> None:
    assert [one.code for one in checks_for(town.round, town.sites[0])] == ["C000", "C001"]
    Check.objects.filter(edition=town.edition, code="C000").update(site_types=["P02"])
    assert [one.code for one in checks_for(town.round, town.sites[0])] == ["C001"]
    assert [one.code for one in checks_for(town.round, town.sites[4])] == ["C000", "C001"]


def test_grades_and_answers_are_this_rounds_alone(town: MeasuredTown) -> None:
    later = another(town, "2022", 2022)
    assert (graded(later), tallies_of(later), figure_values_of(later)) == ({}, {}, {})
    assert [one.grade for one in graded(town.round).values()] == ["B"]
    ((key, one),) = tallies_of(town.round).items()
    assert key == (Question.objects.get(edition=town.edition).pk, town.cast.units["V1"].pk)
    assert (one.positive, one.valid) == (18, 25)


def test_the_answers_of_the_whole_town_stand_under_no_village(town: MeasuredTown) -> None:
    later, question = another(town, "2022", 2022), Question.objects.get(edition=town.edition)
    tally(later, question, (40, 50), village=None, by=MACHINE, at=AT)
    assert tallies_of(later).keys() == {(question.pk, None)}


def test_of_earlier_years_the_newest_round_that_has_the_figure_speaks(town: MeasuredTown) -> None:
    figure = Figure.objects.get(edition=town.edition)
    for code, year, part in (("2018", 2018, 3), ("2020", 2020, 6), ("2021b", 2021, 8)):
        counts = (Decimal(part), Decimal(10))
        set_figure(another(town, code, year), figure, counts, source="年报", by=MACHINE, at=AT)
    assert figures_before(town.round)[figure.code].numerator == 6
    assert figures_before(another(town, "2019", 2019))[figure.code].numerator == 3
    assert figures_before(Round.objects.get(code="2018")) == {}


def test_the_figure_of_before_may_come_from_an_older_edition_of_the_same_pack(town: MeasuredTown) -> None:
    newer = install_edition(finished(draft_of(pack_data(edition="2"))), by=MACHINE, at=AT).edition
    other = install_edition(small_pack(id="minors"), by=MACHINE, at=AT).edition
    next_year = another(town, "2022", 2022, edition=newer)
    (found,) = figures_before(next_year).values()
    assert (found.round.code, found.numerator) == ("2021", 9)
    assert figures_before(another(town, "2023", 2023, edition=other)) == {}


def test_people_are_asked_in_villages_in_use_and_wherever_answers_stand(town: MeasuredTown) -> None:
    def asked() -> list[str]:
        return [one.code for one in villages_asked(town.round)]

    assert asked() == ["V1"]  # it has answers
    for number, code in enumerate(["V2", "V10", "T"]):
        Organisation.objects.filter(code=code).update(region_code=f"42900411020{number}")
    assert asked() == ["V1", "V10", "V2"]
    Organisation.objects.filter(code="V10").update(closed=TODAY)
    assert asked() == ["V1", "V2"]
    tally(town.round, Question.objects.get(), (1, 2), village=town.cast.units["V10"], by=MACHINE, at=AT)
    assert asked() == ["V1", "V10", "V2"]


# --- the packed sums beside the rows


def sums_of(town: MeasuredTown, site: int) -> packing.Sums:
    return packing.unpack(bytes(SiteState.objects.get(round=town.round, site=town.sites[site]).packed))


def test_every_site_keeps_the_sums_of_its_rows_by_the_position_of_the_check(town: MeasuredTown) -> None:
    first, second = town.check(0).position, town.check(1).position
    rows = Observation.objects.filter(site=town.sites[0])
    values = {one.check_item.position: one.value for one in rows.select_related("check_item")}
    assert sums_of(town, 0) == {first: Sum(1, values[first], 0), second: Sum(1, values[second], 0)}
    town.see(0, 0, None, day=3)
    assert sums_of(town, 0)[first].skipped == 1


def test_what_is_said_not_to_apply_is_counted_apart_and_taken_back_apart() -> None:
    one = Sum().moved(1, None).moved(1, 3_000).moved(1, 10_000)
    assert one == Sum(2, 13_000, 1)
    assert one.moved(-1, None) == Sum(2, 13_000, 0)
    assert one.moved(-1, 3_000) == Sum(1, 10_000, 1)


def test_empty_sums_are_not_kept_and_those_that_only_skip_are() -> None:
    kept = packing.unpack(packing.pack({9: Sum(0, 0, 2), 3: Sum(1, 0, 0), 5: Sum()}))
    assert kept == {3: Sum(1, 0, 0), 9: Sum(0, 0, 2)}
    assert list(kept) == [3, 9]
    assert packing.unpack(packing.pack({})) == {}
    assert packing.rows_of(packing.pack({3: Sum(1, 7, 2)})).tolist() == [[3, 1, 7, 2]]


def test_the_companions_checks_stand_far_behind_the_main_ones(town: MeasuredTown) -> None:
    other = companion(town)
    theirs = Check.objects.filter(edition=other).order_by("position")[0]
    assert states.state_position(town.round, town.check(0)) == town.check(0).position
    assert states.state_position(town.round, theirs) == theirs.position + 1_000_000


def test_moving_the_sums_and_summing_anew_give_the_same_bytes(town: MeasuredTown) -> None:
    check, site = town.check(0), town.sites[0]
    row = Observation.objects.get(site=site, check_item=check)
    before = bytes(SiteState.objects.get(site=site).packed)
    states.shift(town.round, site.pk, [(check, 1, 2_500), (check, 1, None)])
    states.shift(town.round, site.pk, [(check, -1, 2_500), (check, -1, None)])
    assert bytes(SiteState.objects.get(site=site).packed) == before
    SiteState.objects.all().delete()
    states.repack(town.round, [site.pk, site.pk])
    assert bytes(SiteState.objects.get(site=site).packed) == before
    Observation.objects.filter(pk=row.pk).update(counts=False)
    states.repack(town.round, [site.pk])
    assert check.position not in sums_of(town, 0)


def test_the_first_row_of_a_site_makes_its_state(town: MeasuredTown) -> None:
    assert not SiteState.objects.filter(site=town.sites[4]).exists()
    town.see(4, 0, 0)
    assert sums_of(town, 4) == {town.check(0).position: Sum(1, 0, 0)}


# --- a result and its rule


def test_one_place_judges_by_the_rule_of_the_check(town: MeasuredTown) -> None:
    absence, rate = town.check(0), town.check(1)
    assert (judge(absence, "有").value, judge(absence, "无").value, judge(absence, "不适用").value) == (0, 10_000, None)
    told = judge(rate, "", "18/20")
    assert (told.answer.passed, told.answer.total, told.value) == (18, 20, 10_000)
    with pytest.raises(Refusal):
        judge(rate, "", "21/20")


def test_what_the_rule_of_today_would_not_take_is_nothing_when_read_again(town: MeasuredTown) -> None:
    rate = town.check(1)
    assert read_again(rate, "", "21/20") is None
    again = read_again(rate, "", "18/20")
    assert again is not None
    assert (again.passed, again.total) == (18, 20)


def test_a_rule_knows_the_grade_scale_of_its_edition(town: MeasuredTown) -> None:
    check = town.check(0)
    check.rule, check.params = "graded", ""
    rule = rule_of(check)
    assert [rule.judge(rule.read_text(grade, "")) for grade in ("A", "B", "D")] == [10_000, 8_000, 0]


def test_the_editions_of_many_checks_are_read_at_once_and_without_their_content(
    town: MeasuredTown, django_assert_num_queries: Any
) -> None:
    checks = list(Check.objects.filter(edition=town.edition))
    with django_assert_num_queries(1):
        with_editions(checks)
        assert {one.edition.digest for one in checks} == {town.edition.digest}
    assert checks[0].edition.get_deferred_fields() == {"content"}


# --- an observation in words


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"result": "不合格", "quantity": "9/20"}, "不合格 9/20"),
        ({"result": "18/20", "quantity": "18/20"}, "18/20"),
        ({"result": "合格", "quantity": "0"}, "合格"),
        ({"result": "合格", "passed": 18, "total": 20}, "合格 18/20"),
        ({"result": "18/20", "passed": 18, "total": 20}, "18/20"),
        ({"result": "合格", "passed": 18}, "合格"),
        ({"result": "合格", "total": 20}, "合格"),
    ],
)
def test_a_result_is_told_with_its_counts_where_they_add_something(
    town: MeasuredTown, said: dict[str, Any], word: str
) -> None:
    assert Observation(check_item=town.check(1), **said).in_words() == word


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ({"result": "3"}, "3"),
        ({"result": " 3 "}, " 3 "),
        ({"result": "三处"}, ""),
        ({"result": "3", "quantity": "4"}, "4"),
        ({"result": "3", "passed": 1, "total": 2}, "1/2"),
        ({"result": "3/4", "passed": 1, "total": 2}, ""),
    ],
)
def test_the_counts_of_an_older_row_are_those_it_tells(town: MeasuredTown, said: dict[str, Any], counted: str) -> None:
    assert Observation(check_item=town.check(1), **said).counted == counted


def test_a_recheck_stands_where_the_first_reading_stood_and_names_it(town: MeasuredTown) -> None:
    old = Observation.objects.get(value=0, site=town.sites[1])
    new = recheck(old, Item(town.check(0), "无"), seen_at=AT, by=town.cast.actor("limin"), at=AT)
    old.refresh_from_db()
    assert (old.counts, old.replaced_by, new.counts, new.value, new.seen_by) == (False, new, True, 10_000, "李敏")
    assert sums_of(town, 1) == {town.check(0).position: Sum(1, 10_000, 0)}


def test_the_ledger_calls_a_single_reading_by_its_number_and_several_by_their_site(town: MeasuredTown) -> None:
    one = town.see(4, 0, 0)
    note = Note.objects.order_by("-number")[0]
    assert (note.kind, note.key, note.title) == ("observation", str(one.pk), "点位4 C000")
    town.visit(2, {0: "无", 1: ("", "9/10")})
    note = Note.objects.order_by("-number")[0]
    assert (note.kind, note.key, note.title) == ("site", "S2", "点位2")
