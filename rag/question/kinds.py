"""The kind of answer that a question asks for, which gives the answer its shape.

Each row of `knowledge/questions.toml` is one way of asking. A question is read in small letters, with the slips of the
pen in the words of the table mended ("sumarise", "hwo many artciles"), and the first row that fits says the kind; what
no row knows is OPEN, or a VALUE where the question word asks for one (`answer_type`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal, get_args

from rag.knowledge.tables import table
from rag.question.answer_type import AnswerType, answer_type
from rag.question.spelling import distance
from rag.text.canonical import fold

Side = Literal["for", "against"]
Listed = Literal["articles", "speakers", "statements", "quotations"]


class AnswerKind(StrEnum):
    """What an answer looks like."""

    WHO_IS = "who_is"  # a card from the record
    WHO_SAID = "who_said"  # the speaker first
    SAID_WHEN = "said_when"  # the day of a statement
    VALUE = "value"  # the sentence that holds a day, a place, a number, an age, a name
    YES_NO = "yes_no"  # the deciding sentence first
    REASON = "reason"
    COMPARISON = "comparison"  # both sides
    SIDE = "side"  # who is for, who is against
    CHANGE = "change"  # before and after
    LIST = "list"  # counted over the whole library
    OVERVIEW = "overview"  # a short brief
    POSITION = "position"  # newest first, what is older below
    OPEN = "open"

    @property
    def counted(self) -> bool:
        """True for what is counted over the whole library, which no model is asked to write."""
        return self is AnswerKind.LIST

    @property
    def weighs_sources(self) -> bool:
        """True where sources that contradict each other belong into the answer: not where each is asked for by its day
        or its side."""
        return self in _WEIGHED


_WEIGHED = frozenset(
    {
        AnswerKind.VALUE, AnswerKind.YES_NO, AnswerKind.REASON, AnswerKind.OPEN, AnswerKind.WHO_IS, AnswerKind.WHO_SAID,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The kind of a question with what it needs.

    `subject` is whom or what it is about, as typed and empty for everything; `side` belongs to SIDE, `listed` to LIST.
    `newest` is True where the newest comes first ("current", "so far"), `latest` where it is all that is wanted ("the
    latest that she said"), `event` where something that happened is asked for, `claim` where the truth of something
    said is; `besides` is whom the answer leaves out ("who else").
    """

    kind: AnswerKind
    value: AnswerType = AnswerType.OPEN
    subject: str = ""
    side: Side | None = None
    listed: Listed | None = None
    newest: bool = False
    latest: bool = False
    event: bool = False
    claim: bool = False
    besides: str = ""


_NAMED = re.compile(r"\{([a-z]+)\}")
_OPENS = "and |but |so |ok |please "
_NEWEST = re.compile(
    r"\b(?:current(?:ly)?|latest|newest|most recent(?:ly)?|as of now|right now|now|today|at present|at the moment"
    r"|so far"
    r"|up to date|these days|to date|last word|still)\b"
)
_POSITION = re.compile(r"\b(?:position|stance|view|viewpoint|opinion|attitude|policy|line)\b")
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|last)\b.*\b(?:sa(?:y|id|ys)|statements?|words?|comments?|positions?"
    r"|stance)\b|\b(?:most recently|last)\W*$"
)
_STANDS = re.compile(
    r"\bwhat (?:does|do) .{1,80}?\b(?:say|think|want)\b|\b(?:where|how)\s+do(?:es)?\s+.+\s+(?:stand|feel|think)\b"
)
_OFFICE = re.compile(r"(?:the|an?|his|her|its|their)\b|.*\bof\b")  # whoever holds it, not somebody by name
_LEADS = re.compile(r"\bwho\s+(?:leads|heads|runs|chairs|governs|commands|is leading|is running|is in charge)\b")
_ASKING = re.compile(
    r"(?:^\W*|[,;?]\s*|\b(?:and|but|or)\s+)(?:in\s+|on\s+)?(?:when|where|why|who|how|what|which|whose)\b"
)
_YES_NO_CLAIM = re.compile(r"^\W*(?:is it true|is that true|is this true|is it so|really)\b")
# Words of the table that are mended where they are mistyped, and the words that are near to them and mean themselves.
_CUES = frozenset(
    """summarise summarize summary overview articles article stories mention mentions happened happening reactions
    reaction responses criticised criticized criticise criticize criticises supports support supported opposes opposed
    oppose against difference differences differ disagree compare position current currently latest commented comment
    everyone everybody changed between known about recent besides condemned praised favour people what when where which
    why who how many does supporters opponents critics backers""".split()
)
_THEMSELVES = frozenset(
    """charged changes change charge hanged changer compared comments commend commends commended whey whom whose whole
    show now know hat that wheat then than whet there were here win howl hot hog hop cow low row dose doe dogs mane may
    man mary any opposer reports report imposed exposed composed apposed reaction reactor recant resent decent detest
    fattest favor flavour favours mentioned supporter abut above abort wait want witch watch happens praises praise
    appraised differs different knows unknown opposite reach react reacts marks commands""".split()
)
_NOBODY = frozenset(
    "to in at on of by from behind hurt responsible killed dead guilty right wrong safe there it he she they".split()
)
_COUNTS_ON = re.compile(r"\W*(?:man?ny?|mnay|much|long|old|far|big|high|do|does|did|is|are|will)\b")
_SHORT_FORMS = (
    (re.compile(r"^(\W*)wo\b"), r"\1who"),
    (re.compile(r"\bwho['’]?s\b"), "who is"),
    (re.compile(r"\bwhat['’]?s\b"), "what is"),
    (re.compile(r"\bwhen['’]s\b"), "when is"),
    (re.compile(r"\bhow['’]s\b"), "how is"),
)
_SHORTEST = 3  # letters of a word that is mended
_SHORT = 5  # letters up to which a word of asking is only mended by its swapped or missing letter
_LONG = 8


@cache
def _table() -> tuple[tuple[AnswerKind, re.Pattern[str], Mapping[str, str]], ...]:
    """Kind, pattern and row of each way of asking."""
    entries = table("questions")
    rows = []
    for row in entries["rows"]:
        pattern = str(row["pattern"])
        while named := _NAMED.search(pattern):
            pattern = pattern.replace(named[0], entries["parts"][named[1]])
        rows.append((AnswerKind(row["kind"]), re.compile(rf"\W*(?:{_OPENS})?{pattern}\W*$"), row))
    return tuple(rows)


def shape_of(question: str) -> Shape:
    """What kind of answer a question asks for."""
    line = _plain(question)
    newest = bool(_NEWEST.search(line))
    value = answer_type(line)
    for kind, pattern, row in _table():
        match = pattern.match(line)
        if match is None or (kind is AnswerKind.WHO_IS and not _is_somebody(match["topic"])):
            continue
        parts = match.groupdict()
        if kind is AnswerKind.WHO_IS and _OFFICE.match(parts["topic"] or ""):
            office = _as_typed(question, line, (parts["topic"] or "").strip())
            return Shape(kind=AnswerKind.VALUE, value=AnswerType.PERSON, subject=office, newest=True)
        return Shape(
            kind=kind,
            value=value,
            subject=_as_typed(question, line, f"{parts.get('topic') or ''}{_on_what(parts)}".strip(" ?.!,:")),
            side="for" if row.get("side") == "for" else "against" if "side" in row else None,
            listed=next((one for one in get_args(Listed) if one == row.get("listed")), None),
            newest=newest,
            event="event" in row,
            besides=_as_typed(question, line, (parts.get("besides") or "").strip()),
        )
    if _YES_NO_CLAIM.match(line):
        return Shape(kind=AnswerKind.YES_NO, value=AnswerType.YES_NO, newest=newest, claim=True)
    if _STANDS.search(line) or (value in (AnswerType.OPEN, AnswerType.YES_NO) and _POSITION.search(line)):
        return Shape(kind=AnswerKind.POSITION, newest=newest, latest=bool(_LATEST.search(line)))
    if len(_ASKING.findall(line)) > 1:  # several things at once: a sentence may answer one of them
        return Shape(kind=AnswerKind.OPEN, newest=newest)
    kind = {
        AnswerType.OPEN: AnswerKind.OPEN,
        AnswerType.YES_NO: AnswerKind.YES_NO,
        AnswerType.REASON: AnswerKind.REASON,
    }.get(value, AnswerKind.VALUE)
    latest = kind is AnswerKind.OPEN and bool(_LATEST.search(line))
    return Shape(kind=kind, value=value, newest=newest or latest or bool(_LEADS.search(line)), latest=latest)


def _on_what(parts: Mapping[str, str | None]) -> str:
    """What a change of mind is about, where that stands behind it."""
    since = parts.get("since") or ""
    return f" {since}" if since.startswith(("on ", "about ", "over ")) else ""


def _is_somebody(topic: str) -> bool:
    """True for a name or an office; what stands behind "is" and does something ("is leading", "was hurt") is none."""
    first = topic.split()[0]
    return not _LEADS.search(f"who is {topic}") and first not in _NOBODY and not first.endswith(("ing", "ed"))


def _plain(question: str) -> str:
    """The question in small letters, of the same words, with its cues spelled right."""
    line = re.sub(r"\s+", " ", question.strip().casefold())
    for pattern, whole in _SHORT_FORMS:
        line = pattern.sub(whole, line)
    return re.sub(r"[^\W\d_]+", lambda found: _spelled(found.group(), line[found.end() :]), line)


def _spelled(word: str, after: str) -> str:
    key = fold(word)
    if key in _CUES or key in _THEMSELVES or len(key) < _SHORTEST:
        return word
    most = 2 if len(key) >= _LONG else 1
    near = sorted((distance(key, cue, most), cue) for cue in _CUES if _may_be(key, cue, most))
    near = [(off, cue) for off, cue in near if off <= most]
    alike = [cue for off, cue in near if off == near[0][0]]
    if len(alike) > 1 and {"who", "how"} <= set(alike):
        return "how" if _COUNTS_ON.match(after) else "who"
    return alike[0] if alike and all(cue[:4] == alike[0][:4] for cue in alike) else word


def _may_be(key: str, cue: str, most: int) -> bool:
    if abs(len(key) - len(cue)) > most:
        return False
    if len(cue) <= _SHORT:
        # "waht", "wich", "hwo", "mnay": the same letters in another order, one of them missing, one too many
        return sorted(key) == sorted(cue) or (abs(len(key) - len(cue)) == 1 and len(key) > 2 and key[0] == cue[0])
    return key[0] == cue[0]


def _as_typed(question: str, line: str, part: str) -> str:
    """A part of the plain line as the question has it; as it is where its words were mended."""
    at = re.sub(r"\s+", " ", question.strip()).casefold().find(part) if part else -1
    return re.sub(r"\s+", " ", question.strip())[at : at + len(part)] if at >= 0 else part


def is_cue(word: str) -> bool:
    """True for a folded word by which a kind of question is known, and that means itself."""
    return word in _CUES or word in _THEMSELVES


def besides_of(shape: Shape) -> Iterator[str]:
    """The names that an answer leaves out."""
    yield from (name.strip() for name in re.split(r",|\band\b", shape.besides) if name.strip())
