"""The submission's pages: what each person sees and may do; nothing typed is lost; the number of queries stays the same."""

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.people import Cast, hold
from tests.results.submission.desk import GOOD, Desk
from tests.results.submission.test_asking import asked as asked  # the desk with the shipped type of cases

from chuangwen.records.archive.models import Document, Passage, Proposal
from chuangwen.records.measures.models import Round
from chuangwen.results.submission import actions
from chuangwen.results.submission.models import Entry, Overrule, Package, Pick, Submission
from chuangwen.results.submission.queries import package_path
from chuangwen.results.submission.signing_actions import sign
from chuangwen.work.cases.models import Case

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


def as_(desk: Desk, username: str) -> Client:
    client = Client()
    client.force_login(desk.cast.people[username], backend=BACKEND)
    return client


def year(name: str, *more: Any) -> str:
    return reverse(name, args=[2021, *more])


def entry(desk: Desk, number: int = 1) -> str:
    return year("submission_entry", desk.node(number).pk)


def change(desk: Desk, **said: Any) -> Any:
    return as_(desk, "limin").post(year("submission_change", desk.node().pk), said)


def test_before_anybody_began_the_page_says_what_will_stand_here_and_the_office_begins(desk) -> None:
    limin = as_(desk, "limin")
    page = limin.get(reverse("submission"))
    assert "还没有开始" in page.content.decode()
    assert limin.post(year("submission_compose")).status_code == 302
    assert limin.get(reverse("submission")).url == year("submission_year")
    assert Entry.objects.count() == 2
    assert as_(desk, "hegang").post(year("submission_compose")).status_code == 403


def test_the_matrix_tells_both_numbers_and_each_cell_leads_to_its_documents(desk) -> None:
    desk.brings_everything()
    desk.composed()
    page = as_(desk, "limin").get(year("submission_year"))
    text = page.content.decode()
    for figure, count in (("materials.required", 8), ("materials.served", 3), ("submission.there", 3)):
        assert re.search(
            rf'data-figure="{figure}" data-scope="round:2021" data-day="[0-9-]+" data-value="{count}"', text
        )
    assert f'{entry(desk)}#kind-norm"' in text
    narrowed = as_(desk, "limin").get(year("submission_year"), {"state": "there"})
    assert [line.standing.code for _, lines in narrowed.context["groups"] for line in lines] == ["I-1-1"]
    assert "没有符合条件的标准" in as_(desk, "limin").get(year("submission_year"), {"q": "没有这条"}).content.decode()


def test_a_unit_sees_what_it_leads_and_no_buttons_of_the_office(desk) -> None:
    desk.composed()
    duty = desk.node(2).duty
    duty.lead = desk.cast.units["V1"]
    duty.save()
    page = as_(desk, "liufang").get(year("submission_year"))
    assert [line.standing.code for line in page.context["matrix"].lines] == ["I-1-2"]
    assert "重新汇集" not in page.content.decode()
    assert as_(desk, "liufang").get(entry(desk, 1)).status_code == 404
    shown = as_(desk, "liufang").get(entry(desk, 2)).content.decode()
    assert "存这一稿" not in shown
    assert as_(desk, "liufang").post(entry(desk, 2), {"text": GOOD}).status_code == 403


def test_an_explanation_is_saved_and_what_the_second_person_typed_stays_on_the_page(desk) -> None:
    desk.composed()
    limin, version = as_(desk, "limin"), desk.entry().version
    assert limin.post(entry(desk), {"text": "第一稿", "version": version}).status_code == 302
    answer = limin.post(entry(desk), {"text": "我写了很久的另一稿", "version": version})
    assert answer.status_code == 409
    assert "我写了很久的另一稿" in answer.content.decode()
    assert "刚被李敏改过" in answer.content.decode()
    assert desk.entry().text == "第一稿"


def test_a_draft_from_the_template_or_from_a_report_is_shown_and_not_yet_saved(desk) -> None:
    made = desk.brings("M2", title="市场报告", text="报告里的原文")
    desk.composed()
    limin = as_(desk, "limin")
    assert "围绕“摊位划线定位”，____" in limin.get(entry(desk), {"draft": "1"}).content.decode()
    assert limin.get(entry(desk), {"from": made.pk}).context["text"] == "报告里的原文"
    assert desk.entry().text == ""


def test_materials_are_put_in_order_by_dragging_or_by_one_step(desk) -> None:
    desk.brings_everything()
    desk.composed()
    keys = list(Pick.objects.values_list("pk", flat=True))
    change(desk, do="order", order=[keys[2], keys[0], keys[1]])
    assert list(Pick.objects.values_list("pk", flat=True)) == [keys[2], keys[0], keys[1]]
    change(desk, do="order", order=[keys[2], keys[0], keys[1]], up=keys[1])
    assert list(Pick.objects.values_list("pk", flat=True)) == [keys[2], keys[1], keys[0]]
    change(desk, do="order", order=[keys[2], keys[1], keys[0]], down=keys[0])
    assert list(Pick.objects.values_list("pk", flat=True)) == [keys[2], keys[1], keys[0]]


def test_a_document_is_found_chosen_left_out_and_chosen_again(desk) -> None:
    made = desk.brings("M1", title="市场保洁办法")
    made.serves.all().delete()
    desk.composed()
    page = as_(desk, "limin").get(entry(desk), {"q": "保洁"})
    assert [one.pk for one in page.context["choices"]] == [made.pk]
    change(desk, do="choose", document=made.pk, requirement=desk.requirement("M1").pk)
    assert desk.states()[0] == "there"
    pick = Pick.objects.get()
    assert change(desk, do="leave_out", pick=pick.pk, why="").status_code == 422
    change(desk, do="leave_out", pick=pick.pk, why="已失效")
    assert desk.states()[0] == "unchosen"  # the archive has it, nobody hands it in
    assert "已失效" in as_(desk, "limin").get(entry(desk)).content.decode()
    change(desk, do="choose", document=made.pk, requirement="")
    assert desk.states()[0] == "there"
    foreign = desk.requirement("M1", 2)
    assert change(desk, do="choose", document=made.pk, requirement=foreign.pk).status_code == 404
    assert change(desk, do="nothing").status_code == 404


def test_a_fault_is_overruled_with_a_reason_and_stands_on_the_checks_page_as_such(desk) -> None:
    desk.brings("M1", number="")
    desk.composed()
    limin = as_(desk, "limin")
    assert "没有文号" in limin.get(year("submission_checks")).content.decode()
    finding = desk.line().open_findings[0]
    change(desk, do="overrule", code=finding.code, key=finding.key, why="本来没有文号")
    page = limin.get(year("submission_checks"), {"fault": "number"})
    assert page.context["rows"] == []
    assert "本来没有文号" in page.content.decode()
    change(desk, do="withdraw", overrule=Overrule.objects.get().pk)
    assert len(desk.line().open_findings) == 1


def test_the_preview_shows_the_sheet_the_explanation_and_one_photo_a_page_in_order(desk) -> None:
    desk.brings_everything()
    paper = Document.objects.get(kind="norm")
    Passage.objects.create(document_file=paper.files.get(), page=2, quote="市场内不得占道经营", at=desk.at, by="李敏")
    desk.composed()
    actions.write_text(desk.entry(), GOOD, by=desk.who(), at=desk.at)
    page = as_(desk, "limin").get(year("submission_preview", desk.node().pk))
    text = page.content.decode()
    assert page.context["pages"] == 1 + 1 + 2 + 2
    assert text.count('class="a4') - text.count('class="a4-') == 6
    assert "测评材料提交表" in text
    assert "<u>市场内不得占道经营</u>" in text
    assert "2021年4月2日" in text


def test_photos_are_shown_to_those_who_see_the_standard_and_to_nobody_else(desk) -> None:
    desk.brings("M4")
    desk.composed()
    photo = desk.line().standing.pieces[0].photos[0]
    address = reverse("submission_picture", args=[photo.pk, "thumb"])
    seen = as_(desk, "wangjianguo").get(address)
    assert b"".join(seen.streaming_content).startswith(b"\xff\xd8")
    assert as_(desk, "liufang").get(address).status_code == 404
    assert as_(desk, "limin").get(reverse("submission_picture", args=[photo.pk, "p7"])).status_code == 404


def test_no_picture_is_shown_of_what_bears_a_mark_of_secrecy(desk) -> None:
    made = desk.brings("M4")
    desk.composed()
    photo = desk.line().standing.pieces[0].photos[0]
    Proposal.objects.create(document=made, field="classified", value="机密", source="text")
    answer = as_(desk, "wangjianguo").get(reverse("submission_picture", args=[photo.pk, "thumb"]))
    assert answer.status_code == 422
    assert "机密" in answer.content.decode()


def test_a_leader_signs_what_is_whole_from_the_list_and_gives_it_back_with_a_reason(desk) -> None:
    desk.brings_everything()
    desk.composed()
    actions.write_text(desk.entry(), GOOD, by=desk.who(), at=desk.at)
    boss = as_(desk, "hegang")
    page = boss.get(year("submission_sign"))
    assert [one[0].standing.code for one in page.context["whole"]] == ["I-1-1"]
    assert [one[0].standing.code for one in page.context["lacking"]] == ["I-1-2"]
    one = desk.entry()
    assert boss.post(year("submission_sign"), {"entry": one.pk, f"version-{one.pk}": one.version}).status_code == 302
    assert desk.entry().signer.name == "何刚"
    assert "已由何刚签批" in as_(desk, "limin").get(entry(desk)).content.decode()
    back = year("submission_return", desk.node().pk)
    assert boss.post(back, {"why": ""}).status_code == 422
    assert boss.post(back, {"why": "数据有误"}).status_code == 302
    assert desk.entry().signed_at is None
    assert as_(desk, "limin").get(year("submission_sign")).status_code == 403


def test_what_lacks_something_is_signed_on_its_own_page_with_a_reason(desk) -> None:
    desk.composed()
    boss, one = as_(desk, "hegang"), desk.entry()
    said = {"entry": one.pk, f"version-{one.pk}": one.version}
    assert boss.post(year("submission_sign"), said).status_code == 409
    assert boss.post(year("submission_sign"), {**said, "why": "不涉及", "back": entry(desk)}).url == entry(desk)
    assert desk.entry().signed_why == "不涉及"
    other = desk.entry(2)
    said = {"entry": other.pk, f"version-{other.pk}": other.version, "why": "不涉及"}
    outside = boss.post(year("submission_sign"), {**said, "back": "https://elsewhere.example/"})
    assert outside.url == year("submission_sign")


def test_the_whole_is_sealed_verified_downloaded_and_a_changed_byte_is_told(desk) -> None:
    for number in (1, 2):
        desk.brings_everything(number)
    desk.composed()
    for number in (1, 2):
        actions.write_text(desk.entry(number), GOOD, by=desk.who(), at=desk.at)
    sign(
        Submission.objects.get(),
        {one.pk: one.version for one in Entry.objects.all()},
        by=desk.who("hegang"),
        at=desk.at,
    )
    limin = as_(desk, "limin")
    assert "封装申报包" in limin.get(year("submission_packages")).content.decode()
    assert limin.post(year("submission_seal")).status_code == 302
    package = Package.objects.get()
    got = limin.get(reverse("submission_package", args=[package.pk]))
    data = b"".join(got.streaming_content)
    assert data == package_path(package).read_bytes()
    verify = reverse("submission_package_verify", args=[package.pk])
    assert "完好" in limin.post(verify, follow=True).content.decode()
    package_path(package).write_bytes(data[:-400] + b"x" + data[-399:])
    assert "完好" not in limin.post(verify, follow=True).content.decode()
    assert as_(desk, "wangjianguo").get(reverse("submission_package", args=[package.pk])).status_code == 404
    Path(package_path(package)).unlink()
    assert "文件不在了" in limin.get(year("submission_packages")).content.decode()
    assert limin.get(reverse("submission_package", args=[package.pk])).status_code == 404


def test_what_is_not_complete_is_sealed_by_a_leaders_reason_alone(desk) -> None:
    desk.composed()
    assert as_(desk, "limin").post(year("submission_seal")).status_code == 409
    assert as_(desk, "limin").post(year("submission_seal"), {"despite": "先报"}).status_code == 403
    assert as_(desk, "hegang").post(year("submission_seal"), {"despite": "系统今天关闭"}).status_code == 302
    assert Package.objects.get().despite == "系统今天关闭"


def test_the_office_locks_and_a_leader_reopens_for_one_unit_or_one_standard(desk) -> None:
    desk.composed()
    assert as_(desk, "hegang").post(year("submission_lock")).status_code == 403
    assert as_(desk, "limin").post(year("submission_lock")).status_code == 302
    assert Round.objects.get().material_locked_at is not None
    boss = as_(desk, "hegang")
    said = {"unit": desk.cast.units["market"].pk, "why": "补一份"}
    assert boss.post(year("submission_reopen"), said).status_code == 302
    assert Entry.objects.filter(reopened_why="补一份").count() == 2
    Entry.objects.update(reopened_at=None, reopened_why="")
    assert boss.post(year("submission_return", desk.node().pk), {"why": "省里要求"}).status_code == 302
    assert Entry.objects.get(reopened_why="省里要求").node == desk.node()


def test_the_office_asks_units_for_what_is_missing_and_the_page_links_the_case(asked) -> None:
    limin = as_(asked, "limin")
    row = asked.requirement("M1")
    limin.post(year("submission_ask"), {"requirement": row.pk, "back": entry(asked)})
    case = Case.objects.get()
    assert case.lead.code == "market"
    assert case.number in limin.get(entry(asked)).content.decode()
    limin.post(year("submission_ask"))
    assert Case.objects.count() == 8
    assert "没有新的要发" in limin.post(year("submission_ask"), follow=True).content.decode()


def test_the_page_of_materials_shows_documents_and_opens_and_offers_reviews(asked) -> None:
    asked.brings("M1", title="市场办法")
    limin, wang = as_(asked, "limin"), as_(asked, "wangjianguo")
    page = limin.get(reverse("materials")).content.decode()
    assert "市场办法" in page
    limin.post(reverse("material_ask", args=[asked.requirement("M1").pk]))
    case = Case.objects.get()
    assert case.number in limin.get(reverse("materials")).content.decode()
    hold(asked.cast.people["wangjianguo"], asked.cast.roles["contact"])
    page = wang.get(reverse("materials"))
    offer = page.context["offerable"][asked.requirement("M3").pk]
    form = wang.get(offer)
    assert form.status_code == 200
    assert "主动报送" in form.content.decode()
    assert as_(asked, "limin").get(reverse("case_new")).status_code in {200, 302}
    assert "资料报审" not in as_(asked, "limin").get(reverse("case_new")).content.decode()


def test_the_reviewer_grades_on_the_cases_own_page_by_the_editions_scale(asked) -> None:
    asked.brings("M1")
    as_(asked, "limin").post(reverse("material_ask", args=[asked.requirement("M1").pk]))
    case = Case.objects.get()
    as_(asked, "wangjianguo").post(reverse("case_move", args=[case.number, "hand_in"]), {"text": "已报"})
    page = as_(asked, "limin").get(reverse("case", args=[case.number])).content.decode()
    for grade in ("A", "B", "D"):
        assert f'value="{grade}"' in page
    move = reverse("case_move", args=[case.number, "accept"])
    assert as_(asked, "limin").post(move, {"f-grade": "C", "text": "好"}).status_code == 422
    assert as_(asked, "limin").post(move, {"f-grade": "B", "text": "好"}).status_code == 302
    asked.composed()
    assert asked.line().cells[0].grades == ["B"]


def test_the_matrix_leaves_as_excel_with_one_row_for_each_requirement(desk) -> None:
    desk.brings("M1", title="=1+1")
    desk.composed()
    answer = as_(desk, "limin").get(year("submission_export"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[2] and str(row[2]).startswith("I-1-")]
    assert len(rows) == 8
    first = next(row for row in rows if row[2] == "I-1-1-M1")
    assert (first[5], first[6], first[7], first[8], first[11]) == ("有", 1, 1, "=1+1", "市监所")
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"} == {"s"}


def test_no_page_takes_more_queries_when_there_is_more(cast) -> None:
    desk = Desk(cast, standards=10)
    desk.brings_everything(1)
    desk.composed()
    limin = as_(desk, "limin")
    pages = [year(name) for name in ("submission_year", "submission_checks", "submission_packages")]
    pages += [entry(desk), reverse("materials")]

    def count(address: str) -> int:
        limin.get(address)  # what is kept for a while is fresh
        with CaptureQueriesContext(connection) as told:
            assert limin.get(address).status_code == 200
        return len(told)

    before = {address: count(address) for address in pages}
    for number in range(2, 9):
        desk.brings("M1", number)
        desk.brings("M4", number)
    desk.composed()
    assert {address: count(address) for address in pages} == before


def test_nobody_without_the_archive_sees_anything_of_it(desk) -> None:
    desk.composed()
    for name in ("submission_year", "submission_checks", "submission_packages"):
        assert as_(desk, "zhangqiang").get(year(name)).status_code == 403
