"""Where the name of a country stands for its state, and where it is only a place, a people, or part of a name."""

from __future__ import annotations

import re

from rag.domain import Span
from rag.knowledge.words import HONORIFICS, STOPWORDS
from rag.statements.entities import EntityRegistry
from rag.statements.lexicon import LEXICON, PERSON_NOUNS
from rag.statements.parsed_text import ParsedText
from rag.text.canonical import fold
from rag.text.places import (
    PlaceMention,
    is_given_name,
    is_office,
    is_subnational_office,
    office_acts,
    place_of,
    shared_with_us_state,
    speaks_bare,
    tells_of_us_state,
)

_INSIDE_PHRASE = frozenset("compound amod nmod poss pobj npadvmod prep".split())


def name_acts_for_state(people: EntityRegistry, word: int, noun: int | None = None) -> bool:
    """True if the name of a country that `word` is part of stands for the state: as the bare subject ("Ankara said"),
    or with an office of the state ("Turkish officials", "a spokesman for Britain's foreign ministry"). A city, a people
    or a country before anything else does not: Berlin police, a German novelist, Swiss Re, Chad Smith.
    `noun` is the head of the phrase that is asked about, where it is known: what stands above it counts for nothing.
    """
    tree, mention = people.tree, people.place(word)
    if mention is None or people.of(word) is not None or _has_hyphen(tree.text, mention):
        return False
    words = tree.words(Span(mention.start, mention.end))
    top, offices = _offices_above(people, words, noun)
    last = tree[words[-1]]
    if not offices:
        if top != last.index and last.dep != "pobj":
            return False
        is_whole = noun in words or last.dep != "pobj" or tree[last.head].lemma in LEXICON.crediting_prepositions
        return is_whole and _bare_name_acts(people, mention, words)
    kind = mention.kind
    for office in offices:
        before = _modifiers(tree, office, words)
        if office in words or not office_acts(kind, tree[office].text, before, serves_office=office != offices[0]):
            return False
        if _is_of_another(people, office, words):
            return False
        kind = "demonym"  # that the office is no city's is known from the first
    name = tree.text_of(words[0], words[-1])
    others = (place for place in people.places if place.country == mention.country and _text(tree, place) != name)
    return any(others) or not (shared_with_us_state(name) and is_subnational_office(tree[offices[0]].text))


def _offices_above(people: EntityRegistry, words: list[int], noun: int | None) -> tuple[int, list[int]]:
    """The head of the phrase that the name `words` stands in, and the offices on the way to it, nearest first."""
    tree = people.tree
    top, offices = words[-1], list[int]()
    while top != noun and tree[top].dep in _INSIDE_PHRASE and tree[top].head != top:
        if tree[top].dep == "prep" and tree[top].lemma not in ("of", "for"):
            break
        top = tree[top].head
        if people.of(top) is not None:
            offices = offices or [people.first(top) - 1]
            break
        if offices and tree[offices[-1]].lower in PERSON_NOUNS and _is_plain_name(tree, top):
            break  # a name that the parser did not see: President *Park Geun-hye*
        if tree[top].pos in ("NOUN", "PROPN", "ADJ") and top not in words and not _describes_office(people, top):
            offices.append(top)
    return top, offices


def _is_plain_name(tree: ParsedText, word: int) -> bool:
    return tree[word].pos == "PROPN" and not is_office(tree[word].text)


def _describes_office(people: EntityRegistry, word: int) -> bool:
    """True for a portfolio or an office before the noun that it describes: Ukrainian *Defense* Minister."""
    tree, head = people.tree, people.tree[word].head
    if tree[word].lower in PERSON_NOUNS and _is_plain_name(tree, head):
        return False
    is_modifier = tree[word].dep in ("compound", "amod", "nmod") and tree[head].is_noun and head > word
    return is_modifier and people.of(head) is None and is_office(tree[word].text)


def _bare_name_acts(people: EntityRegistry, mention: PlaceMention, words: list[int]) -> bool:
    """True for a name alone that stands for its state where it is a subject or what something is according to."""
    tree, last, name = people.tree, words[-1], _text(people.tree, mention)
    children = [child for child in tree.children[last] if child not in words]
    if not speaks_bare(mention.kind):
        return False
    if mention.kind == "capital" and any(
        tree[child].dep == "prep" or (child < words[0] and tree[child].dep != "det") for child in children
    ):
        return False  # the London of the 1930s is no government
    if any(tree[child].lemma == "other" for child in children) or _shares_noun(tree, last):
        return False
    if any(tree[at].dep in ("compound", "nmod", "nummod") and tree[at].text[:1].isupper() for at in children):
        return False
    if words[0] > 0 and (tree[words[0] - 1].lower in HONORIFICS or tree[words[0] - 1].lemma in PERSON_NOUNS):
        return False
    if shared_with_us_state(name) and tells_of_us_state(tree.text, mention.country):
        return False
    if is_given_name(name) and (_is_described_as_person(tree, last) or _is_called_he_or_she(tree, last)):
        return False
    return not any(
        before[0].isupper() and is_given_name(before) and fold(before) not in STOPWORDS and place_of(before) is None
        for before in re.findall(rf"([^\W\d_]+) {re.escape(name)}(?!\w)", tree.text)
    )


def _shares_noun(tree: ParsedText, word: int) -> bool:
    """True where a name and another word describe one noun: *UK* and European voters."""
    conjuncts = (child for child in tree.deps(word, "conj") if tree[child].tag == "NNS" and tree[child].pos == "NOUN")
    return any(not tree.deps(child, "det", "poss") for child in conjuncts)


def _text(tree: ParsedText, mention: PlaceMention) -> str:
    return tree.text[mention.start : mention.end]


def _is_described_as_person(tree: ParsedText, word: int) -> bool:
    """True for a name with an age or with a noun that only a person is called by."""
    return any(tree[at].pos == "NUM" or tree[at].lemma in PERSON_NOUNS for at in tree.deps(word, "appos", "nummod"))


def _is_called_he_or_she(tree: ParsedText, subject: int) -> bool:
    """True if what the subject says begins with "he" or "she" and nobody else of its sentence can be meant."""
    clauses = tree.deps(tree[subject].head, "ccomp")
    subjects = (child for clause in clauses for child in tree.deps(clause, "nsubj", "nsubjpass"))
    others = any(tree[word].entity == "PERSON" and word != subject for word in tree.sentence(subject))
    return tree.has_text(subjects, "he", "she") and not others


def _has_hyphen(text: str, mention: PlaceMention) -> bool:
    """True for a name inside a word with a hyphen: Turkey-backed, pro-Russian."""
    after, before = text[mention.end : mention.end + 2], text[max(0, mention.start - 2) : mention.start]
    return (after[:1] in "-–" and after[1:].isalnum()) or (before[1:] in "-–" and before[:1].isalnum())


def _modifiers(tree: ParsedText, office: int, words: list[int]) -> list[str]:
    """The words that describe an office: those between it and the name before it, else those right before it; with
    "of-state" for what stands behind a secretary."""
    if words[-1] < office:
        before = set(range(words[-1] + 1, office))
    else:
        children = tree.deps(office, "compound", "amod", "nmod")
        before = {word for child in children for word in tree.subtree(child) if word < office}
    modifiers = [tree[word].text for word in sorted(before) if tree[word].pos not in ("DET", "PUNCT", "PART", "NUM")]
    for preposition in tree.deps(office, "prep"):
        for body in tree.deps(preposition, "pobj") if tree[preposition].lemma == "of" else ():
            forms = [f"of-{tree[body].text}", tree[body].text] if body not in words else []
            modifiers += [form for form in forms if is_office(form)][:1]
    return modifiers


def _is_of_another(people: EntityRegistry, office: int, words: list[int]) -> bool:
    """True if an office belongs to a company or club besides: Toyota's UK president, the US head of Greenpeace."""
    tree, owner = people.tree, people.tree.owner(office)
    if owner is not None and owner not in words and people.of(owner) is None and people.place(owner) is None:
        return tree[owner].pos == "PROPN"
    prepositions = [word for word in tree.deps(office, "prep") if tree[word].lemma in ("of", "for", "at")]
    for body in (word for preposition in prepositions for word in tree.deps(preposition, "pobj")):
        is_known = people.place(body) is not None or people.of(body) is not None
        if not is_known and _is_plain_name(tree, body) and not is_office(f"of-{tree[body].text}"):
            return True
    return False
