"""Links that are shown only to those for whom they open."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import resolve, reverse

from chuangwen.kit.doors import access_of

register = template.Library()


@register.simple_tag(takes_context=True)
def may_open(context: Context, name: str, *keys: Any) -> str:
    """``{% may_open "duties_export" as link %}{% if link %}…``: the address of a page that its reader may open, or nothing.

    It asks the view's own declaration, so that a link and the page behind it cannot disagree.
    """
    link = reverse(name, args=keys)
    access, actor = access_of(resolve(link).func), getattr(context.get("request"), "actor", None)
    if access is None or actor is None:
        return ""
    return link if all(actor.may(one) for one in access.permissions) else ""
