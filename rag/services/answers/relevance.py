"""How well each sentence answers the question, by a judge that reads the two together.

A sentence is judged by itself. One that needs its context ("The coastguard said 19 had died.") is judged again behind
its headline and the sentence before; that counts only as far as these do not answer by themselves. Then come the checks
that a judge is weak on: what the question pins down (`requirements`) must not differ in the sentence, and a value that
the question asks for must be there. No number here depends on what else the library holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rag.domain import Evidence, EvidenceSentence, Span
from rag.providers.base import RelevanceJudge, log_odds, score_of
from rag.question.answer_type import AnswerType, gives_reason, spans_of
from rag.question.coverage import expand_acronyms, missing_names, shared_words
from rag.question.requirements import Requirements
from rag.services.answers.base import overlaps
from rag.services.answers.linked import linked_log_odds
from rag.services.answers.rewording import reworded_log_odds
from rag.text.sentences import sentence_before
from rag.text.terms import content_words, words

_MOST_OF_PASSAGE = (10, 7, 5, 4, 3, 3, 3, 2, 2, 2)  # sentences that are judged, best passage first
_MOST_IN_CONTEXT = 12  # sentences that are judged again with their context
_SURE = 7.0  # log-odds from which on a sentence needs no context
_UNRELATED = -8.0  # log-odds below which neither a sentence nor the one before it is about the question
_LABEL = 2  # characters: "Q.", "A:"
_CELL = 60  # characters of a cell of a table
_SENTENCES_BEFORE = 6  # in which whom a sentence is about may be named
_GAIN = 0.7  # log-odds that a sentence must add to its context, to count with it
_MIDPOINT, _SLOPE = 1.5, 2.5  # of the support: log-odds at which it is .5, and how slowly it rises
_ANSWERS = 1.5  # log-odds from which on the context is an answer itself
_CONTEXT_COST = 0.5  # log-odds that are taken off what only answers with its context
_NO_REASON_COST = 1.0  # log-odds for a reason without a word of reason, which its context may only seem to make one
_FAR, _FAR_COST = -8.0, 5.0  # log-odds of a sentence alone below which its context has nearly all of the answer's words
# Log-odds before every other sentence of the article from which one stands out, and what that is worth, up to a score
# that may just answer: an answer in other words than the question's scores low, but all else in its article far lower.
_AHEAD, _STANDS_OUT, _AT_MOST = 7.0, 2.5, 4.0
_AHEAD_WITH_WORDS = 4.5  # the same of a sentence that has all words of the question
_FEWEST_OTHERS = 2  # sentences of its article that are judged beside it


def judge_sentences(judge: RelevanceJudge, question: str, needs: Requirements, evidence: Evidence) -> Evidence:
    """The evidence with each sentence scored 0..1 by how well it answers; those that the judge did not read have 0.
    Raises ModelError.
    """
    candidates = _candidates(question, evidence)
    if not candidates:
        return replace(evidence, judged=True)
    texts = [expand_acronyms(_readable(evidence, at), needs.names) for at in candidates]
    logits = dict(zip(candidates, _logits(judge, question, texts), strict=True))
    before = {at: _before(evidence, at) for at in logits}
    logits |= reworded_log_odds(
        lambda question, texts: _logits(judge, question, texts),
        question,
        needs,
        logits,
        evidence,
        before,
    )
    linked = linked_log_odds(lambda texts: _logits(judge, question, texts), question, needs, logits, evidence)
    raised = _in_context(judge, question, needs, logits, evidence, before) | linked
    ahead = list(_outstanding(logits, needs, evidence))
    logits |= {at: max(logits[at], min(_AT_MOST, logits[at] + _STANDS_OUT)) for at in ahead}
    logits |= {at: max(logits[at], _ANSWERS + _GAIN) for at in ahead if needs.meets_all(evidence.sentences[at].text)}
    logits |= {at: max(logit, logits.get(at, logit)) for at, logit in raised.items()}
    remoteness = _remoteness(needs, [evidence.sentences[at] for at in candidates], evidence.texts)
    scores = {
        at: score_of(logit - remoteness[item.article_id] - needs.sentence_penalty(item.text, item.published))
        for at, logit in logits.items()
        if (item := evidence.sentences[at])
    }
    scored = (replace(item, score=round(scores.get(at, 0.0), 6)) for at, item in enumerate(evidence.sentences))
    return replace(evidence, sentences=tuple(scored), judged=True)


def _readable(evidence: Evidence, at: int) -> str:
    """The text of a sentence; of a row of a table each cell behind its column's head; empty for the head itself."""
    item = evidence.sentences[at]
    cells = _cells(item.text)
    if not cells:
        return item.text
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
    return [log_odds(share) for share in judge.judge(question, texts)]


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
    cut = {(item.article_id, item.version) for item in evidence.aside}  # whose passages lost what stood around these
    for most, hit in zip(_MOST_OF_PASSAGE, evidence.hits, strict=False):
        key = (hit.article_id, hit.version)
        span = Span(hit.start, hit.end)
        own = [at for at in places.get(key, ()) if key in cut or evidence.sentences[at].span.touches(span)]
        near = {at: overlap[at] + 0.5 * (overlap[at - 1] if at - 1 in own else 0) + 0.4 * (at == own[0]) for at in own}
        indices |= dict.fromkeys(sorted(own, key=lambda at, near=near: (-near[at], at))[:most])  # type: ignore[misc]
    if not evidence.hits:
        return list(range(min(len(overlap), sum(_MOST_OF_PASSAGE))))
    return sorted(indices)


def _in_context(
    judge: RelevanceJudge,
    question: str,
    needs: Requirements,
    logits: Mapping[int, float],
    evidence: Evidence,
    before: Mapping[int, str],
) -> dict[int, float]:
    """The log-odds of those sentences that answer better with their context; `before` has the sentence before each."""
    by_text = {evidence.sentences[at].text: logit for at, logit in logits.items()}
    near = {at: max(logit, by_text.get(before[at], _UNRELATED + 1)) for at, logit in logits.items() if logit < _SURE}
    retries = sorted((at for at in near if near[at] > _UNRELATED), key=lambda at: (-near[at], at))[:_MOST_IN_CONTEXT]
    contexts = {at: _context(evidence, at, before[at], needs) for at in retries}
    texts = (f"{contexts[at]} {evidence.sentences[at].text}".strip() for at in retries)
    joint = _logits(judge, question, [expand_acronyms(text, needs.names) for text in texts])
    better = {
        at: logit for at, logit in zip(retries, joint, strict=True) if logit > logits[at] + _GAIN and contexts[at]
    }
    alone = dict(zip(better, _logits(judge, question, [contexts[at] for at in better]), strict=True))
    raised: dict[int, float] = {}
    for at, logit in better.items():
        is_reply = before[at].rstrip().endswith("?")  # a question in the text is answered by what follows it
        of_context = max(alone[at], by_text.get(before[at], alone[at]))
        if is_reply or logit > of_context + _GAIN:
            # behind a number that answers by itself, another one is of something else
            has_count = needs.kind is AnswerType.COUNT and of_context >= _ANSWERS and spans_of(needs.kind, contexts[at])
            cost = _CONTEXT_COST + needs.mismatch(contexts[at], evidence.sentences[at].published)
            if logits[at] < _FAR and not is_reply:
                cost += _FAR_COST
            if needs.kind is AnswerType.REASON and not gives_reason(evidence.sentences[at].text):
                cost += _NO_REASON_COST
            raised[at] = logits[at] if has_count and not is_reply else max(logits[at], logit - cost)
    return raised


def _outstanding(logits: Mapping[int, float], needs: Requirements, evidence: Evidence) -> Iterator[int]:
    """The sentences that are far before every other one of their article."""
    by_article: dict[str, list[int]] = {}
    for at in logits:
        by_article.setdefault(evidence.sentences[at].article_id, []).append(at)
    for places in by_article.values():
        best, *others = sorted(places, key=lambda at: -logits[at])
        least = _AHEAD_WITH_WORDS if needs.has_all_words(evidence.sentences[best].text) else _AHEAD
        if len(others) >= _FEWEST_OTHERS and logits[best] - logits[others[0]] >= least:
            yield best


def _before(evidence: Evidence, at: int) -> str:
    """The sentence before, in the same article; empty for the first."""
    item = evidence.sentences[at]
    text = evidence.texts.get((item.article_id, item.version), "")
    before = sentence_before(text, item.start)
    if before and len(before) <= _LABEL:  # the letter of who asks or answers
        before = sentence_before(text, before.start)
    return before.of(text) if before else ""


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
