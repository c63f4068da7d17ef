"""The English catalogue: `extract` collects what people see, `compile` makes it readable for Django, `missing` lists gaps.

Source strings are Chinese and stand in the code, in templates and in pack reading; they are collected from
``gettext`` calls, ``say``/``later`` of the kernel, and translate tags.
"""

import sys
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "chuangwen"
PO = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "say": None,
    "later": None,
}


def _templates() -> "list[tuple[str, str]]":
    import django
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=False)
        django.setup()
    return [
        (str(path.relative_to(ROOT)), _flat(templatize(path.read_text(encoding="utf-8"))))
        for path in sorted(PACKAGE.rglob("templates/**/*.html"))
    ]


def _flat(text: str) -> str:
    """Every line at the margin: Babel reads the template's tokens as Python."""
    return "\n".join(line.lstrip() for line in text.splitlines())


def collect() -> Catalog:
    """Every Chinese sentence that people see, with the places where it stands."""
    catalogue = Catalog(locale="en", project="chuangwen", fuzzy=False)
    sources = [
        (str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))
    ]
    for place, text in [*sources, *_templates()]:
        for line, message, _comments, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
            ident = message[0] if isinstance(message, tuple) and not message[1:] else message
            if ident and ident != "":
                catalogue.add(ident, locations=[(place, 0)], context=context)
            _ = line
    return catalogue


def main(verb: str) -> int:
    if verb == "compile":
        if PO.exists():
            with PO.open("rb") as file, PO.with_suffix(".mo").open("wb") as out:
                write_mo(out, read_po(file, locale="en"))
        return 0
    fresh = collect()
    if PO.exists():
        with PO.open("rb") as file:
            old = read_po(file, locale="en")
        for message in fresh:
            known = old.get(message.id, context=message.context) if message.id else None
            if known is not None and known.string:
                message.string = known.string
    missing = [message for message in fresh if message.id and not _complete(message.string)]
    if verb == "extract":
        PO.parent.mkdir(parents=True, exist_ok=True)
        with PO.open("wb") as out:
            write_po(out, fresh, sort_output=True, omit_header=False, width=0, include_lineno=False)
    report = StringIO()
    for message in missing:
        print(message.id, file=report)
    sys.stdout.write(report.getvalue())
    return 1 if missing and verb == "missing" else 0


def _complete(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "extract"))
