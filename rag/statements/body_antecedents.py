"""Which body "it", "they" and "the company" mean: one that the sentences just before name or are about."""

from __future__ import annotations

from rag.statements.cues import QUOTE_CUES
from rag.statements.entities import EntityRegistry, Person, name_around
from rag.statements.lexicon import LEXICON, OCCASIONS, SPEAKING_BODIES

SPEAKING_NOUNS = SPEAKING_BODIES | OCCASIONS | LEXICON.speaking_things
NEAR = 2
"""Sentences that "it", "the company" and "one of them" look back over."""


def the_company(people: EntityRegistry, noun: int) -> tuple[int, int] | None:
    """(first, last) word of the company that "the company" or "the bank" means: the one that the sentence and the two
    before name; of several the one that the sentence before is about, if it names no other."""
    tree = people.tree
    modifiers = [tree[child].lower for child in tree.children[noun] if child < noun]
    if tree[noun].lemma not in LEXICON.companies or tree[noun].tag != "NN" or modifiers != ["the"]:
        return None
    names: dict[str, tuple[int, int]] = {}
    near = [words for words in tree.sentences[: tree[noun].sentence + 1] if not all(tree.quoted[at] for at in words)]
    for word in (word for words in near[-NEAR - 1 :] for word in words):
        first, last = name_around(tree, word)
        if tree[word].entity == "ORG" and not tree.quoted[word] and word == last and people.of(word) is None:
            first += tree[first].pos == "DET"
            if first <= last < noun and tree[last].pos == "PROPN":
                names.setdefault(tree.text_of(first, last), (first, last))
    subjects = [words for words in names.values() if tree[words[1]].dep in ("nsubj", "nsubjpass")]
    shortest = min(names, key=len, default="")
    if not all(f" {shortest} " in f" {name} " for name in names):  # else Voltan and Voltan Energy are one
        before = [words for words in names.values() if tree[words[1]].sentence == tree[noun].sentence - 1]
        is_alone = len(before) == 1 and before[0] in subjects and tree[tree[before[0][1]].head].dep == "ROOT"
        subjects = before if is_alone else []
    return subjects[0] if subjects else None


def last_body(people: EntityRegistry, word: int) -> int | None:
    """The body that was the subject of one of the last sentences, for "it said"."""
    tree, here = people.tree, people.tree[word].sentence
    for number in range(here - 1, max(-1, here - NEAR - 1), -1):
        for at in tree.sentences[number]:
            token = tree[at]
            is_body = token.entity == "ORG" or token.lemma.lower() in SPEAKING_BODIES
            is_subject = token.dep in ("nsubj", "nsubjpass") and token.is_noun and not tree.quoted[at]
            if is_subject and is_body and not token.is_plural and not people.of(at):
                return at if tree[tree[word].head].lemma in QUOTE_CUES else None
    return None


def subject_body(people: EntityRegistry, word: int, *, plural: bool) -> int | None:
    """The subject of the clauses that `word` hangs under, or of the sentence before."""
    tree = people.tree
    subjects = [child for up in tree.ancestors(word) for child in tree.deps(up, "nsubj") if child < word]
    if tree[tree[word].head].lemma in QUOTE_CUES and not plural:  # the bill would triple, *it* said
        subjects = [at for at in subjects if tree[at].pos == "PROPN" or tree[at].lemma in SPEAKING_NOUNS]
    if not subjects:
        earlier = tree[word].sentence - 1
        if earlier >= 0 and tree.sentences[earlier] and not tree.breaks(tree.sentences[earlier][-1], word):
            subjects = [at for at in tree.sentences[earlier] if tree[at].dep == "nsubj" and not tree.quoted[at]][:1]
    return next(
        (at for at in subjects if tree[at].is_noun and not people.of(at) and tree[at].is_plural == plural),
        None,
    )


def last_pair(people: EntityRegistry, noun: int) -> list[Person]:
    """The two people of the nearest sentence before that names two, in order; empty without one."""
    here = people.tree[noun].sentence
    for back in range(1, NEAR + 1):
        pair = list({id(person): person for _, person in people.near(here - back, 0)}.values())
        if len(pair) == 2:
            return pair
    return []
