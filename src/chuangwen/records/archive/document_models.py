"""What the town can show: documents made of files, what they prove, how they came, what was asked about them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chuangwen.records.archive.file_models import StoredFile
from chuangwen.records.township.models import Organisation, Person, Site


class DocumentKind(models.Model):
    """A kind of material, declared by a pack: 规范文件, 情况说明, 实景图片, 统计表, 音像 ...

    ``category`` is its class in the filing rules (文书 WS, 照片 ZP, 录音 LY, 录像 LX); ``needs`` names what such a
    document must carry to be whole: number, issuer, dated, caption, figures; ``holds`` what sort of files it usually
    has (sheet, audio, video ...), so that a new file finds its kind; ``words`` at the end of a title tell it too.
    """

    code = models.CharField(_("编号"), max_length=40, primary_key=True)
    title = models.CharField(_("名称"), max_length=60)
    aliases = models.JSONField(_("别名"), default=list, blank=True)
    words = models.JSONField(_("题名用词"), default=list, blank=True)
    category = models.CharField(_("档案门类"), max_length=4)
    retention = models.CharField(_("保管期限"), max_length=10, blank=True)
    needs = models.JSONField(_("必备"), default=list, blank=True)
    is_photo = models.BooleanField(_("照片"), default=False)
    holds = models.JSONField(_("通常的文件"), default=list, blank=True)
    order = models.PositiveSmallIntegerField(_("排序"), default=0)

    class Meta:
        verbose_name = _("材料类型")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.title


class ArchiveRules(models.Model):
    """What the packs say about the archive beside the kinds: fonds, sections, window of a year, bounds of photos.

    One row (``pk`` 1), read through ``rules.rules_in_force``; each pack's part stands under its name.
    """

    content = models.JSONField(_("内容"), default=dict)
    installed_at = models.DateTimeField(_("安装时间"))

    class Meta:
        verbose_name = _("档案规则")

    def __str__(self) -> str:
        return str(self.pk)


class Confidentiality(models.TextChoices):
    """Classified matter is forbidden here: only none or internal."""

    OPEN = "", _("无")
    INTERNAL = "internal", _("内部")


class Document(models.Model):
    """One document (件): one or more files in order, each with versions.

    ``dated`` is the day of the document itself, apart from ``arrived_at``. ``caption`` holds the six parts of a photo's
    caption (time, place, people, theme, background, reason). ``unit`` is whose document it is. A withdrawn document
    keeps its row and reason; ``version`` rises with every change so that the second of two people is told.
    """

    title = models.CharField(_("题名"), max_length=200)
    kind = models.ForeignKey(DocumentKind, models.PROTECT, related_name="documents", verbose_name=_("类型"))
    number = models.CharField(_("文号"), max_length=80, blank=True)
    issuer = models.CharField(_("发文机关"), max_length=120, blank=True)
    dated = models.DateField(_("文件日期"), null=True, blank=True)
    confidentiality = models.CharField(_("密级"), max_length=8, choices=Confidentiality, blank=True, default="")
    caption = models.JSONField(_("图片说明"), default=dict, blank=True)
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("点位")
    )
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="documents", verbose_name=_("形成单位"))
    road = models.CharField(_("来路"), max_length=12)
    arrived_at = models.DateTimeField(_("收到时间"))
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("提交人")
    )
    by = models.CharField(_("经手"), max_length=60)
    withdrawn_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    withdrawn_why = models.CharField(_("作废原因"), max_length=300, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = _("文件资料")
        ordering = ["-arrived_at", "-id"]
        indexes = [
            models.Index(fields=["unit", "-arrived_at"], name="archive_doc_unit"),
            models.Index(fields=["kind", "-arrived_at"], name="archive_doc_kind"),
            models.Index(fields=["dated"], name="archive_doc_dated"),
            models.Index(fields=["number"], name="archive_doc_number"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(confidentiality__in=["", "internal"]), name="archive_doc_unclassified"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
                name="archive_doc_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DocumentFile(models.Model):
    """A file of a document: ``place`` is its order in the document, ``edition`` counts its versions from 1.

    A newer version supersedes the earlier one at the same place; both rows stay.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="files", verbose_name=_("资料"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="uses", verbose_name=_("文件"))
    place = models.PositiveSmallIntegerField(_("次序"), default=1)
    edition = models.PositiveSmallIntegerField(_("版次"), default=1)
    name = models.CharField(_("文件名"), max_length=255)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    at = models.DateTimeField(_("加入时间"))
    by = models.CharField(_("经手"), max_length=60)
    superseded_at = models.DateTimeField(_("被替换时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("资料的文件")
        ordering = ["document", "place", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["document", "place", "edition"], name="archive_docfile_edition_once"),
            models.UniqueConstraint(
                fields=["document", "place"], condition=Q(superseded_at=None), name="archive_docfile_one_current"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Passage(models.Model):
    """A part of a document marked as proof: a page, the words, and where they stand in the page's text."""

    document_file = models.ForeignKey(DocumentFile, models.PROTECT, related_name="passages", verbose_name=_("文件"))
    page = models.PositiveIntegerField(_("页"), default=1)
    start = models.PositiveIntegerField(_("起"), null=True, blank=True)
    end = models.PositiveIntegerField(_("止"), null=True, blank=True)
    quote = models.CharField(_("原文"), max_length=500)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.CharField(_("经手"), max_length=60)

    class Meta:
        verbose_name = _("佐证段落")
        ordering = ["document_file", "page", "start", "id"]

    def __str__(self) -> str:
        return self.quote[:40]


class UseKind(models.TextChoices):
    """What a document may serve."""

    STANDARD = "standard", _("测评标准")
    REQUIREMENT = "requirement", _("申报材料")
    SITE = "site", _("点位")
    CASE = "case", _("事项")
    CAMPAIGN = "campaign", _("专项")
    YEAR = "year", _("年度")
    OBSERVATION = "observation", _("观测")


class Use(models.Model):
    """One thing that a document serves; entered once, it serves any number.

    ``key`` is ``<edition id>:<code>`` for standards and requirements (as in links of cases), the code, number or year
    for others. ``passage`` says which part proves it; ``why`` is asked for when a photo was used before.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="serves", verbose_name=_("资料"))
    kind = models.CharField(_("用于"), max_length=12, choices=UseKind)
    key = models.CharField(_("编号"), max_length=120)
    title = models.CharField(_("名称"), max_length=300, blank=True)
    passage = models.ForeignKey(
        Passage, models.PROTECT, null=True, blank=True, related_name="serves", verbose_name=_("佐证段落")
    )
    why = models.CharField(_("理由"), max_length=300, blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.CharField(_("经手"), max_length=60)

    class Meta:
        verbose_name = _("用途")
        ordering = ["kind", "key"]
        indexes = [models.Index(fields=["kind", "key"], name="archive_use_thing")]
        constraints = [models.UniqueConstraint(fields=["document", "kind", "key"], name="archive_use_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Decision(models.TextChoices):
    """What a person decided about something that arrived."""

    OPEN = "", _("待处理")
    DOCUMENT = "document", _("立为资料")
    VERSION = "version", _("作为新版本")
    SAME = "same", _("与已有资料相同")
    REFUSED = "refused", _("不收")


class Arrival(models.Model):
    """One thing that came in by any road. Nothing is dropped in silence: what could not be taken has its ``problem``,

    what is there already stands beside its ``twin``, and a person decides, with a reason (``why``) where one is due.
    ``mark`` makes the same file of the same batch arrive once; ``inside`` is the zip, mail or folder it came in.
    """

    batch = models.CharField(_("批次"), max_length=40)
    mark = models.CharField(_("标记"), max_length=120, null=True, blank=True, unique=True)
    road = models.CharField(_("来路"), max_length=12)
    name = models.CharField(_("名称"), max_length=255)
    inside = models.CharField(_("来自"), max_length=400, blank=True)
    sha256 = models.CharField(_("指纹"), max_length=64, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="arrivals", verbose_name=_("文件")
    )
    unit = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位")
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("人员"))
    by = models.CharField(_("经手"), max_length=60)
    at = models.DateTimeField(_("时间"))
    problem = models.CharField(_("问题"), max_length=400, blank=True)
    twin = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="twins", verbose_name=_("已有的同一文件")
    )
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="arrivals", verbose_name=_("资料")
    )
    decision = models.CharField(_("处理"), max_length=8, choices=Decision, blank=True, default="")
    why = models.CharField(_("理由"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    decided_by = models.CharField(_("处理人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("收件")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["batch"], name="archive_arrival_batch"),
            models.Index(fields=["-at"], condition=Q(decision=""), name="archive_arrival_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False) | ~Q(problem=""), name="archive_arrival_file_or_problem"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="archive_arrival_decided_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Proposal(models.Model):
    """What the machine read in a document and proposes for a field; it is a proposal until a person takes it."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="proposals", verbose_name=_("资料"))
    field = models.CharField(_("字段"), max_length=20)
    value = models.CharField(_("建议值"), max_length=200)
    quote = models.CharField(_("依据的原文"), max_length=300, blank=True)
    page = models.PositiveIntegerField(_("页"), default=1)
    source = models.CharField(_("来源"), max_length=8)
    sure = models.PositiveSmallIntegerField(_("把握"), default=50)
    taken = models.BooleanField(_("采用"), null=True, blank=True)
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    decided_by = models.CharField(_("处理人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("识别建议")
        ordering = ["document", "field", "-sure", "id"]
        indexes = [models.Index(fields=["document"], condition=Q(field="classified"), name="archive_proposal_secrecy")]
        constraints = [models.UniqueConstraint(fields=["document", "field", "value"], name="archive_proposal_once")]

    def __str__(self) -> str:
        return f"{self.field} {self.value}"


class Doubt(models.TextChoices):
    """Why the machine asks about a photo. It asks; a person decides."""

    REUSED = "reused", _("用过的照片")
    EARLY = "early", _("早于申报期")
    LATE = "late", _("晚于申报期")
    FAR = "far", _("拍摄位置与点位不符")
    BLURRED = "blurred", _("模糊")
    SQUEEZED = "squeezed", _("压缩过度")
    MARKED = "marked", _("有水印")


class Question(models.Model):
    """A question about a photo: what was noticed, beside what, and what a person answered. Nobody is punished by it."""

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="questions", verbose_name=_("照片"))
    doubt = models.CharField(_("疑点"), max_length=8, choices=Doubt)
    other = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("另一张照片")
    )
    distance = models.PositiveSmallIntegerField(_("相差位数"), null=True, blank=True)
    facts = models.JSONField(_("依据"), default=dict, blank=True)
    asked_at = models.DateTimeField(_("提出时间"))
    answer = models.CharField(_("说明"), max_length=300, blank=True)
    kept = models.BooleanField(_("继续使用"), null=True, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.CharField(_("答复人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("照片疑点")
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["-asked_at"], condition=Q(answered_at=None), name="archive_question_open")]
        constraints = [
            models.UniqueConstraint(fields=["file", "doubt", "other"], name="archive_question_once"),
            models.UniqueConstraint(
                fields=["file", "doubt"], condition=Q(other=None), name="archive_question_alone_once"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, kept=None) | Q(answered_at__isnull=False, kept__isnull=False),
                name="archive_question_answered_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.doubt}"
