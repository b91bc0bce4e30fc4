"""Web pages: what a page says of itself, and its body, cleaned by the rules for pasted text."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from dataclasses import dataclass, replace

import trafilatura
from lxml.etree import LxmlError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.knowledge.tables import pattern_of
from rag.readers.date_lines import is_date_line, read_date_line
from rag.readers.decode import decoded
from rag.readers.headlines import byline, first_words
from rag.readers.no_articles import page_refusal
from rag.readers.page_body import author_lines, body_lines, line_key, link_lines
from rag.readers.page_data import PageData, page_data, web_address
from rag.readers.page_dates import page_dates
from rag.readers.pasted import find_left_out, without_furniture
from rag.text.canonical import canonical
from rag.text.language import detect_language

# Our errors report what trafilatura can't read; its log stays off the screen.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())

_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SEPARATOR = re.compile(r"\s[|–—\-·•]\s")
_ESCAPED_PARAGRAPH, _FEWEST_ESCAPED = re.compile(r"&lt;/p&gt;|&lt;br ?/?&gt;"), 2
_ESCAPED_TAG = re.compile(
    r"&lt;(/?(?:p|br|div|span|strong|em|b|i|u|a|h[2-6]|ul|ol|li|blockquote|figure|img)\b(?:(?!&[lg]t;|[<>]).){0,300}?)&gt;",
    re.IGNORECASE,
)
_SAVED_FROM = re.compile(  # browsers, SingleFile, monolith, HTTrack and other tools that save pages
    r"<!--[^<>]{0,80}?\b(?:(?:saved|mirrored|archived|captured|downloaded|copied) from(?: url=\(\d+\))?"
    r"|saved (?:with|by|using) [^<>]{1,60}?\burl:)\s*(?P<address>[^\s<>]+)",
    re.IGNORECASE,
)
_BIOGRAPHY = pattern_of("bylines", "biography", flags=0)
_NO_ARTICLE = (
    "There is no article text on this page (it may need a browser or a subscription); copy the text and paste it."
)
_IN_LISTS = 0.5  # of an entry that has to be link where a heading says that a list leads elsewhere
_HEAD, _TAIL = 5, 4  # lines at the top and at the end of a body where headline, dates and biographies stand
_MOST_TAGS = 50_000  # the largest news pages have a fifth of them, and time grows with their square
_SHORT = 250  # characters below which the body of a page is searched for again


def read_html(html: str | bytes, *, url: str | None = None, whole: bool = True) -> Extract:
    """The article of a web page. `url` is the address that it was fetched from. `whole` is False for HTML of the
    article alone, as in a feed: then a short body is not searched a second time.

    Title, outlet, byline and dates come from JSON-LD and meta tags before anything else; what the page does not say
    stays empty. Raises UnreadableSource where the page holds no article text.
    """
    source = html if isinstance(html, str) else decoded(html, name=url or "The page", declared=declared_charset(html))
    if source.count("<") > _MOST_TAGS:
        raise UnreadableSource(f"This page has more than {_MOST_TAGS} tags; copy the text of the article and paste it.")
    tree = parse_html(unescaped_tags(source))
    if tree is None:
        raise UnreadableSource("This page can't be read; copy the text of the article and paste it.")
    url = url or _saved_address(source)
    data = page_data(tree, url)
    dates = page_dates(tree, data, source=source, url=url)
    headlines, authors = _headlines(tree, data), author_lines(tree)
    links = _LinkLines(link_lines(tree), link_lines(tree, _IN_LISTS))
    body = _body(tree, data, _SHORT if whole else 1)
    lines = _clean_lines(body, headlines, links, _AuthorNotes(authors, data.byline))
    text = canonical("\n\n".join(lines))
    if not any(char.isalpha() for char in text):
        raise UnreadableSource(_NO_ARTICLE)
    if reason := whole and page_refusal(data.title, body):
        raise UnreadableSource(f"This page is {reason}; copy the text of the article and paste it.")
    head = body[:_HEAD]
    lifted = {line for line in head if line_key(line) in headlines or is_date_line(line) or byline(line)}
    author = data.byline or next((name for line in head if (name := byline(line))), None)
    if dates.basis is None and (date_line := next(filter(None, map(read_date_line, filter(is_date_line, head))), None)):
        dates = replace(dates, published=date_line.published, updated=date_line.updated, basis="text", doubt=None)
    return Extract(
        text=text, title=data.title or first_words(lines[0]), outlet=data.outlet, byline=author,
        published=dates.published, updated=dates.updated, date_basis=dates.basis,
        language=detect_language(text) or data.language, url=data.url,
        notes=tuple(note for note in (dates.doubt, data.truncation_note(text)) if note),
        left_out=find_left_out(body, text, lifted),
    )  # fmt: skip


def _saved_address(source: str) -> str | None:
    """The address that a browser or SingleFile noted in a page when it was saved."""
    match = _SAVED_FROM.search(source[:20_000])
    if match is None:
        return None
    address = match["address"]
    bare = re.match(r"[\w-]+(?:\.[\w-]+)+/", address)  # HTTrack leaves out the scheme
    return web_address(f"https://{address}" if bare else address, None)


@dataclass(frozen=True, slots=True)
class _LinkLines:
    """The keys of lines that lead to other articles wherever they stand, and of those that do so in a list of them."""

    whole: set[str]
    listed: set[str]


@dataclass(frozen=True, slots=True)
class _AuthorNotes:
    """What a page says of its author: the keys of those lines, and the author's name."""

    lines: set[str]
    author: str | None

    def is_biography(self, line: str) -> bool:
        """True for a biography of the author: it stands in an element for authors, or names the author of the page."""
        if not _BIOGRAPHY.match(line):
            return False
        names = {name.split()[-1] for name in (self.author or "").split(",") if name.strip()}
        return line_key(line) in self.lines or any(name in line for name in names)


def unescaped_tags(source: str) -> str:
    """`source` with the tags of paragraphs that were encoded once too often ("&lt;p&gt;") as tags."""
    return _ESCAPED_TAG.sub(r"<\1>", source) if len(_ESCAPED_PARAGRAPH.findall(source)) >= _FEWEST_ESCAPED else source


def begins_as_page(text: str) -> bool:
    """True if `text` begins with a tag of a page."""
    start = text.lstrip("\ufeff \t\r\n")[:2000].lower()
    return bool(
        re.match(r"(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", start, re.DOTALL)
    )


def is_html(text: str) -> bool:
    """True if `text` looks like a page: it begins with a tag of one, or holds many tags."""
    start = text.lstrip("\ufeff \t\r\n")[:2000].lower()
    return (
        begins_as_page(start)
        or len(re.findall(r"</?(?:p|div|a|span|br|h[1-6]|article|section|meta|script)\b", start)) >= 5
    )


def parse_html(source: str) -> HtmlElement | None:
    """The tree of a page or of a piece of one, without comments; None where there is no element in it."""
    source = _XML_DECLARATION.sub("", source, count=1).replace("\x00", "")
    tree = trafilatura.load_html(source)  # repairs more than lxml does, but needs a whole page
    if tree is None and "<" in source:
        with suppress(LxmlError):
            parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
            return document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    return tree


def declared_charset(html: bytes) -> str | None:
    """The character set that a page names in its first lines, if it does."""
    match = _CHARSET.search(html[:4096])
    return match[1].decode("ascii") if match else None


def _body(tree: HtmlElement, data: PageData, least: int) -> list[str]:
    """The paragraphs of the body. JSON-LD stands in for a body that a script would put into the page."""
    lines = body_lines(tree, least=least, language=data.language)
    structured = [line.strip() for line in data.text().split("\n") if line.strip()]
    if data.live:
        keys = {line_key(line) for line in lines}
        return lines + [line for line in structured if line_key(line) not in keys]
    same = len(structured) > len(lines) and line_key("".join(structured)) == line_key("".join(lines))
    return structured if same or sum(map(len, structured)) > 2 * sum(map(len, lines)) else lines


def _headlines(tree: HtmlElement, data: PageData) -> set[str]:
    """What the page shows as its headline: the title, headings of level 1 and what browsers show, part by part."""
    titles = [data.title or "", data.meta.get("og:title", "")]
    titles += ["".join(element.itertext()) for element in tree.iter("h1", "title")]
    parts = [part for title in titles for part in (title, *_SEPARATOR.split(title)[:1])]
    return {name for part in parts if len(name := line_key(part)) > 8}


def _clean_lines(lines: list[str], headlines: set[str], links: _LinkLines, about: _AuthorNotes) -> list[str]:
    leading = {line for line in lines if line_key(line) in links.whole}
    listed = {line for line in lines if line_key(line) in links.listed}
    own_lines = [
        line
        for at, line in enumerate(without_furniture(lines, leading | listed))
        if line not in leading
        and (at >= _HEAD or not (line_key(line) in headlines or is_date_line(line) or byline(line)))
    ]
    while len(own_lines) > _TAIL and (about.is_biography(own_lines[-1]) or is_date_line(own_lines[-1])):
        own_lines.pop()
    return own_lines
