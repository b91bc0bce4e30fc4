"""A second pass over an article's statements by a chat model: it may add statements, correct a speaker, resolve "he",
and strike statements that nobody makes. It picks sentences and copies words; a statement whose words are not in the
sentences that it cites is dropped.
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
from rag.knowledge.tables import words_of
from rag.providers.base import ChatModel, prompt_messages
from rag.text.grounding import locate
from rag.text.prompts import STATEMENTS_SCHEMA, object_in, statements_messages
from rag.text.quotations import kind_of
from rag.text.sentences import sentences
from rag.text.terms import words

_log = logging.getLogger(__name__)
_SENTENCES_PER_REQUEST = 40  # sentences of a request
_MOST_STATEMENTS = 60  # statements of a reply
_CONFIDENCE = 0.5
_CORRECTED_CONFIDENCE = 0.75  # confidence of a statement whose speaker a model has corrected
_MOST_STRUCK = 0.5  # share of the known statements that a model may strike
_PRONOUNS = words_of("nouns", "bare_sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPass:
    """The result of a second pass: new statements, corrections and strikes of the earlier ones, by their index, and how
    many of the model's statements were dropped because their words are not in the sentences that it cites.
    """

    statements: tuple[Statement, ...]
    unlocated: int
    corrected: Mapping[int, Statement] = field(default_factory=dict)
    struck: frozenset[int] = frozenset()

    def apply_to(self, statements: Sequence[Statement]) -> tuple[Statement, ...]:
        """All statements after the second pass, in the order of the text."""
        remaining = [self.corrected.get(at, item) for at, item in enumerate(statements) if at not in self.struck]
        return tuple(sorted((*remaining, *self.statements), key=lambda item: item.content[0].start))


def second_pass(article: Article, earlier: Sequence[Statement], model: ChatModel) -> SecondPass:
    """Have a model review the `earlier` statements of an article; a person's corrections stay. Raises ModelError."""
    sentence_spans = {f"s{n}": span for n, span in enumerate(sentences(article.text), 1)}
    new: list[Statement] = []
    corrected: dict[int, Statement] = {}
    struck: set[int] = set()
    unlocated = 0
    ids = list(sentence_spans)
    for at in range(0, len(ids), _SENTENCES_PER_REQUEST):
        batch = {sid: sentence_spans[sid] for sid in ids[at : at + _SENTENCES_PER_REQUEST]}
        extent = Span(min(span.start for span in batch.values()), max(span.end for span in batch.values()))
        places = {f"k{n}": n for n, item in enumerate(earlier) if item.content[0].span.touches(extent)}
        prompt = statements_messages(
            article.title,
            {sid: span.of(article.text) for sid, span in batch.items()},
            {key: earlier[n] for key, n in places.items()},
        )
        reply = object_in(model.complete(prompt_messages(*prompt), schema=STATEMENTS_SCHEMA).text) or {}
        struck |= {
            places[key] for key in _texts(reply.get("strike")) if key in places and not earlier[places[key]].corrected
        }
        for item in _items(reply):
            statement = _statement(article, item, sentence_spans, earlier)
            if statement is None:
                unlocated += 1
            elif overlapping := [n for n, other in enumerate(earlier) if _overlap(statement, other)]:
                for n in overlapping:
                    if len(overlapping) == 1 and _corrects_speaker(statement, earlier[n]):
                        corrected[n] = _with_speaker_of(earlier[n], statement)
            elif not any(_overlap(statement, other) for other in new):
                new.append(statement)
    if len(struck) > _MOST_STRUCK * len(earlier):
        struck = set()  # the rules do not err so often; the article itself may have asked the model for this
    in_order = sorted(new, key=lambda one: one.content[0].start)
    return SecondPass(
        statements=tuple(in_order),
        unlocated=unlocated,
        corrected=corrected,
        struck=frozenset(struck) - corrected.keys(),
    )


def _corrects_speaker(statement: Statement, original: Statement) -> bool:
    """True if the model names a speaker, and another one than the rules do."""
    if original.corrected or not statement.speaker:
        return False
    model_words, known_words = set(words(statement.speaker)), set(words(original.speaker or ""))
    return not model_words & known_words


def _with_speaker_of(original: Statement, statement: Statement) -> Statement:
    """The known statement with the speaker of the model's statement."""
    return replace(
        original,
        speaker=statement.speaker,
        speaker_basis=statement.speaker_basis,
        source=statement.source,
        cue=statement.cue or original.cue,
        role=None,
        on_behalf_of=None,
        confidence=_CORRECTED_CONFIDENCE,
    )


def _items(reply: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The statements of a reply."""
    statements = reply.get("statements")
    if isinstance(statements, list):
        yield from islice((item for item in statements if isinstance(item, dict)), _MOST_STATEMENTS)


def _statement(
    article: Article, item: Mapping[str, Any], sentence_spans: Mapping[str, Span], earlier: Sequence[Statement]
) -> Statement | None:
    """The statement of an item in a reply; None unless all its words are in the sentences that it cites. The cue may be
    missing, but not wrong.
    """
    spans = [sentence_spans[sid] for sid in _texts(item.get("sentences")) if sid in sentence_spans]
    if not spans:
        return None
    extent = Span(min(span.start for span in spans), max(span.end for span in spans))
    content = [_locate(piece, article.text, extent) for piece in _texts(item.get("content"))]
    source = _locate(item.get("source"), article.text, extent)
    cue = _locate(item.get("cue"), article.text, extent) if item.get("cue") else None
    if not content or source is None or (item.get("cue") and cue is None):
        return None
    if not _are_disjoint([*content, source, *([cue] if cue else [])]):
        return None
    pieces = sorted((part for part in content if part), key=lambda part: part.start)
    name, basis = _speaker(source, earlier)
    if name is None and (mention := _named_speaker(article, item, sentence_spans)):
        name, basis = mention.text, mention
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


def _named_speaker(article: Article, item: Mapping[str, Any], sentence_spans: Mapping[str, Span]) -> Fragment | None:
    """The name of the speaker in the sentence that the model cites for it; None if it is not there."""
    sid = item.get("speaker_in")
    span = sentence_spans.get(sid) if isinstance(sid, str) else None
    name = _locate(item.get("speaker"), article.text, span) if span else None
    return name if name and any(part[:1].isupper() for part in name.text.split()) else None


def _texts(value: object) -> list[str]:
    return [item for item in value[:8] if isinstance(item, str)] if isinstance(value, list) else []


def _locate(quote: object, text: str, within: Span) -> Fragment | None:
    at = locate(quote, text, start=within.start, end=within.end) if isinstance(quote, str) else None
    return Fragment(start=at.span.start, end=at.span.end, text=at.span.of(text)) if at else None


def _are_disjoint(parts: Sequence[Fragment | None]) -> bool:
    """True if no part is None and no two parts overlap."""
    spans = [part.span for part in parts if part]
    return len(spans) == len(parts) and not any(
        one.touches(other) for at, one in enumerate(spans) for other in spans[at + 1 :]
    )


def _speaker(source: Fragment, statements: Sequence[Statement]) -> tuple[str | None, Fragment | None]:
    """The speaker and where they are named: a known speaker with the surname in the source, or else the source's own
    words if they have a capitalised word; (None, None) for a pronoun such as "she".
    """
    names = [word for word in source.text.split() if word[:1].isupper() and len(word) > 1]
    if not names or source.text.casefold() in _PRONOUNS:
        return None, None
    surnames = {" ".join(words(item.speaker)).rsplit(" ", 1)[-1]: item for item in statements if item.speaker}
    same = [surnames[word] for word in words(source.text) if word in surnames]
    if len(same) == 1:
        return same[0].speaker, same[0].speaker_basis
    return source.text, source


def _overlap(one: Statement, other: Statement) -> bool:
    return any(mine.span.touches(theirs.span) for mine in one.content for theirs in other.content)


def statement_refiner(
    model: ChatModel, *, languages: Collection[str] = ()
) -> Callable[[Article, tuple[Statement, ...]], tuple[Statement, ...]]:
    """A function that runs a second pass: from an article and its statements by the rules to all its statements. If the
    model fails, those of the rules remain; so they do for articles in one of the `languages`.
    """

    def refine(article: Article, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        if (article.language or "en") in languages:
            return statements
        try:
            result = second_pass(article, statements, model)
        except ModelError as exc:
            detail = logs.fields(article_id=article.article_id, **logs.error_fields(exc))
            _log.warning("no second reading for statements", extra=detail)
            return statements
        counts = {
            "more": len(result.statements),
            "corrected": len(result.corrected),
            "struck": len(result.struck),
            "dropped": result.unlocated,
        }
        _log.info("second reading for statements", extra=logs.fields(article_id=article.article_id, **counts))
        return result.apply_to(statements)

    return refine
