"""Checks the drafts of a model: by rules, a model of entailment, a search for gaps and a judge of entailment, and again
where the model has revised what did not pass.

The judge may overrule soft objections of the rules, withhold what contradicts its source, and mark what the source does
not say. It cannot overrule hard and firm objections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, Protocol, TypeAlias

from rag.display import truncate
from rag.domain import DraftSentence, Evidence, EvidenceSentence, Month, Statement, Usage
from rag.errors import ModelError
from rag.text.dates.in_text import mentions
from rag.text.grounding import folded_marks
from rag.text.prompts import source_lines
from rag.text.terms import STOPWORDS, content_words, words
from rag.verification.entailment import EntailmentModel, confirm
from rag.verification.gap_claims import Gap, find_gap_answer, gap_in, split_remark
from rag.verification.lexicon import PATTERNS
from rag.verification.outcomes import CheckedDraft, Objection
from rag.verification.premise import content_touches, source_span
from rag.verification.verify import verify

SEARCHED = "searched for: no passage in the library gives it"
_RANK = {"supported": 2, "unconfirmed": 1, "withheld": 0}

# Sentences of the library that a search for some words brings up.
Search: TypeAlias = Callable[[str], Sequence[EvidenceSentence]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAnswer:
    """The sentence of the record that answers a question best, and the evidence that it was drafted from."""

    draft: DraftSentence
    evidence: Evidence


# The answer of the record to a question that came up behind another one; None if the record does not answer.
FindAnswer: TypeAlias = Callable[[str, str], RecordAnswer | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimVerdict:
    """A checked draft with the remark to show on it if it is supported. `answer` is what the record says of a gap that
    is none.
    """

    check: CheckedDraft
    remark: str | None = None
    answer: RecordAnswer | None = None

    @property
    def rank(self) -> int:
        """2 for supported, 1 for not confirmed, 0 for withheld."""
        return _RANK[self.check.outcome]

    @property
    def draft(self) -> DraftSentence:
        """What was drafted."""
        return self.check.draft


@dataclass(slots=True, kw_only=True)
class ModelClaimChecker:
    """Checks drafts against one evidence. `entailment` compares what rules can't, `search` looks for what a gap says
    is missing, `find_answer` asks the record for it; they and `judge` may be None. `usage` is what the judge has cost,
    `failed` why it gave no verdicts.
    """

    evidence: Evidence
    question: str = ""
    entailment: EntailmentModel | None = None
    judge: EntailmentJudge | None = None
    search: Search | None = None
    find_answer: FindAnswer | None = None
    usage: list[Usage] = field(default_factory=list)
    failed: str | None = None

    def check(self, draft: DraftSentence, before: ClaimVerdict | None = None) -> ClaimVerdict:
        """The verdict on a draft without the judge; `before` is the one before it, in which an antecedent may stand."""
        if gap := gap_in(draft):
            return self._check_gap(draft, gap)
        gap_text, remark = split_remark(draft.text)
        if remark and (gap := gap_in(replace(draft, text=gap_text))):
            return self._check_both(draft, gap, remark, before)
        check = verify(draft, self.evidence, before=before.draft.text if before and before.rank else None)
        check = confirm(check, self.evidence, self.entailment)
        if check.outcome == "withheld":
            return ClaimVerdict(check=check)
        objections = [*check.objections, *_check_fields(draft, self._cited(draft), self.evidence.statements)]
        if before and not before.rank and PATTERNS.opens_with_pronoun.search(draft.text):
            objections.append(Objection("the sentence that it leans on was withheld"))
        return ClaimVerdict(check=replace(check, objections=tuple(objections)))

    def apply_judge(self, items: Sequence[ClaimVerdict], *, since: int = 0) -> list[ClaimVerdict]:
        """The drafts after one request to the judge, which is asked about all from number `since` on that are neither
        withheld, nor a gap, nor words of a source and nothing else. Where it fails, they stay as the rules have them.
        """
        open_places = [at for at, item in enumerate(items) if at >= since and self._is_open(item)]
        if self.judge is None or not open_places:
            return list(items)
        claims = [
            ClaimCheck(
                text=items[at].draft.text,
                sources=source_lines(self._cited(items[at].draft), self.evidence.statements),
                before=items[at - 1].draft.text if at else None,
            )
            for at in open_places
        ]
        try:
            judgement = self.judge.judge(claims)
        except ModelError as exc:
            self.failed = str(exc)
            return list(items)
        self.usage.append(judgement.usage)
        verdicts = dict(zip(open_places, judgement.verdicts, strict=False))
        if not any(verdicts.values()):
            self.failed = "None can be read."
        return [replace(item, check=apply_verdict(item.check, verdicts.get(at))) for at, item in enumerate(items)]

    def apply_revisions(self, items: Sequence[ClaimVerdict], revisions: Sequence[DraftSentence]) -> list[ClaimVerdict]:
        """The drafts with a model's revisions of them in place, where these pass better; a revision that replaces no
        draft comes last.
        """
        problems = [at for at, item in enumerate(items) if item.rank < _RANK["supported"]]
        places: dict[int, ClaimVerdict] = {}
        additions: list[ClaimVerdict] = []
        for draft in revisions[: 2 * len(problems)]:
            at = _revised_place(draft, [at for at in problems if at not in places], items, problems)
            if at is None:
                if draft.sids:
                    additions.append(self.check(draft, items[-1] if items else None))
            elif (draft.text, draft.sids) != (items[at].draft.text, items[at].draft.sids):
                places[at] = self.check(draft, items[at - 1] if at else None)
        verdicts = self.apply_judge([*places.values(), *additions])
        result = list(items)
        for at, item in zip(places, verdicts, strict=False):
            result[at] = max(result[at], item, key=lambda one: one.rank)
        return _without_duplicates([*result, *(item for item in verdicts[len(places) :] if item.rank)])

    def _cited(self, draft: DraftSentence) -> list[EvidenceSentence]:
        by_sid = {item.sid: item for item in self.evidence.sentences}
        return [by_sid[sid] for sid in draft.sids if sid in by_sid]

    def _is_open(self, item: ClaimVerdict) -> bool:
        if item.remark or not item.rank or not item.check.sources:
            return False
        return folded_marks(item.draft.text) not in {folded_marks(one.text) for one in self._cited(item.draft)}

    def _check_both(self, draft: DraftSentence, gap: Gap, remark: str, before: ClaimVerdict | None) -> ClaimVerdict:
        """A gap with a remark: each by its own check, with the objections to both."""
        of_gap = self._check_gap(replace(draft, sids=()), gap)
        of_remark = self.check(replace(draft, text=remark, claim=None), before).check
        objections = (*of_gap.check.objections, *of_remark.objections)
        return ClaimVerdict(check=replace(of_remark, draft=draft, objections=objections), answer=of_gap.answer)

    def _check_gap(self, draft: DraftSentence, gap: Gap) -> ClaimVerdict:
        """A gap stands where the record does not answer its question and a search finds nothing that fills it. What it
        cites, if anything, is cited.
        """
        if self.find_answer and (record_answer := self.find_answer(gap.question, self.question)):
            check = CheckedDraft(draft=draft, objections=(Objection("the record answers it", "hard"),))
            return ClaimVerdict(check=check, answer=record_answer)
        sids = tuple(item.sid for item in self._cited(draft))
        candidates = [*self.evidence.sentences, *(self.search(f"{self.question} {gap.text}") if self.search else ())]
        answer = find_gap_answer(gap, self.question, candidates)
        # An answer is cited, not quoted here: what is kept of an answer has no words of an article but these.
        is_evidence = answer in self.evidence.sentences
        if answer and is_evidence:
            sids = (answer.sid,)
        sources = verify(replace(draft, sids=sids), self.evidence).sources if sids else ()
        check = CheckedDraft(draft=draft, sources=sources)
        if answer is None:
            return ClaimVerdict(check=check, remark=SEARCHED)
        reason = "the sentence cited may give it" if is_evidence else "a passage that a search finds may give it"
        return ClaimVerdict(check=replace(check, objections=(Objection(reason),)))


def _revised_place(
    draft: DraftSentence, free: Sequence[int], items: Sequence[ClaimVerdict], problems: Sequence[int]
) -> int | None:
    """The place of the draft that a revision replaces: the one whose number it bears, else, of the `free` ones, the one
    that it has most in common with; None where it has nothing in common with any.
    """
    if draft.mends and 1 <= draft.mends <= len(problems) and problems[draft.mends - 1] in free:
        return problems[draft.mends - 1]
    own = {*content_words(draft.text), *draft.sids}
    common = {at: len(own & {*content_words(items[at].draft.text), *items[at].draft.sids}) for at in free}
    best = max(free, key=lambda at: common[at], default=None)
    return best if best is not None and common[best] else None


def _without_duplicates(items: Sequence[ClaimVerdict]) -> list[ClaimVerdict]:
    """The drafts without those that say what another one says; the one that passes best stays, in the first place."""
    by_text: dict[str, ClaimVerdict] = {}
    for item in items:
        key = folded_marks(item.draft.text)
        by_text[key] = max(by_text.get(key, item), item, key=lambda one: one.rank)
    return list(by_text.values())


def _check_fields(
    draft: DraftSentence, sentences: Sequence[EvidenceSentence], statements: Sequence[Statement]
) -> Iterator[Objection]:
    """Objections to the speaker and the day that a model gives for its claim, by the statements that it cites."""
    own_statements = [one for one in statements if any(content_touches(one, source_span(item)) for item in sentences)]
    speaker = next((item.speaker for item in own_statements if item.speaker), None)
    if draft.speaker and speaker and not any(_may_be_speaker(draft.speaker, item) for item in own_statements):
        yield Objection(f"its source gives these words to {speaker}")
    if draft.day and sentences and not any(_gives_day(item, draft.day, own_statements) for item in sentences):
        yield Objection(f"its source does not give the day {draft.day.isoformat()}")


def _may_be_speaker(name: str, item: Statement) -> bool:
    """True if the statement is by somebody of that name, or for it, as far as the words of names go; or by nobody who
    is named."""
    if not item.speaker:
        return True
    own = set(words(name)) - STOPWORDS
    return any(own & set(words(other)) for other in (item.speaker, item.role, item.on_behalf_of) if other)


def _gives_day(item: EvidenceSentence, day: date, own_statements: Sequence[Statement]) -> bool:
    """True if the sentence, what is known of its statements, or the day of its article gives the day or its month."""
    days = {one.said_on for one in own_statements if one.said_on}
    if any(isinstance(one, Month) and (one.year, one.month) == (day.year, day.month) for one in days):
        return True
    if item.published:
        days |= {item.published, *(one.day for one in mentions(item.text, item.published))}
    return day in days


# -- the judge of entailment


Ruling = Literal["supported", "contradicted", "not_stated"]
_LONGEST_CLAUSE = 120  # characters shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCheck:
    """A claim to be judged with the sentences that it cites, each as a line with its attribution, outlet and day.
    `before` is the sentence before it, in which an antecedent may stand.
    """

    text: str
    sources: tuple[str, ...]
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a judge rules: the sources say the claim, contradict it, or do not say it. `clause` are the words of the
    claim that decide, where it is not supported.
    """

    ruling: Ruling
    clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The verdicts on several claims in order, None for a claim without one, and what they cost."""

    verdicts: tuple[Verdict | None, ...]
    usage: Usage = field(default_factory=Usage)


class EntailmentJudge(Protocol):
    """Judges whether sources bear claims out. `name` names the model."""

    name: str

    def judge(self, claims: Sequence[ClaimCheck]) -> Verdicts:
        """A verdict for each claim, in their order. Raises ModelError."""
        ...


def apply_verdict(check: CheckedDraft, verdict: Verdict | None) -> CheckedDraft:
    """A checked sentence after the verdict on it. Hard and firm objections stand whatever the verdict is; without a
    verdict all objections do.
    """
    if verdict is None or check.outcome == "withheld":
        return check
    if verdict.ruling == "supported":
        return replace(check, objections=tuple(item for item in check.objections if item.severity == "firm"))
    clause = f"“{truncate(verdict.clause, _LONGEST_CLAUSE)}”" if verdict.clause else "this"
    if verdict.ruling == "contradicted":
        objection = Objection(f"its source contradicts {clause}", "hard")
    else:
        objection = Objection(f"its source does not say {clause}")
    return replace(check, objections=(objection, *check.objections))
