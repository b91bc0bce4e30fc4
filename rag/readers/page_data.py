"""What a web page says of itself: JSON-LD first, then meta tags, then marks in the page. No guesses; absent is None."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any, TypeAlias
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from rag.readers.headlines import byline, person
from rag.text.canonical import canonical, fold

Json: TypeAlias = dict[str, Any]

_ARTICLES = re.compile(r"(?:^|/)(?:\w*Article|\w*NewsArticle|BlogPosting|LiveBlogPosting|Report|SocialMediaPosting)$")
_PAGES = re.compile(r"(?:^|/)(?:WebPage|ItemPage|VideoObject|PodcastEpisode)$")
_TAGS = re.compile(r"<[^>]{0,400}>")
_SEPARATOR = re.compile(r"\s[|–—-]\s")
_AGENCIES = frozenset("associated press|ap|reuters|thomson reuters|agence france-presse|afp|dpa|tass|xinhua".split("|"))
_DEEPEST, _MOST = 12, 20_000  # levels and values of JSON-LD that are looked at

_TITLE = ("og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title", "title")
_SITE = ("og:site_name", "application-name", "dc.publisher", "publisher")
_BYLINE = ("author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator")
_LANGUAGE = ("og:locale", "content-language", "dc.language", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageData:
    """What a page says of its article. `described` are the JSON-LD objects of that article, the best match first;
    `meta` maps lower-case names of meta tags to their values, the first of each name."""

    described: tuple[Json, ...]
    meta: dict[str, str]
    title: str | None
    outlet: str | None
    byline: str | None
    language: str | None
    url: str | None

    def text(self) -> str:
        """The body that JSON-LD gives: of an article its `articleBody`, of a live blog its entries, else nothing."""
        bodies = [_plain(item.get("articleBody")) for item in self.described]
        entries = [self._entry(update) for item in self.described for update in _list(item.get("liveBlogUpdate"))]
        return max([*bodies, "\n".join(entry for entry in entries if entry)], key=len, default="")

    @property
    def live(self) -> bool:
        """True for a live blog whose entries JSON-LD gives."""
        return any(item.get("liveBlogUpdate") for item in self.described)

    @staticmethod
    def _entry(update: object) -> str:
        if not isinstance(update, dict):
            return ""
        return "\n".join(filter(None, (_plain(update.get("headline")), _plain(update.get("articleBody")))))


def page_data(tree: HtmlElement, url: str | None) -> PageData:
    """Reads the head of a parsed page. `url` is the address that it was fetched from, if known."""
    meta = _meta(tree)
    heading = next(iter(_texts(tree.iter("h1"))), None)
    address = _canonical_url(tree, meta, url)
    described = _described(tree, heading or meta.get("og:title", ""), address)
    outlet = _outlet(described, meta)
    whole = next(iter(_texts(tree.iter("title"))), None)
    title = _first(_values(item.get("headline")) for item in described) or _named(meta, _TITLE) or heading or whole
    return PageData(
        described=tuple(described),
        meta=meta,
        title=_without_site(title, outlet),
        outlet=outlet,
        byline=_byline(tree, described, meta, outlet),
        language=_language(tree, meta),
        url=address,
    )


def _outlet(described: list[Json], meta: dict[str, str]) -> str | None:
    """The publisher that JSON-LD names, or the site. Where an agency is named on another's site, it is the source."""
    publisher = _first(_names(item.get("publisher")) for item in described)
    site = next((_SEPARATOR.split(meta[name])[0] for name in _SITE if name in meta and meta[name][0] != "@"), None)
    return site if publisher is None or (site and fold(publisher).removeprefix("the ") in _AGENCIES) else publisher


def _described(tree: HtmlElement, heading: str, url: str | None) -> list[Json]:
    """The JSON-LD objects of the article of this page; objects of other articles that the page lists are left out."""
    articles = [
        item for item in _objects(tree) if _is_a(item, _ARTICLES) or (_is_a(item, _PAGES) and "headline" in item)
    ]
    ours = [item for item in articles if _matches(item, heading, url)]
    if not ours and len({str(item.get("headline")) for item in articles}) == 1:
        ours = articles
    return sorted(ours, key=lambda item: (not _is_a(item, _ARTICLES), "datePublished" not in item))


def _matches(item: Json, heading: str, url: str | None) -> bool:
    names = [fold(name) for name in (*_values(item.get("headline")), *_values(item.get("name")))]
    if heading and any(name and (name in fold(heading) or fold(heading) in name) for name in names):
        return True
    addresses = (*_values(item.get("url")), *_values(item.get("@id")), *_values(item.get("mainEntityOfPage")))
    return url is not None and any(_path(address) == _path(url) for address in addresses)


def _path(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}"


def _objects(tree: HtmlElement) -> Iterator[Json]:
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        source = (script.text or "").strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
        try:
            pending = [(json.loads(source, strict=False), 0)]
        except (ValueError, RecursionError):
            continue
        for _ in range(_MOST):
            if not pending:
                break
            value, depth = pending.pop(0)
            if isinstance(value, dict):
                yield value
            if depth < _DEEPEST and isinstance(value, dict | list):
                inner = value if isinstance(value, list) else (value[key] for key in value if key != "liveBlogUpdate")
                pending.extend((item, depth + 1) for item in inner if isinstance(item, dict | list))


def _is_a(item: Json, kinds: re.Pattern[str]) -> bool:
    return any(kinds.search(kind) for kind in _values(item.get("@type")))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _values(value: object) -> list[str]:
    """The strings of a JSON-LD value, which may be a string, an object with an id or a list of either."""
    strings = []
    for item in _list(value):
        if isinstance(item, dict):
            item = item.get("@id") or item.get("url")
        if isinstance(item, str) and (text := _line(item)):
            strings.append(text)
    return strings


def _names(value: object) -> list[str]:
    """The names of JSON-LD persons or organisations."""
    names = []
    for item in _list(value):
        name = item.get("name") if isinstance(item, dict) else item
        names += [line for one in _list(name) if isinstance(one, str) and (line := _line(one))]
    return [name for name in names if not name.startswith(("http:", "https:", "//", "#"))]


def _meta(tree: HtmlElement) -> dict[str, str]:
    meta: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv")
        content = _line(tag.get("content") or "")
        if name and content:
            meta.setdefault(name.strip().lower(), content)
    return meta


def _named(meta: dict[str, str], names: Iterable[str]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _byline(tree: HtmlElement, described: list[Json], meta: dict[str, str], outlet: str | None) -> str | None:
    """Names of the authors, joined by commas. What is not a name (an address, an account, the outlet) is left out."""
    marked = tree.xpath("//*[@rel='author' or contains(@itemprop,'author') or contains(@class,'byline')]")
    for names in (
        *(_names(item.get("author")) for item in described),
        *(re.split(r",|;|\band\b", meta[name]) for name in _BYLINE if name in meta),
        [name for text in _texts(marked[:5]) if (name := byline(text))],
    ):
        people = dict.fromkeys(name for raw in names if (name := person(raw)) and fold(name) != fold(outlet or ""))
        if people:
            return ", ".join(people)
    return None


def _language(tree: HtmlElement, meta: dict[str, str]) -> str | None:
    for code in (tree.get("lang"), tree.get("{http://www.w3.org/XML/1998/namespace}lang"), _named(meta, _LANGUAGE)):
        if code and re.fullmatch(r"[A-Za-z]{2}(?:[-_]\w+)*", code.strip()):
            return code.strip()[:2].lower()
    return None


def _canonical_url(tree: HtmlElement, meta: dict[str, str], url: str | None) -> str | None:
    """The address that the page gives itself, unless it leads to the front page; else the one it was fetched from."""
    links = [link.get("href") for link in tree.iter("link") if (link.get("rel") or "").strip().lower() == "canonical"]
    for candidate in (*links, meta.get("og:url")):
        address = web_address(candidate or "", url)
        if address and (urlsplit(address).path.strip("/") or urlsplit(address).query):
            return address.split("#", 1)[0]
    return url


def web_address(address: str, base: str | None) -> str | None:
    """`address`, which may be relative to `base`, as a full http or https address; None if it is none."""
    try:
        full: str = urljoin(base or "", address.strip())
        parts = urlsplit(full)
    except ValueError:
        return None
    return full if parts.scheme in ("http", "https") and parts.hostname else None


def _without_site(title: str | None, outlet: str | None) -> str | None:
    """A title as browsers show it, "Headline | Outlet", without the outlet."""
    if title and outlet:
        for mark in ("|", "–", "—", "-", "·", "•"):
            head, separator, tail = title.rpartition(f" {mark} ")
            if separator and fold(tail).replace(" ", "") == fold(outlet).replace(" ", ""):
                return head.strip()
    return title or None


def _first(lists: Iterable[list[str]]) -> str | None:
    return next((values[0] for values in lists if values), None)


def _texts(elements: Iterable[HtmlElement]) -> list[str]:
    return [text for element in elements if (text := _line(" ".join(element.itertext())))]


def _line(text: str) -> str:
    """One line of plain text: character references resolved, tags and runs of white space gone."""
    return " ".join(canonical(_TAGS.sub(" ", unescape(text))).split())


def _plain(value: object) -> str:
    """Paragraphs of a JSON-LD text, which may hold HTML."""
    if not isinstance(value, str):
        return ""
    text = re.sub(r"<(?:/p|/div|br\s?/?|/li|/h\d)>", "\n", unescape(value), flags=re.IGNORECASE)
    return canonical(_TAGS.sub(" ", text))
