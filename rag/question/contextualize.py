"""Follow-up questions made whole by a chat model, which may only put in words that were said before.

What it writes is checked like everything that a model writes: it keeps the words of the question, adds none that the
conversation has not, and turns nothing round. Else the rules of `rag.question.followups` make the question whole.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from rag.domain import Usage
from rag.errors import ModelError
from rag.providers.base import ChatModel, Message
from rag.question.conversation import Turn
from rag.question.followups import MOST_TURNS, is_follow_up, rewrite_standalone, uses_only_history
from rag.text.canonical import canonical
from rag.text.question_prompts import followup_messages

_LONGEST = 300  # characters of a question that a model makes whole
_log = logging.getLogger(__name__)


def contextualize(question: str, history: Sequence[Turn], model: ChatModel | None) -> tuple[str | None, Usage | None]:
    """The question with what it leaves to the earlier turns (oldest first) put in, and what a model cost, if one was
    asked. None for a question that stands on its own: no model is asked about it.

    The model's wording is taken where `uses_only_history` holds for it; where it does not, or the model fails, the
    rules'.
    """
    turns = [turn for turn in history if turn.question.strip()][-MOST_TURNS:]
    by_rule = rewrite_standalone(question, turns)
    if model is None or not turns or not (by_rule or is_follow_up(question)):
        return by_rule, None
    system, user = followup_messages(question, turns)
    sent = [Message(role="system", content=system), Message(role="user", content=user)]
    try:
        reply = model.complete(sent)
    except ModelError as exc:
        _log.warning("A follow-up was made whole by rule: %s", exc)
        return by_rule, None
    lines = [line.strip(' "“”*') for line in canonical(reply.text).split("\n") if line.strip()]
    wording = lines[0] if len(lines) == 1 and len(lines[0]) <= _LONGEST else ""
    if not wording or not uses_only_history(wording, question, turns):
        return by_rule, reply.usage
    return (None if wording.casefold() == question.strip().casefold() else wording), reply.usage
