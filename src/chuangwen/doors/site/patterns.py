"""The patterns page: every part of the look with invented sample data. Served at /patterns in DEBUG only."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from chuangwen.doors.site.frame import Choice, Entry, Frame, Group
from chuangwen.kernel.problems import Problem
from chuangwen.kit.charts import Chart, Series
from chuangwen.kit.pages import ListPage, near_numbers

SAMPLES = Path(__file__).parent / "patterns.json"


class PatternForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("名称"), max_length=40)
    kind = forms.ChoiceField(label=_("类型"), choices=[("a", _("整治")), ("b", _("提升"))])
    due = forms.DateField(
        label=_("期限"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text=_("按工作日算")
    )
    note = forms.CharField(label=_("说明"), widget=forms.Textarea, required=False)
    tell = forms.BooleanField(label=_("通知牵头单位"), required=False)


class PatternFilters(forms.Form):
    """Two filters of a list."""

    kind = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部")), ("a", _("整治"))])
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), ("open", _("未销号"))])


def frame_of(samples: dict[str, Any]) -> Frame:
    """The frame from the sample file."""
    groups = [Group(group["label"], [Entry(**one) for one in group["entries"]]) for group in samples["groups"]]
    return Frame(**samples["frame"], groups=groups, choices=[Choice(**one) for one in samples["choices"]])


def chart_of(samples: dict[str, Any]) -> Chart:
    """A chart from the sample file."""
    plain = {key: value for key, value in samples.items() if key != "series"}
    return Chart(**plain, series=[Series(**one) for one in samples["series"]])


def samples_for_page() -> dict[str, Any]:
    """The whole context of the patterns page."""
    samples: dict[str, Any] = json.loads(SAMPLES.read_text(encoding="utf-8"))
    for one in samples["entries"]:
        one["at"] = datetime.fromisoformat(one["at"])
    rows = samples["cases"]
    page: ListPage[Any] = ListPage(
        rows=rows,
        total=512,
        number=4,
        pages=11,
        near=near_numbers(4, 11),
        sort="-due",
        search="",
        form=PatternFilters(),
    )
    return samples | {
        "frame": frame_of(samples),
        "page": page,
        "trend": chart_of(samples["trend"]),
        "compare": chart_of(samples["compare"]),
        "problems": [Problem(**one) for one in samples["problems"]],
        "pattern_form": PatternForm({"kind": "a"}),
    }


def patterns(request: HttpRequest) -> HttpResponse:
    """Every part of the look, for those who build pages."""
    return render(request, "site/patterns.html", samples_for_page())
