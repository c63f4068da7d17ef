"""The rows that a township pack becomes."""

from chuangwen.records.township.calendar_queries import covered_among, covered_years
from chuangwen.records.township.definitions import TownshipPack
from chuangwen.records.township.models import (
    Holiday,
    OfficeSpan,
    OrganisationKind,
    RetentionClass,
    RetentionRule,
    RoleDefinition,
)


def write(pack: TownshipPack) -> dict[str, int]:
    """Add or amend everything in the pack; roles that it no longer names are retired, not deleted."""
    kinds = [
        OrganisationKind(code=one.id, title=one.title, level=one.level, parents=list(one.parents)) for one in pack.kinds
    ]
    OrganisationKind.objects.bulk_create(
        kinds, update_conflicts=True, unique_fields=["code"], update_fields=["title", "level", "parents"]
    )
    counts = {"kinds": len(kinds), "roles": _roles(pack), "days": _calendar(pack)}
    return {**counts, "retention": _retention(pack), "office_hours": _office_hours(pack)}


def _roles(pack: TownshipPack) -> int:
    roles = [
        RoleDefinition(
            code=one.id,
            title=one.title,
            paragraph=one.paragraph,
            permissions=[str(permission) for permission in one.permissions],
            scope=str(one.scope),
            excludes=list(one.excludes),
            administrative=one.administrative,
            order=order,
            retired=False,
        )
        for order, one in enumerate(pack.roles)
    ]
    fields = ["title", "paragraph", "permissions", "scope", "excludes", "administrative", "order", "retired"]
    RoleDefinition.objects.bulk_create(roles, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    RoleDefinition.objects.exclude(code__in=[role.code for role in roles]).update(retired=True)
    return len(roles)


def _calendar(pack: TownshipPack) -> int:
    """Announced days are added or amended; days by the law only in years of which the town has no announced day."""
    announced = [one for one in pack.calendar if one.kind != "statutory"]
    told = covered_years() | covered_among((one.date, one.kind) for one in announced)
    Holiday.objects.filter(kind=Holiday.Kind.STATUTORY, date__year__in=told).delete()
    by_law = [one for one in pack.calendar if one.kind == "statutory" and one.date.year not in told]
    days = [Holiday(date=one.date, kind=str(one.kind), name=one.name, source=one.source) for one in announced + by_law]
    Holiday.objects.bulk_create(
        days, update_conflicts=True, unique_fields=["date"], update_fields=["kind", "name", "source"]
    )
    return len(days)


def _retention(pack: TownshipPack) -> int:
    classes = [RetentionClass(code=one.id, title=one.title, years=one.years) for one in pack.retention.classes]
    RetentionClass.objects.bulk_create(
        classes, update_conflicts=True, unique_fields=["code"], update_fields=["title", "years"]
    )
    rules = [
        RetentionRule(what=one.what, retention_id=one.retention_class, confidence=one.confidence or "")
        for one in pack.retention.rules
    ]
    RetentionRule.objects.bulk_create(
        rules, update_conflicts=True, unique_fields=["what"], update_fields=["retention", "confidence"]
    )
    return len(rules)


def _office_hours(pack: TownshipPack) -> int:
    OfficeSpan.objects.all().delete()
    spans = [OfficeSpan(start=one.start, end=one.end) for one in pack.office_hours]
    OfficeSpan.objects.bulk_create(spans)
    return len(spans)
