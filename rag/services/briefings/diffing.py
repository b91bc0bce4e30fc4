"""What has changed since a briefing: in its sources, and among the articles on its subject."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rag.domain import ArticleSummary, Briefing, BriefingChanges, BriefingSource, Filters, Gone, Statement
from rag.stores.briefings import summary
from rag.stores.library import Library
from rag.text.grounding import locate


def changes_since(briefing: Briefing, articles_now: Sequence[ArticleSummary], library: Library) -> BriefingChanges:
    """Compare a briefing with `articles_now`, the current versions of the articles that it would read today. What was
    in the library when it was begun and is no source of it was set aside, and is not new, unless it was cancelled
    before it could read them all.
    """
    sources = {item.article_id: item for item in briefing.sources}
    current = library.articles.summaries(sources)
    revisions = [item for key, item in current.items() if item.version != sources[key].version]
    start = _begun(briefing)
    new = [
        item for item in articles_now if item.article_id not in sources and (start is None or item.ingested >= start)
    ]
    return BriefingChanges(
        since=summary(briefing),
        new_articles=tuple(new),
        changed_articles=tuple(sorted(revisions, key=lambda item: item.article_id)),
        removed_articles=tuple(item.title for key, item in sources.items() if key not in current),
        new_statements=tuple(_new_statements(new, revisions, sources, library)),
        gone=tuple(_lost_sentences(briefing, library)),
    )


def _begun(briefing: Briefing) -> datetime | None:
    """The second in which a finished briefing was begun; None of another. An article of that second counts as new, as
    the library's times have no fractions to tell which of the two was first.
    """
    if briefing.made is None or not briefing.finished:
        return None
    return (briefing.made - timedelta(milliseconds=briefing.elapsed_ms)).replace(microsecond=0)


def _new_statements(
    new: Sequence[ArticleSummary],
    changed: Sequence[ArticleSummary],
    sources: dict[str, BriefingSource],
    library: Library,
) -> Iterator[Statement]:
    """The statements of new articles, and those of changed articles whose words the earlier version does not have."""
    yield from library.statements.find(Filters(), articles=[item.article_id for item in new])
    for item in changed:
        before = library.articles.texts([(item.article_id, sources[item.article_id].version)])
        text = next(iter(before.values()), "")
        for one in library.statements.find(Filters(), articles=[item.article_id]):
            if not all(locate(part.text, text) for part in one.content):
                yield one


def _lost_sentences(briefing: Briefing, library: Library) -> Iterator[Gone]:
    """Sentences of the briefing whose words their articles no longer have."""
    citation_by_number = {item.n: item for item in briefing.citations}
    current = library.articles.summaries(item.article_id for item in briefing.citations)
    texts = library.articles.texts((item.article_id, item.version) for item in current.values())
    keys: set[str] = set()
    for sentence in (one for section in briefing.sections for one in section.sentences):
        if sentence.text in keys:
            continue
        keys.add(sentence.text)
        for item in (citation_by_number[n] for n in sentence.citations):
            if item.article_id not in current:
                yield Gone(text=sentence.text, reason=f"“{item.title}” was removed from the library")
                break
            if not locate(item.quote, texts.get((item.article_id, current[item.article_id].version), "")):
                yield Gone(text=sentence.text, reason=f"“{item.title}” was changed and no longer has these words")
                break
