"""What somebody has been told, and what is still unread."""

from django.db.models import QuerySet

from chuangwen.kernel.figures import declare
from chuangwen.kernel.words import later
from chuangwen.records.notices.models import Channel, Notice
from chuangwen.records.township.models import Person


def notices_of(person: Person) -> QuerySet[Notice]:
    """All that a person has been told, newest first. Nobody reads another person's notices."""
    return Notice.objects.filter(person=person)


def unread(person: Person) -> QuerySet[Notice]:
    """What a person has not read yet, newest first."""
    return notices_of(person).filter(read_at=None)


UNREAD = declare("notices.unread", later("未读提醒"), later("发给本人、还没读的提醒"), opens=later("提醒清单"))


def unread_by(person_id: int) -> QuerySet[Notice]:
    """The same by key: what the number on the bell of every page counts."""
    return Notice.objects.filter(person_id=person_id, read_at=None)


def channels() -> QuerySet[Channel]:
    """Every way out, with its unit at hand."""
    return Channel.objects.select_related("organisation")
