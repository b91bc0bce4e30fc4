"""Checking a sentence against the spans that it cites, before anybody sees it.

A sentence is kept with its citations or withheld with a reason; nothing is repaired. `docs/quotes.md` tells the rules
in plain words; here each has a module of its own:

- `checking`: the order of the rules, and that the cited spans are where they should be;
- `quoted`: words between quotation marks stand in one cited source, and are spoken there if they are given to somebody;
- `facts`: names, titles, numbers, units and dates;
- `wording`: negation, tense, hedges, quantifiers, and words that have changed places;
- `speakers`: words stay with the one to whom the article gives them;
- `supporting`: how far the words of the sources bear the sentence out at all.
"""

from rag.verification.support import SUPPORT_FLOOR, support
from rag.verification.verify import Kept, Source, verify

__all__ = ["SUPPORT_FLOOR", "Kept", "Source", "support", "verify"]
