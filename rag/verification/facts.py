"""Numbers, units, names and titles of a claim occur in its sources, and go together there as they do in it.

Allowed: another name of the same country (Ankara, Turkey, Turkish); endings of names (Lund, Lund's); numbers in words
or figures, with or without thousands separators; units by any of their names (%, percent; km, kilometres); British and
American spelling of titles; and the day on which a source was published, written out in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from rag.knowledge.tables import groups_of, table
from rag.knowledge.words import ANY_ORDINAL, COUNTS, ORDINALS, TIME_UNITS
from rag.text.canonical import fold
from rag.text.lexing import number_in
from rag.text.places import countries_in, country_of, named_alike, place_of
from rag.text.related_words import is_common
from rag.text.terms import STOPWORDS, stem, words
from rag.verification.dates import check_dates, check_day_names
from rag.verification.lexicon import LEXICON, PATTERNS
from rag.verification.outcomes import Objection, Severity
from rag.verification.premise import Premise, words_around
from rag.verification.tokens import DAYS, Token, names_in, tokens

_MULTIPLES, _SCALES = groups_of("verification", "multiples"), groups_of("verification", "scales")
_MOST_COUNTED = 5  # up to which a number in words may be the writer's own counting
_ORDINAL = re.compile(rf"\b(?:{ANY_ORDINAL})\b", re.IGNORECASE)
_ACRONYM = re.compile(r"\b(?:[A-Z]\.){2,}|\b[A-Z]{2,6}\b")
_FULL_NAME = re.compile(r"[A-Z][\w’'-]*(?:[ -](?:of |the |and |for )*[A-Z][\w’'-]*)+")
_LEAST_STEM = 4  # letters that a name and its demonym have more than
_NAME = re.compile(r"[^\W\d_][\w’'.-]*")
_BOUNDS = {"least": PATTERNS.least, "most": PATTERNS.most}
_MULTIPLIERS = LEXICON.multipliers | {"percentage point"}
_AMERICAN_SPELLING: dict[str, str] = table("spellings")["american"]


def check_facts(text: str, premise: Premise, *, names: str = "") -> Iterator[Objection]:
    """Objections to the numbers, units, dates, names and titles of `text`. `names` need no source, because a user put
    them in."""
    dates = check_dates(text, premise)
    yield from dates.objections
    yield from _check_numbers(dates.rest, premise)
    yield from _check_bounds(dates.rest, premise)
    yield from _check_ordinals(dates.rest, premise)
    yield from _check_names(text, premise, names)
    source = f"{premise.text}\n{premise.titles}"
    capitals = names_in(f"{text}\n{source}")
    ours, theirs = tokens(dates.rest, names=capitals), tokens(source, names=capitals)
    yield from _check_units(ours, theirs)
    yield from check_day_names(ours, theirs, premise)
    if any(item.form in LEXICON.titles for item in ours):
        cited_items = tokens(f"{premise.text}\n{premise.statement_fields}", names=capitals)
        yield from _check_titles(text, ours, cited_items, premise)


# -- numbers and what they count


def _number_values(text: str) -> set[str]:
    """The values of the numbers and factors of a text; of "sixty-two" also those of its parts, of "two decades" 20."""
    items = tokens(text)
    forms = {item.form for item in items if item.kind == "number"}
    parts = {part for form in forms for part in re.split(r"[-:]", form)}
    factors = {value for word, value in _MULTIPLES.items() if re.search(rf"\b{word}", text, re.IGNORECASE)}
    scaled = {_SCALES[item.form] for item in items if item.form in _SCALES} | set(_scaled_values(items).values())
    return {value for form in forms | parts if (value := number_in(form))} | factors | scaled


def _scaled_values(items: Sequence[Token]) -> dict[Token, str]:
    """The whole numbers before a word that counts in tens, dozens or hundreds, each with its value in ones."""
    return {
        item: str(int(item.key) * int(_SCALES[after.form]))
        for item, after in pairwise(items)
        if item.kind == "number" and item.key.isdigit() and after.is_adjacent and after.form in _SCALES
    }


def _check_numbers(text: str, premise: Premise) -> Iterator[Objection]:
    """Each number stands in a cited span. A small one in words may be counted ("the two members"), and what is the
    difference or the sum of numbers there worked out, a small one only beside a word for it: that is a doubt.
    """
    items = tokens(text)
    numbers = [item for item in items if item.kind == "number"]
    if not numbers:
        return
    scaled = _scaled_values(items)
    values = _number_values(f"{premise.text} {premise.titles}")
    differences, sums = _differences(values), _sums(values)
    share_spans = [match.span() for match in PATTERNS.share.finditer(text)]
    for item in numbers:
        figure, value, in_words = item.form, item.key, not item.form[0].isdigit()
        if {value, scaled.get(item)} & values or (figure == "one" and "1" not in values):
            continue
        is_small = in_words and _is_small(value)
        if is_small and (value == "1" or (value == "2" and PATTERNS.pair.search(premise.text))):
            continue
        where = (item.start, item.end)
        if any(start <= item.start < end for start, end in share_spans):
            yield Objection(f"the number {figure} does not occur in its source", "soft", where)
        elif (value in differences and (PATTERNS.change.search(text) or not _is_small(value))) or (
            value in sums and (PATTERNS.total.search(text) or not _is_small(value))
        ):
            yield Objection(f"the number {figure} is not in its source, but can be worked out from it", "soft", where)
        elif value in _number_values(f"{premise.article_text} {premise.statement_fields}"):
            yield Objection(f"the number {figure} does not occur in the cited words", "soft", where)
        else:
            label = f"“{figure}”" if in_words else figure
            is_count = is_small and (not values or PATTERNS.definite_before.search(text[: item.start]))
            severity: Severity = "soft" if is_count else "missing"
            yield Objection(f"the number {label} does not occur in its source", severity, where)


def _is_small(value: str) -> bool:
    return not value.isdigit() or int(value) <= _MOST_COUNTED


def _differences(values: set[str]) -> set[str]:
    """Differences of whole numbers."""
    whole = sorted(int(value) for value in values if value.isdigit() and len(value) < 10)
    return {str(high - low) for low, high in combinations(whole, 2)}


def _sums(values: set[str]) -> set[str]:
    """Sums of two whole numbers, and of all."""
    whole = sorted(int(value) for value in values if value.isdigit() and len(value) < 10)
    return {str(one + other) for one, other in combinations(whole, 2)} | {str(sum(whole))}


def _check_bounds(text: str, premise: Premise) -> Iterator[Objection]:
    """A number that the source has as the most ("up to") is not the least ("more than"), nor the number itself."""
    theirs: dict[str, set[str]] = {}
    for value, bound, _ in _bounded_numbers(premise.text):
        theirs.setdefault(value, set()).add(bound)
    for value, bound, where in _bounded_numbers(text):
        bounds = theirs.get(value, {bound})
        if bound not in bounds and "exact" not in bounds | {bound}:
            yield Objection(
                f"its source has {text[slice(*where)]} as the {'least' if bound == 'most' else 'most'}", "firm", where
            )
        elif bound == "exact" and bounds == {"most"}:
            yield Objection(f"its source has {text[slice(*where)]} as the most", "soft", where)


def _bounded_numbers(text: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """The values of the numbers of a text, each with its bound (the least, the most or exact) and its span."""
    for item in tokens(text):
        if item.kind == "number":
            before = text[: item.start].rstrip("$€£ ")
            kinds = (kind for kind, pattern in _BOUNDS.items() if pattern.search(before))
            yield item.key, next(kinds, "exact"), (item.start, item.end)


def _check_ordinals(text: str, premise: Premise) -> Iterator[Objection]:
    """Ordinals are numbers: a "third" that the source does not have is a doubt, beside another one a contradiction."""
    ours = list(_ordinals(text))
    theirs = {value for value, _ in _ordinals(premise.text)}
    source_values = theirs | {value for value, _ in _ordinals(f"{premise.text} {premise.titles}")}
    if re.search(r"\b(?:new|initial|opening|debut|open)", premise.text):
        source_values.add("1")  # the words for a first time are many, those for a third are not
    for value, where in ours:
        if value not in source_values:
            severity: Severity = "hard" if theirs else "soft"
            yield Objection(f"“{text[slice(*where)]}” does not occur in its source", severity, where)
    for match in PATTERNS.superlative.finditer(premise.text):
        ordinal, superlative = match[1].lower(), match[2].lower()
        at = re.search(rf"(?<![-\w]){superlative}\b", text, re.IGNORECASE)
        if at and str(ORDINALS[ordinal]) not in {value for value, _ in ours}:
            yield Objection(f"it leaves out “{ordinal}” before “{superlative}”", "soft", at.span())


def _ordinals(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The values of the ordinals of a text, each with its half-open span in characters."""
    for match in _ORDINAL.finditer(text):
        word = match.group().lower()
        before = text[: match.start()].rstrip().rpartition(" ")[2].lower()
        if word != "second" or before not in ("a", "per", "each", "every"):
            yield str(ORDINALS.get(word) or re.sub(r"\D", "", word)), match.span()


def _check_units(ours: Sequence[Token], theirs: Sequence[Token]) -> Iterator[Objection]:
    """Each number has a unit that it has in the sources too, and its "million"; units without a number occur there.
    Where one of the two leaves out a unit that it has elsewhere ("18 per cent of its goal of 60"), that is a doubt.
    """
    source_units: dict[str, list[frozenset[str]]] = {}
    for number, units in _numbers_with_units(theirs):
        source_units.setdefault(number.key, []).append(units)
    own_keys, source_keys = ({item.key for item in items if item.kind == "unit"} for items in (ours, theirs))
    for number, units in _numbers_with_units(ours):
        candidates = source_units.get(number.key, [])
        if candidates and not any(units <= its and its & _MULTIPLIERS <= units for its in candidates):
            label = " ".join(sorted(units)) or "no unit"
            is_left_out = any(its <= own_keys and units <= source_keys and not (units and its) for its in candidates)
            severity: Severity = "firm" if is_left_out else "hard"
            yield Objection(
                f"its source gives {number.form} in another unit than {label}", severity, (number.start, number.end)
            )
    has_twelve = any(item.key == "12" for item in theirs)
    for at, item in enumerate(ours):
        if item.form == "dozen" and has_twelve:
            continue
        is_measured = item.key not in TIME_UNITS or (at and ours[at - 1].form in ("a", "an", "per", "one"))
        if item.kind == "unit" and item.key not in source_keys and is_measured:
            yield Objection(f"the unit “{item.form}” does not occur in its source", "soft", (item.start, item.end))


def _numbers_with_units(items: Sequence[Token]) -> Iterator[tuple[Token, frozenset[str]]]:
    """The numbers with the units around them: $ 5 million, 5 percentage points, 10 days."""
    for at, item in enumerate(items):
        if item.kind != "number":
            continue
        units = {items[at - 1].key} if at and items[at - 1].form in ("$", "€", "£", "¥") else set()
        for after in items[at + 1 : at + 4]:
            if after.kind != "unit" or not after.is_adjacent:
                break
            units.add(after.key)
        yield item, frozenset(units)


# -- names and titles


def _check_names(text: str, premise: Premise, extra_names: str) -> Iterator[Objection]:
    """Every name of the claim stands in a cited span, or belongs to somebody or something in one."""
    source = f"{premise.text} {premise.titles} {premise.statement_fields} {extra_names}"
    cited_words = set(words(source))
    all_words = set(words(premise.article_text)) | set(words(premise.before))
    acronyms = {_letters(item) for item in _ACRONYM.findall(premise.article_text)} | _initials(premise.article_text)
    same_places = named_alike(text, f"{source}\n{premise.antecedents}")
    antecedents = set(words(premise.antecedents))
    for match in _NAME.finditer(text):
        word = match.group().strip("’'.-")
        name = " ".join(words(word))
        if not word[:1].isupper() or not name or name in STOPWORDS or name in DAYS or name in COUNTS:
            continue
        if all(part in cited_words for part in re.split(r"[\s-]", name)) or name in cited_words | antecedents:
            continue
        if number_in(fold(word)):
            continue
        if _letters(word) in acronyms or _is_demonym(name, cited_words) or stem(name) in premise.descriptions:
            continue
        if any(place.start <= match.start() < place.end for place in same_places) or _is_seat_of_speaker(word, premise):
            continue
        if _is_common_word(word, match.start(), text, premise):
            continue
        if (
            name in all_words
            or _is_demonym(name, all_words)
            or country_of(word) in {country for *_, country in countries_in(source)}
        ):
            yield Objection(f"the cited words do not name “{word}”", "soft", match.span())
            continue
        is_doubtful = (
            name in LEXICON.titles or is_common(name) or _precedes_name(match.end(), text, cited_words | all_words)
        )
        yield Objection(
            f"the name or word “{word}” does not occur in its source",
            "soft" if is_doubtful else "missing",
            match.span(),
        )


def _letters(word: str) -> str:
    return re.sub(r"\W", "", word).lower()


def _is_seat_of_speaker(word: str, premise: Premise) -> bool:
    """True for the capital of a state on whose behalf somebody speaks in the cited words: "Sudria" is who says "we"."""
    place = place_of(word)
    states = {country_of(item.on_behalf_of) for item in premise.cited_statements if item.on_behalf_of}
    return place is not None and place[0] in ("seat", "capital") and place[1] in states


def _precedes_name(at: int, text: str, names: set[str]) -> bool:
    """True for a first name before a name that the articles have."""
    after = _NAME.match(text, at + 1)
    return after is not None and after.group()[:1].isupper() and set(words(after.group())) <= names


def _is_common_word(word: str, at: int, text: str, premise: Premise) -> bool:
    """True for a plain word: one that opens a sentence, or a title that the articles write in small letters."""
    small = word.lower()
    if re.search(rf"\b{re.escape(small)}\b", premise.article_text):
        return True  # the articles write it in small letters; whether they say so is another rule's matter
    opens = at == 0 or re.search(r"[.!?:“\"]\s*$", text[:at]) is not None
    return opens and (is_common(small) or small.endswith(("ing", "ed", "ly")) or small in LEXICON.openers)


def _is_demonym(word: str, names: set[str]) -> bool:
    """True for "Norlander" where the source has "Norland", and the other way round."""
    if len(word) <= _LEAST_STEM:
        return False
    return any(
        longer.startswith(shorter[:-1]) and PATTERNS.demonym_ending.fullmatch(longer[len(shorter) - 1 :])
        for name in names
        if len(name) > _LEAST_STEM
        for shorter, longer in (sorted((word, name), key=len),)
    )


def _initials(text: str) -> set[str]:
    """Initials of capitalised words in a row, "of" and "the" left out: Federal Bureau of Investigation is fbi."""
    return {
        "".join(part[0] for part in re.split(r"[\s-]+", match.group()) if part[:1].isupper()).lower()
        for match in _FULL_NAME.finditer(text)
    }


def _check_titles(text: str, ours: Sequence[Token], theirs: Sequence[Token], premise: Premise) -> Iterator[Objection]:
    """A title has the word before it that it has in the sources ("defense minister"), and the name after it."""
    article_words = words(premise.article_text)
    nearby = set(pairwise(map(american, article_words))) | set(zip(article_words, article_words[2:], strict=False))
    holders: dict[tuple[str, str], set[str]] = {}
    for before, title, name in _titles_with_neighbours(theirs):
        holders.setdefault((before, title), set()).update({name} - {""})
    for before, title, name in _titles_with_neighbours(ours):
        if (
            before not in ("", "whose")
            and (before, title) not in nearby | holders.keys()
            and not country_of(before.title())
            and not (before in premise.name_words | set(article_words) and _has_owner(title, premise))
            and not re.search(rf"\b{before}[’']s? (?:\w+ )?{title}\b", text, re.IGNORECASE)
            and not (before.title() in text and _is_demonym(before, set(article_words) - {before}))
        ):
            yield Objection(f"the title “{before} {title}” does not occur in its source", "soft")
        names = holders.get((before, title), set())
        if name and names and name not in names and stem(title) not in words_around(premise.article_text, name):
            yield Objection(f"its source gives the title “{title}” to another person", "hard")


def _has_owner(title: str, premise: Premise) -> bool:
    """True if the source leaves it to a pronoun whose office it is: "its president"."""
    return re.search(rf"\b(?:its|their) (?:\w+ )?{title}\b", premise.text, re.IGNORECASE) is not None


def _titles_with_neighbours(items: Sequence[Token]) -> Iterator[tuple[str, str, str]]:
    """Titles with the word right before them and the last of the names right after them, or ""."""
    for at, item in enumerate(items):
        if item.form not in LEXICON.titles:
            continue
        before = items[at - 1] if at and item.is_adjacent and items[at - 1].is_content else None
        last = ""
        for after in items[at + 1 : at + 5]:
            if after.kind != "name" or not after.is_adjacent or after.sentence != item.sentence:
                break
            last = after.key
        yield american(before.form) if before else "", american(item.form), last


def american(word: str) -> str:
    """A folded word of an office in American spelling."""
    return _AMERICAN_SPELLING.get(word, word)
