"""Answers and figures: what is known and what is not, and the grids that a clerk fills in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.evaluation_pages.answer_grid import (
    figure_lines,
    read_answers,
    read_figures,
    survey_lines,
    told,
)
from chuangwen.doors.evaluation_pages.measure_views import round_or_refuse
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import listed, say
from chuangwen.kit.doors import needs
from chuangwen.records.measures import queries
from chuangwen.records.measures.answer_actions import set_figures, tally_many
from chuangwen.records.measures.models import FigureValue, Round, Tally
from chuangwen.records.standards.models import Figure, Question
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.policy import why_not_everywhere
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.scoring.gathering import figure_from_cases, pack_of
from chuangwen.results.scoring.queries import score_round
from chuangwen.results.scoring.trying import worth_of_things

Pairs = list[tuple[Question, Organisation | None, str]]


@require_safe
@needs(Permission.SEE_ROWS)
def answers(request: TownRequest) -> HttpResponse:
    """Every question and figure of the round with its counts and what it is worth; what nobody has answered first."""
    round_ = round_or_refuse(request)
    result = score_round(round_, request.at.date())
    villages = queries.villages_asked(round_)
    questions = _questions(round_, worth_of_things(result, "survey"))
    figures = _figures(request, round_, worth_of_things(result, "figure"))
    context = {
        "round": round_,
        "questions": questions,
        "figures": figures,
        "villages": villages,
        "open_questions": sum(not one["valid"] for one in questions),
        "open_figures": sum(not one["counts"] for one in figures),
        "open_points": sum(
            one["worth"] for one in [*questions, *figures] if not (one.get("valid") or one.get("counts"))
        ),
        "events": queries.events_visible_to(request.actor).filter(edition__in=queries.editions_of(round_)).count(),
        "may_survey": request.actor.may(Permission.RECORD_SURVEY) and not round_.closed_at,
        "may_figures": request.actor.may(Permission.RECORD_FIGURES) and not round_.closed_at,
    }
    return render(request, "measures/answers.html", context)


def _questions(round_: Round, worth: dict[tuple[int, str], float]) -> list[dict[str, Any]]:
    """Questions with their answers pooled over the villages; unanswered ones first, dear ones before cheap ones."""
    by_question: dict[int, list[Tally]] = {}
    for (question, _village), tally in queries.tallies_of(round_).items():
        by_question.setdefault(question, []).append(tally)
    rows = []
    for one in queries.questions_of(round_):
        found = by_question.get(one.pk, [])
        positive, valid = sum(tally.positive for tally in found), sum(tally.valid for tally in found)
        row = {"question": one, "positive": positive, "valid": valid, "rate": positive / valid if valid else None}
        whole = any(tally.organisation_id is None for tally in found)
        rows.append({**row, "places": len(found), "whole": whole, "worth": worth.get((one.edition_id, one.code), 0.0)})
    return sorted(rows, key=lambda row: (bool(row["valid"]), -row["worth"], row["question"].position))


def _figures(request: TownRequest, round_: Round, worth: dict[tuple[int, str], float]) -> list[dict[str, Any]]:
    """Figures with their counts, or those that the town's own cases give; unknown ones first."""
    stands, given = queries.figure_values_of(round_), _given(request, round_)
    rows = []
    for one in queries.figures_of(round_):
        value = stands.get(one.pk)
        counts = (value.numerator, value.denominator) if value else given.get((one.edition_id, one.code))
        row = {"figure": one, "value": value, "counts": counts, "given": value is None and counts is not None}
        rate = counts[0] / counts[1] if counts else None
        rows.append({**row, "rate": rate, "worth": worth.get((one.edition_id, one.code), 0.0)})
    return sorted(rows, key=lambda row: (row["counts"] is not None, -row["worth"], row["figure"].position))


def _given(request: TownRequest, round_: Round) -> dict[tuple[int, str], Any]:
    """The figures that the town's own cases give, by edition and code."""
    found = {}
    for edition in filter(None, (round_.edition, round_.companion)):
        for row in pack_of(edition).figures:
            if given := figure_from_cases(row, round_, request.at.date()):
                found[edition.pk, row.code] = given
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ROWS, Permission.RECORD_SURVEY)
def question(request: TownRequest, question_id: int) -> HttpResponse:
    """One question over all villages that this person may put in, or for the whole town."""
    round_ = round_or_refuse(request)
    asked = get_object_or_404(queries.questions_of(round_).select_related("edition"), pk=question_id)
    pairs: Pairs = [(asked, village, village.name) for village in _reachable(request, round_)]
    stands = queries.tallies_of(round_)
    by_town = (asked.pk, None) in stands
    if why_not_everywhere(request.actor, Permission.RECORD_SURVEY) is None:
        pairs.append((asked, None, say("全镇合计（没有分村数时填这里）")))
    facts = next(row for row in pack_of(asked.edition).questions if row.code == asked.code)
    near = [one.pk for one in queries.questions_of(round_)]
    place = near.index(asked.pk)
    context = {
        "heading": f"{asked.code} {asked.text}",
        "facts": {"positive": listed(facts.positive.split("|")), "persons": facts.persons},
        "next": near[place + 1] if place + 1 < len(near) else None,
        "before": near[place - 1] if place else None,
        "by_town": by_town,
    }
    return _survey_grid(request, round_, pairs, stands, context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ROWS, Permission.RECORD_SURVEY)
def village(request: TownRequest, unit_id: int) -> HttpResponse:
    """One village over all questions."""
    round_ = round_or_refuse(request)
    reachable = {one.pk: one for one in _reachable(request, round_)}
    place = reachable.get(unit_id) or get_object_or_404(Organisation, pk__in=reachable, pk=unit_id)
    pairs: Pairs = [(one, place, f"{one.code} {one.text}") for one in queries.questions_of(round_)]
    context = {"heading": say("{village}的问卷", village=place.name)}
    return _survey_grid(request, round_, pairs, queries.tallies_of(round_), context)


def _reachable(request: TownRequest, round_: Round) -> list[Organisation]:
    """The villages whose answers this person may put in."""
    reach = request.actor.reach(Permission.RECORD_SURVEY)
    return [one for one in queries.villages_asked(round_) if reach.covers(one)]


def _survey_grid(
    request: TownRequest,
    round_: Round,
    pairs: Pairs,
    stands: dict[tuple[int, int | None], Tally],
    context: dict[str, Any],
) -> HttpResponse:
    """Show the grid; take it in when it was sent and every line of it is right."""
    lines = survey_lines(pairs, stands)
    refused: Refusal | None = None
    if request.method == "POST":
        said = read_answers(lines, request.POST)
        if not any(line.wrong for line, _, _ in lines):
            try:
                done = tally_many(round_, said, by=request.actor, at=request.at)
            except Refusal as no:
                refused = no
            else:
                messages.success(request, told(done))
                return redirect(request.path)
    shown = [line for line, _, _ in lines]
    wrong = [line for line in shown if line.wrong]
    context |= {"round": round_, "lines": shown, "wrong": wrong, "refused": refused, "first": _first_empty(shown)}
    return render(request, "measures/answer_grid.html", context, status=422 if wrong or refused else 200)


def _first_empty(lines: list[Any]) -> str:
    """Where the cursor begins: the first line that is wrong, else the first that is empty."""
    found = next((one for one in lines if one.wrong), None) or next((one for one in lines if one.is_empty), None)
    return found.key if found else ""


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ROWS, Permission.RECORD_FIGURES)
def figures(request: TownRequest) -> HttpResponse:
    """All figures with both counts, their definition, their source, and what an earlier year had."""
    round_ = round_or_refuse(request)
    lines = figure_lines(queries.figures_of(round_), queries.figure_values_of(round_))
    refused: Refusal | None = None
    if request.method == "POST":
        said = read_figures(round_, lines, request.POST)
        if not any(line.wrong for line, _ in lines):
            try:
                done = set_figures(round_, said, by=request.actor, at=request.at)
            except Refusal as no:
                refused = no
            else:
                messages.success(request, told(done))
                return redirect("figures_entry")
    _fill_in(request, round_, lines)
    shown = [line for line, _ in lines]
    wrong = [line for line in shown if line.wrong]
    context = {"round": round_, "lines": shown, "wrong": wrong, "refused": refused, "first": _first_empty(shown)}
    return render(request, "measures/figure_grid.html", context, status=422 if wrong or refused else 200)


def _fill_in(request: TownRequest, round_: Round, lines: list[tuple[Any, Figure]]) -> None:
    """What stands beside each figure: its definition, its usual source, an earlier year's value, the cases' own."""
    packs = {edition.pk: pack_of(edition) for edition in filter(None, (round_.edition, round_.companion))}
    usual = {(pk, row.code): row.source for pk, pack in packs.items() for row in pack.figures}
    given, before = _given(request, round_), queries.figures_before(round_)
    for line, figure in lines:
        earlier: FigureValue | None = before.get(figure.code)
        line.facts = {
            "figure": figure,
            "usual": usual.get((figure.edition_id, figure.code), ""),
            "given": given.get((figure.edition_id, figure.code)),
            "earlier": earlier,
            "earlier_rate": earlier.numerator / earlier.denominator if earlier else None,
        }
