"""What may happen to people: accounts, roles, passwords. Each change is one transaction with one note."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Greatest

from chuangwen.kernel.dates import day_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, later, say, written
from chuangwen.kit.refusals import NotFound
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Signer, Thing
from chuangwen.records.township import policy
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Assignment, Organisation, PasswordUsed, Person, RoleDefinition, Town
from chuangwen.records.township.passwords import REMEMBERED, one_time_password
from chuangwen.records.township.permissions import Permission, Scope

GIVE_ROLE = lasting("授予角色“{role}”")
WITHDRAW_ROLE = lasting("收回角色“{role}”")


class UsernameTaken(Refusal):
    code = "username_taken"
    sentence = later("账号“{username}”已经有人用了（{person}）。请换一个账号。")


class AlreadyHolds(Refusal):
    code = "already_holds"
    sentence = later("{person}已经有“{role}”这个角色。")


class RoleRetired(Refusal):
    code = "role_retired"
    sentence = later("角色“{role}”已不再使用。请选现行的角色。")


class NothingChosen(Refusal):
    code = "nothing_chosen"
    sentence = later("数据范围为“指定单位”时，至少要选一个单位。")
    status = 422


class AccountClosed(Refusal):
    code = "account_closed"
    sentence = later("{person}的账号已停用。请先恢复账号。")


class NotADemo(Refusal):
    code = "not_a_demo"
    sentence = later("这不是演示镇，不能发演示口令。请发一次性密码。")


class UnitClosed(Refusal):
    code = "unit_closed"
    sentence = later("单位“{organisation}”已于 {day} 撤销，不能再安排人员、点位或下级单位。请选现有单位。")


@transaction.atomic
def add_person(
    *,
    by: Signer,
    at: datetime,
    username: str,
    name: str,
    organisation: Organisation | None = None,
    more: dict[str, str] | None = None,
) -> Person:
    """Open an account without a password (see ``issue_password``). ``more``: phone, post, remark."""
    may(by, Permission.MANAGE_PEOPLE, organisation)
    must_be_open(organisation, at)
    if other := Person.objects.filter(username__iexact=username).first():
        raise UsernameTaken(username=username, person=other.name)
    person = Person(username=username, name=name, organisation=organisation, joined_at=at, **(more or {}))
    person.set_unusable_password()
    person.clean_fields(exclude=["password"])
    person.save(force_insert=True)
    ledger.note(thing(person), later("开户"), by=by, at=at, after=facts(person))
    return person


@transaction.atomic
def move_person(
    person: Person, *, by: Signer, at: datetime, organisation: Organisation | None, post: str | None = None
) -> Person:
    """Let a person work for another unit, perhaps in another post. Roles stay; their reach follows the unit."""
    person = _locked(person)
    may(by, Permission.MANAGE_PEOPLE, person.organisation)
    may(by, Permission.MANAGE_PEOPLE, organisation)
    must_be_open(organisation, at)
    before = facts(person)
    person.organisation = organisation
    person.post = person.post if post is None else post
    return _saved(person, ["organisation", "post"], before, later("调动"), by=by, at=at)


@transaction.atomic
def amend_person(person: Person, *, by: Signer, at: datetime, **facts_new: str) -> Person:
    """Correct name, phone, post or remark."""
    person = _locked(person)
    may(by, Permission.MANAGE_PEOPLE, person.organisation)
    if unknown := set(facts_new) - {"name", "phone", "post", "remark"}:
        raise TypeError(f"not facts of a person: {sorted(unknown)}")
    before = facts(person)
    for field, value in facts_new.items():
        setattr(person, field, value)
    person.clean_fields(exclude=["password"])
    return _saved(person, list(facts_new), before, later("更正资料"), by=by, at=at)


@transaction.atomic
def disable_person(person: Person, *, by: Signer, at: datetime) -> Person:
    """Close an account: no sign-in from now on, every role withdrawn. Old records keep the name."""
    person = _locked(person)
    may(by, Permission.MANAGE_PEOPLE, person.organisation)
    if isinstance(by, Actor) and by.person_id == person.pk:
        raise policy.NotOneself
    before = facts(person)
    person.is_active, person.disabled_at = False, at
    Assignment.objects.filter(person=person, withdrawn_at=None).update(
        withdrawn_at=Greatest(F("given_at"), Value(at, output_field=DateTimeField()))
    )
    return _saved(person, ["is_active", "disabled_at"], before, later("停用账号"), by=by, at=at)


@transaction.atomic
def enable_person(person: Person, *, by: Signer, at: datetime) -> Person:
    """Open a closed account again, without its former roles."""
    person = _locked(person)
    may(by, Permission.MANAGE_PEOPLE, person.organisation)
    before = facts(person)
    person.is_active, person.disabled_at = True, None
    return _saved(person, ["is_active", "disabled_at"], before, later("恢复账号"), by=by, at=at)


@transaction.atomic
def assign_role(
    person: Person,
    role: RoleDefinition,
    *,
    by: Signer,
    at: datetime,
    scope: Scope | None = None,
    chosen: Iterable[Organisation] = (),
) -> Assignment:
    """Give a role, perhaps with another scope than the role's own; ``chosen`` units for the scope "chosen".

    Refused: to oneself, twice, next to an excluded role, to a closed account.
    """
    person = _locked(person)
    units = list(chosen)
    if no := why_not_assign(person, role, by=by):
        raise no
    if (scope or role.scope) == Scope.CHOSEN and not units:
        raise NothingChosen
    given = Assignment.objects.create(
        person=person, role=role, scope=scope or "", administrative=role.administrative, given_at=at
    )
    given.chosen.set(units)
    after = {"role": role.code, "scope": given.reach.value, "chosen": sorted(one.code for one in units)}
    ledger.note(thing(person), written(GIVE_ROLE, role=role.title), by=by, at=at, after=after)
    return given


def why_not_assign(person: Person, role: RoleDefinition, *, by: Signer) -> Refusal | None:
    """Why this person may not get this role from this hand, or ``None``."""
    if no := _why_not_deal_roles(person, by=by):
        return no
    if not person.is_active:
        return AccountClosed(person=person.name)
    if role.retired:
        return RoleRetired(role=role.title)
    held = [one.role for one in Assignment.objects.filter(person=person, withdrawn_at=None).select_related("role")]
    if any(one.code == role.code for one in held):
        return AlreadyHolds(person=person.name, role=role.title)
    return policy.why_not_together(person.name, role, held)


@transaction.atomic
def withdraw_role(assignment: Assignment, *, by: Signer, at: datetime) -> Assignment:
    """Take a role back; the row stays as history."""
    held = Assignment.objects.select_for_update().select_related("person", "role").get(pk=assignment.pk)
    if no := _why_not_deal_roles(held.person, by=by):
        raise no
    if held.withdrawn_at is not None:
        raise NotFound(what=say("在用的角色授权"))
    held.withdrawn_at = max(at, held.given_at)
    held.save(update_fields=["withdrawn_at"])
    before = {"role": held.role_id, "scope": held.reach.value}
    ledger.note(thing(held.person), written(WITHDRAW_ROLE, role=held.role.title), by=by, at=at, before=before)
    return held


@transaction.atomic
def issue_password(person: Person, *, by: Signer, at: datetime) -> str:
    """Give a one-time password, shown once and never stored in the clear; it must be changed at the first sign-in."""
    person = _locked(person)
    may(by, Permission.MANAGE_PEOPLE, person.organisation)
    if not person.is_active:
        raise AccountClosed(person=person.name)
    password = one_time_password()
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    ledger.note(thing(person), later("发放一次性密码"), by=by, at=at)
    return password


@transaction.atomic
def change_password(person: Person, password: str, *, by: Signer, at: datetime) -> Person:
    """Take a password of one's own. The rules are checked (``ValidationError``), the last ones are remembered."""
    person = _locked(person)
    validate_password(password, person)
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    PasswordUsed.objects.create(person=person, encoded=person.password, at=at)
    kept = PasswordUsed.objects.filter(person=person).order_by("-at", "-id").values_list("pk", flat=True)
    PasswordUsed.objects.filter(person=person).exclude(pk__in=list(kept[:REMEMBERED])).delete()
    ledger.note(thing(person), later("修改密码"), by=by, at=at)
    return person


def may(by: Signer, permission: Permission, organisation: Organisation | None = None) -> None:
    """Raise unless ``by`` may do this there. A command run on the machine itself (not an ``Actor``) may."""
    if isinstance(by, Actor):
        policy.require(by, permission, organisation)


def must_be_open(organisation: Organisation | None, at: datetime) -> None:
    """Raise when the unit has been closed."""
    if organisation is not None and not organisation.is_open(day_of(at)):
        raise UnitClosed(organisation=organisation.name, day=organisation.closed)


def thing(person: Person) -> Thing:
    """How the ledger names a person."""
    return Thing("person", person.username, person.name)


def facts(person: Person) -> dict[str, object]:
    """What the ledger keeps of a person; the phone number only masked, the password never."""
    return {
        "username": person.username,
        "name": person.name,
        "organisation": person.organisation.code if person.organisation else "",
        "post": person.post,
        "phone": person.masked_phone,
        "active": person.is_active,
        "large_type": person.large_type,
        "remark": person.remark,
    }


def _why_not_deal_roles(person: Person, *, by: Signer) -> Refusal | None:
    if not isinstance(by, Actor):
        return None
    if by.person_id == person.pk:
        return policy.NotOneself()
    return policy.why_not(by, Permission.MANAGE_ROLES, person.organisation)


def _locked(person: Person) -> Person:
    return Person.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=person.pk)


def _saved(
    person: Person, fields: list[str], before: dict[str, object], verb: str, *, by: Signer, at: datetime
) -> Person:
    person.save(update_fields=fields)
    old, new = ledger.changes(before, facts(person))
    ledger.note(thing(person), verb, by=by, at=at, before=old, after=new)
    return person


@transaction.atomic
def give_visitor_password(person: Person, *, by: Signer, at: datetime) -> str:
    """A fresh random password for a demo town's visitor, good until the next run; it need not be changed.

    Refused for people of a real town: there a password somebody else has seen must be changed.
    """
    if not Town.objects.filter(demo=True).exists():
        raise NotADemo
    may(by, Permission.MANAGE_PEOPLE, person.organisation)
    password = one_time_password()
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    ledger.note(thing(person), later("发放演示口令"), by=by, at=at)
    return password
