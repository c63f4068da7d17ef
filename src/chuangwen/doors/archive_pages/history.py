"""What happened to a document, from the ledger, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chuangwen.kernel.words import later, retold, say
from chuangwen.records.archive.document_actions import CAPTION_TITLES
from chuangwen.records.archive.models import Confidentiality, UseKind
from chuangwen.records.archive.proposal_actions import FIELDS
from chuangwen.records.ledger.models import Note

TITLES = {
    **FIELDS,
    "confidentiality": later("密级"),
    "site": later("点位"),
    "caption": later("图片说明"),
    "why": later("理由"),
    "quote": later("佐证原文"),
    "serves": later("用途"),
    "place": later("次序"),
    "edition": later("版次"),
}


@dataclass(frozen=True)
class Step:
    """One change: what was done, by whom, when, what it changed."""

    at: datetime
    verb: str
    who: str
    lines: list[str]


def steps(notes: Iterable[Note], kinds: Mapping[str, str]) -> list[Step]:
    """``kinds`` are the titles of the kinds of document by code."""
    return [Step(one.at, retold(one.verb), retold(one.name), _lines(one, kinds)) for one in notes]


def _lines(note: Note, kinds: Mapping[str, str]) -> list[str]:
    """Each fact that changed, with what it was; facts without a name of their own are left out."""
    told = []
    for key, title in TITLES.items():
        if key not in note.before and key not in note.after:
            continue
        old, new = (_value(key, one.get(key), kinds) for one in (note.before, note.after))
        if old and new:
            told.append(say("{field}：{old} → {new}", field=say(title), old=old, new=new))
        elif old or new:
            told.append(say("{field}：{value}", field=say(title), value=new or say("去掉 {old}", old=old)))
    return told


def _thing(text: str) -> str:
    """What a use was written down as (``standard:1:V-1-2``), in words."""
    kind, _colon, key = text.partition(":")
    return f"{UseKind(kind).label} {key.rpartition(':')[2]}" if kind in UseKind.values else text


def _value(key: str, value: object, kinds: Mapping[str, str]) -> str:
    if isinstance(value, dict):
        return say("；").join(
            f"{say(CAPTION_TITLES.get(str(part), str(part)))} {text}" for part, text in value.items() if text
        )
    if isinstance(value, list):
        return say("、").join(_thing(str(one)) for one in value)
    text = "" if value is None else _thing(str(value)) if key == "serves" else str(value)
    if key == "kind":
        return kinds.get(text, text)
    return str(Confidentiality(text).label) if key == "confidentiality" and text in Confidentiality.values else text
