"""Looking things up in a template."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def at_key(things: Mapping[object, object], key: object) -> object:
    """``{{ grades|at_key:row.pk }}``: the thing under this key, or None."""
    return things.get(key)
