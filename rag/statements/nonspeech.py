"""Acts that are no speech: writing a book, telephoning a donor, founding a website to explain something.

None of these is a statement, and neither are contents in which nothing was said, nor what a crowd is described by. The
words are in `rag/knowledge/statements.toml`.
"""

from __future__ import annotations

from rag.knowledge.tables import table
from rag.statements.cues import DENIALS, QUOTE_CUES, REJECTIONS, CueVerdict
from rag.statements.grammar import has_mark, has_to, names_person
from rag.statements.lexicon import LEXICON, MEMBERS, OCCASIONS, PERSON_NOUNS, SPEAKING_BODIES
from rag.statements.parsed_text import ParsedText
from rag.statements.phrase_candidates import Candidate

_JUDGING_LISTS = (table("cues")["lists"][name] for name in ("object_judging_plain", "object_judging"))
_REPORT_VERBS = QUOTE_CUES.union(*(words.split() for words in _JUDGING_LISTS))
_WEAK = frozenset(("object", "object prep", "object to", "prep", "noun", "light", "ing", "to", "adjective"))
"""Constructions that attribute nothing where the words tell an act."""


def is_act(tree: ParsedText, candidate: Candidate, verdict: CueVerdict) -> bool:
    """True for a candidate that tells what somebody did or is, and nothing that they said or hold."""
    if tree.any_quoted(candidate.content):
        return _is_name(tree, candidate)
    if _describes_crowd(tree, candidate, verdict):
        return True
    if candidate.construction not in _WEAK:
        return False
    head = tree.top(candidate.content)
    return (
        _makes_work(tree, candidate, head)
        or _contacts(tree, candidate, head)
        or _is_purpose(tree, candidate)
        or _is_empty(tree, candidate, head, verdict)
        or _is_of_thing(tree, candidate)
        or _is_omission(tree, candidate, verdict)
    )


def _is_name(tree: ParsedText, candidate: Candidate) -> bool:
    """True for what somebody calls a work: films that she calls *"Harbour Morning"*."""
    words = [word for word in candidate.content if tree[word].pos != "PUNCT"]
    is_title = len(words) > 1 and all(tree.quoted[word] and tree[word].text[:1].isupper() for word in words)
    return candidate.key in LEXICON.naming and is_title


def declines_comment(tree: ParsedText, cue: int) -> bool:
    """True for *would not comment on* "X" and *declined to comment on* "X": the quoted words are of somebody else."""
    if tree[cue].lemma not in LEXICON.commenting:
        return False
    declines = tree[cue].dep == "xcomp" and tree[tree[cue].head].lemma in LEXICON.declining
    return declines or tree.child(cue, "neg") is not None


def _describes_crowd(tree: ParsedText, candidate: Candidate, verdict: CueVerdict) -> bool:
    """*People* thought it would, people *who refuse* to pay: a crowd is described; it says something only aloud."""
    if not candidate.source:
        return False
    head, is_kind = tree.top(candidate.source), False
    if tree[head].tag in ("WP", "WDT"):
        clause = next((up for up in tree.ancestors(head) if tree[up].dep == "relcl"), None)
        is_bare = clause is not None and not tree.deps(
            tree[clause].head, "det", "amod", "compound", "poss", "nummod", "prep"
        )
        head = tree[clause].head if clause is not None else head
        is_kind = is_bare and tree[head].tag == "NNS" and head + 1 == tree.top(candidate.source)  # voters who want ...
    if is_kind and verdict.kind in ("thinking", "wishing"):
        return True
    return is_crowd(tree, head) and (verdict.stance or candidate.construction in _WEAK)


def is_crowd(tree: ParsedText, noun: int) -> bool:
    """True for *others*, *people who ...*; False where more than a clause says who they are: people close to her."""
    if tree[noun].lower not in LEXICON.crowds:
        return False
    plain = ("det", "relcl", "punct", "cc", "conj", "" if tree[noun].is_plural else "acl")  # anyone wanting to know
    is_described = any(tree[word].dep not in plain for word in tree.children[noun])
    subjects = [word for up in tree.deps(noun, "relcl") for word in tree.deps(up, "nsubj")]
    return not is_described and all(tree[word].tag == "WP" for word in subjects)


def _makes_work(tree: ParsedText, candidate: Candidate, head: int) -> bool:
    """Writes *a script*, posted or tweeted *a photo*, claimed *victory*, confirmed *a judge*, where nothing is told of
    what the work says."""
    verb = tree[candidate.anchor].lemma
    first, *nouns = candidate.key.split()
    if candidate.construction == "light" and (
        first in LEXICON.receiving or (first == "have" and LEXICON.received & set(nouns))
    ):
        return True  # won, or has, the endorsement of somebody else
    if verb in ("claim", "show") and candidate.construction == "object":
        return tree[head].lemma.lower() in LEXICON.prizes
    if verb == "confirm" and candidate.construction == "object":
        return names_person(tree, head)
    if verb not in LEXICON.making | LEXICON.picturing or candidate.construction not in ("object", "light"):
        return False
    objects = tree.deps(candidate.anchor, "dobj")
    head = objects[0] if candidate.construction == "light" and objects else head
    clauses = tree.deps(head, "acl", "relcl", "ccomp")
    tells = any(tree[word].lemma in _REPORT_VERBS or has_mark(tree, word, "that") for word in clauses)
    works = LEXICON.pictures if verb in LEXICON.picturing else LEXICON.works | LEXICON.pictures
    return tree[head].lemma.lower().rpartition("-")[2] in works and not tells


def _contacts(tree: ParsedText, candidate: Candidate, head: int) -> bool:
    """*Calling* donors himself, appeals to *voters*: whom somebody turns to, and not what they call them."""
    anchor = tree[candidate.anchor]
    if candidate.key == "call" and candidate.construction == "object":
        names = [*tree.deps(anchor.index, "oprd", "xcomp", "ccomp", "acomp"), *tree.deps(head, "appos")]
        is_person = names_person(tree, head) or tree[head].lemma in MEMBERS | OCCASIONS | {"attention"}
        is_person |= tree[head].tag == "PRP" or tree[head].lower in LEXICON.reflexives
        return is_person and all(tree[word].lower in LEXICON.reflexives for word in names)
    key = candidate.key.replace(" ", "_")
    is_received = (
        tree[anchor.head].lemma in LEXICON.receiving | {"have"}
        and anchor.dep == "dobj"
        and anchor.lemma in LEXICON.received
    )
    is_danger = key in LEXICON.endangering_keys and not candidate.source
    return candidate.construction == "noun" and (key in LEXICON.addressing_keys or is_danger or is_received)


def _is_purpose(tree: ParsedText, candidate: Candidate) -> bool:
    """A website *to explain* the rules, went there *to lobby* for funds: what something is for."""
    anchor = tree[candidate.anchor]
    return anchor.dep in ("acl", "advcl", "relcl") and anchor.lemma in LEXICON.purposes and has_to(tree, anchor.index)


def _is_of_thing(tree: ParsedText, candidate: Candidate) -> bool:
    """*Telephones* offer a fast connection, *a body* called the League: what a thing does or is called."""
    if candidate.construction != "object" or not candidate.source:
        return False
    token = tree[tree.top(candidate.source)]
    is_indefinite = tree[min(candidate.source)].lower in ("a", "an")
    is_called = candidate.key in LEXICON.naming and token.index == candidate.anchor - 1
    if is_called and is_indefinite and token.pos == "NOUN":
        return True
    parts = [word for of in tree.deps(token.index, "prep") if tree[of].lower == "of" for word in tree.deps(of, "pobj")]
    has_people = any(tree[word].lemma in PERSON_NOUNS | MEMBERS for word in (token.index, *parts))
    # a number of members has a voice, the tone of a text has none
    has_voice = has_people or token.entity or token.lemma in SPEAKING_BODIES | OCCASIONS
    return candidate.key in LEXICON.of_people_alone and token.pos == "NOUN" and not has_voice


def _is_empty(tree: ParsedText, candidate: Candidate, head: int, verdict: CueVerdict) -> bool:
    """Agreed with *the analysis*, admitted to *the newspaper*, his statement of *Thursday's debate*: no content."""
    lemma = tree[head].lemma.lower()
    if candidate.construction == "noun" and candidate.key.endswith(" of") and lemma in OCCASIONS:
        return True
    is_addressee = candidate.construction == "prep" and candidate.key.endswith(" to") and lemma in LEXICON.listeners
    if is_addressee and candidate.key.split()[0] in QUOTE_CUES:
        return True
    is_judged = verdict.kind == "judging" and candidate.construction == "object"  # criticised the column
    if (
        is_judged
        or tree[candidate.anchor].lemma in DENIALS | REJECTIONS | LEXICON.retracting
        or lemma not in LEXICON.empty_nouns
    ):
        return False
    others = (word for word in candidate.content if word != head and tree[word].pos not in ("PUNCT", "ADP"))
    return all(tree[word].lower in LEXICON.determiners for word in others)


def _is_omission(tree: ParsedText, candidate: Candidate, verdict: CueVerdict) -> bool:
    """*Did not defend* the plan: what somebody left undone."""
    has_did = any(tree[word].lemma == "do" and tree[word].tag == "VBD" for word in tree.deps(candidate.anchor, "aux"))
    is_open = candidate.key.startswith("rule out")
    is_judging = verdict.kind == "judging" or candidate.key in LEXICON.omitting
    return candidate.negated and has_did and not is_open and is_judging and candidate.construction == "object"
