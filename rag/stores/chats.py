"""Conversations: questions, their answers, and what has happened to the cited articles since.

An answer holds words of articles, so removing an article also clears the sentences that rest on it, in the same
transaction.
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
from rag.stores.base import Storage
from rag.stores.tables import (
    AnyRow,
    article,
    chat,
    chat_name,
    feedback,
    insert,
    of_version,
    turn,
    turn_article,
    version,
)
from rag.text.grounding import locate

_CORRECTION_PREFIXES = ("correction: ", "retraction: ")
_REMOVAL_NOTICE = "It cited an article that was removed."


class ChatStore:
    """The tables `chat`, `turn` and `feedback`. Every method is one transaction."""

    def __init__(self, library: Storage) -> None:
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
        """Store a turn of a conversation, as the next one or in place of `number`, and return its number."""
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
            for table in (turn_article, feedback):  # feedback does not pass on to another answer
                connection.execute(delete(table).where(table.c.chat_id == chat_id, table.c.number == number))
            if answer and (usage := _article_use(answer)):
                turn_key = {"chat_id": chat_id, "number": number}
                connection.execute(
                    insert(connection, turn_article),
                    [{**turn_key, "article_id": key, "cited": usage[key]} for key in usage],
                )
            return number

    def get(self, chat_id: str, last: int | None = None) -> Chat:
        """A conversation with its last turns. Raises UnknownChat."""
        with self._library.reading() as connection:
            began = connection.execute(select(chat.c.begun).where(chat.c.chat_id == chat_id)).scalar_one_or_none()
            if began is None:
                raise UnknownChat("This conversation is not in the library; it may have been deleted. Start a new one.")
            total = connection.execute(select(func.count()).where(turn.c.chat_id == chat_id)).scalar_one()
            name_query = select(chat_name.c.name).where(chat_name.c.chat_id == chat_id)
            name = connection.execute(name_query).scalar_one_or_none()
            query = _select_turns().where(turn.c.chat_id == chat_id).order_by(turn.c.number.desc()).limit(last)
            turns = [_turn_from_row(connection, row) for row in connection.execute(query).all()]
        return Chat(
            chat_id=chat_id, begun=datetime.fromisoformat(began), turns=tuple(reversed(turns)), total=total, name=name
        )

    def all(self) -> list[Chat]:
        """All conversations, latest first, each with its first turn only."""
        with self._library.reading() as connection:
            all_turns = turn.alias()
            total = (
                select(func.count())
                .where(all_turns.c.chat_id == chat.c.chat_id)
                .correlate(chat)
                .scalar_subquery()
                .label("total")
            )
            query = _select_turns().add_columns(chat.c.begun, total).join(chat, chat.c.chat_id == turn.c.chat_id)
            query = query.where(turn.c.number == 1).order_by(chat.c.begun.desc(), chat.c.chat_id)
            return [
                Chat(
                    chat_id=row.chat_id,
                    begun=datetime.fromisoformat(row.begun),
                    turns=(_turn_from_row(connection, row),),
                    total=row.total,
                )
                for row in connection.execute(query).all()
            ]

    def titles(
        self, *, limit: int, query: str | None = None, readable: Callable[[str], bool] | None = None
    ) -> list[ChatTitle]:
        """At most `limit` conversations whose id is `readable`, latest first; `query` keeps those with it in the name
        or a question. Loads no answer.
        """
        title = func.coalesce(chat_name.c.name, turn.c.question).label("title")
        first = and_(turn.c.chat_id == chat.c.chat_id, turn.c.number == 1)
        selection = select(chat.c.chat_id, chat.c.begun, title).join(turn, first)
        selection = selection.join(chat_name, chat_name.c.chat_id == chat.c.chat_id, isouter=True)
        if query and query.strip():
            text = query.strip()
            by_question = select(turn.c.chat_id).where(turn.c.question.icontains(text, autoescape=True))
            selection = selection.where(
                or_(chat_name.c.name.icontains(text, autoescape=True), chat.c.chat_id.in_(by_question))
            )
        selection = selection.order_by(chat.c.begun.desc(), chat.c.chat_id)
        if readable is None:
            selection = selection.limit(limit)
        with self._library.reading() as connection:
            rows = (row for row in connection.execute(selection) if readable is None or readable(row.chat_id))
            return [
                ChatTitle(chat_id=row.chat_id, begun=datetime.fromisoformat(row.begun), title=row.title)
                for row in islice(rows, limit)
            ]

    def rename(self, chat_id: str, name: str | None) -> None:
        """Give a conversation a name, or remove it. Raises UnknownChat."""
        with self._library.writing() as connection:
            if connection.execute(select(chat.c.chat_id).where(chat.c.chat_id == chat_id)).one_or_none() is None:
                raise UnknownChat("This conversation is not in the library; it may have been deleted.")
            connection.execute(delete(chat_name).where(chat_name.c.chat_id == chat_id))
            if name and name.strip():
                connection.execute(insert(connection, chat_name).values(chat_id=chat_id, name=name.strip()))

    def forget(self, chat_id: str) -> None:
        """Delete a conversation, so that no byte of it stays. Raises UnknownChat."""
        with self._library.writing() as connection:
            deleted = connection.execute(delete(chat).where(chat.c.chat_id == chat_id)).rowcount
        if not deleted:
            raise UnknownChat("This conversation is not in the library; it may have been deleted.")
        self._library.scrub()

    def judge(self, chat_id: str, number: int, judgement: Judgement | None, note: str | None) -> None:
        """Store a reader's judgement of an answer; None deletes it. Raises UnknownChat."""
        with self._library.writing() as connection:
            turn_query = select(turn.c.number).where(turn.c.chat_id == chat_id, turn.c.number == number)
            if connection.execute(turn_query).one_or_none() is None:
                raise UnknownChat("This answer is not in the library; it may have been deleted. Ask again.")
            connection.execute(delete(feedback).where(feedback.c.chat_id == chat_id, feedback.c.number == number))
            if judgement:
                values = {"judgement": judgement, "note": note or None, "given": _now()}
                connection.execute(insert(connection, feedback).values(chat_id=chat_id, number=number, **values))

    def judged_turns(self) -> list[Turn]:
        """The turns that a reader judged, in the order of the judgements."""
        with self._library.reading() as connection:
            query = (
                _select_turns()
                .where(feedback.c.judgement.is_not(None))
                .order_by(feedback.c.given, turn.c.chat_id, turn.c.number)
            )
            return [_turn_from_row(connection, row) for row in connection.execute(query).all()]


def clear_article(connection: Connection, article_id: str) -> int:
    """Remove from stored answers what they took from an article, and return how many cited it."""
    same_turn = and_(turn_article.c.chat_id == turn.c.chat_id, turn_article.c.number == turn.c.number)
    query = (
        select(turn, turn_article.c.cited).join(turn_article, same_turn).where(turn_article.c.article_id == article_id)
    )
    rows = connection.execute(query).all()
    for row in rows:
        answer = without_article(decode(Answer, json.loads(row.answer)), article_id)
        this_turn = and_(turn.c.chat_id == row.chat_id, turn.c.number == row.number)
        connection.execute(
            turn.update().where(this_turn).values(answer=json.dumps(as_json(answer), ensure_ascii=False))
        )
    return sum(row.cited for row in rows)


def without_article(answer: Answer, article_id: str) -> Answer:
    """The answer without anything of an article: sentences that rest on it are emptied, and so is whatever may repeat
    its words.
    """
    removed_numbers = {item.n for item in answer.citations if item.article_id == article_id}
    sentences = tuple(
        _clear_sentence(item) if removed_numbers & {*item.citations} else item for item in answer.sentences
    )
    citations = (
        replace(item, quote="", title="", outlet=None, published=None, url=None) if item.n in removed_numbers else item
        for item in answer.citations
    )
    return replace(
        answer,
        sentences=sentences,
        citations=tuple(citations),
        answer=answer_text(sentences),
        withheld=tuple(replace(item, text="", reason=_REMOVAL_NOTICE) for item in answer.withheld)
        if removed_numbers
        else answer.withheld,
        conflicts=tuple(
            item for item in answer.conflicts if not removed_numbers & {n for side in item.sides for n in side}
        ),
        nearest=tuple(item for item in answer.nearest if item.article_id != article_id),
        notices=() if removed_numbers else answer.notices,
    )


def _clear_sentence(sentence: AnswerSentence) -> AnswerSentence:
    return replace(sentence, text="", statement=None, note=None)


def _article_use(answer: Answer) -> dict[str, bool]:
    """The articles whose words an answer holds, and whether it cites them."""
    statements = {item.statement.article_id: False for item in answer.sentences if item.statement}
    nearest = {item.article_id: False for item in answer.nearest}
    return {**nearest, **statements, **{item.article_id: True for item in answer.citations}}


def _missing_articles(connection: Connection, article_ids: Iterable[str]) -> list[str]:
    existing = set(
        connection.execute(select(article.c.article_id).where(article.c.article_id.in_(article_ids))).scalars()
    )
    return [item for item in article_ids if item not in existing]


def _select_turns() -> Any:
    same_turn = and_(feedback.c.chat_id == turn.c.chat_id, feedback.c.number == turn.c.number)
    return select(turn, feedback.c.judgement, feedback.c.note, feedback.c.given).join(feedback, same_turn, isouter=True)


def _turn_from_row(connection: Connection, row: AnyRow) -> Turn:
    answer = decode(Answer, json.loads(row.answer)) if row.answer else None
    judgement = None
    if row.judgement:
        judgement = Feedback(judgement=row.judgement, note=row.note, given=datetime.fromisoformat(row.given))
    return Turn(
        number=row.number,
        question=row.question,
        filters=Filters(**row.filters),
        asked=datetime.fromisoformat(row.asked),
        state=row.state,
        answer=answer,
        error=row.error,
        marks=tuple(_marks(connection, answer)) if answer else (),
        feedback=judgement,
    )


def _marks(connection: Connection, answer: Answer) -> Iterator[Mark]:
    """What has happened to the citations, by the current articles. Texts are read only of articles that changed."""
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
        article_row = current.get(item.article_id)
        if article_row is None or not item.quote:
            yield Mark(n=item.n, kind="removed")
        elif article_row.version != item.version:
            if item.article_id not in texts:
                texts[item.article_id] = _text(connection, item.article_id, article_row.version)
            if any(note.startswith(_CORRECTION_PREFIXES) for note in _new_notes(article_row.notes, answer.notices)):
                yield Mark(n=item.n, kind="corrected")
            elif not locate(item.quote, texts[item.article_id]):
                yield Mark(n=item.n, kind="changed")


def _new_notes(notes: Sequence[str], notices: Sequence[str]) -> list[str]:
    """The notes of an article that the answer did not mention itself."""
    return [note for note in notes if not any(note in notice for notice in notices)]


def _text(connection: Connection, article_id: str, version_hash: str) -> str:
    query = select(version.c.text).where(of_version(version, article_id, version_hash))
    return str(connection.execute(query).scalar_one())


def _now() -> str:
    return datetime.now(UTC).replace(microsecond=0).isoformat()
