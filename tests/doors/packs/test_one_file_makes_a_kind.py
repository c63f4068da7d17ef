"""The guide keeps its word: one file in a pack's folder makes a new kind of case, from the resident's page to the Word paper."""

import io
import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from docx import Document
from PIL import Image

from chuangwen.records.township.models import Person
from chuangwen.work.cases.models import Case, CaseType, Reporter

PACKS = Path(__file__).parents[3] / "packs"
GUIDE = PACKS.parent / "docs" / "how-to" / "write-a-case-type.md"
MORE = """
[[field]]
id = "category"
title = "类别"
kind = "category"

[[paper]]
id = "slip"
title = "派单"
template = "派单.docx"
states = ["mending", "asking"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The operator's own copy of the packs, somewhere else than the product's."""
    for name in ("township", "zhanggou"):
        shutil.copytree(PACKS / name, tmp_path / name)
    return tmp_path


def example() -> str:
    return GUIDE.read_text("utf-8").split("```toml\n")[1].split("```")[0]


def write(folder: Path, text: str, name: str = "lamp") -> None:
    (folder / "cases").mkdir(exist_ok=True)
    (folder / "cases" / f"{name}.toml").write_text(text, encoding="utf-8")


def run(*words: str) -> dict[str, object]:
    """A command as the operator types it, its JSON read."""
    out, err = io.StringIO(), io.StringIO()
    with suppress(SystemExit):
        call_command(*words, "--json", stdout=out, stderr=err)
    return json.loads(out.getvalue())


def install(folder: Path) -> dict[str, object]:
    return run("packs", "install", str(folder / "township"), str(folder / "zhanggou"))


def photo(turn: int) -> io.BytesIO:
    out = io.BytesIO()
    Image.linear_gradient("L").rotate(turn).save(out, "JPEG")
    out.seek(0)
    out.name = f"{turn}.jpg"
    return out


def enter(username: str) -> Client:
    client = Client()
    person = Person.objects.get(username=username)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def does(username: str, case: Case, move: str, **said: object) -> int:
    """Somebody takes a move on the page; the status of the answer."""
    return enter(username).post(f"/cases/{case.number}/do/{move}/", {"text": "说明", **said}).status_code


def now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


@pytest.mark.django_db
def test_one_file_makes_a_kind_from_the_report_to_the_closing(folder: Path) -> None:
    install(folder)
    kinds = set(CaseType.objects.values_list("code", flat=True))
    text = example().replace('unit = "facilities"', 'unit = "facilities"\ncategories = "urban"')
    text = text.replace('fields = ["pole"]', 'fields = ["pole", "category"]')
    text = text.replace('urgent = "4 紧急工作时"', 'urgent = "4 紧急工作时"\nby_category = true')
    write(folder / "township", text + MORE)
    shutil.copy(folder / "township" / "papers" / "交办单.docx", folder / "township" / "papers" / "派单.docx")
    assert all(one["problems"] == [] for one in run("packs", "check", str(folder))["packs"])
    assert [one["changed"] for one in install(folder)["packs"]] == [True, False]
    assert set(CaseType.objects.values_list("code", flat=True)) - kinds == {"lamp"}

    resident = Client()
    page = resident.get("/p/?kind=lamp").content.decode()
    assert "路灯报修" in page
    assert "忽明忽暗" in page
    assert "暴露垃圾" in page
    said = {"kind": "lamp", "area": "v219", "text": "村口路灯不亮", "category": "0102", "mark": "m", "photos": photo(3)}
    refused = resident.post("/p/", said)
    assert refused.status_code == 422
    assert "请填写“故障”" in refused.content.decode()
    said["photos"] = photo(3)
    code = resident.post("/p/", {**said, "f-fault": "不亮", "f-pole": "G-17"})["Location"].split("/")[-2]
    case = Reporter.objects.get(code=code).case
    assert (case.number[0], case.kind, case.state, case.answers) == (
        "灯",
        "lamp",
        "reported",
        {"fault": "不亮", "pole": "G-17"},
    )
    assert (case.category, case.lead.code, case.turn_role) == ("0102", "hjs", "office")
    assert case.due_at is not None

    inbox = enter("limin").get("/cases/").content.decode()
    assert case.number in inbox
    assert does("limin", case, "send", **{"f-unit": "csb", "version": "1"}) == 302
    assert (now(case).state, now(case).clocks["handle"]["term"]) == ("mending", "4 工作时")  # the category's own term
    paper = enter("limin").get(f"/cases/{case.number}/paper/slip/")
    printed = Document(io.BytesIO(paper.content))
    words = "".join(cell.text for table in printed.tables for row in table.rows for cell in row.cells)
    assert "村口路灯不亮" in words + "".join(one.text for one in printed.paragraphs)

    assert does("u_csb", case, "ask", **{"f-extension": "2 工作日", "f-reason": "等灯具"}) == 302
    before = now(case).due_at
    assert does("limin", case, "grant") == 302
    assert (now(case).extended, now(case).due_at > before) == (True, True)
    assert does("u_csb", case, "mend") == 422, "a photo proves it"
    assert does("u_csb", case, "mend", photos=photo(40)) == 302
    assert does("u_csb", case, "accept") == 403, "the mender does not accept the own work"
    assert does("v001", case, "accept") == 404, "another village does not know of it"
    assert does("liufang", case, "accept") == 302
    done = now(case)
    assert (done.phase, done.outcome, done.closed_in_time) == ("closed", "done", True)

    asked = {"tab": "all", "kind": "lamp"}
    listed = enter("limin").get("/cases/", asked)
    assert [one.number for one in listed.context["page"].rows] == [case.number]
    assert enter("limin").get("/cases/export/", asked).content[:2] == b"PK"
    span = {"from": "2021-01-01", "to": "2021-12-31", "kind": "lamp"}  # the demo's town lives in 2021
    figures = {
        one.value.rule.id: (one.value.top, one.value.base)
        for one in enter("limin").get("/cases/figures/", span).context["values"]
    }
    assert (figures["reported"], figures["closing_rate"], figures["on_time_rate"]) == ((1, None), (1, 1), (1, 1))
    assert "已修好" in resident.get(f"/p/t/{code}/").content.decode()
    services = {one["service_code"]: one for one in resident.get("/open311/v2/services.json").json()}
    assert services["lamp.0102"]["metadata"] is True


@pytest.mark.django_db
def test_a_town_s_own_pack_brings_its_kind_with_the_setup_command(folder: Path) -> None:
    own = folder / "zhanggou"
    town = (own / "town.toml").read_text("utf-8").split("[demo]")[0]
    (own / "town.toml").write_text(town, encoding="utf-8")
    write(own, example())
    told = run("setup", "--town", str(own), "--admin", "zhaolei")
    assert told["username"] == "zhaolei"
    browser = enter("liufang")
    assert "路灯报修" in browser.get("/cases/new/").content.decode()
    said = {"move": "report", "title": "路灯不亮", "area": "v219", "f-fault": "灯杆倾斜", "mark": "m", "urgent": "1"}
    assert browser.post("/cases/new/lamp/", said).status_code == 302
    case = Case.objects.get()
    assert (case.type.pack, case.lead.code, case.answers) == ("zhanggou", "csb", {"fault": "灯杆倾斜"})
    assert does("limin", case, "send", **{"f-unit": "csb"}) == 302
    assert now(case).clocks["handle"]["term"] == "4 紧急工作时"
    assert does("u_csb", case, "mend", photos=photo(5)) == 302
    assert does("limin", case, "accept") == 403
    assert does("zhangqiang", case, "accept") == 302
    assert now(case).phase == "closed"


@pytest.mark.django_db
def test_a_changed_file_is_a_new_edition_and_cases_keep_theirs_with_its_paper(folder: Path) -> None:
    install(folder)
    write(folder / "township", example() + MORE.replace("派单.docx", "交办单.docx"))
    install(folder)
    browser = enter("limin")
    said = {"move": "report", "title": "路灯不亮", "area": "v219", "f-fault": "不亮", "f-pole": "", "mark": "a"}
    browser.post("/cases/new/lamp/", said)
    first = Case.objects.get()
    write(
        folder / "township",
        example().replace('options = ["不亮",', 'options = ["不亮", "闪烁",').replace("待派单", "等派单"),
    )
    assert install(folder)["packs"][0]["changed"]
    assert not install(folder)["packs"][0]["changed"]
    browser.post("/cases/new/lamp/", {**said, "f-fault": "闪烁", "mark": "b"})
    second = Case.objects.exclude(pk=first.pk).get()
    assert (first.type.edition, second.type.edition) == (1, 2)
    pages = [browser.get(f"/cases/{one.number}/").content.decode() for one in (first, second)]
    assert ["待派单" in pages[0], "等派单" in pages[1]] == [True, True]
    assert does("limin", first, "send", **{"f-unit": "csb"}) == 302
    shutil.rmtree(folder / "township")
    assert browser.get(f"/cases/{first.number}/paper/slip/").status_code == 200
    assert not (Path(settings.PACKS) / "township" / "cases" / "lamp.toml").exists()


WRONG = {
    'letter = "灯"': ('letter = "整"', "已由“问题整改”使用"),
    'ladder = "standard"': ('ladder = "standrad"', "没有督办阶梯“standrad”"),
    'unit = "facilities"': ('unit = "lamps"', "没有“lamps”"),
    'id = "lamp"': ('id = "hazard"', "“hazard”写了两次"),
    'kind = "term"': ('kind = "text"', "kind 应为“term”"),
    'extension = "3 工作日"\n': ("", "没有可以延期的时限"),
    'title = "故障"\nkind = "choice"\noptions = ["不亮", "忽明忽暗", "灯杆倾斜", "电线外露"]': (
        'title = "故障"\nkind = "person"',
        "群众填不了“故障”",
    ),
    'title = "待派单"\ntone = "warn"\nturn = ["office"]': (
        'title = "待派单"\ntone = "warn"\nturn = ["leader"]',
        "没有可办的动作",
    ),
    'title = "维修单位"\nkind = "unit"': ('title = "维修单位"', "kind 应为“unit”"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("right", WRONG)
def test_what_would_break_later_is_told_at_once_and_nothing_is_installed(folder: Path, right: str) -> None:
    wrong, told = WRONG[right]
    assert right in example()
    write(folder / "township", example().replace(right, wrong, 1))
    refused = install(folder)["refused"]
    sentences = [f"{one['what']}" for one in refused["problems"]]
    assert any(told in one for one in sentences), sentences
    assert not CaseType.objects.exists()


@pytest.mark.django_db
def test_a_pack_that_comes_alone_is_held_to_what_is_installed(folder: Path) -> None:
    install(folder)
    own = folder / "zhanggou"
    write(own, example().replace('who = ["office"]', 'who = ["ofice"]', 1))
    refused = run("packs", "install", str(own))["refused"]
    assert any("没有角色“ofice”" in one["what"] for one in refused["problems"])
    write(own, example().replace('letter = "灯"', 'letter = "诉"'))
    refused = run("packs", "install", str(own))["refused"]
    assert any("已由“群众诉求”使用" in one["what"] for one in refused["problems"])
    write(own, example())
    assert "refused" not in run("packs", "install", str(own))
    write(folder / "township", example().replace("路灯报修", "灯"))
    refused = run("packs", "install", str(folder / "township"))["refused"]
    assert any("已由内容包“zhanggou”提供" in one["what"] for one in refused["problems"])
