"""A model's plan of what to search for, and its translations of the record: for questions in other languages than the
library's, and for those that set several things side by side.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rag.domain import AnswerSentence, Usage
from rag.errors import ModelError
from rag.providers.base import ChatModel, prompt_messages
from rag.text.canonical import canonical
from rag.text.prompts import object_in
from rag.text.question_prompts import PLAN_SCHEMA, TRANSLATION_SCHEMA, plan_messages, translation_messages

_log = logging.getLogger(__name__)
MOST_SEARCHES = 4
_LONGEST = 300  # characters of a question or a search
_LONGEST_TRANSLATION = 4  # times as long as the original, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A question in the library's own language, the name of its original language (None if the two are the same), what
    to search for besides it, and the cost of planning.
    """

    question: str | None = None
    language: str | None = None
    searches: tuple[str, ...] = ()
    usage: Usage | None = None


def make_plan(question: str, earlier: Sequence[str], languages: Sequence[str], model: ChatModel) -> Plan:
    """A model's plan; empty if it fails or its reply can't be read. `earlier` are the questions before, oldest first;
    `languages` are codes, that of most articles first.
    """
    system, user = plan_messages(question, earlier, languages)
    value, usage = _complete(model, system, user, PLAN_SCHEMA)
    translation = _line(value.get("question"))
    language = _line(value.get("language"))
    listed = value.get("searches")
    searches = [_line(item) for item in listed[:MOST_SEARCHES]] if isinstance(listed, list) else []
    return Plan(
        question=translation,
        language=language if translation else None,
        searches=tuple(dict.fromkeys(item for item in searches if item)),
        usage=usage,
    )


def translate(
    sentences: Sequence[AnswerSentence], language: str, model: ChatModel
) -> tuple[tuple[AnswerSentence, ...], Usage | None]:
    """The sentences with a translation of each that is in the articles' words, and the cost. Nothing checks
    translations; if the model fails there are none.
    """
    places = [at for at, item in enumerate(sentences) if item.kind != "synthesis"]
    if not places:
        return tuple(sentences), None
    system, user = translation_messages([sentences[at].text for at in places], language)
    value, usage = _complete(model, system, user, TRANSLATION_SCHEMA)
    listed = value.get("translations")
    texts = {
        item["n"]: _line(item.get("text"), _LONGEST_TRANSLATION * _LONGEST)
        for item in (listed if isinstance(listed, list) else [])
        if isinstance(item, dict) and isinstance(item.get("n"), int)
    }
    result = list(sentences)
    for n, at in enumerate(places, 1):
        result[at] = replace(result[at], translation=texts.get(n))
    return tuple(result), usage


def _complete(
    model: ChatModel, system: str, user: str, schema: dict[str, object]
) -> tuple[Mapping[str, Any], Usage | None]:
    try:
        reply = model.complete(prompt_messages(system, user), schema=schema)
    except ModelError as exc:
        _log.warning("the model did not help with a language or a search: %s", type(exc).__name__)
        return {}, None
    return object_in(reply.text) or {}, reply.usage


def _line(value: object, most: int = _LONGEST) -> str | None:
    """A text of one line and not too long, else None."""
    if not isinstance(value, str):
        return None
    text = " ".join(canonical(value).split())
    return text if 0 < len(text) <= most else None
