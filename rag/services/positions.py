"""Positions as data: which actor says what on which topic, and where that changed over time. Pure and deterministic."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, pairwise

from rag.domain import Actor, Change, ChangeRule, PositionCell, Positions, Statement
from rag.knowledge.words import CONTRACTED_NEGATIONS, COUNTS, DAY_NAMES, NEGATION_PATTERN, NEGATIONS
from rag.text.canonical import fold
from rag.text.differences import opposite
from rag.text.places import countries_in
from rag.text.terms import STOPWORDS, content_words, joint_speakers, stem, words
from rag.verification.tokens import PAST

MOST_ACTORS = 12
MOST_TOPICS = 8
MOST_STATEMENTS = 3000  # looked at where no actor is named, the newest; more would keep a reader waiting
_FEWEST = 2  # statements that a topic found by itself must have, if there is one that has
_MIN_SHARE = 0.5  # share of the longer statement's words (of the shorter's, for sides) that two have in common
_SINGLE_MENTION = 0.4  # what a statement weighs whose topic its article does not come back to
_PHRASE_END_SHARE = 0.5  # share of its places where a topic ends its phrase
_FEWEST_ALL_SHARED = 2  # words of a short statement that say what it is about
_FEWEST_SHARED = 3  # and how many words that must be, but for sides

_SUPPORT = frozenset(
    stem(word)
    for word in """support supports supported back backs backed welcome welcomes welcomed endorse endorsed favour favor
    favours favors approve approved praise praised agree agreed""".split()
)
_OPPOSITION = frozenset(
    stem(word)
    for word in """oppose opposes opposed opposition reject rejects rejected condemn condemned criticise criticised
    criticize criticized denounce denounced object objected refuse refused block blocked""".split()
)
_NEGATION = re.compile(NEGATION_PATTERN, re.IGNORECASE)
_REFUSAL = re.compile(r"\b(?:rul(?:e|es|ed|ing) out|refus|reject|dismiss|exclud)", re.IGNORECASE)  # by the cue alone
_LIMITING = re.compile(r"\b(?:no|not) (?:more|less|fewer|later|earlier|only|just)\b", re.IGNORECASE)
_NEGATION_WORDS = NEGATIONS | {word.replace("'", "") for word in CONTRACTED_NEGATIONS}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# A noun phrase begins after one of these and runs to the next word that carries no meaning, or to punctuation.
_PHRASE_OPENERS = frozenset(
    "the a an this that these those our their its his her my your of on about for with over against".split()
)
_PHRASE = re.compile(r"[^\W\d_][\w’'-]*|[^\w\s]")
_OBJECT_DISTANCE = 4  # words from a word of support to the topic that it is of
_CLAUSE = re.compile(r"[,;:.()–—]|\b(?:that|but|because|while|although|and|who|which|if|when)\b")
_VAGUE = frozenset(
    stem(word)
    for word in """new first last next good great many much lot thing things way time times year years day days week
    month today people part number kind sort case fact end side other others one two three several country countries
    state government president minister official officials person man woman question issue matter use make take
    get go come see know think want need right long big own different possible important
    same like nation problem plan rival supporter critic comment statement remark response request answer decision
    policy reason idea point effort place chance result group role member life name word line level area moment
    view belief hope lot bit couple rest kind example amount range series set step start half hand head heart mind face
    voice news story interview reporter public everything anything something nothing anyone everyone somebody nobody
    someone ever father mother wife husband son daughter brother sister family friend world""".split()
) | {stem(name) for name in DAY_NAMES - {"may"}}


def matrix(
    statements: Sequence[Statement],
    *,
    actors: Mapping[str, Sequence[Statement]],
    topics: Mapping[str, Sequence[Statement]],
    known: Callable[[str], Actor | None] | None = None,
) -> Positions:
    """The matrix over `statements`. `actors` and `topics` give the statements of those that the user named; where they
    are empty, the most frequent ones are taken, topics that two actors or more talk about before others. `known` tells
    which actor a name means: its rows are then of actors alone, each once under the name that the register has.
    """
    named = [one for groups in (actors, topics) for group in groups.values() for one in group]
    everything = tuple(dict.fromkeys([*statements, *named]))
    about_topics = list(dict.fromkeys(one for group in topics.values() for one in group))
    rows = dict(actors) or _by_actor(about_topics or everything, known)
    sayings = list(dict.fromkeys(one for group in rows.values() for one in group))
    columns: dict[str, Sequence[Statement]] = dict(topics)
    for fewest, speakers in ((_FEWEST, 2), (_FEWEST, 1), (1, 1)):
        if not columns:
            columns = {**_by_topic(sayings, rows, fewest=fewest, speakers=min(speakers, len(rows)))}
    place = {item: at for at, item in enumerate(everything)}
    cells = []
    for actor, group in rows.items():
        own = set(group)
        for topic, about in columns.items():
            cell_places = {place[one] for one in about if one in own and one in place}
            both = sorted(cell_places, key=lambda at: (effective_date(everything[at]), at))
            cells.append(_cell(actor, topic, both, everything))
    shown = {at for cell in cells for at in cell.statements}
    if not actors:  # an actor whom nobody asked for and who says nothing on the topics is no row
        speaking = {cell.actor for cell in cells if cell.statements}
        rows = {actor: group for actor, group in rows.items() if actor in speaking}
        cells = [cell for cell in cells if cell.actor in speaking]
    return Positions(
        statements=everything,
        actors=tuple(rows),
        topics=tuple(columns),
        cells=tuple(cells),
        changes=tuple(change for cell in cells for change in _changes(cell, everything)),
        elsewhere=len(everything) - len(shown),
    )


def effective_date(item: Statement) -> date:
    """The day to put a statement on a timeline: when it was made, else published, else the first day of all."""
    return item.said_on or item.published or date.min


def polarity(item: Statement) -> int:
    """1 for words of support, -1 for words of opposition, 0 for neither or both: by the cue and the content, a word
    close behind a "not" counting for the other side. What a denial says counts for the other side as well.
    """
    balance = 0
    for text in (item.cue.text if item.cue else "", item.text):
        tokens = words(text)
        for at, word in enumerate(tokens):
            worth = (stem(word) in _SUPPORT) - (stem(word) in _OPPOSITION)
            if worth and _NEGATION_WORDS.intersection(tokens[max(0, at - 3) : at]):
                worth = -worth
            balance += worth
    if item.denied:
        balance = -balance
    return (balance > 0) - (balance < 0)


def _polarity_on(item: Statement, topic: str) -> int:
    """As `polarity`, of the topic alone: 0 unless a word of support or opposition has the topic for its object, in its
    own clause, so that it is certain what is supported."""
    key = tuple(stem(word) for word in words(topic))
    cue, text = (words(part) for part in (item.cue.text if item.cue else "", item.text))
    judging = [word for word in cue if stem(word) in _SUPPORT | _OPPOSITION]
    objects = [text[: _OBJECT_DISTANCE + len(key)]] if judging else []
    for clause in _CLAUSE.split(item.text):
        line = words(clause)
        objects += [
            line[at + 1 : at + 1 + _OBJECT_DISTANCE + len(key)]
            for at, word in enumerate(line)
            if stem(word) in _SUPPORT | _OPPOSITION
        ]
    return polarity(item) if any(_contains([stem(word) for word in part], key) for part in objects) else 0


def _cell(actor: str, topic: str, places: Sequence[int], everything: Sequence[Statement]) -> PositionCell:
    sides = Counter(_polarity_on(everything[at], topic) for at in places if not everything[at].stance)
    return PositionCell(actor=actor, topic=topic, statements=tuple(places), supporting=sides[1], opposing=sides[-1])


# -- as a table

# Each is a field of a statement, or is named in `table`.
_COLUMNS = (
    "actor", "topic", "speaker", "role", "on_behalf_of", "venue", "said_on", "published", "kind", "denied", "stance",
    "corrected", "text", "changed", "title", "outlet", "article_id", "version", "start", "end",
)  # fmt: skip
# A cell that begins so is run by spreadsheets (OWASP, CSV injection); some look past blanks and read wide signs.
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@|＝＋－＠]|[\t\r\n]")


def table(positions: Positions) -> str:
    """The matrix as CSV (RFC 4180): a line for each statement of a cell, oldest first. `changed` has the rule by which
    a statement may differ from an earlier one. Text that a spreadsheet would run is led by an apostrophe.
    """
    changed = {(item.actor, item.topic, item.later): item.rule for item in positions.changes}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for cell in positions.cells:
        for at in cell.statements:
            item = positions.statements[at]
            places = {"start": item.content[0].start, "end": item.content[-1].end}
            row = {"actor": cell.actor, "topic": cell.topic, "changed": changed.get((cell.actor, cell.topic, at))}
            writer.writerow(_harmless((row | places).get(name, getattr(item, name, None))) for name in _COLUMNS)
        if not cell.statements:
            empty = {"actor": cell.actor, "topic": cell.topic, "text": "no statement found"}
            writer.writerow(_harmless(empty.get(name)) for name in _COLUMNS)
    return out.getvalue()


def _harmless(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    shown = str(value)
    return f"'{shown}" if _FORMULA.match(shown) else shown


# -- who and what, where the user names none


def _by_actor(
    statements: Iterable[Statement], known: Callable[[str], Actor | None] | None
) -> dict[str, list[Statement]]:
    """The actors who say the most, each with their statements: on whose behalf, else who speaks."""
    groups: dict[str, list[Statement]] = defaultdict(list)
    shown: dict[str, str] = {}
    for item in statements:
        name = item.on_behalf_of or item.speaker
        for one in joint_speakers(name) if name else ():
            if known is not None:
                if (actor := known(one)) is None:
                    continue  # a description, as "experts": nobody in particular
                one = actor.name
            key = fold(one)
            shown.setdefault(key, one)
            groups[key].append(item)
    best = sorted(groups, key=lambda key: (-len(groups[key]), key))[:MOST_ACTORS]
    return {shown[key]: groups[key] for key in best}


def _by_topic(
    statements: Sequence[Statement], actors: Mapping[str, Sequence[Statement]], *, fewest: int, speakers: int
) -> dict[str, list[Statement]]:
    """The noun phrases that statements of at least so many speakers come back to, the longer one where it says nearly
    as much; none overlapping.

    What an article returns to counts for more than what many mention once ("plan", "support"), and a word that mostly
    leads another ("federal", "middle") is no topic by itself.
    """
    names = {part for actor in actors for part in content_words(actor)}
    names |= {part for item in statements if item.speaker for part in content_words(item.speaker)}
    owners: dict[Statement, set[str]] = defaultdict(set)
    for actor, group in actors.items():
        for item in group:
            owners[item].add(actor)
    by_phrase: dict[tuple[str, ...], set[int]] = defaultdict(set)
    spelled: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    closing: Counter[tuple[str, ...]] = Counter()
    for at, item in enumerate(statements):
        for phrase, closes in _phrases(item.text, names):
            key = tuple(stem(word) for word in words(phrase))
            by_phrase[key].add(at)
            spelled[key][phrase] += 1
            closing[key] += closes

    def weight(key: tuple[str, ...]) -> float:
        places = by_phrase[key]
        returns = len(places) - len({statements[at].article_id for at in places})
        return (returns + _SINGLE_MENTION * len(places)) * (1 + 0.5 * (len(key) > 1))

    nouns = [key for key in by_phrase if closing[key] >= _PHRASE_END_SHARE * spelled[key].total()]
    ranked = sorted(nouns, key=lambda key: (-weight(key), key))
    chosen: list[tuple[str, ...]] = []
    for key in ranked:
        heard = {actor for at in by_phrase[key] for actor in owners[statements[at]]}
        if (
            len(by_phrase[key]) >= fewest
            and len(heard) >= speakers
            and not any(set(key) & set(other) for other in chosen)
        ):
            chosen.append(key)
        if len(chosen) == MOST_TOPICS:
            break
    stems = [tuple(stem(word) for word in words(item.text)) for item in statements]
    return {
        _usual_spelling(spelled[key]): [
            item for item, row in zip(statements, stems, strict=True) if _contains(row, key)
        ]
        for key in chosen
    }


def _usual_spelling(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda one: (-spellings[one], one))


def _contains(row: Sequence[str], key: tuple[str, ...]) -> bool:
    return key[0] in row and any(row[at : at + len(key)] == key for at in range(len(row)))


def _phrases(text: str, names: set[str]) -> Iterator[tuple[str, bool]]:
    """One- and two-word phrases that stand like nouns: behind an article, a possessive or a preposition; and whether
    they end there, as nouns do and adjectives do not.
    """
    countries = {part for _, _, country in countries_in(text) for part in words(country)}
    run: list[str] = []
    opened = False
    for word in [*(match.group() for match in _PHRASE.finditer(text)), "."]:
        key = " ".join(words(word))
        carries = bool(key) and key not in STOPWORDS and key not in _PHRASE_OPENERS and " " not in key
        if carries:
            run.append(word)
            continue
        if opened and run:
            yield from _noun_phrases(run, names, countries)
        run, opened = [], key in _PHRASE_OPENERS


def _noun_phrases(run: Sequence[str], names: set[str], countries: set[str]) -> Iterator[tuple[str, bool]]:
    kept = [_display_form(word) if _topical(word, names, countries) else None for word in run[:3]]
    last = len(run) - 1
    for at, word in enumerate(kept):
        if word:
            yield word, at == last
    for at, (first, second) in enumerate(pairwise(kept), 1):
        if first and second:
            yield f"{first} {second}", at == last


def _topical(word: str, names: set[str], countries: set[str]) -> bool:
    key = words(word)[0]
    if len(key) < 4 or stem(key) in _VAGUE | names or key in countries or countries_in(word):
        return False
    return not key.endswith(("ly", "ed", "ing")) or key in {"building", "meeting", "funding", "supply", "family"}


def _display_form(word: str) -> str:
    """As it is shown: without a possessive, in lower case unless it is written in capitals."""
    bare = re.sub("['’]s?$", "", word)
    return bare if bare.isupper() else bare.lower()


# -- change over time


def _changes(cell: PositionCell, everything: Sequence[Statement]) -> Iterator[Change]:
    """Stated positions of different days that differ by a rule; each later one with the nearest earlier one."""
    stated = [at for at in cell.statements if not everything[at].stance]
    marked: set[tuple[int, ChangeRule]] = set()
    for before, after in sorted(
        combinations(stated, 2), key=lambda pair: (stated.index(pair[1]), -stated.index(pair[0]))
    ):
        one, other = everything[before], everything[after]
        if min(effective_date(one), effective_date(other)) == date.min or effective_date(one) >= effective_date(other):
            continue
        rule = change_between(one, other)
        if rule and (after, rule) not in marked:
            marked.add((after, rule))
            yield Change(actor=cell.actor, topic=cell.topic, earlier=before, later=after, rule=rule)


def change_between(one: Statement, other: Statement) -> ChangeRule | None:
    """The rule by which a later statement of the same source may differ from an earlier one; None where it does not."""
    mine, theirs = _topic_words(one), _topic_words(other)
    shared = len(mine & theirs)
    shorter, longer = sorted((len(mine), len(theirs)))
    if shared >= max(1, min(2, shorter), _MIN_SHARE * shorter) and (
        polarity(one) * polarity(other) < 0
        or any(opposite(word, its) for word in mine - theirs for its in theirs - mine)
    ):
        return "side"
    refused = any(item.cue and _REFUSAL.search(item.cue.text) for item in (one, other))
    if (
        not refused
        and shared == shorter >= _FEWEST_ALL_SHARED
        and (_negated_words(one.text) ^ _negated_words(other.text)) & mine & theirs
    ):
        return "negation"  # the longer one denies what the shorter one says, or says what it denies
    all_alike = shared == longer and (
        longer >= _FEWEST_ALL_SHARED or _without_not(one.text) == _without_not(other.text)
    )
    if not all_alike and (shared < _FEWEST_SHARED or shared < _MIN_SHARE * longer):
        return None
    if one.denied != other.denied:
        return "denial"
    if _negates(one.text) != _negates(other.text):
        return "negation"
    figures = _figures(one.text), _figures(other.text)
    return "figures" if all(figures) and not figures[0] & figures[1] else None


def _without_not(text: str) -> list[str]:
    """The words of a text but for a negation and the verb that carries it: those of a statement and of its opposite."""
    bare = words(_NEGATION.sub("", text))
    return [stem(PAST.get(word, word)) for word in bare if word not in {"do", "does", "did"}]


def _negates(text: str) -> bool:
    return bool(_NEGATION.search(_LIMITING.sub("", text)))


def _negated_words(text: str) -> set[str]:
    """The first word that says something behind each negation of a text."""
    told = words(text)
    behind = (
        [word for word in told[at + 1 :] if word not in STOPWORDS][:1]
        for at, word in enumerate(told)
        if word in _NEGATION_WORDS
    )
    return {stem(PAST.get(word, word)) for found in behind for word in found}


def _figures(text: str) -> set[str]:
    """Numbers, in figures or in words; of the words those above "one", which is often no number."""
    spelled = {str(COUNTS[word]) for word in words(text) if COUNTS.get(word, 0) > 1}
    return spelled | set(_NUMBER.findall(text))


def _topic_words(item: Statement) -> set[str]:
    """The words of a statement that tell what it is about: without figures and words of support or opposition."""
    told = {stem(PAST.get(word, word)) for word in words(item.text) if word not in STOPWORDS and word not in COUNTS}
    return {word for word in told if not word[0].isdigit()} - _SUPPORT - _OPPOSITION
