"""The metadata of a web page: JSON-LD first, then meta tags, then marked elements. No guesses; absent is None."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import dropwhile, islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from rag.knowledge.tables import table
from rag.readers.headlines import byline, clean_authors
from rag.readers.json_ld import REFERENCED, Json, as_list, is_a, ld_objects, names, one_line, plain_text, strings
from rag.text.canonical import fold

_ARTICLES = re.compile(r"(?:^|/)(?:\w*Article|\w*NewsArticle|BlogPosting|LiveBlogPosting|Report|SocialMediaPosting)$")
_PAGES = re.compile(r"(?:^|/)(?:WebPage|ItemPage|VideoObject|PodcastEpisode)$")
_SEPARATOR = re.compile(r"\s[|–—-]\s")
_AGENCIES = frozenset(str(table("bylines")["as_outlets"]).split("|"))

_TITLE = ("og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title", "title")
_SITE = ("og:site_name", "application-name", "dc.publisher", "publisher")
_BYLINE = ("author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator")
_SECTION = ("article:section", "section", "parsely-section", "cxenseparse:recs:category")
_AUTHOR_CLASS = re.compile(r"(?:^|[\s_-])(?:author|writer|autor|auteur)s?(?:[-_]*names?)?(?:$|\s)", re.IGNORECASE)
_OF_COMMENT = re.compile(r"comment|sidebar|related|\bbio\b|teaser", re.IGNORECASE)
_LONGEST_BYLINE, _NEAR_HEADLINE = 80, 60  # characters; elements below the headline
_TITLE_MARK = re.compile(r"\s+(?:[|–—·•»›/~-]|::)\s+")
_SITE_BEFORE = re.compile(r"\s+(?:[|–—·•»›/~-]|::)\s+|:\s+")
_MOST_SECTIONS = 100
_PREVIEW = 150  # words below which a paid article that does not say how long it is passes for its beginning
_LANGUAGE = ("og:locale", "content-language", "dc.language", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageData:
    """The metadata of the article of a page. `described` are its JSON-LD objects, the best match first;
    `meta` maps lower-case names of meta tags to their values, the first of each name."""

    described: tuple[Json, ...]
    meta: dict[str, str]
    title: str | None
    outlet: str | None
    byline: str | None
    language: str | None
    url: str | None

    def truncation_note(self, text: str) -> str | None:
        """A note where `text` is only the beginning of a paid article, or much shorter than the page says it is."""
        words = len(text.split())
        counts = [count for item in self.described if (count := _number(item.get("wordCount")))]
        is_paid = any(
            str(item.get("isAccessibleForFree", "")).lower() in ("false", "no", "0") for item in self.described
        )
        is_paid = is_paid or self.meta.get("article:content_tier", "").lower() in ("locked", "metered", "paid")
        total = max(counts, default=0)
        if total and words < 0.6 * total:
            part = f"{words} of about {total} words"
        elif is_paid and not total and words < _PREVIEW:
            part = f"{words} words"
        else:
            return None
        return f"cut short: this page holds only the beginning of {'a paid' if is_paid else 'the'} article ({part})."

    def text(self) -> str:
        """The body that JSON-LD gives: of an article its `articleBody`, of a live blog its entries, else nothing."""
        bodies = [plain_text(item.get("articleBody")) for item in self.described]
        entries = [self._entry(update) for item in self.described for update in as_list(item.get("liveBlogUpdate"))]
        return max([*bodies, "\n".join(entry for entry in entries if entry)], key=len, default="")

    @property
    def live(self) -> bool:
        """True for a live blog whose entries JSON-LD gives."""
        return any(item.get("liveBlogUpdate") for item in self.described)

    @staticmethod
    def _entry(update: object) -> str:
        if not isinstance(update, dict):
            return ""
        return "\n".join(filter(None, (plain_text(update.get("headline")), plain_text(update.get("articleBody")))))


def page_data(tree: HtmlElement, url: str | None) -> PageData:
    """Reads the head of a parsed page. `url` is the address that it was fetched from, if known."""
    meta = _meta(tree)
    address = _canonical_url(tree, meta, url)
    headings = _texts(tree.iter("h1"))
    described = _article_objects(tree, next(iter(headings), meta.get("og:title", "")), address)
    outlet = _outlet(described, meta)
    site = Site.of(outlet, *(meta.get(name) for name in _SITE), url=address)
    headings = [heading for heading in headings if not site.is_named(heading)]
    titles = [text for item in described for text in strings(item.get("headline"))]
    title = next(iter([*titles, *_meta_values(meta, _TITLE), *headings, *_texts(tree.iter("title"))]), None)
    labels = [text for item in described for text in strings(item.get("articleSection"))]
    labels += _meta_values(meta, _SECTION) + _texts(tree.xpath("//nav//a"))[:_MOST_SECTIONS]
    sections = set(map(fold, labels))
    return PageData(
        described=tuple(described), meta=meta, title=title and site.headline_in(title, headings, sections),
        outlet=outlet, byline=_byline(tree, described, outlet), language=_language(tree, meta), url=address,
    )  # fmt: skip


def _outlet(described: list[Json], meta: dict[str, str]) -> str | None:
    """The publisher that JSON-LD names, or the site. An agency named on another site is only its source."""
    publishers, referenced = (
        [_TITLE_MARK.split(name)[0] for item in described for name in names(item.get(field))]
        for field in ("publisher", f"publisher{REFERENCED}")
    )
    site = next((_SEPARATOR.split(meta[name])[0] for name in _SITE if name in meta and meta[name][0] != "@"), None)
    own: str | None = next(iter(publishers), None)
    if own is None or (site and fold(own).removeprefix("the ") in _AGENCIES):
        return site or own or next(iter(referenced), None)
    return own


def _article_objects(tree: HtmlElement, heading: str, url: str | None) -> list[Json]:
    """The JSON-LD objects of the article of this page, without those of other articles that the page lists."""
    articles = [
        item for item in ld_objects(tree) if is_a(item, _ARTICLES) or (is_a(item, _PAGES) and "headline" in item)
    ]
    ours = [item for item in articles if _matches(item, heading, url)]
    if not ours and len({str(item.get("headline")) for item in articles}) == 1:
        ours = articles
    return sorted(ours, key=lambda item: (not is_a(item, _ARTICLES), "datePublished" not in item))


def _matches(item: Json, heading: str, url: str | None) -> bool:
    headlines = [fold(name) for name in (*strings(item.get("headline")), *strings(item.get("name")))]
    if heading and any(name and (name in fold(heading) or fold(heading) in name) for name in headlines):
        return True
    addresses = (*strings(item.get("url")), *strings(item.get("@id")), *strings(item.get("mainEntityOfPage")))
    return url is not None and any(_host_and_path(address) == _host_and_path(url) for address in addresses)


def _host_and_path(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}"


def _meta(tree: HtmlElement) -> dict[str, str]:
    meta: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name, content = _meta_name(tag), one_line(tag.get("content") or "")
        if name and content:
            meta.setdefault(name, content)
    return meta


def _all_of_meta(tree: HtmlElement, name: str) -> list[str]:
    """The values of all meta tags of one name: a page has one for each of its authors."""
    tags = (tag for tag in tree.iter("meta") if _meta_name(tag) == name)
    return [value for tag in tags if (value := one_line(tag.get("content") or ""))]


def _meta_name(tag: HtmlElement) -> str:
    names = (tag.get(key) for key in ("property", "name", "itemprop", "http-equiv"))
    return str(next(filter(None, names), "")).strip().lower()


def _meta_values(meta: dict[str, str], names: Iterable[str]) -> list[str]:
    return [meta[name] for name in names if name in meta]


def _byline(tree: HtmlElement, described: list[Json], outlet: str | None) -> str | None:
    """Names of the authors, joined by commas, without addresses, accounts and the outlet."""
    elements = tree.xpath("//*[@rel='author' or contains(@itemprop,'author') or contains(@class,'byline')]")
    for candidates in (
        *(names(item.get("author") or item.get("creator")) for item in described),
        *(_all_of_meta(tree, name) for name in _BYLINE),
        [name for text in _texts(elements[:5]) if (name := byline(text))],
        _below_headline(tree),
    ):
        people = [name for text in candidates for name in (clean_authors(text) or "").split(", ") if name]
        distinct = {fold(name): name for name in reversed(people) if fold(name) != fold(outlet or "")}
        if distinct:
            return ", ".join(reversed(distinct.values()))
    return None


def _below_headline(tree: HtmlElement) -> list[str]:
    """The first byline just below the headline: it says "By", or stands in an element for authors."""
    below = islice(dropwhile(lambda one: one.tag != "h1", tree.iter()), 1, _NEAR_HEADLINE)
    for element in below:
        text = _SEPARATOR.split(one_line(" ".join(element.itertext())))[0] if isinstance(element.tag, str) else ""
        if not 0 < len(text) <= _LONGEST_BYLINE or _OF_COMMENT.search(element.get("class") or ""):
            continue
        if _AUTHOR_CLASS.search(element.get("class") or "") and " " in text:
            return [text]
        if name := byline(text):
            return [name]
    return []


def _language(tree: HtmlElement, meta: dict[str, str]) -> str | None:
    for code in (
        tree.get("lang"),
        tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        *_meta_values(meta, _LANGUAGE),
    ):
        if code and re.fullmatch(r"[A-Za-z]{2}(?:[-_]\w+)*", code.strip()):
            return str(code).strip()[:2].lower()
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
    """`address`, which may be relative to `base`, as a full http or https address; None if it is not one."""
    try:
        full: str = urljoin(base or "", address.strip())
        parts = urlsplit(full)
    except ValueError:
        return None
    return full if parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", full) else None


@dataclass(frozen=True, slots=True)
class Site:
    """The names of a site, folded and without "The", blanks and endings."""

    names: frozenset[str]

    @classmethod
    def of(cls, *names: str | None, url: str | None) -> Site:
        """The site with these names, and with that of its address."""
        host = (urlsplit(url).hostname or "") if url else ""
        labels = host.removeprefix("www.").removeprefix("m.").split(".")
        return cls(frozenset({cls._bare(name) for name in (*names, host, *labels[:-1]) if name} - {""}))

    def is_named(self, text: str) -> bool:
        """True if `text` is a name of the site and nothing else."""
        return self._bare(text) in self.names

    def headline_in(self, title: str, headings: Iterable[str], sections: Collection[str]) -> str:
        """The headline of `title` ("Headline | Section | Site"): the title without the site and the sections.

        A part behind the headline is removed only if it is the site's name or a section before it, or if the rest
        equals a heading of the page.
        """
        for mark in _TITLE_MARK.finditer(title):
            if any(fold(heading) == fold(title[: mark.start()]) for heading in headings):
                return title[: mark.start()].strip()
        start, end, site_behind = 0, len(title), False
        for mark in reversed(list(_TITLE_MARK.finditer(title))):
            if self.is_named(title[mark.end() : end]) or (site_behind and fold(title[mark.end() : end]) in sections):
                end, site_behind = mark.start(), True
            else:
                break
        first = _SITE_BEFORE.search(title[:end])
        if first and self.is_named(title[: first.start()]):
            start = first.end()
        return title[start:end].strip() or title

    @staticmethod
    def _bare(name: str) -> str:
        key = re.sub(r"^(?:the|www\.|die|der|das|le|la|el|il)(?:\s+|(?<=\.))", "", fold(name).strip())
        return re.sub(r"\W|\s(?:online|news|digital|website)$|\.(?:com?|org|net|info)(?:\.\w\w)?$", "", key)


def _texts(elements: Iterable[HtmlElement]) -> list[str]:
    return [text for element in elements if (text := one_line(" ".join(element.itertext())))]


def _number(value: object) -> int:
    digits = re.fullmatch(r"\s*(\d{1,6})\D*", str(value or ""))
    return int(digits[1]) if digits else 0
