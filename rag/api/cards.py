"""Citation cards, HTML without script for pages of others: a quotation of the record with its source; and oEmbed."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

from markupsafe import Markup

from rag.display import OUTLET_UNKNOWN
from rag.domain import Article, Span
from rag.errors import UnusableInput
from rag.newsroom import Newsroom

_LONGEST = 2_000  # characters of a card
_STYLE = "margin:1em 0;padding:.8em 1em;border-left:3px solid #17426b;font-family:Georgia,serif"
_CARD = Markup(
    """<blockquote class="onrecord-card" cite="{link}" style="{style}"><p style="margin:0 0 .5em">{quote}</p>
<footer style="font:.85em/1.4 sans-serif">{about} · <a href="{link}" rel="nofollow noopener">on the record</a></footer>
</blockquote>
"""
)


def link_of(base: str, article: Article, span: Span) -> str:
    """The address at which the span stands marked in its article."""
    query = {"doc": article.article_id, "v": article.version, "s": span.start, "e": span.end}
    return f"{base.rstrip('/')}/source?{urlencode(query)}"


def card(article: Article, span: Span, base: str) -> str:
    """The card of a span. Raises UnusableInput for one that is too long, ValueError for one beyond the text."""
    if len(span) > _LONGEST:
        raise UnusableInput(f"A card shows at most {_LONGEST} characters, not {len(span)}; cite a shorter span.")
    day = article.published.isoformat() if article.published else None
    about = " · ".join(part for part in (article.title, article.outlet or OUTLET_UNKNOWN, day) if part)
    return str(_CARD.format(style=_STYLE, link=link_of(base, article, span), quote=article.quote(span), about=about))


def oembed(room: Newsroom, url: str, base: str) -> dict[str, object]:
    """What oEmbed (1.0, type `rich`) gives for the address of a cited span. Raises UnusableInput, UnknownArticle."""
    try:
        parts = urlsplit(url)
    except ValueError:  # half of an IPv6 address
        parts = urlsplit("")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if not parts.path.rstrip("/").endswith("/source") or not {"doc", "s", "e"} <= query.keys():
        raise UnusableInput("Give the address of a cited passage: .../source?doc=...&v=...&s=...&e=...")
    article, span = located(room, query["doc"], query.get("v"), query["s"], query["e"])
    return {
        "version": "1.0", "type": "rich", "provider_name": "onrecord", "provider_url": base, "title": article.title,
        "author_name": article.outlet or "", "html": card(article, span, base), "width": 600, "height": None,
    }  # fmt: skip


def located(room: Newsroom, article_id: str, version: str | None, start: str, end: str) -> tuple[Article, Span]:
    """An article and a span of its text. Raises UnknownArticle, and UnusableInput for a span outside it."""
    article = room.article(article_id, version)
    if not (start.isdecimal() and end.isdecimal() and int(start) < int(end) <= len(article.text)):
        raise UnusableInput(
            f"The span must lie in the {len(article.text)} characters of the article, start before end."
        )
    return article, Span(int(start), int(end))
