"""``chuangwen archive search|index``: find documents; make the index anew."""

from chuangwen.doors.commands import archive_search


class Command(archive_search.SearchParts):
    """The archive from the command line."""

    help = "资料档案：检索、重建检索"
    example = archive_search.EXAMPLE
    parts = {**archive_search.PARTS}
