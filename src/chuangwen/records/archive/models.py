"""What the town keeps and can show: files, documents, what comes in large (see the modules of the three)."""

from chuangwen.records.archive.document_models import (
    ArchiveRules,
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
from chuangwen.records.archive.file_models import FileCheck, PageText, Reading, StoredFile
from chuangwen.records.archive.upload_models import Upload

__all__ = [
    "ArchiveRules",
    "Arrival",
    "Confidentiality",
    "Decision",
    "Document",
    "DocumentFile",
    "DocumentKind",
    "Doubt",
    "FileCheck",
    "PageText",
    "Passage",
    "Proposal",
    "Question",
    "Reading",
    "StoredFile",
    "Upload",
    "Use",
    "UseKind",
]
