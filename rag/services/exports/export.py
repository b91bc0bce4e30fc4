"""Writing an answer or a briefing in a format, and checking a file that was written so.

Every file carries its record. A check reads that, holds it against the library or the texts in the file, writes the
file again from it and compares: so an edit of any format is found in one way.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from rag.domain import Answer, Briefing, Checked, ExportFormat, SealState, Verification
from rag.errors import UnusableInput
from rag.services.exports import lines as form
from rag.services.exports import markdown, page, pdf, record, word
from rag.services.exports.checking import FILE, Check, shown_as
from rag.services.exports.claims import Texts
from rag.services.exports.document import as_lines, document
from rag.services.exports.lines import Line
from rag.services.exports.plots import figures
from rag.stores.library import Library

FORMATS: tuple[ExportFormat, ...] = ("md", "docx", "pdf", "html", "json")
PLAIN = ("json", "pdf")  # carry the record as it is; the others packed


def export(
    value: Answer | Briefing,
    format: ExportFormat,  # noqa: A002
    texts: Mapping[tuple[str, str], str],
    *,
    key: str = "",
) -> bytes:
    """The answer or briefing as a file; every citation in it can be checked again.

    `texts` has the canonical text of every cited (article id, version). A sentence that does not pass its check against
    them moves to those withheld. `key` is the library's, for the seal; without one there is a digest only. The same
    input gives the same bytes. Raises UnusableInput for another format and for a text that is missing.
    """
    if format not in FORMATS:
        raise UnusableInput(f"{format!r} is no format of an export. Choose one of {', '.join(FORMATS)}.")
    wanted = dict.fromkeys((item.article_id, item.version) for item in value.citations)
    if missing := [one for one in wanted if one not in texts]:
        raise UnusableInput(f"The text of article {missing[0][0]!r} is no longer there. Make the {_kind(value)} again.")
    checked = document(value, {one: texts[one] for one in wanted})
    whole = record.values(checked, texts=format != "md")  # Markdown is pasted into mails; texts would be in the way
    digest = record.digest_of(whole)
    seal = _seal(digest, key)
    raw = record.write(whole, digest, seal)
    packed = raw if format in PLAIN else record.pack(raw).encode()
    return rendered(format, checked.value, signed(checked.lines, digest, seal), checked.texts, packed)


def file_name(value: Answer | Briefing, format: ExportFormat) -> str:  # noqa: A002
    """A name for the file that every file system takes: letters, digits and hyphens of the title."""
    title = value.question if isinstance(value, Answer) else value.title
    bare = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return f"{re.sub('[^a-z0-9]+', '-', bare)[:60].strip('-') or _kind(value)}.{format}"


def verify(data: bytes, name: str, *, library: Library | None = None, key: str = "") -> Verification:
    """Check an exported file again, against the library and else against the source texts that it embeds.

    Raises UnusableInput for what is no export.
    """
    if len(data) > record.MOST:
        raise UnusableInput(f"{name} has more than 200 MB; it is no export of onrecord.")
    kind = _format_of(data)
    try:
        packed = _record_in(data, kind)
    except UnicodeDecodeError:
        raise UnusableInput(f"{name} is no export of onrecord that can be read. Export it again.") from None
    if packed is None:
        raise UnusableInput(
            f"{name} is no export of onrecord, or the record that each carries was taken out. Export it again."
        )
    whole = record.read(packed if kind in PLAIN else record.unpack(packed.decode()))
    stamp = whole.get("export")
    about: Mapping[str, Any] = stamp if isinstance(stamp, dict) else {}
    if about.get("form", form.FORM) != form.FORM:
        raise UnusableInput(f"{name} is of form {about['form']!r}, unknown to this version. Export it again.")
    if kind != "json" and not about:
        raise UnusableInput(f"{name} is no export of onrecord: its record is not signed. Export it again.")
    value = record.as_value(whole)
    digest, seal = record.digest_of(whole), str(about.get("seal") or "")
    state = _state(digest, seal, key)
    check = Check(value, record.texts_of(whole), library, sealed=state == "unbroken")
    results = check.run(whole)
    cited = dict.fromkeys((item.article_id, item.version) for item in value.citations)
    if kind != "json" and all(one in check.texts for one in cited):
        texts = {one: check.texts[one] for one in cited}
        lines = signed(as_lines(value, texts), str(about.get("digest")), seal)
        again = rendered(kind, value, lines, texts, packed)
        results = _merged(results, _compared(kind, lines, again, data))
    same = digest == about.get("digest") if about else None
    return _verification(name, kind, results, same, state, check)


def _format_of(data: bytes) -> ExportFormat:
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"%PDF"):
        return "pdf"
    if start.startswith(b"{"):
        return "json"
    return "docx" if start.startswith(b"PK") else "html" if start.startswith(b"<") else "md"


def _record_in(data: bytes, kind: ExportFormat) -> bytes | None:
    if kind == "json":
        return data
    if kind == "pdf":
        return pdf.record_in(data)
    packed = {"md": markdown, "html": page, "docx": word}[kind].record_in(data)
    return packed.encode() if packed is not None else None


def signed(lines: Sequence[Line], digest: str, seal: str) -> list[Line]:
    """The lines with those of the digest and of the seal after them."""
    both = [*lines, Line(0, f"Digest: {digest}", "digest")]
    return [*both, Line(0, f"Seal: {seal}", "seal")] if seal else both


def rendered(kind: ExportFormat, value: Answer | Briefing, lines: Sequence[Line], texts: Texts, packed: bytes) -> bytes:
    """The file of a value with these lines; `packed` is its record, as it is for JSON and PDF and else packed. The same
    input gives the same bytes.
    """
    moment = value.made if isinstance(value, Briefing) else None
    if kind == "json":
        return packed
    if kind == "md":
        return markdown.write(lines, packed.decode())
    if kind == "docx":
        return word.write(lines, packed.decode(), moment)
    drawn = figures(value, lines)
    if kind == "pdf":
        return pdf.write(lines, drawn, packed, moment)
    return page.write(lines, texts, drawn, packed.decode())


def _compared(kind: ExportFormat, lines: Sequence[Line], again: bytes, data: bytes) -> list[Checked]:
    """What differs between the file and the one that its record makes."""
    if again == data or (kind == "html" and page.text_of(again) == page.text_of(data)):
        return []
    words = {"md": markdown.words, "html": page.words, "docx": word.words, "pdf": pdf.words}[kind]
    differing = list(shown_as(lines, words(again), words(data)))
    if kind == "html" and not differing:
        return [_whole("the page holds something that no export writes: markup, a style, a plot, or hidden words")]
    return differing


def _merged(results: Sequence[Checked], differing: Sequence[Checked]) -> list[Checked]:
    """Both, with one result for each citation."""
    places = {item.place for item in differing}
    return [*(item for item in results if not (item.fine and item.place in places)), *differing]


def _verification(
    name: str, kind: ExportFormat, results: Sequence[Checked], same: bool | None, state: SealState, check: Check
) -> Verification:
    checked = list(results)
    if all(item.fine for item in checked):
        if same is False:
            checked.append(_whole("its words are not the ones that were exported; no citation tells where"))
        elif state == "broken":
            checked.append(_whole("its digest was made anew; this library has not exported it like this"))
    altered = tuple(item for item in checked if not item.fine)
    return Verification(
        file=name,
        format=kind,
        ok=not altered,
        checked=tuple(checked),
        altered=altered,
        digest=same,
        seal=state,
        sentences=tuple(check.sentences),
    )


def _whole(reason: str) -> Checked:
    return Checked(n=None, place=FILE, status="altered", reason=reason)


def _kind(value: Answer | Briefing) -> str:
    return "answer" if isinstance(value, Answer) else "briefing"


def _seal(digest: str, key: str) -> str:
    """`NAME MAC`: which key, and HMAC-SHA256 of the digest by it; empty without a key."""
    if not key:
        return ""
    mac = hmac.new(key.encode(), digest.encode(), hashlib.sha256).hexdigest()
    return f"{hashlib.sha256(key.encode()).hexdigest()[:8]} {mac}"


def _state(digest: str, seal: str, key: str) -> SealState:
    if not seal:
        return "none"
    if not key or seal.split(" ")[0] != _seal(digest, key).split(" ")[0]:
        return "of another library"
    return "unbroken" if hmac.compare_digest(seal.encode(), _seal(digest, key).encode()) else "broken"
