"""Template tags and filters of the look. Every use is shown in docs/reference/look.md and on the patterns page."""

import json
import logging
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from chuangwen.kernel import bands, numerals
from chuangwen.kernel.dates import day_told, days_told, month_name, month_told, span_told, term_told, weekday_told
from chuangwen.kernel.figures import PARTS, TOWN, Figure, day_text, kind_of
from chuangwen.kernel.words import listed, retold, say
from chuangwen.kit import clock
from chuangwen.kit.charts import Chart

register = template.Library()
log = logging.getLogger(__name__)
BUILT = Path("built")
Amount = numerals.Amount | None
register.filter("month", month_told)
register.filter("month_name", month_name)
register.filter("term", term_told)
register.filter("weekday", weekday_told)
register.filter("list_of", listed)
register.filter("said", retold)


@register.simple_tag
def band(score: object, size: str = "s", tone: str = "", out_of: object = None, pass_line: object = None) -> SafeString:
    """``{% band node %}``: the score band of an object or dict with low, expected, high, measured, interval …"""
    drawn = bands.draw_band(bands.score_of(score, out_of=out_of, pass_line=pass_line), size=size, tone=tone)
    return mark_safe(drawn)  # noqa: S308 - numbers, and texts that are escaped


@register.simple_tag
def gauge(score: object, out_of: object = None, pass_line: object = None) -> SafeString:
    """``{% gauge total %}``: the same facts as a half circle."""
    drawn = bands.draw_gauge(bands.score_of(score, out_of=out_of, pass_line=pass_line))
    return mark_safe(drawn)  # noqa: S308 - numbers, and texts that are escaped


@register.simple_tag
def whisker(score: object, least: float = 0.0, most: float | None = None) -> SafeString:
    """``{% whisker village least=55 most=100 %}``: a dot with its interval, for rows that are compared."""
    drawn = bands.draw_whisker(bands.score_of(score), least=least, most=most)
    return mark_safe(drawn)  # noqa: S308 - numbers, and texts that are escaped


@register.simple_tag
def told(score: object, digits: int | str = "", part: str = "expected") -> str:
    """``{% told node %}``: a score as a figure (one digit unless told otherwise), or “未测”.

    ``part`` is expected, low or high. Where too little is measured, the expected score is the span from low to high.
    """
    read = bands.score_of(score)
    if part == "expected" and not read.is_unknown and not read.enough:
        return bands.span_or_figure(read, 1 if digits == "" else int(digits))
    value: float = getattr(read, part)
    return points(None if read.is_unknown else value, 1 if digits == "" else int(digits))


@register.filter
def plain(value: Amount) -> str:
    """A figure without idle digits: 3.0 is 3, 0.50 is 0.5; nothing is a dash."""
    return "—" if value is None else numerals.plain(value)


@register.filter
def reading(score: object, out_of: object = None) -> bands.Score:
    """``{% with s=total|reading %}``: the score with its named parts (is_unknown, attainment …)."""
    return bands.score_of(score, out_of=out_of)


@register.filter
def points(value: Amount, digits: int = 2) -> str:
    """Points as people write them: 1.60, 0, and “未测” for nothing known. ``|points:1`` keeps one digit."""
    if value is None:
        return say("未测")
    return "0" if value == 0 else numerals.fixed(value, digits)


@register.filter
def share(value: Amount, digits: int = 1) -> str:
    """A share of 1 as per cent: 0.094 is 9.4%, 1 and nothing less is 100%, None is “未测”."""
    return say("未测") if value is None else numerals.percent(value, digits)


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


@register.simple_tag(name="figure")
def figure_tag(
    what: Figure | str,
    value: Amount = None,
    *,
    scope: str = TOWN,
    day: date | str = "",
    base: int | None = None,
    digits: int | None = None,
    **shape: str,
) -> SafeString:
    """``{% figure one %}`` or ``{% figure "cases.overdue" 27 scope="town" day=today href=link %}``: a number with its name.

    ``href`` leads to exactly the rows that it counts (of a rate: those on top, ``base`` those below), ``about="yes"`` puts
    a link to its definition beside it. ``day`` is a date or, of several days, their text.
    """
    made = (
        Figure(kind_of(what), value, scope, day_text(_local(day).date() if isinstance(day, datetime) else day), base)
        if isinstance(what, str)
        else what
    )
    return _drawn(made, digits, **shape)


@register.filter("figure")
def figure_filter(one: Figure, digits: int | None = None) -> SafeString:
    """``{{ standing.late|figure }}``: a prepared figure, also inside ``{% blocktranslate with n=standing.late|figure %}``."""
    return _drawn(one, digits)


def _drawn(
    one: Figure, digits: int | None, *, href: str = "", base_href: str = "", about: str = "", css: str = ""
) -> SafeString:
    facts = format_html_join(" ", 'data-{}="{}"', zip(PARTS, (one.kind.id, one.scope, one.day, one.raw), strict=True))
    told = format_html("{}", one.told(digits))
    if one.counts:
        counts = (_opening(plain(one.value), href), _opening(str(one.base), base_href))
        told = format_html('{} <span class="faint">{}/{}</span>', told, *counts)
    elif href and one.value is not None:
        told = _opening(told, href, one.raw)
    shown = format_html('<span class="{}" title="{}" {}>{}</span>', f"figure {css}".strip(), one.words, facts, told)
    if not about:
        return shown
    words, link = say("口径：{title}", title=say(one.kind.title)), f"{reverse('figures')}#{one.kind.id}"
    return format_html('{}<a class="figure-about" href="{}" aria-label="{}">?</a>', shown, link, words)


def _opening(told: str, href: str, rows: str = "") -> SafeString:
    """A count that opens its rows: ``data-opens`` is how many they must be."""
    return (
        format_html('<a href="{}" data-opens="{}">{}</a>', href, rows or told, told)
        if href
        else format_html("{}", told)
    )


@register.filter
def day(value: date | datetime | None, year: str = "") -> str:
    """``|day`` is 10 月 14 日, of another year or with ``|day:"year"`` 2021 年 10 月 14 日; an open date is a dash."""
    if value is None:
        return "—"
    when = _local(value) if isinstance(value, datetime) else value
    return day_told(when, with_year=bool(year) or when.year != clock.today().year)


@register.filter
def moment(value: datetime | None, year: str = "") -> str:
    """A day with its clock: 10 月 14 日 17:30."""
    return "—" if value is None else f"{day(value, year)} {_local(value):%H:%M}"


@register.filter
def days(value: Amount) -> str:
    """``{{ one.days|days }}``: a length in days, 1.5 天."""
    return "—" if value is None else days_told(float(value))


@register.filter
def since(value: datetime | None, at: datetime | None) -> str:
    """``{{ note.at|since:now }}``: how long ago, told by the clock that the view hands in."""
    if value is None or at is None:
        return "—"
    return say("刚刚") if at - value < timedelta(minutes=1) else say("{span}前", span=span_told(at - value))


@register.filter
def until(value: datetime | None, at: datetime | None) -> str:
    """``{{ case.due|until:now }}``: 剩 6 小时, or 逾期 1 天."""
    if value is None or at is None:
        return "—"
    if value >= at:
        return say("剩 {span}", span=span_told(value - at))
    return say("逾期 {span}", span=span_told(at - value))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """``{% icon "home" %}``: one drawing of static/icons.svg. With a label it speaks, without one it is ornament."""
    address = f"{static('icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img"><title>{}</title><use href="{}"/></svg>', label, address)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


def _query(context: Context) -> QueryDict:
    request: HttpRequest | None = context.get("request")
    return request.GET.copy() if request else QueryDict(mutable=True)


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: object) -> str:
    """``{% query_with page=2 %}``: this page's query with some values changed; None or "" takes a value out."""
    query = _query(context)
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return "?" + query.urlencode()


@register.inclusion_tag("parts/_sort_head.html", takes_context=True)
def sort_link(context: Context, key: str, label: str, css: str = "") -> dict[str, Any]:
    """``{% sort_link "points" label %}``: a table head that sorts; a second click turns the order round."""
    now = _query(context).get("sort") or str(getattr(context.get("page"), "sort", ""))
    order = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    turned = f"-{key}" if order == "ascending" else key
    return {"label": label, "css": css, "order": order, "link": query_with(context, sort=turned, page=None)}


def _read_manifest() -> dict[str, dict[str, Any]]:
    for folder in settings.STATICFILES_DIRS:
        path = Path(folder) / BUILT / "manifest.json"
        if path.exists():
            found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
            return found
    log.error("The front end is not built: run make web-built.")
    return {}


_kept_manifest = lru_cache(maxsize=1)(_read_manifest)


@register.simple_tag
def asset(name: str) -> SafeString:
    """``{% asset "main" %}``: the built style sheet and script of an entry, by the manifest that Vite wrote."""
    manifest = _read_manifest() if settings.DEBUG else _kept_manifest()
    entry = manifest.get(f"src/{name}.ts")
    if entry is None:
        return SafeString("")
    sheets = format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((static(f"{BUILT}/{one}"),) for one in entry.get("css", []))
    )
    script = format_html('<script type="module" src="{}"></script>', static(f"{BUILT}/{entry['file']}"))
    return format_html("{}\n{}", sheets, script)


@register.inclusion_tag("parts/_chart.html")
def chart(what: Chart, name: str, size: str = "") -> dict[str, Any]:
    """``{% chart trend "trend" %}``: a drawn chart with the table behind it; ``name`` is unique on the page."""
    return {"chart": what, "spec": what.as_dict(), "name": f"chart-{name}", "size": size}


@register.filter
def get(table: dict[Any, Any], key: object) -> object:
    """``{{ titles|get:case.category }}``: what a table holds under a key; the key itself when it holds nothing."""
    return table.get(key, key)


@register.filter
def iso_moment(text: str) -> str:
    """``{{ clock.due|iso_moment }}``: an ISO text as people read a time."""
    return text[:16].replace("T", " ")
