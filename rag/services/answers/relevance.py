"""How well each sentence answers the question, by a judge that reads the two together.

A sentence is judged by itself and behind its headline and the sentence before, as it may need these to be understood
("The coastguard said 19 had died."); its score is the mean of the log-odds, so that neither the answer of its neighbour
nor its own words alone make it one. Then come the checks that a judge is weak on: what the question pins down
(`requirements`) must not differ in the sentence. No number here depends on what else the library holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rag.domain import Evidence, EvidenceSentence, Span
from rag.knowledge.words import MONTH_FORMS
from rag.providers.base import RelevanceJudge, log_odds, score_of
from rag.question.coverage import expand_acronyms, missing_names, shared_words
from rag.question.kinds import clauses_of, presupposition_of
from rag.question.lexicon import PATTERNS
from rag.question.requirements import Requirements
from rag.services.answers.base import overlaps
from rag.text.sentences import sentence_before
from rag.text.terms import content_words, words

_MOST_OF_PASSAGE = (10, 7, 5, 4, 3, 3, 3, 2, 2, 2)  # sentences that are judged, best passage first
_OF_DENIAL = 5.0  # log-odds by which the reply to whether it is so is a less likely answer
_UNRELATED = -7.0  # log-odds alone below which no context makes a sentence an answer
_OFF_SUBJECT = 1.0  # log-odds that a sentence loses if neither it nor its context has anything of the subject
_DIGITS = re.compile(r"\d+")
_LABEL = 2  # characters: "Q.", "A:"
_CELL = 60  # characters of a cell of a table
_SENTENCES_BEFORE = 6  # in which whom a sentence is about may be named
_MIDPOINT, _SLOPE = 0.0, 2.5  # of the support: log-odds at which it is .5, and how slowly it rises


def judge_sentences(judge: RelevanceJudge, question: str, needs: Requirements, evidence: Evidence) -> Evidence:
    """The evidence with each sentence scored 0..1 by how well it answers; those that the judge did not read have 0.
    Raises ModelError.
    """
    candidates = _candidates(question, evidence)
    if not candidates:
        return replace(evidence, judged=True)
    texts = [expand_acronyms(_readable(evidence, at), needs.names) for at in candidates]
    logits = dict(zip(candidates, _logits(judge, question, texts), strict=True))
    denials = _denials(judge, question, needs, candidates, evidence)
    logits |= _in_context(judge, question, needs, logits, evidence)
    logits |= {at: max(logits[at], odds - _OF_DENIAL) for at, odds in denials.items()}
    remoteness = _remoteness(needs, [evidence.sentences[at] for at in candidates], evidence.texts)
    scores = {
        at: score_of(logit - remoteness[item.article_id] - needs.sentence_penalty(item.text, item.published))
        for at, logit in logits.items()
        if (item := evidence.sentences[at])
    }
    scored = (replace(item, score=round(scores.get(at, 0.0), 6)) for at, item in enumerate(evidence.sentences))
    return replace(evidence, sentences=tuple(scored), judged=True)


def _readable(evidence: Evidence, at: int) -> str:
    """The text of a sentence; of a row of a table each cell behind its column's head; empty for the head itself, and
    for a day that stands alone.
    """
    item = evidence.sentences[at]
    cells = _cells(item.text)
    if not cells:
        terms = set(content_words(_DIGITS.sub("", item.text)))
        return "" if terms and terms <= MONTH_FORMS.keys() else item.text
    first = at
    while first and evidence.sentences[first - 1].article_id == item.article_id:
        if len(_cells(evidence.sentences[first - 1].text)) != len(cells):
            break
        first -= 1
    if first == at:
        following = evidence.sentences[at + 1].text if at + 1 < len(evidence.sentences) else ""
        return "" if len(_cells(following)) == len(cells) else item.text
    head = _cells(evidence.sentences[first].text)
    return ", ".join(f"{name}: {cell}" if name else cell for name, cell in zip(head, cells, strict=True))


def _cells(text: str) -> list[str]:
    """The cells of a row of a table; none for other text."""
    cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
    return cells if len(cells) > 1 and all(len(cell) <= _CELL for cell in cells) else []


def _logits(judge: RelevanceJudge, question: str, texts: Sequence[str]) -> list[float]:
    """The log-odds of texts for the question, or for the clause that they answer best if it asks several things."""
    scores = [judge.judge(clause, texts) for clause in clauses_of(question)]
    return [max(map(log_odds, of_text)) for of_text in zip(*scores, strict=True)]


def _candidates(question: str, evidence: Evidence) -> list[int]:
    """The indices of the sentences worth judging: of each passage those that share most words with the question, or
    follow such, or open the passage. How many depends on the rank of the passage alone.
    """
    terms = set(content_words(question))
    overlap = [shared_words(terms, item.text) for item in evidence.sentences]
    places: dict[tuple[str, str], list[int]] = {}
    for at, item in enumerate(evidence.sentences):
        places.setdefault((item.article_id, item.version), []).append(at)
    indices: dict[int, None] = {}
    # Articles whose passages lost what stood around the sentences set aside.
    cut_articles = {(item.article_id, item.version) for item in evidence.quarantined}
    for most, hit in zip(_MOST_OF_PASSAGE, evidence.hits, strict=False):
        key = (hit.article_id, hit.version)
        span = Span(hit.start, hit.end)
        own = [at for at in places.get(key, ()) if key in cut_articles or evidence.sentences[at].span.touches(span)]
        near = {at: overlap[at] + 0.5 * (overlap[at - 1] if at - 1 in own else 0) + 0.4 * (at == own[0]) for at in own}
        indices |= dict.fromkeys(sorted(own, key=lambda at, near=near: (-near[at], at))[:most])  # type: ignore[misc]
    if not evidence.hits:
        return list(range(min(len(overlap), sum(_MOST_OF_PASSAGE))))
    return sorted(indices)


def _in_context(
    judge: RelevanceJudge, question: str, needs: Requirements, logits: Mapping[int, float], evidence: Evidence
) -> dict[int, float]:
    """The mean log-odds of sentences alone and behind their context, of those that may answer. The reply to a question
    in the text counts with that alone.
    """
    before = {at: _before(evidence, at).rstrip() for at in logits}
    replies = {at for at, text in before.items() if text.endswith("?")}
    places = [at for at, logit in logits.items() if logit > _UNRELATED or at in replies]
    texts = [f"{_context(evidence, at, before[at], needs)} {_readable(evidence, at)}".strip() for at in places]
    joint = _logits(judge, question, [expand_acronyms(text, needs.names) for text in texts])
    return {
        at: (logit if at in replies else (logits[at] + logit) / 2) - _off_subject(needs, text)
        for at, text, logit in zip(places, texts, joint, strict=True)
    }


def _denials(
    judge: RelevanceJudge, question: str, needs: Requirements, candidates: Sequence[int], evidence: Evidence
) -> dict[int, float]:
    """The log-odds of sentences that deny what the question takes for granted: "No deaths were reported." for how many
    died.
    """
    polar = presupposition_of(question)
    places = [at for at in candidates if polar and PATTERNS.denies.search(evidence.sentences[at].text)]
    if polar is None or not places:
        return {}
    alone = dict(zip(places, _logits(judge, polar, [_readable(evidence, at) for at in places]), strict=True))
    return _in_context(judge, polar, needs, alone, evidence)


def _before(evidence: Evidence, at: int) -> str:
    """The sentence before, in the same article; empty for the first."""
    item = evidence.sentences[at]
    text = evidence.texts.get((item.article_id, item.version), "")
    before = sentence_before(text, item.start)
    if before and len(before) <= _LABEL:  # the letter of who asks or answers
        before = sentence_before(text, before.start)
    return before.of(text) if before else ""


def _off_subject(needs: Requirements, text: str) -> float:
    """The log-odds that a sentence with its context loses for words of the question's subject that these lack."""
    if not needs.subject:
        return 0.0
    return _OFF_SUBJECT * (1 - shared_words(needs.subject, text) / len(needs.subject))


def _context(evidence: Evidence, at: int, before: str, needs: Requirements) -> str:
    """Headline, the sentence before and the speaker of a statement that its sentence does not name. If all of these are
    on none of the names or the subject of the question, also the last sentence that is.
    """
    item = evidence.sentences[at]
    parts = [f"{item.title.rstrip('.')}." if item.title else "", before]
    if _lacks_all(f"{item.title} {before} {item.text}", needs):
        earlier = reversed(evidence.sentences[max(0, at - _SENTENCES_BEFORE) : at])
        own = (one.text for one in earlier if one.article_id == item.article_id)
        parts.insert(1, next((text for text in own if not _lacks_all(text, needs)), ""))
    speaker = next((one.speaker for one in evidence.statements if one.speaker and overlaps(one, item)), None)
    if speaker and not set(words(speaker)[-1:]) & set(words(f"{before} {item.text}")):
        parts.append(f"{speaker}:")
    return " ".join(filter(None, parts))


def _lacks_all(text: str, needs: Requirements) -> bool:
    """True for a text with none of the names of the question, or without such names with nothing of its subject."""
    if needs.names:
        return len(missing_names(needs.names, text)) == len(needs.names)
    return bool(needs.subject) and not needs.subject & set(content_words(text))


def _remoteness(
    needs: Requirements, items: Sequence[EvidenceSentence], texts: Mapping[tuple[str, str], str]
) -> dict[str, float]:
    """The log-odds that the sentences of each article lose because it is about something else."""
    full_texts = {
        item.article_id: f"{item.title}\n{item.outlet or ''}\n{texts.get((item.article_id, item.version), item.text)}"
        for item in items
    }
    return {key: needs.article_penalty(text) for key, text in full_texts.items()}


def support_of(score: float) -> float:
    """The support of an answer, 0..1, by the score of its best sentence: .5 if that may just answer."""
    return score_of((log_odds(score) - _MIDPOINT) / _SLOPE)


def best_of(items: Iterable[EvidenceSentence]) -> EvidenceSentence | None:
    """The sentence with the highest score; the first of equal ones."""
    return max(items, key=lambda item: item.score, default=None)
