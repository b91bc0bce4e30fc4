"""Words for comparing: folded, stemmed, without the ones that say nothing."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import Stemmer

from rag.knowledge.tables import table
from rag.knowledge.words import BASE_FORMS, lexicon
from rag.knowledge.words import STOPWORDS as STOPWORDS
from rag.text.canonical import fold

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|\d[\d.,]*\d")
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""A letter of a script without blanks between words."""
_CACHED_LENGTH = 1_000  # characters of a text whose words are cached: sentences are compared many times over
_CONJUNCTION = re.compile(r" and |, ")
_FULL_NAME = re.compile(r"(?!(?:the|his|her|their|its|a|an) )[^\W\d]\S*(?: (?!of\b|for\b)\S+)+", re.IGNORECASE)
_STEMMER = Stemmer.Stemmer("english")
_VERB_ENDINGS = tuple(tuple(line.split()) for line in table("nouns")["verb_endings"].strip().splitlines())


def words(text: str) -> list[str]:
    """Folded words of `text` in order; possessive and other apostrophe endings are cut off (`Turkey’s` is `turkey`)."""
    return list(_words_of_line(text)) if len(text) <= _CACHED_LENGTH else _words_of(text)


def _words_of(text: str) -> list[str]:
    return [_without_ending(word) for word in _WORD.findall(fold(text))]


@lru_cache(maxsize=4096)
def _words_of_line(text: str) -> tuple[str, ...]:
    return tuple(_words_of(text))


def joint_speakers(name: str) -> list[str]:
    """The people whom a speaker's name holds where several said a thing together ("Ada Lund and Bo Marsh"), else the
    name alone. Only names of two words and more are separated: "the Ministry of Food and Health" is one speaker.
    """
    parts = [part.strip() for part in _CONJUNCTION.split(name)]
    full = len(parts) > 1 and all(_FULL_NAME.fullmatch(part) for part in parts)
    return parts if full else [name]


def content_words(text: str) -> list[str]:
    """Stems of the words of `text` that carry meaning, in order, with repetitions."""
    return [stem(word) for word in words(text) if word not in STOPWORDS]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The English (Snowball) stem of a folded word, an irregular verb under its base form (`won` is `win`), a noun of
    action under its verb (`ratification` is `ratify`); words of other scripts come back unchanged.
    """
    word = BASE_FORMS.get(word, word)
    for noun, verb in _VERB_ENDINGS:
        if word.endswith((noun, f"{noun}s")):
            word = word.removesuffix("s").removesuffix(noun) + verb
            break
    return str(_STEMMER.stemWord(word))


def is_english(word: str) -> bool:
    """True for a folded word of the English lexicon in any of its forms."""
    return word in lexicon() or stem(word) in _lexicon_stems()


@cache
def _lexicon_stems() -> frozenset[str]:
    return frozenset(map(stem, lexicon()))


def _without_ending(word: str) -> str:
    if "'" not in word and "’" not in word:
        return word
    head = re.split("['’]", word, maxsplit=1)
    return head[0] if len(head) == 1 or head[1] in {"s", ""} else "".join(head)
