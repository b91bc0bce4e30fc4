"""A second reading by a chat model, for statements that the rules miss. The model picks sentences and copies words;
what is not found where it says is dropped. It never decides who a pronoun is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rag import logs
from rag.domain import Article, Fragment, Span, Statement
from rag.errors import ModelError
from rag.providers.base import ChatModel, Message
from rag.text.grounding import locate
from rag.text.json_objects import object_in
from rag.text.prompts import STATEMENTS_SCHEMA, statements_messages
from rag.text.quotations import kind_of
from rag.text.sentences import sentences
from rag.text.terms import words

_log = logging.getLogger(__name__)
_AT_ONCE = 40  # sentences of a request
_MOST = 60  # statements of a reply
_CONFIDENCE = 0.5
_PRONOUNS = frozenset("he she they it we i you who his her their one".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPass:
    """What a second reading brought: new statements, and how many of the model's were dropped because their words do
    not stand where it says. Statements in words that the rules have already are neither.
    """

    statements: tuple[Statement, ...]
    dropped: int


def second_pass(article: Article, known: Sequence[Statement], model: ChatModel) -> SecondPass:
    """Read an article once more. Raises ModelError."""
    numbered = {f"s{n}": span for n, span in enumerate(sentences(article.text), 1)}
    new: list[Statement] = []
    dropped = 0
    ids = list(numbered)
    for at in range(0, len(ids), _AT_ONCE):
        batch = {sid: numbered[sid] for sid in ids[at : at + _AT_ONCE]}
        system, user = statements_messages(article.title, {sid: span.of(article.text) for sid, span in batch.items()})
        messages = [Message(role="system", content=system), Message(role="user", content=user)]
        reply = model.complete(messages, schema=STATEMENTS_SCHEMA)
        for item in _items(reply.text):
            item_statement = _statement(article, item, batch, known)
            if item_statement is None:
                dropped += 1
            elif not any(_touch(item_statement, other) for other in (*known, *new)):
                new.append(item_statement)
    in_order = sorted(new, key=lambda one: one.content[0].start)
    return SecondPass(statements=tuple(in_order), dropped=dropped)


def _items(reply: str) -> Iterator[Mapping[str, Any]]:
    """The statements of a reply, which may be anything at all."""
    listed = (object_in(reply) or {}).get("statements")
    if isinstance(listed, list):
        yield from islice((item for item in listed if isinstance(item, dict)), _MOST)


def _statement(
    article: Article, item: Mapping[str, Any], batch: Mapping[str, Span], known: Sequence[Statement]
) -> Statement | None:
    """The statement that an item of a reply names; None unless all its words stand in the sentences that it cites."""
    cited = [batch[sid] for sid in _texts(item.get("sentences")) if sid in batch]
    if not cited:
        return None
    whole = Span(min(span.start for span in cited), max(span.end for span in cited))
    content = [_found(words_said, article.text, whole) for words_said in _texts(item.get("content"))]
    source, cue = (_found(item.get(name), article.text, whole) for name in ("source", "cue"))
    if not content or source is None or cue is None or not _apart([*content, source, cue]):
        return None
    pieces = sorted((part for part in content if part), key=lambda part: part.start)
    name, basis = _speaker(source, known)
    return Statement(
        speaker=name,
        speaker_basis=basis,
        kind=kind_of(article.text, [part.span for part in pieces]),
        source=source,
        cue=cue,
        content=tuple(pieces),
        text=" ... ".join(part.text for part in pieces),
        denied=item.get("denied") is True,
        confidence=_CONFIDENCE,
        article_id=article.article_id,
        version=article.version,
    )


def _texts(value: object) -> list[str]:
    return [item for item in value[:8] if isinstance(item, str)] if isinstance(value, list) else []


def _found(quote: object, text: str, within: Span) -> Fragment | None:
    at = locate(quote, text, start=within.start, end=within.end) if isinstance(quote, str) else None
    return Fragment(start=at.span.start, end=at.span.end, text=at.span.of(text)) if at else None


def _apart(parts: Sequence[Fragment | None]) -> bool:
    """True if every part was found and none shares a character with another."""
    spans = [part.span for part in parts if part]
    return len(spans) == len(parts) and not any(
        one.touches(other) for at, one in enumerate(spans) for other in spans[at + 1 :]
    )


def _speaker(source: Fragment, known: Sequence[Statement]) -> tuple[str | None, Fragment | None]:
    """Who the source's own words name: a speaker whom the rules know by that surname, else those words where they hold
    a capitalised word, else nobody: who "she" is stays open.
    """
    names = [word for word in source.text.split() if word[:1].isupper() and len(word) > 1]
    if not names or source.text.casefold() in _PRONOUNS:
        return None, None
    surnames = {" ".join(words(item.speaker)).rsplit(" ", 1)[-1]: item for item in known if item.speaker}
    same = [surnames[word] for word in words(source.text) if word in surnames]
    if len(same) == 1:
        return same[0].speaker, same[0].speaker_basis
    return source.text, source


def _touch(one: Statement, other: Statement) -> bool:
    return any(mine.span.touches(theirs.span) for mine in one.content for theirs in other.content)


def refined_by(model: ChatModel) -> Callable[[Article, tuple[Statement, ...]], tuple[Statement, ...]]:
    """A function from an article and the statements of the rules to all its statements, those of the model among them.
    Where the model fails, those of the rules remain.
    """

    def refine(article: Article, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        try:
            more = second_pass(article, statements, model)
        except ModelError as exc:
            detail = logs.fields(article_id=article.article_id, **logs.error_fields(exc))
            _log.warning("no second reading for statements", extra=detail)
            return statements
        counts = {"more": len(more.statements), "dropped": more.dropped}
        _log.info("second reading for statements", extra=logs.fields(article_id=article.article_id, **counts))
        return tuple(sorted((*statements, *more.statements), key=lambda item: item.content[0].start))

    return refine
