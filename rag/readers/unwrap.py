"""Paragraphs that were cut into lines of equal width, joined again."""

from __future__ import annotations

import re
from itertools import pairwise

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
    forced = [_forced(line, after, width) for line, after in pairwise(lines)]
    broken = [at for at, is_forced in enumerate(forced) if is_forced]
    within = sum(_continues(lines[at], lines[at + 1]) for at in broken)
    if within < 2 or within * 5 < len(broken) * 2:
        return text
    joined = [lines[0]]
    for is_forced, line in zip(forced, lines[1:], strict=True):
        if is_forced:
            joined[-1] += ("" if re.search(r"\w-$", joined[-1]) else " ") + line.strip()
        else:
            joined.append(line)
    return "\n".join(joined)


def _forced(line: str, after: str, width: int) -> bool:
    words = after.split(maxsplit=1)
    return bool(line.strip()) and bool(words) and len(line) + 1 + len(words[0]) > width


def _continues(line: str, after: str) -> bool:
    return not line.endswith(_SENTENCE_END) and after.lstrip()[:1].islower()
