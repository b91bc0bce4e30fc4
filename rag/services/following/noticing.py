"""What is new for a watch, found by comparing statements, not wording."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from rag.display import quoted
from rag.domain import ArticleSummary, ChangeRule, News, NewsKind, Statement, Watch
from rag.text.canonical import digest, fold
from rag.text.grounding import same_words
from rag.text.terms import joint_speakers

Differs = Callable[[Statement, Statement], ChangeRule | None]
_SAYS: dict[ChangeRule, str] = {
    "denial": "may now deny, or no longer deny, what they said before", "side": "may have changed sides",
    "negation": "may now say the opposite", "figures": "gives figures other than before",
}  # fmt: skip


def key_of(item: Statement) -> str:
    """What makes a statement the same one wherever it is printed: who says it, for whom, and in what words."""
    who = fold(item.speaker or item.on_behalf_of or "")
    return digest("statement", who, same_words(item.text).casefold())


def noticed(
    watch: Watch,
    statements: Sequence[Statement],
    known: set[str],
    articles: Mapping[str, ArticleSummary],
    differs: Differs,
) -> Iterator[News]:
    """The news in the statements that a watch has now: those it has not met, each as a changed position where it
    differs from an earlier one of the same source. `articles` are those of the statements, by id.
    """
    now = datetime.now(UTC)
    earlier = [item for item in statements if key_of(item) in known]
    fresh = {key_of(item): item for item in statements if key_of(item) not in known}
    for key, item in fresh.items():
        article = articles.get(item.article_id)
        if article is None or article.copy_of:
            continue
        before, rule = _changed(item, [*earlier, *(one for one in fresh.values() if _day(one) < _day(item))], differs)
        who = item.speaker or item.on_behalf_of or "An unnamed source"
        kind: NewsKind = "statement"
        text = f"{who}: {quoted(item.text)}" if item.kind == "direct" else f"{who}: {item.text}"
        if before is not None and rule is not None:
            kind, text = "position", f"{who} {_SAYS[rule]}: {quoted(item.text)}"
        yield News(
            news_id=digest("news", watch.watch_id, key), watch_id=watch.watch_id, kind=kind, text=text,
            article_id=item.article_id, title=article.title, outlet=article.outlet, published=article.published,
            statement=item, before=before, noticed=now,
        )  # fmt: skip


def corrections(watch: Watch, articles: Iterable[ArticleSummary]) -> Iterator[News]:
    """Corrections and retractions in the articles of what is watched; each is news once, as its words are its key."""
    now = datetime.now(UTC)
    for article in articles:
        for note in article.notes:
            if note.casefold().startswith(("correction", "retraction")):
                yield News(
                    news_id=digest("news", watch.watch_id, article.article_id, note), watch_id=watch.watch_id,
                    kind="correction", text=note, article_id=article.article_id, title=article.title,
                    outlet=article.outlet, published=article.published, noticed=now,
                )  # fmt: skip


def _changed(
    item: Statement, others: Sequence[Statement], differs: Differs
) -> tuple[Statement, ChangeRule] | tuple[None, None]:
    """The latest earlier statement of the same source that this one differs from, with the rule."""
    own = {fold(name) for name in joint_speakers(item.on_behalf_of or item.speaker or "") if name}
    for other in sorted(others, key=_day, reverse=True):
        theirs = {fold(name) for name in joint_speakers(other.on_behalf_of or other.speaker or "") if name}
        if other is not item and own & theirs and _day(other) <= _day(item) and (rule := differs(other, item)):
            return other, rule
    return None, None


def _day(item: Statement) -> str:
    day = item.said_on or item.published
    return day.isoformat() if day else ""
