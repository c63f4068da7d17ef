"""Which documents to look among: for the archive's list and for the search over all rooms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from chuangwen.records.archive.models import DocumentKind
from chuangwen.records.township.models import Organisation


class DocumentFilters(forms.Form):
    """Which documents to look among."""

    kind = forms.ModelChoiceField(DocumentKind.objects.all(), label=_("类型"), required=False, empty_label=_("全部"))
    unit = forms.ModelChoiceField(
        Organisation.objects.all(), label=_("形成单位"), required=False, to_field_name="code", empty_label=_("全部")
    )
    year = forms.IntegerField(label=_("申报年度"), required=False, min_value=1990, max_value=2100)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("在用")),
            ("open", _("未归档")),
            ("filed", _("已归档")),
            ("withdrawn", _("已作废")),
            ("all", _("全部")),
        ],
    )
    standard = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
