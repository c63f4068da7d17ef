"""A sealed package: refused while incomplete, whole and named by rule, the same bytes each time, verifiable without us."""

import csv
import hashlib
import io
import os
import re
import subprocess
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docx
import openpyxl
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from chuangwen.kernel.manifests import MANIFEST, WHOLE, verify
from chuangwen.kit.refusals import NotAllowed
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.queries import sealed_path
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.results.submission import actions, queries, sealing_actions
from chuangwen.results.submission.models import Entry, Package, Submission
from chuangwen.results.submission.packing import DamagedOriginal
from chuangwen.results.submission.policy import Locked
from chuangwen.results.submission.sealing_actions import (
    ChangedMeanwhile,
    NoPackageFile,
    NotComplete,
    OutTaken,
    give_out,
    seal,
)
from chuangwen.results.submission.signing_actions import sign
from tests.results.submission.desk import GOOD, Desk

TOP = "张沟镇2021年网上申报"


def ready(desk: Desk) -> Submission:
    """Both standards whole, written and signed."""
    for number in (1, 2):
        desk.brings_everything(number)
    submission = desk.composed()
    for number in (1, 2):
        actions.write_text(desk.entry(number), GOOD, by=desk.who(), at=desk.at)
    sign(submission, {one.pk: one.version for one in Entry.objects.all()}, by=desk.who("hegang"), at=desk.at)
    return submission


def sealed(desk: Desk, **said: object) -> Package:
    return seal(Submission.objects.get(), by=desk.who("limin"), at=desk.at, **said)


def opened(package: Package) -> zipfile.ZipFile:
    return zipfile.ZipFile(queries.package_path(package))


def test_a_whole_submission_is_sealed_kept_under_its_digest_and_written_down(desk) -> None:
    ready(desk)
    package = sealed(desk)
    path = queries.package_path(package)
    assert path.stem == package.whole
    assert (package.number, package.size, package.missing, package.despite) == (1, path.stat().st_size, [], "")
    found = verify(path)
    assert (found.holds, found.whole, found.files) == (True, package.whole, package.files)
    note = Note.objects.get(verb="封装申报包")
    assert note.after["whole"] == package.whole
    Entry.objects.update(signed_at=None, signer=None)
    with pytest.raises(Locked):
        actions.write_text(desk.entry(), "改", by=MACHINE, at=desk.at)


def test_the_tree_has_every_file_named_by_rule_and_the_originals_untouched(desk) -> None:
    ready(desk)
    with opened(sealed(desk)) as packed:
        names = [one.removeprefix(f"{TOP}/") for one in packed.namelist()]
        mine = [one.partition("/")[2] for one in names if one.startswith("I-1-1 标准1/")]
        photos = [packed.read(f"{TOP}/{one}") for one in names if one.endswith(".jpg")]
    assert sorted(mine) == [
        "I-1-1-实景图片-01-环境整治-市监所.jpg",
        "I-1-1-实景图片-02-环境整治-市监所.jpg",
        "I-1-1-情况说明-01-管理情况说明-市监所.docx",
        "I-1-1-测评材料提交表-01-标准1-市监所.docx",
        "I-1-1-统计表-01-材料M3-市监所.txt",
        "I-1-1-规范文件-01-材料M1-市监所.txt",
    ]
    tops = {one for one in names if "/" not in one}
    assert tops == {"说明.txt", "目录.docx", "目录.xlsx", "缺项.csv", "缺项.xlsx", MANIFEST, WHOLE}
    kept = set(StoredFile.objects.values_list("sha256", flat=True))
    assert {hashlib.sha256(one).hexdigest() for one in photos} <= kept


def test_the_catalogue_and_the_papers_open_and_say_what_is_there(desk) -> None:
    ready(desk)
    with opened(sealed(desk)) as packed:
        read = {one.rsplit("/", 1)[-1]: packed.read(one) for one in packed.namelist()}
    table = docx.Document(io.BytesIO(read["目录.docx"])).tables[0]
    assert [cell.text for cell in table.rows[0].cells][:3] == ["序号", "标准编号", "测评标准"]
    assert len(table.rows) == 1 + 2 * 5
    sheet = openpyxl.load_workbook(io.BytesIO(read["目录.xlsx"])).active
    paths = [row[8] for row in sheet.iter_rows(values_only=True) if row[1] == "I-1-1"]
    assert len(paths) == 5
    assert all("/" in one for one in paths)
    form = docx.Document(io.BytesIO(read["I-1-1-测评材料提交表-01-标准1-市监所.docx"]))
    facts = {row.cells[0].text: row.cells[1].text for row in form.tables[0].rows}
    assert facts["标准编号"] == "I-1-1"
    assert facts["签批"] == "何刚　2021年10月8日"
    assert len(form.tables[1].rows) == 1 + 5
    words = docx.Document(io.BytesIO(read["I-1-1-情况说明-01-管理情况说明-市监所.docx"]))
    assert words.paragraphs[0].text == "管理情况说明"
    assert "摊位划线定位186个" in "".join(one.text for one in words.paragraphs)
    told = read["说明.txt"].decode("utf-8-sig")
    assert "sha256sum -c manifest.sha256" in told
    assert "标准编号-材料类型-序号-主题-单位" in told


def test_what_is_missing_or_unsigned_is_refused_with_both_numbers(desk) -> None:
    desk.brings("M1")
    desk.composed()
    with pytest.raises(NotComplete, match=r"缺 7 项材料，2 条标准没有签批（共 8 项材料、2 条标准）"):
        sealed(desk)
    assert not Package.objects.exists()
    assert Submission.objects.get().locked_at is None


def test_a_leaders_reason_seals_what_is_not_complete_and_the_package_says_so(desk) -> None:
    desk.brings("M1")
    desk.brings("M3", title="=HYPERLINK(1)", number="", dated=None)
    submission = desk.composed()
    with pytest.raises(NotAllowed, match="签批"):
        sealed(desk, despite="先报")
    package = seal(submission, by=desk.who("hegang"), at=desk.at, despite="系统今天关闭")
    assert package.despite == "系统今天关闭"
    with opened(package) as packed:
        rows = list(csv.reader(io.StringIO(packed.read(f"{TOP}/缺项.csv").decode("utf-8-sig"))))
        assert "系统今天关闭" in packed.read(f"{TOP}/说明.txt").decode("utf-8-sig")
    told = [tuple(row[:3]) for row in rows[1:]]
    assert ("I-1-1", "标准1", "缺") in told
    assert ("I-1-2", "标准2", "未签批") in told
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert [row[:4] for row in package.missing] == [row[:4] for row in rows[1:]]


def test_the_same_content_at_the_same_moment_gives_the_same_bytes(desk) -> None:
    ready(desk)
    first, second = sealed(desk), sealed(desk)
    assert first.whole == second.whole
    assert (first.number, second.number) == (1, 2)
    other = seal(Submission.objects.get(), by=desk.who(), at=desk.at + timedelta(minutes=1))
    assert other.whole != first.whole
    with translation.override("en"):
        assert sealed(desk).whole == first.whole


def test_one_changed_byte_anywhere_in_the_file_given_out_is_refused(desk, tmp_path: Path) -> None:
    ready(desk)
    out = give_out(sealed(desk), tmp_path / "out" / "2021.zip")
    whole = out.read_bytes()
    places = [*range(0, len(whole), max(1, len(whole) // 150)), len(whole) - 1]
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 0x20
        out.write_bytes(changed)
        with pytest.raises(SystemExit) as ended:
            call_command("submission", "verify", str(out), stdout=io.StringIO(), stderr=io.StringIO())
        assert ended.value.code == 1, place
    out.write_bytes(whole)
    call_command("submission", "verify", str(out), stdout=io.StringIO())


def test_plain_sha256sum_agrees_with_the_tree_given_out(desk, tmp_path: Path) -> None:
    ready(desk)
    package = sealed(desk)
    tree = give_out(package, tmp_path / "tree")
    for name in (WHOLE, MANIFEST):
        subprocess.run(["sha256sum", "-c", "--strict", "--quiet", name], cwd=tree, check=True, capture_output=True)
    assert verify(tree).whole == package.whole
    with pytest.raises(OutTaken):
        give_out(package, tree)
    (tree / "目录.xlsx").write_bytes(b"x")
    done = subprocess.run(["sha256sum", "-c", "--quiet", MANIFEST], cwd=tree, check=False, capture_output=True)
    assert done.returncode == 1
    assert verify(tree).differs == ["目录.xlsx"]


def test_a_damaged_original_is_not_handed_in_and_nothing_is_left_behind(desk) -> None:
    ready(desk)
    photo = StoredFile.objects.filter(is_photo=True)[0]
    path = sealed_path(photo)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b"x")
    with pytest.raises(DamagedOriginal, match="已被改动"):
        sealed(desk)
    path.unlink()
    with pytest.raises(DamagedOriginal, match="读不出来"):
        sealed(desk)
    assert list((Path(settings.FILES) / "packages").iterdir()) == []
    assert not Package.objects.exists()


def test_what_a_killed_run_left_is_swept_and_what_another_is_writing_is_not(desk) -> None:
    ready(desk)
    folder = Path(settings.FILES) / "packages"
    folder.mkdir(parents=True)
    child = subprocess.Popen(["sleep", "30"])
    try:
        (folder / f".part-{child.pid}-a").write_bytes(b"half")
        (folder / ".part-4999999-b").write_bytes(b"half")
        sealed(desk)
        assert [one.name for one in folder.glob(".part-*")] == [f".part-{child.pid}-a"]
    finally:
        child.kill()
        child.wait()


def test_somebody_who_changes_an_entry_meanwhile_makes_the_sealing_fail_cleanly(desk) -> None:
    ready(desk)

    def meddle(lines):
        Entry.objects.filter(node=desk.node(2)).update(version=99)
        return iter(lines)

    with pytest.raises(ChangedMeanwhile):
        seal(Submission.objects.get(), by=desk.who(), at=desk.at, watch=meddle)
    assert not Package.objects.exists()
    assert list((Path(settings.FILES) / "packages").iterdir()) == []


def test_a_whole_package_that_a_killed_run_did_not_write_down_goes_after_an_hour(desk) -> None:
    ready(desk)
    first = queries.package_path(sealed(desk))
    folder = Path(settings.FILES) / "packages"
    old, young = folder / f"{'a' * 64}.zip", folder / f"{'b' * 64}.zip"
    for path in (old, young):
        path.write_bytes(b"whole, and in no row")
    for path in (old, first):
        os.utime(path, (time.time() - 4000,) * 2)
    desk.at += timedelta(minutes=1)
    second = queries.package_path(sealed(desk))
    assert set(folder.iterdir()) == {first, second, young}


def test_a_package_whose_file_is_gone_is_told(desk, tmp_path: Path) -> None:
    ready(desk)
    package = sealed(desk)
    queries.package_path(package).unlink()
    with pytest.raises(NoPackageFile, match="备份"):
        give_out(package, tmp_path / "x.zip")


def test_a_full_disk_leaves_nothing_half_and_says_so(desk, monkeypatch) -> None:
    ready(desk)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(sealing_actions.DiskFull, match="No space"):
        sealed(desk)
    assert list((Path(settings.FILES) / "packages").glob("*")) == []


def test_names_in_the_list_are_the_files_and_nothing_else(desk) -> None:
    ready(desk)
    with opened(sealed(desk)) as packed:
        listed = packed.read(f"{TOP}/{MANIFEST}").decode().splitlines()
        names = {one.removeprefix(f"{TOP}/") for one in packed.namelist()} - {MANIFEST, WHOLE}
        dates = {one.date_time for one in packed.infolist()}
        stored = {one.compress_type for one in packed.infolist()}
    assert {line[66:] for line in listed} == names
    assert all(re.fullmatch(r"[0-9a-f]{64}  .+", line) for line in listed)
    assert dates == {(2021, 10, 8, 10, 0, 0)}
    assert stored == {zipfile.ZIP_STORED}
    assert datetime(2021, 10, 8, 2, tzinfo=UTC) == desk.at
