"""Courtesies, which ask nothing: thanks, greetings, assent."""

from __future__ import annotations

import re
from functools import cache

from rag.knowledge.tables import table

_SUGGESTION = "Ask what somebody said, who is for or against something, when something was said, or for a summary."
_REPLIES = {"thanks": "You’re welcome.", "greeting": "Hello.", "assent": "All right."}


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    kinds = table("questions")["courtesies"]
    return tuple((reply, re.compile(rf"\W*(?:{kinds[kind]})\W*", re.IGNORECASE)) for kind, reply in _REPLIES.items())


def reply_to_courtesy(text: str) -> str | None:
    """A friendly line about what can be asked, for a text that is nothing but a courtesy; None for a question."""
    parts = [part for part in re.split(r"(?<=[\w])[,.!;:]+\s+", text.strip()) if part]
    replies = [next((reply for reply, pattern in _patterns() if pattern.fullmatch(part)), None) for part in parts]
    if not replies or not all(replies):
        return None
    reply = next((one for one in replies if one != _REPLIES["assent"]), replies[0])  # "OK, thanks"
    return f"{reply} {_SUGGESTION}"
