"""Which standards a document may prove: measured on documents written differently from the standards."""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.people import AT
from tests.records.archive.bring import sample
from tests.records.archive.shelf import Shelf

from chuangwen.kernel.chinese import search_fold
from chuangwen.kernel.gram_weights import GramWeights, Target
from chuangwen.records.archive.document_actions import Serves, put_to_use
from chuangwen.records.archive.suggesting import Suggestion, editions_in_use, prepared, suggest, suggest_in
from chuangwen.records.archive.texts import add_pages
from chuangwen.records.standards.models import Edition, Node, Requirement

PACK = Path(__file__).parents[3] / "packs" / "county-2021"


@pytest.fixture
def edition(db) -> Edition:
    """The standards and requirements of the edition that ships, as rows."""
    prepared.cache_clear()
    made = Edition.objects.create(
        pack="county-2021", edition="2021", title="测评体系", short_title="测评", standing="derived", first_year=2021,
        last_year=2023, digest="", content={}, installed_at=AT, installed_by="测试",
    )  # fmt: skip
    nodes: dict[str, Node] = {}
    for position, row in enumerate(csv.DictReader((PACK / "standards.csv").read_text("utf-8").splitlines())):
        points = 1 if row["kind"] == "standard" else None
        facts = {"code": row["code"], "kind": row["kind"], "title": row["title"], "text": row["text"], "points": points}
        parent = nodes.get(row["parent"])
        nodes[row["code"]] = Node.objects.create(edition=made, parent=parent, position=position, **facts)
    for position, row in enumerate(csv.DictReader((PACK / "requirements.csv").read_text("utf-8").splitlines())):
        facts = {key: row[key] for key in ("code", "kind", "title", "text")}
        node = nodes[row["standard"]]
        Requirement.objects.create(edition=made, node=node, position=position, method="material", **facts)
    return made


def labelled() -> list[tuple[str, str, str]]:
    """(code of the right standard, title, text)."""
    found = []
    for block in sample("labelled-documents.txt").decode().split("===== ")[1:]:
        head, _, text = block.strip().partition("\n")
        code, _, title = head.partition(" | ")
        found.append((code, title, text))
    return found


def standards(found: list[Suggestion]) -> list[str]:
    return [one.code for one in found if one.kind == "standard"]


def test_the_right_standard_is_among_the_first_five_for_nine_documents_in_ten(edition) -> None:
    told = [
        (code, standards(suggest_in(edition, f"{title}\n{title}\n{title}\n{text}"))) for code, title, text in labelled()
    ]
    assert len(told) == 40
    among_five = sum(code in codes for code, codes in told) / len(told)
    first = sum(codes[:1] == [code] for code, codes in told) / len(told)
    assert among_five >= 0.9
    assert first >= 0.75


def test_a_suggestion_says_by_which_words_and_whether_it_is_used_already(edition, cast) -> None:
    shelf = Shelf(cast)
    one = shelf.document("红白喜事“瘦身”账单")
    add_pages(one.files.get().file, [(1, "理事会帮张家操办喜事，彩礼降到三万元以内，婚丧事宜从简。")])
    best = suggest(one, on=date(2021, 10, 14))[0]
    assert (best.kind, best.code, best.key, best.used) == ("standard", "II-10-1", f"{edition.pk}:II-10-1", False)
    assert {"婚丧事宜从简", "彩礼"} <= set(best.words)
    put_to_use(one, [Serves("standard", best.key)], by=cast.actor("limin"), at=shelf.at)
    assert suggest(one, on=date(2021, 10, 14))[0].used
    requirements = [row for row in suggest(one, on=date(2021, 10, 14)) if row.kind == "requirement"]
    assert requirements[0].code.startswith("II-10-1-")


def test_a_document_without_any_words_in_common_gets_none(edition, cast) -> None:
    assert suggest(Shelf(cast).document("ABCXYZ", files=[Shelf(cast).file("q.bin")]), on=date(2021, 10, 14)) == []


def test_only_editions_of_the_year_are_asked_and_the_newest_where_there_is_none(edition) -> None:
    old = Edition.objects.create(
        pack="county-2018", edition="2018", title="旧", short_title="旧", standing="derived", first_year=2018,
        last_year=2020, digest="", content={}, installed_at=AT - timedelta(1), installed_by="测试",
    )  # fmt: skip
    assert editions_in_use(date(2021, 1, 1)) == [edition]
    assert editions_in_use(date(2019, 1, 1)) == [old]
    assert editions_in_use(date(2030, 1, 1)) == [edition]


@given(
    st.lists(st.text("农贸市场文明村abc，", min_size=1, max_size=12), min_size=1, max_size=6),
    st.text("农贸市场文明村abc，", max_size=30),
)
def test_scores_are_those_of_the_plain_sum_and_shared_words_stand_in_both(texts: list[str], asked: str) -> None:
    weights = GramWeights([Target(str(place), text) for place, text in enumerate(texts)])
    folded = search_fold(asked)
    scores = weights.scores(folded)
    assert np.isfinite(scores).all()
    for row, text in enumerate(texts):
        common = {
            a + b
            for a, b in zip(search_fold(text), search_fold(text)[1:], strict=False)
            if (a + b).isalnum() and a + b in folded
        }
        assert (scores[row] > 0) == bool(common)
        assert all(word in folded and word in search_fold(text) for word in weights.shared(row, folded))
