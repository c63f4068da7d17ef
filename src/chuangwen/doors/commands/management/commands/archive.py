"""``chuangwen archive add|search|twins|check|index|filing|transfer|verify``: the archive from the command line."""

from typing import ClassVar

from chuangwen.doors.commands import archive_adding, archive_filing, archive_releases, archive_search, archive_twins


class Command(
    archive_adding.AddingParts,
    archive_search.SearchParts,
    archive_twins.TwinsParts,
    archive_filing.FilingParts,
    archive_releases.ReleaseParts,
):
    """The archive from the command line: each part stands in a module of its own."""

    help = "资料档案：收件、检索、找重复的照片、核对原件、重建检索、整理归档和移交、导出公开信息"
    example = "\n".join(
        [
            archive_adding.ADD_EXAMPLE,
            archive_search.EXAMPLE,
            archive_twins.EXAMPLE,
            archive_adding.CHECK_EXAMPLE,
            archive_filing.EXAMPLE,
            archive_releases.EXAMPLE,
        ]
    )
    parts: ClassVar[dict[str, str]] = {
        **archive_adding.PARTS,
        **archive_search.PARTS,
        **archive_twins.PARTS,
        **archive_filing.PARTS,
        **archive_releases.PARTS,
    }
