"""Which required materials may be graded without a document: what the edition says, by requirement or by method."""

from functools import lru_cache

from chuangwen.records.standards.models import Edition


@lru_cache(maxsize=16)
def _without(edition: int, digest: str) -> frozenset[str]:
    """An edition never changes, so it is read once in a process; the digest guards against another database."""
    content = Edition.objects.values_list("content", flat=True).get(pk=edition)
    methods = {row["id"] for row in content["framework"]["methods"] if row.get("document") is False}
    return frozenset(
        row["code"]
        for row in content["requirements"]
        if row.get("document") is False or (row.get("document") is None and row["method"] in methods)
    )


def without_document(edition: Edition) -> frozenset[str]:
    """The codes of the requirements that ask for no document."""
    return _without(edition.pk, edition.digest)
