"""Limits against abuse, counted in the cache: so many of something in an hour for one sender."""

from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later

HOUR = 3600


class TooMany(Refusal):
    """Too many in too short a time; nothing is lost, it can be sent later."""

    code = "too_many"
    sentence = later("这台设备一小时内已提交 {most} 次。请过一会儿再报；急事请直接打电话。")
    status = 429


def count_or_refuse(what: str, who: str, most: int, seconds: int = HOUR) -> None:
    """Count one more of ``what`` by ``who`` (kept as a digest only); refuse past ``most`` in the time."""
    if not who:
        return
    key = f"limit:{what}:{sha256(who.encode()).hexdigest()[:24]}"
    cache.add(key, 0, seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out in between
        return
    if count > most:
        raise TooMany(most=most)


def network_of(request: HttpRequest) -> str:
    """The address that a request comes from. A village may share one, so what is counted by it is counted generously."""
    return str(request.META.get("REMOTE_ADDR", ""))
