"""Digests as documents: text, Markdown, a page and an Atom feed. Every text from outside is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time
from html import escape
from typing import TYPE_CHECKING

from rag.display import in_a_line, plural
from rag.domain import Digest, DigestFormat, News, Story

if TYPE_CHECKING:  # only a feed needs it
    from lxml import etree

_ATOM = "http://www.w3.org/2005/Atom"
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&$])")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STYLE = "body{font:16px/1.5 sans-serif;max-width:45em;margin:2em auto;padding:0 1em}small{color:#555}"


def news_line(item: News) -> str:
    """A piece of news in one line, with the earlier position and its source."""
    before = f" (before: {in_a_line(item.before)})" if item.before and item.kind == "position" else ""
    return " ".join(f"{item.text}{before} [{_source(item)}]".split())


def document(digest: Digest, form: DigestFormat) -> str:
    """The digest in that format."""
    return {"text": _text, "md": _markdown, "html": _html, "atom": _atom}[form](digest)


def title_of(digest: Digest) -> str:
    """The title of a digest."""
    return f"New since {digest.since.isoformat()}"


def _text(digest: Digest) -> str:
    lines = [title_of(digest)]
    for heading, items in _sections(digest):
        lines += ["", heading, *(f"- {item}" for item in items)]
    return "\n".join([*lines, "", _summary_line(digest), ""])


def _markdown(digest: Digest) -> str:
    lines = [f"# {_escape_markdown(title_of(digest))}"]
    for heading, items in _sections(digest):
        lines += ["", f"## {_escape_markdown(heading)}", "", *(f"- {_escape_markdown(item)}" for item in items)]
    return "\n".join([*lines, "", _escape_markdown(_summary_line(digest)), ""])


def _html(digest: Digest) -> str:
    title = escape(title_of(digest))
    body = [f"<h1>{title}</h1>"]
    for heading, items in _sections(digest):
        entries = "".join(f'<li dir="auto">{escape(item)}</li>' for item in items)
        body.append(f'<h2 dir="auto">{escape(heading)}</h2><ul>{entries}</ul>')
    body.append(f"<p><small>{escape(_summary_line(digest))}</small></p>")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _atom(digest: Digest) -> str:
    from lxml import etree  # only a feed needs it

    news = [(watch.title, item) for watch, items in digest.watches for item in items]
    start = datetime.combine(digest.since, time.min, UTC)
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    _put(feed, "id", "urn:onrecord:digest")
    _put(feed, "title", "What is new")
    _put(feed, "updated", max((item.noticed for _, item in news), default=start).isoformat())
    _put(etree.SubElement(feed, f"{{{_ATOM}}}author"), "name", "onrecord")
    for title, item in news:
        entry = etree.SubElement(feed, f"{{{_ATOM}}}entry")
        _put(entry, "id", f"urn:onrecord:news:{item.news_id}")
        _put(entry, "title", item.text)
        _put(entry, "updated", item.noticed.isoformat())
        etree.SubElement(entry, f"{{{_ATOM}}}category", term=_NOT_XML.sub("", title))
        _put(entry, "summary", news_line(item))
    return etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True).decode()  # type: ignore[no-any-return]


def _put(parent: etree._Element, name: str, text: str) -> None:
    from lxml import etree

    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = _NOT_XML.sub("", text)


def _sections(digest: Digest) -> Iterator[tuple[str, list[str]]]:
    for watch, news in digest.watches:
        yield watch.title, [news_line(item) for item in news]
    if digest.stories:
        yield "Stories", [_story(item) for item in digest.stories]


def _story(item: Story) -> str:
    days = " to ".join(dict.fromkeys(day.isoformat() for day in (item.since, item.until) if day))
    facts = ", ".join(part for part in (days, plural(len(item.articles), "article"), ", ".join(item.outlets)) if part)
    return " ".join(f"{item.title} ({facts})".split())


def _summary_line(digest: Digest) -> str:
    outlets = ", ".join(f"{name} {n}" for name, n in digest.outlets)
    return plural(digest.articles, "article") + (f": {outlets}" if outlets else "")


def _source(item: News) -> str:
    day = item.published.isoformat() if item.published else None
    return ", ".join(part for part in (item.title, item.outlet, day) if part)


def _escape_markdown(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
