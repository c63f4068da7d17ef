"""The second look at photos: hashes, faults and twins in the background; questions asked, and answered by people."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.db import transaction

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.archive import storage
from chuangwen.records.archive.actions import thing
from chuangwen.records.archive.copies import original
from chuangwen.records.archive.doubting import Doubted, Place, of_dates, of_picture, of_place, of_twin
from chuangwen.records.archive.models import Document, DocumentFile, Doubt, Question, StoredFile, UseKind
from chuangwen.records.archive.photo_policy import why_not_answer
from chuangwen.records.archive.rules import Rules, rules_in_force
from chuangwen.records.archive.twins import Twin, hashed, learn, twins_of
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.photos.faults import Faults, faults_of
from chuangwen.records.photos.pictures import PAGE, as_jpeg, picture_of
from chuangwen.records.township.gates import By

MOST_PAIRS = 5
Doubts = dict[StoredFile, list[Doubted]]


class AnswerWanted(Refusal):
    """A decision without a reason."""

    code = "photo_answer_wanted"
    sentence = later("“{name}”的疑点要写明理由才能答复：为什么继续使用，或者为什么不用。")
    status = 422


class AnsweredAlready(Refusal):
    """Two people at once: the second is told what the first said."""

    code = "photo_answered_already"
    sentence = later("“{name}”的这个疑点已由{by}答复：{answer}。请刷新页面。")


def waiting(_at: datetime) -> int:
    """How many photos wait for the second look."""
    return StoredFile.objects.filter(is_photo=True, looked_at=None).count()


def look_at_waiting(limit: int, *, by: By, at: datetime) -> int:
    """Look at up to ``limit`` photos that wait; returns how many were done (0: nothing waits)."""
    rules = rules_in_force()
    rows = list(StoredFile.objects.filter(is_photo=True, looked_at=None).order_by("pk")[:limit])
    for file in rows:
        look_at(file, rules, by=by, at=at)
    return len(rows)


def look_at(file: StoredFile, rules: Rules, *, by: By, at: datetime) -> list[Question]:
    """Look at one photo; a repeat asks nothing twice. An original that cannot be read is no reason to wait for ever."""
    faults, twins = _seen(file, rules)
    with transaction.atomic():
        file.looked_at = at
        fields = ["looked_at", "likeness", "shape"]
        if faults is not None:
            file.sharpness, file.quality = faults.sharpness, faults.quality
            fields += ["sharpness", "quality"]
        file.save(update_fields=fields)
        doubts = {file: _doubts(file, faults, rules)}
        for one in twins:
            later_one, doubt = _about_the_later(file, one)
            doubts.setdefault(later_one, []).append(doubt)
        asked = [ask(one, found, by=by, at=at) for one, found in doubts.items() if stands(one)]
    return [one for some in asked for one in some]


def _seen(file: StoredFile, rules: Rules) -> tuple[Faults | None, list[Twin]]:
    """The slow part, outside any transaction: the large public copy, the faults, the nearest twins."""
    faults = None
    try:
        picture = picture_of(original(file.sha256, file.name), file.name, PAGE)
        storage.keep(settings.FILES, "public", f"{file.sha256}.page.jpg", as_jpeg(picture, 80))
        faults = faults_of(picture)
        return faults, list(islice(_compared(file, rules), MOST_PAIRS))
    except Refusal:  # lost or damaged: the daily check of originals names it
        return faults, []


def _compared(file: StoredFile, rules: Rules) -> Iterator[Twin]:
    """First told to all, then compared: of two photos looked at in the same moment one at least sees the other."""
    learn(hashed(file))
    return (one for one in twins_of(file, rules.photo.near) if one.is_same)


def _about_the_later(file: StoredFile, twin: Twin) -> tuple[StoredFile, Doubted]:
    """The question is always asked about the later of two photos."""
    if came(file) > came(twin.file):
        return file, of_twin(twin)
    return twin.file, of_twin(Twin(file, twin.distance, twin.look))


def came(file: StoredFile) -> tuple[datetime, int]:
    """Which of two photos came first."""
    return file.kept_at, file.pk


def standing(file: StoredFile) -> list[Document]:
    """The living documents in which the photo stands now."""
    rows = DocumentFile.objects.filter(file=file, superseded_at=None, document__withdrawn_at=None)
    return [row.document for row in rows.select_related("document__site")]


def stands(file: StoredFile) -> bool:
    """Whether anything is said with the photo: about others nothing is asked."""
    return DocumentFile.objects.filter(file=file, superseded_at=None, document__withdrawn_at=None).exists()


def _doubts(file: StoredFile, faults: Faults | None, rules: Rules) -> list[Doubted]:
    documents = standing(file)
    sites = [one.site for one in documents if one.site]
    places = [Place(one.name, one.lon, one.lat) for one in sites if one.lon is not None and one.lat is not None]
    keys = Document.objects.filter(pk__in=[one.pk for one in documents], serves__kind=UseKind.YEAR)
    years = sorted({int(key) for key in keys.values_list("serves__key", flat=True) if str(key).isdigit()})
    found = [*of_dates(file, years, rules), *of_place(file, places, rules.photo)]
    return found + (of_picture(file, faults, rules.photo) if faults is not None else [])


def ask(file: StoredFile, doubts: Iterable[Doubted], *, by: By, at: datetime) -> list[Question]:
    """Write down what is asked and was not asked before."""
    made = []
    for one in doubts:
        said = {"facts": dict(one.facts), "distance": one.distance, "asked_at": at}
        row, new = Question.objects.get_or_create(file=file, doubt=one.doubt, other=one.other, defaults=said)
        made += [row] if new else []
    if made:
        told = [f"{one.doubt}:{one.other.sha256[:16]}" if one.other else str(one.doubt) for one in made]
        ledger.note(thing(file), later("提出照片疑点"), by=by, at=at, after={"doubts": told})
    return made


def earlier(files: Iterable[StoredFile]) -> Doubts:
    """Photos compared with all others now, not in the background: what came before each. Nothing is asked yet."""
    rules, found = rules_in_force(), {}
    for file in files:
        try:
            before = (one for one in _compared(file, rules) if came(one.file) < came(file))
            found[file] = [of_twin(one) for one in islice(before, MOST_PAIRS)]
        except Refusal:
            continue
    return found


def look_again(files: Iterable[int]) -> None:
    """Something is said anew with these photos (keys): the background looks once more."""
    StoredFile.objects.filter(pk__in=list(files), is_photo=True).update(looked_at=None)


@transaction.atomic
def answer(question: Question, *, kept: bool, why: str, by: By, at: datetime) -> Question:
    """A person says whether the photo is used all the same, or not, and why. The ledger keeps it."""
    found = Question.objects.select_for_update(of=("self",)).select_related("file", "other").get(pk=question.pk)
    if no := why_not_answer(found, by):
        raise no
    if found.answered_at is not None:
        raise AnsweredAlready(name=found.file.name, by=found.answered_by, answer=found.answer)
    if not why.strip():
        raise AnswerWanted(name=found.file.name)
    found.kept, found.answer, found.answered_at, found.answered_by = kept, " ".join(why.split())[:300], at, by.name
    found.save(update_fields=["kept", "answer", "answered_at", "answered_by"])
    after = {
        "doubt": found.doubt,
        "kept": kept,
        "why": found.answer,
        "other": found.other.sha256[:16] if found.other else "",
    }
    ledger.note(thing(found.file), later("答复照片疑点"), by=by, at=at, after=after)
    return found


def answer_many(
    questions: Sequence[Question], *, kept: bool, why: str, by: By, at: datetime
) -> tuple[int, dict[str, str]]:
    """Answer several in the same words; those that cannot be are told by the photo's name."""
    done, refused = 0, {}
    for one in questions:
        try:
            answer(one, kept=kept, why=why, by=by, at=at)
            done += 1
        except Refusal as no:
            refused[one.file.name] = str(no)
    return done, refused


def reused(files: Iterable[StoredFile]) -> list[Question]:
    """Open questions, and those answered with no, that a photo was used before."""
    rows = Question.objects.filter(file__in=list(files), doubt=Doubt.REUSED).exclude(kept=True)
    return list(rows.select_related("file", "other").order_by("pk"))


def used_in(doubts: Doubts) -> list[tuple[StoredFile, StoredFile]]:
    """Photos with those that they repeat, found now or asked before, without what a person has accepted."""
    asked = Question.objects.filter(file__in=list(doubts), doubt=Doubt.REUSED, other__isnull=False)
    pairs = {(one.file, one.other): one.kept for one in asked.select_related("file", "other") if one.other}
    for file, found in doubts.items():
        for one in found:
            if one.other is not None:
                pairs.setdefault((file, one.other), None)
    return [pair for pair, kept in pairs.items() if kept is not True]
