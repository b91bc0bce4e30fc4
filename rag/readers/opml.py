"""Lists of feeds (OPML): they name feeds and hold no article."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from rag.errors import UnreadableSource

_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """A feed that a list names."""

    url: str
    title: str | None


def feeds_of(text: str) -> list[ListedFeed]:
    """The feeds that a list names, in its order. Raises UnreadableSource where it is damaged."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        tree = etree.fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as exc:
        raise UnreadableSource("The list of feeds is damaged; export it again.") from exc
    found: dict[str, ListedFeed] = {}
    for outline in tree.iter("outline") if tree is not None else ():
        url = (outline.get("xmlUrl") or outline.get("xmlurl") or "").strip()
        if url.lower().startswith(("http://", "https://")) and len(found) < _MOST:
            title = " ".join((outline.get("title") or outline.get("text") or "").split()) or None
            found.setdefault(url, ListedFeed(url=url, title=title))
    return list(found.values())


def refusal(text: str, name: str) -> UnreadableSource:
    """Why a list of feeds is no article, and how to add what it names."""
    feeds = feeds_of(text)
    if not feeds:
        return UnreadableSource(f"{name} is a list of feeds (OPML) that names none; export it again.")
    shown = " ".join(feed.url for feed in feeds[:3]) + (" …" if len(feeds) > 3 else "")
    return UnreadableSource(
        f"{name} is a list of {len(feeds)} {'feed' if len(feeds) == 1 else 'feeds'} (OPML), no article; add them: "
        f"onrecord add --feed {shown}"
    )
