"""How well each sentence answers the question, by a judge that reads the two together.

A sentence is judged by itself. One that leans on what stands before it ("The coastguard said 19 had died.") is judged
again behind its headline and the sentence before; that counts only as far as these do not answer by themselves. Then
come the checks that a judge is weak on: what the question pins down (`requirements`) must not be another in the
sentence, and a value that is asked for must be there. No number here depends on what else the library holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rag.domain import Evidence, EvidenceSentence, Hit, Span, Statement
from rag.providers.base import RelevanceJudge
from rag.question.answer_type import AnswerType, spans_of
from rag.question.coverage import expand_acronyms, missing_names
from rag.question.requirements import Requirements
from rag.services.answers.linked import linked_log_odds
from rag.text.sentences import sentences
from rag.text.terms import content_words, words

_READ = (10, 7, 5, 4, 3, 3, 3, 2, 2, 2)  # sentences that are judged of each passage, best passage first
_AGAIN = 12  # sentences that are judged again with what stands before them
_SURE = 7.0  # log-odds from which on a sentence needs nothing before it
_FOREIGN = -8.0  # below it neither a sentence nor the one before it has anything to do with the question
_LABEL = 2  # characters: "Q.", "A:"
_CELL = 60  # characters of a cell of a table
_BACK = 6  # sentences that are looked through for whom a sentence is about
_ADDS = 0.7  # log-odds that a sentence must add to what stands before it, to count with it
_JUST, _SLOPE = 1.5, 2.5  # of the support: log-odds at which it is .5, and how slowly it rises
_ANSWERED = 1.5  # log-odds from which on what stands before is an answer itself
_CONTEXT = 0.5  # log-odds that are taken off what only answers with its context


def judged(judge: RelevanceJudge, question: str, needs: Requirements, evidence: Evidence) -> Evidence:
    """The evidence with each sentence scored 0..1, by how well it answers; those that were not read have 0. Raises
    ModelError.
    """
    picked = _picked(question, evidence)
    if not picked:
        return replace(evidence, judged=True)
    read = [expand_acronyms(_as_read(evidence, at), needs.names) for at in picked]
    logits = dict(zip(picked, _logits(judge, question, read), strict=True))
    alone = dict(logits)
    logits |= _with_context(judge, question, needs, logits, evidence)
    logits |= linked_log_odds(lambda texts: _logits(judge, question, texts), question, needs, alone, evidence)
    taken = _remoteness(needs, [evidence.sentences[at] for at in picked], evidence.texts)
    scores = {
        at: _share(logit - taken[item.article_id] - needs.sentence_penalty(item.text, item.published))
        for at, logit in logits.items()
        if (item := evidence.sentences[at])
    }
    scored = (replace(item, score=round(scores.get(at, 0.0), 6)) for at, item in enumerate(evidence.sentences))
    return replace(evidence, sentences=tuple(scored), judged=True)


def _as_read(evidence: Evidence, at: int) -> str:
    """The text of a sentence; of a row of a table each cell behind its column's head, of the head itself nothing."""
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


def log_odds(share: float) -> float:
    """Of a score; one of 0 or 1 counts as a millionth from it."""
    share = min(1 - 1e-6, max(1e-6, share))
    return math.log(share / (1 - share))


def _logits(judge: RelevanceJudge, question: str, texts: Sequence[str]) -> list[float]:
    return [log_odds(share) for share in judge.judge(question, texts)]


def _picked(question: str, evidence: Evidence) -> list[int]:
    """Which sentences are worth judging: of each passage those that share most words with the question, or follow or
    open such. How many depends on the place of the passage alone.
    """
    terms = set(content_words(question))
    held = [len(terms & set(content_words(item.text))) for item in evidence.sentences]
    places: dict[tuple[str, str], list[int]] = {}
    for at, item in enumerate(evidence.sentences):
        places.setdefault((item.article_id, item.version), []).append(at)
    picked: dict[int, None] = {}
    cut = {(item.article_id, item.version) for item in evidence.aside}  # whose passages lost what stood around these
    for most, hit in zip(_READ, evidence.hits, strict=False):
        key = (hit.article_id, hit.version)
        own = [at for at in places.get(key, ()) if key in cut or _inside(evidence.sentences[at], hit)]
        near = {at: held[at] + 0.5 * (held[at - 1] if at - 1 in own else 0) + 0.4 * (at == own[0]) for at in own}
        picked |= dict.fromkeys(sorted(own, key=lambda at, near=near: (-near[at], at))[:most])  # type: ignore[misc]
    if not evidence.hits:
        picked = dict.fromkeys(range(min(len(held), sum(_READ))))
    return sorted(picked)


def _inside(item: EvidenceSentence, hit: Hit) -> bool:
    return item.span.touches(Span(hit.start, hit.end))


def _with_context(
    judge: RelevanceJudge, question: str, needs: Requirements, logits: Mapping[int, float], evidence: Evidence
) -> dict[int, float]:
    """The log-odds of those sentences that answer better with what stands before them."""
    before = {at: _before(evidence, at) for at in logits}
    known = {evidence.sentences[at].text: logit for at, logit in logits.items()}
    near = {at: max(logit, known.get(before[at], _FOREIGN + 1)) for at, logit in logits.items() if logit < _SURE}
    again = sorted((at for at in near if near[at] > _FOREIGN), key=lambda at: (-near[at], at))[:_AGAIN]
    leads = {at: _lead(evidence, at, before[at], needs) for at in again}
    texts = (f"{leads[at]} {evidence.sentences[at].text}".strip() for at in again)
    whole = _logits(judge, question, [expand_acronyms(text, needs.names) for text in texts])
    better = {at: logit for at, logit in zip(again, whole, strict=True) if logit > logits[at] + _ADDS and leads[at]}
    alone = dict(zip(better, _logits(judge, question, [leads[at] for at in better]), strict=True))
    raised: dict[int, float] = {}
    for at, logit in better.items():
        opens = before[at].rstrip().endswith("?")  # a question in the text is answered by what follows it
        lead = max(alone[at], known.get(before[at], alone[at]))
        if opens or logit > lead + _ADDS:
            # behind a number that answers by itself, another one is of something else
            counts = needs.kind is AnswerType.COUNT and lead >= _ANSWERED and bool(spans_of(needs.kind, leads[at]))
            raised[at] = logits[at] if counts and not opens else max(logits[at], logit - _CONTEXT)
    return raised


def _before(evidence: Evidence, at: int) -> str:
    """The sentence before, in the same article; empty for the first."""
    item = evidence.sentences[at]
    text = evidence.texts.get((item.article_id, item.version), "")
    head = text[: item.start].rstrip()
    if not head:
        return ""
    before = sentences(text, touching=[Span(len(head) - 1, len(head))])[-1]
    if len(before) <= _LABEL and (head := text[: before.start].rstrip()):  # the letter of who asks or answers
        before = sentences(text, touching=[Span(len(head) - 1, len(head))])[-1]
    return before.of(text)


def _lead(evidence: Evidence, at: int, before: str, needs: Requirements) -> str:
    """Headline, the sentence before and, where a statement has one that its sentence does not name, the speaker; where
    all of these have none of the names asked for, or nothing of what a question without names is about, the last
    sentence that has one, too."""
    item = evidence.sentences[at]
    parts = [f"{item.title.rstrip('.')}." if item.title else "", before]
    if _lacks_all(f"{item.title} {before} {item.text}", needs):
        parts.insert(1, _naming(evidence, at, needs))
    spoken = next((one for one in evidence.statements if one.speaker and _holds(item, one)), None)
    if spoken and spoken.speaker and not set(words(spoken.speaker)[-1:]) & set(words(f"{before} {item.text}")):
        parts.append(f"{spoken.speaker}:")
    return " ".join(filter(None, parts))


def _lacks_all(text: str, needs: Requirements) -> bool:
    """True for words with none of the names that a question has; of one without names, with nothing of its subject."""
    if needs.names:
        return len(missing_names(needs.names, text)) == len(needs.names)
    return bool(needs.subject) and not needs.subject & set(content_words(text))


def _naming(evidence: Evidence, at: int, needs: Requirements) -> str:
    """The last sentence before, of the same article, that has one of them; empty where none is at hand."""
    item = evidence.sentences[at]
    for other in reversed(evidence.sentences[max(0, at - _BACK) : at]):
        if other.article_id == item.article_id and not _lacks_all(other.text, needs):
            return other.text
    return ""


def _holds(item: EvidenceSentence, statement: Statement) -> bool:
    same = (item.article_id, item.version) == (statement.article_id, statement.version)
    return same and any(part.span.touches(item.span) for part in statement.content)


def _remoteness(
    needs: Requirements, items: Sequence[EvidenceSentence], texts: Mapping[tuple[str, str], str]
) -> dict[str, float]:
    """What the sentences of each article lose because it is about something else."""
    whole = {
        item.article_id: f"{item.title}\n{item.outlet or ''}\n{texts.get((item.article_id, item.version), item.text)}"
        for item in items
    }
    return {key: needs.article_penalty(text) for key, text in whole.items()}


def _share(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def support_of(score: float) -> float:
    """How well an answer is supported, 0..1, whose best sentence has this score: .5 where it may just answer."""
    return _share((log_odds(score) - _JUST) / _SLOPE)


def best_of(items: Iterable[EvidenceSentence]) -> EvidenceSentence | None:
    """The sentence that answers best; the first of equal ones."""
    return max(items, key=lambda item: item.score, default=None)
