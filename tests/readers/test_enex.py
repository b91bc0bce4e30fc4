"""Notes of Evernote: what is read of them, what is passed over, and what is said of a damaged export."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.readers.dispatch import read_entries, read_source
from rag.readers.source import Entry, Source

STORY = (
    "<div>The pier in Ostley was shut on Wednesday after a foot went through a plank&nbsp;near its end.</div>"
    "<div><br/></div><div>“I heard it crack,” said Ludo Marrin, the harbour master. “It sounded like a walnut.”</div>"
)
PICTURE = f'<resource><data encoding="base64">{base64.b64encode(b"x" * 5_000).decode()}</data></resource>'


def note(title: str, body: str, address: str = "", more: str = "") -> str:
    """One note as Evernote writes it."""
    source = f"<source-url>{address}</source-url>" if address else ""
    return (
        f"<note><title>{title}</title><created>20250310T081500Z</created><note-attributes><author>Kim Rode</author>"
        f'{source}</note-attributes><content><![CDATA[<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE en-note SYSTEM '
        f'"http://xml.evernote.com/pub/enml2.dtd"><en-note>{body}</en-note>]]></content>{more}</note>'
    )


def notes(*parts: str) -> str:
    """An export of notes."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE en-export SYSTEM '
        f'"http://xml.evernote.com/pub/evernote-export4.dtd">\n<en-export>{"".join(parts)}</en-export>\n'
    )


TWO = notes(
    note("Pier shut", STORY, "https://ostley.example/pier?a=1&amp;b=2"),
    note("Prices of fish &amp; chips", f"{STORY}<div>Published 4 March 2025</div>", more=PICTURE),
)


def read(text: str) -> list[Entry]:
    return list(read_entries(text.encode(), "notes.enex"))


def test_each_note_is_an_article_and_the_day_of_the_clipping_is_not_its_day() -> None:
    first, second = (entry.content for entry in read(TWO))
    assert isinstance(first, Extract)
    assert isinstance(second, Extract)
    assert (first.title, first.url) == ("Pier shut", "https://ostley.example/pier?a=1&b=2")
    assert (first.published, first.byline) == (None, None)  # created by whoever clipped it
    assert first.text.startswith("The pier in Ostley")
    assert first.text.endswith("like a walnut.”")
    assert (second.title, second.published) == ("Prices of fish & chips", date(2025, 3, 4))


def test_what_is_no_text_is_told() -> None:
    hidden = f'{STORY}<en-crypt cipher="AES">QmFzZTY0IHNlY3JldA==</en-crypt>'
    picture, secret = read(notes(note("Map", '<en-media type="image/png" hash="a"/>', more=PICTURE), note("S", hidden)))
    assert isinstance(picture.content, UnreadableSource)
    assert "no text" in str(picture.content)
    assert isinstance(secret.content, Extract)
    assert "encrypted" in secret.content.notes[0]
    assert "QmFz" not in secret.content.text


def test_a_damaged_export_gives_the_notes_before_the_damage() -> None:
    *whole, last = read(TWO[: TWO.index("Published")])
    assert [entry.content.title for entry in whole if isinstance(entry.content, Extract)] == ["Pier shut"]
    assert isinstance(last.content, UnreadableSource)
    assert "after note 1" in str(last.content)
    [only] = read(notes())
    assert isinstance(only.content, UnreadableSource)


def test_control_characters_of_a_clipped_page_cost_nothing() -> None:
    entries = read(TWO.replace("walnut", "wal\x02nut"))
    assert [isinstance(entry.content, Extract) for entry in entries] == [True, True]


def test_an_export_larger_than_what_is_read_whole_is_read_note_by_note(tmp_path: Path) -> None:
    path = tmp_path / "notes.enex"
    path.write_text(notes(*(note(f"Pier {number}", STORY, more=PICTURE) for number in range(30))), "utf-8")
    entries = list(read_source(Source(name=path.name, content=path, largest=50_000)))
    assert [entry.content.title for entry in entries if isinstance(entry.content, Extract)] == [
        f"Pier {number}" for number in range(30)
    ]
