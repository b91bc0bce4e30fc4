"""The language of a text, offline: py3langid, a naive Bayes model of 4.6 MB inside its wheel."""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import TYPE_CHECKING

from rag.knowledge.tables import table

if TYPE_CHECKING:  # it brings numpy, which listing articles need not wait for
    from py3langid.langid import LanguageIdentifier

LANGUAGES: dict[str, str] = table("languages")["names"]
"""English name of a language in small letters -> its code."""

_FEWEST_LETTERS, _READ = 40, 1500  # letters; characters that are looked at, which takes a millisecond in 500
_SUREST = 0.6
_SURE_OF_SHORT = 0.55  # of the language of a short question
_NOT_ENGLISH = 0.01  # the most that one in another language may have of English
_LETTERS = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
# Questions are too short for the model to be sure of English.
_ENGLISH = re.compile(rf"\b(?:{'|'.join(str(table('languages')['english']).split())})\b", re.IGNORECASE)
_FEWEST_ASKING = 2  # words of a short question that tell its language
_ASKING: dict[str, frozenset[str]] = {
    code: frozenset(words.split()) for code, words in table("languages")["question_words"].items()
}
_SURELY_ASKING: dict[str, frozenset[str]] = {
    code: frozenset(words.split()) for code, words in table("languages")["sure_question_words"].items()
}

_LOADING = threading.Lock()  # the model takes 60 MB: several threads must not load it at once


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _short_language(question: str) -> str | None:
    """The language of a short question that can't be English: both with its names and without them, which may be of
    anywhere.
    """
    first, *rest = question.split() or [""]
    without_names = " ".join([first, *(word for word in rest if not _has_capital(word))]).lower()
    codes = set[str]()
    for text in (question, without_names):
        try:
            with _LOADING:
                identifier = _identifier()
        except OSError:  # as in `_classify`
            return None
        ranks = {code: float(score) for code, score in identifier.rank(text) if code in LANGUAGES.values()}
        code, total = max(ranks, key=ranks.__getitem__), sum(ranks.values())
        if ranks[code] < _SURE_OF_SHORT * total or ranks["en"] > _NOT_ENGLISH * total:
            return None
        codes.add(code)
    return codes.pop() if len(codes) == 1 else None


def _has_capital(word: str) -> bool:
    return next(filter(str.isalpha, word), "").isupper()


def _classify(text: str) -> tuple[str, float]:
    try:
        with _LOADING:
            identifier = _identifier()
        code, probability = identifier.classify(text)
    except OSError:  # the model's file is unpacked into the temporary folder, which may be full
        return "", 0.0
    return str(code), float(probability)


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of the language of `text`, or None where it is too short or the model is not sure."""
    sample = text[:_READ]
    if len(_LETTERS.findall(sample)) < _FEWEST_LETTERS:
        return None
    code, probability = _classify(sample)
    return code if probability >= _SUREST and len(code) == 2 else None


def question_language(question: str) -> str | None:
    """ISO 639-1 code of the language of a question, which may be too short for `detect_language`; None if not sure."""
    if _ENGLISH.search(question):
        return "en"
    own = set(re.findall(r"[^\W\d_]+", question.casefold()))
    counts = {
        code: len(own & _ASKING.get(code, frozenset())) + _FEWEST_ASKING * len(own & sure)
        for code, sure in _SURELY_ASKING.items()
    }
    code = max(counts, key=counts.__getitem__)
    if counts[code] >= _FEWEST_ASKING:
        return code
    letters = _LETTERS.findall(question)
    if letters and sum(map(bool, map(_LATIN.match, letters))) * 2 < len(letters):  # a script tells more than words do
        code, _ = _classify(question)
        return code if len(code) == 2 else None
    return _short_language(question) or detect_language(question)


def language_name(code: str) -> str:
    """The English name of a language by its code; the code itself where it is not known."""
    return next((name.title() for name, own_code in LANGUAGES.items() if own_code == code), code)
