"""Names, titles, numbers, units and dates of a sentence occur in its sources, and go together there as they do in it.

Allowed: another name of the same country (Ankara, Turkey, Turkish); endings of names (Lund, Lund's); numbers in words
or figures, with or without thousands separators; units by any of their names (%, percent; km, kilometres); British and
American spelling of titles; and the day on which a source was published, written out in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from rag.text.places import countries_in, country_of, named_alike, place_of
from rag.text.terms import STOPWORDS, stem, words
from rag.verification.days import check_days
from rag.verification.record import Objection, Record, words_around
from rag.verification.tokens import DAYS, NUMBER_WORDS, Token, is_common, names_in, plain_number, tokens

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_HYPHENED = re.compile(
    r"\b(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-(one|two|three|four|five|six|seven|eight|nine)\b"
)
_FIGURE = re.compile(
    rf"\d+(?:[.,]\d+)*|{_HYPHENED.pattern}|\b(?:{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})\b",
    re.IGNORECASE,
)
_MORE_OR_LESS = re.compile(
    r"\b(?:more|less|fewer|later|earlier|older|younger|higher|lower|rise|rose|fell|drop\w*|by|difference|longer|shorter)\b",
    re.IGNORECASE,
)
_TIMES = {"doubl": "2", "twice": "2", "twofold": "2", "tripl": "3", "treb": "3", "threefold": "3", "quadrupl": "4"}
_MOST_COUNTED = 5  # up to which a number in words may be the writer's own counting
_ORDINALS = {
    word: str(value)
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), start=1
    )
}
_ORDINAL = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b|\b\d+(?:st|nd|rd|th)\b", re.IGNORECASE)
_SUPERLATIVE = re.compile(rf"\b({'|'.join(_ORDINALS)})[- ]([a-z]+est|most [a-z]+|best|worst)\b", re.IGNORECASE)
_SHARE = re.compile(r"\b\w+ (?:\w+ )?(?:in|out of|of) (?:every )?\w+\b", re.IGNORECASE)  # four in five
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,}|\b[A-Z]{2,6}\b")
_IN_A_ROW = re.compile(r"[A-Z][\w’'-]*(?:[ -](?:of |the |and |for )*[A-Z][\w’'-]*)+")
_DEMONYM = re.compile(r"[a-z]?(?:a|n|an|ans|ian|ians|er|ers|ish|ese|i|is|s|e)?")
_OPENERS = frozenset("none nothing nobody although though meanwhile according asked however whether".split())
_NAME = re.compile(r"[^\W\d_][\w’'.-]*")
_MULTIPLIERS = frozenset("hundred dozen thousand million billion trillion percent".split()) | {"percentage point"}
_SPANS_OF_TIME = frozenset("second minute hour day week month year decade century".split())
_TITLES = frozenset(
    """minister president secretary spokesman spokeswoman spokesperson director chief chairman chairwoman ambassador
    adviser advisor governor senator commissioner general prosecutor chancellor representative judge envoy""".split()
)
_AMERICAN_SPELLING = {"defence": "defense", "adviser": "advisor", "labour": "labor"}


def check_facts(text: str, record: Record, *, names: str = "") -> Iterator[Objection]:
    """Objections to the numbers, units, dates, names and titles of `text`. `names` need no source, because a user put
    them in."""
    dated = check_days(text, record)
    yield from dated.objections
    yield from _check_numbers(dated.rest, record)
    yield from _check_ordinals(dated.rest, record)
    yield from _check_names(text, record, names)
    given_text = f"{record.body}\n{record.titles}"
    capitals = names_in(f"{text}\n{given_text}")
    ours, theirs = tokens(dated.rest, names=capitals), tokens(given_text, names=capitals)
    yield from _check_units(ours, theirs)
    yield from _check_weekdays(ours, theirs, record)
    yield from _check_titles(text, ours, tokens(f"{record.body}\n{record.attributions}", names=capitals), record)


# -- numbers and what they count


def _number_values(text: str) -> set[str]:
    return (
        {plain_number(item) for item in _NUMBER.findall(text)}
        | {value for word, value in _TIMES.items() if re.search(rf"\b{word}", text, re.IGNORECASE)}
        | {NUMBER_WORDS[word] for word in re.split(r"[^\w]+", text.lower()) if word in NUMBER_WORDS}
        | {str(int(NUMBER_WORDS[tens]) + int(NUMBER_WORDS[ones])) for tens, ones in _HYPHENED.findall(text.lower())}
    )


def _check_numbers(text: str, record: Record) -> Iterator[Objection]:
    """Each number stands in a cited span. A small one in words may be counted ("the two members"): that is a doubt."""
    values = _number_values(f"{record.body} {record.titles}")
    elsewhere = _number_values(f"{record.full_text} {record.attributions}")
    worked_out = _differences(values)
    for match in _FIGURE.finditer(text):
        figure = match.group().lower()
        value = NUMBER_WORDS.get(figure) or (
            plain_number(figure)
            if figure[0].isdigit()
            else str(sum(int(NUMBER_WORDS[part]) for part in figure.split("-")))
        )
        if value in values or (figure == "one" and "1" not in values):
            continue
        if not figure[0].isdigit() and int(value) <= _MOST_COUNTED and value in _own_counts(record):
            continue
        where = (match.start(), match.end())
        if any(share.start() <= match.start() < share.end() for share in _SHARE.finditer(text)):
            yield Objection(f"the number {figure} does not occur in its source", "soft", where)
        elif value in worked_out and _MORE_OR_LESS.search(text):
            yield Objection(f"the number {figure} is not in its source, but can be worked out from it", "soft", where)
        elif value in elsewhere:
            yield Objection(f"the number {figure} does not occur in the cited words", "soft", where)
        elif not figure[0].isdigit() and int(value) <= _MOST_COUNTED and not values:
            yield Objection(f"the number “{figure}” does not occur in its source", "soft", where)
        else:
            shown = figure if figure[0].isdigit() else f"“{figure}”"
            yield Objection(f"the number {shown} does not occur in its source", "hard", where)


def _differences(values: set[str]) -> set[str]:
    """Differences of whole numbers."""
    whole = sorted(int(value) for value in values if value.isdigit() and len(value) < 10)
    return {str(high - low) for low, high in combinations(whole, 2)}


def _own_counts(record: Record) -> set[str]:
    """How many sources there are, and "both" and "two" where a source names a pair."""
    counts = {"1"}
    if re.search(r"\b(?:both|neither|either|pair|couple|twice|two)\b", record.body, re.IGNORECASE):
        counts.add("2")
    return counts


def _check_ordinals(text: str, record: Record) -> Iterator[Objection]:
    """Ordinals are numbers: a "third" that the source does not have is a doubt, beside another one a contradiction."""
    theirs = set(_ordinal_values(record.body))
    near = set(_ordinal_values(f"{record.body} {record.titles}"))
    for value, where in _ordinal_places(text):
        if value not in near and not (value == "1" and re.search(r"\b(?:new|initial|opening|debut|open)", record.body)):
            # The words for a first time are many, those for a third are not.
            yield Objection(
                f"“{text[slice(*where)]}” does not occur in its source", "hard" if theirs else "soft", where
            )
    ours = {value for value, _ in _ordinal_places(text)}
    for match in _SUPERLATIVE.finditer(record.body):
        ordinal, superlative = match[1].lower(), match[2].lower()
        at = re.search(rf"(?<![-\w]){superlative}\b", text, re.IGNORECASE)
        if at and _ORDINALS.get(ordinal) not in ours:
            yield Objection(f"it leaves out “{ordinal}” before “{superlative}”", "soft", at.span())


def _ordinal_values(text: str) -> Iterator[str]:
    return (value for value, _ in _ordinal_places(text))


def _ordinal_places(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for match in _ORDINAL.finditer(text):
        word = match.group().lower()
        before = text[: match.start()].rstrip().rpartition(" ")[2].lower()
        if word == "second" and before in ("a", "per", "each", "every"):
            continue
        yield _ORDINALS.get(word) or re.sub(r"\D", "", word), match.span()


def _check_units(ours: Sequence[Token], theirs: Sequence[Token]) -> Iterator[Objection]:
    """Each number has a unit that it has in the sources too, and its "million"; units without a number occur there."""
    known: dict[str, list[frozenset[str]]] = {}
    for number, units in _numbers_with_units(theirs):
        known.setdefault(number.key, []).append(units)
    for number, units in _numbers_with_units(ours):
        there = known.get(number.key, [])
        if there and not any(units <= its and its & _MULTIPLIERS <= units for its in there):
            shown = " ".join(sorted(units)) or "no unit"
            yield Objection(
                f"its source gives {number.form} in another unit than {shown}", "hard", (number.start, number.end)
            )
    held = {item.key for item in theirs if item.kind == "unit"}
    for at, item in enumerate(ours):
        twelve = item.form == "dozen" and any(one.key == "12" for one in theirs)
        loose = item.kind == "unit" and item.key not in held and not twelve
        counted = item.key not in _SPANS_OF_TIME or (at and ours[at - 1].form in ("a", "an", "per", "one"))
        if loose and counted:
            yield Objection(f"the unit “{item.form}” does not occur in its source", "soft", (item.start, item.end))


def _numbers_with_units(items: Sequence[Token]) -> Iterator[tuple[Token, frozenset[str]]]:
    """The numbers with the units around them: $ 5 million, 5 percentage points, 10 days."""
    for at, item in enumerate(items):
        if item.kind != "number":
            continue
        units = {items[at - 1].key} if at and items[at - 1].form in ("$", "€", "£", "¥") else set()
        for after in items[at + 1 : at + 4]:
            if after.kind != "unit" or not after.near:
                break
            units.add(after.key)
        yield item, frozenset(units)


# -- weekdays and months as words


def _check_weekdays(ours: Sequence[Token], theirs: Sequence[Token], record: Record) -> Iterator[Objection]:
    pairs = set(_day_numbers(theirs))
    for day, number in _day_numbers(ours):
        if (day, number) not in pairs:
            yield Objection(f"the date {number} {day.title()} does not occur in its source", "hard")
    held = {item.key for item in theirs if item.kind == "day"}
    held |= {name for day in record.published for name in (f"{day:%B}".lower(), f"{day:%A}".lower())}
    for item in ours:
        if item.kind == "day" and item.key not in held:
            elsewhere = {one.key for one in tokens(record.full_text) if one.kind == "day"}
            yield Objection(
                f"the day or month “{item.form}” does not occur in its source",
                "soft" if item.key in elsewhere else "hard",
                (item.start, item.end),
            )


def _day_numbers(items: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Days and months with a number beside them: February 3, 3 February."""
    for left, right in pairwise(items):
        if left.kind == "day" and right.kind == "number" and right.near:
            yield left.key, right.key
        elif left.kind == "number" and right.kind == "day" and right.near:
            yield right.key, left.key


# -- names and titles


def _check_names(text: str, record: Record, allowed: str) -> Iterator[Objection]:
    """Every name of the sentence stands in a cited span, or belongs to somebody or something in one."""
    source = f"{record.body} {record.titles} {record.attributions} {allowed}"
    theirs, whole = set(words(source)), set(words(record.full_text)) | set(words(record.before))
    short = {re.sub(r"\W", "", item).lower() for item in _DOTTED.findall(record.full_text)} | _initials(
        record.full_text
    )
    alike = named_alike(text, f"{source}\n{record.text_before}" if record.points_back else source)
    for match in _NAME.finditer(text):
        word = match.group().strip("’'.-")
        folded = " ".join(words(word))
        if not word[:1].isupper() or not folded or folded in theirs or folded in STOPWORDS:
            continue
        parts = re.split(r"[\s-]", folded)
        if folded in DAYS or folded in NUMBER_WORDS or all(part in theirs for part in parts):
            continue
        if re.sub(r"\W", "", word).lower() in short or _is_demonym(folded, theirs):
            continue
        if any(place.start <= match.start() < place.end for place in alike) or _is_seat_of_speaker(word, record):
            continue
        if _is_common_word(word, match.start(), text, record):
            continue
        if stem(folded) in record.descriptions or (record.points_back and folded in words(record.text_before)):
            continue
        where = (match.start(), match.end())
        if (
            folded in whole
            or _is_demonym(folded, whole)
            or country_of(word) in {country for *_, country in countries_in(source)}
        ):
            yield Objection(f"the cited words do not name “{word}”", "soft", where)
        elif folded in _TITLES or is_common(folded) or _precedes_known_name(match.end(), text, theirs | whole):
            yield Objection(f"the name or word “{word}” does not occur in its source", "soft", where)
        else:
            yield Objection(f"the name or word “{word}” does not occur in its source", "hard", where)


def _is_seat_of_speaker(word: str, record: Record) -> bool:
    """True for the capital of a state on whose behalf somebody speaks in the cited words: "Sudria" is who says "we"."""
    place = place_of(word)
    states = {country_of(item.on_behalf_of) for item in record.cited_statements if item.on_behalf_of}
    return place is not None and place[0] in ("seat", "capital") and place[1] in states


def _precedes_known_name(at: int, text: str, known: set[str]) -> bool:
    """True for a first name before a name that the articles have."""
    after = _NAME.match(text, at + 1)
    return after is not None and after.group()[:1].isupper() and set(words(after.group())) <= known


def _is_common_word(word: str, at: int, text: str, record: Record) -> bool:
    """True for a plain word: one that opens a sentence, or a title that the articles write in small letters."""
    opens = at == 0 or re.search(r"[.!?:“\"]\s*$", text[:at]) is not None
    small = word.lower()
    if re.search(rf"\b{re.escape(small)}\b", record.full_text):
        return True  # the articles write it in small letters; whether they say so is another rule's matter
    return opens and (is_common(small) or small.endswith(("ing", "ed", "ly")) or small in _OPENERS)


def _is_demonym(word: str, theirs: set[str]) -> bool:
    """True for "Norlander" where the source has "Norland", and the other way round."""
    return any(
        len(one) > 4 and (word.startswith(one[:-1]) or one.startswith(word[:-1])) and len(word) > 4
        and _DEMONYM.fullmatch(word[len(one) - 1 :] if len(word) > len(one) else one[len(word) - 1 :])
        for one in theirs
    )  # fmt: skip


def _initials(text: str) -> set[str]:
    """Initials of capitalised words in a row, "of" and "the" left out: Federal Bureau of Investigation is fbi."""
    return {
        "".join(part[0] for part in re.split(r"[\s-]+", match.group()) if part[:1].isupper()).lower()
        for match in _IN_A_ROW.finditer(text)
    }


def _check_titles(text: str, ours: Sequence[Token], theirs: Sequence[Token], record: Record) -> Iterator[Objection]:
    """A title has the word before it that it has in the sources ("defense minister"), and the name after it."""
    known = {(before, title) for before, title, _ in _titles_with_neighbours(theirs)}
    wide = words(record.full_text)
    nearby = set(pairwise(_AMERICAN_SPELLING.get(word, word) for word in wide)) | set(zip(wide, wide[2:], strict=False))
    holders: dict[tuple[str, str], set[str]] = {}
    for before, title, name in _titles_with_neighbours(theirs):
        if name:
            holders.setdefault((before, title), set()).add(name)
    for before, title, name in _titles_with_neighbours(ours):
        if (
            before
            and (before, title) not in known
            and not country_of(before.title())
            and not re.search(rf"\b{before}[’']s? (?:\w+ )?{title}\b", text, re.IGNORECASE)
            and not (before.title() in text and _is_demonym(before, set(wide) - {before}))
            and before != "whose"
            and (before, title) not in nearby
        ):
            yield Objection(f"the title “{before} {title}” does not occur in its source", "soft")
        held = holders.get((before, title), set())
        if name and held and name not in held and stem(title) not in words_around(record.full_text, name):
            yield Objection(f"its source gives the title “{title}” to another person", "hard")


def _titles_with_neighbours(items: Sequence[Token]) -> Iterator[tuple[str, str, str]]:
    """Titles with the word right before them and the last of the names right after them, "" where there is none."""
    for at, item in enumerate(items):
        if item.form not in _TITLES:
            continue
        before = items[at - 1] if at and item.near and items[at - 1].carries else None
        last = ""
        for after in items[at + 1 : at + 5]:
            if after.kind != "name" or not after.near or after.sentence != item.sentence:
                break
            last = after.key
        form = _AMERICAN_SPELLING.get(before.form, before.form) if before else ""
        yield form, _AMERICAN_SPELLING.get(item.form, item.form), last
