"""What a document says of itself, as a form: its facts and the six parts of a photo's caption."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chuangwen.kernel.words import say
from chuangwen.records.archive.document_actions import CAPTION, CAPTION_TITLES, Facts
from chuangwen.records.archive.models import Confidentiality, Document, DocumentKind
from chuangwen.records.township.models import Site

PLAIN = ("title", "kind", "number", "issuer", "dated", "confidentiality", "site")


class FactsForm(forms.Form):
    """The facts in the order in which a clerk reads them off the paper; ``version`` is the one that was looked at."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("题名"), max_length=200)
    kind = forms.ModelChoiceField(DocumentKind.objects.all(), label=_("类型"), empty_label=None)
    number = forms.CharField(label=_("文号"), max_length=80, required=False)
    issuer = forms.CharField(label=_("发文机关"), max_length=120, required=False)
    dated = forms.DateField(
        label=_("文件日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    confidentiality = forms.ChoiceField(label=_("密级"), required=False, choices=Confidentiality.choices)
    site = forms.CharField(
        label=_("点位"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "sites", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in CAPTION:
            self.fields[f"caption_{part}"] = forms.CharField(
                label=say(CAPTION_TITLES[part]), max_length=200, required=False
            )

    def clean_site(self) -> Site | None:
        """By its code; the name that the list of proposals puts behind it is left out."""
        said = self.cleaned_data["site"].split()
        found = Site.objects.filter(code=said[0]).first() if said else None
        if said and found is None:
            raise forms.ValidationError(say("没有这个点位。请填点位编号，或从列表里选。"))
        return found

    def facts(self) -> Facts:
        """What was said, for the action."""
        said = self.cleaned_data
        return Facts(
            title=said["title"],
            kind=said["kind"].pk,
            number=said["number"],
            issuer=said["issuer"],
            dated=said["dated"],
            confidentiality=said["confidentiality"],
            site=said["site"],
            caption={part: said[f"caption_{part}"] for part in CAPTION},
        )

    @property
    def plain(self) -> list[forms.BoundField]:
        return [self[name] for name in PLAIN]

    @property
    def caption(self) -> list[forms.BoundField]:
        return [self[f"caption_{part}"] for part in CAPTION]


def facts_of(document: Document) -> dict[str, Any]:
    """What the form begins with."""
    site = document.site
    return {
        **{
            name: getattr(document, name)
            for name in ("version", "title", "number", "issuer", "dated", "confidentiality")
        },
        "kind": document.kind_id,
        "site": f"{site.code} {site.name}" if site else "",
        **{f"caption_{part}": document.caption.get(part, "") for part in CAPTION},
    }


def newer(form: FactsForm, document: Document) -> list[tuple[str, str]]:
    """Where the document now says something else than what was typed: the field, and what it says."""
    now = _now(document)
    told = now | {"kind": document.kind.title, "confidentiality": str(document.get_confidentiality_display())}
    fields = [*form.plain, *form.caption]
    return [(str(one.label), told[one.name]) for one in fields if _typed(form, one.name) != _code(one.name, now)]


def typed_anew(form: FactsForm, document: Document) -> set[str]:
    """Facts that somebody typed otherwise than the document says."""
    now = _now(document)
    return {one.name for one in form.plain if _typed(form, one.name) != _code(one.name, now)}


def _now(document: Document) -> dict[str, str]:
    return {name: _plain(value) for name, value in facts_of(document).items()}


def _typed(form: FactsForm, name: str) -> str:
    return _code(name, {name: str(form.data.get(name, "")).strip()})


def _code(name: str, said: Mapping[str, str]) -> str:
    """A site is compared by its code alone."""
    return said[name].partition(" ")[0] if name == "site" else said[name]


def _plain(value: object) -> str:
    return "" if value is None else str(value)
