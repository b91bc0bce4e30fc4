"""Where the name of a country stands for its state, and where it is only a place, a people, or part of a name."""

from __future__ import annotations

import re

from rag.domain import Span
from rag.knowledge.tables import words_of
from rag.knowledge.words import HONORIFICS, STOPWORDS
from rag.statements.entities import EntityRegistry
from rag.statements.nouns import PERSON_NOUNS
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

_CREDITING_PREPOSITIONS = words_of("statements", "crediting_prepositions")
_LEADING = frozenset("compound amod nmod poss pobj npadvmod prep".split())


def acts_for_state(people: EntityRegistry, word: int, noun: int | None = None) -> bool:
    """True if the name of a country that `word` is part of stands for the state: as the bare subject ("Ankara said"),
    or with an office of the state ("Turkish officials", "a spokesman for Britain's foreign ministry"). A city, a people
    or a country before anything else does not: Berlin police, a German novelist, Swiss Re, Chad Smith.
    `noun` is the head of the phrase that is asked about, where it is known: what stands above it counts for nothing.
    """
    tree, mention = people.tree, people.place(word)
    if mention is None or people.of(word) is not None or _compound(tree.text, mention):
        return False
    words = tree.words(Span(mention.start, mention.end))
    top, offices = words[-1], list[int]()
    while top != noun and tree[top].dep in _LEADING and tree[top].head != top:
        if tree[top].dep == "prep" and tree[top].lemma not in ("of", "for"):
            break
        top = tree[top].head
        if people.of(top) is not None:
            if not offices:
                offices.append(people.first(top) - 1)
            break
        if offices and _is_title(tree, offices[-1]) and tree[top].pos == "PROPN" and not is_office(tree[top].text):
            break  # a name that the parser did not see: President *Park Geun-hye*
        if tree[top].pos in ("NOUN", "PROPN", "ADJ") and top not in words and not _describes_office(people, top):
            offices.append(top)
    if not offices:
        alone = (
            noun in words
            or tree[words[-1]].dep != "pobj"
            or tree[tree[words[-1]].head].lemma in _CREDITING_PREPOSITIONS
        )
        return (top == words[-1] or tree[words[-1]].dep == "pobj") and alone and _bare_name_acts(people, mention, words)
    kind = mention.kind
    for office in offices:
        before = _modifiers(tree, office, words)
        if office in words or not office_acts(kind, tree[office].text, before, serves_office=office != offices[0]):
            return False
        if _of_another(people, office, words):
            return False
        kind = "demonym"  # that the office is no city's is known from the first
    name = tree.span(words[0], words[-1]).of(tree.text)
    others = [one for one in people.places if one.country == mention.country and _named(tree, one) != name]
    return bool(others) or not (shared_with_us_state(name) and is_subnational_office(tree[offices[0]].text))


def _describes_office(people: EntityRegistry, word: int) -> bool:
    """True for a portfolio or an office before the noun that it describes: Ukrainian *Defense* Minister."""
    tree, head = people.tree, people.tree[word].head
    if _is_title(tree, word) and tree[head].pos == "PROPN" and not is_office(tree[head].text):
        return False
    described = tree[word].dep in ("compound", "amod", "nmod") and tree[head].is_noun
    return described and head > word and people.of(head) is None and is_office(tree[word].text)


def _is_title(tree: ParsedText, word: int) -> bool:
    return tree[word].lower in PERSON_NOUNS


def _bare_name_acts(people: EntityRegistry, mention: PlaceMention, words: list[int]) -> bool:
    """True for a name alone that stands for its state where it is a subject or what something is according to."""
    tree, last = people.tree, words[-1]
    if not speaks_bare(mention.kind):
        return False
    beside = [child for child in tree.children[last] if child not in words]
    named = [
        child
        for child in beside
        if tree[child].dep in ("compound", "nmod", "nummod") and tree[child].text[:1].isupper()
    ]
    if mention.kind == "capital" and any(
        tree[child].dep == "prep" or (child < words[0] and tree[child].dep != "det") for child in beside
    ):
        return False  # the London of the 1930s is no government
    if any(tree[child].lemma == "other" for child in beside) or _shares_a_noun(tree, last):
        return False
    name = _named(tree, mention)
    described = is_given_name(name) and any(_is_person(tree, child) for child in tree.deps(last, "appos", "nummod"))
    if named or described or (words[0] > 0 and _titles_a_person(tree, words[0] - 1)):
        return False
    if shared_with_us_state(name) and tells_of_us_state(tree.text, mention.country):
        return False
    if is_given_name(name) and _called_he_or_she(tree, last):
        return False
    return not any(
        before[0].isupper() and is_given_name(before) and fold(before) not in STOPWORDS and place_of(before) is None
        for before in re.findall(rf"([^\W\d_]+) {re.escape(name)}(?!\w)", tree.text)
    )


def _shares_a_noun(tree: ParsedText, word: int) -> bool:
    """True where a name and another word describe one noun: *UK* and European voters."""
    return any(
        tree[child].tag == "NNS" and tree[child].pos == "NOUN" and not tree.deps(child, "det", "poss")
        for child in tree.deps(word, "conj")
    )


def _named(tree: ParsedText, mention: PlaceMention) -> str:
    return tree.text[mention.start : mention.end]


def _is_person(tree: ParsedText, word: int) -> bool:
    """True for an age or a noun that only a person is called by."""
    return tree[word].pos == "NUM" or tree[word].lemma in PERSON_NOUNS


def _titles_a_person(tree: ParsedText, word: int) -> bool:
    lower = tree[word].lower
    return lower in HONORIFICS or tree[word].lemma in PERSON_NOUNS


def _called_he_or_she(tree: ParsedText, subject: int) -> bool:
    """True if what the subject says begins with "he" or "she" and nobody else of its sentence can be meant."""
    verb = tree[subject].head
    clauses = tree.deps(verb, "ccomp")
    spoken = {tree[child].lower for clause in clauses for child in tree.deps(clause, "nsubj", "nsubjpass")}
    others = any(tree[word].entity == "PERSON" and word != subject for word in tree.sentence(subject))
    return bool(spoken & {"he", "she"}) and not others


def _compound(text: str, mention: PlaceMention) -> bool:
    """True for a name inside a word with a hyphen: Turkey-backed, pro-Russian."""
    after, before = text[mention.end : mention.end + 2], text[max(0, mention.start - 2) : mention.start]
    return (after[:1] in "-–" and after[1:].isalnum()) or (before[1:] in "-–" and before[:1].isalnum())


def _modifiers(tree: ParsedText, office: int, words: list[int]) -> list[str]:
    """The words that describe an office: those between it and the name before it, else those right before it; with
    "of-state" for what stands behind a secretary."""
    if words[-1] < office:
        between: set[int] = set(range(words[-1] + 1, office))
    else:
        between = {
            word
            for child in tree.deps(office, "compound", "amod", "nmod")
            for word in tree.subtree(child)
            if word < office
        }
    modifiers = [tree[word].text for word in sorted(between) if tree[word].pos not in ("DET", "PUNCT", "PART", "NUM")]
    for prep in tree.deps(office, "prep"):
        for held in tree.deps(prep, "pobj"):
            if tree[prep].lemma == "of" and held not in words:
                served = [f"of-{tree[held].text}", tree[held].text]
                modifiers += [form for form in served if is_office(form)][:1]
    return modifiers


def _of_another(people: EntityRegistry, office: int, words: list[int]) -> bool:
    """True if an office belongs to a company or club besides: Toyota's UK president, the US head of Greenpeace."""
    tree = people.tree
    owner = tree.owner(office)
    if owner is not None and owner not in words and people.of(owner) is None and people.place(owner) is None:
        return tree[owner].pos == "PROPN"
    for prep in tree.deps(office, "prep"):
        for held in tree.deps(prep, "pobj") if tree[prep].lemma in ("of", "for", "at") else ():
            known = is_office(tree[held].text) or people.place(held) is not None or people.of(held) is not None
            if not known and tree[held].pos == "PROPN" and not is_office(f"of-{tree[held].text}"):
                return True
    return False
