"""Paragraphs that were cut into lines of equal width, joined again."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.knowledge.words import lexicon

_HYPHEN = re.compile(r"\w[-‐]$")
_HYPHENATED = re.compile(r"(\w+[-‐])\n(\w+(?:(?![-‐]\n)\S)*)([ \t]+(?=\S))?")
_WIDEST, _NARROWEST = 110, 40
_SENTENCE_END = (".", "!", "?", "…", ":", "”", '"', "»")


def unwrap(text: str) -> str:
    """`text` with hard-wrapped lines joined by a blank, and anything else as it was.

    A break was forced by the width if the first word of the next line would not have fitted on this one. Lines are
    joined only where most forced breaks fall within sentences, so that lists and headlines stay apart.
    """
    lines = text.split("\n")
    width = max((len(line) for line in lines if " " in line.strip()), default=0)
    if not _NARROWEST <= width <= _WIDEST:
        return text
    forced = [_is_forced_break(line, after, width) for line, after in pairwise(lines)]
    breaks = [at for at, is_forced in enumerate(forced) if is_forced]
    within = sum(_continues(lines[at], lines[at + 1]) for at in breaks)
    if within < 2 or within * 5 < len(breaks) * 2:
        return text
    paragraphs, vocabulary = [lines[0]], Vocabulary(text)
    for is_forced, line in zip(forced, lines[1:], strict=True):
        if is_forced and _HYPHEN.search(paragraphs[-1]):
            paragraphs[-1] = _join_hyphenated(paragraphs[-1], line.strip(), vocabulary)
        elif is_forced:
            paragraphs[-1] += f" {line.strip()}"
        else:
            paragraphs.append(line)
    return "\n".join(paragraphs)


class Vocabulary:
    """The words of a text and of a lexicon, for deciding whether a hyphen at the end of a line belongs to the word."""

    def __init__(self, text: str) -> None:
        words = re.findall(r"\w+(?:[-‐]\w+)*", re.sub(r"[-‐]\n", "\n", text))
        self._words = {word.lower() for word in words}

    def is_whole(self, first: str, second: str) -> bool:
        """True if the hyphen between two parts only parts a word; False for a hyphen of the word itself.

        The text's own writing decides, then the lexicon. Where neither knows it, two words make a compound and anything
        else is one word.
        """
        whole, hyphenated = f"{first}{second}".lower(), f"{first}-{second}".lower()
        if not second[:1].islower() or hyphenated in self._words:
            return False
        if whole in self._words or whole in lexicon():
            return True
        return not (self._knows(first) and self._knows(second))

    def _knows(self, part: str) -> bool:
        return len(part) > 2 and part.lower() in lexicon()


def dehyphenated_pages(pages: list[str]) -> list[str]:
    """The pages with the words rejoined that a line break had divided, each at the end of its first line: the length
    of lines tells where paragraphs end.
    """
    vocabulary = Vocabulary("\n".join(pages))

    def join(match: re.Match[str]) -> str:
        return _join_hyphenated(match[1], match[2], vocabulary) + ("\n" if match[3] else "")

    return [_HYPHENATED.sub(join, page) for page in pages]


def _join_hyphenated(line: str, after: str, vocabulary: Vocabulary) -> str:
    """A line that ends with a hyphen and what follows it, as one."""
    first = re.search(r"(\w+)[-‐]$", line)
    second = re.match(r"\w+", after)
    if first and second and vocabulary.is_whole(first[1], second[0]):
        return line[:-1] + after
    return line + after


def _is_forced_break(line: str, after: str, width: int) -> bool:
    words = after.split(maxsplit=1)
    if not line.strip() or not words:
        return False
    divides_word = _HYPHEN.search(line) is not None and words[0][0].islower()
    return divides_word or len(line) + 1 + len(words[0]) > width


def _continues(line: str, after: str) -> bool:
    return not line.endswith(_SENTENCE_END) and after.lstrip()[:1].islower()
