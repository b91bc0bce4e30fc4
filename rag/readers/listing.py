"""Lists of articles or feeds other than feeds: news sitemaps, section front pages, lists of feeds (OPML)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from rag.errors import UnreadableSource
from rag.readers.feed import item_time
from rag.readers.html import parse_html
from rag.readers.page_data import web_address

_SITEMAP = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<\?xml-stylesheet[^>]*>\s*)*<(?:\w+:)?(urlset|sitemapindex)\b", re.DOTALL
)
# The path of an article has a day, a number of its own, or a line of words: /2031/05/03/x, /12345678, /port-stays-open
_ARTICLE = re.compile(r"/\d{4}/\d{1,2}(?:/|-)|\d{6,}|(?:[^/\W]+-){3,}[^/\W]+")
_NOT_NEWS = re.compile(
    r"/(?:tags?|topics?|authors?|categor(?:y|ies)|sections?|search|login|sign-?(?:in|up)|subscri|privacy|terms|cookies?|about|contact)"
    r"(?:/|$|-)",
    re.IGNORECASE,
)


def is_sitemap(text: str) -> bool:
    """True if `text` begins as a sitemap."""
    return _SITEMAP.match(text[:4_000]) is not None


def listed_addresses(text: str, url: str) -> list[str]:
    """The addresses of articles that a sitemap lists, the newest first where it dates them, or that a page links on its
    own site; each once, in their order. Empty where there are none.
    """
    addresses = _sitemap_addresses(text) if is_sitemap(text) else _page_addresses(text, url)
    return list(dict.fromkeys(addresses))


def _parse_xml(text: str) -> etree._Element | None:
    """The root element; entities are not resolved and nothing is fetched. None where nothing can be recovered."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    return etree.fromstring(text.encode("utf-8", "replace"), parser)


def _sitemap_addresses(text: str) -> list[str]:
    root = _parse_xml(text)
    if root is None:
        return []
    dated: list[tuple[str, str]] = []
    for place in root:
        loc = (place.findtext("{*}loc") or "").strip()
        times = (item_time(f"<date>{one.text}<") for one in place.iter("{*}lastmod", "{*}publication_date"))
        if web_address(loc, None):
            dated.append((max(times, default=""), loc))
    return [loc for _, loc in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def _page_addresses(text: str, url: str) -> list[str]:
    tree = parse_html(text)
    if tree is None:
        return []
    host = urlsplit(url).netloc.removeprefix("www.")
    addresses = []
    for link in tree.iter("a"):
        address = web_address((link.get("href") or "").strip(), url)
        if not address:
            continue
        parts = urlsplit(address)
        if (
            parts.netloc.removeprefix("www.") == host
            and _ARTICLE.search(parts.path)
            and not _NOT_NEWS.search(parts.path)
        ):
            addresses.append(parts._replace(fragment="").geturl())
    return addresses


_MOST_FEEDS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """A feed of a list."""

    url: str
    title: str | None


def opml_feeds(text: str) -> list[ListedFeed]:
    """The feeds of a list, in its order. Raises UnreadableSource where it is damaged."""
    try:
        tree = _parse_xml(text)
    except (etree.LxmlError, ValueError) as exc:
        raise UnreadableSource("The list of feeds is damaged; export it again.") from exc
    feeds: dict[str, ListedFeed] = {}
    for outline in tree.iter("outline") if tree is not None else ():
        url = (outline.get("xmlUrl") or outline.get("xmlurl") or "").strip()
        if url.lower().startswith(("http://", "https://")) and len(feeds) < _MOST_FEEDS:
            title = " ".join((outline.get("title") or outline.get("text") or "").split()) or None
            feeds.setdefault(url, ListedFeed(url=url, title=title))
    return list(feeds.values())


def opml_error(text: str, name: str) -> UnreadableSource:
    """The error for a list of feeds, which says how to add its feeds."""
    feeds = opml_feeds(text)
    if not feeds:
        return UnreadableSource(f"{name} is a list of feeds (OPML) that names none; export it again.")
    sample = " ".join(feed.url for feed in feeds[:3]) + (" …" if len(feeds) > 3 else "")
    return UnreadableSource(
        f"{name} is a list of {len(feeds)} {'feed' if len(feeds) == 1 else 'feeds'} (OPML), no article; add them: "
        f"onrecord add --feed {sample}"
    )
