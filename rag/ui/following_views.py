"""Pure rendering of news and followed sources: values in, escaped HTML out, without Streamlit."""

from __future__ import annotations

from rag.display import OUTLET_UNKNOWN, day, plural
from rag.domain import Digest, Following, News, Statement, Story
from rag.ui.markup import Markup, html, joined
from rag.ui.statement_views import statement_words_html
from rag.ui.views import clock, days, dotted, link, source_url

_KINDS = {
    "statement": "New statement", "position": "Changed position?", "correction": "Correction",
    "conflict": "Sources differ", "article": "New article",
}  # fmt: skip


def news_html(items: list[News]) -> Markup:
    """The news, each with its words and its article."""
    return html('<ol class="news">{}</ol>', joined(_row(item) for item in items))


def _row(item: News) -> Markup:
    row = '<li class="{}"><p class="caps">{}{}</p>{}{}<footer>{}</footer></li>'
    before = html('<p class="before">Before: {}</p>', _words(item.before)) if item.before else Markup("")
    words = html("<p>{}</p>", _words(item.statement)) if item.statement else html("<p>{}</p>", item.text)
    url = source_url(item.article_id)
    if item.statement:
        url = source_url(item.article_id, item.statement.version, item.statement.content[0].span)
    where = dotted((item.title, item.outlet or OUTLET_UNKNOWN, item.published))
    return html(
        row,
        "seen" if item.seen else "new",
        _KINDS[item.kind],
        " · unread" if not item.seen else "",
        words,
        before,
        link(url, where, new_tab=True),
    )


def _words(item: Statement | None) -> Markup:
    if item is None:
        return Markup("")
    who = item.speaker or item.on_behalf_of or "an unnamed source"
    return html("<b>{}</b>: {}", who, statement_words_html(item, ""))


def story_html(item: Story, unread: int) -> Markup:
    """The heading of a story's news, which opens the story."""
    count = f" ({unread} new)" if unread else ""
    title = link(f"story?id={item.story_id}", item.title) if len(item.articles) > 1 else html("{}", item.title)
    return html('<h2 class="asked">{}{}</h2>', title, count)


def digest_html(item: Digest) -> Markup:
    """A digest: the news by watch, the stories that grew, and how many articles came."""
    parts = [html("<h3>{}</h3>{}", watch.title, news_html(list(news))) for watch, news in item.watches]
    if item.stories:
        rows = joined(
            html("<li>{} <small>{}</small></li>", link(f"story?id={one.story_id}", one.title), _extent(one))
            for one in item.stories
        )
        parts.append(html('<h3>Stories</h3><ul class="titles">{}</ul>', rows))
    if not parts:
        parts.append(html('<p class="none">Nothing new on what you watch.</p>'))
    count = html('<p class="row">{} since {}</p>', plural(item.articles, "article"), day(item.since))
    return html('<section class="digest">{}{}</section>', joined(parts), count)


def _extent(item: Story) -> str:
    return dotted((plural(len(item.articles), "article"), ", ".join(item.outlets[:3]), days(item.since, item.until)))


def address_html(item: Following) -> Markup:
    """One address: last and next reading, number of articles, and error."""
    paused = f"paused after {plural(item.failures, 'failure')}, until “Read all now”"
    state = paused if item.paused else f"next {clock(item.next_read)}"
    last_read = f"last read {clock(item.last_read)}" if item.last_read else "not read yet"
    filters = (f"words {', '.join(item.words)}" if item.words else None, item.outlet, item.language)
    left = f"{plural(item.left, 'older article')} still to be read" if item.left else None
    line = dotted((last_read, state, plural(item.added, "article"), left, *filters))
    error = html('<p class="wrong" role="alert">{}</p>', item.error) if item.error else Markup("")
    return html('<div class="followed"><b>{}</b><p class="row">{}</p>{}</div>', item.address, line, error)
