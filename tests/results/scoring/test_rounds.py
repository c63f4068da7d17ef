"""A round from its rows: frozen and recomputed to the same digits, re-scored after one change as in full."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.models import FigureValue, Grade, Observation, Round
from chuangwen.records.measures.policy import RoundClosed, RoundStillOpen
from chuangwen.records.measures.visit_actions import recheck
from chuangwen.records.measures.visits import Item
from chuangwen.records.township.models import Site
from chuangwen.results.scoring import live
from chuangwen.results.scoring.actions import close_round
from chuangwen.results.scoring.freezing import digest_of
from chuangwen.results.scoring.gathering import entries_from_rows, measures_of
from chuangwen.results.scoring.queries import recompute, score_edition, score_round
from chuangwen.results.scoring.score_data import as_data
from tests.town import AT, MeasuredTown


def test_a_closed_round_is_recomputed_to_the_same_digits_and_takes_nothing_in(town: MeasuredTown) -> None:
    before = json.dumps(as_data(score_round(town.round, AT.date())), default=str)
    with pytest.raises(RoundStillOpen):
        recompute(town.round)
    closed = close_round(town.round, by=MACHINE, at=AT)
    assert recompute(closed)["agrees"]
    with pytest.raises(RoundClosed):
        town.see(2, 0, 0)
    with pytest.raises(RoundClosed):
        close_round(town.round, by=MACHINE, at=AT)
    assert json.dumps(as_data(score_round(closed, AT.date())), default=str) == before


def test_a_closed_round_stays_as_it_was_whatever_happens_to_its_town_afterwards(town: MeasuredTown) -> None:
    """Its page showed 76.6 beside 每一位数字都一致 and the list 77.1: one figure was made anew of today's cases."""
    closed = close_round(town.round, by=MACHINE, at=AT)
    before = json.dumps(as_data(score_round(closed, AT.date())), default=str)
    FigureValue.objects.filter(round=closed).delete()
    Grade.objects.filter(round=closed).delete()
    Site.objects.filter(code="S4").update(closed=AT.date())
    again = Round.objects.select_related("edition", "companion").get(pk=closed.pk)
    assert json.dumps(as_data(score_round(again, AT.date() + timedelta(days=90))), default=str) == before
    assert score_round(again, AT.date()).losses == score_round(closed, AT.date()).losses


def test_a_round_sealed_by_an_older_arithmetic_keeps_its_digits_and_its_seal(town: MeasuredTown) -> None:
    closed = close_round(town.round, by=MACHINE, at=AT)
    frozen = closed.frozen
    frozen["arithmetic"] = 1
    frozen["lines"]["total"]["mean"] += 1
    Round.objects.filter(pk=closed.pk).update(frozen=frozen, digest=digest_of(frozen))
    old = Round.objects.select_related("edition", "companion").get(pk=closed.pk)
    told = recompute(old)
    assert told["agrees"]
    assert not told["arithmetic"]
    assert score_round(old, AT.date()).total.expected == frozen["lines"]["total"]["mean"]


def test_a_round_sealed_before_lines_were_sealed_is_read_from_what_it_printed(town: MeasuredTown) -> None:
    closed = close_round(town.round, by=MACHINE, at=AT)
    frozen = closed.frozen
    del frozen["lines"], frozen["arithmetic"], frozen["result"]["systems"]
    for inputs in frozen["inputs"].values():
        del inputs["register"]["absent"]
    Round.objects.filter(pk=closed.pk).update(frozen=frozen, digest=digest_of(frozen))
    old = Round.objects.select_related("edition", "companion").get(pk=closed.pk)
    assert score_round(old, AT.date()).total.expected == frozen["result"]["total"]["expected"]
    assert recompute(old)["agrees"]


def test_a_changed_frozen_input_is_found_out(town: MeasuredTown) -> None:
    closed = close_round(town.round, by=MACHINE, at=AT)
    frozen = closed.frozen
    frozen["inputs"][str(town.edition.pk)]["tallies"]["Q0"] = [25, 25]
    Round.objects.filter(pk=closed.pk).update(frozen=frozen)
    assert not recompute(closed)["agrees"]


def test_one_change_gives_the_digits_of_a_full_re_score(town: MeasuredTown) -> None:
    on = town.round.closes
    live.forget()
    live.start(town.round, town.edition, on)
    for site, check, value in [(2, 0, 0), (4, 1, 7_500), (0, 0, 10_000), (1, 1, None), (3, 0, 0)]:
        town.see(site, check, value, day=5 + site, mark=f"m{site}{check}")
        with CaptureQueriesContext(connection) as queries:
            ours = live.total_after(town.round, town.edition, town.sites[site].pk, on)
        assert len(queries) == 1
        assert ours == score_edition(town.round, town.edition, on).total


def test_somebody_elses_change_in_between_is_not_missed(town: MeasuredTown) -> None:
    on = town.round.closes
    live.start(town.round, town.edition, on)
    town.see(2, 0, 0, day=6)
    town.see(3, 1, 0, day=7)
    assert (
        live.total_after(town.round, town.edition, town.sites[3].pk, on)
        == score_edition(town.round, town.edition, on).total
    )


def test_the_packed_sums_are_what_the_rows_add_up_to(town: MeasuredTown) -> None:
    old = town.see(2, 0, 0)
    later = datetime(2021, 9, 9, 2, tzinfo=UTC)
    recheck(old, Item(town.check(0), "无"), seen_at=later, by=MACHINE, at=later)
    packed = measures_of(town.round, town.edition, town.round.closes).entries
    rows = entries_from_rows(town.round, town.edition, town.round.closes)
    for name in ("site", "position", "count", "total", "skipped"):
        assert getattr(packed, name).tolist() == getattr(rows, name).tolist()
    assert Observation.objects.get(pk=old.pk).replaced_by is not None


def test_sending_an_observation_again_changes_nothing(town: MeasuredTown) -> None:
    first = town.see(2, 0, 0, mark="phone-1")
    before = score_edition(town.round, town.edition, town.round.closes).total
    assert town.see(2, 0, 0, mark="phone-1").pk == first.pk
    assert score_edition(town.round, town.edition, town.round.closes).total == before


def test_an_open_round_is_read_in_seven_queries_however_much_is_in_it(town: MeasuredTown) -> None:
    measures_of(town.round, town.edition, town.round.closes)
    with CaptureQueriesContext(connection) as queries:
        measures_of(town.round, town.edition, town.round.closes)
    assert len(queries) == 7


def test_the_ledger_says_who_closed_a_round_with_which_seal_and_which_total(town: MeasuredTown) -> None:
    closed = close_round(town.round, by=town.cast.actor("limin"), at=AT)
    note = Note.objects.order_by("-number")[0]
    assert (note.kind, note.key, note.title, note.name) == ("round", "2021", "2021 年测评", "李敏")
    assert note.after["digest"] == closed.digest
    assert note.after["total"]["expected"] == str(closed.frozen["result"]["total"]["expected"])
