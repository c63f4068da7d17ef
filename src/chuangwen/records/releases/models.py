"""Documents released to the public with the fields of a government-information page (政府信息公开)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chuangwen.records.archive.models import Document, DocumentFile
from chuangwen.records.township.models import Person


class ReleaseState(models.TextChoices):
    """Where a release stands. Only ``released`` is seen by the public."""

    PROPOSED = "proposed", _("待审查")
    RETURNED = "returned", _("已退回")
    RELEASED = "released", _("已公开")
    WITHDRAWN = "withdrawn", _("已撤下")


OPEN_STATES = (ReleaseState.PROPOSED, ReleaseState.RETURNED, ReleaseState.RELEASED)


class Validity(models.TextChoices):
    """Whether what the document orders still holds (效力状态)."""

    IN_FORCE = "in_force", _("有效")
    LAPSED = "lapsed", _("失效")
    REPEALED = "repealed", _("废止")


class Release(models.Model):
    """One release of a document. ``index_number`` is given at release by the pack's rule (then ``year`` and ``serial``

    say which), or typed where the city's portal gave one; it is never given again. ``decisions`` holds, by the mark of
    a finding, what a person decided about it and why. A withdrawn release keeps its row; the document may be released
    anew under a new number. ``version`` rises with every change.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="releases", verbose_name=_("资料"))
    state = models.CharField(_("状态"), max_length=10, choices=ReleaseState, default=ReleaseState.PROPOSED)
    index_number = models.CharField(_("索引号"), max_length=60, unique=True, null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("编号年度"), null=True, blank=True)
    serial = models.PositiveIntegerField(_("流水号"), null=True, blank=True)
    category = models.CharField(_("信息类别"), max_length=60)
    issuer = models.CharField(_("发布机构"), max_length=120)
    issued_on = models.DateField(_("发文日期"))
    title = models.CharField(_("标题"), max_length=200)
    number = models.CharField(_("文号"), max_length=80, blank=True)
    validity = models.CharField(_("效力状态"), max_length=10, choices=Validity, default=Validity.IN_FORCE)
    validity_on = models.DateField(_("效力变更日期"), null=True, blank=True)
    validity_why = models.CharField(_("效力变更说明"), max_length=200, blank=True)
    text = models.TextField(_("正文"), blank=True)
    decisions = models.JSONField(_("个人信息处理"), default=dict, blank=True)
    proposer = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("提出人")
    )
    proposed_by = models.CharField(_("提出"), max_length=60)
    proposed_at = models.DateTimeField(_("提出时间"))
    reviewer = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审查人")
    )
    reviewed_by = models.CharField(_("审查"), max_length=60, blank=True)
    reviewed_at = models.DateTimeField(_("审查时间"), null=True, blank=True)
    opinion = models.CharField(_("审查意见"), max_length=300, blank=True)
    released_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    withdrawn_by = models.CharField(_("撤下"), max_length=60, blank=True)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)
    withdrawn_why = models.CharField(_("撤下原因"), max_length=300, blank=True)
    changed_at = models.DateTimeField(_("改动时间"))
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = _("公开信息")
        ordering = ["-issued_on", "-id"]
        indexes = [models.Index(fields=["state", "-issued_on"], name="releases_state")]
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="releases_serial_once"),
            models.UniqueConstraint(fields=["document"], condition=Q(state__in=OPEN_STATES), name="releases_one_open"),
            models.CheckConstraint(
                condition=~Q(state="released")
                | Q(index_number__isnull=False, released_at__isnull=False, reviewed_at__isnull=False),
                name="releases_reviewed_and_numbered",
            ),
            models.CheckConstraint(
                condition=(~Q(state="withdrawn") & Q(withdrawn_at=None, withdrawn_why=""))
                | (Q(state="withdrawn", withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
                name="releases_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReleaseFile(models.Model):
    """A file that goes out with a release, under a name for the public; a photo goes out as its public copy."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="files", verbose_name=_("公开信息"))
    document_file = models.ForeignKey(DocumentFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    title = models.CharField(_("附件名称"), max_length=200)
    place = models.PositiveSmallIntegerField(_("次序"))

    class Meta:
        verbose_name = _("公开的附件")
        ordering = ["release", "place"]
        constraints = [
            models.UniqueConstraint(fields=["release", "place"], name="releases_file_place"),
            models.UniqueConstraint(fields=["release", "document_file"], name="releases_file_once"),
            models.CheckConstraint(condition=~Q(title=""), name="releases_file_is_named"),
        ]

    def __str__(self) -> str:
        return self.title
