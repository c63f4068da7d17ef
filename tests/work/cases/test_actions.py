"""What may happen to a case, told by the cast."""

from datetime import datetime

import pytest

from chuangwen.kernel.fields import WrongAnswers
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.refusals import NotFound
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.notices.models import Notice
from chuangwen.work.cases import figures, queries
from chuangwen.work.cases.actions import open_case, take
from chuangwen.work.cases.escalating import sweep
from chuangwen.work.cases.keeping import ChangedMeanwhile
from chuangwen.work.cases.merge_actions import NotMergeable, merge
from chuangwen.work.cases.models import Case, CaseType
from chuangwen.work.cases.policy import RESIDENT, NotOpenNow, NotYourMove, SelfVerified, TakenBefore
from chuangwen.work.cases.said import NewCase, NewReporter, Said
from chuangwen.work.cases.side_actions import comment, look_at_hidden, look_at_reporters
from chuangwen.work.cases.stepping import NoteMissing, ProofMissing, TooLong
from tests.people import site
from tests.work.cases.tallying import assert_equals_a_recount


def test_a_problem_goes_the_whole_way(office) -> None:
    case = office.finds(category="0102")
    assert (case.number, case.state, case.campaign) == ("整2021-00001", "filed", "sanitation")
    case = office.does(case, "limin", "send", unit="market", assist=["V1"], person="wangjianguo")
    assert case.due_at == datetime(2021, 10, 12, 14, 30, tzinfo=CHINA).replace(hour=15)  # 4 working hours over noon
    assert case.turn_person == office.cast.people["wangjianguo"]
    office.later(hours=2)
    case = office.does(case, "wangjianguo", "mend", photos=1)
    assert (case.state, case.handled_in_time, case.mends) == ("checking", True, 1)
    case = office.does(case, "limin", "accept")
    assert (case.phase, case.outcome, case.closed_in_time) == ("closed", "done", True)
    assert str(case.revisit_on) == "2021-10-22"
    assert [one.number for one in case.steps.all()] == [1, 2, 3, 4]
    assert Note.objects.filter(kind="case", key=case.number).count() == 4


def test_whoever_mended_it_may_not_accept_it(office) -> None:
    case = office.does(office.sent(), "wangjianguo", "mend", photos=1)
    with pytest.raises(SelfVerified):
        office.does(case, "wangjianguo", "accept")


def test_rework_is_counted_and_has_its_own_time(office) -> None:
    case = office.does(office.sent(), "wangjianguo", "mend", photos=1)
    office.later(days=1)
    case = office.does(case, "limin", "redo", text="没有清干净")
    assert (case.state, case.reworks, case.handled_at) == ("handling", 1, None)
    assert case.due_at == datetime(2021, 10, 18, 17, 30, tzinfo=CHINA)
    case = office.does(case, "wangjianguo", "mend", photos=1)
    assert (case.mends, case.reworks) == (2, 1)


def test_a_unit_may_give_a_case_back_with_its_reason(office) -> None:
    case = office.sent()
    with pytest.raises(NoteMissing):
        office.does(case, "wangjianguo", "send_back", text=" ")
    case = office.does(case, "wangjianguo", "send_back", text="不属本所职责")
    assert (case.state, case.returns, case.turn_role) == ("filed", 1, "office")


def test_a_photo_must_prove_that_it_is_mended(office) -> None:
    with pytest.raises(ProofMissing):
        office.does(office.sent(), "wangjianguo", "mend")


def test_what_rests_stands_below_what_is_due(office) -> None:
    paused = office.does(office.sent(), "limin", "pause", text="等资金")
    office.later(hours=1)
    due = office.sent()
    assert list(queries.of_my_unit(office.cast.actor("wangjianguo"))) == [due, paused]


def test_a_pause_stops_the_clock_and_gives_the_rest_back(office) -> None:
    case = office.sent()
    due = case.due_at
    office.later(days=1)
    case = office.does(case, "limin", "pause", text="等资金")
    assert (case.phase, case.due_at) == ("waiting", None)
    office.later(days=7)
    case = office.does(case, "limin", "resume")
    assert (case.due_at - due).days == 7


def test_an_extension_is_granted_once_and_not_beyond_its_limit(office) -> None:
    case = office.sent()
    with pytest.raises(TooLong):
        office.does(case, "wangjianguo", "ask", extension="5 工作日")
    case = office.does(office.does(case, "wangjianguo", "ask", extension="3 工作日"), "limin", "deny")
    with pytest.raises(TakenBefore):
        office.does(case, "wangjianguo", "ask", extension="2 工作日")


def test_a_granted_extension_is_counted_from_the_old_end(office) -> None:
    case = office.does(office.sent(), "wangjianguo", "ask", extension="2个工作日")
    case = office.does(case, "limin", "grant")
    assert (case.extended, case.due_at) == (True, datetime(2021, 10, 19, 17, 30, tzinfo=CHINA))


def test_a_problem_that_comes_back_is_opened_again_and_counted(office) -> None:
    case = office.does(office.does(office.sent(), "wangjianguo", "mend", photos=1), "limin", "accept")
    office.later(days=11)
    assert list(queries.to_revisit(office.cast.actor("limin"), office.at.date())) == [case]
    case = office.does(case, "limin", "again", text="又有垃圾")
    assert (case.phase, case.relapses, case.closed_at) == ("open", 1, None)


def test_the_second_of_two_people_is_told_what_the_first_did(office) -> None:
    case = office.sent()
    office.does(case, "wangjianguo", "mend", photos=1)
    with pytest.raises(ChangedMeanwhile, match=r"王建国.*报完成"):
        take(case, "send_back", Said(text="x", version=case.version), by=office.cast.actor("wangjianguo"), at=office.at)
    with pytest.raises(NotOpenNow):
        office.does(case, "wangjianguo", "send_back")


def test_the_same_step_sent_twice_changes_nothing(office) -> None:
    case = office.finds()
    said = Said(answers={"unit": "market"}, mark="phone-1-7")
    first = take(case, "send", said, by=office.cast.actor("limin"), at=office.at)
    again = take(case, "send", said, by=office.cast.actor("limin"), at=office.at)
    assert (first.pk, again.version) == (again.pk, 2)


def test_a_move_is_only_for_those_named(office) -> None:
    case = office.sent()
    with pytest.raises(NotYourMove):
        office.does(case, "liufang", "mend", photos=1)
    with pytest.raises(NotFound):
        office.does(case, "limin", "no_such_move")


def test_wrong_answers_are_told_together_and_change_nothing(office) -> None:
    case = office.finds()
    with pytest.raises(WrongAnswers) as wrong:
        office.does(case, "limin", "send", unit="nowhere", person="nobody")
    assert set(wrong.value.wrong) == {"unit", "person"}
    assert Case.objects.get(pk=case.pk).version == 1


def test_a_resident_reports_and_is_followed_up(office) -> None:
    new = NewCase(
        kind="mending", title="路灯不亮", area=office.cast.units["V1"], reporter=NewReporter("吴奶奶", "13900001234")
    )
    case = open_case(new, by=RESIDENT, at=office.at)
    assert (case.state, case.turn_role, case.reporters.get().phone) == ("reported", "office", "13900001234")
    case = office.does(case, "limin", "confirm")
    assert (case.state, case.contacted_at) == ("filed", None)


def test_a_look_at_the_reporter_is_noted_and_kept_from_others(office) -> None:
    new = NewCase(
        kind="mending", title="路灯不亮", area=office.cast.units["V1"], reporter=NewReporter("吴奶奶", "13900001234")
    )
    case = open_case(new, by=RESIDENT, at=office.at)
    assert look_at_reporters(case, by=office.cast.actor("limin"), at=office.at)[0].name == "吴奶奶"
    assert Note.objects.filter(key=case.number, verb="查看反映人信息").exists()
    with pytest.raises(Exception, match="没有"):
        look_at_reporters(case, by=office.cast.actor("zhangqiang"), at=office.at)


def test_private_answers_are_masked_and_shown_to_their_readers_only(office) -> None:
    case = office.finds(owner="钱多多")
    assert "owner" not in case.answers
    assert case.steps.get().answers == {"owner": "钱**"}
    assert look_at_hidden(case, by=office.cast.actor("limin"), at=office.at) == {"owner": "钱多多"}
    with pytest.raises(Exception, match="权限"):
        look_at_hidden(case, by=office.cast.actor("liufang"), at=office.at)


def test_duplicates_are_merged_without_losing_any_reporter(office) -> None:
    cases = []
    for name in ("甲", "乙", "丙"):
        new = NewCase(kind="mending", title="积水", area=office.cast.units["V1"], reporter=NewReporter(name))
        cases.append(open_case(new, by=RESIDENT, at=office.at))
    merge(cases[2], cases[1], by=office.cast.actor("limin"), at=office.at)
    merge(cases[1], cases[0], by=office.cast.actor("limin"), at=office.at)
    family = queries.family(Case.objects.get(pk=cases[0].pk))
    assert [one.name for one in family.reporters] == ["甲", "乙", "丙"]
    with pytest.raises(NotMergeable):
        merge(cases[0], cases[2], by=office.cast.actor("limin"), at=office.at)


def test_overdue_climbs_the_ladder_once_and_ends_with_the_discipline_inspector(office) -> None:
    case = office.sent()
    office.later(days=4)
    first = sweep(by=MACHINE, at=office.at)
    assert first.climbed == [(case.number, "remind")]
    assert sweep(by=MACHINE, at=office.at).climbed == []
    office.later(days=10)
    then = sweep(by=MACHINE, at=office.at)
    assert [code for number, code in then.climbed if number == case.number] == ["order", "discipline"]
    clue = Case.objects.get(kind="clue")
    assert (clue.accused, clue.parent) == (office.cast.units["market"], case)
    assert queries.by_number(office.cast.actor("wangjianguo"), clue.number) is None
    assert queries.by_number(office.cast.actor("limin"), clue.number) is None
    assert queries.by_number(office.cast.actor("zhouzheng"), clue.number) == clue
    assert Notice.objects.filter(kind="overdue", person__username="wangjianguo").exists()


def test_the_warning_comes_before_the_deadline_and_once(office) -> None:
    office.sent()
    office.later(days=3, hours=3)
    assert len(sweep(by=MACHINE, at=office.at).warned) == 1
    assert sweep(by=MACHINE, at=office.at).warned == []


def test_a_comment_tells_whom_it_names(office) -> None:
    case = office.sent()
    comment(case, "@刘芳 请配合清理", by=office.cast.actor("limin"), at=office.at)
    assert Notice.objects.filter(kind="mentioned", person__username="liufang").count() == 1


def test_the_roll_up_equals_a_recount(office) -> None:
    for step in range(4):
        case = office.does(office.sent(), "wangjianguo", "mend", photos=1)
        office.later(days=1)
        if step % 2:
            case = office.does(case, "limin", "redo")
            case = office.does(case, "wangjianguo", "mend", photos=1)
        if step:
            office.does(case, "limin", "accept")
    assert_equals_a_recount()


def test_no_rate_passes_one_because_its_top_is_taken_from_its_base(office) -> None:
    period = figures.Period(office.at.date(), office.at.date(), office.at)
    case = office.does(office.sent(), "wangjianguo", "mend", photos=1)
    Case.objects.filter(pk=case.pk).update(source="machine", contacted_at=office.at, contacted_in_time=True)
    for one in figures.figures(Case.objects.all(), period):
        assert one.base is None or one.top <= one.base, one.title


def test_a_kind_whose_flow_has_no_step_that_answers_counts_in_no_rate_of_response(office) -> None:
    """Three kinds without such a step stood as "never responds" and pressed the town's rate from 94 to 77 %."""
    period = figures.Period(office.at.date(), office.at.date(), office.at)
    case = office.sent()
    CaseType.objects.filter(pk=case.type_id).update(answers=True)
    assert figures.figure_of(Case.objects.all(), period, "response_rate").base == 1
    CaseType.objects.filter(pk=case.type_id).update(answers=False)
    assert figures.figure_of(Case.objects.all(), period, "response_rate").base == 0


def test_a_case_at_a_town_office_s_site_lies_in_the_town(office) -> None:
    town, market = office.cast.units["T"], office.cast.units["market"]
    town.region_code = "429004110000"
    town.save()
    market.refresh_from_db()
    new = NewCase(kind="mending", title="无公平秤", move="find", site=site("P06-1", market))
    assert open_case(new, by=office.cast.actor("limin"), at=office.at).area == town
