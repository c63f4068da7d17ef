"""The score in plain Python: loops and dictionaries, no arrays. Written from docs/explanation/the-score.md, not from the code."""

from collections import defaultdict

from chuangwen.results.scoring.arithmetic.inputs import Framework, Measures
from tests.results.scoring import reference_chances
from tests.results.scoring.reference_scales import through

MATERIALS = ("material", "opinion", "overall")
Z90 = 1.6448536269514722


def site_values(framework: Framework, measures: Measures):
    """(check, type) -> {site: mean}, and the cells at which somebody said "not applicable"."""
    entries, types = measures.entries, measures.register.types
    by_position = {check.position: check.code for check in framework.checks}
    allowed = {check.code: set(check.site_types) for check in framework.checks}
    values, skipped = defaultdict(dict), defaultdict(int)
    for site, position, count, total, skip in zip(
        entries.site, entries.position, entries.count, entries.total, entries.skipped, strict=True
    ):
        kind = framework.site_types[types[site]].code
        check = by_position.get(int(position))
        if check is None or kind not in allowed[check]:
            continue
        if count:
            values[check, kind][int(site)] = total / count / 10000
        if skip:
            skipped[check, kind] += 1
    return values, skipped


def parts_of(framework: Framework, measures: Measures):
    """Every part: dict with standard, method, key, weight inside its method, value or None, cell."""
    registered = defaultdict(int)
    for kind in measures.register.types:
        registered[framework.site_types[kind].code] += 1
    weights = {
        kind.code: float(kind.weight) if kind.weight is not None else float(max(registered[kind.code], 1))
        for kind in framework.site_types
    }
    none = {kind.code for place, kind in enumerate(framework.site_types) if place in measures.register.absent}
    values, skipped = site_values(framework, measures)
    parts = []
    for node in framework.nodes:
        if node.kind != "standard":
            continue
        found = defaultdict(list)
        for check in framework.checks:
            if node.code in check.standards:
                for kind in check.site_types:
                    cell = (check.code, kind)
                    seen = values.get(cell, {})
                    gone = (kind in none and registered[kind] == 0) or (not seen and skipped.get(cell, 0))
                    value = sum(seen.values()) / len(seen) if seen else None
                    found["field"].append({"cell": cell, "weight": 0.0 if gone else 1.0, "value": value, "kind": kind})
        live = defaultdict(int)
        for part in found["field"]:
            live[part["kind"]] += part["weight"] > 0
        for part in found["field"]:
            part["weight"] *= weights[part["kind"]] / live[part["kind"]] if live[part["kind"]] else 0.0
        for requirement in framework.requirements:
            if requirement.standard == node.code:
                grade = measures.grades.get(requirement.code)
                value = float(framework.grades[grade]) if grade else (0.0 if measures.locked else None)
                found[requirement.method].append({"weight": float(requirement.weight), "value": value})
        for name, rates, counts in (
            ("survey", framework.questions, measures.tallies),
            ("figure", framework.figures, measures.figures),
        ):
            for rate in rates:
                if node.code in rate.standards:
                    value = None
                    if rate.code in counts and float(counts[rate.code][1]) > 0:
                        value = through(rate.scale, float(counts[rate.code][0]) / float(counts[rate.code][1]))
                    found[name].append(
                        {"weight": 1.0, "value": value, "question": rate.code if name == "survey" else None}
                    )
        for method, share in node.shares.items():
            if share and not found.get(method):
                found[method].append({"weight": 1.0, "value": None})
        for method, list_ in found.items():
            for part in list_:
                parts.append({"standard": node.code, "method": method, **part})
    return parts, values, registered


def weigh(framework: Framework, parts):
    """Give every part its coefficient in the total of 100."""
    nodes = {node.code: node for node in framework.nodes}
    sums = defaultdict(float)
    for part in parts:
        sums[part["standard"], part["method"]] += part["weight"]
    stands = {key for key, total in sums.items() if total > 0}
    if framework.composition == "by_method":
        base = defaultdict(float)
        for standard, method in stands:
            if not nodes[standard].bonus:
                base[method] += float(nodes[standard].points)
        shares = {m: float(s) for m, s in framework.method_shares.items() if base.get(m)}
        total = sum(shares.values())

        def pair(standard, method):
            if (standard, method) not in stands or nodes[standard].bonus or not shares.get(method) or not total:
                return 0.0
            return shares[method] / total * float(nodes[standard].points) / base[method]
    else:
        share = defaultdict(float)
        for standard, method in stands:
            share[standard] += float(nodes[standard].shares.get(method, 0)) / 100
        base = sum(float(nodes[s].points) for s in share if share[s] > 0 and not nodes[s].bonus)

        def pair(standard, method):
            if (standard, method) not in stands or nodes[standard].bonus or not share[standard] or not base:
                return 0.0
            return (
                float(nodes[standard].shares.get(method, 0))
                / 100
                / share[standard]
                * float(nodes[standard].points)
                / base
            )

    for part in parts:
        key = part["standard"], part["method"]
        part["coef"] = pair(*key) * part["weight"] / sums[key] * 100 if sums[key] else 0.0


def chain(framework, standard):
    """The standard, its ancestors, the whole."""
    parents = {node.code: node.parent for node in framework.nodes}
    codes = [standard]
    while parents.get(codes[-1]):
        codes.append(parents[codes[-1]])
    return codes


def score(framework: Framework, measures: Measures, z=Z90):
    """{node code or "": (low, expected, high, measured, a, b)}; "" is the whole."""
    parts, values, registered = parts_of(framework, measures)
    weigh(framework, parts)
    depth = max((len(chain(framework, part["standard"])) for part in parts), default=0)
    for part in parts:
        codes = chain(framework, part["standard"])
        codes += [codes[-1]] * (depth - len(codes))
        part["groups"] = (
            [("pair", part["standard"], part["method"])] + [(level, code) for level, code in enumerate(codes)] + ["all"]
        )
        part["moves"] = defaultdict(float)
    known, got = defaultdict(float), defaultdict(float)
    for part in parts:
        if part["value"] is not None:
            for group in part["groups"]:
                known[group] += part["coef"]
                got[group] += part["coef"] * part["value"]
    for part in parts:
        part["fill"] = next((group for group in part["groups"] if known[group] > 0), None)
    result = {}
    for code in ["", *[node.code for node in framework.nodes]]:
        mine = [part for part in parts if not code or code in chain(framework, part["standard"])]
        result[code] = line(framework, measures, (parts, mine, known, got, values, registered), z)
    return result


def line(framework, measures, all_, z):
    parts, mine, known, got, values, registered = all_
    whole = sum(part["coef"] for part in mine)
    if whole <= 0:
        return 0.0, None, 100.0, 0.0, 0.0, 100.0
    sure = sum(part["coef"] for part in mine if part["value"] is not None)
    low = sum(part["coef"] * part["value"] for part in mine if part["value"] is not None)
    expected, reach = low, defaultdict(float)
    for part in mine:
        if part["value"] is not None:
            reach[id(part)] += part["coef"]
    for part in mine:
        if part["value"] is None and part["coef"]:
            if part["fill"] is None:
                return low / whole * 100, None, (low + whole - sure) / whole * 100, sure / whole, 0.0, 100.0
            expected += part["coef"] * got[part["fill"]] / known[part["fill"]]
            for other in parts:
                if other["value"] is not None and part["fill"] in other["groups"]:
                    reach[id(other)] += part["coef"] * other["coef"] / known[part["fill"]]
    weights, asked = defaultdict(float), defaultdict(float)
    for part in parts:
        weight = reach.get(id(part), 0.0)
        if part["method"] == "field" and part["value"] is not None and part.get("cell"):
            weights[part["cell"]] += weight
        if part.get("question") and part["value"] is not None:
            asked[part["question"]] += weight
    scales = {rate.code: rate.scale for rate in framework.questions}
    town = reference_chances.Town(values, registered, [kind.code for kind in framework.site_types])
    told = [(weight, scales[code], *measures.tallies[code]) for code, weight in asked.items()]
    down, up = reference_chances.swing(town, weights, told, z)
    a, b = max(0.0, (expected - down) / whole * 100), min(100.0, (expected + up) / whole * 100)
    return low / whole * 100, expected / whole * 100, (low + whole - sure) / whole * 100, sure / whole, a, b
