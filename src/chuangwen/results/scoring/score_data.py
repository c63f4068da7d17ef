"""A score as data: what ``chuangwen score --json``, the API and a sealed round say."""

from typing import Any

from chuangwen.results.scoring.arithmetic.lines import Line
from chuangwen.results.scoring.arithmetic.scores import Scored
from chuangwen.results.scoring.arithmetic.town import System
from chuangwen.results.scoring.queries import RoundScore, cycle_of
from chuangwen.results.scoring.score_figures import town_figures


def as_data(result: RoundScore) -> dict[str, Any]:
    """The town's score with every system of it; ``nodes`` and ``methods`` are the main system's, in its own points."""
    scored, town = result.main, result.town
    cycle = cycle_of(result)
    return {
        "edition": {"id": result.round.edition.pack, "edition": result.round.edition.edition},
        "round": {"code": result.round.code, "title": result.round.title, "year": result.round.year, "on": result.on},
        "composition": scored.prepared.plan.framework.composition,
        "total": _told(result.total, result.level),
        "systems": [_system(one, result.level) for one in town.systems],
        "main": _told(town.main.total, result.level),
        "companion": None if town.is_alone else _told(town.systems[1].total, result.level),
        "pass_line": result.pass_line,
        "passing": town.passing,
        "figures": [one.as_data() for one in town_figures(result)],
        "methods": _methods(scored),
        "nodes": _nodes(scored),
        "bars": [*(bar for one in town.systems for bar in one.scored.bars), *(bar.as_dict() for bar in town.bars)],
        "bonus": sum(one.share * one.scored.bonus for one in town.systems),
        "deducted": sum(one.share * one.scored.deducted for one in town.systems),
        "not_applicable": [code for one in town.systems for code, _ in one.scored.dropped],
        "cycle": None
        if cycle is None
        else {**cycle.line.as_dict(), "years": list(cycle.years), "missing": list(cycle.missing)},
    }


def _told(line: Line, level: float) -> dict[str, object]:
    return {**line.as_dict(), "level": level}


def _system(system: System, level: float) -> dict[str, object]:
    told = {"code": system.code, "share": system.share, "floor": system.floor}
    return {**told, **_told(system.total, level), "methods": _methods(system.scored), "nodes": _nodes(system.scored)}


def _methods(scored: Scored) -> list[dict[str, object]]:
    rows = scored.rows.items()
    return [
        {"method": code, **line.as_dict(), "weight": line.weight} for (kind, code), line in rows if kind == "method"
    ]


def _nodes(scored: Scored) -> list[dict[str, object]]:
    return [
        {
            "code": node.code,
            "parent": node.parent,
            "points": float(node.points),
            **scored.rows["node", node.code].as_dict(),
        }
        for node in scored.prepared.plan.framework.nodes
    ]
