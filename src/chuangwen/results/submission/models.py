"""The yearly submission: its standards one by one, what was chosen for each, who signed, the sealed packages."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chuangwen.records.archive.models import Document
from chuangwen.records.measures.models import Round
from chuangwen.records.standards.models import Edition, Node, Requirement
from chuangwen.records.township.models import Person


class SubmissionRules(models.Model):
    """What the packs say about the submission. One row (``pk`` 1), read through ``rules.rules_in_force``."""

    content = models.JSONField(_("内容"), default=dict)
    installed_at = models.DateTimeField(_("安装时间"))

    class Meta:
        verbose_name = _("申报规则")

    def __str__(self) -> str:
        return "submission"


class Submission(models.Model):
    """The submission of one year, for the main edition and its companion, graded in one round.

    ``locked_at``: nothing changes any more, but in the entries that were reopened with a reason.
    """

    year = models.PositiveSmallIntegerField(_("年度"), unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="submissions", verbose_name=_("轮次"))
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="submissions", verbose_name=_("测评体系"))
    companion = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("配套体系")
    )
    made_at = models.DateTimeField(_("开始时间"))
    made_by = models.CharField(_("开始人"), max_length=60)
    locked_at = models.DateTimeField(_("锁定时间"), null=True, blank=True)
    locked_by = models.CharField(_("锁定人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("年度申报")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(locked_at=None, locked_by="") | (Q(locked_at__isnull=False) & ~Q(locked_by="")),
                name="submission_locked_by_whom",
            )
        ]

    def __str__(self) -> str:
        return str(self.year)


class Entry(models.Model):
    """One standard of a submission: its explanation, who worked on it, the leader's signature.

    ``version`` rises with every change; ``text_version`` with every saved explanation. ``composers`` are the keys of the
    people who composed it: none of them may sign. ``reopened_why``: it may be changed although all is locked.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="entries", verbose_name=_("年度申报"))
    node = models.ForeignKey(Node, models.PROTECT, related_name="entries", verbose_name=_("测评标准"))
    text = models.TextField(_("情况说明"), blank=True)
    text_version = models.PositiveIntegerField(_("说明版本"), default=0)
    version = models.PositiveIntegerField(_("版本"), default=0)
    changed_by = models.CharField(_("修改人"), max_length=60, blank=True)
    changed_at = models.DateTimeField(_("修改时间"), null=True, blank=True)
    composers = models.JSONField(_("编制人"), default=list, blank=True)
    signed_at = models.DateTimeField(_("签批时间"), null=True, blank=True)
    signer = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签批人")
    )
    signed_why = models.CharField(_("签批说明"), max_length=300, blank=True)
    reopened_at = models.DateTimeField(_("退回时间"), null=True, blank=True)
    reopened_why = models.CharField(_("退回原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("申报标准")
        ordering = ["submission", "node__edition", "node__position"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "node"], name="submission_entry_once"),
            models.CheckConstraint(
                condition=Q(signed_at=None, signer=None) | Q(signed_at__isnull=False, signer__isnull=False),
                name="submission_entry_signed_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at=None, reopened_why="") | (Q(reopened_at__isnull=False) & ~Q(reopened_why="")),
                name="submission_entry_reopened_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.node_id}"


class TextVersion(models.Model):
    """An explanation as it was saved once; none is ever changed."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="texts", verbose_name=_("申报标准"))
    number = models.PositiveIntegerField(_("版本"))
    text = models.TextField(_("情况说明"), blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.CharField(_("经手"), max_length=60)

    class Meta:
        verbose_name = _("情况说明版本")
        ordering = ["entry", "-number"]
        constraints = [models.UniqueConstraint(fields=["entry", "number"], name="submission_text_once")]

    def __str__(self) -> str:
        return f"{self.entry_id}-{self.number}"


class Pick(models.Model):
    """A document chosen for a standard, in its order, for one of its requirements (none: beside them).

    One that was left out keeps its row and reason, so that a refreshed draft does not bring it back.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="picks", verbose_name=_("申报标准"))
    document = models.ForeignKey(Document, models.PROTECT, related_name="picks", verbose_name=_("资料"))
    requirement = models.ForeignKey(
        Requirement, models.PROTECT, null=True, blank=True, related_name="picks", verbose_name=_("材料要求")
    )
    place = models.PositiveIntegerField(_("次序"))
    at = models.DateTimeField(_("选入时间"))
    by = models.CharField(_("经手"), max_length=60)
    out_at = models.DateTimeField(_("移出时间"), null=True, blank=True)
    out_why = models.CharField(_("移出原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("选入资料")
        ordering = ["entry", "place", "id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "document"], name="submission_pick_once"),
            models.CheckConstraint(
                condition=Q(out_at=None, out_why="") | (Q(out_at__isnull=False) & ~Q(out_why="")),
                name="submission_pick_out_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.document_id}"


class Overrule(models.Model):
    """A fault that the machine found and a person lets stand, with a reason. ``key`` names the thing it was found in."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="overrules", verbose_name=_("申报标准"))
    code = models.CharField(_("毛病"), max_length=20)
    key = models.CharField(_("对象"), max_length=120)
    why = models.CharField(_("理由"), max_length=300)
    at = models.DateTimeField(_("时间"))
    by = models.CharField(_("经手"), max_length=60)

    class Meta:
        verbose_name = _("检查结果的人工认定")
        ordering = ["entry", "code", "key"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "code", "key"], name="submission_overrule_once"),
            models.CheckConstraint(condition=~Q(why=""), name="submission_overrule_why"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.key}"


class Package(models.Model):
    """A sealed package. Its file stands under ``whole``, the digest of its list of digests.

    ``missing`` is what was missing, weak or unsigned when it was sealed; ``despite`` the leader's reason to seal it so.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="packages", verbose_name=_("年度申报"))
    number = models.PositiveSmallIntegerField(_("次数"))
    name = models.CharField(_("文件名"), max_length=120)
    whole = models.CharField(_("总指纹"), max_length=64)
    size = models.BigIntegerField(_("字节数"))
    files = models.PositiveIntegerField(_("文件数"))
    missing = models.JSONField(_("缺项"), default=list, blank=True)
    despite = models.CharField(_("带缺项封装的理由"), max_length=300, blank=True)
    sealed_at = models.DateTimeField(_("封装时间"))
    sealed_by = models.CharField(_("封装人"), max_length=60)

    class Meta:
        verbose_name = _("申报包")
        ordering = ["submission", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="submission_package_once"),
            models.CheckConstraint(condition=Q(size__gt=0, files__gt=0), name="submission_package_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
