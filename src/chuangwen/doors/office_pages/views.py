"""Administration: units, people and their roles, sites, the ledger."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from chuangwen.doors.office_pages.ledger_facts import facts_told
from chuangwen.doors.site.sheets import workbook
from chuangwen.kernel.dates import stamp_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing
from chuangwen.kit.refusals import NotFound
from chuangwen.records.ledger import queries as ledger_queries
from chuangwen.records.ledger import verifying
from chuangwen.records.ledger.models import Note
from chuangwen.records.township import actions, policy, queries
from chuangwen.records.township.models import Assignment, Organisation, Person, RoleDefinition, Site
from chuangwen.records.township.permissions import Permission, Scope
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases.handing import held_by


class PeopleFilters(forms.Form):
    """Which people to list."""

    unit = forms.ModelChoiceField(Organisation.objects.all(), label=_("单位"), required=False)
    role = forms.ModelChoiceField(RoleDefinition.objects.filter(retired=False), label=_("角色"), required=False)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), ("in", _("在用")), ("out", _("已停用"))]
    )


def _narrow_people(rows: QuerySet[Person], said: Mapping[str, Any]) -> QuerySet[Person]:
    if said.get("unit"):
        rows = rows.filter(organisation=said["unit"])
    if said.get("role"):
        rows = rows.filter(assignments__role=said["role"], assignments__withdrawn_at=None)
    if said.get("state"):
        rows = rows.filter(is_active=said["state"] == "in")
    return rows


def _roles(person: Person) -> str:
    return listed(one.role.title for one in person.assignments.all())


PEOPLE: Listing[Person] = Listing(
    columns=[
        Column("name", later("姓名"), lambda row: row.name, "name"),
        Column("username", later("账号"), lambda row: row.username, "username"),
        Column(
            "unit", later("单位"), lambda row: row.organisation.name if row.organisation else "", "organisation__order"
        ),
        Column("post", later("职务"), lambda row: row.post, "post"),
        Column("roles", later("角色"), _roles),
        Column("phone", later("手机号"), lambda row: row.masked_phone),
    ],
    sort="unit",
    search=["name", "username", "post", "organisation__name"],
    filters=PeopleFilters,
    narrow=_narrow_people,
)


def _people(request: TownRequest) -> QuerySet[Person]:
    held = Assignment.objects.filter(withdrawn_at=None).select_related("role")
    return queries.people_visible_to(request.actor).prefetch_related(Prefetch("assignments", queryset=held))


@require_safe
@needs(Permission.SEE_PEOPLE)
def people(request: TownRequest) -> HttpResponse:
    """Everybody with an account, with units and roles; phone numbers masked."""
    context = {
        "page": PEOPLE.page(_people(request), request.GET),
        "export": reverse("people_export") if request.actor.may(Permission.EXPORT_LISTS) else "",
        "may_manage": request.actor.may(Permission.MANAGE_PEOPLE),
    }
    return render(request, "office/people.html", context)


@require_safe
@needs(Permission.SEE_PEOPLE, Permission.EXPORT_LISTS)
def people_export(request: TownRequest) -> HttpResponse:
    """The same list as Excel."""
    return PEOPLE.export(_people(request), request.GET, title=say("人员名单"), write=workbook)


class PersonForm(forms.Form):
    """A new account."""

    username = forms.CharField(label=_("账号"), max_length=40, help_text=_("字母、数字、点、横线，登录时用"))
    name = forms.CharField(label=_("姓名"), max_length=60)
    organisation = forms.ModelChoiceField(Organisation.objects.filter(closed=None), label=_("单位"))
    post = forms.CharField(label=_("职务"), max_length=60, required=False)
    phone = forms.CharField(label=_("手机号"), max_length=20, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_PEOPLE, Permission.MANAGE_PEOPLE)
def add_person(request: TownRequest) -> HttpResponse:
    """Open an account."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            person = actions.add_person(
                by=request.actor,
                at=request.at,
                username=said["username"],
                name=said["name"],
                organisation=said["organisation"],
                more={"post": said["post"], "phone": said["phone"]},
            )
        except ValidationError as wrong:
            form.add_error(None, wrong.messages[0])
        else:
            messages.success(request, say("已为{name}开户。请授予角色，再发一次性密码。", name=person.name))
            return redirect("person", person.pk)
    return render(request, "office/add_person.html", {"form": form})


class NoSuchRole(Refusal):
    """What was chosen is no role, no scope or no unit in use."""

    code = "no_such_role"
    sentence = later("没有选到在用的角色、范围或单位，没有授予任何角色。请重新选择。")
    status = 422


class RoleForm(forms.Form):
    """A role to give."""

    role = forms.ModelChoiceField(RoleDefinition.objects.filter(retired=False), label=_("角色"))
    scope = forms.ChoiceField(label=_("数据范围"), required=False)
    chosen = forms.ModelMultipleChoiceField(
        Organisation.objects.filter(closed=None), label=_("指定单位（范围为“指定单位”时）"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = [(scope.value, scope.title) for scope in Scope]
        field = self.fields["scope"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", say("按角色本身")), *scopes]


@require_safe
@needs(Permission.SEE_PEOPLE)
def person(request: TownRequest, person_id: int) -> HttpResponse:
    """One person: facts, roles now and before, what the ledger says."""
    found = get_object_or_404(queries.people_visible_to(request.actor), pk=person_id)
    context = {
        "person": found,
        "assignments": Assignment.objects.filter(person=found).select_related("role").prefetch_related("chosen"),
        "notes": ledger_queries.notes_about("person", found.username)[:30],
        "role_form": RoleForm(),
        "may_manage": policy.why_not(request.actor, Permission.MANAGE_PEOPLE, found.organisation) is None,
        "held": len(held_by(found)),
        "may_roles": policy.why_not(request.actor, Permission.MANAGE_ROLES, found.organisation) is None,
    }
    return render(request, "office/person.html", context)


@require_http_methods(["POST"])
@needs(Permission.SEE_PEOPLE)
def change_person(request: TownRequest, person_id: int) -> HttpResponse:
    """One move with an account: a one-time password, closing, opening, a role given or withdrawn."""
    found = get_object_or_404(queries.people_visible_to(request.actor), pk=person_id)
    move = request.POST.get("move", "")
    who: dict[str, Any] = {"by": request.actor, "at": request.at}
    if move == "password":
        password = actions.issue_password(found, **who)
        return render(request, "office/password.html", {"person": found, "password": password})
    works = {"disable": _disable, "enable": _enable, "withdraw": _withdraw, "assign": _assign}
    if move not in works:
        raise NotFound(what=say("动作"))
    works[move](request, found, who)
    return redirect("person", found.pk)


def _disable(request: TownRequest, found: Person, who: dict[str, Any]) -> None:
    """The account is closed at once; what its holder still has to do is told, for it must not be left behind."""
    held = len(held_by(found))
    actions.disable_person(found, **who)
    messages.success(request, say("{name}的账号已停用，角色已全部收回。", name=found.name))
    if held:
        told = say("{name}名下还有 {n} 件没有办结的事项，期限照走。请现在移交给同单位的人。", name=found.name, n=held)
        messages.warning(request, told)


def _enable(request: TownRequest, found: Person, who: dict[str, Any]) -> None:
    actions.enable_person(found, **who)
    messages.success(request, say("{name}的账号已恢复。原来的角色没有恢复，请重新授予。", name=found.name))


def _withdraw(request: TownRequest, found: Person, who: dict[str, Any]) -> None:
    held = get_object_or_404(Assignment, pk=whole(request.POST.get("assignment")), person=found)
    actions.withdraw_role(held, **who)
    messages.success(request, say("已收回角色“{role}”。", role=held.role.title))


def _assign(request: TownRequest, found: Person, who: dict[str, Any]) -> None:
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise NoSuchRole
    said = form.cleaned_data
    scope = Scope(said["scope"]) if said["scope"] else None
    actions.assign_role(found, said["role"], scope=scope, chosen=said["chosen"], **who)
    messages.success(request, say("已授予角色“{role}”。", role=said["role"].title))


@require_safe
@needs(Permission.SEE_PEOPLE)
def units(request: TownRequest) -> HttpResponse:
    """All units within reach, as the tree they are."""
    rows = queries.organisations_visible_to(request.actor)
    return render(
        request, "office/units.html", {"page": UNITS.page(rows, request.GET), "roles": queries.roles_in_use()}
    )


UNITS: Listing[Organisation] = Listing(
    columns=[
        Column("order", later("排序"), lambda row: row.order, "order"),
        Column("name", later("名称"), lambda row: row.name, "name"),
        Column("code", later("编号"), lambda row: row.code, "code"),
        Column("kind", later("类别"), lambda row: row.kind.title, "kind__level"),
        Column("region", later("区划代码"), lambda row: row.region_code, "region_code"),
        Column("aliases", later("别名"), lambda row: listed(row.aliases)),
    ],
    sort="order",
    search=["name", "short", "code", "region_code"],
)

SITES: Listing[Site] = Listing(
    columns=[
        Column("code", later("编号"), lambda row: row.code, "code"),
        Column("name", later("点位"), lambda row: row.name, "name"),
        Column("type", later("类型"), lambda row: row.type_code, "type_code"),
        Column("unit", later("所属单位"), lambda row: row.organisation.name, "organisation__order"),
        Column("address", later("地址"), lambda row: row.address, "address"),
        Column("length", later("长度（米）"), lambda row: row.length, "length"),
    ],
    sort="code",
    search=["code", "name", "address", "organisation__name"],
)


@require_safe
@needs(Permission.SEE_ROWS)
def sites(request: TownRequest) -> HttpResponse:
    """The register of sites."""
    context = {
        "page": SITES.page(queries.sites_visible_to(request.actor), request.GET),
        "export": reverse("sites_export") if request.actor.may(Permission.EXPORT_LISTS) else "",
    }
    return render(request, "office/sites.html", context)


@require_safe
@needs(Permission.SEE_ROWS, Permission.EXPORT_LISTS)
def sites_export(request: TownRequest) -> HttpResponse:
    """The register of sites as Excel."""
    return SITES.export(queries.sites_visible_to(request.actor), request.GET, title=say("点位清单"), write=workbook)


LEDGER: Listing[Note] = Listing(
    columns=[
        Column("number", later("序号"), lambda row: row.number, "number"),
        Column("at", later("时间"), lambda row: stamp_of(row.at, seconds=True), "at"),
        Column("name", later("姓名"), lambda row: row.name, "name"),
        Column("unit", later("单位"), lambda row: row.organisation, "organisation"),
        Column("verb", later("动作"), lambda row: row.verb, "verb"),
        Column("title", later("对象"), lambda row: row.title, "title"),
        Column("before", later("变更前"), lambda row: facts_told(row.before)),
        Column("after", later("变更后"), lambda row: facts_told(row.after)),
        Column("hash", later("指纹"), lambda row: row.hash),
    ],
    sort="-number",
    search=["name", "verb", "title", "key", "organisation"],
)


@require_safe
@needs(Permission.SEE_LEDGER)
def ledger(request: TownRequest) -> HttpResponse:
    """Every change, newest first; on demand the whole chain is proved."""
    context = {
        "page": LEDGER.page(Note.objects.all(), request.GET),
        "export": reverse("ledger_export"),
        "verdict": verifying.verify() if "verify" in request.GET else None,
    }
    return render(request, "office/ledger.html", context)


@require_safe
@needs(Permission.SEE_LEDGER)
def ledger_export(request: TownRequest) -> HttpResponse:
    """The ledger as Excel, digests included."""
    return LEDGER.export(Note.objects.all(), request.GET, title=say("操作留痕"), write=workbook)
