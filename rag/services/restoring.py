"""Undoing a removal: an article as it was, with all its versions, edits, decisions and copies, and bringing it back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date
from itertools import combinations
from typing import Any, cast, get_type_hints

from rag.domain import (
    AddResult,
    AmendedField,
    Article,
    ArticleChanges,
    Correction,
    Extract,
    Filters,
    Preview,
    RemovedArticle,
    StatementChanges,
    as_json,
)
from rag.errors import UnusableInput
from rag.stores.articles import id_of
from rag.stores.library import Library

_READ_WITHIN = 20.0  # seconds to wait for the statements of a version, to decide about them again
_CORRECTABLE = tuple(get_type_hints(StatementChanges))


def snapshot(library: Library, article_id: str) -> RemovedArticle:
    """An article as it is before its removal. Raises UnknownArticle."""
    current = library.articles.get(article_id)
    return RemovedArticle(
        versions=tuple(library.articles.get(article_id, item.version) for item in current.versions),
        corrections=tuple(library.statements.corrections(article_id)),
        copies=tuple(item.article_id for item in library.articles.copies(article_id)),
    )


def bring_back(
    library: Library,
    removed: RemovedArticle,
    *,
    add: Callable[[Sequence[Preview]], list[AddResult]],
    amend: Callable[[str, dict[str, Any], Sequence[AmendedField]], object],
    wait: Callable[[float], object],
) -> None:
    """Add every version again, oldest first, with the same edits, decisions and copies. `wait` blocks until the
    statements are made, at most for so many seconds. Raises UnusableInput, StoreError.
    """
    article_id = None
    for item in removed.versions:
        [result] = add([_preview_of(item, article_id)])
        article_id = result.article_id
        if article_id is None or result.status == "duplicate":  # of an article that has the same text
            raise UnusableInput(f"{item.title}: {result.reason}")
        if removed.corrections:
            wait(_READ_WITHIN)
            _decide_again(library, item, [one for one in removed.corrections if one.statement.version == item.version])
    if article_id:
        amend(article_id, {one.field: one.value or "" for one in removed.versions[-1].amended}, ())
        _fold_again(library, article_id, removed)


def _fold_again(library: Library, article_id: str, removed: RemovedArticle) -> None:
    """Restore what is a copy of what; of articles that were removed since, nothing."""
    present = {item.article_id for item in library.articles.copies(article_id)}
    for copy_id in removed.copies:
        if copy_id not in present:
            library.articles.fold(copy_id, article_id)
    original_id, current_id = removed.versions[-1].copy_of, library.articles.get(article_id).copy_of
    if original_id and original_id != current_id:
        library.articles.fold(article_id, original_id)
    elif current_id and not original_id:
        library.articles.unfold(article_id)


def _decide_again(library: Library, article: Article, decisions: Sequence[Correction]) -> None:
    """Repeat the decisions about the statements of a version in place of those that were carried over to it."""
    statements = library.statements
    own = Filters(article=article.article_id)
    current = {item.content: item for item in statements.find(own, articles=[article.article_id])}
    contents = {item.statement.content for item in decisions}
    for item in (one.statement for one in statements.corrections(article.article_id)):
        if item.version == article.version and item.content not in contents:
            statements.restore(item)
    for verdict, item in ((one.verdict, one.statement) for one in decisions):
        before = current.get(item.content)
        fields = as_json(item)
        changes = {name: fields[name] for name in _CORRECTABLE if getattr(item, name) != getattr(before, name, None)}
        if verdict == "dismissed":
            if before:
                statements.correct(before, "dismissed", {})
        elif before is None:
            statements.correct(item, "added", changes)
        elif changes:
            statements.correct(before, "corrected", changes)


def _edits_at_first(item: Article, extract: Extract) -> dict[str, Any]:
    """The edits that came with the article when it was added: those that its id was made with."""
    edits = {one.field: one.value for one in item.amended if one.field in ("outlet", "title")}
    for number in range(len(edits) + 1):
        for names in combinations(edits, number):
            first: dict[str, Any] = {name: edits[name] for name in names}
            if id_of(dataclasses.replace(extract, **first)) == item.article_id:
                return {name: value or "" for name, value in first.items()}
    return {}


def _preview_of(item: Article, article_id: str | None) -> Preview:
    """The preview from which a version was added; reading its text again could mistake its first line for a headline.
    `article_id` is the article of its earlier versions.
    """
    fields = {
        field.name: getattr(item, field.name) for field in dataclasses.fields(Extract) if field.name != "left_out"
    }
    fields |= {one.field: one.found for one in item.amended}
    if isinstance(fields["published"], str):
        fields["published"] = date.fromisoformat(fields["published"])
    extract = Extract(**fields)
    return Preview(
        source=item.url or item.title,
        title=item.title,
        key=item.url,
        extract=extract,
        corrections=cast("ArticleChanges", {} if article_id else _edits_at_first(item, extract)),
        version_of=None if item.url else article_id,  # an address connects them by itself
    )
