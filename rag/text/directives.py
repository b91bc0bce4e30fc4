"""Sentences that speak to whoever reads them instead of telling what happened: orders, requests and questions.

News tells; it does not order its readers about. A sentence in the reporter's own voice that asks or orders something is
no evidence for anything, and where it has nothing to do with its article it may have been put there to steer a reader
that is a program. Words inside quotation marks are ignored: they are somebody else's.

The form is judged by closed classes of words, not by what is asked for, so no list of attacks is needed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile

from rag.knowledge.tables import Patterns, WordLists
from rag.knowledge.words import BASE_FORMS, DAY_NAMES
from rag.text.quotations import quotations
from rag.text.tasks import is_reported, may_set_task, sets_task
from rag.text.terms import is_english

_ADDRESS = Patterns("tasks", "address")
_LEXICON = WordLists("function_words")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TEMPLATE = re.compile(r"\[/?[A-Z_]{3,}\]|<\|\w+\|>|</?(?:system|user|assistant)>")
_MARKUP = re.compile(r"\[/?[^\]\s]{1,20}\]|</?[\w|]{1,20}>|<\|[^|]{1,20}\|>|^\s*#+\s")
_LABEL = re.compile(r"^[^.:!?]{1,60}:\s+(?=\S)")
_APPOSITION = re.compile(r"\W*[^\W_]+, (?:an?|the) ")  # "Lund, a German, came third"
_VERB_LIKE = re.compile(r"^[^\W\d_'-]{2,}$(?<!ly)(?<!ing)(?<!ed)(?<!ness)(?<!['’]s)")


def is_reader_directed(sentence: str) -> bool:
    """True for a question, an order or a request, or words about the reader's own answer, outside quotation marks."""
    voice = _own_voice(sentence)
    if not _WORD.search(voice):
        return False
    if _is_question(voice) or is_prompt_injection(sentence):
        return True
    return (bool(_ADDRESS.you.search(voice)) or _is_order(voice)) and not is_reported(voice)


@lru_cache(maxsize=4096)  # the same sentences are found for many questions
def is_prompt_injection(sentence: str) -> bool:
    """True where a sentence orders something about the reader's own answer or about the very text that it stands in:
    whatever its topic, that is meant for a program that reads it.
    """
    voice = _own_voice(sentence)
    if sets_task(voice, sentence):
        return True
    if _TEMPLATE.search(voice):
        return _is_order(voice)
    return (
        bool(_ADDRESS.own_text.search(voice))
        and not _ADDRESS.shares.search(voice)
        and (bool(_ADDRESS.binding.search(voice)) or _is_order(voice))
    )


def may_speak_to_program(sentence: str) -> bool:
    """True where less speaks for words to a program: only what else is known of their place can tell."""
    voice = _own_voice(sentence)
    return bool(_WORD.search(voice)) and may_set_task(voice)


def is_markup_only(sentence: str) -> bool:
    """True for nothing but markup and marks: it goes with the sentences around it."""
    return not _WORD.search(_without_markup(sentence))


def _own_voice(sentence: str) -> str:
    """The sentence without what stands in quotation marks; empty where the marks hold nearly all of it."""
    rest, at = [], 0
    for item in quotations(sentence):
        rest.append(sentence[at : item.span.start])
        at = max(at, item.span.end)
    rest.append(sentence[at:])
    return " … ".join(rest) if len(rest) > 1 else sentence


def _without_markup(voice: str) -> str:
    return _MARKUP.sub(" ", voice).strip()


def _is_question(voice: str) -> bool:
    body = _without_markup(voice).rstrip(" …")
    return body.endswith("?") and bool(
        _ADDRESS.asks.match(body) or _ADDRESS.you.search(body) or "," in body or len(body.split()) < 12
    )


def _is_order(voice: str) -> bool:
    """An order begins with a bare verb: a word of no closed class, with no finite verb in its own clause."""
    body = _without_markup(voice)
    return _begins_with_bare_verb(body) or (bool(_LABEL.match(body)) and _begins_with_bare_verb(_LABEL.sub("", body)))


def _begins_with_bare_verb(body: str) -> bool:
    for _ in range(2):
        body = _ADDRESS.lead_in.sub("", body, count=1)
    tokens = [word.casefold().replace("’", "'") for word in _WORD.findall(body)]
    if (
        len(tokens) < 2
        or tokens[0] in _LEXICON.not_a_verb | _LEXICON.finite | DAY_NAMES
        or not _VERB_LIKE.match(tokens[0])
    ):
        return False
    if _APPOSITION.match(body):
        return False
    clause = list(takewhile(lambda word: word not in _LEXICON.clause_openers, tokens[1:]))
    if any(word in _LEXICON.finite for word in clause):
        return False
    if tokens[1] in _LEXICON.object_openers or body.strip()[len(tokens[0]) :].lstrip().startswith("…"):
        return True
    if tokens[0].endswith("tion") or not is_english(tokens[0]):
        return False  # "Lund leads by two points"
    if any((word.endswith("ed") and len(word) > 4) or word in BASE_FORMS for word in clause):
        return False  # "Turnout in the north dropped", "Foreign ministers froze the accounts"
    return (
        tokens[1] in _LEXICON.after_order
        or tokens[1].endswith(("s", "ing"))
        or any(char.isdigit() for char in tokens[1])
    )
