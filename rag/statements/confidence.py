"""How sure an attribution is: the lexicon's confidence for cue and construction, corrected by what else the text shows.

The corrections are set by hand. A long content is more often said than a short one; a source that is a person speaks
more often than a thing or nobody; what somebody would or is to say was not said; "people who dislike X" describes a
kind of people and attributes nothing to anybody; a name or "something" alone tells nothing that was said.
"""

from __future__ import annotations

from dataclasses import replace

from rag.knowledge.words import MODAL_FORMS
from rag.statements.cues import CueVerdict
from rag.statements.lexicon import LEXICON
from rag.statements.parsed_text import ParsedText
from rag.statements.phrase_candidates import Candidate

LEAST = 0.4
"""Below this confidence nothing is attributed."""

_FIRM = ("quote", "according", "transcript", "in words", "relayed", "block")
_WEAK = ("noun", "object", "object prep", "prep", "light", "to", "ing", "adjective")


def weigh(tree: ParsedText, candidate: Candidate, verdict: CueVerdict) -> CueVerdict:
    """The verdict with its confidence corrected, kept within 0.05 and 0.99."""
    if candidate.construction in _FIRM:
        return verdict
    if len(candidate.content) == 1 and tree[min(candidate.content)].lower in ("yes", "no"):
        return verdict
    confidence = (
        verdict.confidence
        + _length(len(candidate.content))
        + _source(tree, candidate)
        + _form(tree, candidate)
        + _content(tree, candidate)
    )
    return replace(verdict, confidence=round(min(0.99, max(0.05, confidence)), 2))


def _length(words: int) -> float:
    return -0.15 if words == 1 else -0.08 if words < 4 else 0.0 if words < 9 else 0.08


def _source(tree: ParsedText, candidate: Candidate) -> float:
    if not candidate.source and (_is_imperative(tree, candidate) or candidate.construction == "noun is"):
        return -0.4
    if not candidate.source:
        return 0.0 if candidate.construction.startswith(("passive", "adverb")) else -0.08
    head = tree.top(candidate.source)
    word = tree[head].lower
    if word in LEXICON.first_persons:
        return -0.08
    if word in LEXICON.thing_pronouns:
        return -0.06
    return 0.06 if tree[head].entity == "PERSON" else 0.0


def _is_imperative(tree: ParsedText, candidate: Candidate) -> bool:
    """True for *imagine* that, *don't forget* that: the writer asks the reader to."""
    token = tree[candidate.anchor]
    is_bare = token.tag == "VB" and token.dep == "ROOT" and not tree.deps(token.index, "nsubj", "expl", "nsubjpass")
    return is_bare and all(tree[word].lemma == "do" for word in tree.deps(token.index, "aux"))


def _form(tree: ParsedText, candidate: Candidate) -> float:
    cue = {tree[word].lower for word in candidate.cue if tree[word].dep == "aux"}
    if cue & (MODAL_FORMS | {"to"}) or (tree[candidate.anchor].tag == "VB" and not cue):
        return -0.08
    return 0.03 if tree[candidate.anchor].tag == "VBD" else 0.0


def _content(tree: ParsedText, candidate: Candidate) -> float:
    """What speaks against a weak construction: a bare name, an indefinite pronoun, a day, or a place in the sentence
    where the cue only describes something."""
    if candidate.construction not in _WEAK:
        return 0.0
    words = [word for word in candidate.content if tree[word].pos not in ("PUNCT", "DET", "ADP")]
    head = tree.top(candidate.content)
    dep = tree[candidate.anchor].dep
    if words and all(tree[word].entity in ("DATE", "TIME") for word in words):
        return -0.3  # remarked on Wednesday
    if tree[head].lemma in LEXICON.indefinites:
        return -0.2
    if candidate.construction == "noun":
        is_name = tree[head].pos == "PROPN" and len(words) < 5
        return -0.1 * is_name - 0.1 * (dep == "conj")
    if dep == "relcl" and _restrictive(tree, candidate.anchor):
        return -0.14 if candidate.construction == "to" else -0.08
    if candidate.construction == "adjective" and [tree[word].lower for word in candidate.source] == ["it"]:
        return -0.2  # it is not clear how
    return -0.08 if dep in ("acl", "csubj") else 0.0


def _restrictive(tree: ParsedText, verb: int) -> bool:
    """True for a relative clause that no comma sets apart: *people who* ..."""
    first = min(tree.subtree(verb))
    return first == 0 or tree[first - 1].text not in (",", "—", "–", "-", "(")
