"""What a text calls somebody: an office or a job, with its modifiers and its owner."""

from __future__ import annotations

from dataclasses import dataclass

from rag.domain import Span
from rag.knowledge.tables import table
from rag.knowledge.words import FORMER_PREFIXES
from rag.statements.lexicon import PERSON_NOUNS
from rag.statements.parsed_text import ParsedText
from rag.text.places import place_of

_MARKUP = frozenset('<>="@#|')
_MODIFIERS = ("compound", "amod", "nmod")
_IN_FULL: dict[str, str] = table("titles")["in_full"]


@dataclass(slots=True, kw_only=True)
class Role:
    """What the text calls somebody: the words ("communications director") with their place."""

    words: str
    head: str
    span: Span
    owner: int | None = None
    """The word that possesses the role: Erdogan's communications director."""

    @property
    def is_short(self) -> bool:
        """True for a title that is cut short: Sen."""
        return self.words.lower().rpartition(" ")[2].rstrip(".") in _IN_FULL

    @property
    def in_full(self) -> str:
        """The words in lower case, with the office in full: senator for Sen."""
        return f"{self.words.lower().rpartition(' ')[0]} {self.head}".strip() if self.is_short else self.words.lower()

    @property
    def past(self) -> bool:
        """True for a role that is over: who was president speaks for nobody."""
        return self.words.lower().startswith(FORMER_PREFIXES)


def belongs(tree: ParsedText, word: int, noun: int) -> bool:
    """True if only modifiers, possessors, "of" and "for" lie between `word` and `noun`."""
    while word != noun:
        token = tree[word]
        if token.dep not in (*_MODIFIERS, "poss", "pobj", "npadvmod") and not (
            token.dep == "prep" and token.lemma in ("of", "for")
        ):
            return False
        word = token.head
    return True


def role_at(tree: ParsedText, noun: int, stop: int | None = None) -> Role | None:
    """The role that `noun` names, with its modifiers ("communications director"), or None if it names none.

    Possessors, articles and demonyms are not part of the words; `stop` is the first word of the name that follows.
    """
    short = _short_title(tree, noun) if noun + 1 == stop else None
    if short is None and tree[noun].lemma not in PERSON_NOUNS and tree[noun].lower.rstrip(".") not in PERSON_NOUNS:
        return None
    words, owner = {noun}, tree.owner(noun)
    for child in tree.children[noun]:
        token = tree[child]
        if child == owner or tree.quoted[child] > tree.quoted[noun]:
            continue  # “Is it so?” lawyer Roe asked
        if child < noun and token.dep in _MODIFIERS:
            words |= {word for word in tree.subtree(child) if tree[word].dep not in ("poss", "case", "det")}
        elif _belongs_to_role(tree, child) and (stop is None or not noun < stop <= child):
            clauses = [word for word in tree.subtree(child) if tree[word].dep == "relcl"]
            inside = tree.subtree(child, without=clauses)
            names = [word for word in inside if tree[word].entity == "PERSON"]
            owner = owner if owner is not None or not names else max(names)
            words |= inside if not names else set()
    before = noun - 1  # titles hang on the name, one beside the other: Prime Minister X
    while stop is not None and 0 <= before < stop and tree[before].head == tree[noun].head:
        if tree[before].dep not in _MODIFIERS:
            break
        words.add(before)
        before -= 1
    low = min(words)
    low = max((word + 1 for word in range(low, noun) if tree[word].dep == "cc" and short), default=low)
    while low < noun and (_of_state(tree[low].text) or tree[low].pos in ("DET", "PUNCT") or tree[low].tag == "POS"):
        low += 1
    if low > 1 and tree[low].text == "-" and tree[low - 1].lower == "ex":
        low -= 1
    span = tree.span(low, _last_of_role(tree, noun, words))
    if not _is_plain(tree, range(low, noun), span.of(tree.text)):
        return None
    return Role(words=span.of(tree.text), head=short or tree[noun].lemma.lower(), span=span, owner=owner)


def _short_title(tree: ParsedText, noun: int) -> str | None:
    """The office in full of a title cut short; None for a given name: Defence Minister *Gen* Roe."""
    is_name = tree[noun].text[-1] != "." and noun > 0 and tree[noun - 1].lower in PERSON_NOUNS
    return None if is_name else _IN_FULL.get(tree[noun].lower.rstrip("."))


def _of_state(word: str) -> bool:
    """True for a name of a state, its people or its seat: no part of a role. A city may be: "London correspondent"."""
    place = place_of(word)
    return place is not None and place[0] != "capital"


def _last_of_role(tree: ParsedText, noun: int, words: set[int]) -> int:
    """The last of `words` that follow the noun without a gap; the noun where they are cut short: head of *Spain's*."""
    last = tree.stretch(words, noun)[1]
    if last + 1 < len(tree) and tree[last + 1].tag == "POS":
        return noun
    while tree[last].pos == "PUNCT" and last > noun:
        last -= 1
    return last


def _belongs_to_role(tree: ParsedText, preposition: int) -> bool:
    """True for what an office is *of* or *for*, and for the body that it is *at*."""
    token = tree[preposition]
    is_at_body = token.lemma == "at" and any(tree[word].entity == "ORG" for word in tree.deps(preposition, "pobj"))
    return token.dep == "prep" and (token.lemma in ("of", "for") or is_at_body)


def _is_plain(tree: ParsedText, before: range, words: str) -> bool:
    """False for praise (the most able candidate, the only doctor), for markup and for the end of a title of a work
    (Guide to Clubs 2005 author)."""
    around = range(max(0, before.start - 1), before.stop)
    is_praise = any(tree[word].tag in ("JJS", "RBS") or tree[word].lower == "only" for word in around)
    has_year = any(tree[word].text.isdigit() and word > before.start for word in before)
    return not is_praise and not has_year and not set(words) & _MARKUP
