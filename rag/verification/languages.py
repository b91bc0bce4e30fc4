"""A sentence in another language than its sources: words can't be compared, so that quotations and speakers are all
that rules look at, and the rest is for a judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from rag.text.language import asked_in, detected
from rag.text.terms import words
from rag.verification.quotations import Quoted, unquoted
from rag.verification.record import Record
from rag.verification.rejection import Objection

_SHARED = 0.4  # share of the words of a sentence that an article in another language may have
_BEGINS = 1500  # characters by which the language of an article is known


def in_another_language(text: str, record: Record, quoted: Sequence[Quoted]) -> bool:
    """True if the sentence, quotations apart, is clearly in one language and its sources in another."""
    own_words = words(unquoted(text, quoted))
    held = set(words(record.whole))
    if sum(word in held for word in own_words) > _SHARED * len(own_words):
        return False  # a text of few words may be taken for another language
    own = asked_in(unquoted(text, quoted))
    theirs = {_language(record.texts[key][:_BEGINS]) for key, _ in record.spans}
    return own is not None and bool(theirs - {None}) and own not in theirs and None not in theirs


@lru_cache(maxsize=64)
def _language(text: str) -> str | None:
    return detected(text)


def check_foreign(text: str, record: Record, quoted: Sequence[Quoted]) -> Iterator[Objection]:
    """What speaks against a sentence whose words rules can't compare: one doubt, and quoted words that it gives to
    another speaker of the articles than their own.
    """
    yield Objection("it is in another language than its source, and rules compare words")
    around = set(words(unquoted(text, quoted)))
    if not quoted or not (named := around & record.speakers):
        return
    own = {part for item in record.spoken for part in words(item.speaker or "")}
    if own and not named & own:
        speaker = next(item.speaker for item in record.spoken if item.speaker)
        yield Objection(f"its source gives these words to {speaker}", "hard")
