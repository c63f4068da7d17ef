"""Who works in the town: people, roles as the pack declares them, who holds which, workgroups."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from chuangwen.kernel.masking import mask_phone
from chuangwen.records.township.permissions import Scope
from chuangwen.records.township.place_models import Organisation

a_username = RegexValidator(r"^[0-9A-Za-z._-]{2,40}\Z", _("账号用 2 至 40 个字母、数字、点、横线或下划线。"))
SCOPES = [(scope.value, scope.value) for scope in Scope]


class People(BaseUserManager["Person"]):
    """Finds people by user name, upper and lower case alike."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username__iexact=username or "")


class Person(AbstractBaseUser):
    """Somebody with an account. Nobody is ever deleted: an account is closed by ``is_active``.

    ``must_change_password`` is set with every password that somebody else has seen.
    """

    username = models.CharField(_("账号"), max_length=40, validators=[a_username])
    name = models.CharField(_("姓名"), max_length=60)
    phone = models.CharField(_("手机号"), max_length=20, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("单位")
    )
    post = models.CharField(_("职务"), max_length=60, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)
    must_change_password = models.BooleanField(_("须改密码"), default=False)
    large_type = models.BooleanField(_("大字显示"), default=False)
    joined_at = models.DateTimeField(_("开户时间"), null=True, blank=True)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    remark = models.CharField(_("备注"), max_length=200, blank=True)

    objects = People()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("人员")
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(fields=["username"], name="township_person_username_once"),
            models.UniqueConstraint(Lower("username"), name="township_person_username_once_in_any_case"),
            models.CheckConstraint(condition=~Q(username="") & ~Q(name=""), name="township_person_has_a_name"),
            models.CheckConstraint(
                condition=Q(is_active=True, disabled_at=None) | Q(is_active=False, disabled_at__isnull=False),
                name="township_person_disabled_with_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @property
    def masked_phone(self) -> str:
        """The phone number as lists show it: 199****0001."""
        return mask_phone(self.phone)


class PasswordUsed(models.Model):
    """A password that a person has had (its hash), so that it is not taken again soon."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="passwords_used", verbose_name=_("人员"))
    encoded = models.CharField(_("密文"), max_length=200)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("用过的密码")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.at}"


class RoleDefinition(models.Model):
    """A role as the township pack declares it: what it may do and how far it reaches."""

    code = models.CharField(_("编号"), max_length=40, primary_key=True)
    title = models.CharField(_("名称"), max_length=60)
    paragraph = models.TextField(_("说明"), blank=True)
    permissions = models.JSONField(_("权限"), default=list, blank=True)
    scope = models.CharField(_("数据范围"), max_length=10, choices=SCOPES)
    excludes = models.JSONField(_("互斥角色"), default=list, blank=True)
    administrative = models.BooleanField(_("管理角色"), default=False)
    order = models.PositiveSmallIntegerField(_("排序"), default=0)
    retired = models.BooleanField(_("不再使用"), default=False)

    class Meta:
        verbose_name = _("角色")
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=[scope.value for scope in Scope]), name="township_role_scope"),
        ]

    def __str__(self) -> str:
        return self.title


class Assignment(models.Model):
    """One person holds one role, from a moment until it is withdrawn.

    ``scope`` empty means the role's own scope. ``administrative`` repeats the role's mark, so that the database
    itself can refuse a second administrative role to one person.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="assignments", verbose_name=_("人员"))
    role = models.ForeignKey(RoleDefinition, models.PROTECT, related_name="assignments", verbose_name=_("角色"))
    scope = models.CharField(_("数据范围"), max_length=10, choices=SCOPES, blank=True)
    chosen = models.ManyToManyField(Organisation, blank=True, related_name="+", verbose_name=_("指定单位"))
    administrative = models.BooleanField(_("管理角色"), default=False)
    given_at = models.DateTimeField(_("授予时间"))
    withdrawn_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("角色授权")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role"], condition=Q(withdrawn_at=None), name="township_role_held_once"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(administrative=True, withdrawn_at=None),
                name="township_one_administrative_role",
            ),
            models.CheckConstraint(
                condition=Q(scope__in=["", *[scope.value for scope in Scope]]), name="township_assignment_scope"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=models.F("given_at")),
                name="township_role_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role_id}"

    @property
    def reach(self) -> Scope:
        """The scope that counts: the assignment's own, or else the role's."""
        return Scope(self.scope or self.role.scope)


class Workgroup(models.Model):
    """A workgroup (专班) for one campaign: a lead unit, member units, a head."""

    code = models.CharField(_("编号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=120)
    group = models.CharField(_("类别"), max_length=20, blank=True)
    campaign = models.CharField(_("专项"), max_length=40, blank=True)
    lead = models.ForeignKey(Organisation, models.PROTECT, related_name="workgroups_led", verbose_name=_("牵头单位"))
    members = models.ManyToManyField(Organisation, blank=True, related_name="workgroups", verbose_name=_("成员单位"))
    head = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="workgroups_headed", verbose_name=_("负责人")
    )
    order = models.PositiveSmallIntegerField(_("排序"), default=0)

    class Meta:
        verbose_name = _("工作专班")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.title
