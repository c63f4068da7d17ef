"""The folder for the city's portal: plain files, no script, no outside address, the same bytes each time."""

import csv
import io
import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.doors.disclosure.test_open_pages import PLAN, TEXT, with_files
from tests.records.releases.counter import Counter

from chuangwen.doors.disclosure.static_site import AttachmentMissing, NotOurFolder, write_folder, write_zip
from chuangwen.records.archive.queries import sealed_path
from chuangwen.records.releases.actions import take_down


@pytest.fixture
def counter(cast) -> Counter:
    return Counter(cast)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Links(HTMLParser):
    """What a page points at, and its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"} and value]


def test_the_folder_holds_pages_table_data_attachments_and_digests(counter, tmp_path) -> None:
    with_files(counter)
    told = write_folder(tmp_path / "out")
    found = tree(tmp_path / "out")
    name = "01141168X-2021-00001"
    assert set(found) == {
        "SHA256SUMS.txt",
        "style.css",
        "index.html",
        "index.csv",
        "index.json",
        f"pages/{name}.html",
        f"files/{name}/1.pdf",
        f"files/{name}/2.jpg",
    }
    assert (told.releases, told.files) == (1, len(found))
    assert b"Phone" not in found[f"files/{name}/2.jpg"]
    check = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS.txt"], cwd=tmp_path / "out", capture_output=True, check=False
    )
    assert check.returncode == 0, check.stdout
    assert len(check.stdout.splitlines()) == len(found) - 1


def test_every_link_leads_to_a_file_of_the_folder_and_no_script_is_there(counter, tmp_path) -> None:
    with_files(counter)
    write_folder(tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.html"):
        page = Links(path.read_text("utf-8"))
        assert "script" not in page.tags
        for link in page.links:
            assert not re.match(r"[a-z]+:|/", link), link
            assert link.startswith("#") or (path.parent / link).resolve().is_file(), link


def test_the_table_has_its_mark_and_runs_nothing_in_excel(counter, tmp_path) -> None:
    counter.released(counter.paper('=HYPERLINK("x")的方案', TEXT))
    write_folder(tmp_path / "out")
    data = (tmp_path / "out" / "index.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    heads, row = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert heads[:7] == ["索引号", "信息类别", "发布机构", "发文日期", "标题", "文号", "效力状态"]
    assert row[4] == '\'=HYPERLINK("x")的方案'


def test_the_same_releases_give_the_same_bytes(counter, tmp_path) -> None:
    with_files(counter)
    first, second = io.BytesIO(), io.BytesIO()
    write_folder(tmp_path / "one")
    write_zip(first)
    before = tree(tmp_path / "one")
    write_folder(tmp_path / "one")
    write_folder(tmp_path / "two")
    write_zip(second)
    assert before == tree(tmp_path / "one") == tree(tmp_path / "two")
    assert first.getvalue() == second.getvalue()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_was_withdrawn_leaves_the_lists_and_its_page_says_so(counter, tmp_path) -> None:
    release = with_files(counter)
    counter.proposed(counter.paper("还在审查的方案", TEXT))
    write_folder(tmp_path / "out")
    take_down(release, "含个人信息", by=counter.limin, at=counter.at)
    write_folder(tmp_path / "out")
    found = tree(tmp_path / "out")
    assert [name for name in found if name.startswith("files/")] == []
    everything = b"".join(found.values()).decode("utf-8", "replace")
    assert PLAN not in everything
    assert "还在审查" not in everything
    assert "含个人信息" not in everything
    assert "已撤下" in found["pages/01141168X-2021-00001.html"].decode()
    data = json.loads(found["index.json"])
    assert (data["released"], len(data["withdrawn"])) == ([], 1)


def test_a_folder_with_other_things_in_it_is_left_alone(counter, tmp_path) -> None:
    with_files(counter)
    (tmp_path / "out").mkdir()
    write_folder(tmp_path / "out")
    (tmp_path / "out" / "重要.docx").write_bytes(b"x")
    before = tree(tmp_path / "out")
    with pytest.raises(NotOurFolder, match="重要"):
        write_folder(tmp_path / "out")
    assert tree(tmp_path / "out") == before


def test_a_missing_attachment_leaves_the_earlier_folder_as_it_was(counter, tmp_path) -> None:
    release = with_files(counter)
    write_folder(tmp_path / "out")
    before = tree(tmp_path / "out")
    sealed_path(release.files.all()[0].document_file.file).unlink()
    with pytest.raises(AttachmentMissing, match="名单"):
        write_folder(tmp_path / "out")
    assert tree(tmp_path / "out") == before


def test_with_the_address_of_the_column_each_page_has_its_code(counter, tmp_path) -> None:
    counter.released(counter.paper(PLAN, TEXT))
    write_folder(tmp_path / "plain")
    write_folder(tmp_path / "coded", "http://portal.example/zhanggou/")
    name = "pages/01141168X-2021-00001.html"
    assert b"<svg" not in tree(tmp_path / "plain")[name]
    assert b"http://portal.example/zhanggou/pages/01141168X-2021-00001.html" in tree(tmp_path / "coded")[name]


def test_numbers_that_make_the_same_name_make_two_pages(counter, tmp_path) -> None:
    counter.released(counter.paper("甲方案", TEXT), index_number="A/1")
    second = counter.released(counter.paper("乙方案", TEXT), index_number="a-1")
    counter.released(counter.paper("丙方案", TEXT), index_number="张政")
    write_folder(tmp_path / "out")
    pages = sorted(name for name in tree(tmp_path / "out") if name.startswith("pages/"))
    assert pages == sorted(["pages/A-1.html", f"pages/a-1-{second.pk}.html", f"pages/{second.pk + 1}.html"])
