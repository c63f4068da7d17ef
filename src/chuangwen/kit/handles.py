"""Handles of files that a form has received already: only the one who sent a file can hand it in again."""

from collections.abc import Iterable

from django.core.signing import BadSignature, Signer


def handle(digest: str, who: str) -> str:
    """What the form carries for a file while something else in it is still wrong; ``who`` is a person or a device."""
    return Signer(salt=f"handle:{who}").sign(digest)


def digests(handles: Iterable[str], who: str) -> list[str]:
    """The files that these handles stand for; strangers' and made-up ones stand for nothing."""
    found = []
    for one in handles:
        try:
            found.append(Signer(salt=f"handle:{who}").unsign(one))
        except BadSignature:
            continue
    return found
