"""What packs have declared about cases, as installed: types by edition, categories, units by key, the ladder."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chuangwen.records.township.models import Organisation


class CaseType(models.Model):
    """One edition of a case type. Its content never changes; a case keeps the edition it was opened under.

    Exactly one edition of a code is in force; ``retired`` types open no new cases. ``answers``: its flow has a step that
    signs for a case or gets in touch (签收、联系), so that it counts in the rate of response.
    """

    code = models.CharField(_("编号"), max_length=40)
    edition = models.PositiveIntegerField(_("版次"), default=1)
    title = models.CharField(_("名称"), max_length=60)
    pack = models.CharField(_("内容包"), max_length=60)
    order = models.PositiveSmallIntegerField(_("排序"), default=0)
    guard = models.CharField(_("限制"), max_length=12, blank=True)
    public = models.BooleanField(_("群众可报"), default=False)
    in_force = models.BooleanField(_("现行"), default=True)
    retired = models.BooleanField(_("不再使用"), default=False)
    answers = models.BooleanField(_("要联系"), default=False)
    digest = models.CharField(_("内容指纹"), max_length=64)
    content = models.JSONField(_("内容"))
    installed_at = models.DateTimeField(_("安装时间"))

    class Meta:
        verbose_name = _("事项类型")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="cases_type_edition_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(in_force=True), name="cases_type_one_in_force"),
        ]

    def __str__(self) -> str:
        return self.title


class Category(models.Model):
    """A kind of matter; ``parent`` is the code of the upper level in the same table."""

    table = models.CharField(_("类别表"), max_length=40)
    code = models.CharField(_("编号"), max_length=40)
    parent = models.CharField(_("上级"), max_length=40, blank=True)
    title = models.CharField(_("名称"), max_length=80)
    term = models.CharField(_("时限"), max_length=20, blank=True)
    urgent = models.BooleanField(_("紧急"), default=False)
    campaign = models.CharField(_("专项"), max_length=40, blank=True)
    unit_key = models.CharField(_("责任单位键"), max_length=40, blank=True)
    aliases = models.JSONField(_("别名"), default=list, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    order = models.PositiveIntegerField(_("排序"), default=0)
    retired = models.BooleanField(_("不再使用"), default=False)

    class Meta:
        verbose_name = _("事项类别")
        ordering = ["table", "order"]
        constraints = [models.UniqueConstraint(fields=["table", "code"], name="cases_category_once")]

    def __str__(self) -> str:
        return self.title


class UnitKey(models.Model):
    """Which unit of this town answers for a key that packs use."""

    key = models.CharField(_("键"), max_length=40, primary_key=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("单位"))

    class Meta:
        verbose_name = _("默认责任单位")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class Rung(models.Model):
    """One rung of an escalation ladder; ``after`` is how long after the deadline (empty: at once)."""

    ladder = models.CharField(_("督办规则"), max_length=40)
    code = models.CharField(_("编号"), max_length=40)
    title = models.CharField(_("名称"), max_length=60)
    after = models.CharField(_("超期多久"), max_length=20, blank=True)
    tells = models.JSONField(_("通知"), default=list, blank=True)
    opens = models.CharField(_("开出的事项"), max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(_("排序"), default=0)

    class Meta:
        verbose_name = _("督办阶梯")
        ordering = ["ladder", "order"]
        constraints = [models.UniqueConstraint(fields=["ladder", "code"], name="cases_rung_once")]

    def __str__(self) -> str:
        return self.title
