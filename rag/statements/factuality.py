"""Whether words were uttered: refusals to speak, questions, forecasts of speech and figures of speech were not.

None of these is a statement. A denial, a refusal to act and a negated claim ("has not confirmed that ...") are.
"""

from __future__ import annotations

from rag.knowledge.words import MODAL_FORMS, verbs_of, verbs_used
from rag.statements.cues import QUOTE_CUES, CueVerdict
from rag.statements.grammar import has_mark, has_to, names_person
from rag.statements.lexicon import FIGURES, LEXICON, OCCASIONS, PERSON_NOUNS
from rag.statements.nonspeech import is_act
from rag.statements.parsed_text import ParsedText
from rag.statements.phrase_candidates import Candidate

_ASKING_VERBS = verbs_of("question") - verbs_used("doubts")
_PRESSING_VERBS = _ASKING_VERBS | LEXICON.questioning
_WH_TAGS = ("WP", "WRB", "WDT", "WP$")
_QUOTE_CONSTRUCTIONS = ("transcript", "quote", "according", "in words")
"""Constructions that hand on words whatever the verb: what they introduce was said."""


def is_no_statement(tree: ParsedText, candidate: Candidate, verdict: CueVerdict) -> bool:
    """True for a candidate that tells an act or a figure of speech instead of words."""
    if candidate.construction in _QUOTE_CONSTRUCTIONS:
        return False
    return (
        is_act(tree, candidate, verdict)
        or _is_request(tree, candidate)
        or _is_performative(tree, candidate)
        or _is_figure(tree, candidate, verdict)
        or _is_expletive(tree, candidate)
    )


def is_nonfactual(tree: ParsedText, candidate: Candidate) -> bool:
    """True for words that nobody said though a verb of saying governs them; nothing inside them was said either."""
    if candidate.construction in _QUOTE_CONSTRUCTIONS:
        return False
    return (
        _has_no_source(tree, candidate)
        or _is_forecast(tree, candidate)
        or (
            not tree.any_quoted(candidate.content)
            and (
                _is_not_uttered(tree, candidate)
                or _is_indirect_question(tree, candidate)
                or _is_put_to(tree, candidate)
                or _is_hypothetical(tree, candidate)
                or _is_event(tree, candidate)
                or _is_likeness(tree, candidate)
                or _is_prevented(tree, candidate)
            )
        )
        or _is_refusal(tree, candidate)
    )


def is_report(tree: ParsedText, candidate: Candidate) -> bool:
    """True where the reporter tells of words and nobody is heard: *amid claims* that the dam leaks; he *could offer* a
    deal; met *to talk about* the strike; the firm *released* its plan.
    """
    is_quoting = candidate.construction in (*_QUOTE_CONSTRUCTIONS, "relayed", "block")
    if not candidate.source:
        return not is_quoting and candidate.construction not in ("clause", "inserted")
    if is_quoting or tree.any_quoted(candidate.content):
        return False
    return (
        tree.has_text((word for word in candidate.cue if tree[word].dep == "aux"), *MODAL_FORMS)
        or tree[tree[candidate.anchor].head].lemma in LEXICON.seeming
        or _is_purpose(tree, candidate)
        or (candidate.construction == "object" and candidate.key in LEXICON.handing)
    )


def _is_refusal(tree: ParsedText, candidate: Candidate) -> bool:
    """*Refused to name* the victim; declined to *say* whether: both the refusal and what it is a refusal of."""
    anchor = candidate.anchor
    if tree[anchor].lemma in LEXICON.declining and not candidate.negated:
        complements = [word for word in tree.deps(anchor, "xcomp") if has_to(tree, word)]
        is_speech = any(tree[word].lemma in LEXICON.uttering for word in complements)
        return is_speech and not tree.any_quoted(candidate.content)
    top = anchor
    while tree[top].dep == "conj" and tree[tree[top].head].tag == tree[top].tag:
        top = tree[top].head
    above = tree[tree[top].head]
    if tree[top].dep != "xcomp" or tree[anchor].lemma not in LEXICON.uttering:
        return False
    is_unable = above.lemma in LEXICON.able and any(tree[word].dep == "neg" for word in tree.children[above.head])
    return above.lemma in LEXICON.declining or is_unable


def _has_no_source(tree: ParsedText, candidate: Candidate) -> bool:
    """*No group* has claimed it; *nobody* said."""
    return tree.has_text(sorted(candidate.source)[:1], "no", "nobody", "none", "neither", "no-one")


def _is_not_uttered(tree: ParsedText, candidate: Candidate) -> bool:
    """*Did not say* how many; would not *confirm* the date; *did not respond* to questions; did not *express* remorse
    that he had lied."""
    lemma = tree[candidate.anchor].lemma
    if not candidate.negated or lemma not in LEXICON.uttering | LEXICON.voicing:
        return False
    if lemma == "explain" and tree.has_text(candidate.cue, "could"):
        return False
    has_that = any(has_mark(tree, word, "that") for word in tree.deps(candidate.anchor, "ccomp"))
    return not has_that or lemma in LEXICON.voicing | LEXICON.disclosing


def _is_forecast(tree: ParsedText, candidate: Candidate) -> bool:
    """*Is expected to say*; is due to *speak*; is to *make* a statement."""
    anchor = candidate.anchor
    above = tree[tree[anchor].head]
    if (
        tree[anchor].dep != "xcomp"
        or not has_to(tree, anchor)
        or tree[anchor].lemma not in LEXICON.uttering | LEXICON.addressing
    ):
        return False
    if above.lemma in LEXICON.permitting and tree.deps(above.index, "auxpass"):
        return True  # clerks would be allowed to deny licences
    doer = tree.child(above.index, "nsubj")
    is_person = doer is not None and (tree[doer].pos in ("PROPN", "PRON") or tree[doer].lemma in PERSON_NOUNS)
    is_due = above.lemma == "be" and is_person and not tree.deps(above.index, "acomp", "attr")
    return above.lemma in LEXICON.forecasting or is_due


def _is_expletive(tree: ParsedText, candidate: Candidate) -> bool:
    """*It* is worth *noting* that, *it* is too soon *to say*, *let us say* that: a turn of the writer's own; and *this
    said* more than a speech."""
    words, anchor = {tree[word].lower for word in candidate.source}, tree[candidate.anchor]
    if words == {"it"}:
        above = tree[anchor.head] if tree[anchor.head].is_verb else tree[tree[anchor.head].head]
        is_adverbial = anchor.dep in ("xcomp", "advcl", "ccomp") and has_to(tree, anchor.index) and above.lemma == "be"
        return is_adverbial or tree[anchor.head].lemma in ("worth", "without")
    if len(words) == 1 and words <= LEXICON.pointing:
        return anchor.dep != "relcl" and all(tree[word].tag != "WDT" for word in candidate.source)
    return bool(words) and words <= {"us", "'s", "’s"} and tree[anchor.head].lemma == "let"


def _is_purpose(tree: ParsedText, candidate: Candidate) -> bool:
    """Met *to talk about* the strike: what for, not what was said."""
    anchor = tree[candidate.anchor]
    is_adjunct = anchor.dep == "advcl" or (anchor.dep == "xcomp" and tree[anchor.head].lemma in LEXICON.meeting)
    return is_adjunct and anchor.lemma in LEXICON.talking and has_to(tree, anchor.index)


def _is_indirect_question(tree: ParsedText, candidate: Candidate) -> bool:
    """*Asked* whether it would close, *wondered* how."""
    if tree[candidate.anchor].lemma not in _ASKING_VERBS:
        return False
    words = [word for word in sorted(candidate.content) if tree[word].pos != "PUNCT"][:2]
    has_wh = any(tree[word].tag in _WH_TAGS for word in words) or tree.has_text(words, "whether", "if")
    return has_wh and candidate.construction in ("clause", "object", "passive clause")


def _is_put_to(tree: ParsedText, candidate: Candidate) -> bool:
    """Asked whether he *thought* it safe, Roe said no: what somebody asked is nobody's statement."""
    for up in (candidate.anchor, *tree.ancestors(candidate.anchor)):
        if has_mark(tree, up, "if", "whether"):
            return tree[tree[up].head].lemma in _PRESSING_VERBS
        if tree[up].dep not in ("xcomp", "conj"):
            return False
    return False


def _is_hypothetical(tree: ParsedText, candidate: Candidate) -> bool:
    """Has a remedy if he *thinks* it unfair: what somebody may think or say has not been said."""
    top = candidate.anchor
    while tree[top].dep in ("conj", "xcomp") and tree[top].head != top:
        top = tree[top].head
    return has_mark(tree, top, "if", "unless") or (has_mark(tree, top, "as") and has_mark(tree, top, "though"))


def _is_event(tree: ParsedText, candidate: Candidate) -> bool:
    """The inquiry *follows* remarks to a crowd: words as something that happened; and what that thing is said to say
    only by mistake: *the move* follows a judgment that ..."""
    anchor = tree[candidate.anchor]
    if candidate.construction != "noun" or anchor.dep != "dobj" or tree[anchor.head].lemma not in LEXICON.following:
        return False
    doers = tree.deps(anchor.head, "nsubj")
    things = [doer for doer in doers if tree[doer].pos == "NOUN" or tree[doer].lower in LEXICON.thing_pronouns]
    if not doers or things != doers or any(names_person(tree, doer) for doer in doers):
        return False
    is_topic = candidate.key.endswith((" about", " on", " over", " to"))
    return is_topic or not candidate.source.isdisjoint(doers)


def _is_likeness(tree: ParsedText, candidate: Candidate) -> bool:
    """He *echoed* Roe: that somebody sounds like another tells nothing of what either said."""
    is_echo = candidate.construction == "object" and tree[candidate.anchor].lemma in LEXICON.echoing
    return is_echo and names_person(tree, tree.top(candidate.content))


def _is_prevented(tree: ParsedText, candidate: Candidate) -> bool:
    """Kept her *from writing* about it: what somebody was not let say."""
    anchor = tree[candidate.anchor]
    verb = tree[tree[anchor.head].head]
    is_kept = anchor.dep == "pcomp" and tree[anchor.head].lower == "from" and verb.lemma in LEXICON.preventing
    return is_kept and anchor.lemma in QUOTE_CUES and not tree.deps(verb.index, "neg")


def _is_request(tree: ParsedText, candidate: Candidate) -> bool:
    """Did not respond to *a request for comment*; *had no comment*; could not be reached *for comment*."""
    nouns = [word for word in candidate.content if tree[word].is_noun]
    anchor, key = tree[candidate.anchor], candidate.key.split()
    is_request = anchor.lemma in LEXICON.requests
    is_under_request = tree[tree[anchor.head].head].lemma in LEXICON.requests and tree[anchor.head].lower == "for"
    if anchor.lemma in LEXICON.comments and anchor.dep == "pobj" and is_under_request:
        return True  # referred requests for *comment to* her lawyer
    has_comment = any(tree[word].lemma in LEXICON.comments for word in nouns) and len(nouns) < 3
    is_for_comment = anchor.is_noun and tree[tree.top(candidate.content)].lemma in LEXICON.comments
    if is_request and (has_comment or is_for_comment):
        return True
    if is_request and anchor.pos == "NOUN" and anchor.dep in ("nsubj", "nsubjpass"):
        above = tree[anchor.head]  # calls to the firm *were not returned*, *went unanswered*
        is_unanswered = bool(tree.deps(above.index, "neg", "acomp"))
        if above.lemma in LEXICON.answering | {"go", "be"} and is_unanswered:
            return True
    if anchor.lemma in LEXICON.answering and candidate.negated:
        return True
    is_negative = candidate.negated or tree.has_text(candidate.cue | candidate.content, "no", "any")
    return "comment" in key and is_negative


def _is_performative(tree: ParsedText, candidate: Candidate) -> bool:
    """*Declared* its independence, *declared* a dividend, *announced* itself: an act or an event, no words."""
    clauses = tree.deps(candidate.anchor, "ccomp") if candidate.construction == "clause" else []
    if tree[candidate.anchor].lemma not in LEXICON.declaring or tree.any_quoted(candidate.content):
        return False
    if any(has_mark(tree, clause, "that") for clause in clauses):
        return False
    is_reflexive = tree[min(candidate.content)].lower in LEXICON.reflexives
    return is_reflexive or tree[tree.top(candidate.content)].lemma in LEXICON.declared


def _is_figure(tree: ParsedText, candidate: Candidate, verdict: CueVerdict) -> bool:
    """*Experience says*, his *hands said* more, *profits suggested* a good year."""
    if verdict.stance or not candidate.source or tree.any_quoted(candidate.content):
        return False
    head = tree.top(candidate.source)
    if tree[head].pos != "NOUN" or tree[head].entity in ("ORG", "GPE", "NORP") or names_person(tree, head):
        return False
    speaks = tree[head].lemma in ("figure", "voice") and tree.has_text(tree.children[head], *LEXICON.some)
    return tree[head].lemma in FIGURES - OCCASIONS and not speaks
