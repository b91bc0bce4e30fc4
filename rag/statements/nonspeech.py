"""What somebody does without saying it: writing a book, telephoning a donor, founding a website to explain something.

None of these is a statement, and neither are contents in which nothing was said, nor what a crowd is described by. The
words are in `rag/knowledge/statements.toml`.
"""

from __future__ import annotations

from rag.knowledge.tables import table, words_of
from rag.statements.cues import DENIALS, QUOTE_CUES, REJECTIONS, Verdict
from rag.statements.grammar import has_mark, has_to
from rag.statements.nouns import MEMBERS, OCCASIONS, PERSON_NOUNS, SPEAKING_BODIES
from rag.statements.parsed_text import ParsedText
from rag.statements.phrase_candidates import Candidate

CROWDS = words_of("statements", "crowds")
_MAKING = words_of("statements", "making")
_WORKS = words_of("statements", "works")
_PRIZES = words_of("statements", "prizes")
_PURPOSES = words_of("statements", "purposes")
_EMPTY = words_of("statements", "empty")
_LISTENERS = words_of("statements", "listeners")
_WEAK = frozenset(("object", "object prep", "object to", "prep", "noun", "light", "ing", "to", "adjective"))
_RECEIVING = words_of("statements", "receiving")
_RECEIVED = words_of("statements", "received")
_TURNING = words_of("statements", "turning")
_ENDANGERING = words_of("statements", "endangering")
_NAMING = words_of("statements", "naming")
_OMITTING = words_of("statements", "omitting")
_OF_THINGS = words_of("statements", "of_things")
_RETRACTING = words_of("statements", "retracting")
_TELLING = QUOTE_CUES | frozenset(table("cues")["lists"]["object_judging_plain"].split())
_TELLING |= frozenset(table("cues")["lists"]["object_judging"].split())
_REFLEXIVES = words_of("statements", "reflexives")
_DETERMINERS = words_of("statements", "determiners")
_COMMENTING = words_of("statements", "commenting")
_DECLINING = words_of("statements", "declining")


def is_deed(tree: ParsedText, candidate: Candidate, verdict: Verdict) -> bool:
    """True for a candidate that tells what somebody did or is, and nothing that they said or hold."""
    if _of_crowd(tree, candidate, verdict):
        return True
    if candidate.construction not in _WEAK or tree.any_quoted(candidate.content):
        return False
    head = tree.top(candidate.content)
    return (
        _makes(tree, candidate, head)
        or _telephones(tree, candidate, head)
        or _is_for(tree, candidate)
        or _empty(tree, candidate, head, verdict)
        or _of_thing(tree, candidate)
        or _omitted(tree, candidate, verdict)
    )


def says_nothing(tree: ParsedText, cue: int) -> bool:
    """True for *would not comment on* "X" and *declined to comment on* "X": the quoted words are of somebody else."""
    if tree[cue].lemma not in _COMMENTING:
        return False
    silent = tree[cue].dep == "xcomp" and tree[tree[cue].head].lemma in _DECLINING
    return silent or tree.child(cue, "neg") is not None


def _of_crowd(tree: ParsedText, candidate: Candidate, verdict: Verdict) -> bool:
    """*People* thought it would, people *who refuse* to pay: a crowd is described; it says something only aloud."""
    if not candidate.source or tree.any_quoted(candidate.content):
        return False
    head = tree.top(candidate.source)
    if tree[head].tag in ("WP", "WDT"):
        clause = next((up for up in tree.ancestors(head) if tree[up].dep == "relcl"), None)
        head = tree[clause].head if clause is not None else head
    return is_crowd(tree, head) and (verdict.stance or candidate.construction in _WEAK)


def is_crowd(tree: ParsedText, noun: int) -> bool:
    """True for *others*, *people who ...*; False where more than a clause says who they are: people close to her."""
    described = any(tree[word].dep not in ("det", "relcl", "punct", "cc", "conj") for word in tree.children[noun])
    described |= any(tree[word].tag != "WP" for up in tree.deps(noun, "relcl") for word in tree.deps(up, "nsubj"))
    return tree[noun].lower in CROWDS and not described


def _makes(tree: ParsedText, candidate: Candidate, head: int) -> bool:
    """Writes *a script*, posted *a photo*, claimed *victory*, where nothing is told of what the work says."""
    verb = tree[candidate.anchor].lemma
    first, *nouns = candidate.key.split()
    if candidate.construction == "light" and (first in _RECEIVING or (first == "have" and _RECEIVED & set(nouns))):
        return True  # won, or has, the endorsement of somebody else
    if verb in ("claim", "show") and candidate.construction == "object":
        return tree[head].lemma.lower() in _PRIZES
    if verb not in _MAKING or candidate.construction not in ("object", "light"):
        return False
    objects = tree.deps(candidate.anchor, "dobj")
    head = objects[0] if candidate.construction == "light" and objects else head
    if tree[head].lemma.lower() not in _WORKS:
        return False
    return not any(
        tree[word].lemma in _TELLING or has_mark(tree, word, "that")
        for word in tree.children[head]
        if tree[word].dep in ("acl", "relcl", "ccomp")
    )


def _telephones(tree: ParsedText, candidate: Candidate, head: int) -> bool:
    """*Calling* donors himself, appeals to *voters*: whom somebody turns to, and not what they call them."""
    person = tree[head].entity == "PERSON" or tree[head].lemma in PERSON_NOUNS | MEMBERS or tree[head].tag == "PRP"
    if candidate.key == "call" and candidate.construction == "object":
        named = [*tree.deps(candidate.anchor, "oprd", "xcomp", "ccomp", "acomp"), *tree.deps(head, "appos")]
        named = [word for word in named if tree[word].lower not in _REFLEXIVES]
        person |= tree[head].lower in _REFLEXIVES
        return (person or tree[head].lemma in OCCASIONS or tree[head].lemma == "attention") and not named
    key = candidate.key.replace(" ", "_")
    unowned = key in _ENDANGERING and not candidate.source
    anchor = tree[candidate.anchor]
    gets = tree[anchor.head].lemma in _RECEIVING | {"have"} and anchor.dep == "dobj" and anchor.lemma in _RECEIVED
    return candidate.construction == "noun" and (key in _TURNING or unowned or gets)


def _is_for(tree: ParsedText, candidate: Candidate) -> bool:
    """A website *to explain* the rules, went there *to lobby* for funds: what something is for."""
    anchor = tree[candidate.anchor]
    return anchor.dep in ("acl", "advcl", "relcl") and anchor.lemma in _PURPOSES and has_to(tree, anchor.index)


def _of_thing(tree: ParsedText, candidate: Candidate) -> bool:
    """*Telephones* offer a fast connection, *a body* called the League: what a thing does or is called."""
    if candidate.construction != "object" or not candidate.source:
        return False
    token = tree[tree.top(candidate.source)]
    article = tree[min(candidate.source)].lower in ("a", "an")
    if candidate.key in _NAMING and article and token.pos == "NOUN" and token.index == candidate.anchor - 1:
        return True
    if candidate.key not in _OF_THINGS:
        return False
    voiced = PERSON_NOUNS | SPEAKING_BODIES | OCCASIONS
    return token.pos == "NOUN" and not token.entity and token.lemma not in voiced


def _empty(tree: ParsedText, candidate: Candidate, head: int, verdict: Verdict) -> bool:
    """Agreed with *the analysis*, admitted to *the newspaper*, his statement of *Thursday's debate*: no content."""
    lemma = tree[head].lemma.lower()
    if candidate.construction == "noun" and candidate.key.endswith(" of") and lemma in OCCASIONS:
        return True
    heard = candidate.construction == "prep" and candidate.key.endswith(" to") and lemma in _LISTENERS
    if heard and candidate.key.split()[0] in QUOTE_CUES:
        return True
    about = verdict.kind == "judging" and candidate.construction == "object"  # criticised the column
    if about or tree[candidate.anchor].lemma in DENIALS | REJECTIONS | _RETRACTING or lemma not in _EMPTY:
        return False
    others = (word for word in candidate.content if word != head and tree[word].pos not in ("PUNCT", "ADP"))
    return all(tree[word].lower in _DETERMINERS for word in others)


def _omitted(tree: ParsedText, candidate: Candidate, verdict: Verdict) -> bool:
    """*Did not defend* the plan: what somebody left undone."""
    did = any(tree[word].lemma == "do" and tree[word].tag == "VBD" for word in tree.deps(candidate.anchor, "aux"))
    left_open = candidate.key.startswith("rule out")
    judged = verdict.kind == "judging" or candidate.key in _OMITTING
    return candidate.negated and did and not left_open and judged and candidate.construction == "object"
