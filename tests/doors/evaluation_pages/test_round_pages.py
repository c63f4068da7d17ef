"""The pages of rounds, villages, home and a standard: one score wherever it stands, and nothing said that nobody knows."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from tests.paired import Paired, pair
from tests.town import AT, MeasuredTown

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures import actions
from chuangwen.records.measures.event_actions import NewEvent, record_event
from chuangwen.records.measures.grading_actions import lock_material
from chuangwen.records.measures.models import Grade, Observation, Round, RoundKind, ScoreMark
from chuangwen.records.measures.queries import speaking_round
from chuangwen.records.standards.models import Edition, Figure, Node, Question
from chuangwen.records.township.absence_actions import (
    NotStated,
    ReasonMissing,
    SitesStand,
    state_absent,
    withdraw_absence,
)
from chuangwen.records.township.models import AbsentSiteType, Site, Town
from chuangwen.records.township.policy import NotAllowed
from chuangwen.results.dashboard.trend import points_of, trend
from chuangwen.results.scoring.actions import close_round
from chuangwen.results.scoring.doctor import examine
from chuangwen.results.scoring.marks import keep_mark
from chuangwen.results.scoring.queries import cycle_of, latest_of_year, score_round, totals_of
from chuangwen.results.scoring.score_data import as_data


@pytest.fixture
def paired(town: MeasuredTown) -> Paired:
    return pair(town)


def another(
    town: MeasuredTown,
    code: str,
    *,
    year: int = 2021,
    opens: date = date(2021, 10, 1),
    kind: RoundKind = RoundKind.SELF,
) -> Round:
    new = actions.NewRound(code, f"{code} 自查", kind, year, opens, opens + timedelta(days=30))
    return actions.open_round(new, town.edition, by=MACHINE, at=AT)


def test_every_page_the_command_and_the_api_say_the_same_score(paired, signed_in_as) -> None:
    """Today home said 81.2 (0.8 x county + 0.2 x minors) while losses and what-if used 81.0 (county alone)."""
    limin = signed_in_as("limin")
    result = score_round(paired.round, paired.on)
    told = f"{result.total.expected:.1f}"
    assert result.total.expected != pytest.approx(result.main.total.expected, abs=0.01)
    for name, args in (("home", []), ("round", ["2021"]), ("losses", []), ("rounds", [])):
        assert told in limin.get(reverse(name, args=args)).content.decode(), name
    data = limin.get("/api/score?year=2021").json()
    assert data["total"]["expected"] == as_data(result)["total"]["expected"] == result.total.expected
    assert [one["code"] for one in data["systems"]] == ["small", "minors"]
    assert data["passing"] == result.town.passing


def test_the_page_of_a_round_says_how_the_total_is_made_and_that_the_floor_bars(paired, signed_in_as) -> None:
    page = signed_in_as("limin").get(reverse("round", args=["2021"])).content.decode()
    main, beside = (one.total.expected for one in score_round(paired.round, paired.on).town.systems)
    assert f"全镇 = 小体系 {main:.1f} × 0.8 + 小未成年人 {beside:.1f} × 0.2" in page
    assert page.count("不到底线，挡着参评") + page.count("到不了底线，不能参评") >= 1
    assert "只看这一个体系" in page


def test_home_says_first_what_bars_the_town(paired, signed_in_as) -> None:
    page = signed_in_as("limin").get(reverse("home")).content.decode()
    assert re.search(r"<h1>小未成年人 差 [\d.]+ 分，挡着全镇参评", page)


def test_where_too_little_is_measured_no_page_gives_an_expected_score_or_a_chance(town, signed_in_as) -> None:
    """With 68 % unmeasured the product printed 九成把握在 84.9 至 84.9 and sealed it."""
    Grade.objects.all().delete()
    town.round.tallies.all().delete()
    town.round.figure_values.all().delete()
    result = score_round(town.round, AT.date())
    assert result.total.measured < 0.6
    assert result.total.interval is None
    assert result.town.passing is None
    limin = signed_in_as("limin")
    for name, args in (("home", []), ("round", ["2021"]), ("losses", [])):
        page = limin.get(reverse(name, args=args)).content.decode()
        assert "只测了" in page, name
        assert "九成把握" not in page, name
        assert "过线把握" not in page, name
        low, high = (f"{end:.1f}" for end in result.total.reach)
        assert low in page
        assert high in page
    closed = close_round(town.round, by=MACHINE, at=AT)
    assert closed.frozen["result"]["total"]["interval"] is None


def test_two_open_rounds_stand_beside_a_closed_one_each_with_its_own_score(town, signed_in_as) -> None:
    """/rounds/ fell over with two open rounds."""
    close_round(another(town, "spring", opens=date(2021, 3, 1)), by=MACHINE, at=AT)
    another(town, "autumn")
    page = signed_in_as("limin").get(reverse("rounds"))
    shown = {line["round"].code: line["total"] for line in page.context["lines"]}
    assert shown.keys() == {"2021", "spring", "autumn"}
    assert shown["2021"].expected == score_round(town.round, AT.date()).total.expected
    assert shown["autumn"].measured == 0


def test_a_closed_round_says_the_same_in_the_list_and_on_its_page(town, signed_in_as) -> None:
    """Its page showed 76.6 beside 每一位数字都一致 and the list 77.1."""
    closed = close_round(town.round, by=MACHINE, at=AT)
    Observation.objects.update(value=0)
    Site.objects.filter(code="S0").update(closed=AT.date())
    light = Round.objects.select_related("edition", "companion").defer("frozen").get(pk=closed.pk)
    in_list = totals_of([light], date(2022, 1, 1))[closed.pk]
    assert in_list == score_round(light, date(2022, 1, 1)).total
    limin = signed_in_as("limin")
    page = limin.get(reverse("round", args=["2021"]), {"check": "1"}).content.decode()
    assert "每一位数字都一致" in page
    assert f"{in_list.expected:.1f}" in page
    assert f"{in_list.expected:.1f}" in limin.get(reverse("rounds")).content.decode()


def test_the_trend_never_puts_another_rounds_score_at_todays_date(town) -> None:
    keep_mark(score_round(town.round, date(2021, 9, 10)), on=date(2021, 9, 10))
    old = close_round(another(town, "spring", opens=date(2021, 3, 1)), by=MACHINE, at=AT)
    told = points_of(score_round(old, date(2021, 11, 1)))
    assert [one.title for one in told if one.on > AT.date()] == []
    now = points_of(score_round(town.round, date(2021, 11, 1)))
    assert (now[-1].on, now[-1].title) == (date(2021, 11, 1), town.round.title)
    assert [one.on for one in now] == sorted(one.on for one in now)


def test_the_trend_is_drawn_to_scale_with_the_rounds_name_and_its_interval(town) -> None:
    keep_mark(score_round(town.round, date(2021, 9, 10)), on=date(2021, 9, 10))
    chart = trend(score_round(town.round, date(2021, 11, 1)))
    assert chart.days == ["2021-09-10", "2021-11-01"]
    assert all(town.round.title in label for label in chart.labels)
    assert all(low is not None for low in chart.series[0].low)
    ScoreMark.objects.all().delete()
    assert trend(score_round(town.round, date(2021, 11, 1))) is None


def test_the_cycle_takes_each_years_last_closed_round(town, signed_in_as) -> None:
    content = town.edition.content
    content["framework"]["cycle_starts"] = 2020
    content["framework"]["least_measured"] = "20"
    content["framework"]["year_weights"] = [{"position": n, "weight": str(w)} for n, w in ((1, 15), (2, 25), (3, 60))]
    Edition.objects.filter(pk=town.edition.pk).update(content=content, digest="cycle" + town.edition.digest[5:])
    town.edition = Edition.objects.get(pk=town.edition.pk)
    old = another(town, "y2020", year=2020, opens=date(2020, 9, 1), kind=RoundKind.OFFICIAL)
    question = Question.objects.get(edition=town.edition)
    actions.tally(old, question, (20, 25), village=None, by=MACHINE, at=AT)
    closed = close_round(old, by=MACHINE, at=AT)
    now = score_round(Round.objects.select_related("edition", "companion").get(pk=town.round.pk), AT.date())
    found = cycle_of(now)
    assert (list(found.years), list(found.missing)) == ([2020, 2021], [2022])
    first = closed.frozen["lines"]["total"]["mean"]
    assert found.line.expected == pytest.approx((15 * first + 25 * now.total.expected) / 40)
    assert "三年创建周期" in signed_in_as("limin").get(reverse("round", args=["2021"])).content.decode()


def test_a_type_without_a_site_is_unknown_until_the_office_states_that_there_is_none(town, signed_in_as) -> None:
    Site.objects.filter(type_code="P02").update(closed=AT.date() - timedelta(days=1))
    before = score_round(town.round, AT.date())
    assert before.main.dropped == []
    assert "no_sites" in {one.code for one in examine(AT.date())}
    limin = signed_in_as("limin")
    page = limin.get(reverse("round", args=["2021"])).content.decode()
    assert "1 类点位一处也没有登记" in page
    said = {"type": "P02", "move": "state", "reason": "本镇没有这样的街道"}
    assert limin.post(reverse("round_absent", args=["2021"]), said).status_code == 302
    today = limin.get(reverse("round", args=["2021"])).context["result"]
    assert today.total.measured > before.total.measured
    assert "已声明没有" in limin.get(reverse("round", args=["2021"])).content.decode()
    limin.post(reverse("round_absent", args=["2021"]), {"type": "P02", "move": "withdraw"})
    assert AbsentSiteType.objects.get().withdrawn_by == "李敏"
    again = limin.get(reverse("round", args=["2021"])).context["result"]
    assert again.total.measured == pytest.approx(before.total.measured)


def test_a_statement_needs_a_reason_no_site_and_the_right(town, cast) -> None:
    limin = cast.actor("limin")
    with pytest.raises(SitesStand):
        state_absent("P01", "没有集市", by=limin, at=AT)
    with pytest.raises(ReasonMissing):
        state_absent("P09", "  ", by=limin, at=AT)
    with pytest.raises(NotAllowed):
        state_absent("P09", "没有", by=cast.actor("liufang"), at=AT)
    with pytest.raises(NotStated):
        withdraw_absence("P09", by=limin, at=AT)
    first = state_absent("P09", "没有车站", by=limin, at=AT)
    assert state_absent("P09", "又说一次", by=limin, at=AT) == first


def test_a_standard_says_why_it_is_worth_what_it_is_worth(paired, signed_in_as) -> None:
    """A 1.00-point standard worth 2.71 explained nothing."""
    node = Node.objects.get(edition=paired.minors, code="I-1-1")
    page = signed_in_as("limin").get(reverse("standard", args=[node.pk]))
    (field, material) = page.context["worth"]
    assert field.town == pytest.approx(field.own * 0.2)
    assert page.context["coef"] == pytest.approx(field.town + material.town)
    assert "为什么值这么多" in page.content.decode()


def test_villages_of_which_too_little_is_measured_have_no_interval_and_no_rank(town, signed_in_as) -> None:
    """0—0 stood there with one of two sites seen."""
    page = signed_in_as("limin").get(reverse("villages"))
    lines = {one.organisation.code: one for one in page.context["lines"]}
    assert all(one.band == 0 for one in lines.values() if one.line.interval is None)
    for one in lines.values():
        if one.line.interval is not None:
            assert one.line.reach[0] <= one.line.interval[0] <= one.line.interval[1] <= one.line.reach[1]
    assert "测得太少" in page.content.decode()


def hardly(town: MeasuredTown) -> Round:
    """A self-check of October in which next to nothing is measured."""
    made = another(town, "oct")
    actions.set_figure(made, Figure.objects.get(edition=town.edition), (1, 2), source="年报", by=MACHINE, at=AT)
    return made


def test_what_is_withheld_on_home_is_withheld_everywhere(town, signed_in_as) -> None:
    """Home said 不给预计; a visit, an event, the tree, a standard, the API and the command gave one all the same."""
    made = hardly(town)
    result = score_round(made, AT.date())
    assert result.total.expected is None
    assert as_data(result)["total"]["expected"] is None
    assert as_data(result)["cycle"] is None
    limin = signed_in_as("limin")
    limin.get(reverse("choose_round"), {"round": "oct"})
    said = {"site": "S2", "result-C000": "有", "seen_at": "2021-10-05T09:00"}
    told = limin.post(reverse("record"), said, follow=True).content.decode()
    assert "记下 1 条" in told
    assert "全镇预计" not in told
    assert limin.get(f"/api/score?year={made.year}&round=oct").json()["total"]["expected"] is None


def test_the_official_round_speaks_until_another_is_chosen(town, signed_in_as) -> None:
    """A self-check of October took the place of the official result everywhere, sealed too."""
    hardly(town)
    assert latest_of_year(2021).code == "2021"
    assert latest_of_year(2021, "oct").code == "oct"
    assert speaking_round(date(2021, 10, 20)).code == "2021"
    close_round(Round.objects.get(code="oct"), by=MACHINE, at=AT)
    assert speaking_round(date(2021, 10, 20)).code == "2021"
    assert signed_in_as("limin").get("/api/score?year=2021").json()["round"]["code"] == "2021"


def test_an_inspector_chooses_among_rounds_too(town, signed_in_as) -> None:
    hardly(town)
    zhang = signed_in_as("zhangqiang")
    assert zhang.get(reverse("choose_round"), {"round": "oct"}).status_code == 302


def test_self_checks_count_for_no_year_of_the_cycle(town) -> None:
    """A self-check of one per cent became the year's score, on sealed pages too."""
    made = close_round(hardly(town), by=MACHINE, at=AT)
    assert cycle_of(score_round(made, AT.date())) is None


def test_a_veto_is_told_wherever_the_score_stands_and_no_set_is_said_to_pass(town, signed_in_as) -> None:
    content = town.edition.content
    content["negative"].append(
        {**content["negative"][0], "code": "G02", "title": "重大事故", "effect": "bar", "points": "0"}
    )
    Edition.objects.filter(pk=town.edition.pk).update(content=content, digest="vetoed" + town.edition.digest[6:])
    edition = Edition.objects.get(pk=town.edition.pk)
    Town.objects.update(demo=True, demo_today=date(2021, 10, 14))
    record_event(edition, NewEvent("G02", "桥梁垮塌", AT.date()), by=MACHINE, at=AT)
    Round.objects.filter(pk=town.round.pk).update(edition=edition)
    limin = signed_in_as("limin")
    for name, args in (("home", []), ("round", ["2021"]), ("losses", [])):
        assert "负面清单：重大事故" in limin.get(reverse(name, args=args)).content.decode(), name
    page = limin.get(reverse("losses"))
    assert not page.context["can_pass"]
    assert "各条线都过" not in page.content.decode()


def test_what_was_handed_in_cannot_be_made_up_once_it_is_locked(town, signed_in_as) -> None:
    """After locking the losses proposed 76 materials."""
    limin = signed_in_as("limin")
    page = limin.get(reverse("round", args=["2021"]))
    assert (page.context["lock_items"], round(page.context["lock_points"], 1)) == (1, 20.0)
    lock_material(town.round, by=MACHINE, at=AT)
    locked = Round.objects.select_related("edition", "companion").get(pk=town.round.pk)
    lost = [one for one in score_round(locked, AT.date()).losses if one.method == "material"]
    assert lost
    assert {(one.needs, one.regain) for one in lost} == {("locked", 0.0)}
