"""Conversations of the server's sessions, so that a reload or a page switch finds its own again."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from rag.domain import AskEvent, Filters
from rag.ui.jobs import Job

MOST_CHATS = 200
MOST_TURNS = 50


@dataclass(slots=True, kw_only=True)
class Turn:
    """A question, the scope that it was asked in, and the job that answers it (a new one when it is tried again)."""

    question: str
    filters: Filters
    job: Job[AskEvent]


@dataclass(slots=True, kw_only=True)
class Chat:
    """The turns of one conversation, oldest first. `chat_id` can't be guessed: who has it can read the turns."""

    chat_id: str
    turns: list[Turn] = field(default_factory=list)

    @property
    def running(self) -> Turn | None:
        """The turn that is being answered, if one is."""
        return self.turns[-1] if self.turns and self.turns[-1].job.running else None

    def add(self, turn: Turn) -> None:
        """Append a turn; the oldest goes when there are too many."""
        self.turns.append(turn)
        del self.turns[:-MOST_TURNS]


class Chats:
    """The conversations used last, in memory; they end with the server. Safe for many threads."""

    def __init__(self, most: int = MOST_CHATS) -> None:
        self._most = most
        self._kept: OrderedDict[str, Chat] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, chat_id: str | None) -> Chat | None:
        """A conversation by its id, None if it is not known (any more)."""
        with self._lock:
            if chat_id is None or chat_id not in self._kept:
                return None
            self._kept.move_to_end(chat_id)
            return self._kept[chat_id]

    def new(self) -> Chat:
        """Begin a conversation; the one unused for longest is given up, and stopped, when there are too many."""
        chat = Chat(chat_id=secrets.token_urlsafe(12))
        with self._lock:
            self._kept[chat.chat_id] = chat
            gone = self._kept.popitem(last=False)[1] if len(self._kept) > self._most else None
        if gone and gone.running:
            gone.running.job.stop()
        return chat
