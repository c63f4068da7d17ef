"""What the town keeps and can show: files, documents, filing (see the modules of the three)."""

from chuangwen.records.archive.document_models import (
    Arrival,
    Confidentiality,
    Decision,
    Document,
    DocumentFile,
    DocumentKind,
    Doubt,
    Passage,
    Proposal,
    Question,
    Use,
    UseKind,
)
from chuangwen.records.archive.file_models import PageText, Reading, StoredFile
from chuangwen.records.archive.filing_models import (
    ArchiveRules,
    Destruction,
    FileCheck,
    FilingYear,
    HandOver,
    Item,
    Unfiled,
)
from chuangwen.records.archive.release_models import Release, ReleaseFile, ReleaseState, Validity
from chuangwen.records.archive.upload_models import Upload

__all__ = [
    "ArchiveRules",
    "Arrival",
    "Confidentiality",
    "Decision",
    "Destruction",
    "Document",
    "DocumentFile",
    "DocumentKind",
    "Doubt",
    "FileCheck",
    "FilingYear",
    "HandOver",
    "Item",
    "PageText",
    "Passage",
    "Proposal",
    "Question",
    "Reading",
    "Release",
    "ReleaseFile",
    "ReleaseState",
    "StoredFile",
    "Unfiled",
    "Upload",
    "Use",
    "UseKind",
    "Validity",
]
