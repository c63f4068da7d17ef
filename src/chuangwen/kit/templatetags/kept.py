"""Looking things up in a template."""

from collections.abc import ItemsView, Mapping

from django import template

from chuangwen.kernel.dates import fact_told

register = template.Library()


@register.filter
def at_key(things: Mapping[object, object], key: object) -> object:
    """``{{ grades|at_key:row.pk }}``: the thing under this key, or None."""
    return things.get(key)


@register.filter
def pairs(things: Mapping[object, object]) -> ItemsView[object, object]:
    """``{% for key, value in note.after|pairs %}``: what a mapping holds. ``.items`` would find a key of that name first."""
    return things.items()


@register.filter
def fact(value: object) -> str:
    """``{{ value|fact }}``: a value of a note, the moments in it on the town's clock."""
    return fact_told(value)
