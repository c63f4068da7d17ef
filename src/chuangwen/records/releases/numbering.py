"""Index numbers (索引号) by the pack's rule; a number once given is never given again."""

from django.db.models import Max

from chuangwen.records.archive.models import ArchiveRules
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.releases.models import Release


def give_number(release: Release, *, year: int) -> None:
    """Number the release, unless the city's portal has. The archive's rules are locked, so that two never get the same."""
    if release.index_number:
        return
    ArchiveRules.objects.select_for_update().filter(pk=1).first()
    rules = rules_in_force()
    organisation = rules.fonds.organisation_code if rules.fonds else ""
    serial = Release.objects.filter(year=year).aggregate(last=Max("serial"))["last"] or 0
    while True:
        serial += 1
        number = rules.disclosure.index.format(organisation=organisation, year=year, serial=serial)[:60]
        if not Release.objects.filter(index_number=number).exists():
            break
    release.index_number, release.year, release.serial = number, year, serial
