"""The reference is what the code says: generated pages are fresh, every setting has its line, every command its page."""

import re
from pathlib import Path

import pytest
from tools import reference

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_reference_equals_a_fresh_generation(name: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text("utf-8") == reference.PAGES[name]()


def test_every_case_type_has_its_page_and_no_page_is_left_of_one_that_is_gone() -> None:
    folder = ROOT / "docs" / "reference" / "case-types"
    assert {f"case-types/{path.name}" for path in folder.iterdir()} == {
        name for name in reference.PAGES if name.startswith("case-types/")
    }
    assert len(list((ROOT / "packs").glob("*/cases/*.toml"))) * 2 == len(list(folder.iterdir()))


def test_every_setting_has_its_line() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    names = set(re.findall(r"CHUANGWEN_[A-Z_]+", source))
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    assert {name for name in names if name not in page} == set()


def test_every_link_in_the_documents_leads_to_a_file() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = [
        (page, link.split("#")[0])
        for page in pages
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
        if not re.match(r"[a-z]+:|#", link)
    ]
    assert len(links) > 40
    assert [f"{page.relative_to(ROOT)}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_decisions_are_short() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert len(records) >= 8
    assert [path.name for path in records if len(path.read_text("utf-8").split()) > 300] == []
