"""Checking a sentence against the spans that it cites, before anybody sees it.

A sentence is supported, not confirmed, or withheld, with the reasons; nothing is repaired. `docs/quotes.md` tells the
rules in plain words; here each subject has a module.
"""

from rag.verification.record import Objection
from rag.verification.support import SUPPORT_FLOOR, support
from rag.verification.verify import Checked, CitedSpan, verify

__all__ = ["SUPPORT_FLOOR", "Checked", "CitedSpan", "Objection", "support", "verify"]
