"""Photos that come again are asked about; a person answers, and the ledger keeps it. Nobody is punished by a machine."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from tests.people import CAST, site
from tests.records.archive.album import Album, once_more, picture
from tests.records.archive.shelf import Shelf
from tests.records.photos import scenes

from chuangwen.kernel.problems import Problems
from chuangwen.kit.refusals import NotAllowed, NotFound, OutOfReach
from chuangwen.records.archive import looking, twins
from chuangwen.records.archive.checking import read_archive
from chuangwen.records.archive.definitions import PhotoRow
from chuangwen.records.archive.document_actions import Facts, Serves, add_file, describe, put_to_use, withdraw
from chuangwen.records.archive.looking import AnsweredAlready, AnswerWanted, answer, answer_many, look_at_waiting
from chuangwen.records.archive.models import Question, StoredFile, Use
from chuangwen.records.archive.photo_policy import why_not_see_question
from chuangwen.records.archive.photo_queries import earlier_uses, questions_visible_to, similar_for
from chuangwen.records.archive.queries import public_path, sealed_path
from chuangwen.records.archive.reusing import PhotoUsedBefore
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note


@pytest.fixture
def album(cast) -> Album:
    return Album(Shelf(cast))


def asked(doubt: str = "reused") -> list[Question]:
    return list(Question.objects.filter(doubt=doubt).order_by("pk"))


@pytest.mark.parametrize(
    "how", ["recompressed", "resized", "brightness", "contrast", "stamped", "cropped", "turned", "wechat", "mixed"]
)
def test_a_photo_handed_in_once_more_is_asked_about_however_it_was_altered(album, how: str) -> None:
    first = album.document(one := picture(0), "春季市场")
    second = album.document(once_more(one, how), "秋季市场", who="liufang", unit="V1")
    assert album.look() == 2
    question = Question.objects.get(doubt="reused")
    assert (question.file, question.other) == (second.files.get().file, first.files.get().file)
    assert question.distance <= 11
    assert question.facts["agreeing"] > 0.65
    assert Note.objects.filter(verb="提出照片疑点").count() == 1


def test_other_places_and_other_days_of_the_same_place_are_not_asked_about(album) -> None:
    for number in range(3):
        place = scenes.place(number)
        album.document(picture(number), f"一{number}")
        album.document(picture(number, 2, scenes.hand(number)), f"二{number}")
        album.document(scenes.jpeg(scenes.shot(scenes.alike(place), 1, size=(640, 480))), f"三{number}")
    album.look()
    assert asked() == []


def test_the_question_is_about_the_later_photo_whichever_is_looked_at_first(album) -> None:
    old = album.kept(one := picture(3))
    new = album.kept(once_more(one))
    for file in (new, old):
        album.document(file, file.name)
    for file in (new, old):
        looking.look_at(file, rules_in_force(), by=MACHINE, at=album.at)
    assert [(one.file, one.other) for one in asked()] == [(new, old)]


def test_a_photo_that_says_nothing_yet_is_asked_about_when_it_is_put_into_a_document(album) -> None:
    album.document(one := picture(0))
    sent = album.kept(once_more(one), "来信照片.jpg")
    album.look()
    assert asked() == []
    album.document(sent, "来信照片")
    assert album.look() == 1
    assert len(asked()) == 1


def test_looking_twice_asks_nothing_twice(album) -> None:
    album.document(one := picture(0))
    album.document(once_more(one))
    album.look()
    looking.look_again(StoredFile.objects.values_list("pk", flat=True))
    assert album.look() == 2
    assert len(asked()) == 1
    assert Note.objects.filter(verb="提出照片疑点").count() == 1


def test_of_a_photo_sent_by_the_dozen_only_the_nearest_few_are_compared(album) -> None:
    for number in range(12):
        album.document(scenes.jpeg(scenes.opened(picture(0)), 60 + number), f"第{number}次")
    twins._look.cache_clear()
    assert album.look() == 12
    assert twins._look.cache_info().misses <= 12 * looking.MOST_PAIRS
    last = StoredFile.objects.latest("pk")
    assert Question.objects.filter(file=last, doubt="reused").count() == looking.MOST_PAIRS


def test_the_background_makes_the_large_copy_and_measures(album) -> None:
    document = album.document(scenes.jpeg(scenes.opened(picture(0)), 35))
    album.look()
    file = document.files.get().file
    file.refresh_from_db()
    assert (file.quality, file.sharpness > 100, file.looked_at) == (35, True, album.at)
    assert public_path(file).stat().st_size > 1000


def test_a_lost_original_stops_nothing(album) -> None:
    lost = album.document(picture(0)).files.get().file
    album.document(picture(1))
    sealed_path(lost).unlink()
    public_path(lost, "thumb").unlink()
    assert look_at_waiting(1, by=MACHINE, at=album.at) == 1
    assert album.look() == 1
    assert look_at_waiting(9, by=MACHINE, at=album.at) == 0


def test_the_index_is_built_again_when_it_is_lost(album, monkeypatch: pytest.MonkeyPatch) -> None:
    album.document(one := picture(0))
    album.look()
    folder = twins.index().folder
    for path in folder.iterdir():
        path.unlink()
    monkeypatch.setattr(twins, "_open", {})
    monkeypatch.setattr(twins, "MANY_MISSING", 0)
    album.document(once_more(one))
    album.look()
    assert len(asked()) == 1
    assert [one.name[:4] for one in folder.glob("*.twins")].count("base") == 1


def test_a_row_that_an_old_index_takes_for_another_is_not_accused(album) -> None:
    first = album.document(one := picture(0)).files.get().file
    album.look()
    StoredFile.objects.filter(pk=first.pk).update(likeness=0, shape=0)  # a restored backup with other rows
    album.document(once_more(one))
    album.look()
    assert asked() == []


def test_a_photo_from_before_the_window_and_one_of_2099_are_asked_about(album) -> None:
    for number, (taken, at) in enumerate(
        [
            (datetime(2019, 5, 1, 2, tzinfo=UTC), None),
            (datetime(2099, 5, 1, 2, tzinfo=UTC), None),
            (datetime(2021, 10, 1, 2, tzinfo=UTC), None),
        ]
    ):
        file = album.kept(picture(number), at=at)
        StoredFile.objects.filter(pk=file.pk).update(taken_at=taken)
        album.document(file, f"照片{number}")
    album.look()
    [early], [late] = asked("early"), asked("late")
    assert (early.facts["taken"], early.facts["year"], early.facts["first"]) == ("2019-05-01", 2022, "2021-09-01")
    assert late.facts == {"taken": "2099-05-01", "clock": True}


def test_a_photo_that_came_after_the_window_of_the_year_it_is_used_for_is_asked_about(album) -> None:
    document = album.document(picture(0))
    album.look()
    assert asked("late") == []
    put_to_use(document, [Serves("year", "2021")], by=album.cast.actor("wangjianguo"), at=album.at)
    album.look()
    assert asked("late")[0].facts == {"kept": "2021-10-14", "year": 2021, "first": "2020-09-01", "last": "2021-08-31"}


def test_a_photo_taken_far_from_the_site_is_asked_about_with_the_metres(album) -> None:
    place = site("S1", album.cast.units["market"], name="集贸市场")
    place.lon, place.lat = Decimal("113.2"), Decimal("30.3")
    place.save()
    for number, (lon, lat) in enumerate([("113.201", "30.3"), ("113.21", "30.3"), (None, None)]):
        file = album.kept(picture(number))
        StoredFile.objects.filter(pk=file.pk).update(lon=lon, lat=lat)
        album.document(file, f"照片{number}", site=place)
    album.look()
    [far] = asked("far")
    assert (far.facts["metres"], far.facts["place"], far.file.lon) == (960, "集贸市场", Decimal("113.21"))


def test_a_site_named_later_is_looked_at_too(album) -> None:
    place = site("S1", album.cast.units["market"])
    place.lon, place.lat = Decimal("113.2"), Decimal("30.3")
    place.save()
    file = album.kept(picture(0))
    StoredFile.objects.filter(pk=file.pk).update(lon=Decimal("112.2"), lat=Decimal("30.3"))
    document = album.document(file)
    album.look()
    assert asked("far") == []
    describe(document, Facts(document.title, "picture", site=place), by=album.cast.actor("wangjianguo"), at=album.at)
    album.look()
    assert len(asked("far")) == 1


def test_blurred_squeezed_small_and_written_over_are_asked_about(album) -> None:
    clear = scenes.opened(scenes.jpeg(scenes.shot(scenes.place(0), 1, size=(1000, 750)), 95))
    blurred = clear.filter(scenes.ImageFilter.GaussianBlur(6))
    squeezed = scenes.opened(scenes.jpeg(clear, 30))
    told = {
        "清楚": clear,
        "模糊": blurred,
        "压过": squeezed,
        "很小": clear.resize((500, 375)),
        "有字": _lettered(clear),
    }
    for title, made in told.items():
        album.document(scenes.jpeg(made, 95), title)
    album.bounds(_packs_bounds())
    album.look()
    found = {(one.file.name[:2], one.doubt) for one in Question.objects.exclude(doubt="reused")}
    assert found == {("模糊", "blurred"), ("压过", "squeezed"), ("很小", "squeezed"), ("有字", "marked")}
    by_quality = Question.objects.get(doubt="squeezed", facts__has_key="quality")
    assert abs(by_quality.facts["earlier"] - 30) <= 4


def _lettered(clear: scenes.Image.Image) -> scenes.Image.Image:
    made = clear.copy()
    pen = scenes.ImageDraw.Draw(made)
    font = scenes.ImageFont.load_default(34)
    pen.text((30, 600), "2021-10-14 09:30  Zhanggou Town market\nCivilised City Office", fill="white", font=font)
    return made


def test_the_names_of_programs_that_write_over_photos_are_data(album) -> None:
    assert "水印" in _packs_bounds().marks
    file = album.kept(picture(0), "水印相机_20211014.jpg")
    document = album.document(file)
    album.bounds(_packs_bounds())
    looking.look_again([file.pk])
    album.look()
    assert (document.files.get().file, asked("marked")[0].facts["word"]) == (file, "水印")


def _packs_bounds() -> PhotoRow:
    return read_archive(settings.PACKS / "township", Problems()).photo


# -- a person decides


def used_again(album: Album) -> tuple[Question, object]:
    """王建国's photo, in use for a standard, and 刘芳's altered copy."""
    first = album.document(one := picture(0), "春季市场")
    serves = [Serves("standard", "1:V-1-2", "集贸市场管理规范"), Serves("year", "2021")]
    put_to_use(first, serves, by=album.cast.actor("wangjianguo"), at=album.at)
    second = album.document(once_more(one), "先锋村市场", who="liufang", unit="V1")
    album.look()
    return Question.objects.get(doubt="reused"), second


def test_a_photo_used_before_wants_a_reason_and_says_where_it_was_used(album) -> None:
    _question, second = used_again(album)
    liufang = album.cast.actor("liufang")
    wanted = [Serves("standard", "1:V-1-2"), Serves("year", "2022")]
    with pytest.raises(PhotoUsedBefore) as refusal:
        put_to_use(second, wanted, by=liufang, at=album.at)
    for part in ("先锋村市场.jpg", "春季市场", "市监所", "2021-10-14", "王建国", "集贸市场管理规范", "理由"):
        assert part in str(refusal.value)
    assert not Use.objects.filter(document=second).exists()
    put_to_use(second, [Serves(one.kind, one.key, why="两村共用一个市场") for one in wanted], by=liufang, at=album.at)
    assert set(Use.objects.filter(document=second).values_list("why", flat=True)) == {"两村共用一个市场"}


def test_after_a_yes_no_reason_is_asked_for_again_and_after_a_no_it_is(album) -> None:
    question, second = used_again(album)
    liufang = album.cast.actor("liufang")
    answer(question, kept=False, why="拿错了照片", by=liufang, at=album.at)
    with pytest.raises(PhotoUsedBefore):
        put_to_use(second, [Serves("year", "2022")], by=liufang, at=album.at)
    Question.objects.update(kept=None, answered_at=None)
    answer(question, kept=True, why="同一市场，经办公室同意", by=album.cast.actor("chenjing"), at=album.at)
    assert len(put_to_use(second, [Serves("year", "2022")], by=liufang, at=album.at)) == 1
    assert list(Note.objects.filter(verb="答复照片疑点").values_list("name", flat=True)) == ["刘芳", "陈静"]


def test_a_photo_put_to_use_before_the_background_came_by_is_compared_at_once(album) -> None:
    album.document(one := picture(0))
    album.look()
    second = album.document(once_more(one), "急用", who="liufang", unit="V1")
    with pytest.raises(PhotoUsedBefore):
        put_to_use(second, [Serves("year", "2022")], by=album.cast.actor("liufang"), at=album.at)


def test_the_very_same_file_in_another_document_wants_a_reason_too(album) -> None:
    first = album.document(picture(0), "春季市场")
    put_to_use(first, [Serves("year", "2021")], by=album.cast.actor("wangjianguo"), at=album.at)
    second = album.document(first.files.get().file, "先锋村", who="liufang", unit="V1")
    with pytest.raises(PhotoUsedBefore, match="春季市场"):
        put_to_use(second, [Serves("year", "2022")], by=album.cast.actor("liufang"), at=album.at)


def test_one_document_serves_as_many_things_as_it_likes_without_a_reason(album) -> None:
    document = album.document(picture(0))
    album.look()
    for year in ("2021", "2022"):
        put_to_use(document, [Serves("year", year)], by=album.cast.actor("wangjianguo"), at=album.at)
    assert Use.objects.count() == 2


def test_an_answer_wants_a_reason_and_is_given_once(album) -> None:
    question, _second = used_again(album)
    liufang = album.cast.actor("liufang")
    with pytest.raises(AnswerWanted):
        answer(question, kept=True, why=" ", by=liufang, at=album.at)
    answer(question, kept=True, why="同一地点", by=liufang, at=album.at)
    with pytest.raises(AnsweredAlready, match=r"刘芳.*同一地点"):
        answer(question, kept=False, why="不用了", by=album.cast.actor("chenjing"), at=album.at)


def test_many_are_answered_in_the_same_words_and_the_rest_are_told(album) -> None:
    question, _second = used_again(album)
    answer(question, kept=True, why="同一地点", by=album.cast.actor("liufang"), at=album.at)
    rows = list(Question.objects.all())
    done, refused = answer_many(rows, kept=True, why="已核对", by=album.cast.actor("chenjing"), at=album.at)
    assert (done, list(refused)) == (len(rows) - 1, ["先锋村市场.jpg"])


def test_who_may_answer(album) -> None:
    question, _second = used_again(album)
    for who, wrong in {"wangjianguo": NotFound, "sunyue": NotAllowed, "zhouzheng": NotAllowed}.items():
        with pytest.raises(wrong):
            answer(question, kept=True, why="好", by=album.cast.actor(who), at=album.at)
    other = album.document(question.other, "借用", who="limin", unit="V2").files.get().file
    stranger = Question.objects.create(file=other, doubt="blurred", asked_at=album.at)
    with pytest.raises((OutOfReach, NotFound)):
        answer(stranger, kept=True, why="好", by=album.cast.actor("liufang"), at=album.at)


def test_the_list_of_questions_and_the_single_one_agree_for_everybody(album) -> None:
    used_again(album)
    album.document(scenes.jpeg(scenes.opened(picture(4)).resize((200, 150))), "小", who="limin", unit="office")
    loose = album.kept(picture(5))
    Question.objects.create(file=loose, doubt="blurred", asked_at=album.at)
    album.look()
    rows = list(Question.objects.all())
    assert len(rows) >= 3
    for username, *_ in CAST:
        actor = album.cast.actor(username)
        seen = set(questions_visible_to(actor).values_list("pk", flat=True))
        assert seen == {one.pk for one in rows if why_not_see_question(one, actor) is None}, username


def test_the_earlier_use_says_who_when_and_for_which_standard(album) -> None:
    question, _second = used_again(album)
    [line] = earlier_uses([question.other_id])[question.other_id]
    assert (line.title, line.unit, line.by, f"{line.at:%F}") == ("春季市场", "市监所", "王建国", "2021-10-14")
    assert line.serves == ("集贸市场管理规范", "2021")


def test_the_panel_of_a_document_shows_the_same_photo_and_the_same_view(album) -> None:
    first = album.document(one := picture(3))
    same = album.document(once_more(one, "recompressed"), "同一张")
    album.document(picture(3, 2, scenes.Hand(x=0.004)), "另一天")
    album.look()
    found = similar_for(first, album.cast.actor("limin"))
    assert (same.files.get().file, True) in [(one.file, one.is_same) for one in found]
    assert similar_for(first, album.cast.actor("liufang")) == []


def test_a_withdrawn_document_is_no_longer_asked_about(album) -> None:
    album.document(one := picture(0))
    second = album.document(once_more(one))
    withdraw(second, "传错", by=album.cast.actor("wangjianguo"), at=album.at)
    album.look()
    assert asked() == []


def test_a_new_version_of_a_photo_is_looked_at(album) -> None:
    album.document(one := picture(0))
    second = album.document(picture(1), "别处")
    album.look()
    add_file(second, album.kept(once_more(one)), by=album.cast.actor("wangjianguo"), at=album.at, place=1)
    album.look()
    assert len(asked()) == 1


def test_a_minute_between_two_photos_is_enough_to_tell_the_later(album) -> None:
    at = album.at + timedelta(days=1)
    new, old = album.kept(one := picture(0), at=at), album.kept(once_more(one), at=at - timedelta(hours=5))
    for file in (new, old):
        album.document(file)
    album.look()
    assert [one.file for one in asked()] == [new]
