"""Checking a claim, a sentence of an answer, against the spans that it cites, before anybody sees it.

A claim is supported, not confirmed, or withheld, with the reasons; nothing is repaired. The rules are in
`docs/quotes.md` in plain words; each subject has a module.
"""

from rag.verification.outcomes import CheckedDraft, CitedSpan, Objection
from rag.verification.support import SUPPORT_FLOOR, support
from rag.verification.verify import verify

__all__ = ["SUPPORT_FLOOR", "CheckedDraft", "CitedSpan", "Objection", "support", "verify"]
