"""A checked draft as a file: Word with a comment at each finding, a web page, Markdown, or JSON."""

from __future__ import annotations

import json

from rag.display import FINDING_OUTCOMES
from rag.documents import markdown, page, word
from rag.documents.draft import draft_lines, source_lines
from rag.domain import DraftFormat, KeptDraft, as_json
from rag.errors import UnusableInput


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
