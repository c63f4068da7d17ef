"""What every figure means: one page with all definitions."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chuangwen.kernel.figures import GROUPS, declared
from chuangwen.kernel.words import say
from chuangwen.kit.doors import signed_in
from chuangwen.records.township.requests import TownRequest


@require_safe
@signed_in
def figures(request: TownRequest) -> HttpResponse:
    """Every figure by its name: how it is counted, what opens behind it, its id in tables, answers and papers."""
    groups = [(say(GROUPS[key]), list(kinds)) for key, kinds in groupby(declared(), lambda one: one.group)]
    return render(request, "figures/figures.html", {"groups": groups})
