"""How far a clause that a verb governs reaches, where the parser hung a part of it elsewhere."""

from __future__ import annotations

from rag.statements.grammar import has_mark, is_clause, is_present
from rag.statements.lexicon import LEXICON
from rag.statements.parsed_text import ParsedText


def subject_before(tree: ParsedText, verb: int, clause: int) -> set[int]:
    """The subject of a clause that the parser took for an object of the verb: thinks *the outreach* was phony."""
    finite = any(tree[word].is_finite for word in (clause, *tree.deps(clause, "aux", "auxpass")))
    if clause < verb or is_clause(tree, clause) or not finite or tree[verb].lemma == "tell":
        return set()
    for noun in tree.deps(verb, "dobj"):
        between = range(min(tree.subtree(noun)), min(tree.subtree(clause)))
        if noun > verb and all(tree[word].pos not in ("PUNCT", "VERB", "AUX") for word in between):
            return set(between)
    return set()


def further_clauses(tree: ParsedText, verb: int, first: int) -> set[int]:
    """Later contents that the parser hung on the verb itself: said that A, *and that B*; it would, *but could not*."""
    words: set[int] = set()
    for child in tree.deps(verb, "conj"):
        is_that_clause = has_mark(tree, child, "that", "whether") and not tree.deps(child, "ccomp")
        goes_on = not is_clause(tree, child) and any(tree[word].tag == "MD" for word in tree.deps(child, "aux"))
        if child > first and (is_that_clause or goes_on or (tree[verb].tag == "VBD" and is_present(tree, child))):
            words |= _with_conjunction(tree, verb, first, child)
    return words


def further_infinitives(tree: ParsedText, verb: int, first: int) -> set[int]:
    """Later infinitives that the parser hung on the verb itself: wants to triple A, *grow B*."""
    words: set[int] = set()
    for child in tree.deps(verb, "conj") if tree[verb].tag != "VB" else ():
        if child > first and tree[child].tag == "VB" and not tree.deps(child, "nsubj", "aux"):
            words |= _with_conjunction(tree, verb, first, child)
    return words


def _with_conjunction(tree: ParsedText, verb: int, first: int, child: int) -> set[int]:
    return tree.subtree(child) | {word for word in tree.deps(verb, "cc") if first < word < child}


def rest_of(tree: ParsedText, verb: int, content: set[int]) -> set[int]:
    """What follows a content right away and belongs to it, though the parser hung it on the cue: a condition (said it
    would close *should the tide rise*), the predicate of a question (admitted how it began *was unclear*), and a
    participle with a subject of its own (said he had letters, *some of them asking for more*).
    """
    last = max(content)
    if last < verb or tree[verb].tag not in ("VBD", "VBZ"):
        return set()
    for child in tree.deps(verb, "advcl", "ccomp"):
        inside = tree.subtree(child)
        first = min(inside)
        predicate = first == child and tree[child].tag in ("VBD", "VBZ")
        is_inversion = tree[first].lower in LEXICON.inverted and tree[first].head == child
        is_absolute = tree[child].tag == "VBG" and tree[first - 1].text == "," and bool(tree.deps(child, "nsubj"))
        if first == last + 2 and is_absolute:
            return inside | {last + 1}
        if first == last + 1 and (predicate or is_inversion or has_mark(tree, child, "unless")):
            return inside
    return set()


def clauses_of_others(tree: ParsedText, clause: int) -> set[int]:
    """A clause in which somebody else says something: insists he did nothing *while Roe says he did*."""
    return {
        word
        for child in tree.deps(clause, "advcl")
        if has_mark(tree, child, "while", "whereas") and tree[child].lemma in LEXICON.holding
        if not tree.quoted[child] and tree.deps(child, "nsubj") and tree.deps(child, "ccomp") and child > clause
        for word in tree.subtree(child)
    }
