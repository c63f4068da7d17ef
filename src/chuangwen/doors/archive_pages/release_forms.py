"""The form of a public page: its fields, its text, the files that go out with it under a name for the public."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from chuangwen.records.archive.models import Document, DocumentFile
from chuangwen.records.archive.rules import Rules
from chuangwen.records.releases.actions import ReleaseSaid
from chuangwen.records.releases.models import Release
from chuangwen.records.releases.proposing import public_name
from chuangwen.records.releases.queries import current_files


@dataclass(frozen=True)
class FileLine:
    """One file of the document: whether it goes out, and its name for the public."""

    row: DocumentFile
    name: str
    chosen: bool


class ReleaseForm(forms.Form):
    """What goes out."""

    title = forms.CharField(label=_("标题"), max_length=200)
    category = forms.ChoiceField(label=_("信息类别"))
    issuer = forms.CharField(label=_("发布机构"), max_length=120)
    issued_on = forms.DateField(label=_("发文日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    number = forms.CharField(label=_("文号"), max_length=80, required=False)
    index_number = forms.CharField(
        label=_("索引号"),
        max_length=60,
        required=False,
        help_text=_("不填就按规则自动编；市门户已经给过号的，照抄。"),
    )
    text = forms.CharField(
        label=_("正文"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_("群众看到的就是这里的文字；可以删改，原件不变。"),
    )

    def __init__(self, rules: Rules, said: ReleaseSaid, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={key: value for key, value in said.__dict__.items() if key != "files"})
        field = self.fields["category"]
        titles = [one.title for one in rules.information] or [said.category]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(one, one) for one in dict.fromkeys([*titles, said.category]) if one]

    def said(self, files: Sequence[FileLine]) -> ReleaseSaid:
        """What the form says, for the action."""
        told: dict[str, Any] = self.cleaned_data
        return ReleaseSaid(**told, files=tuple((one.row.pk, one.name) for one in files if one.chosen))


def said_of(release: Release) -> ReleaseSaid:
    """What a release says now."""
    return ReleaseSaid(
        title=release.title,
        category=release.category,
        issuer=release.issuer,
        issued_on=release.issued_on,
        number=release.number,
        text=release.text,
        index_number=release.index_number or "",
        files=tuple((one.document_file_id, one.title) for one in release.files.all()),
    )


def lines_of(document: Document, said: ReleaseSaid, data: QueryDict | None) -> list[FileLine]:
    """The document's files as the form shows them: what was typed before what stands."""
    chosen = {str(pk) for pk, _name in said.files} if data is None else set(data.getlist("file"))
    names = dict(said.files)
    lines = []
    for row in current_files(document):
        name = names.get(row.pk, public_name(row))
        typed = data.get(f"name-{row.pk}", name) if data is not None else name
        lines.append(FileLine(row, typed, str(row.pk) in chosen))
    return lines
