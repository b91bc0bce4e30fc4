"""What is new for a watch, found by comparing statements, not wording."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from rag.display import in_a_line
from rag.domain import ArticleSummary, ChangeRule, News, NewsKind, Statement, Watch
from rag.text.canonical import digest, fold
from rag.text.grounding import normalized_typography
from rag.text.terms import content_words, joint_speakers
from rag.verification.counts import casualty_counts

Differs = Callable[[Statement, Statement], ChangeRule | None]
_TOLL_DAYS = 14  # after which a toll is that of another event
_CONTRADICTIONS: frozenset[ChangeRule] = frozenset({"denial", "negation", "figures"})
_CHANGE_PHRASES: dict[str, str] = {
    "denial": "may now deny, or no longer deny, what they said before", "side": "may have changed sides",
    "negation": "may now say the opposite", "figures": "gives figures other than before",
}  # fmt: skip


def statement_key(item: Statement) -> str:
    """The key of a statement, the same in every article that prints it: of who says it, for whom, and in what words."""
    who = fold(item.speaker or item.on_behalf_of or "")
    return digest("statement", who, normalized_typography(item.text).casefold())


def article_key(article_id: str) -> str:
    """The key of an article of a story."""
    return f"article:{article_id}"


def find_news(
    watch: Watch,
    statements: Sequence[Statement],
    keys: set[str],
    articles: Mapping[str, ArticleSummary],
    differs: Differs,
) -> Iterator[News]:
    """The news in the statements that answer a watch now: those whose keys are not in `keys`, each a changed position
    where it differs from an earlier one of the same source. `articles` are those of the statements, by id.
    """
    now = datetime.now(UTC)
    earlier = [item for item in statements if statement_key(item) in keys]
    originals = {name: article for name, article in articles.items() if not article.copy_of}
    # Of a statement that a wire copy has too, the original's: with that of the copy it would never be news.
    fresh = {
        statement_key(item): item
        for item in statements
        if item.article_id in originals and statement_key(item) not in keys
    }
    for key, item in fresh.items():
        article = originals[item.article_id]
        before, rule = _find_change(
            item, [*earlier, *(one for one in fresh.values() if _day(one) < _day(item))], differs
        )
        who = item.speaker or item.on_behalf_of or "An unnamed source"
        kind: NewsKind = "statement"
        text = f"{who}: {in_a_line(item)}"
        if before is not None and rule == "toll":
            kind, text = "conflict", f"A new toll, after {in_a_line(before)}: {text}"
        elif before is not None and rule is not None:
            kind, text = "position", f"{who} {_CHANGE_PHRASES[rule]}: {in_a_line(item)}"
        elif rival := _find_rival(item, earlier, differs):
            kind, before = "conflict", rival
            text = f"{text} ({rival.speaker or rival.on_behalf_of} says otherwise: {in_a_line(rival)})"
        yield News(
            news_id=digest("news", watch.watch_id, key), watch_id=watch.watch_id, kind=kind, text=text,
            article_id=item.article_id, title=article.title, outlet=article.outlet, published=article.published,
            statement=item, before=before, noticed=now,
        )  # fmt: skip


def article_news(
    watch: Watch, articles: Iterable[ArticleSummary], keys: Collection[str], in_other_news: Collection[str]
) -> Iterator[News]:
    """The articles that have joined a story, but for wire copies and those `in_other_news` already."""
    now = datetime.now(UTC)
    for article in articles:
        if article_key(article.article_id) in keys or article.article_id in in_other_news or article.copy_of:
            continue
        yield News(
            news_id=digest("news", watch.watch_id, article_key(article.article_id)), watch_id=watch.watch_id,
            kind="article", text=article.title, article_id=article.article_id, title=article.title,
            outlet=article.outlet, published=article.published, noticed=now,
        )  # fmt: skip


def correction_news(watch: Watch, articles: Iterable[ArticleSummary]) -> Iterator[News]:
    """Corrections and retractions in `articles`; each is news once, as its text is its key."""
    now = datetime.now(UTC)
    for article in articles:
        for note in article.notes:
            if note.casefold().startswith(("correction", "retraction")):
                yield News(
                    news_id=digest("news", watch.watch_id, article.article_id, note), watch_id=watch.watch_id,
                    kind="correction", text=note, article_id=article.article_id, title=article.title,
                    outlet=article.outlet, published=article.published, noticed=now,
                )  # fmt: skip


def _find_change(
    item: Statement, others: Sequence[Statement], differs: Differs
) -> tuple[Statement, str] | tuple[None, None]:
    """The latest earlier statement of the same source that this one differs from, with the rule of the change; `toll`
    where it gives another number of casualties.
    """
    own = _sources(item)
    for other in sorted(others, key=_day, reverse=True):
        if other is not item and own & _sources(other) and _day(other) <= _day(item):
            if _new_toll(other, item):
                return other, "toll"
            if rule := differs(other, item):
                return other, rule
    return None, None


def _find_rival(item: Statement, earlier: Sequence[Statement], differs: Differs) -> Statement | None:
    """The latest earlier statement of another source, of about the same time, that denies what this one says or gives
    other figures. Another side is none: nobody expects two sources to hold the same opinion.
    """
    own = _sources(item)
    for other in sorted(earlier, key=_day, reverse=True):
        theirs = _sources(other)
        is_another = own and theirs and not own & theirs
        if is_another and _is_near(other, item) and differs(other, item) in _CONTRADICTIONS:
            return other
    return None


def _is_near(before: Statement, item: Statement) -> bool:
    earlier, later = before.published or date.min, item.published or date.max
    return abs((later - earlier).days) <= _TOLL_DAYS


def _sources(item: Statement) -> set[str]:
    """Speaker and organisation, folded: one article may name one of them, another both."""
    return {fold(one) for name in (item.speaker, item.on_behalf_of) if name for one in joint_speakers(name)}


def _new_toll(before: Statement, item: Statement) -> bool:
    if not _is_near(before, item) or not set(content_words(before.text)) & set(content_words(item.text)):
        return False
    new, old = casualty_counts(item.text), casualty_counts(before.text)
    return any(new[what] != old[what] for what in new.keys() & old.keys())


def _day(item: Statement) -> str:
    day = item.day
    return day.isoformat() if day else ""
