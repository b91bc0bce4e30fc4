"""What has changed since a briefing: by its own sources and by what is on its subject now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.domain import ArticleSummary, Briefing, BriefingChanges, BriefingSource, Filters, Gone, Statement
from rag.stores.briefings import summary
from rag.stores.library import Library
from rag.text.grounding import locate


def changes_since(briefing: Briefing, now: Sequence[ArticleSummary], library: Library) -> BriefingChanges:
    """Compare a briefing with `now`, the articles that it would read today, at their versions of today."""
    read = {item.article_id: item for item in briefing.sources}
    current = library.articles.summaries(read)
    changed = [item for key, item in current.items() if item.version != read[key].version]
    new = [item for item in now if item.article_id not in read]
    return BriefingChanges(
        since=summary(briefing),
        new_articles=tuple(new),
        changed_articles=tuple(sorted(changed, key=lambda item: item.article_id)),
        removed_articles=tuple(item.title for key, item in read.items() if key not in current),
        new_statements=tuple(_new_statements(new, changed, read, library)),
        gone=tuple(_gone(briefing, library)),
    )


def _new_statements(
    new: Sequence[ArticleSummary],
    changed: Sequence[ArticleSummary],
    read: dict[str, BriefingSource],
    library: Library,
) -> Iterator[Statement]:
    """The statements of new articles, and those of changed ones whose words the version that was read does not have."""
    yield from library.statements.find(Filters(), articles=[item.article_id for item in new])
    for item in changed:
        before = library.articles.texts([(item.article_id, read[item.article_id].version)])
        text = next(iter(before.values()), "")
        for one in library.statements.find(Filters(), articles=[item.article_id]):
            if not all(locate(part.text, text) for part in one.content):
                yield one


def _gone(briefing: Briefing, library: Library) -> Iterator[Gone]:
    """Sentences of the briefing whose words their articles do not have any more."""
    cited = {item.n: item for item in briefing.citations}
    current = library.articles.summaries(item.article_id for item in briefing.citations)
    texts = library.articles.texts((item.article_id, item.version) for item in current.values())
    seen: set[str] = set()
    for sentence in (one for section in briefing.sections for one in section.sentences):
        if sentence.text in seen:
            continue
        seen.add(sentence.text)
        for item in (cited[n] for n in sentence.citations):
            if item.article_id not in current:
                yield Gone(text=sentence.text, reason=f"“{item.title}” was removed from the library")
                break
            if not locate(item.quote, texts.get((item.article_id, current[item.article_id].version), "")):
                yield Gone(text=sentence.text, reason=f"“{item.title}” was changed and has these words no more")
                break
