"""The archive's front page: what came in last, what waits, the ways on; for those who may see the archive."""

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.people import AT
from tests.records.archive.shelf import Shelf

from chuangwen.records.archive.models import Arrival, Doubt, Question


@pytest.fixture
def shelf(cast) -> Shelf:
    return Shelf(cast)


def test_the_front_shows_what_came_last_and_what_waits(shelf, signed_in_as) -> None:
    shelf.document("集贸市场管理办法", number="张政办〔2021〕3号")
    shelf.at = AT + timedelta(minutes=1)
    photo = shelf.document("市场东门", files=[shelf.file("东门.jpg", is_photo=True)], kind="picture").files.get().file
    Question.objects.create(file=photo, doubt=Doubt.BLURRED, asked_at=AT)
    Arrival.objects.create(
        batch="a", road="page", name="坏.exe", unit=shelf.cast.units["office"], by="李敏", at=AT, problem="不能收"
    )
    page = signed_in_as("limin").get(reverse("archive"))
    assert {one.key: one.count.value for one in page.context["tabs"] if one.count is not None} == {
        "arrivals": 1,
        "proposals": 0,
        "photos": 1,
    }
    told = page.content.decode()
    assert "2 份资料" in told
    assert told.index("市场东门") < told.index("集贸市场管理办法")
    assert "张政办〔2021〕3号" in told
    assert dict(page.context["waiting"])["读出文字"] == 2


def test_each_sees_the_own_part_and_who_may_not_see_the_archive_nothing(shelf, signed_in_as) -> None:
    shelf.document("集贸市场管理办法")
    assert "集贸市场管理办法" not in signed_in_as("wangjianguo").get(reverse("archive")).content.decode()
    assert signed_in_as("zhaolei").get(reverse("archive")).status_code == 403


def test_pages_of_the_archive_light_its_one_entry(shelf, signed_in_as) -> None:
    limin = signed_in_as("limin")
    for address in (reverse("archive"), reverse("archive_photos"), reverse("submission")):
        frame = limin.get(address, follow=True).context["frame"]
        assert [one.link for group in frame.groups for one in group.entries if one.current] == [reverse("archive")]


def test_a_large_batch_is_counted_whole_and_paged(shelf, signed_in_as) -> None:
    said = {"road": "page", "unit": shelf.cast.units["office"], "by": "李敏", "person": shelf.cast.people["limin"]}
    names = [(f"page-{n // 60}", f"{n}.jpg") for n in range(120)]
    Arrival.objects.bulk_create(
        Arrival(batch=batch, name=name, mark=name, at=AT, problem="不能收", **said) for batch, name in names
    )
    limin, address = signed_in_as("limin"), reverse("archive_batch", args=["page-0"])
    page = limin.get(address, {"also": "page-1"})
    assert (page.context["all"], page.context["problems"], len(page.context["came"])) == (120, 120, 50)
    assert "收到 120 个文件" in page.content.decode()
    assert len(limin.get(address, {"also": "page-1", "page": "3"}).context["came"]) == 20
    piece = limin.get(address, {"also": "page-1", "piece": "1"}).content.decode()
    assert f'href="{address}?also=page-1"' in piece
    assert "全部 120 个" in piece
