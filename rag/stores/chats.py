"""Conversations: questions, their answers, and what became since of the articles that these cite.

An answer holds words of articles, so it is part of what a removal clears: the sentences that rest on the removed
article are emptied, in the transaction that removes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select

from rag.domain import (
    Answer,
    AnswerSentence,
    Chat,
    ChatTitle,
    Feedback,
    Filters,
    Judgement,
    Mark,
    Turn,
    TurnState,
    answer_text,
    as_json,
    decode,
)
from rag.errors import UnknownChat
from rag.stores.base import Library
from rag.stores.tables import AnyRow, article, chat, chat_name, feedback, insert, turn, turn_article, version
from rag.text.grounding import locate

_CORRECTION_PREFIXES = ("correction: ", "retraction: ")
_REMOVED = "It rested on an article that was removed."


class ChatStore:
    """The tables `chat`, `turn` and `feedback`. Every method is one transaction."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def save_turn(
        self,
        chat_id: str,
        question: str,
        filters: Filters,
        *,
        number: int | None = None,
        state: TurnState = "asked",
        answer: Answer | None = None,
        error: str | None = None,
    ) -> int:
        """Keep a turn of a conversation, the next one or `number` in place of what it was, and give its number."""
        with self._library.writing() as connection:
            now = _now()
            connection.execute(insert(connection, chat).values(chat_id=chat_id, begun=now).on_conflict_do_nothing())
            if number is None:
                latest = select(func.max(turn.c.number)).where(turn.c.chat_id == chat_id)
                number = (connection.execute(latest).scalar_one_or_none() or 0) + 1
            if answer:
                for article_id in _missing_articles(connection, _article_use(answer)):
                    answer = without_article(answer, article_id)
            values = {
                "question": question,
                "filters": as_json(filters),
                "state": state,
                "answer": json.dumps(as_json(answer), ensure_ascii=False) if answer else None,
                "error": error,
            }
            row = insert(connection, turn).values(chat_id=chat_id, number=number, asked=now, **values)
            connection.execute(row.on_conflict_do_update(index_elements=["chat_id", "number"], set_=values))
            for table in (turn_article, feedback):  # what was thought of an answer does not pass to the next
                connection.execute(delete(table).where(table.c.chat_id == chat_id, table.c.number == number))
            if answer and (used := _article_use(answer)):
                same = {"chat_id": chat_id, "number": number}
                connection.execute(
                    insert(connection, turn_article), [{**same, "article_id": key, "cited": used[key]} for key in used]
                )
            return number

    def get(self, chat_id: str, last: int | None = None) -> Chat:
        """A conversation with its last turns. Raises UnknownChat."""
        with self._library.reading() as connection:
            begun = connection.execute(select(chat.c.begun).where(chat.c.chat_id == chat_id)).scalar_one_or_none()
            if begun is None:
                raise UnknownChat("The library does not have this conversation, or no longer. Start a new one.")
            total = connection.execute(select(func.count()).where(turn.c.chat_id == chat_id)).scalar_one()
            named = select(chat_name.c.name).where(chat_name.c.chat_id == chat_id)
            name = connection.execute(named).scalar_one_or_none()
            chosen = _select_turns().where(turn.c.chat_id == chat_id).order_by(turn.c.number.desc()).limit(last)
            turns = [_as_turn(connection, row) for row in connection.execute(chosen).all()]
        return Chat(
            chat_id=chat_id, begun=datetime.fromisoformat(begun), turns=tuple(reversed(turns)), total=total, name=name
        )

    def all(self) -> list[Chat]:
        """All conversations, the latest first, each with its first turn alone."""
        with self._library.reading() as connection:
            every = turn.alias()
            total = (
                select(func.count())
                .where(every.c.chat_id == chat.c.chat_id)
                .correlate(chat)
                .scalar_subquery()
                .label("total")
            )
            chosen = _select_turns().add_columns(chat.c.begun, total).join(chat, chat.c.chat_id == turn.c.chat_id)
            chosen = chosen.where(turn.c.number == 1).order_by(chat.c.begun.desc(), chat.c.chat_id)
            return [
                Chat(
                    chat_id=row.chat_id,
                    begun=datetime.fromisoformat(row.begun),
                    turns=(_as_turn(connection, row),),
                    total=row.total,
                )
                for row in connection.execute(chosen).all()
            ]

    def titles(
        self, *, limit: int, query: str | None = None, readable: Callable[[str], bool] | None = None
    ) -> list[ChatTitle]:
        """At most `limit` conversations whose id is `readable`, the latest first; with `query`, those whose name or one
        of whose questions has it. No answer is loaded.
        """
        title = func.coalesce(chat_name.c.name, turn.c.question).label("title")
        first = and_(turn.c.chat_id == chat.c.chat_id, turn.c.number == 1)
        chosen = select(chat.c.chat_id, chat.c.begun, title).join(turn, first)
        chosen = chosen.join(chat_name, chat_name.c.chat_id == chat.c.chat_id, isouter=True)
        if query and query.strip():
            words = query.strip()
            by_question = select(turn.c.chat_id).where(turn.c.question.icontains(words, autoescape=True))
            chosen = chosen.where(
                or_(chat_name.c.name.icontains(words, autoescape=True), chat.c.chat_id.in_(by_question))
            )
        chosen = chosen.order_by(chat.c.begun.desc(), chat.c.chat_id)
        if readable is None:
            chosen = chosen.limit(limit)
        with self._library.reading() as connection:
            rows = (row for row in connection.execute(chosen) if readable is None or readable(row.chat_id))
            return [
                ChatTitle(chat_id=row.chat_id, begun=datetime.fromisoformat(row.begun), title=row.title)
                for row in islice(rows, limit)
            ]

    def rename(self, chat_id: str, name: str | None) -> None:
        """Give a conversation a name, or take it away. Raises UnknownChat."""
        with self._library.writing() as connection:
            if connection.execute(select(chat.c.chat_id).where(chat.c.chat_id == chat_id)).one_or_none() is None:
                raise UnknownChat("The library does not have this conversation, or no longer.")
            connection.execute(delete(chat_name).where(chat_name.c.chat_id == chat_id))
            if name and name.strip():
                connection.execute(insert(connection, chat_name).values(chat_id=chat_id, name=name.strip()))

    def forget(self, chat_id: str) -> None:
        """Take a conversation out, so that no byte of it stays. Raises UnknownChat."""
        with self._library.writing() as connection:
            known = connection.execute(delete(chat).where(chat.c.chat_id == chat_id)).rowcount
        if not known:
            raise UnknownChat("The library does not have this conversation, or no longer.")
        self._library.scrub()

    def judge(self, chat_id: str, number: int, judgement: Judgement | None, note: str | None) -> None:
        """Keep what a reader thought of an answer; None forgets it. Raises UnknownChat."""
        with self._library.writing() as connection:
            known = select(turn.c.number).where(turn.c.chat_id == chat_id, turn.c.number == number)
            if connection.execute(known).one_or_none() is None:
                raise UnknownChat("The library does not have this answer, or no longer. Ask again.")
            connection.execute(delete(feedback).where(feedback.c.chat_id == chat_id, feedback.c.number == number))
            if judgement:
                values = {"judgement": judgement, "note": note or None, "given": _now()}
                connection.execute(insert(connection, feedback).values(chat_id=chat_id, number=number, **values))

    def judged_turns(self) -> list[Turn]:
        """The turns that a reader thought something of, in the order of the judgements."""
        with self._library.reading() as connection:
            chosen = (
                _select_turns()
                .where(feedback.c.judgement.is_not(None))
                .order_by(feedback.c.given, turn.c.chat_id, turn.c.number)
            )
            return [_as_turn(connection, row) for row in connection.execute(chosen).all()]


def clear_article(connection: Connection, article_id: str) -> int:
    """Empty what kept answers took from an article, and give how many cited it."""
    held = and_(turn_article.c.chat_id == turn.c.chat_id, turn_article.c.number == turn.c.number)
    chosen = select(turn, turn_article.c.cited).join(turn_article, held).where(turn_article.c.article_id == article_id)
    rows = connection.execute(chosen).all()
    for row in rows:
        answer = without_article(decode(Answer, json.loads(row.answer)), article_id)
        where = and_(turn.c.chat_id == row.chat_id, turn.c.number == row.number)
        connection.execute(turn.update().where(where).values(answer=json.dumps(as_json(answer), ensure_ascii=False)))
    return sum(row.cited for row in rows)


def without_article(answer: Answer, article_id: str) -> Answer:
    """The answer with nothing of an article: what rests on it is empty, and so is whatever may repeat its words."""
    gone = {item.n for item in answer.citations if item.article_id == article_id}
    sentences = tuple(_clear_sentence(item) if gone & {*item.citations} else item for item in answer.sentences)
    citations = (
        replace(item, quote="", title="", outlet=None, published=None, url=None) if item.n in gone else item
        for item in answer.citations
    )
    return replace(
        answer,
        sentences=sentences,
        citations=tuple(citations),
        answer=answer_text(sentences),
        withheld=tuple(replace(item, text="", reason=_REMOVED) for item in answer.withheld)
        if gone
        else answer.withheld,
        conflicts=tuple(item for item in answer.conflicts if not gone & {n for side in item.sides for n in side}),
        nearest=tuple(item for item in answer.nearest if item.article_id != article_id),
        notices=() if gone else answer.notices,
    )


def _clear_sentence(sentence: AnswerSentence) -> AnswerSentence:
    return replace(sentence, text="", statement=None, note=None)


def _article_use(answer: Answer) -> dict[str, bool]:
    """The articles whose words an answer holds, and whether it cites them."""
    stated_in = {item.statement.article_id: False for item in answer.sentences if item.statement}
    near = {item.article_id: False for item in answer.nearest}
    return {**near, **stated_in, **{item.article_id: True for item in answer.citations}}


def _missing_articles(connection: Connection, article_ids: Iterable[str]) -> list[str]:
    known = set(connection.execute(select(article.c.article_id).where(article.c.article_id.in_(article_ids))).scalars())
    return [item for item in article_ids if item not in known]


def _select_turns() -> Any:
    about = and_(feedback.c.chat_id == turn.c.chat_id, feedback.c.number == turn.c.number)
    return select(turn, feedback.c.judgement, feedback.c.note, feedback.c.given).join(feedback, about, isouter=True)


def _as_turn(connection: Connection, row: AnyRow) -> Turn:
    answer = decode(Answer, json.loads(row.answer)) if row.answer else None
    thought = None
    if row.judgement:
        thought = Feedback(judgement=row.judgement, note=row.note, given=datetime.fromisoformat(row.given))
    return Turn(
        number=row.number,
        question=row.question,
        filters=Filters(**row.filters),
        asked=datetime.fromisoformat(row.asked),
        state=row.state,
        answer=answer,
        error=row.error,
        marks=tuple(_marks(connection, answer)) if answer else (),
        feedback=thought,
    )


def _marks(connection: Connection, answer: Answer) -> Iterator[Mark]:
    """What became of the citations, by the articles as they are now; texts are read only of those that changed."""
    current = {
        row.article_id: row
        for row in connection.execute(
            select(article.c.article_id, article.c.version, article.c.notes).where(
                article.c.article_id.in_({item.article_id for item in answer.citations})
            )
        )
    }
    texts: dict[str, str] = {}
    for item in answer.citations:
        now = current.get(item.article_id)
        if now is None or not item.quote:
            yield Mark(n=item.n, kind="removed")
        elif now.version != item.version:
            if item.article_id not in texts:
                texts[item.article_id] = _text(connection, item.article_id, now.version)
            if any(note.startswith(_CORRECTION_PREFIXES) for note in _new_notes(now.notes, answer.notices)):
                yield Mark(n=item.n, kind="corrected")
            elif not locate(item.quote, texts[item.article_id]):
                yield Mark(n=item.n, kind="changed")


def _new_notes(notes: Sequence[str], notices: Sequence[str]) -> list[str]:
    """The notes of an article that the answer did not tell itself."""
    return [note for note in notes if not any(note in notice for notice in notices)]


def _text(connection: Connection, article_id: str, version_hash: str) -> str:
    chosen = select(version.c.text).where(version.c.article_id == article_id, version.c.version == version_hash)
    return str(connection.execute(chosen).scalar_one())


def _now() -> str:
    return datetime.now(UTC).replace(microsecond=0).isoformat()
