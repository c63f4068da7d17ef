"""A document goes out to the public: fields proposed, personal data decided, a second person confirms, a number for good."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from tests.people import CAST
from tests.records.releases.counter import OPINION, Counter

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.workdays import CHINA
from chuangwen.kit.refusals import NotAllowed, NotFound
from chuangwen.records.archive.checking import read_archive
from chuangwen.records.archive.definitions import ArchiveContent
from chuangwen.records.archive.document_actions import BadFact, Facts, add_file, describe, withdraw
from chuangwen.records.archive.installing import install_archive
from chuangwen.records.archive.models import PageText, Proposal
from chuangwen.records.archive.policy import ClassifiedForbidden, Withdrawn
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.notices.models import Notice
from chuangwen.records.releases.actions import (
    Decided,
    ReleaseChanged,
    change,
    change_validity,
    decide,
    give_back,
    propose,
    publish,
    take_down,
)
from chuangwen.records.releases.checking import findings, undecided
from chuangwen.records.releases.heads import head_of
from chuangwen.records.releases.models import Release, Validity
from chuangwen.records.releases.policy import (
    AlreadyProposed,
    Internal,
    NotReleasable,
    SamePerson,
    SecretMark,
    Undecided,
    why_not_handle,
)
from chuangwen.records.releases.queries import deadline, releasable, released, seen_by, stopped
from chuangwen.records.township.calendar_queries import work_calendar

PLAN = "张沟镇创建全国文明城市工作三年规划（2021—2023年）"
PHONES = "一、联系人\n李四 13986500001\n王五 13986500002，身份证 429004198001011234"


@pytest.fixture
def counter(cast) -> Counter:
    return Counter(cast)


def test_the_fields_are_proposed_from_the_document(counter) -> None:
    one = counter.paper(PLAN, f"{PLAN}\n\n为进一步巩固创建成果……\n一、指导思想", number="张政发〔2021〕3号")
    said = counter.said(one)
    assert (said.title, said.category, said.issuer) == (PLAN, "规划计划", "张沟镇人民政府办公室")
    assert (said.issued_on, said.number) == (date(2021, 2, 3), "张政发〔2021〕3号")
    assert said.text == "为进一步巩固创建成果……\n一、指导思想"
    assert said.files == ()


def test_the_real_plan_brings_the_fields_of_its_own_page(counter) -> None:
    text = (Path(__file__).parents[3] / "packs" / "zhanggou" / "plan-2021-2023.txt").read_text("utf-8")
    said = counter.said(counter.paper("张沟镇创建全国文明城市工作三年规划(2021—2023年)", text, dated=None, issuer=""))
    assert (said.index_number, said.category) == ("011378025/2021-28847", "其他")
    assert (said.issuer, said.issued_on, said.number) == ("张沟镇人民政府办公室", date(2021, 2, 3), "")
    assert said.text.startswith("为进一步巩固提升创建全明城市成果")
    assert "效力状态" not in said.text
    assert said.text.rstrip().endswith("确保全面完成创建工作任务。")


def test_a_text_that_only_speaks_of_titles_keeps_its_lines() -> None:
    text = "标题：甲\n文号：乙\n正文"
    assert head_of(text).text == text


def test_the_last_word_of_a_title_tells_the_category(counter) -> None:
    notice = counter.paper("关于印发三年规划的通知", "正文")
    assert counter.said(notice).category == "通知公告"
    assert counter.said(counter.paper("会议纪要", "正文")).category == "其他"


def test_a_second_person_confirms_and_the_number_is_given_for_good(counter) -> None:
    release = counter.proposed(counter.paper(PLAN, "正文"))
    with pytest.raises(SamePerson, match="另一个人"):
        publish(release, OPINION, version=1, by=counter.limin, at=counter.at)
    publish(release, OPINION, version=1, by=counter.hewei, at=counter.at)
    release.refresh_from_db()
    assert (release.index_number, release.reviewed_by, release.opinion) == ("01141168X/2021-00001", "何伟", OPINION)
    assert list(released()) == [release]
    take_down(release, "内容有误", by=counter.limin, at=counter.at)
    assert list(released()) == []
    assert counter.released(counter.paper("另一份规划", "正文")).index_number == "01141168X/2021-00002"
    verbs = Note.objects.filter(kind="release", key=str(release.pk)).values_list("verb", flat=True)
    assert list(verbs.order_by("pk")) == ["提出公开", "审查同意，公开", "撤下公开信息"]


def test_who_reviews_is_told_that_it_waits_and_who_proposed_how_it_was_judged(counter) -> None:
    release = counter.settled(counter.proposed(counter.paper("关于王某某的决定", "正文")))
    (waits,) = Notice.objects.all()
    assert (waits.person.username, waits.kind, waits.link) == ("hewei", "turn", f"/archive/releases/{release.pk}/")
    assert "王某某" not in waits.text
    release = give_back(release, "缺附件", version=release.version, by=counter.hewei, at=counter.at)
    back = Notice.objects.get(person__username="limin")
    assert (back.kind, "缺附件" in back.text) == ("returned", True)
    later = counter.at + timedelta(hours=1)
    release = change(release, counter.said(release.document), version=release.version, by=counter.limin, at=later)
    assert Notice.objects.filter(person__username="hewei").count() == 2
    counter.at = later
    publish(counter.settled(release), OPINION, version=Release.objects.get().version, by=counter.hewei, at=later)
    assert release_number() in Notice.objects.filter(person__username="limin").latest("pk").text


def release_number() -> str:
    return Release.objects.get().index_number or "?"


def test_where_the_pack_says_so_one_person_is_enough(counter) -> None:
    install_archive(
        "t", ArchiveContent.model_validate({"disclosure": {"two_people": False}}), by=MACHINE, at=counter.at
    )
    release = counter.proposed(counter.paper(PLAN, "正文"))
    assert publish(release, OPINION, version=1, by=counter.limin, at=counter.at).state == "released"


def test_the_portals_own_number_is_kept_and_never_given_twice(counter) -> None:
    first = counter.released(counter.paper(PLAN, "正文"), index_number="01141168X/2021-00001")
    assert (first.index_number, first.serial) == ("01141168X/2021-00001", None)
    with pytest.raises(BadFact, match="已经用在"):
        counter.proposed(counter.paper("乙", "正文"), index_number="01141168X/2021-00001")
    assert counter.released(counter.paper("丙", "正文")).index_number == "01141168X/2021-00002"


def test_internal_and_withdrawn_documents_do_not_go_out(counter) -> None:
    inside = counter.paper("内部通报", "正文", confidentiality="internal")
    with pytest.raises(Internal, match="“内部”，不能公开"):
        propose(inside, counter.said(inside), by=counter.limin, at=counter.at)
    gone = counter.paper("作废的", "正文")
    withdraw(gone, "重复", by=counter.limin, at=counter.at)
    with pytest.raises(Withdrawn):
        propose(gone, counter.said(gone), by=counter.limin, at=counter.at)
    assert list(releasable(counter.limin)) == []


def test_a_document_that_becomes_internal_stops_its_page_at_once(counter) -> None:
    one = counter.paper(PLAN, "正文")
    release = counter.released(one)
    describe(one, Facts(PLAN, kind="norm", confidentiality="internal"), by=counter.limin, at=counter.at)
    assert list(released()) == []
    assert stopped([Release.objects.get()]) == {release.pk}
    waiting = counter.paper("乙", "正文")
    second = counter.proposed(waiting)
    describe(waiting, Facts("乙", kind="norm", confidentiality="internal"), by=counter.limin, at=counter.at)
    with pytest.raises(Internal):
        publish(second, OPINION, version=1, by=counter.hewei, at=counter.at)


def test_a_mark_of_secrecy_that_the_reader_found_stops_everything_until_somebody_says_it_is_none(counter) -> None:
    one = counter.paper(PLAN, "正文")
    counter.released(one)
    mark = Proposal.objects.create(document=one, field="classified", value="秘密★", source="text")
    assert list(released()) == []
    other = counter.paper("乙方案", "正文")
    Proposal.objects.create(document=other, field="classified", value="机密", source="text")
    assert list(releasable(counter.limin)) == []
    with pytest.raises(ClassifiedForbidden):
        counter.proposed(other)
    Proposal.objects.filter(pk=mark.pk).update(taken=False, decided_at=counter.at)
    assert released().count() == 1


@pytest.mark.parametrize("text", ["秘密★1年\n正文", "机 密 ☆ 五年"])
def test_a_mark_of_secrecy_stops_the_release_wherever_it_stands(counter, text: str) -> None:
    with pytest.raises(SecretMark, match="正文"):
        counter.proposed(counter.paper("方案", "正文"), text=text)
    with pytest.raises(SecretMark, match="标题"):
        counter.proposed(counter.paper("方案二", "正文"), title=text)
    files = [counter.read_file("正文.txt", "好的"), counter.shelf.file("附件.docx", media_type="application/x")]
    release = counter.settled(counter.proposed(counter.of(files, "方案三")))
    PageText.objects.create(file=files[1], page=3, text=text)  # read after the proposal
    with pytest.raises(SecretMark, match=r"附件\.docx”第 3 页"):
        publish(release, OPINION, version=release.version, by=counter.hewei, at=counter.at)


def test_personal_data_is_shown_masked_and_decided_one_by_one(counter) -> None:
    release = counter.proposed(counter.paper("值班表", PHONES))
    found = findings(release)
    assert [(one.what, one.where) for one in found] == [("mobile", "正文"), ("mobile", "正文"), ("identity", "正文")]
    assert "13986500001" not in str(found)
    assert "429004198001011234" not in str(found)
    with pytest.raises(Undecided, match="还有 3 处"):
        publish(release, OPINION, version=1, by=counter.hewei, at=counter.at)
    first, second, third = found
    with pytest.raises(BadFact, match="写明理由"):
        decide(release, {first.mark: Decided("keep")}, version=1, by=counter.limin, at=counter.at)
    decisions = {first.mark: Decided("keep", "值班公开电话"), second.mark: Decided("mask"), third.mark: Decided("mask")}
    release = decide(release, decisions, version=1, by=counter.limin, at=counter.at)
    assert release.text == "一、联系人\n李四 13986500001\n王五 139****0002，身份证 4****************4"
    assert undecided(release) == []
    assert publish(release, OPINION, version=2, by=counter.hewei, at=counter.at).state == "released"
    told = Note.objects.get(verb="处理个人信息")
    assert "13986500002" not in str(told.after)


def test_a_decision_ends_when_the_text_brings_another_number(counter) -> None:
    one = counter.paper("值班表", "电话 13986500001")
    release = counter.settled(counter.proposed(one))
    said = counter.said(one, text="电话 13986500003")
    release = change(release, said, version=release.version, by=counter.limin, at=counter.at)
    assert [item.what for item in undecided(release)] == ["mobile"]


def test_attachments_are_named_read_or_looked_at(counter) -> None:
    files = [
        counter.read_file("正文.txt", "正文"),
        counter.read_file("名单.docx", "张三 13986500001", media_type="application/x"),
        counter.shelf.file("扫描件.pdf", media_type="application/pdf"),
        counter.shelf.file("现场.jpg", media_type="image/jpeg", is_photo=True),
    ]
    one = counter.of(files, "通报的通知")
    release = counter.proposed(one)
    assert [row.title for row in release.files.all()] == ["名单", "扫描件", "现场"]
    assert [(item.what, item.may_mask) for item in undecided(release)] == [
        ("mobile", False),
        ("unread", False),
        ("photo", False),
    ]
    mark = undecided(release)[0].mark
    with pytest.raises(ReleaseChanged):
        decide(release, {mark: Decided("mask")}, version=1, by=counter.limin, at=counter.at)
    with pytest.raises(BadFact, match="附件名称"):
        change(
            release, counter.said(one, files=[(one.files.all()[1].pk, " ")]), version=1, by=counter.limin, at=counter.at
        )
    other = counter.paper("别的", "别的")
    with pytest.raises(BadFact, match="不是这份资料"):
        change(
            release, counter.said(one, files=[(other.files.get().pk, "甲")]), version=1, by=counter.limin, at=counter.at
        )


def test_the_public_keeps_the_files_that_were_reviewed(counter) -> None:
    files = [counter.read_file("正文.txt", "正文"), counter.read_file("表.xlsx", "表", media_type="application/x")]
    one = counter.of(files, "公告的通知")
    release = counter.released(one)
    add_file(one, counter.shelf.file("新表.xlsx"), by=counter.limin, at=counter.at, place=2)
    assert [row.document_file.name for row in release.files.all()] == ["表.xlsx"]


def test_what_was_given_back_is_changed_and_proposed_anew(counter) -> None:
    one = counter.paper(PLAN, "正文")
    release = give_back(counter.proposed(one), "请补文号", version=1, by=counter.hewei, at=counter.at)
    assert release.get_state_display() == "已退回"
    with pytest.raises(NotReleasable, match="不能审查"):
        publish(release, OPINION, version=2, by=counter.hewei, at=counter.at)
    with pytest.raises(AlreadyProposed):
        counter.proposed(one)
    said = counter.said(one, number="张政发〔2021〕3号")
    release = change(release, said, version=2, by=counter.limin, at=counter.at)
    assert (release.state, release.opinion) == ("proposed", "")
    with pytest.raises(BadFact, match="审查意见"):
        publish(release, " ", version=3, by=counter.hewei, at=counter.at)


def test_the_second_of_two_people_is_told(counter) -> None:
    one = counter.paper(PLAN, "正文")
    release = counter.proposed(one)
    change(release, counter.said(one, number="1号"), version=1, by=counter.limin, at=counter.at)
    with pytest.raises(ReleaseChanged):
        publish(release, OPINION, version=1, by=counter.hewei, at=counter.at)


def test_validity_changes_with_a_basis_and_a_withdrawal_with_a_reason(counter) -> None:
    release = counter.released(counter.paper(PLAN, "正文"))
    day = date(2021, 12, 31)
    with pytest.raises(BadFact, match="依据"):
        change_validity(release, Validity.REPEALED, "", day, by=counter.limin, at=counter.at)
    with pytest.raises(BadFact, match="只能是"):
        change_validity(release, "?", "x", day, by=counter.limin, at=counter.at)
    release = change_validity(release, Validity.REPEALED, "被新规划代替", day, by=counter.limin, at=counter.at)
    assert (release.get_validity_display(), release.validity_on) == ("废止", day)
    with pytest.raises(BadFact, match="撤下原因"):
        take_down(release, "", by=counter.limin, at=counter.at)
    take_down(release, "含个人信息", by=counter.limin, at=counter.at)
    with pytest.raises(NotReleasable):
        change_validity(release, Validity.LAPSED, "x", day, by=counter.limin, at=counter.at)
    assert counter.released(release.document).index_number == "01141168X/2021-00002"


def test_a_proposal_that_never_went_out_can_be_dropped(counter) -> None:
    one = counter.paper(PLAN, "正文")
    dropped = take_down(counter.proposed(one, index_number="X/1"), "不公开了", by=counter.limin, at=counter.at)
    assert (dropped.index_number, dropped.released_at) == (None, None)
    assert counter.released(one, index_number="X/1").index_number == "X/1"


def test_only_those_with_the_permission_propose_or_review(counter) -> None:
    one = counter.paper(PLAN, "正文")
    release = counter.proposed(one)
    for username, *_ in CAST:
        actor = counter.cast.actor(username)
        may = actor.may("release_documents") and actor.may("see_archive")
        assert (why_not_handle(one, actor) is None) == may, username
        if username != "limin":
            with pytest.raises((NotAllowed, NotFound)):
                publish(release, OPINION, version=1, by=actor, at=counter.at)
        assert set(seen_by(actor)) == (
            {release} if actor.may("see_archive") and actor.reach("see_archive").covers(one.unit) else set()
        )
    with pytest.raises(NotAllowed):
        propose(one, counter.said(one), by=counter.hewei, at=counter.at)


def test_the_database_holds_that_nothing_is_public_without_review_and_number(counter) -> None:
    release = counter.proposed(counter.paper(PLAN, "正文"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(state="released")


def test_a_document_is_due_twenty_working_days_after_its_date(counter) -> None:
    assert deadline(date(2021, 9, 1), 20, work_calendar()) == date(2021, 9, 29)
    assert deadline(date(2021, 9, 1), 0, work_calendar()) is None


def test_the_number_follows_the_year_of_the_release(counter) -> None:
    release = counter.proposed(counter.paper(PLAN, "正文"))
    new_year = datetime(2022, 1, 1, 0, 30, tzinfo=CHINA)
    assert publish(release, OPINION, version=1, by=counter.hewei, at=new_year).index_number == "01141168X/2022-00001"


def test_a_pack_whose_number_cannot_be_made_is_refused(tmp_path) -> None:
    for rule in ("{organisation}", "{year}-{serial:zz}", "{year}-{serial}-{who}", "{year.real}-{serial}", "{"):
        (tmp_path / "archive.toml").write_text(f'[disclosure]\nindex = "{rule}"\n', encoding="utf-8")
        problems = Problems()
        read_archive(tmp_path, problems)
        assert "索引号规则" in " ".join(one.what for one in problems), rule
