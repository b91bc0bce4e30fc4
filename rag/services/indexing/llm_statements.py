"""A second reading by a chat model: it may add statements, put a speaker right, say who "he" is, and strike what nobody
says. It picks sentences and copies words; what is not found where it says is dropped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
_PUT_RIGHT = 0.75  # confidence of a statement whose speaker a model has put right
_MOST_STRUCK = 0.5  # share of the known statements that a model may strike
_PRONOUNS = frozenset("he she they it we i you who his her their one".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPass:
    """What a second reading brought: new statements, those of the rules that it puts in another form or strikes (by
    their number among the known ones), and how many of the model's were dropped because their words do not stand where
    it says.
    """

    statements: tuple[Statement, ...]
    dropped: int
    corrected: Mapping[int, Statement] = field(default_factory=dict)
    struck: frozenset[int] = frozenset()

    def applied(self, known: Sequence[Statement]) -> tuple[Statement, ...]:
        """All statements after it, in the order of the text."""
        kept = [self.corrected.get(at, item) for at, item in enumerate(known) if at not in self.struck]
        return tuple(sorted((*kept, *self.statements), key=lambda item: item.content[0].start))


def second_pass(article: Article, known: Sequence[Statement], model: ChatModel) -> SecondPass:
    """Read an article once more. Statements that a person has put right are left alone. Raises ModelError."""
    numbered = {f"s{n}": span for n, span in enumerate(sentences(article.text), 1)}
    found: list[Statement] = []
    corrected: dict[int, Statement] = {}
    struck: set[int] = set()
    dropped = 0
    ids = list(numbered)
    for at in range(0, len(ids), _AT_ONCE):
        batch = {sid: numbered[sid] for sid in ids[at : at + _AT_ONCE]}
        whole = Span(min(span.start for span in batch.values()), max(span.end for span in batch.values()))
        here = {f"k{n}": n for n, item in enumerate(known) if item.content[0].span.touches(whole)}
        system, user = statements_messages(
            article.title,
            {sid: span.of(article.text) for sid, span in batch.items()},
            {key: known[n] for key, n in here.items()},
        )
        sent = [Message(role="system", content=system), Message(role="user", content=user)]
        reply = object_in(model.complete(sent, schema=STATEMENTS_SCHEMA).text) or {}
        struck |= {here[key] for key in _texts(reply.get("strike")) if key in here and not known[here[key]].corrected}
        for item in _items(reply):
            statement = _statement(article, item, numbered, known)
            if statement is None:
                dropped += 1
            elif touched := [n for n, other in enumerate(known) if _touch(statement, other)]:
                for n in touched:
                    if len(touched) == 1 and _is_another(statement, known[n]):
                        corrected[n] = _put_right(known[n], statement)
            elif not any(_touch(statement, other) for other in found):
                found.append(statement)
    if len(struck) > _MOST_STRUCK * len(known):
        struck = set()  # no article is so misread; something in it may have asked for this
    in_order = sorted(found, key=lambda one: one.content[0].start)
    return SecondPass(
        statements=tuple(in_order), dropped=dropped, corrected=corrected, struck=frozenset(struck) - corrected.keys()
    )


def _is_another(statement: Statement, known: Statement) -> bool:
    """True if a statement of a model gives the words to somebody by name, and to another than the rules do."""
    if known.corrected or not statement.speaker:
        return False
    mine, theirs = set(words(statement.speaker)), set(words(known.speaker or ""))
    return not mine & theirs


def _put_right(known: Statement, statement: Statement) -> Statement:
    """The words of the rules' statement with the speaker of the model's."""
    return replace(
        known,
        speaker=statement.speaker,
        speaker_basis=statement.speaker_basis,
        source=statement.source,
        cue=statement.cue or known.cue,
        role=None,
        on_behalf_of=None,
        confidence=_PUT_RIGHT,
    )


def _items(reply: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The statements of a reply."""
    listed = reply.get("statements")
    if isinstance(listed, list):
        yield from islice((item for item in listed if isinstance(item, dict)), _MOST)


def _statement(
    article: Article, item: Mapping[str, Any], numbered: Mapping[str, Span], known: Sequence[Statement]
) -> Statement | None:
    """The statement that an item of a reply names; None unless all its words stand in the sentences that it cites. It
    may lack a cue, but not have a wrong one.
    """
    cited = [numbered[sid] for sid in _texts(item.get("sentences")) if sid in numbered]
    if not cited:
        return None
    whole = Span(min(span.start for span in cited), max(span.end for span in cited))
    content = [_located(piece, article.text, whole) for piece in _texts(item.get("content"))]
    source = _located(item.get("source"), article.text, whole)
    cue = _located(item.get("cue"), article.text, whole) if item.get("cue") else None
    if not content or source is None or (item.get("cue") and cue is None):
        return None
    if not _apart([*content, source, *([cue] if cue else [])]):
        return None
    pieces = sorted((part for part in content if part), key=lambda part: part.start)
    name, basis = _speaker(source, known)
    if name is None and (meant := _meant(article, item, numbered)):
        name, basis = meant.text, meant
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


def _meant(article: Article, item: Mapping[str, Any], numbered: Mapping[str, Span]) -> Fragment | None:
    """Whom the source of a statement means, by a name that stands in the sentence that the model cites for it."""
    sid = item.get("speaker_in")
    span = numbered.get(sid) if isinstance(sid, str) else None
    name = _located(item.get("speaker"), article.text, span) if span else None
    return name if name and any(part[:1].isupper() for part in name.text.split()) else None


def _texts(value: object) -> list[str]:
    return [item for item in value[:8] if isinstance(item, str)] if isinstance(value, list) else []


def _located(quote: object, text: str, within: Span) -> Fragment | None:
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


def refined_by(
    model: ChatModel, *, languages: Collection[str] = ()
) -> Callable[[Article, tuple[Statement, ...]], tuple[Statement, ...]]:
    """A function from an article and the statements of the rules to all its statements, those of the model among them.
    Where the model fails, those of the rules remain; articles in one of the `languages` are left to the rules.
    """

    def refine(article: Article, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        if (article.language or "en") in languages:
            return statements
        try:
            more = second_pass(article, statements, model)
        except ModelError as exc:
            detail = logs.fields(article_id=article.article_id, **logs.error_fields(exc))
            _log.warning("no second reading for statements", extra=detail)
            return statements
        counts = {
            "more": len(more.statements),
            "corrected": len(more.corrected),
            "struck": len(more.struck),
            "dropped": more.dropped,
        }
        _log.info("second reading for statements", extra=logs.fields(article_id=article.article_id, **counts))
        return more.applied(statements)

    return refine
