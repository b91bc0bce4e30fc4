"""What was not said: refusals to speak, questions, forecasts of speech, and things that "say" in a figure of speech.

None of these is a statement. A denial, a refusal to act and a negated claim ("has not confirmed that ...") are.
"""

from __future__ import annotations

from rag.knowledge.tables import words_of
from rag.statements.cues import Verdict
from rag.statements.grammar import has_mark, has_to
from rag.statements.nonspeech import is_deed
from rag.statements.nouns import FIGURES, OCCASIONS, PERSON_NOUNS
from rag.statements.parsed_text import ParsedText
from rag.statements.phrase_candidates import Candidate

_UTTERING = words_of("statements", "uttering")
"""Verbs of speech: who does not do them, or will not, has said nothing."""
_DECLINING = words_of("statements", "declining")
_ADDRESSING = words_of("statements", "addressing")
_ABLE = words_of("statements", "able")
_TALKING = words_of("statements", "talking")
_MEETING = words_of("statements", "meeting")
_HEARD = ("transcript", "quote", "according", "in words", "relayed", "block")
"""Constructions that hand on words: what they introduce was said."""
_POSSIBLE = words_of("statements", "possible")
_SEEMING = words_of("statements", "seeming")
_HANDING = words_of("statements", "handing")
_FORECASTING = words_of("statements", "forecasting")
_ASKING = words_of("statements", "asking")
_QUESTIONING = words_of("statements", "asking", "questioning")
_VOICING = words_of("statements", "voicing")
_QUESTION_TAGS = ("WP", "WRB", "WDT", "WP$")
_COMMENTS = words_of("statements", "comments")
_REQUESTS = words_of("statements", "requests")
_DECLARED = words_of("statements", "declared")
_DECLARING = words_of("statements", "declaring")


def unsaid(tree: ParsedText, candidate: Candidate, verdict: Verdict) -> bool:
    """True for a candidate that is no statement because nothing was said."""
    if candidate.construction in ("transcript", "quote", "according", "in words"):
        return False
    if is_deed(tree, candidate, verdict):
        return True
    return (
        _sought(tree, candidate)
        or _constituted(tree, candidate)
        or _voiceless(tree, candidate, verdict)
        or _is_expletive(tree, candidate)
    )


def withheld(tree: ParsedText, candidate: Candidate, verdict: Verdict) -> bool:
    """True for words that nobody said though a verb of saying governs them; nothing inside them was said either."""
    if candidate.construction in ("transcript", "quote", "according", "in words"):
        return False
    return (
        _refused(tree, candidate)
        or _not_uttered(tree, candidate)
        or _forecast(tree, candidate)
        or _asked(tree, candidate)
        or _put_to(tree, candidate)
        or _nobody(tree, candidate)
        or _supposed(tree, candidate)
    )


def _quoted(tree: ParsedText, candidate: Candidate) -> bool:
    return tree.any_quoted(candidate.content)


def _refused(tree: ParsedText, candidate: Candidate) -> bool:
    """*Refused to name* the victim; declined to *say* whether: both the refusal and what it is a refusal of."""
    anchor = candidate.anchor
    if tree[anchor].lemma in _DECLINING and not candidate.negated:
        refused = [word for word in tree.deps(anchor, "xcomp") if has_to(tree, word)]
        return any(tree[word].lemma in _UTTERING for word in refused) and not _quoted(tree, candidate)
    top = anchor
    while tree[top].dep == "conj" and tree[tree[top].head].tag == tree[top].tag:
        top = tree[top].head
    above = tree[tree[top].head]
    if tree[top].dep != "xcomp" or tree[anchor].lemma not in _UTTERING:
        return False
    unable = above.lemma in _ABLE and any(tree[word].dep == "neg" for word in tree.children[above.head])
    return above.lemma in _DECLINING or unable


def _nobody(tree: ParsedText, candidate: Candidate) -> bool:
    """*No group* has claimed it; *nobody* said."""
    words = sorted(candidate.source)
    return bool(words) and tree[words[0]].lower in ("no", "nobody", "none", "neither", "no-one")


def _not_uttered(tree: ParsedText, candidate: Candidate) -> bool:
    """*Did not say* how many; would not *confirm* the date; *did not respond* to questions."""
    anchor = candidate.anchor
    if not candidate.negated or tree[anchor].lemma not in _UTTERING | _VOICING or _quoted(tree, candidate):
        return False
    if tree[anchor].lemma in _VOICING:
        return True  # did not express remorse *that he had lied*
    if tree[anchor].lemma == "explain" and tree.has_text(candidate.cue, "could"):
        return False
    clause = any(has_mark(tree, word, "that") for word in tree.deps(anchor, "ccomp"))
    return not clause or tree[anchor].lemma in ("say", "tell", "reveal", "disclose")


def _forecast(tree: ParsedText, candidate: Candidate) -> bool:
    """*Is expected to say*; is due to *speak*; is to *make* a statement."""
    anchor = candidate.anchor
    if tree[anchor].dep != "xcomp" or not has_to(tree, anchor):
        return False
    above = tree[tree[anchor].head]
    if tree[anchor].lemma not in _UTTERING | _ADDRESSING:
        return False
    doer = tree.child(above.index, "nsubj")
    person = doer is not None and (tree[doer].pos in ("PROPN", "PRON") or tree[doer].lemma in PERSON_NOUNS)
    due = above.lemma == "be" and person and not tree.deps(above.index, "acomp", "attr")
    return above.lemma in _FORECASTING or due


def is_report(tree: ParsedText, candidate: Candidate) -> bool:
    """True where the reporter tells of words and nobody is heard: *amid claims* that the dam leaks; he *could offer* a
    deal; met *to talk about* the strike; the firm *released* its plan.
    """
    if not candidate.source:
        return candidate.construction not in (*_HEARD, "clause", "inserted")
    if candidate.construction in _HEARD or _quoted(tree, candidate):
        return False
    auxiliaries = {tree[word].lower for word in candidate.cue if tree[word].dep == "aux"}
    return (
        bool(auxiliaries & _POSSIBLE)
        or tree[tree[candidate.anchor].head].lemma in _SEEMING
        or _is_purpose(tree, candidate)
        or (candidate.construction == "object" and candidate.key in _HANDING)
    )


def _is_expletive(tree: ParsedText, candidate: Candidate) -> bool:
    """*It* is worth *noting* that, *it* goes without *saying* that, *let us say* that: a turn of the writer's own."""
    words = {tree[word].lower for word in candidate.source}
    above = tree[tree[candidate.anchor].head]
    return (words == {"it"} and above.lemma in ("worth", "without")) or (
        bool(words) and words <= {"us", "'s", "’s"} and above.lemma == "let"
    )


def _is_purpose(tree: ParsedText, candidate: Candidate) -> bool:
    """Met *to talk about* the strike: what for, not what was said."""
    anchor = candidate.anchor
    above = tree[tree[anchor].head]
    meant = tree[anchor].dep == "advcl" or (tree[anchor].dep == "xcomp" and above.lemma in _MEETING)
    return meant and tree[anchor].lemma in _TALKING and has_to(tree, anchor)


def _asked(tree: ParsedText, candidate: Candidate) -> bool:
    """*Asked* whether it would close, *wondered* how: an indirect question."""
    if tree[candidate.anchor].lemma not in _ASKING or _quoted(tree, candidate):
        return False
    if candidate.construction not in ("clause", "object", "passive clause"):
        return False
    words = [word for word in sorted(candidate.content) if tree[word].pos != "PUNCT"][:2]
    return any(tree[word].tag in _QUESTION_TAGS or tree[word].lower in ("whether", "if") for word in words)


def _put_to(tree: ParsedText, candidate: Candidate) -> bool:
    """Asked whether he *thought* it safe, Roe said no: what somebody asked is nobody's statement."""
    for up in (candidate.anchor, *tree.ancestors(candidate.anchor)):
        if has_mark(tree, up, "if", "whether"):
            return tree[tree[up].head].lemma in _QUESTIONING and not _quoted(tree, candidate)
        if tree[up].dep not in ("xcomp", "conj"):
            return False
    return False


def _supposed(tree: ParsedText, candidate: Candidate) -> bool:
    """Has a remedy if he *thinks* it unfair: what somebody may think or say has not been said."""
    top = candidate.anchor
    while tree[top].dep in ("conj", "xcomp") and tree[top].head != top:
        top = tree[top].head
    return has_mark(tree, top, "if", "unless") and not _quoted(tree, candidate)


def _sought(tree: ParsedText, candidate: Candidate) -> bool:
    """Did not respond to *a request for comment*; *had no comment*; could not be reached *for comment*."""
    words = [word for word in candidate.content if tree[word].is_noun]
    anchor = tree[candidate.anchor]
    if anchor.lemma in _REQUESTS and any(tree[word].lemma in _COMMENTS for word in words) and len(words) < 3:
        return True
    if anchor.pos == "NOUN" and anchor.lemma in _REQUESTS and anchor.dep in ("nsubj", "nsubjpass"):
        above = tree[anchor.head]  # calls to the firm *were not returned*, *went unanswered*
        denied = tree.child(above.index, "neg") is not None or tree.child(above.index, "acomp") is not None
        if above.lemma in ("return", "answer", "go", "be", "respond", "reply") and denied:
            return True
    if anchor.lemma in ("respond", "reply", "answer", "return") and candidate.negated:
        return True
    nothing = tree.has_text(candidate.cue | candidate.content, "no", "any")
    spoken = candidate.key.split()[-1] == "comment" or "comment" in candidate.key.split()
    return spoken and (nothing or candidate.negated)


def _constituted(tree: ParsedText, candidate: Candidate) -> bool:
    """*Declared* its independence, *declared* a dividend, *announced* itself: an act or an event, no words."""
    if tree[candidate.anchor].lemma not in _DECLARING or _quoted(tree, candidate):
        return False
    if candidate.construction == "clause" and any(
        has_mark(tree, w, "that") for w in tree.deps(candidate.anchor, "ccomp")
    ):
        return False
    head = tree.top(candidate.content)
    first = min(candidate.content)
    reflexive = tree[first].lower in ("itself", "themselves", "himself", "herself")
    return tree[head].lemma in _DECLARED or reflexive


def _voiceless(tree: ParsedText, candidate: Candidate, verdict: Verdict) -> bool:
    """*Experience says*, his *hands said* more, *profits suggested* a good year."""
    if verdict.stance or not candidate.source or _quoted(tree, candidate):
        return False
    head = tree.top(candidate.source)
    token = tree[head]
    if token.pos != "NOUN" or token.entity in ("ORG", "PERSON", "GPE", "NORP"):
        return False
    return token.lemma in FIGURES and token.lemma not in PERSON_NOUNS | OCCASIONS
