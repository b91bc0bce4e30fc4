"""The export service: writing an answer or a briefing in a format, and checking an exported file.

Every file carries its record. A check reads the record, compares it with the library or the texts in the file, renders
the file again and compares: so edits of every format are found in the same way.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.documents import lines as form
from rag.documents import markdown, page, pdf, text, word
from rag.documents.claims import Texts
from rag.documents.document import as_lines, as_shown, document
from rag.documents.lines import Line
from rag.documents.plots import figures
from rag.domain import Answer, Briefing, Checked, ExportFormat, SealState, Verification
from rag.errors import UnreadableSource, UnusableInput
from rag.services.exports import record
from rag.services.exports.checking import WHOLE_FILE, Check, rendering_differences
from rag.stores.library import Library

FORMATS: tuple[ExportFormat, ...] = ("md", "docx", "pdf", "html", "json")
_SEAL_KEY = "export-key"  # of the library
UNPACKED_FORMATS = ("json", "pdf")  # carry the record as plain JSON; the others carry it packed


def export(
    value: Answer | Briefing,
    format: ExportFormat,  # noqa: A002
    texts: Mapping[tuple[str, str], str],
    *,
    key: str = "",
) -> bytes:
    """The answer or briefing as a file; every citation in it can be checked again.

    `texts` has the canonical text of every cited (article id, version). A sentence that fails its check against them
    moves to those withheld. `key` is the library's, for the seal; without one there is only a digest. The same input
    gives the same bytes. Raises UnusableInput for an unknown format or a missing text.
    """
    if format not in FORMATS:
        raise UnusableInput(f"{format!r} is no format of an export. Choose one of {', '.join(FORMATS)}.")
    keys = dict.fromkeys((item.article_id, item.version) for item in value.citations)
    if missing := [one for one in keys if one not in texts]:
        raise UnusableInput(
            f"The text of article {missing[0][0]!r} is no longer there. Make the {_kind_name(value)} again."
        )
    draft = document(value, {one: texts[one] for one in keys})
    fields = record.record_fields(
        draft, texts=format != "md"
    )  # Markdown is pasted into mails; texts would be in the way
    digest = record.digest_of(fields)
    seal = _seal(digest, key)
    raw = record.write(fields, digest, seal)
    packed = raw if format in UNPACKED_FORMATS else record.pack(raw).encode()
    return render(format, draft.value, with_seal_lines(draft.lines, digest, seal), draft.texts, packed)


def file_name(value: Answer | Briefing, format: ExportFormat) -> str:  # noqa: A002
    """A file name that every file system accepts: letters, digits and hyphens of the title."""
    title = value.question if isinstance(value, Answer) else value.title
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return f"{re.sub('[^a-z0-9]+', '-', ascii_title)[:60].strip('-') or _kind_name(value)}.{format}"


def verify(data: bytes, name: str, *, library: Library | None = None, key: str = "") -> Verification:
    """Check an exported file against the library, or else against the source texts that it embeds.

    Raises UnusableInput if it is not an export.
    """
    if len(data) > form.MAX_BYTES:
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
    record_json = record.read(packed if kind in UNPACKED_FORMATS else record.unpack(packed.decode()))
    stamp = record_json.get("export")
    stamp_fields: Mapping[str, Any] = stamp if isinstance(stamp, dict) else {}
    if stamp_fields.get("form", form.FORM_VERSION) != form.FORM_VERSION:
        raise UnusableInput(f"{name} is of form {stamp_fields['form']!r}, unknown to this version. Export it again.")
    if kind != "json" and not stamp_fields:
        raise UnusableInput(f"{name} is no export of onrecord: its record is not signed. Export it again.")
    value = record.as_value(record_json)
    digest, seal = record.digest_of(record_json), str(stamp_fields.get("seal") or "")
    state = _seal_state(digest, seal, key)
    check = Check(value, record.texts_of(record_json), library, sealed=state == "unbroken")
    results = check.run(record_json)
    keys = dict.fromkeys((item.article_id, item.version) for item in value.citations)
    if kind != "json" and all(one in check.texts for one in keys):
        texts = {one: check.texts[one] for one in keys}
        lines = with_seal_lines(as_lines(value, texts), str(stamp_fields.get("digest")), seal)
        rebuilt = render(kind, value, lines, texts, packed)
        results = _merge_results(results, _rendering_differences(kind, lines, rebuilt, data))
    digest_matches = digest == stamp_fields.get("digest") if stamp_fields else None
    return _verification(name, kind, results, digest_matches, state, check)


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


def with_seal_lines(lines: Sequence[Line], digest: str, seal: str) -> list[Line]:
    """The lines followed by those of the digest and the seal."""
    stamped = [*lines, Line(0, f"Digest: {digest}", "digest")]
    return [*stamped, Line(0, f"Seal: {seal}", "seal")] if seal else stamped


def render(
    kind: ExportFormat, value: Answer | Briefing, lines: Sequence[Line], texts: Texts, record_bytes: bytes
) -> bytes:
    """The file of a value with these lines; `record_bytes` is its record, plain for `UNPACKED_FORMATS`, else packed.
    The same input gives the same bytes.
    """
    moment = value.made if isinstance(value, Briefing) else None
    if kind == "json":
        return record_bytes
    if kind == "md":
        return markdown.write(lines, record_bytes.decode())
    if kind == "docx":
        return word.write(lines, record_bytes.decode(), moment)
    plots = figures(value, lines)
    if kind == "pdf":
        return pdf.write(lines, plots, record_bytes, moment)
    return page.write(lines, texts, plots, record_bytes.decode())


def _rendering_differences(kind: ExportFormat, lines: Sequence[Line], rebuilt: bytes, data: bytes) -> list[Checked]:
    """Differences between the file and the one that its record renders to."""
    if rebuilt == data or (kind == "html" and page.text_of(rebuilt) == page.text_of(data)):
        return []
    words = {"md": markdown.words, "html": page.words, "docx": word.words, "pdf": pdf.words}[kind]
    differences = list(rendering_differences(lines, words(rebuilt), words(data)))
    if kind == "html" and not differences:
        return [_file_fault("the page holds something that no export writes: markup, a style, a plot, or hidden words")]
    return differences


def _merge_results(results: Sequence[Checked], differences: Sequence[Checked]) -> list[Checked]:
    """All results; a difference replaces the good result of the same place."""
    places = {item.place for item in differences}
    return [*(item for item in results if not (item.fine and item.place in places)), *differences]


def _verification(
    name: str,
    kind: ExportFormat,
    results: Sequence[Checked],
    digest_matches: bool | None,
    state: SealState,
    check: Check,
) -> Verification:
    all_results = list(results)
    if all(item.fine for item in all_results):
        if digest_matches is False:
            all_results.append(_file_fault("its words are not the ones that were exported; no citation tells where"))
        elif state == "broken":
            all_results.append(_file_fault("its digest was made anew; this library has not exported it like this"))
    altered = tuple(item for item in all_results if not item.fine)
    return Verification(
        file=name,
        format=kind,
        ok=not altered,
        checked=tuple(all_results),
        altered=altered,
        digest=digest_matches,
        seal=state,
        sentences=tuple(check.sentences),
    )


def _file_fault(reason: str) -> Checked:
    return Checked(n=None, place=WHOLE_FILE, status="altered", reason=reason)


def _kind_name(value: Answer | Briefing) -> str:
    return "answer" if isinstance(value, Answer) else "briefing"


def _seal(digest: str, key: str) -> str:
    """`NAME MAC`: the name of the key, and the HMAC-SHA256 of the digest with it; empty without a key."""
    if not key:
        return ""
    mac = hmac.new(key.encode(), digest.encode(), hashlib.sha256).hexdigest()
    return f"{hashlib.sha256(key.encode()).hexdigest()[:8]} {mac}"


def _seal_state(digest: str, seal: str, key: str) -> SealState:
    if not seal:
        return "none"
    if not key or seal.split(" ")[0] != _seal(digest, key).split(" ")[0]:
        return "of another library"
    return "unbroken" if hmac.compare_digest(seal.encode(), _seal(digest, key).encode()) else "broken"


class ExportService:
    """Writes and verifies exports of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def export(self, value: Answer | Briefing, file_format: ExportFormat) -> bytes:
        """As `Newsroom.export`."""
        texts = self._library.articles.texts((item.article_id, item.version) for item in value.citations)
        key = self._library.meta.get(_SEAL_KEY) or self._library.meta.set_default(_SEAL_KEY, secrets.token_hex(32))
        return export(value, file_format, texts, key=key)

    def as_text(self, value: Answer | Briefing) -> str:
        """As `Newsroom.as_text`."""
        texts = self._library.articles.texts((item.article_id, item.version) for item in value.citations)
        return text.write(as_shown(value, texts))

    def file_name(self, value: Answer | Briefing, file_format: ExportFormat) -> str:
        """As `Newsroom.export_name`."""
        return file_name(value, file_format)

    def verify(self, source: str | Path | bytes, name: str | None = None) -> Verification:
        """As `Newsroom.verify`."""
        if isinstance(source, bytes):
            data, name = source, name or "the file"
        else:
            name = name or Path(source).name
            try:
                data = Path(source).read_bytes()
            except OSError as exc:
                raise UnreadableSource(f"{source} cannot be read: {exc.strerror or exc}. Check its name.") from exc
        return verify(data, name, library=self._library, key=self._library.meta.get(_SEAL_KEY) or "")
