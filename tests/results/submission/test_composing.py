"""Composing: what the archive holds comes together, people order and write, a leader signs, the lock holds."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chuangwen.kit.refusals import NotAllowed
from chuangwen.records.archive.document_actions import Serves, put_to_use, withdraw
from chuangwen.records.archive.models import Proposal
from chuangwen.records.archive.proposal_actions import leave_proposal
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.measures.grading_actions import grade
from chuangwen.records.measures.models import Round
from chuangwen.records.measures.policy import MaterialLocked
from chuangwen.results.submission import actions, queries
from chuangwen.results.submission.actions import EntryChanged, ReasonMissing
from chuangwen.results.submission.compose_actions import NoRound, compose
from chuangwen.results.submission.models import Entry, Overrule, Pick, Submission
from chuangwen.results.submission.policy import Locked, NotLocked, NotSigned, OwnWork, Signed
from chuangwen.results.submission.signing_actions import (
    NothingToSign,
    NotYetWhole,
    lock,
    reopen_standard,
    reopen_unit,
    return_entry,
    sign,
)
from tests.people import hold
from tests.results.submission.desk import GOOD, TODAY, Desk


def signs(desk: Desk, number: int = 1, why: str = "", who: str = "hegang") -> None:
    entry = desk.entry(number)
    sign(entry.submission, {entry.pk: entry.version}, why, by=desk.who(who), at=desk.at)


def writes(desk: Desk, text: str = GOOD, number: int = 1, who: str = "limin") -> Entry:
    return actions.write_text(desk.entry(number), text, by=desk.who(who), at=desk.at)


def test_a_year_without_a_round_has_no_submission(desk) -> None:
    with pytest.raises(NoRound, match="2019"):
        compose(2019, by=desk.who(), at=desk.at)


def test_a_draft_has_every_standard_and_what_serves_it_in_order(desk) -> None:
    papers = desk.brings_everything()
    desk.composed()
    assert Entry.objects.count() == 2
    assert [one.document_id for one in desk.entry().picks.all()] == [one.pk for one in papers]
    assert desk.states() == ["there", "missing", "there", "there"]
    assert desk.states(2) == ["missing"] * 4
    matrix = desk.matrix()
    assert (matrix.there, matrix.all, matrix.signed, len(matrix.lines)) == (3, 8, 0, 2)


def test_a_refresh_brings_what_is_new_and_leaves_peoples_work_as_it_is(desk) -> None:
    first, *_ = desk.brings_everything()
    desk.composed()
    limin = desk.who()
    actions.leave_out(desk.entry().picks.get(document=first), "已失效", by=limin, at=desk.at)
    keys = list(desk.entry().picks.filter(out_at=None).values_list("pk", flat=True))
    actions.put_in_order(desk.entry(), keys[::-1], by=limin, at=desk.at)
    new = desk.brings("M1", title="新办法")
    done = compose(2021, by=limin, at=desk.at)
    assert (done.entries, done.picks) == (0, 1)
    assert [one.pk for one in desk.entry().picks.filter(out_at=None)][:2] == keys[::-1]
    assert desk.entry().picks.get(document=new).out_at is None
    assert desk.entry().picks.get(document=first).out_why == "已失效"
    notes = Note.objects.count()
    assert compose(2021, by=limin, at=desk.at).picks == 0
    assert Note.objects.count() == notes


def test_a_document_of_another_year_does_not_come_along_unless_somebody_said_so(desk) -> None:
    old = desk.brings("M1", dated=date(2019, 5, 1))
    next_years = desk.brings("M1", dated=date(2021, 9, 20))
    desk.composed()
    assert not Pick.objects.exists()
    put_to_use(old, [Serves("year", "2021")], by=desk.who("wangjianguo"), at=desk.at)
    put_to_use(next_years, [Serves("year", "2022")], by=desk.who("wangjianguo"), at=desk.at)
    desk.composed()
    assert [one.document_id for one in Pick.objects.all()] == [old.pk]
    assert "outside" in desk.faults()


def test_a_document_linked_with_the_standard_alone_serves_the_requirement_of_its_kind(desk) -> None:
    made = desk.brings("M1")
    made.serves.all().delete()
    put_to_use(made, [Serves("standard", f"{desk.edition.pk}:I-1-2")], by=desk.who("wangjianguo"), at=desk.at)
    desk.composed()
    assert Pick.objects.get().requirement == desk.requirement("M1", 2)
    assert desk.states(2)[0] == "there"


def test_what_comes_after_the_units_day_is_late_and_what_never_came_is_overdue(desk) -> None:
    desk.brings("M1", late=10)
    desk.composed()
    assert desk.states()[0] == "late"
    assert not desk.line().missing[0].overdue
    assert desk.line(today=date(2021, 10, 12)).missing[0].overdue


def test_an_explanation_is_kept_in_versions_and_the_second_of_two_people_is_told(desk) -> None:
    desk.composed()
    looked_at = desk.entry().version
    writes(desk, "第一稿")
    with pytest.raises(EntryChanged, match="李敏"):
        actions.write_text(desk.entry(), "另一稿", by=desk.who(), at=desk.at, version=looked_at)
    writes(desk, GOOD)
    writes(desk, GOOD)
    assert [(one.number, one.text) for one in queries.texts_of(desk.entry())] == [(2, GOOD), (1, "第一稿")]
    assert Note.objects.filter(verb="编写情况说明").count() == 2


def test_who_may_not_compose_changes_nothing(desk) -> None:
    desk.composed()
    with pytest.raises(NotAllowed, match="编制"):
        writes(desk, who="wangjianguo")
    with pytest.raises(NotAllowed):
        compose(2021, by=desk.who("hegang"), at=desk.at)


def test_leaving_out_and_overruling_ask_for_a_reason(desk) -> None:
    desk.brings("M1")
    desk.composed()
    with pytest.raises(ReasonMissing):
        actions.leave_out(Pick.objects.get(), " ", by=desk.who(), at=desk.at)
    with pytest.raises(ReasonMissing):
        actions.overrule(desk.entry(), "number", "doc:1", "", by=desk.who(), at=desk.at)


def test_a_person_overrules_a_fault_and_may_take_it_back(desk) -> None:
    desk.brings("M1", number="")
    desk.composed()
    assert desk.states()[0] == "weak"
    finding = next(one for one in desk.line().findings if one.code == "number")
    actions.overrule(desk.entry(), finding.code, finding.key, "本来没有文号", by=desk.who(), at=desk.at)
    assert desk.states()[0] == "there"
    assert desk.line().findings[0].overruled.why == "本来没有文号"
    actions.withdraw_overrule(Overrule.objects.get(), by=desk.who(), at=desk.at)
    assert desk.states()[0] == "weak"


def test_a_leader_signs_what_is_whole_and_whoever_composed_may_not(desk) -> None:
    desk.brings_everything()
    desk.composed()
    writes(desk)
    with pytest.raises(NotAllowed, match="签批"):
        signs(desk, who="limin")
    signs(desk)
    assert (desk.entry().signer.name, desk.matrix().signed) == ("何刚", 1)
    with pytest.raises(Signed, match="何刚"):
        writes(desk, "改一改")
    with pytest.raises(Signed):
        signs(desk)


def test_a_leader_who_composed_may_not_sign_the_same_standard(desk) -> None:
    desk.brings_everything()
    desk.composed()
    boss = desk.cast.people["hegang"]
    hold(boss, desk.cast.roles["office"])
    writes(desk, who="hegang")
    with pytest.raises(OwnWork, match="参与编制"):
        signs(desk)


def test_what_lacks_something_is_signed_only_with_a_reason(desk) -> None:
    desk.brings("M1")
    desk.composed()
    with pytest.raises(NotYetWhole, match="管理情况说明"):
        signs(desk)
    signs(desk, why="本镇没有这类统计")
    assert desk.entry().signed_why == "本镇没有这类统计"
    with pytest.raises(NothingToSign):
        sign(desk.entry().submission, {}, by=desk.who("hegang"), at=desk.at)


def test_a_draft_with_blanks_is_not_whole(desk) -> None:
    desk.brings_everything()
    desk.composed()
    writes(desk, GOOD + "另有____。")
    with pytest.raises(NotYetWhole, match="没有填完"):
        signs(desk)


def test_the_leader_is_told_when_somebody_changed_it_after_the_page_was_opened(desk) -> None:
    desk.brings_everything()
    desk.composed()
    writes(desk)
    old = desk.entry().version
    writes(desk, GOOD + "补一句。")
    with pytest.raises(EntryChanged, match="李敏"):
        sign(desk.entry().submission, {desk.entry().pk: old}, by=desk.who("hegang"), at=desk.at)


def test_signing_several_is_all_or_nothing(desk) -> None:
    desk.brings_everything()
    desk.composed()
    writes(desk)
    both = {one.pk: one.version for one in Entry.objects.all()}
    with pytest.raises(NotYetWhole, match="I-1-2"):
        sign(Submission.objects.get(), both, by=desk.who("hegang"), at=desk.at)
    assert not Entry.objects.exclude(signed_at=None).exists()


def test_a_signature_is_taken_back_with_a_reason(desk) -> None:
    desk.composed()
    hegang = desk.who("hegang")
    with pytest.raises(NotSigned):
        return_entry(desk.entry(), "看错了", by=hegang, at=desk.at)
    signs(desk, why="先签")
    with pytest.raises(ReasonMissing):
        return_entry(desk.entry(), "", by=hegang, at=desk.at)
    with pytest.raises(NotAllowed):
        return_entry(desk.entry(), "我想改", by=desk.who(), at=desk.at)
    return_entry(desk.entry(), "数据有误", by=hegang, at=desk.at)
    writes(desk)
    assert desk.entry().signed_at is None


def test_the_lock_locks_the_grades_too_and_nothing_changes_any_more(desk) -> None:
    desk.brings_everything()
    submission = desk.composed()
    limin = desk.who()
    lock(submission, by=limin, at=desk.at)
    assert Round.objects.get().material_locked_at == desk.at
    with pytest.raises(MaterialLocked):
        grade(desk.round, desk.requirement("M1"), "A", by=limin, at=desk.at)
    with pytest.raises(Locked, match="退回"):
        writes(desk)
    with pytest.raises(Locked):
        signs(desk, why="晚了")
    with pytest.raises(Locked):
        lock(submission, by=limin, at=desk.at)
    desk.brings("M1", title="来晚的")
    assert compose(2021, by=limin, at=desk.at).picks == 0


def test_only_a_leader_reopens_one_standard_and_the_others_stay_shut(desk) -> None:
    submission = desk.composed()
    hegang = desk.who("hegang")
    with pytest.raises(NotLocked):
        reopen_standard(desk.entry(), "补一份", by=hegang, at=desk.at)
    lock(submission, by=desk.who(), at=desk.at)
    with pytest.raises(NotAllowed):
        reopen_standard(desk.entry(), "补一份", by=desk.who(), at=desk.at)
    with pytest.raises(ReasonMissing):
        reopen_standard(desk.entry(), "", by=hegang, at=desk.at)
    reopen_standard(desk.entry(), "省里要求补一份", by=hegang, at=desk.at)
    writes(desk)
    with pytest.raises(Locked):
        writes(desk, number=2)
    signs(desk, why="补齐")
    with pytest.raises(Signed):
        writes(desk, "再改")
    assert desk.entry().reopened_at is None


def test_reopening_for_one_unit_opens_what_it_leads_and_nothing_else(desk) -> None:
    submission = desk.composed()
    duty = desk.node(2).duty
    duty.lead = desk.cast.units["office"]
    duty.save()
    lock(submission, by=desk.who(), at=desk.at)
    opened = reopen_unit(submission, desk.cast.units["market"], "市监所补材料", by=desk.who("hegang"), at=desk.at)
    assert [one.node.code for one in opened] == ["I-1-1"]
    writes(desk)
    with pytest.raises(Locked):
        writes(desk, number=2)


def test_a_unit_sees_the_standards_that_it_leads_and_no_others(desk) -> None:
    submission = desk.composed()
    duty = desk.node(2).duty
    duty.lead = desk.cast.units["V1"]
    duty.save()
    seen = {
        username: [one.standing.code for one in queries.matrix_for(desk.who(username), submission, TODAY).lines]
        for username in ("limin", "hegang", "wangjianguo", "liufang")
    }
    assert seen == {
        "limin": ["I-1-1", "I-1-2"],
        "hegang": ["I-1-1", "I-1-2"],
        "wangjianguo": ["I-1-1"],
        "liufang": ["I-1-2"],
    }
    assert queries.line_for(desk.who("liufang"), submission, desk.node(1).pk, TODAY) is None


def test_a_withdrawn_document_no_longer_counts(desk) -> None:
    made = desk.brings("M1")
    desk.composed()
    withdraw(made, "文件作废", by=desk.who("wangjianguo"), at=desk.at)
    assert desk.states()[0] == "missing"
    assert desk.faults()["withdrawn"]


def test_what_is_found_to_bear_a_mark_of_secrecy_counts_no_more_and_its_text_is_not_drawn_upon(desk) -> None:
    made = desk.brings("M2", text=GOOD)
    desk.composed()
    assert desk.states()[1] == "there"
    mark = Proposal.objects.create(document=made, field="classified", value="秘密★1年", source="text")
    assert desk.states()[1] == "missing"
    assert "秘密★1年" in desk.faults()["secret"]
    assert not desk.line().standing.pieces[0].texts
    leave_proposal(mark, by=desk.who("limin"), at=desk.at, why="引用了密级名称")
    assert desk.states()[1] == "there"


def test_the_matrix_of_140_standards_takes_no_more_queries_than_that_of_two(cast) -> None:
    counts = []
    desk = Desk(cast, standards=140)
    desk.composed(username="limin")
    for papers in (0, 30):
        for number in range(1, papers + 1):
            desk.brings("M1", number)
        compose(2021, by=MACHINE, at=desk.at + timedelta(hours=papers))
        with CaptureQueriesContext(
            connection,
        ) as told:
            matrix = desk.matrix()
        counts.append(len(told))
    assert len(matrix.lines) == 140
    assert matrix.there == 30
    assert (
        counts[1] <= counts[0] + 3
    )  # the documents' files, their texts and questions are asked only where there are any
    assert counts[1] < 30
