"""``chuangwen archive add|search|check|index``: the archive from the command line."""

from typing import ClassVar

from chuangwen.doors.commands import archive_adding, archive_search


class Command(archive_adding.AddingParts, archive_search.SearchParts):
    """The archive from the command line: each part stands in a module of its own."""

    help = "资料档案：收件、检索、核对原件、重建检索"
    example = "\n".join([archive_adding.ADD_EXAMPLE, archive_search.EXAMPLE, archive_adding.CHECK_EXAMPLE])
    parts: ClassVar[dict[str, str]] = {**archive_adding.PARTS, **archive_search.PARTS}
