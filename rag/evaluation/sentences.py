"""How the checks of answers judge true and deliberately wrong sentences over articles: withheld, unconfirmed or
supported."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from rag.domain import CheckOutcome, DraftSentence, EvidenceSentence, SentenceCheck
from rag.errors import UnreadableSource
from rag.evaluation.data import read_rows, require_path
from rag.newsroom import Newsroom
from rag.text.canonical import canonical, digest
from rag.text.grounding import folded_marks, locate
from rag.text.quotations import quotations
from rag.text.sentences import sentences
from rag.verification import CheckedDraft, Objection
from rag.verification.gap_claims import find_gap_answer, gap_in
from rag.verification.model_claims import Verdict, apply_verdict
from rag.verification.outcomes import Severity

_OUTCOMES: tuple[CheckOutcome, ...] = ("withheld", "unconfirmed", "supported")
_EXAMPLES = 8
_ERRS_ON_ONE_IN = 10
_SEARCH_PASSAGES = 6  # passages that are searched to check a gap
_SAMPLES = Path(__file__).parents[2] / "corpus"
_PACKED_SAMPLES = Path(__file__).parents[1] / "corpus"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledClaim:
    """A sentence to check: `cites` are pairs of an article and words in it; `before` is the sentence before it."""

    id: str
    true: bool
    style: str
    text: str
    cites: Sequence[tuple[str, str]]
    before: str | None = None
    question: str = ""


Judge: TypeAlias = Callable[[LabelledClaim], Verdict]


def model_sentences(data: Path, room: Newsroom, *, judge: Judge | None = None) -> dict[str, object]:
    """Sentences as strong and as careless models write them (`data/model_sentences/dev.jsonl`), by the check of
    sentences alone: shares of true natural, true near-verbatim and wrong ones with each outcome, and how many altered
    quotations are shown. The articles are the sample corpus, `data/../articles` and `data/polnear`.

    Raises UnreadableSource where the data is absent.
    """
    rows = read_rows(data / "model_sentences" / "dev.jsonl")
    sources = {item["article"]: item for row in rows for item in row["sources"]}
    ids = _add_samples(room) | {
        name: _add_source(room, item, data) for name, item in sources.items() if name != "corpus"
    }
    room.wait()
    return measure_claims(room, list(_claims(rows)), ids, judge)


def model_sentences_judged(data: Path, room: Newsroom) -> dict[str, object]:
    """As `model_sentences`, with a judge of entailment after the rules. It is scripted: it answers by the labels, but
    wrongly for one sentence in ten, chosen by the hash of its id. A gap is checked by search. Raises UnreadableSource.
    """
    return model_sentences(data, room, judge=scripted_verdict)


def scripted_verdict(claim: LabelledClaim) -> Verdict:
    """The verdict of a judge that knows the labels and errs on one in ten."""
    number = int(digest("judge", claim.id), 16)
    supported = claim.true != (number % _ERRS_ON_ONE_IN == 0)
    if supported:
        return Verdict(ruling="supported")
    return Verdict(ruling="contradicted" if number // _ERRS_ON_ONE_IN % 2 else "not_stated")


def measure_claims(
    room: Newsroom, claims: Sequence[LabelledClaim], ids: Mapping[str, str], judge: Judge | None = None
) -> dict[str, object]:
    """Counts and shares of the outcomes for each kind of claim, after the verdicts of `judge` if there is one. `ids`
    are article ids by the names that claims cite.
    """
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    accepted_texts: list[str] = []
    withheld: list[str] = []
    misquotations = 0
    for claim in claims:
        check = check_claim(room, claim, ids)
        if judge:
            check = _check_gap(room, claim) or _apply_verdict(check, judge(claim), claim)
        kind = claim.style.replace("-", "_") if claim.true else "wrong"
        outcomes[f"true_{kind}" if claim.true else kind][check.outcome] += 1
        if not claim.true and check.outcome == "supported":
            accepted_texts.append(claim.text)
        misquotations += check.outcome != "withheld" and _misquotes(claim)
        if claim.true and check.outcome == "withheld":
            withheld.append(f"{claim.text} ({'; '.join(check.reasons)})")
    result: dict[str, object] = {
        kind: {"sentences": sum(counts.values())}
        | {name: round(counts[name] / sum(counts.values()), 3) for name in _OUTCOMES}
        for kind, counts in outcomes.items()
    }
    return result | {
        "altered_quotations_shown": misquotations,
        "passed": accepted_texts[:_EXAMPLES],
        "lost": withheld[:_EXAMPLES],
    }


def check_claim(room: Newsroom, claim: LabelledClaim, ids: Mapping[str, str]) -> SentenceCheck:
    """The check of one claim. Raises UnreadableSource if its article does not have the words that it cites."""
    spans = []
    for name, words in claim.cites:
        at = locate(canonical(words), room.article(ids[name]).text)
        if at is None:
            raise UnreadableSource(f"{name} does not have the words that {claim.id} cites; the sets do not match.")
        spans.append((ids[name], at.span.start, at.span.end))
    return room.check_sentence(claim.text, spans, before=claim.before)


def _apply_verdict(check: SentenceCheck, verdict: Verdict, claim: LabelledClaim) -> SentenceCheck:
    """The check after a verdict; a claim in the exact words of a source is not judged."""
    if any(folded_marks(claim.text) == folded_marks(words) for _, words in claim.cites):
        return check
    severity: Severity = "hard" if check.outcome == "withheld" else "firm" if check.firm else "soft"
    draft = DraftSentence(text=claim.text, sids=())
    objections = tuple(Objection(reason, severity) for reason in check.reasons)
    outcome = apply_verdict(CheckedDraft(draft=draft, objections=objections), verdict)
    return SentenceCheck(outcome=outcome.outcome, reasons=outcome.reasons)


def _check_gap(room: Newsroom, claim: LabelledClaim) -> SentenceCheck | None:
    """The check of a claim that is a gap, by a search in the library; None if it is not one."""
    gap = gap_in(DraftSentence(text=claim.text, sids=("s1",)))
    if gap is None:
        return None
    hits = room.search(f"{claim.question} {gap.text}", k=_SEARCH_PASSAGES)
    evidence = [
        EvidenceSentence(
            sid="s1", article_id=hit.article_id, version=hit.version, start=span.start, end=span.end,
            text=span.of(hit.text), title=hit.title, outlet=hit.outlet, published=hit.published,
        )
        for hit in hits
        for span in sentences(hit.text)
    ]  # fmt: skip
    gap_shown = find_gap_answer(gap, claim.question, evidence)
    return SentenceCheck(
        outcome="unconfirmed" if gap_shown else "supported", reasons=(gap_shown.text,) if gap_shown else ()
    )


def _misquotes(claim: LabelledClaim) -> bool:
    """True if a quotation of the claim is in none of the words that it cites, typography and first letter aside."""
    for item in quotations(canonical(claim.text)):
        quotation = item.inner.of(canonical(claim.text)).rstrip(".,")
        forms = (quotation, quotation[:1].swapcase() + quotation[1:])
        if not any(locate(form, canonical(words)) for form in forms for _, words in claim.cites):
            return True
    return False


def _claims(rows: Iterable[Mapping[str, Any]]) -> Iterator[LabelledClaim]:
    previous: dict[str, str] = {}
    for row in rows:
        answer = row["id"].rpartition("-")[0]
        yield LabelledClaim(
            id=row["id"],
            true=row["true"],
            style=row["style"],
            text=row["sentence"],
            cites=[(_source_name(item), item["text"]) for item in row["sources"]],
            before=previous.get(answer),
            question=row["question"],
        )
        previous[answer] = row["sentence"]


def _source_name(item: Mapping[str, Any]) -> str:
    return str(item["title"] if item["article"] == "corpus" else item["article"])


def _add_samples(room: Newsroom) -> dict[str, str]:
    """Add the sample corpus; article ids by title."""
    folder = _SAMPLES if _SAMPLES.is_dir() else _PACKED_SAMPLES
    for path in sorted(folder.glob("*.md")):
        room.add(path)
    return {item.title: item.article_id for item in room.articles()}


def _add_source(room: Newsroom, item: Mapping[str, Any], data: Path) -> str:
    kind, _, name = item["article"].partition(":")
    text = _polnear(data, name) if kind == "polnear" else require_path(data.parent / name).read_text("utf-8")
    published = date.fromisoformat(item["published"]) if item["published"] else None
    return room.add_text(text, title=item["title"], outlet=item["outlet"], published=published).article_id or ""


def _polnear(data: Path, name: str) -> str:
    path = data / "polnear" / "corpus.jsonl.gz"
    text = next((str(row["text"]) for row in read_rows(path) if row["id"] == name), None)
    if text is None:
        raise UnreadableSource(f"There is no article {name} in {path}.")
    return text
