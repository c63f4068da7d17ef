"""A whole delivery: the plan, a scan of 200 pages, 300 photos of which 40 are altered reuses, a zip of mixed files.

Half of it comes in by page and half by command; then everything is found, read, linked and filed, every reuse is asked
about and no fresh photo is accused.
"""

import io
import json
import random
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from PIL import Image, ImageDraw, ImageFont
from tests.records.archive.bring import FONT, word
from tests.records.photos import scenes
from tests.samples import MAIL, workbook, zipped

from chuangwen.doors.background.working import until_empty
from chuangwen.doors.packs.installing import install
from chuangwen.doors.packs.reading import check_folders, folders_in
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.document_actions import Facts, Serves, describe, put_to_use
from chuangwen.records.archive.looking import answer
from chuangwen.records.archive.models import (
    Arrival,
    Document,
    DocumentFile,
    Doubt,
    PageText,
    Question,
    Reading,
    UseKind,
)
from chuangwen.records.archive.reusing import PhotoUsedBefore
from chuangwen.records.archive.suggesting import suggest
from chuangwen.records.filing.actions import Choice, file_documents
from chuangwen.records.filing.models import Item
from chuangwen.records.filing.queries import waiting
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.actors import Actor, actor_for
from chuangwen.records.township.models import Person

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
AT = datetime(2021, 10, 20, 10, 0, tzinfo=CHINA)
PAGES, FRESH, REUSED, SIZE = 200, 260, 40, (800, 600)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PLAN = Path(__file__).parents[2] / "packs" / "zhanggou" / "plan-2021-2023.txt"
WORDS = "集市街道村庄农田礼堂公示栏厕所垃圾桶文化墙停车场消防栓绿化带路灯河塘"


def page_words(number: int) -> str:
    """What one page of the scan says: a word that no other page has, and a line that many have."""
    dice = random.Random(number)
    return f"第{number}号巡查记录\n点位编号张沟甲乙{number:03d}\n今日巡查{''.join(dice.sample(WORDS, 6))}，已整改"


def scan() -> bytes:
    """Pictures of pages, no text behind them, as a scanner gives them."""
    font, drawn = ImageFont.truetype(FONT, 30), []
    for number in range(1, PAGES + 1):
        page = Image.new("L", (900, 420), 255)
        ImageDraw.Draw(page).multiline_text((60, 60), page_words(number), font=font, fill=0, spacing=30)
        drawn.append(page)
    out = io.BytesIO()
    drawn[0].save(out, "PDF", save_all=True, append_images=drawn[1:])
    return out.getvalue()


def photos() -> tuple[list[tuple[str, bytes]], list[tuple[str, bytes, int]]]:
    """Fresh photos (several days of one place among them) and altered ones, each with the number of its original."""
    fresh, altered = [], []
    for number in range(FRESH):
        place, day = number // 2, number % 2
        picture = scenes.shot(scenes.place(place), day + 1, scenes.hand(number, careful=number % 4 == 1), SIZE)
        claims = Image.Exif()
        claims.get_ifd(0x8769)[0x9003] = f"2021:0{4 + day}:{place % 27 + 1:02d} 09:{number % 60:02d}:00"
        fresh.append((f"照片{number:03d}.jpg", scenes.jpeg(picture, 92, exif=claims)))
    for number in range(REUSED):
        original = number * 6
        ways = list(scenes.alterations(scenes.opened(fresh[original][1]), np.random.default_rng(number)))
        family, data = ways[number % len(ways)]
        altered.append((f"再用{number:02d}-{family}.jpg", data, original))
    return fresh, altered


@pytest.fixture
def limin() -> Actor:
    install(check_folders(folders_in(settings.PACKS)), by=MACHINE, at=AT)
    return actor_for(Person.objects.get(username="limin"))


@pytest.fixture
def keeper(limin: Actor) -> Actor:
    return actor_for(Person.objects.get(username="chenjing"))


def by_page(things: list[tuple[str, bytes]]) -> None:
    """As the page sends them: some files in each request, one batch."""
    browser = Client()
    browser.force_login(Person.objects.get(username="limin"), backend=BACKEND)
    for start in range(0, len(things), 10):
        some = [SimpleUploadedFile(name, data) for name, data in things[start : start + 10]]
        said = {"files": some, "unit": "cwb", "batch": f"page-{'a' * 16}"}
        assert browser.post("/archive/add/", said).status_code == 302


def by_command(*words: str) -> list[dict[str, object]]:
    """What the command prints as JSON."""
    out = io.StringIO()
    with redirect_stdout(out):
        call_command("archive", *words, "--json", stdout=out)
    found: list[dict[str, object]] = json.loads(out.getvalue())
    return found


def found_by(words: str) -> set[str]:
    return {str(one["title"]) for one in by_command("search", words)}


def test_everything_that_is_delivered_is_found_read_linked_and_filed(
    limin: Actor, keeper: Actor, tmp_path: Path
) -> None:
    fresh, altered = photos()
    mixed = {
        "台账.xlsx": workbook("公共厕所台账"),
        "说明/情况说明.docx": word("背街小巷整治情况说明"),
        "通知.txt": "文明交通劝导通知".encode("gb18030"),
        "来信.eml": MAIL,
    }
    by_page([("创建方案.docx", word(*_pages_of(PLAN.read_text("utf-8")))), *fresh[:150]])
    (tmp_path / "照片").mkdir()
    for name, data in [*fresh[150:], *((name, data) for name, data, _original in altered)]:
        (tmp_path / "照片" / name).write_bytes(data)
    (tmp_path / "巡查记录.pdf").write_bytes(scan())
    (tmp_path / "材料.zip").write_bytes(zipped(mixed))
    told = by_command("add", *(str(tmp_path / name) for name in ("照片", "巡查记录.pdf", "材料.zip")), "--unit", "cwb")
    assert {one["state"] for one in told} == {"new"}
    assert not until_empty(lambda _turn: None).failed
    _read_and_found()
    _reuses(fresh, altered)
    _linked(limin, {name for name, _data, _original in altered})
    _filed(keeper)


def _pages_of(text: str) -> Iterator[str]:
    lines = text.splitlines()
    for start in range(0, len(lines), 40):
        yield "\n".join(lines[start : start + 40])


def _read_and_found() -> None:
    assert Arrival.objects.exclude(problem="").count() == 0
    files = DocumentFile.objects.filter(superseded_at=None)
    assert files.filter(file__is_photo=False).exclude(file__reading=Reading.READ).count() == 0
    assert PageText.objects.filter(file__name="巡查记录.pdf").exclude(text="").count() == PAGES
    missed = [number for number in range(1, PAGES + 1) if "巡查记录" not in found_by(f"甲乙{number:03d}")]
    assert missed == [], f"{len(missed)} of {PAGES} pages are not found by their number"
    assert found_by("四个提升") >= {"创建方案"}
    for words, title in (("公共厕所", "台账"), ("背街小巷", "情况说明"), ("文明交通", "通知")):
        assert title in found_by(words)


def _reuses(fresh: list[tuple[str, bytes]], altered: list[tuple[str, bytes, int]]) -> None:
    wanted = {(name, fresh[original][0]) for name, _data, original in altered}
    asked = {(one.file.name, one.other.name) for one in Question.objects.filter(doubt=Doubt.REUSED) if one.other}
    pairs = asked | {(two, one) for one, two in asked}
    assert wanted - pairs == set(), "a reuse was not noticed"
    names = {name for name, _data, _original in altered}
    assert [pair for pair in asked if not names & set(pair)] == [], "a fresh photo was accused"
    twins = {frozenset((str(one["a"]), str(one["b"]))) for one in by_command("twins")}
    assert len(twins) >= REUSED


def _linked(limin: Actor, altered: set[str]) -> None:
    refused = 0
    for one in Document.objects.prefetch_related("files__file"):
        offers = suggest(one, on=AT.date())
        serves = [Serves(offers[0].kind, offers[0].key, offers[0].title)] if offers else []
        serves += [Serves(UseKind.YEAR, "2021", "2021")]
        try:
            put_to_use(one, serves, by=limin, at=AT)
        except PhotoUsedBefore:
            refused += 1
            why = [Serves(row.kind, row.key, row.title, "同一处的资料，两处都用") for row in serves]
            put_to_use(one, why, by=limin, at=AT)
    assert refused >= len(altered) // 2  # of each pair the one that comes second asks for a reason
    assert Document.objects.filter(serves=None).count() == 0


def _filed(keeper: Actor) -> None:
    for question in Question.objects.filter(answered_at=None):
        answer(question, kept=True, why="已核对", by=keeper, at=AT)
    for one in Document.objects.filter(dated=None):
        facts = Facts(one.title, one.kind_id, one.number, one.issuer, date(2021, 10, 20), caption=one.caption)
        describe(one, facts, by=keeper, at=AT)
    ready = list(waiting(2021).values_list("pk", flat=True))
    file_documents(2021, [Choice(pk) for pk in ready], by=keeper, at=AT)
    assert Item.objects.count() == Document.objects.count() == len(ready)
