"""Web pages: what a page says of itself, and its body by trafilatura, cleaned by the rules for pasted text."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from contextlib import suppress

import trafilatura
from lxml.etree import LxmlError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.readers import boilerplate
from rag.readers.date_lines import is_date_line
from rag.readers.decode import decoded
from rag.readers.headlines import byline, first_words
from rag.readers.page_data import PageData, page_data
from rag.readers.page_dates import page_dates
from rag.readers.pasted import without_furniture
from rag.text.canonical import canonical, fold
from rag.text.language import detected

for _name in ("trafilatura", "htmldate"):  # what they can't do is said in our errors; their log stays off the screen
    logging.getLogger(_name).addHandler(logging.NullHandler())

_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SEPARATOR = re.compile(r"\s[|–—\-·•]\s")
_BIOGRAPHY = re.compile(
    r"(?:[A-Z][\w.’'-]+ ){1,4}(?:is|was|covers|reports|writes|has (?:been|covered|reported)|joined)\b.{0,200}"
    r"\b(?:writer|reporter|editor|correspondent|journalist|columnist|author|contributor|covers|covering|newsroom)\b"
)
_NO_ARTICLE = (
    "There is no article text on this page (it may need a browser or a subscription); copy the text and paste it."
)
_HEAD, _TAIL = 5, 4  # lines at the top and at the end of a body where headline, dates and biographies stand
_MOST_TAGS = 50_000  # the largest news pages have a fifth of them, and time grows with their square
_SHORT = 250  # characters below which the body of a page is doubted


def read_html(html: str | bytes, *, url: str | None = None, whole: bool = True) -> Extract:
    """The article of a web page. `url` is the address that it was fetched from. It is not `whole` where it holds the
    article alone, as in a feed: then it is not searched a second time, slowly, because it is short.

    Title, outlet, byline and dates come from JSON-LD and meta tags before anything else; what the page does not say
    stays empty. Raises UnreadableSource where the page holds no article text.
    """
    source = html if isinstance(html, str) else decoded(html, name=url or "The page", declared=declared_charset(html))
    if source.count("<") > _MOST_TAGS:
        raise UnreadableSource(f"This page has more than {_MOST_TAGS} tags; copy the text of the article and paste it.")
    tree = parsed(source)
    if tree is None:
        raise UnreadableSource("This page can't be read; copy the text of the article and paste it.")
    data = page_data(tree, url)
    dates = page_dates(tree, data, source=source, url=url)
    lines = _cleaned(_body(tree, data, _SHORT if whole else 1), _headlines(tree, data))
    text = canonical("\n\n".join(lines))
    if not any(char.isalpha() for char in text):
        raise UnreadableSource(_NO_ARTICLE)
    return Extract(
        text=text,
        title=data.title or first_words(lines[0]),
        outlet=data.outlet,
        byline=data.byline,
        published=dates.published,
        updated=dates.updated,
        date_basis=dates.basis,
        language=detected(text) or data.language,
        url=data.url,
    )


def is_html(text: str) -> bool:
    """True if `text` looks like a page: it begins with a tag of one, or holds many tags."""
    start = text.lstrip("\ufeff \t\r\n")[:2000].lower()
    if re.match(r"(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", start, re.DOTALL):
        return True
    return len(re.findall(r"</?(?:p|div|a|span|br|h[1-6]|article|section|meta|script)\b", start)) >= 5


def parsed(source: str) -> HtmlElement | None:
    """The tree of a page or of a piece of one, without comments; None where there is no element in it."""
    source = _XML_DECLARATION.sub("", source, count=1).replace("\x00", "")
    tree = trafilatura.load_html(source)  # mends more than lxml does, but wants a whole page
    if tree is None and "<" in source:
        with suppress(LxmlError):
            return document_fromstring(source.encode("utf-8", "replace"), parser=_parser())
    return tree


def _parser() -> HTMLParser:
    return HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def declared_charset(html: bytes) -> str | None:
    """The character set that a page names in its first lines, if it does."""
    match = _CHARSET.search(html[:4096])
    return match[1].decode("ascii") if match else None


def _body(tree: HtmlElement, data: PageData, least: int) -> list[str]:
    """The paragraphs of the body. JSON-LD stands in for a body that a script would put into the page. A body of fewer
    than `least` characters is doubted.

    The fast way of trafilatura is taken: its fallbacks trade precision for recall, and only a short body needs that.
    """
    links = _link_lines(tree)
    body = trafilatura.extract(tree, fast=True, include_comments=False, deduplicate=False) or ""
    if len(body) < least:
        body = trafilatura.extract(tree, include_comments=False, favor_recall=True) or body
    lines = [line for raw in body.split("\n") if (line := _unmarked(raw))]
    lines = [line for line in lines if _key(line) not in links or boilerplate.quotes(line)]
    structured = [line.strip() for line in data.text().split("\n") if line.strip()]
    if data.live:
        known = {_key(line) for line in lines}
        return lines + [line for line in structured if _key(line) not in known]
    same = len(structured) > len(lines) and _key("".join(structured)) == _key("".join(lines))
    return structured if same or sum(map(len, structured)) > 2 * sum(map(len, lines)) else lines


def _unmarked(line: str) -> str:
    """A line without the marks that trafilatura sets for list items and tables."""
    line = line.strip()
    if line.startswith("|") and line.endswith("|"):
        line = " | ".join(cell.strip() for cell in line.strip("|").split("|") if cell.strip(" -"))
    return line.removeprefix("- ").strip()


def _key(line: str) -> str:
    return re.sub(r"\W+", "", fold(line))


def _link_lines(tree: HtmlElement) -> set[str]:
    """Paragraphs and headings, of four words or more, that are nothing but links: they lead to other articles."""
    keys = set()
    for block in tree.iter("p", "h2", "h3", "h4", "h5", "h6", "strong"):
        text = "".join(block.itertext())
        if len(text) > 300 or len(text.split()) < 4:
            continue
        linked = sum(len(_key("".join(link.itertext()))) for link in block.iter("a"))
        if linked >= 0.95 * len(_key(text)):
            keys.add(_key(text))
    return keys


def _headlines(tree: HtmlElement, data: PageData) -> set[str]:
    """What the page shows as its headline: the title, headings of level 1 and what browsers show, part by part."""
    shown = [data.title or "", data.meta.get("og:title", "")]
    shown += ["".join(element.itertext()) for element in tree.iter("h1", "title")]
    parts = [part for title in shown for part in (title, *_SEPARATOR.split(title)[:1])]
    return {key for part in parts if len(key := _key(part)) > 8}


def _cleaned(lines: Iterable[str], headlines: set[str]) -> list[str]:
    kept = [
        line
        for at, line in enumerate(without_furniture(list(lines)))
        if at >= _HEAD or not (_key(line) in headlines or is_date_line(line) or byline(line))
    ]
    while len(kept) > _TAIL and (_BIOGRAPHY.match(kept[-1]) or is_date_line(kept[-1])):
        kept.pop()
    return kept
