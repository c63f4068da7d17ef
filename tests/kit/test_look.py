"""The look: what the tags say of a score, a day and a list."""

import itertools
import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from django import forms
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, QueryDict
from django.template import engines
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from chuangwen.kernel.bands import Score, draw_band, draw_gauge, draw_whisker, score_of, words_of
from chuangwen.kit import clock
from chuangwen.kit.charts import Chart, Series
from chuangwen.kit.pages import Column, Listing, near_numbers
from chuangwen.kit.templatetags import look

TOTAL = {"low": 78.2, "expected": 83.6, "high": 87.6, "measured": 0.906, "interval": [81.9, 85.2], "pass_line": 85}


def shown(text: str, query: str = "", **context: object) -> str:
    request: HttpRequest = RequestFactory().get(f"/list?{query}")
    return engines["django"].from_string("{% load look %}" + text).render(context, request)


def lengths(svg: str) -> list[float]:
    return [float(found) for found in re.findall(r'"(-?[\d.]+)%"', svg)]


def test_the_band_shows_sure_unknown_expected_interval_and_the_line_to_reach() -> None:
    svg = shown("{% band total size='l' %}", total=TOTAL)
    assert 'class="band-sure" y="7" height="14" width="78.2%"' in svg
    assert 'x="78.2%" width="9.4%" fill="url(#hatch)"' in svg
    assert '<svg x="83.6%"' in svg
    assert 'class="band-pass" x1="85.0%"' in svg
    assert svg.count("band-span") == 3


def test_the_band_says_itself_in_words() -> None:
    told = words_of(score_of(TOTAL))
    assert told == ("预计 83.6，最低 78.2，最高 87.6，满分 100；已测 90.6%；90% 的把握在 81.9 至 85.2；达标线 85")


def test_what_nobody_measured_is_all_hatched_and_never_zero() -> None:
    svg = shown(
        "{% band score %}|{% told score %}", score={"low": 0, "expected": 0, "high": 3, "points": 3, "measured": 0}
    )
    assert 'x="0.0%" width="100.0%" fill="url(#hatch)"' in svg
    assert "band-sure" not in svg
    assert "band-mid" not in svg
    assert svg.endswith("|未测")


def test_nothing_at_all_is_unknown_too() -> None:
    assert score_of(None).is_unknown
    assert score_of(SimpleNamespace(points=2)).out_of == 2


def test_a_standard_is_drawn_against_its_own_points() -> None:
    svg = shown("{% band s %}", s=SimpleNamespace(low=1.5, expected=2, high=3, measured=0.5, points=3))
    assert lengths(svg)[:4] == [100, 50, 50, 50]


def test_an_exact_score_needs_no_tick() -> None:
    assert "band-mid" not in draw_band(Score(low=9, expected=9, high=9, out_of=12))


def test_a_caption_cannot_bring_markup_into_the_page() -> None:
    assert "tone-bad" not in draw_band(Score(1, 2, 3), tone='"><script>')
    assert "<script>" not in draw_band(Score(1, 2, 3), tone='"><script>')


@given(
    st.tuples(st.floats(0, 200), st.floats(0, 200), st.floats(0, 200)).map(sorted),
    st.floats(0, 150),
    st.floats(0, 1),
)
def test_every_drawing_is_well_formed_and_stays_inside(ends: list[float], full: float, measured: float) -> None:
    score = Score(*ends, out_of=full, measured=measured, interval=(ends[0], ends[2]), pass_line=full * 0.8)
    for svg in (draw_band(score), draw_band(score, size="l"), draw_gauge(score), draw_whisker(score, least=20)):
        assert ET.fromstring(svg).tag == "svg"
        assert all(0 <= length <= 100 for length in lengths(svg))


@pytest.mark.parametrize(("value", "said"), [(1.6, "1.60"), (0, "0"), (None, "未测"), (1.375, "1.38"), (83.6, "83.60")])
def test_points_are_told_as_people_write_them(value: float | None, said: str) -> None:
    assert look.points(value) == said


@pytest.mark.parametrize(("value", "said"), [(0.094, "9.4%"), (1, "100%"), (0, "0%"), (None, "未测")])
def test_a_share_is_told_in_per_cent(value: float | None, said: str) -> None:
    assert look.share(value) == said


def test_a_day_is_told_in_the_words_of_the_office() -> None:
    with clock.live_on(date(2021, 10, 14)):
        assert look.day(date(2021, 10, 14)) == "10 月 14 日"
        assert look.day(date(2022, 6, 30)) == "2022 年 6 月 30 日", "a day of another year looked late without its year"
    assert look.day(date(2021, 10, 14), "year") == "2021 年 10 月 14 日"
    with clock.live_on(date(2021, 10, 14)):
        assert look.moment(datetime(2021, 10, 14, 9, 30, tzinfo=UTC)) == "10 月 14 日 17:30"
    assert look.day(None) == "—"


@pytest.mark.parametrize(
    ("hours", "said"),
    [(6, "剩 6 小时"), (-30, "逾期 30 小时"), (96, "剩 4 天"), (-72, "逾期 3 天"), (0.5, "剩 30 分钟")],
)
def test_a_deadline_says_how_long_is_left(hours: float, said: str) -> None:
    now = datetime(2021, 10, 14, 9, tzinfo=UTC)
    assert look.until(now + timedelta(hours=hours), now) == said


def test_the_past_is_told_from_the_clock_that_is_handed_in() -> None:
    now = datetime(2021, 10, 14, 9, tzinfo=UTC)
    assert look.since(now - timedelta(hours=3), now) == "3 小时前"
    assert look.since(now, now) == "刚刚"


def test_a_link_keeps_the_query_and_changes_one_value() -> None:
    assert shown("{% query_with page=2 %}", "q=村&page=1") == "?q=%E6%9D%91&amp;page=2"
    assert shown("{% query_with page=None %}", "q=a&page=3") == "?q=a"


def test_a_second_click_turns_the_order_round() -> None:
    first = shown("{% sort_link 'due' '期限' %}", "page=4")
    second = shown("{% sort_link 'due' '期限' %}", "sort=due")
    assert 'href="?sort=due"' in first
    assert "aria-sort" not in first
    assert 'href="?sort=-due"' in second
    assert 'aria-sort="ascending"' in second


def test_every_icon_that_templates_name_is_drawn() -> None:
    sheet = (look.Path(look.settings.STATICFILES_DIRS[0]) / "icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'symbol id="([\w-]+)"', sheet))
    folder = look.Path(look.settings.STATICFILES_DIRS[0]).parent
    asked = {
        name
        for page in folder.rglob("*.html")
        for name in re.findall(r'{% icon "(\w+)"', page.read_text(encoding="utf-8"))
    }
    assert asked
    assert asked <= drawn


def test_no_template_holds_an_inline_style_or_script() -> None:
    """Sizes that a pack says (the stamp's millimetres) pass as custom properties; what they mean stands in the sheet."""
    folder = look.Path(look.settings.STATICFILES_DIRS[0]).parent
    pages = {page: page.read_text(encoding="utf-8") for page in folder.rglob("templates/**/*.html")}
    assert pages
    assert [
        page
        for page, text in pages.items()
        if re.search(r'\sstyle=(?!"--[a-z-]+: {{)|\son\w+=|<style|<script(?! type=)', re.sub(r"{%.*?%}", "", text))
    ] == []


def test_a_chart_stands_with_its_table() -> None:
    chart = Chart("走势", ["7 月", "8 月"], [Series("预计", [77.1, None])], unit="分")
    page = shown("{% chart c 'trend' %}", c=chart)
    assert 'data-chart="chart-trend"' in page
    assert '<script id="chart-trend" type="application/json">' in page
    assert '<td class="right">77.1</td>' in page
    assert '<td class="right">—</td>' in page


def test_the_assets_are_read_from_the_manifest(tmp_path: look.Path, settings: SimpleNamespace) -> None:
    (tmp_path / "built").mkdir()
    manifest = '{"src/main.ts": {"file": "assets/main-1.js", "css": ["assets/main-2.css"]}}'
    (tmp_path / "built" / "manifest.json").write_text(manifest, encoding="utf-8")
    settings.STATICFILES_DIRS = [tmp_path]
    settings.DEBUG = True
    assert '<link rel="stylesheet" href="/static/built/assets/main-2.css">' in look.asset("main")
    assert '<script type="module" src="/static/built/assets/main-1.js">' in look.asset("main")
    assert look.asset("no-such-entry") == ""


@given(st.integers(1, 400), st.integers(1, 400))
def test_page_numbers_hold_first_last_and_present_without_jumping_silently(a: int, b: int) -> None:
    number, pages = min(a, b), max(a, b)
    told = near_numbers(number, pages)
    numbers = [one for one in told if one is not None]
    assert {1, number, pages} <= set(numbers)
    assert numbers == sorted(set(numbers))
    for before, after in itertools.pairwise(told):
        assert before is None or after is None or after == before + 1


class KindFilter(forms.Form):
    app_label = forms.ChoiceField(required=False, choices=[("", "全部"), ("auth", "auth")])


def narrow(rows, values):  # type: ignore[no-untyped-def]
    return rows.filter(app_label=values["app_label"]) if values.get("app_label") else rows


LISTING: Listing[ContentType] = Listing(
    columns=[
        Column("model", "名称", lambda row: row.model, sort="model"),
        Column("app", "所属", lambda row: row.app_label),
    ],
    sort="model",
    search=["model", "app_label"],
    filters=KindFilter,
    narrow=narrow,
)


@pytest.fixture
def many_kinds(db: None) -> None:
    ContentType.objects.all().delete()
    ContentType.objects.bulk_create(ContentType(app_label="zhen", model=f"cun{n:03}") for n in range(120))


def test_a_list_shows_fifty_rows_and_their_number_in_one_query(many_kinds: None, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1):
        page = LISTING.page(ContentType.objects.all(), QueryDict("page=2&sort=-model"))
    assert (len(page.rows), page.total, page.first, page.last, page.pages) == (50, 120, 51, 100, 3)
    assert page.rows[0].model == "cun069"


def test_a_list_narrows_by_every_word_and_by_its_filters(many_kinds: None) -> None:
    assert [row.model for row in LISTING.page(ContentType.objects.all(), QueryDict("q=zhen 007")).rows] == ["cun007"]
    empty = LISTING.page(ContentType.objects.all(), QueryDict("app_label=auth"))
    assert (empty.total, empty.first, empty.is_narrowed) == (0, 0, True)


def test_a_made_up_sort_key_page_or_filter_never_fails(many_kinds: None) -> None:
    page = LISTING.page(ContentType.objects.all(), QueryDict("sort=app_label__x&page=zzz&app_label=nope"))
    assert (page.sort, page.number, page.total) == ("model", 1, 120)


@pytest.mark.parametrize(
    ("asked", "number", "rows"),
    [("4", 3, 20), ("0", 1, 50), ("-1", 1, 50), ("３", 3, 20), ("9" * 30, 3, 20), ("9" * 5000, 3, 20)],
)
def test_a_page_that_is_not_there_gives_the_nearest(many_kinds: None, asked: str, number: int, rows: int) -> None:
    page = LISTING.page(ContentType.objects.all(), QueryDict(f"page={asked}"))
    assert (page.number, len(page.rows), page.total, page.pages) == (number, rows, 120, 3)


def test_a_list_may_be_shown_whole_to_be_printed_unless_it_is_endless(
    many_kinds: None, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    """The duty table printed 50 of its 122 rows."""
    assert LISTING.page(ContentType.objects.all(), QueryDict()).fits_one
    with django_assert_num_queries(1):
        page = LISTING.page(ContentType.objects.all(), QueryDict("page=all"))
    assert (len(page.rows), page.total, page.first, page.last, page.pages, page.fits_one) == (
        120,
        120,
        1,
        120,
        1,
        False,
    )
    ContentType.objects.bulk_create(ContentType(app_label="more", model=f"m{n:04}") for n in range(900))
    page = LISTING.page(ContentType.objects.all(), QueryDict("page=all"))
    assert (len(page.rows), page.number, page.fits_one) == (50, 1, False)


def test_a_list_of_nothing_has_one_empty_page(many_kinds: None) -> None:
    for rows in (ContentType.objects.none(), ContentType.objects.filter(model="x")):
        page = LISTING.page(rows, QueryDict("page=7"))
        assert (list(page.rows), page.total, page.number, page.pages) == ([], 0, 1, 1)


def test_a_list_must_begin_with_a_column_that_can_be_sorted() -> None:
    with pytest.raises(ValueError, match="sortable"):
        Listing(columns=[Column("app", "所属", str)], sort="app")


def test_the_export_holds_all_rows_of_the_search_and_not_only_the_page(many_kinds: None) -> None:
    seen: list[list[object]] = []

    def write(title, heads, rows):  # type: ignore[no-untyped-def]
        seen.extend([[title, *heads], *map(list, rows)])
        return b"xlsx"

    answer = LISTING.export(ContentType.objects.all(), QueryDict("q=cun0"), title="村", write=write)
    assert seen[0] == ["村", "名称", "所属"]
    assert len(seen) == 101
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content == b"xlsx"
