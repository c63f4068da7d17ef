"""Random evaluation systems and rounds for the arithmetic's properties."""

from decimal import Decimal

import numpy as np
from hypothesis import strategies as st

from chuangwen.results.scoring.arithmetic.inputs import (
    Check,
    Entries,
    Framework,
    Measures,
    Node,
    Rate,
    Register,
    Requirement,
    SiteType,
)

GRADES = {"A": Decimal(1), "B": Decimal("0.8"), "C": Decimal("0.6"), "D": Decimal(0)}
SCALE = ((Decimal("0.6"), Decimal(0)), (Decimal("0.9"), Decimal(1)))


@st.composite
def frameworks(draw):
    """One to three items, contents below some of them, standards with one to three methods."""
    nodes, standards = [], []
    types = [
        SiteType(f"P{n}", draw(st.sampled_from([None, Decimal(2), Decimal(5)]))) for n in range(draw(st.integers(1, 3)))
    ]
    checks, requirements, questions, figures = [], [], [], []
    for item in range(draw(st.integers(1, 3))):
        nodes.append(Node(f"I{item}", "", "item"))
        for content in range(draw(st.integers(1, 2))):
            place = f"I{item}-{content}"
            nodes.append(Node(place, f"I{item}", "content"))
            for number in range(draw(st.integers(1, 2))):
                code = f"{place}-{number}"
                methods = draw(
                    st.lists(
                        st.sampled_from(["material", "field", "survey", "figure"]), min_size=1, max_size=3, unique=True
                    )
                )
                shares = dict.fromkeys(methods, Decimal(100) / len(methods))
                points = Decimal(draw(st.sampled_from(["0.5", "1", "1.25", "2"])))
                nodes.append(Node(code, place, "standard", points, shares, {"g": [draw(st.sampled_from("ab"))]}))
                standards.append((code, methods))
    for code, methods in standards:
        if "material" in methods:
            for n in range(draw(st.integers(1, 2))):
                requirements.append(Requirement(f"{code}-M{n}", code, "material", Decimal(draw(st.integers(1, 3)))))
        if "survey" in methods:
            questions.append(Rate(f"Q{len(questions)}", [code], SCALE))
        if "figure" in methods:
            figures.append(Rate(f"F{len(figures)}", [code], SCALE))
    field = [code for code, methods in standards if "field" in methods]
    for code in field:
        for _ in range(draw(st.integers(1, 2))):
            kinds = draw(st.lists(st.sampled_from([one.code for one in types]), min_size=1, max_size=2, unique=True))
            feeds = [*draw(st.lists(st.sampled_from(field), max_size=1)), code]
            checks.append(Check(f"C{len(checks)}", len(checks), kinds, list(dict.fromkeys(feeds)), Decimal(1)))
    return Framework(
        composition=draw(st.sampled_from(["by_method", "by_standard"])),
        method_shares={"material": Decimal(40), "field": Decimal(40), "survey": Decimal(15), "figure": Decimal(5)},
        grades=GRADES,
        nodes=nodes,
        site_types=types,
        checks=checks,
        requirements=requirements,
        questions=questions,
        figures=figures,
        pass_line=85.0,
        least_measured=draw(st.sampled_from([0.0, 0.6])),
    )


@st.composite
def rounds(draw, framework):
    """Up to eight sites; each check seen, skipped or not looked at; grades, tallies, figures perhaps missing."""
    count = draw(st.integers(1, 8))
    types = np.array([draw(st.integers(0, len(framework.site_types) - 1)) for _ in range(count)], dtype=np.int64)
    rows = []
    for site in range(count):
        for check in framework.checks:
            if framework.site_types[types[site]].code in check.site_types and draw(st.booleans()):
                n = draw(st.integers(0, 2))
                total = sum(draw(st.sampled_from([0, 2500, 5000, 8000, 10000])) for _ in range(n))
                skipped = draw(st.integers(0, 1)) if n else 1
                rows.append((site, check.position, n, total, skipped))
    columns = (
        [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
        if rows
        else [np.zeros(0, dtype=np.int64)] * 5
    )
    maybe = st.sampled_from([None, "A", "B", "C", "D"])
    grades = {one.code: grade for one in framework.requirements if (grade := draw(maybe))}
    tallies = {}
    for question in framework.questions:
        valid = draw(st.integers(0, 60))
        if valid:
            tallies[question.code] = (draw(st.integers(0, valid)), valid)
    figures = {
        one.code: (Decimal(draw(st.integers(0, 100))), Decimal(100)) for one in framework.figures if draw(st.booleans())
    }
    absent = frozenset(draw(st.sets(st.integers(0, len(framework.site_types) - 1))))
    register = Register(types, np.zeros(count, dtype=np.int64), ["V1"], absent)
    return Measures(register, Entries(*columns), grades, tallies, {}, figures, draw(st.booleans()))


@st.composite
def worlds(draw):
    """A framework with a round of it."""
    framework = draw(frameworks())
    return framework, draw(rounds(framework))
