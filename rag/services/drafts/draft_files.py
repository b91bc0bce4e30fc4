"""Drafts as files: the text of one that comes as a file; a checked one as Word with a comment at each finding, as a web
page, Markdown or JSON.
"""

from __future__ import annotations

import json

from rag.display import FINDING_OUTCOMES
from rag.documents import markdown, page, word
from rag.documents.draft import draft_lines, source_lines
from rag.domain import DraftFormat, KeptDraft, as_json
from rag.errors import UnreadableSource, UnusableInput
from rag.readers.decode import decoded
from rag.readers.dispatch import read_source_bytes

_ZIP, _PDF = b"PK\x03\x04", b"%PDF-"


def draft_text(data: bytes, name: str) -> str:
    """The text of a draft file: that of a Word document or a PDF as its reader extracts it; that of any other file
    unchanged, so that its offsets hold. Raises UnreadableSource.
    """
    if not data.strip():
        raise UnreadableSource(f"{name} is empty; save the draft again and check that file.")
    if data.startswith(_ZIP) or _PDF in data[:1024]:
        return "\n\n".join(
            item.text if not item.title or item.text.startswith(item.title) else f"{item.title}\n\n{item.text}"
            for item in read_source_bytes(data, name)
        )
    return decoded(data, name=name).removeprefix("\ufeff")


def export_draft(item: KeptDraft, form: DraftFormat) -> bytes:
    """The bytes of the file. Raises UnusableInput for a draft that lost its findings."""
    if item.check is None:
        raise UnusableInput("An article that this check cited was removed. Check the draft again, then export it.")
    if form == "json":
        return json.dumps(as_json(item), ensure_ascii=False, indent=2).encode()
    if form == "md":
        return markdown.write(list(draft_lines(item)))
    if form == "html":
        return page.write(list(draft_lines(item)))
    comments = []
    for one in item.check.findings:
        lines = [f"{FINDING_OUTCOMES[one.outcome].capitalize()}. {one.why}", *source_lines(item.check, one)]
        comments.append((one.start, one.end, "\n".join(lines)))
    return word.write_annotated(item.text, comments)
