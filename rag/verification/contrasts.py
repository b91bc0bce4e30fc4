"""Small words that turn a meaning round: compared where the sentence follows a sentence of its sources.

The sentence is laid beside the cited sentence that it shares most with, word by word. Where two words are the same,
what bears on them must be the same: negation, will and would and may, is and was, all and some, former and deputy.
Where the sentence is nearly a copy, a word that was exchanged must not be a name, a number, a unit, a day or a tense,
and names must not have changed places. Verbs of saying are free in their tense, and a passive may turn two names
round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from rag.text.places import country_of, is_office, place_of, same_place
from rag.verification.alignment import Alignment, align, denies_twice, denies_without_not, negation_scopes, next_content
from rag.verification.credits import without_credit
from rag.verification.record import Objection
from rag.verification.tokens import Kind, Token, names_in, similar, tokens

_LEAST_SHARED = 0.35  # share of the sentence's carrying words that must stand in a source sentence to compare the two
_COPY = 0.6  # share of its words other than names from which on it is nearly a copy
_CLOSE = 0.8  # from which on a "not" more or less contradicts the source
_UNSURE = frozenset("may might could".split())
# Tenses and modals of what somebody says, and of telling it afterwards.
_BACKSHIFTED = {("present", "past"), ("perfect", "before"), ("past", "before")}
_SAME_PAST = {("past", "before"), ("perfect", "before"), ("past", "perfect"), ("perfect", "past")}  # of the same past
_BACKSHIFT = {"will": "would", "shall": "would", "may": "might", "can": "could"}
_PLANNED = frozenset("is are was were set due about plans planned intends wants going".split())
_ADVERBS = frozenset("be been being also now then already still soon again".split())
_TURNING = frozenset(("negation", "modal", "hedge", "quantifier"))
_OPPOSED = frozenset("more less fewer over under above below least most before after against for with without".split())
_FORMS_OF_ADDRESS = frozenset("mr mrs ms miss dr sir".split())
_BEFORE_DAYS = frozenset("on last next this until since by of and or to from between before after early late".split())
_ROOT = 5  # letters by which a hedge is known in another word
_MOST_EXCHANGED = 4  # words of an exchange that is looked at one by one
_JOINING = frozenset("a an the and or of to that".split())  # what may come and go where a part of a sentence moves
_BEING = frozenset("is are was were be".split())  # "the winner was Lund" is "Lund was the winner"


def check_wording(
    text: str, sources: Iterable[str], *, recast: bool = False, people: frozenset[str] = frozenset()
) -> Iterator[Objection]:
    """Objections to small words that were dropped, added or changed, and to words that changed places. `recast` means
    that the text reports in another form what its source says. One of the `people` (folded last names) in
    the place of another contradicts the source.
    """
    sources = list(sources)
    alignment = _align_with_closest(text, sources)
    if alignment is None:
        return
    for objection in _check_negations(alignment):
        yield replace(objection, severity="hard") if alignment.copied >= _CLOSE and not recast else objection
    yield from _check_verbs(alignment, recast=recast)
    yield from _check_quantifiers(alignment, [item for one in sources for item in tokens(one)])
    yield from _check_hedges(alignment)
    if alignment.copied >= _COPY:
        yield from _check_day_places(alignment)
    if alignment.copied >= _CLOSE:
        yield from _check_persons(alignment, people)
    if recast:  # who says it is another rule's matter, so that only what is said is laid side by side
        alignment = _align_with_closest(without_credit(text), [without_credit(one) for one in sources])
        if alignment is None:
            return
    yield from _check_swaps(alignment)
    if alignment.copied >= _COPY:
        yield from _check_exchanges(alignment, recast=recast)
        yield from _check_name_order(alignment)
        yield from _check_subjects(alignment)


def _align_with_closest(text: str, sources: Sequence[str]) -> Alignment | None:
    names = names_in("\n".join([text, *sources]))
    return _closest_alignment(tokens(text, names=names), [tokens(source, names=names) for source in sources])


def _closest_alignment(claim: Sequence[Token], sources: Sequence[Sequence[Token]]) -> Alignment | None:
    """The sentence beside the sentence of a source that it shares most words with; where it is several itself, beside
    the whole source."""
    best: Alignment | None = None
    carrying = sum(item.carries for item in claim)
    least = max(min(2.0, carrying), _LEAST_SHARED * carrying)
    most = (0, 0.0)
    several = bool(claim) and claim[-1].sentence > 0
    for candidate in _candidates(sources, whole=several):
        alignment = align(claim, candidate)
        there = {item.key for item in candidate}  # also out of order: two words of three may have changed places
        held = sum(item.carries and item.key in there for item in claim)
        # Names alone make no sentence the one that is told: "Lund denied this" is not laid beside "Lund travelled".
        rank = (sum(claim[i].kind != "name" for i, _ in alignment.pairs), len(alignment.pairs) / (len(candidate) + 1))
        if held >= least and rank > most:
            best, most = alignment, rank
    return best


def _candidates(sources: Sequence[Sequence[Token]], *, whole: bool) -> Iterator[Sequence[Token]]:
    for source in sources:
        count = source[-1].sentence + 1 if source else 0
        for number in range(count):
            yield [item for item in source if item.sentence == number]
        if whole and count > 1:
            yield source


# -- negation


def _check_negations(alignment: Alignment) -> Iterator[Objection]:
    """Each negation bears on words that one bears on in the other text, if these words are there at all."""
    denied, source_denied = negation_scopes(alignment.claim), negation_scopes(alignment.source)
    pairs = [(i, j) for i, j in alignment.pairs if alignment.claim[i].carries and alignment.claim[i].kind != "name"]
    kept = {
        word
        for i, j in pairs
        if i in denied and j in source_denied
        for word in (("said", denied[i]), ("given", source_denied[j]))
    }
    for i, j in pairs:
        if (
            j in source_denied
            and i not in denied
            and ("given", source_denied[j]) not in kept
            and not _denies_in_other_words(alignment)
        ):
            yield Objection(f"its source says so only with a “{source_denied[j]}” that the sentence leaves out")
        if (
            i in denied
            and j not in source_denied
            and ("said", denied[i]) not in kept
            and not _denies_in_same_words(denied[i], alignment)
        ):
            yield Objection("it denies something that its source does not deny")


def _denies_in_other_words(alignment: Alignment) -> bool:
    """True if the sentence is no copy and denies in its own way, or if its source denies twice: "not ruled out"."""
    claim = " ".join(item.form for item in alignment.claim)
    source = " ".join(item.form for item in alignment.source)
    return alignment.copied < _COPY and (denies_without_not(claim) or denies_twice(source))


def _denies_in_same_words(form: str, alignment: Alignment) -> bool:
    """True if what denies in the sentence is a word that the source has as well, in whatever place: "opposed"."""
    mine = next((item for item in alignment.claim if item.form == form and item.denies), None)
    return mine is not None and any(item.key == mine.key for item in alignment.source)


# -- time and modality


def _check_verbs(alignment: Alignment, *, recast: bool) -> Iterator[Objection]:
    paired = dict(alignment.pairs)
    for i, j in alignment.pairs:
        if alignment.claim[i].kind != "word" or alignment.source[j].kind != "word":
            continue
        ours, theirs = _auxiliaries(alignment.claim, i), _auxiliaries(alignment.source, j)
        if not (recast and _is_backshifted(_modal_forms(theirs), _modal_forms(ours))):
            yield from _check_modals(alignment.claim, i, ours, theirs)
        if ours and theirs and not _modal_forms(ours) and not _modal_forms(theirs):
            mine, its = ours[0], theirs[0]
        elif not ours and not theirs and (paired.get(i - 1) == j - 1 or paired.get(i + 1) == j + 1):
            mine, its = alignment.claim[i], alignment.source[j]
        else:
            continue
        if not _same_time(its.tense, mine.tense, recast=recast):
            yield Objection(f"it says “{mine.form}” where its source says “{its.form}”")


def _same_time(its: str, mine: str, *, recast: bool) -> bool:
    """True if two tenses may tell of the same time, or one of them is "" (unknown). Reported speech (`recast`) may
    backshift the tense of its source.
    """
    return not (its and mine) or its == mine or (its, mine) in _SAME_PAST or (recast and (its, mine) in _BACKSHIFTED)


def _is_backshifted(its: set[str], mine: set[str]) -> bool:
    """True for "would" where the source has "will": what is told afterwards."""
    return bool(its) and {_BACKSHIFT.get(item, item) for item in its} == {_BACKSHIFT.get(item, item) for item in mine}


def _is_planned(items: Sequence[Token], at: int) -> bool:
    """True if "to" stands right before a word, or before its "be", behind a word for what is planned."""
    before = [item.form for item in items[max(0, at - 4) : at]]
    return "to" in before[-2:] and bool(_PLANNED & set(before))


def _check_modals(
    claim: Sequence[Token], at: int, ours: Sequence[Token], theirs: Sequence[Token]
) -> Iterator[Objection]:
    verb = claim[at]
    mine, its = _modal_forms(ours), _modal_forms(theirs)
    if mine == its or mine | its == {"may", "might"}:
        return
    if its == {"will"} and not mine and _is_planned(claim, at):
        return  # "is to build"
    if mine == {"would"} and not its and any(item.kind == "negation" for item in claim[max(0, at - 4) : at]):
        return  # "would not confirm" is "did not confirm"
    if its and not mine and not ours and not verb.tense and not _UNSURE & its:
        return  # a noun or an infinitive of the same stem: "will build", "the build"
    if its and not mine:
        yield Objection(f"it leaves out “{min(its)}” before “{verb.form}”")
    elif mine and not its:
        yield Objection(f"it says “{min(mine)}” before “{verb.form}”, which its source does not")
    else:
        yield Objection(f"it says “{min(mine)}” where its source says “{min(its)}”")


def _modal_forms(group: Sequence[Token]) -> set[str]:
    return {{"ca": "can", "cannot": "can"}.get(item.form, item.form) for item in group if item.kind == "modal"}


def _auxiliaries(items: Sequence[Token], at: int) -> list[Token]:
    """The auxiliaries right before a word, in order; adverbs and negations may stand among them."""
    group: list[Token] = []
    for item in reversed(items[max(0, at - 6) : at]):
        if item.sentence != items[at].sentence:
            break
        if item.kind in ("modal", "tense"):
            group.insert(0, item)
        elif item.kind != "negation" and item.form not in _ADVERBS and not item.form.endswith("ly"):
            break
    return group


# -- how many, how sure


def _check_quantifiers(alignment: Alignment, source: Sequence[Token]) -> Iterator[Objection]:
    for i, j in alignment.pairs:
        if not alignment.claim[i].carries:
            continue
        ours, theirs = _quantifier_before(alignment.claim, i), _quantifier_before(alignment.source, j)
        if ours == theirs or _occurs_in(ours, source) or _occurs_in(theirs, alignment.claim):
            continue
        if not ours and theirs == "always":
            continue  # less is said
        if not ours:
            yield Objection(f"it leaves out “{theirs}” before “{alignment.source[j].form}”")
        elif not theirs:
            yield Objection(f"it says “{ours}” before “{alignment.claim[i].form}”, which its source does not")
        else:
            yield Objection(f"it says “{ours}” where its source says “{theirs}”")


def _occurs_in(word: str, items: Sequence[Token]) -> bool:
    """True if the other side has the word, too, though not before the same one ("half a percentage point")."""
    return bool(word) and any(item.form in (word, f"{word}ly") for item in items)


def _quantifier_before(items: Sequence[Token], at: int) -> str:
    """The word of number or standing ("all", "former") right before a word, past "of the"."""
    for place in range(at - 1, max(-1, at - 4), -1):
        item = items[place]
        if item.kind == "quantifier":
            return "" if item.form == "some" and items[at].kind == "number" else item.form
        if item.kind != "function" or not items[place + 1].near or item.sentence != items[at].sentence:
            break
    return ""


def _check_hedges(alignment: Alignment) -> Iterator[Objection]:
    if any(item.kind == "hedge" for item in alignment.claim):
        return
    roots = {item.key[:_ROOT] for item in alignment.claim}  # "allegations" for "alleged"
    kept = {j for _, j in alignment.pairs}
    for at, item in enumerate(alignment.source):
        if item.kind != "hedge" or item.key[:_ROOT] in roots:
            continue
        beside = next_content(alignment.source, at, reach=4, most=1) or [at - 1]
        if kept.intersection(beside):
            yield Objection(f"it leaves out “{item.form}”")


# -- nearly a copy


def _check_exchanges(alignment: Alignment, *, recast: bool) -> Iterator[Objection]:
    """A name, number, unit, day, quantity or tense in the place of another one."""
    checked: tuple[tuple[Kind, ...], ...] = (("name", "day"), ("number",), ("unit",), ("quantifier",))
    names = {item.key for item in alignment.source if item.kind == "name"}
    for ours, theirs in alignment.exchanged:
        if theirs and not ours and all(item.kind in _TURNING for item in theirs):
            yield Objection(f"it leaves out “{_join_forms(theirs)}”")
        if ours and not theirs and all(item.kind in _TURNING for item in ours):
            yield Objection(f"it adds “{_join_forms(ours)}”, which its source does not say")
        for kinds in checked:
            mine, its = _of_kind(ours, kinds), _of_kind(theirs, kinds)
            elsewhere = kinds[0] == "name" and (
                {item.key for item in mine} <= names or _modify_office(mine, alignment.claim)
            )
            if mine and its and not elsewhere and not _name_the_same(mine, its):
                yield Objection(f"it has “{_join_forms(mine)}” where its source has “{_join_forms(its)}”")
        mine, its = _unmatched_words(ours, alignment.source), _unmatched_words(theirs, alignment.claim)
        if mine and its and len(its) <= _MOST_EXCHANGED:
            yield Objection(f"it says “{_join_forms(mine)}” where its source says “{_join_forms(its)}”")
        short = bool(ours and theirs) and len(ours) + len(theirs) <= _MOST_EXCHANGED
        if short and _reverses_meaning(ours) != _reverses_meaning(theirs):
            yield Objection(f"it says “{_join_forms(ours)}” where its source says “{_join_forms(theirs)}”")
        if len(ours) == len(theirs) == 1 and ours[0].form in _OPPOSED and theirs[0].form in _OPPOSED:
            yield Objection(f"it says “{ours[0].form}” where its source says “{theirs[0].form}”")
        if not recast and len(ours) <= _MOST_EXCHANGED and len(theirs) <= _MOST_EXCHANGED:
            mine, its = _time_words(ours), _time_words(theirs)
            if mine and its and {item.tense or item.form for item in mine} != {item.tense or item.form for item in its}:
                yield Objection(f"it says “{_join_forms(mine)}” where its source says “{_join_forms(its)}”")


def _check_persons(alignment: Alignment, people: frozenset[str]) -> Iterator[Objection]:
    """One person in the place of another, in what is a copy otherwise."""
    source_keys = {item.key for item in alignment.source}
    for ours, theirs in alignment.exchanged:
        mine, its = _of_kind(ours, ("name",)), _of_kind(theirs, ("name",))
        if not (mine and its and {mine[-1].key, its[-1].key} <= people) or _name_the_same(mine, its):
            continue
        if not {item.key for item in mine} <= source_keys and not _modify_office(mine, alignment.claim):
            yield Objection(f"it has “{_join_forms(mine)}” where its source has “{_join_forms(its)}”", "hard")


def _unmatched_words(items: Sequence[Token], others: Sequence[Token]) -> list[Token]:
    """The content words of an exchange that have neither themselves nor a word of similar meaning among `others`."""
    keys = {item.key for item in others}
    return [
        item
        for item in items
        if item.kind == "word"
        and not item.reports
        and item.key not in keys
        and not any(similar(item.key, key) or similar(key, item.key) for key in keys)
    ]


def _reverses_meaning(items: Sequence[Token]) -> bool:
    return any(item.kind == "negation" or item.denies for item in items)


def _of_kind(items: Sequence[Token], kinds: Sequence[Kind]) -> list[Token]:
    return [item for item in items if item.kind in kinds]


def _time_words(items: Sequence[Token]) -> list[Token]:
    return [item for item in items if item.kind in ("modal", "tense")]


def _name_the_same(mine: Sequence[Token], its: Sequence[Token]) -> bool:
    if {item.key.replace(".", "") for item in mine} & {item.key.replace(".", "") for item in its} or all(
        item.form in _FORMS_OF_ADDRESS for item in its
    ):
        return True
    whole = (" ".join(item.form for item in mine), " ".join(item.form for item in its))
    if (
        same_place(*whole, speaking=True)
        or same_place(f"{whole[0]}.", whole[1])
        or same_place(whole[0], f"{whole[1]}.")
    ):
        return True
    return any(same_place(item.form, other.form) or _seat_of(item, other) for item in mine for other in its)


def _modify_office(names: Sequence[Token], claim: Sequence[Token]) -> bool:
    """True for names that only tell whose office somebody has: "the Norlander president", "Lund's chairman"."""
    behind = next((item for item in claim if item.start >= names[-1].end), None)
    return behind is not None and behind.kind == "word" and behind.near and is_office(behind.form)


def _seat_of(claim: Token, source: Token) -> bool:
    """True for a state in the place of its seat of government: what is done in Ankara or by it is Turkey's."""
    place = place_of(source.form.title())
    return place is not None and place[0] in ("seat", "capital") and country_of(claim.form.title()) == place[1]


def _join_forms(items: Sequence[Token]) -> str:
    return " ".join(item.form for item in items)


def _check_swaps(alignment: Alignment) -> Iterator[Objection]:
    """Two parts that have changed places with each other: "A met B" as "B met A". A part that moved alone is free ("on
    Monday"), and so are speakers and parts that only "and" or a form of "be" stands between."""
    if _differ_in_voice(alignment):
        return
    for (put, lost), (put_later, lost_later) in combinations(alignment.exchanged, 2):
        a, b, c, d = (_movable_keys(items) for items in (put, lost, put_later, lost_later))
        mirrored = a and b and a == d and b == c and not _is_symmetric(_forms_between(put, put_later, alignment.claim))
        forward = a and not b and not c and a != d and sorted(a) == sorted(d)
        back = b and not a and not d and b != c and sorted(b) == sorted(c)
        if mirrored or forward or back:
            yield Objection(f"“{_join_forms(put or lost)}” has changed its place")


def _forms_between(first: Sequence[Token], second: Sequence[Token], claim: Sequence[Token]) -> set[str]:
    return {item.form for item in claim if first[-1].end <= item.start < second[0].start}


def _is_symmetric(joined: set[str]) -> bool:
    """True for words that may have their two sides exchanged: "and", "was the"."""
    return joined <= _JOINING | _BEING and not joined.isdisjoint(_BEING | {"and", "or"})


def _movable_keys(items: Sequence[Token]) -> list[str]:
    """The words of a part by which it is known again elsewhere; none of a part that says who speaks."""
    if any(item.reports for item in items):
        return []
    return [item.key for item in items if item.form not in _JOINING | _BEING]


def _differ_in_voice(alignment: Alignment) -> bool:
    """True if one of the two is a passive of the other, by its "by"."""
    return ("by" in {item.form for item in alignment.claim}) != ("by" in {item.form for item in alignment.source})


def _check_name_order(alignment: Alignment) -> Iterator[Objection]:
    """Names in the order of the source, unless a passive ("by") turns them or they only say who speaks."""
    ours, theirs = _last_names(alignment.claim), _last_names(alignment.source)
    if _differ_in_voice(alignment):
        return
    speakers = {name for name, speaks in ours if speaks} & {name for name, speaks in theirs if speaks}
    known = {name for name, _ in theirs}
    order = iter(name for name, _ in theirs if name not in speakers)
    for name, _ in ours:
        if name in known and name not in speakers and name not in order and not _is_apposed(name, alignment.source):
            yield Objection(f"“{name}” has changed its place")


def _is_apposed(name: str, source: Sequence[Token]) -> bool:
    """True for a name that an office binds to the next name: "Lund's deputy, Vane"."""
    for at, item in enumerate(source):
        if item.key == name and item.kind == "name":
            between: list[Token] = []
            for after in source[at + 1 : at + 8]:
                if after.kind == "name":
                    return bool(between) and any(is_office(one.form) for one in between)
                if after.kind not in ("word", "function", "quantifier") or after.reports or after.tense == "past":
                    break
                between.append(after)
    return False


def _check_subjects(alignment: Alignment) -> Iterator[Objection]:
    """A verb keeps the name right before it: "Lund leads and Holm follows" is not cut to "Lund follows"."""
    for i, j in alignment.pairs:
        if not (i and j and alignment.claim[i].kind == "word" and not alignment.claim[i].reports):
            continue
        mine, its = alignment.claim[i - 1], alignment.source[j - 1]
        if (
            mine.kind == its.kind == "name"
            and alignment.claim[i].near
            and alignment.source[j].near
            and not _name_the_same([mine], [its])
        ):
            yield Objection(f"it has “{mine.form}” where its source has “{its.form}”")


def _check_day_places(alignment: Alignment) -> Iterator[Objection]:
    """A day or month follows the word that it follows in the source, or one that a day may follow."""
    before = {
        (item.key, _form_before(alignment.source, at)) for at, item in enumerate(alignment.source) if item.kind == "day"
    }
    for at, item in enumerate(alignment.claim):
        lead = alignment.claim[at - 1] if at and item.near else None
        if (
            item.kind == "day"
            and (at == 0 or not item.near)
            and at + 1 < len(alignment.claim)
            and alignment.claim[at + 1].reports
        ):
            yield Objection(f"“{item.form}” has changed its place")  # no day says anything
        if item.kind != "day" or lead is None or (item.key, lead.form) in before or lead.form in _BEFORE_DAYS:
            continue
        if lead.kind in ("name", "function"):
            yield Objection(f"“{item.form}” has changed its place")


def _form_before(items: Sequence[Token], at: int) -> str:
    return items[at - 1].form if at else ""


def _last_names(items: Sequence[Token]) -> list[tuple[str, bool]]:
    """The last words of the names in order, each with whether it stands beside its verb of saying: "Lund said",
    "said Lund."."""
    names = []
    for at, item in enumerate(items):
        after = items[at + 1] if at + 1 < len(items) else None
        if item.kind != "name" or (after and after.kind == "name" and after.near):
            continue
        first = at
        while first and items[first - 1].kind == "name" and items[first].near:
            first -= 1
        inverted = first > 0 and items[first - 1].reports and (after is None or not after.near)
        names.append((item.key, inverted or bool(after and after.reports)))
    return names
