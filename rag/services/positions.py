"""Positions: which actor says what on which topic, and where that changed over time. Pure and deterministic."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, dropwhile, pairwise, takewhile

from rag.domain import Actor, Change, ChangeRule, PositionCell, Positions, Statement
from rag.knowledge.tables import Patterns, words_of
from rag.knowledge.words import COUNTS, DAY_NAMES, FORMS_OF_DO, NEGATION_PATTERN, NEGATION_WORDS
from rag.text.canonical import fold
from rag.text.places import countries_in
from rag.text.related_words import turns_round
from rag.text.terms import STOPWORDS, content_words, joint_speakers, stem, words

MOST_ACTORS = 20
MOST_TOPICS = 8
MOST_STATEMENTS = 3000  # the newest, where no actor is named; more would keep a reader waiting
_FEWEST = 2  # statements of an automatically chosen topic, if there is one with as many
_MIN_SHARE = 0.5  # share of the longer statement's words (of the shorter's, for sides) that two have in common
_MIN_SHARE_TURNED = 0.3  # of the longer one's, where a word turns: "private" and "public" stand for much in long ones
_SINGLE_MENTION = 0.4  # weight of a statement whose article mentions the topic only once
_PHRASE_END_SHARE = 0.5  # share of its occurrences in which a topic ends its phrase
_PLURAL_SHARE = 0.25  # of the occurrences of its singular, from which a plural names a topic
_FEWEST_ALL_SHARED = 2  # words of a short statement, if two share all of them
_FEWEST_SHARED = 3  # words that two statements share, except for a change of side


def _stems_of(name: str, key: str) -> frozenset[str]:
    return frozenset(map(stem, words_of(name, key)))


_PATTERNS = Patterns("positions")
_SUPPORT = _stems_of("sides", "plainly_for")
_OPPOSITION = _stems_of("sides", "plainly_against")
_NEGATION = re.compile(NEGATION_PATTERN, re.IGNORECASE)
_DETERMINERS = words_of("positions", "determiners")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PHRASE_OPENERS = words_of("positions", "phrase_openers")
_PHRASE = re.compile(r"[^\W\d_][\w’'-]*|[^\w\s]")
_OBJECT_DISTANCE = 4  # words between a word of support and its topic
_VAGUE = _stems_of("positions", "vague") | {stem(name) for name in DAY_NAMES - {"may"}}


def matrix(
    statements: Sequence[Statement],
    *,
    actors: Mapping[str, Sequence[Statement]],
    topics: Mapping[str, Sequence[Statement]],
    find_actor: Callable[[str], Actor | None] | None = None,
) -> Positions:
    """The matrix over `statements`. `actors` and `topics` map what the user named to its statements; where empty, the
    most frequent ones are taken, topics of two or more actors first. `find_actor` resolves a name by the register, or
    to None; with it, the chosen rows are registered actors only, each once under its registered name.
    """
    requested = [one for groups in (actors, topics) for group in groups.values() for one in group]
    everything = tuple(dict.fromkeys([*statements, *requested]))
    about_topics = list(dict.fromkeys(one for group in topics.values() for one in group))
    rows: dict[str, Sequence[Statement]] = dict(actors) or dict(_by_actor(about_topics or everything, find_actor))
    sayings = list(dict.fromkeys(one for group in rows.values() for one in group))
    columns: dict[str, Sequence[Statement]] = dict(topics)
    for fewest, speakers in ((_FEWEST, 2), (_FEWEST, 1), (1, 1)):
        if not columns:
            columns = dict(_by_topic(sayings, rows, fewest=fewest, speakers=min(speakers, len(rows))))
    if not actors:
        rows = _with_most_on(columns, rows)
    place = {item: at for at, item in enumerate(everything)}
    cells = []
    for actor, group in rows.items():
        by_actor = set(group)
        for topic, on_topic in columns.items():
            cell_places = {place[one] for one in on_topic if one in by_actor and one in place}
            ordered = sorted(cell_places, key=lambda at: (everything[at].sort_day, at))
            cells.append(_cell(actor, topic, ordered, everything))
    places_in_cells = {at for cell in cells for at in cell.statements}
    if not actors:  # no row for an unrequested actor without a statement on the topics
        speaking = {cell.actor for cell in cells if cell.statements}
        rows = {actor: group for actor, group in rows.items() if actor in speaking}
        cells = [cell for cell in cells if cell.actor in speaking]
    return Positions(
        statements=everything,
        actors=tuple(rows),
        topics=tuple(columns),
        cells=tuple(cells),
        changes=tuple(change for cell in cells for change in _changes(cell, everything)),
        elsewhere=len(everything) - len(places_in_cells),
    )


def polarity(item: Statement) -> int:
    """1 for words of support in cue and content, -1 for words of opposition, 0 for neither or a balance. A nearby
    preceding negation turns a word round, and a denial turns the whole statement round.
    """
    balance = 0
    for text in (item.cue.text if item.cue else "", item.text):
        tokens = words(text)
        for at, word in enumerate(tokens):
            sign = (stem(word) in _SUPPORT) - (stem(word) in _OPPOSITION)
            if sign and NEGATION_WORDS.intersection(tokens[max(0, at - 3) : at]):
                sign = -sign
            balance += sign
    if item.denied:
        balance = -balance
    return (balance > 0) - (balance < 0)


def _polarity_on(item: Statement, topic: str) -> int:
    """As `polarity`, but 0 unless a word of support or opposition has the topic as its object in the same clause."""
    key = tuple(stem(word) for word in words(topic))
    cue, text = (words(part) for part in (item.cue.text if item.cue else "", item.text))
    judgements = [word for word in cue if stem(word) in _SUPPORT | _OPPOSITION]
    objects = [text[: _OBJECT_DISTANCE + len(key)]] if judgements else []
    for clause in _PATTERNS.clause.split(item.text):
        line = words(clause)
        objects += [
            line[at + 1 : at + 1 + _OBJECT_DISTANCE + len(key)]
            for at, word in enumerate(line)
            if stem(word) in _SUPPORT | _OPPOSITION
        ]
    return polarity(item) if any(_contains(tuple(map(stem, part)), key) for part in objects) else 0


def _cell(actor: str, topic: str, places: Sequence[int], everything: Sequence[Statement]) -> PositionCell:
    sides = Counter(_polarity_on(everything[at], topic) for at in places if not everything[at].stance)
    return PositionCell(actor=actor, topic=topic, statements=tuple(places), supporting=sides[1], opposing=sides[-1])


# -- as a table

# Each is a field of a statement or a key in `table`.
_COLUMNS = (
    "actor", "topic", "speaker", "role", "on_behalf_of", "venue", "said_on", "published", "kind", "denied", "stance",
    "corrected", "text", "changed", "title", "outlet", "article_id", "version", "start", "end",
)  # fmt: skip
# Spreadsheets run a cell that begins so (OWASP, CSV injection); some skip blanks and accept full-width signs.
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@|＝＋－＠]|[\t\r\n]")


def table(positions: Positions) -> str:
    """The matrix as CSV (RFC 4180): a line for each statement of a cell, oldest first. Column `changed` names the rule
    by which a statement may differ from an earlier one. An apostrophe precedes text that a spreadsheet would run.
    """
    rules = {(item.actor, item.topic, item.later): item.rule for item in positions.changes}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for cell in positions.cells:
        for at in cell.statements:
            item = positions.statements[at]
            places = {"start": item.content[0].start, "end": item.content[-1].end}
            row = {"actor": cell.actor, "topic": cell.topic, "changed": rules.get((cell.actor, cell.topic, at))}
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
    text = str(value)
    return f"'{text}" if _FORMULA.match(text) else text


# -- actors and topics that the user did not name


def _by_actor(
    statements: Iterable[Statement], find_actor: Callable[[str], Actor | None] | None
) -> dict[str, list[Statement]]:
    """The actors by their number of statements, by whom each was made for, else by speaker."""
    groups: dict[str, list[Statement]] = defaultdict(list)
    names: dict[str, str] = {}
    for item in statements:
        name = item.on_behalf_of or item.speaker
        for one in joint_speakers(name) if name else ():
            if find_actor is not None:
                if one.islower() or (actor := find_actor(one)) is None:
                    continue  # a description such as "experts", or "the times" where there is an actor "Times"
                one = actor.name
            key = fold(one)
            names.setdefault(key, one)
            groups[key].append(item)
    best = sorted(groups, key=lambda key: (-len(groups[key]), key))
    return {names[key]: groups[key] for key in best}


def _with_most_on(
    columns: Mapping[str, Sequence[Statement]], rows: Mapping[str, Sequence[Statement]]
) -> dict[str, Sequence[Statement]]:
    """The actors with the most statements on each of the topics, in the order of their statements on all of them."""
    counts = {
        topic: Counter({actor: len(set(group) & set(rows[actor])) for actor in rows})
        for topic, group in columns.items()
    }
    ranks: dict[str, int] = {}
    for one in counts.values():
        for rank, (actor, count) in enumerate(one.most_common()):
            if count:
                ranks[actor] = min(rank, ranks.get(actor, rank))
    best = sorted(ranks, key=ranks.__getitem__)[:MOST_ACTORS] if ranks else list(rows)[:MOST_ACTORS]
    best.sort(key=lambda actor: -sum(one[actor] for one in counts.values()))
    return {actor: rows[actor] for actor in best}


def _by_topic(
    statements: Sequence[Statement], actors: Mapping[str, Sequence[Statement]], *, fewest: int, speakers: int
) -> dict[str, list[Statement]]:
    """The most frequent noun phrases of at least `fewest` statements and `speakers` actors, without shared words, each
    with its statements: those of the most actors first, then those with the newest words.

    Repetition within an article outweighs single mentions in many ("plan", "support"). A word that mostly precedes
    another ("federal", "middle") is not a topic.
    """
    names = {part for actor in actors for part in content_words(actor)}
    names |= {part for item in statements if item.speaker for part in content_words(item.speaker)}
    owners: dict[Statement, set[str]] = defaultdict(set)
    for actor, group in actors.items():
        for item in group:
            owners[item].add(actor)
    by_phrase: dict[tuple[str, ...], set[int]] = defaultdict(set)
    spellings: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    phrase_ends: Counter[tuple[str, ...]] = Counter()
    for at, item in enumerate(statements):
        for phrase, ends_phrase in _phrases(item.text, names):
            key = tuple(stem(word) for word in words(phrase))
            by_phrase[key].add(at)
            spellings[key][phrase] += 1
            phrase_ends[key] += ends_phrase

    def weight(key: tuple[str, ...]) -> float:
        places = by_phrase[key]
        returns = len(places) - len({statements[at].article_id for at in places})
        return (returns + _SINGLE_MENTION * len(places)) * (1 + 0.5 * (len(key) > 1))

    nouns = [key for key in by_phrase if phrase_ends[key] >= _PHRASE_END_SHARE * spellings[key].total()]
    ranked = sorted(nouns, key=lambda key: (-weight(key), key))
    topics: list[tuple[str, ...]] = []
    for key in ranked:
        actors_on_topic = {actor for at in by_phrase[key] for actor in owners[statements[at]]}
        if (
            len(by_phrase[key]) >= fewest
            and len(actors_on_topic) >= speakers
            and not any(set(key) & set(other) for other in topics)
        ):
            topics.append(key)
        if len(topics) == MOST_TOPICS:
            break
    stems = [tuple(stem(word) for word in words(item.text)) for item in statements]
    groups = {
        _usual_spelling(spellings[key]): [
            item for item, row in zip(statements, stems, strict=True) if _contains(row, key)
        ]
        for key in topics
    }

    def prominence(topic: str) -> tuple[int, date]:
        on_topic = groups[topic]
        return len({actor for item in on_topic for actor in owners[item]}), max(item.sort_day for item in on_topic)

    return {topic: groups[topic] for topic in sorted(groups, key=prominence, reverse=True)}


def _usual_spelling(spellings: Counter[str]) -> str:
    """The most frequent spelling, or its plural if that is common: what is talked about is "drones", not "drone"."""
    usual = min(spellings, key=lambda one: (-spellings[one], one))
    plurals = (f"{usual}s", f"{usual}es", f"{usual[:-1]}ies")
    return next((one for one in plurals if spellings[one] >= _PLURAL_SHARE * spellings[usual]), usual)


def _contains(row: Sequence[str], key: tuple[str, ...]) -> bool:
    return key[0] in row and any(row[at : at + len(key)] == key for at in range(len(row)))


def _phrases(text: str, names: set[str]) -> Iterator[tuple[str, bool]]:
    """Noun phrases of one or two words after an article, a possessive or a preposition, each with whether it ends the
    phrase, as nouns do and adjectives do not.
    """
    countries = {part for _, _, country in countries_in(text) for part in words(country)}
    run: list[str] = []
    in_phrase = False
    for word in [*(match.group() for match in _PHRASE.finditer(text)), "."]:
        key = " ".join(words(word))
        is_content = bool(key) and key not in STOPWORDS and key not in _PHRASE_OPENERS and " " not in key
        if is_content:
            run.append(word)
            continue
        if in_phrase and run:
            yield from _noun_phrases(run, names, countries)
        run, in_phrase = [], key in _PHRASE_OPENERS


def _noun_phrases(run: Sequence[str], names: set[str], countries: set[str]) -> Iterator[tuple[str, bool]]:
    topical = [
        re.sub("['’]s?$", "", word) if _topical(word, names, countries) else None for word in run[:3]
    ]  # cased as in the news
    last = len(run) - 1
    for at, word in enumerate(topical):
        if word:
            yield word, at == last
    for at, (first, second) in enumerate(pairwise(topical), 1):
        if first and second:
            yield f"{first} {second}", at == last


def _topical(word: str, names: set[str], countries: set[str]) -> bool:
    key = words(word)[0]
    if len(key) < 4 or stem(key) in _VAGUE | names or key in countries or countries_in(word):
        return False
    return not key.endswith(("ly", "ed", "ing")) or key in words_of("positions", "verb_like")


# -- change over time


def _changes(cell: PositionCell, everything: Sequence[Statement]) -> Iterator[Change]:
    """Pairs of statements of different days that differ by a rule, each later one with the nearest earlier one."""
    places = [at for at in cell.statements if not everything[at].stance]
    pairs: set[tuple[int, ChangeRule]] = set()
    for before, after in sorted(
        combinations(places, 2), key=lambda pair: (places.index(pair[1]), -places.index(pair[0]))
    ):
        one, other = everything[before], everything[after]
        if min(one.sort_day, other.sort_day) == date.min or one.sort_day >= other.sort_day:
            continue
        rule = change_between(one, other)
        sides = _polarity_on(one, cell.topic) * _polarity_on(other, cell.topic)
        if rule == "side" and polarity(one) * polarity(other) < 0 <= sides:
            continue  # for and against something else
        if rule and (after, rule) not in pairs:
            pairs.add((after, rule))
            yield Change(actor=cell.actor, topic=cell.topic, earlier=before, later=after, rule=rule)


def change_between(one: Statement, other: Statement) -> ChangeRule | None:
    """The rule by which a later statement of the same source may differ from an earlier one; None if it does not."""
    if _are_about_others(one.text, other.text):
        return None
    mine, theirs = _topic_words(one), _topic_words(other)
    shared = len(mine & theirs)
    shorter, longer = sorted((len(mine), len(theirs)))
    sides = polarity(one) * polarity(other)
    if shared >= max(1, min(2, shorter), _MIN_SHARE * shorter) and (
        sides < 0
        or (
            shared >= _MIN_SHARE_TURNED * longer
            and _has_turned(*((mine, theirs) if sides else (_stems(one), _stems(other))))
        )
    ):
        return "side"
    if sides > 0 and (_has_turned_side(one) or _has_turned_side(other)):
        return None  # who "does not oppose" it supports it
    if one.denied != other.denied and _negates(one.text) != _negates(other.text):
        return None  # who "denied that it did" said that it "did not"
    is_refusal = any(item.cue and _PATTERNS.refusal.search(item.cue.text) for item in (one, other))
    if (
        not is_refusal
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


def _are_about_others(one: str, other: str) -> bool:
    """True if two texts begin with what they are about, and that is not the same: "no school ... would", "libraries ...
    would".
    """
    subjects = [_opening_words(text) for text in (one, other)]
    return all(subjects) and not subjects[0] & subjects[1]


def _opening_words(text: str) -> set[str]:
    """The stems of the content words that a text begins with, up to the next function word; a determiner may come
    first.
    """
    rest = dropwhile(lambda word: word in _DETERMINERS, words(text))
    return {stem(word) for word in takewhile(lambda word: word not in STOPWORDS, rest)}


def _has_turned(mine: set[str], theirs: set[str]) -> bool:
    """True if a word of the one alone excludes a word of the other alone."""
    return any(turns_round(word, its) for word in mine - theirs for its in theirs - mine)


def _has_turned_side(item: Statement) -> bool:
    """True if a negation turns a word of support or opposition round."""
    return any(
        word in NEGATION_WORDS and any(stem(its) in _SUPPORT | _OPPOSITION for its in tokens[at + 1 : at + 4])
        for tokens in [words(item.text)]
        for at, word in enumerate(tokens)
    )


def _stems(item: Statement) -> set[str]:
    return {stem(word) for word in words(item.text) if word not in STOPWORDS}


def _without_not(text: str) -> list[str]:
    """The stems of a text without its negation and auxiliary verb, the same for a statement and its opposite."""
    bare = words(_NEGATION.sub("", text))
    return [stem(word) for word in bare if word not in FORMS_OF_DO]


def _negates(text: str) -> bool:
    return bool(_NEGATION.search(_PATTERNS.limiting.sub("", text)))


def _negated_words(text: str) -> set[str]:
    """The stem of the first content word after each negation of a text."""
    tokens = words(text)
    negated = (
        next((word for word in tokens[at + 1 :] if word not in STOPWORDS), None)
        for at, word in enumerate(tokens)
        if word in NEGATION_WORDS
    )
    return {stem(word) for word in negated if word}


def _figures(text: str) -> set[str]:
    """The numbers of a text, in figures or in words, except the word "one", which is often not a number."""
    spelled = {str(COUNTS[word]) for word in words(text) if COUNTS.get(word, 0) > 1}
    return spelled | set(_NUMBER.findall(text))


def _topic_words(item: Statement) -> set[str]:
    """The stems of a statement's content words, without figures and words of support or opposition."""
    stems = {stem(word) for word in words(item.text) if word not in STOPWORDS and word not in COUNTS}
    return {word for word in stems if not word[0].isdigit()} - _SUPPORT - _OPPOSITION
