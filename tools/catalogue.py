"""The English catalogue: `extract` brings it up to the code, `missing` lists its gaps, `compile` makes it readable.

Source strings are Chinese. They stand in ``say``, ``counted``, ``later``, ``lasting`` and ``written`` of the kernel, in
``gettext`` calls, in translate tags, and in the tables that a room declares. `extract` keeps every English sentence whose
Chinese stands unchanged, guesses nothing, and writes the file sorted and without places or dates, so that branches merge.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "chuangwen"
PO = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
HEAD = """\
# The English catalogue of chuangwen. Words: docs/glossary.md. Tool: tools/catalogue.py.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
PLAIN = {"_", "gettext", "gettext_lazy", "say", "later", "lasting", "written"}
HOLES = re.compile(r"\{[^{}]*\}|%\(\w+\)[sd]|%%|%[sd]")
Ident = str | tuple[str, ...]


def _in_python(text: str) -> Iterator[Ident]:
    """The marked sentences of one module; ``self.say(options, "…")`` of a command counts too."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        said = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if name in PLAIN and said:
            yield said[0]
        elif name == "counted" and said:
            yield said[0], said[0]


def _in_template(text: str) -> Iterator[Ident]:
    """The translate tags of one template. Every line goes to the margin: Babel reads the template's tokens as Python."""
    from django.utils.translation.template import templatize

    flat = "\n".join(line.lstrip() for line in templatize(text).splitlines())
    words: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "ngettext": (1, 2)}
    for _line, message, _comments, _context in extract("python", BytesIO(flat.encode()), keywords=words):
        yield message if isinstance(message, str) else tuple(message)


def _in_table(text: str) -> Iterator[Ident]:
    """What a declared table says to people: its name and what to do; its headings stay as they stand in the file."""
    table = tomllib.loads(text)
    yield table["title"]
    yield from (field["cure"] for field in table["fields"] if "cure" in field)


def _sources() -> Iterator[tuple[Path, Iterator[Ident]]]:
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)
        django.setup()
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, _in_python(path.read_text("utf-8"))
    for path in sorted(PACKAGE.rglob("templates/**/*.*")):
        yield path, _in_template(path.read_text("utf-8"))
    for path in sorted(PACKAGE.rglob("tables/*.toml")):
        yield path, _in_table(path.read_text("utf-8"))


def collect() -> Catalog:
    """Every sentence that people see, with the files where it stands; English is empty."""
    fresh = Catalog(locale="en", fuzzy=False)
    for path, idents in _sources():
        for ident in filter(None, idents):
            fresh.add(ident, locations=[(str(path.relative_to(ROOT)), 0)])
    return fresh


def known() -> Catalog:
    """The catalogue as it stands in the file."""
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def fill(fresh: Catalog, old: Catalog) -> None:
    """Take over every English sentence whose Chinese is unchanged."""
    for message in sentences(fresh):
        before = old.get(message.id)
        if before is not None and not before.fuzzy and isinstance(before.id, str) == isinstance(message.id, str):
            message.string = before.string


def sentences(catalogue: Catalog) -> list[Message]:
    """All messages but the head, in the order of the file."""
    return sorted((one for one in catalogue if one.id), key=lambda one: str(one.id))


def is_empty(message: Message) -> bool:
    """Whether an English sentence, or one of its numbers, is still to be written."""
    said = message.string if isinstance(message.string, tuple | list) else [message.string]
    return not all(said)


def holes(sentence: str) -> list[str]:
    """The places of a sentence where facts go in: ``{name}``, ``%(name)s``, ``%%``."""
    return sorted(HOLES.findall(sentence))


def text_of(catalogue: Catalog) -> str:
    """The file as it should stand."""
    body = BytesIO()
    write_po(body, catalogue, sort_output=True, omit_header=True, width=0, no_location=True)
    return HEAD + body.getvalue().decode().strip() + "\n"


def main(verb: str) -> int:
    if verb == "compile":
        with PO.with_suffix(".mo").open("wb") as out:
            write_mo(out, known())
        return 0
    fresh, old = collect(), known() if PO.exists() else Catalog(locale="en")
    fill(fresh, old)
    if verb == "extract":
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_text(text_of(fresh), "utf-8")
    gaps = [one for one in sentences(fresh) if is_empty(one)]
    for one in gaps:
        sys.stdout.write(f"{one.locations[0][0]}: {one.id}\n")
    return 1 if gaps and verb == "missing" else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "extract"))
