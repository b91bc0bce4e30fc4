"""Writing an answer or a briefing in a format, and checking a file that was written so."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping, Sequence

from rag.domain import Answer, Briefing, Checked, CheckedSentence, ExportFormat, SealState, Verification
from rag.errors import UnusableInput
from rag.services.exports import lines as form
from rag.services.exports import markdown, page, pdf, record, word
from rag.services.exports.checking import Check, compared, is_version
from rag.services.exports.claims import Texts
from rag.services.exports.document import as_lines, document
from rag.services.exports.lines import Line
from rag.stores.library import Library

FORMATS: tuple[ExportFormat, ...] = ("md", "docx", "pdf", "html", "json")
_MOST = 200 * 1024 * 1024  # bytes of a file
_FILE_PLACE = "the file as a whole"


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
    found = document(value, {one: texts[one] for one in wanted})
    if format == "json":
        whole = record.values(found)
        digest = record.digest_of(whole)
        return record.write(whole, digest, _seal(digest, key))
    digest = form.digest_of(found.lines)
    rows = [*found.lines, Line(0, f"Digest: {digest}", "digest")]
    if key:
        rows.append(Line(0, f"Seal: {_seal(digest, key)}", "seal"))
    made = value.made if isinstance(value, Briefing) else None
    if format == "md":
        return markdown.write(rows)
    if format == "docx":
        return word.write(rows, made)
    return pdf.write(rows, made) if format == "pdf" else page.write(rows, found.texts)


def file_name(value: Answer | Briefing, format: ExportFormat) -> str:  # noqa: A002
    """A name for the file that every file system takes: letters, digits and hyphens of the title."""
    title = value.question if isinstance(value, Answer) else value.title
    bare = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return f"{re.sub('[^a-z0-9]+', '-', bare)[:60].strip('-') or _kind(value)}.{format}"


def verify(data: bytes, name: str, *, library: Library | None = None, key: str = "") -> Verification:
    """Check an exported file again, against the library and else against the source texts that it embeds.

    Raises UnusableInput for what is no export, and for a PDF, which cannot be read back.
    """
    if len(data) > _MOST:
        raise UnusableInput(f"{name} has more than 200 MB; it is no export of onrecord.")
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"%PDF"):
        raise UnusableInput(
            f"{name} is a PDF, which cannot be read back. Check the HTML or Word file of the same export."
        )
    if start.startswith(b"{"):
        return _verify_json(data, name, library, key)
    kind: ExportFormat = "docx" if start.startswith(b"PK") else "html" if start.startswith(b"<") else "md"
    embedded: Texts = {}
    extra: list[Checked] = []
    try:
        if kind == "html":
            rows, embedded, extra = _html(data)
        else:
            rows = word.read(data) if kind == "docx" else markdown.read(data)
    except UnicodeDecodeError:
        raise UnusableInput(f"{name} is no export of onrecord that can be read. Export it again.") from None
    found = form.roles(rows)
    _known_form(found, name)
    told = next((line.text.removeprefix("Digest: ") for line in found if line.role == "digest"), None)
    sealed = next((line.text.removeprefix("Seal: ") for line in found if line.role == "seal"), "")
    digest = form.digest_of(found)
    state = _state(digest, sealed, key)
    check = Check(found, embedded, library, sealed=state == "unbroken")
    results = [*check.run(), *extra]
    if sum(line.role in ("form", "digest") for line in found) != 2:
        results.append(_whole("the lines that say what it is and give its digest are not there once each"))
    return _verification(name, kind, results, digest == told, state, check.sentences)


def _html(data: bytes) -> tuple[list[Line], Texts, list[Checked]]:
    found = page.read(data)
    if page.rewritten(data, found):
        return found.lines, found.texts, []
    reason = "the page holds something that no export writes: markup, a style, a plot, or words around a quotation"
    return found.lines, found.texts, [_whole(reason)]


def _verify_json(data: bytes, name: str, library: Library | None, key: str) -> Verification:
    whole = record.read(data)
    value = record.as_value(whole)
    embedded = record.texts_of(whole)
    texts = _all_texts(whole, embedded, library)
    given = whole.get("export")
    about = given if isinstance(given, dict) else {}
    if about and about.get("form") != form.FORM:
        raise UnusableInput(f"{name} is of form {about.get('form')!r}, unknown to this version. Update onrecord.")
    digest = record.digest_of(whole)
    state = _state(digest, str(about.get("seal") or ""), key)
    results = [*_values(value), *_pieces(whole, texts)]
    sentences: list[CheckedSentence] = []
    if not any(item.n is not None and not item.fine for item in results):
        check = Check(as_lines(value, texts), embedded, library, sealed=state == "unbroken")
        results = [*check.run(), *results]
        sentences = check.sentences
    if isinstance(value, Answer) and not _same_answer(value):
        results.append(_whole("its field `answer` is not what its sentences say"))
    same = digest == about.get("digest") if about else None
    return _verification(name, "json", results, same, state, sentences)


def _all_texts(whole: Mapping[str, object], embedded: Texts, library: Library | None) -> Texts:
    """The texts of everything that the JSON names, of the library first."""
    wanted = {piece.key for piece in record.pieces(whole)}
    found = library.texts(wanted) if library is not None else {}
    own = {key: text for key, text in embedded.items() if is_version(text, key[1])}
    return {**own, **found}


def _values(value: Answer | Briefing) -> list[Checked]:
    """Offsets that are none."""
    return [
        Checked(n=item.n, place=f"citation {item.n}", status="altered", reason="its offsets are none",
                article_id=item.article_id, version=item.version)
        for item in value.citations if not 0 <= item.start < item.end
    ]  # fmt: skip


def _pieces(whole: Mapping[str, object], texts: Texts) -> list[Checked]:
    """Every piece of the JSON that gives words with their offsets, and the words that a statement joins of its own."""
    found = []
    cited = {(item.get("article_id"), item.get("version")) for item in _dicts(whole.get("citations"))}
    listed = {(item.get("article_id"), item.get("version")) for item in _dicts(whole.get("sources"))}
    if "export" in whole and not cited <= listed:
        found.append(_whole("its list of sources does not have every cited version"))
    heads = {(item.get("article_id"), item.get("version")): _head(item) for item in _dicts(whole.get("sources"))}
    for piece in record.pieces(whole):
        place, key, item = piece.place, piece.key, piece.item
        if item.get("title") is not None and heads.get(key, _head(item)) != _head(item):
            found.append(_altered(piece.n, place, "its headline, outlet or day is not that of its source", key))
        if piece.n is not None and key not in cited:
            found.append(_altered(piece.n, place, "it is of a version that is not cited", key))
            continue
        if "content" in item:
            parts = [part.get("text") for part in item["content"] if isinstance(part, dict)]
            if item.get("text") != " ... ".join(str(part) for part in parts):
                reason = "the words of the statement are not those of its content"
                found.append(_altered(piece.n, place, reason, key))
            continue
        words, text = item.get("quote", item.get("text")), texts.get(key)
        start, end = item["start"], item["end"]
        if text is None or not isinstance(words, str) or not all(isinstance(at, int) for at in (start, end)):
            continue
        status, reason = compared(words, text[start:end] if 0 <= start < end else "")
        if reason or (words != text[start:end] and status == "ok"):
            reason = reason or "its white space or its invisible characters are not those of the text"
            found.append(_altered(piece.n, place, reason, key))
    return found


def _head(item: Mapping[str, object]) -> tuple[object, ...]:
    return item.get("title"), item.get("outlet"), item.get("published")


def _dicts(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _altered(n: int | None, place: str, reason: str, key: tuple[str, str]) -> Checked:
    return Checked(n=n, place=place, status="altered", reason=reason, article_id=key[0], version=key[1])


def _same_answer(value: Answer) -> bool:
    told = (f"{item.text} {form.marks(item.citations)}".rstrip() for item in value.sentences)
    return value.answer == "\n".join(told)


def _verification(
    name: str,
    kind: ExportFormat,
    results: Sequence[Checked],
    same: bool | None,
    state: SealState,
    sentences: Sequence[CheckedSentence],
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
        sentences=tuple(sentences),
    )


def _whole(reason: str) -> Checked:
    return Checked(n=None, place=_FILE_PLACE, status="altered", reason=reason)


def _known_form(lines: Sequence[Line], name: str) -> None:
    found = [form.form_of(line.text)[0] for line in lines if line.role == "form"]
    if not found and not any(line.role in ("digest", "entry") for line in lines):
        raise UnusableInput(f"{name} is no export of onrecord. Files that it writes end with “{form.ABOUT}”.")
    if any(number != form.FORM for number in found):
        raise UnusableInput(f"{name} is of form {found[0]}, unknown to this version. Update onrecord.")


def _kind(value: Answer | Briefing) -> str:
    return "answer" if isinstance(value, Answer) else "briefing"


def _seal(digest: str, key: str) -> str:
    """`NAME MAC`: which key, and HMAC-SHA256 of the digest by it; empty without a key."""
    if not key:
        return ""
    made = hmac.new(key.encode(), digest.encode(), hashlib.sha256).hexdigest()
    return f"{hashlib.sha256(key.encode()).hexdigest()[:8]} {made}"


def _state(digest: str, seal: str, key: str) -> SealState:
    if not seal:
        return "none"
    if not key or seal.split(" ")[0] != _seal(digest, key).split(" ")[0]:
        return "of another library"
    return "unbroken" if hmac.compare_digest(seal.encode(), _seal(digest, key).encode()) else "broken"
