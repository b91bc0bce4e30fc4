"""Small words that turn a meaning round, compared where a claim follows a sentence of its sources.

Where two words of the claim and of the closest sentence are the same, what bears on them must be the same: negation,
will and would and may, is and was, all and some, former and deputy. Where the claim is nearly a copy, no name, number,
unit, day or tense may stand in the place of another, and names must not have changed places. Verbs of saying are free
in their tense, and a passive may turn two names round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from rag.knowledge.tables import table
from rag.knowledge.words import FORMS_OF_BE, HONORIFICS, UNSURE_MODALS
from rag.text.places import country_of, is_office, place_of, same_place
from rag.text.related_words import has_similar
from rag.verification.alignment import Alignment, align_with_closest
from rag.verification.attributions import without_attribution
from rag.verification.lexicon import LEXICON
from rag.verification.outcomes import Objection
from rag.verification.polarity import following_content, has_double_negation, has_lexical_denial, negation_scopes
from rag.verification.tokens import Kind, Token, join_forms, tokens

_COPY = 0.6  # overlap from which on a claim is nearly a copy
_CLOSE = 0.8  # from which on a "not" more or less contradicts the source
# Tenses and modals of what somebody says, and of telling it afterwards.
_BACKSHIFTED = {("present", "past"), ("perfect", "before"), ("past", "before")}
_SAME_PAST = {("past", "before"), ("perfect", "before"), ("past", "perfect"), ("perfect", "past")}  # of the same past
_BACKSHIFT: dict[str, str] = table("modals")["backshift"]
_TURNING = frozenset(("negation", "modal", "hedge", "quantifier"))
_ROOT = 5  # letters by which a hedge is known in another word
_MOST_REPLACED = 4  # words of a replacement that is looked at one by one
_LEFT_OUT = "its source says so only with a “{}” that the sentence leaves out"
_SAYS_OTHERWISE = "it says “{}” where its source says “{}”"
_HAS_OTHERWISE = "it has “{}” where its source has “{}”"
_MOVED = "“{}” has changed its place"


def check_contrasts(
    text: str, sources: Iterable[str], *, is_recast: bool = False, people: frozenset[str] = frozenset()
) -> Iterator[Objection]:
    """Objections to small words that were dropped, added or changed, and to words that changed places. `is_recast`
    means that the text reports in another form what its source says. One of the `people` (folded last names) in the
    place of another contradicts the source.
    """
    sources = list(sources)
    alignment = align_with_closest(text, sources)
    if alignment is None:
        return
    for objection in _check_negations(alignment):
        yield replace(objection, severity="hard") if alignment.overlap >= _CLOSE and not is_recast else objection
    yield from _check_verbs(alignment, is_recast=is_recast)
    yield from _check_quantifiers(alignment, [item for one in sources for item in tokens(one)])
    yield from _check_hedges(alignment)
    if alignment.overlap >= _COPY:
        yield from _check_day_places(alignment)
    if alignment.overlap >= _CLOSE:
        yield from _check_persons(alignment, people)
    if is_recast:  # who says it is another rule's matter, so that only what is said is aligned
        alignment = align_with_closest(without_attribution(text), [without_attribution(one) for one in sources])
        if alignment is None:
            return
    yield from _check_swaps(alignment)
    if alignment.overlap >= _COPY:
        yield from _check_replacements(alignment, is_recast=is_recast)
        yield from _check_name_order(alignment)
        yield from _check_subjects(alignment)


# -- negation


def _check_negations(alignment: Alignment) -> Iterator[Objection]:
    """Each negation bears on words that one bears on in the other text, if these words are there at all."""
    has_verb = any(item.is_denial for item in (*alignment.claim, *alignment.source))
    if has_verb and alignment.overlap < _COPY and _denies_as_often(alignment, verbs=True):
        return  # each in its own words: "rejected the idea that it had broken", "did not break"
    scopes, source_scopes = negation_scopes(alignment.claim), negation_scopes(alignment.source)
    wide_scopes, wide_source_scopes = (
        (  # a "not" may bear on words of the same clause that stand further away
            negation_scopes(alignment.claim, far=True),
            negation_scopes(alignment.source, far=True),
        )
        if alignment.overlap < _COPY
        else (scopes, source_scopes)
    )
    content = [
        (i, j) for i, j in alignment.pairs if alignment.claim[i].is_content and alignment.claim[i].kind != "name"
    ]
    both = [(i, j) for i, j in content if i in scopes and j in source_scopes]
    common_forms, common_source_forms = {scopes[i] for i, _ in both}, {source_scopes[j] for _, j in both}
    for i, j in content:
        form, source_form = scopes.get(i), source_scopes.get(j)
        if (
            source_form
            and not form
            and i not in wide_scopes
            and source_form not in common_source_forms
            and not _denies_in_other_words(alignment)
        ):
            yield Objection(_LEFT_OUT.format(source_form))
        if (
            form
            and not source_form
            and j not in wide_source_scopes
            and form not in common_forms
            and not _denies_in_same_words(form, alignment)
        ):
            yield Objection("it denies something that its source does not deny")


def _denies_in_other_words(alignment: Alignment) -> bool:
    """True if the claim is no copy and denies in its own way, or if its source denies twice: "not ruled out"."""
    return alignment.overlap < _COPY and (
        has_lexical_denial(join_forms(alignment.claim)) or has_double_negation(join_forms(alignment.source))
    )


def _denies_in_same_words(form: str, alignment: Alignment) -> bool:
    """True if what denies in the claim is a word that the source has as well, in whatever place: "opposed"."""
    key = next((item.key for item in alignment.claim if item.form == form and item.is_denial), None)
    return any(item.key == key for item in alignment.source)


# -- time and modality


def _check_verbs(alignment: Alignment, *, is_recast: bool) -> Iterator[Objection]:
    pairs = dict(alignment.pairs)
    for i, j in alignment.pairs:
        verb, source_verb = alignment.claim[i], alignment.source[j]
        if verb.kind != "word" or source_verb.kind != "word":
            continue
        ours, theirs = _auxiliaries(alignment.claim, i), _auxiliaries(alignment.source, j)
        modals, source_modals = _modal_forms(ours), _modal_forms(theirs)
        if not (is_recast and _is_backshifted(source_modals, modals)):
            yield from _check_modals(alignment.claim, i, modals, source_modals, has_auxiliary=bool(ours))
        if ours and theirs and not modals and not source_modals:
            verb, source_verb = ours[0], theirs[0]
        elif ours or theirs or not (pairs.get(i - 1) == j - 1 or pairs.get(i + 1) == j + 1):
            continue
        if not _same_time(source_verb.tense, verb.tense, is_recast=is_recast):
            yield Objection(_SAYS_OTHERWISE.format(verb.form, source_verb.form))


def _same_time(its: str, mine: str, *, is_recast: bool) -> bool:
    """True if two tenses may tell of the same time, or one of them is "" (unknown). Reported speech (`is_recast`) may
    backshift the tense of its source.
    """
    tenses = (its, mine)
    return not (its and mine) or its == mine or tenses in _SAME_PAST or (is_recast and tenses in _BACKSHIFTED)


def _is_backshifted(its: set[str], mine: set[str]) -> bool:
    """True for "would" where the source has "will": the tense of reported speech."""
    return bool(its) and {_BACKSHIFT.get(item, item) for item in its} == {_BACKSHIFT.get(item, item) for item in mine}


def _is_planned(items: Sequence[Token], at: int) -> bool:
    """True if "to" stands right before a word, or before its "be", behind a word for what is planned."""
    before = [item.form for item in items[max(0, at - 4) : at]]
    return "to" in before[-2:] and not LEXICON.planned.isdisjoint(before)


def _check_modals(
    claim: Sequence[Token], at: int, mine: set[str], its: set[str], *, has_auxiliary: bool
) -> Iterator[Objection]:
    verb = claim[at]
    if mine == its or mine | its == {"may", "might"}:
        return
    if its == {"will"} and not mine and _is_planned(claim, at):
        return  # "is to build"
    if mine == {"would"} and not its and any(item.kind == "negation" for item in claim[max(0, at - 4) : at]):
        return  # "would not confirm" is "did not confirm"
    if its and not has_auxiliary and not verb.tense and not UNSURE_MODALS & its:
        return  # a noun or an infinitive of the same stem: "will build", "the build"
    yield _presence_objection(min(mine, default=""), min(its, default=""), verb, verb)


def _presence_objection(mine: str, its: str, word: Token, source_word: Token) -> Objection:
    """The objection to a word before another that the claim leaves out, adds or has instead of its source's."""
    if not mine:
        return Objection(f"it leaves out “{its}” before “{source_word.form}”")
    if not its:
        return Objection(f"it says “{mine}” before “{word.form}”, which its source does not")
    return Objection(_SAYS_OTHERWISE.format(mine, its))


def _modal_forms(auxiliaries: Sequence[Token]) -> set[str]:
    return {"can" if item.form == "cannot" else item.form for item in auxiliaries if item.kind == "modal"}


def _auxiliaries(items: Sequence[Token], at: int) -> list[Token]:
    """The auxiliaries right before a word, in order; adverbs and negations may stand among them."""
    group: list[Token] = []
    for item in reversed(items[max(0, at - 6) : at]):
        if item.sentence != items[at].sentence:
            break
        if item.kind in ("modal", "tense"):
            group.insert(0, item)
        elif item.kind != "negation" and item.form not in LEXICON.adverbs and not item.form.endswith("ly"):
            break
    return group


# -- how many, how sure


def _check_quantifiers(alignment: Alignment, source: Sequence[Token]) -> Iterator[Objection]:
    for i, j in alignment.pairs:
        word, source_word = alignment.claim[i], alignment.source[j]
        if not word.is_content:
            continue
        ours, theirs = _quantifier_before(alignment.claim, i), _quantifier_before(alignment.source, j)
        if ours == theirs or _occurs_in(ours, source) or _occurs_in(theirs, alignment.claim):
            continue
        if ours or theirs != "always":  # without "always" less is said
            yield _presence_objection(ours, theirs, word, source_word)


def _occurs_in(word: str, items: Sequence[Token]) -> bool:
    """True if the other side has the word, too, though not before the same one ("half a percentage point")."""
    return bool(word) and any(item.form in (word, f"{word}ly") for item in items)


def _quantifier_before(items: Sequence[Token], at: int) -> str:
    """The word of number or standing ("all", "former") right before a word, past "of the"; "" for none."""
    for place in range(at - 1, max(-1, at - 4), -1):
        item = items[place]
        if item.kind == "quantifier":
            return "" if item.form == "some" and items[at].kind == "number" else item.form
        if item.kind != "function" or not items[place + 1].is_adjacent or item.sentence != items[at].sentence:
            break
    return ""


def _check_hedges(alignment: Alignment) -> Iterator[Objection]:
    if any(item.kind == "hedge" for item in alignment.claim):
        return
    roots = {item.key[:_ROOT] for item in alignment.claim}  # "allegations" for "alleged"
    paired_places = {j for _, j in alignment.pairs}
    for at, item in enumerate(alignment.source):
        if item.kind != "hedge" or item.key[:_ROOT] in roots:
            continue
        if paired_places.intersection(following_content(alignment.source, at, reach=4, most=1) or [at - 1]):
            yield Objection(f"it leaves out “{item.form}”")


# -- nearly a copy


def _check_replacements(alignment: Alignment, *, is_recast: bool) -> Iterator[Objection]:
    """A name, number, unit, day, quantity or tense in the place of another one."""
    groups: tuple[tuple[Kind, ...], ...] = (("name", "day"), ("number",), ("unit",), ("quantifier",))
    source_names = {item.key for item in alignment.source if item.kind == "name"}
    turning = _TURNING - {"negation"} if _denies_as_often(alignment) else _TURNING
    for ours, theirs in alignment.replacements:
        if theirs and not ours and all(item.kind in turning for item in theirs):
            yield Objection(f"it leaves out “{join_forms(theirs)}”")
        if ours and not theirs and all(item.kind in turning for item in ours):
            yield Objection(f"it adds “{join_forms(ours)}”, which its source does not say")
        for kinds in groups:
            mine, its = _of_kind(ours, *kinds), _of_kind(theirs, *kinds)
            if not mine or not its or _name_the_same(mine, its):
                continue
            if "name" not in kinds or not _is_named_elsewhere(mine, source_names, alignment.claim):
                yield Objection(_HAS_OTHERWISE.format(join_forms(mine), join_forms(its)))
        mine, its = _unmatched_words(ours, alignment.source), _unmatched_words(theirs, alignment.claim)
        if mine and its and len(its) <= _MOST_REPLACED:
            yield Objection(_SAYS_OTHERWISE.format(join_forms(mine), join_forms(its)))
        is_turned = ours and theirs and _reverses_meaning(ours) != _reverses_meaning(theirs) and turning is _TURNING
        is_opposed = len(ours) == len(theirs) == 1 and {ours[0].form, theirs[0].form} <= LEXICON.opposed
        if (is_turned and len(ours) + len(theirs) <= _MOST_REPLACED) or is_opposed:
            yield Objection(_SAYS_OTHERWISE.format(join_forms(ours), join_forms(theirs)))
        if not is_recast and len(ours) <= _MOST_REPLACED and len(theirs) <= _MOST_REPLACED:
            mine, its = _of_kind(ours, "modal", "tense"), _of_kind(theirs, "modal", "tense")
            if mine and its and {item.tense or item.form for item in mine} != {item.tense or item.form for item in its}:
                yield Objection(_SAYS_OTHERWISE.format(join_forms(mine), join_forms(its)))


def _denies_as_often(alignment: Alignment, *, verbs: bool = False) -> bool:
    """True if both have a negation, and as many of them: "no verdict is expected", "a verdict is not expected". What
    they bear on is another rule's matter. With `verbs`, "refused" is one, too."""
    ours, theirs = (
        sum(item.kind == "negation" or (verbs and item.is_denial) for item in side)
        for side in (alignment.claim, alignment.source)
    )
    return ours == theirs > 0


def _check_persons(alignment: Alignment, people: frozenset[str]) -> Iterator[Objection]:
    """One person in the place of another, in what is a copy otherwise."""
    source_keys = {item.key for item in alignment.source}
    for ours, theirs in alignment.replacements:
        mine, its = _of_kind(ours, "name"), _of_kind(theirs, "name")
        if not (mine and its and {mine[-1].key, its[-1].key} <= people) or _name_the_same(mine, its):
            continue
        if not _is_named_elsewhere(mine, source_keys, alignment.claim):
            yield Objection(_HAS_OTHERWISE.format(join_forms(mine), join_forms(its)), "hard")


def _is_named_elsewhere(names: Sequence[Token], source_keys: set[str], claim: Sequence[Token]) -> bool:
    """True for names that the source has in another place, or that only tell whose office somebody has: "the Norlander
    president", "Lund's chairman".
    """
    following = next((item for item in claim if item.start >= names[-1].end), None)
    modify_office = following and following.kind == "word" and following.is_adjacent and is_office(following.form)
    return {item.key for item in names} <= source_keys or bool(modify_office)


def _unmatched_words(items: Sequence[Token], others: Sequence[Token]) -> list[Token]:
    """The words of a replacement that have neither themselves nor a word of similar meaning among `others`."""
    keys = {item.key for item in others}
    return [
        item
        for item in items
        if item.kind == "word"
        and not item.is_reporting
        and not has_similar(item.key, keys)
        and not any(has_similar(key, (item.key,)) for key in keys)
    ]


def _reverses_meaning(items: Sequence[Token]) -> bool:
    return any(item.kind == "negation" or item.is_denial for item in items)


def _of_kind(items: Sequence[Token], *kinds: Kind) -> list[Token]:
    return [item for item in items if item.kind in kinds]


def _name_the_same(mine: Sequence[Token], its: Sequence[Token]) -> bool:
    if {item.key.replace(".", "") for item in mine} & {item.key.replace(".", "") for item in its}:
        return True
    if all(item.form in HONORIFICS for item in its):
        return True
    whole, other = join_forms(mine), join_forms(its)
    if same_place(whole, other, speaking=True) or same_place(f"{whole}.", other) or same_place(whole, f"{other}."):
        return True
    return any(same_place(one.form, other.form) or _is_seat_of(other, one) for one in mine for other in its)


def _is_seat_of(source: Token, claim: Token) -> bool:
    """True for a seat of government with its state in its place: what is done in Ankara or by it is Turkey's."""
    place = place_of(source.form.title())
    return place is not None and place[0] in ("seat", "capital") and country_of(claim.form.title()) == place[1]


def _check_swaps(alignment: Alignment) -> Iterator[Objection]:
    """Two parts that have changed places with each other: "A met B" as "B met A". A part that moved alone is free ("on
    Monday"), and so are speakers and parts that only "and" or a form of "be" stands between."""
    if _differ_in_voice(alignment):
        return
    for (ours, theirs), (ours_later, theirs_later) in combinations(alignment.replacements, 2):
        a, b, c, d = map(_movable_keys, (ours, theirs, ours_later, theirs_later))
        is_swap = a and b and a == d and b == c and not _is_symmetric(_forms_between(ours, ours_later, alignment.claim))
        has_moved_down = a and not b and not c and a != d and sorted(a) == sorted(d)
        has_moved_up = b and not a and not d and b != c and sorted(b) == sorted(c)
        if is_swap or has_moved_down or has_moved_up:
            yield Objection(_MOVED.format(join_forms(ours or theirs)))


def _forms_between(first: Sequence[Token], second: Sequence[Token], claim: Sequence[Token]) -> set[str]:
    return {item.form for item in claim if first[-1].end <= item.start < second[0].start}


def _is_symmetric(forms: set[str]) -> bool:
    """True for words that may have their two sides swapped: "and", "was the"."""
    return forms <= LEXICON.joins_names | FORMS_OF_BE and not forms.isdisjoint(FORMS_OF_BE | {"and", "or"})


def _movable_keys(items: Sequence[Token]) -> list[str]:
    """The words of a part by which it is known again elsewhere; empty for a part that says who speaks."""
    if any(item.is_reporting for item in items):
        return []
    return [item.key for item in items if item.form not in LEXICON.joins_names | FORMS_OF_BE]


def _differ_in_voice(alignment: Alignment) -> bool:
    """True if one of the two is a passive of the other, by its "by"."""
    return ("by" in {item.form for item in alignment.claim}) != ("by" in {item.form for item in alignment.source})


def _check_name_order(alignment: Alignment) -> Iterator[Objection]:
    """Names in the order of the source, unless a passive ("by") turns them or they only say who speaks."""
    if _differ_in_voice(alignment):
        return
    ours, theirs = _last_names(alignment.claim), _last_names(alignment.source)
    speakers = {name for name, speaks in ours if speaks} & {name for name, speaks in theirs if speaks}
    source_names = {name for name, _ in theirs} - speakers
    order = iter(name for name, _ in theirs if name not in speakers)
    for name, _ in ours:
        if name in source_names and name not in order and not _is_apposed(name, alignment.source):
            yield Objection(_MOVED.format(name))


def _is_apposed(name: str, source: Sequence[Token]) -> bool:
    """True for a name that an office binds to the next name: "Lund's deputy, Vane"."""
    for at, item in enumerate(source):
        if item.key == name and item.kind == "name":
            has_office = False
            for number, after in enumerate(source[at + 1 : at + 8]):
                if after.kind == "name":
                    return number > 0 and has_office
                if after.kind not in ("word", "function", "quantifier") or after.is_reporting or after.tense == "past":
                    break
                has_office |= is_office(after.form)
    return False


def _check_subjects(alignment: Alignment) -> Iterator[Objection]:
    """A verb keeps the name right before it: "Lund leads and Holm follows" is not cut to "Lund follows"."""
    for i, j in alignment.pairs:
        verb, source_verb = alignment.claim[i], alignment.source[j]
        if not (i and j and verb.kind == "word" and not verb.is_reporting):
            continue
        if not (verb.is_adjacent and source_verb.is_adjacent):
            continue
        mine, its = alignment.claim[i - 1], alignment.source[j - 1]
        if mine.kind == its.kind == "name" and not _name_the_same([mine], [its]):
            yield Objection(_HAS_OTHERWISE.format(mine.form, its.form))


def _check_day_places(alignment: Alignment) -> Iterator[Objection]:
    """A day or month follows the word that it follows in the source, or one that a day may follow."""
    claim, source = alignment.claim, alignment.source
    source_places = {
        (item.key, source[at - 1].form if at else "") for at, item in enumerate(source) if item.kind == "day"
    }
    for at, item in enumerate(claim):
        if item.kind != "day":
            continue
        if not at or not item.is_adjacent:
            if at + 1 < len(claim) and claim[at + 1].is_reporting:
                yield Objection(_MOVED.format(item.form))  # no day says anything
            continue
        lead = claim[at - 1]
        is_known = (item.key, lead.form) in source_places or lead.form in LEXICON.before_days
        if not is_known and lead.kind in ("name", "function"):
            yield Objection(_MOVED.format(item.form))


def _last_names(items: Sequence[Token]) -> list[tuple[str, bool]]:
    """The last words of the names in order, each with whether it stands beside its verb of saying: "Lund said",
    "said Lund."."""
    names = []
    for at, item in enumerate(items):
        after = items[at + 1] if at + 1 < len(items) else None
        if item.kind != "name" or (after and after.kind == "name" and after.is_adjacent):
            continue
        first = at
        while first and items[first - 1].kind == "name" and items[first].is_adjacent:
            first -= 1
        is_inverted = first > 0 and items[first - 1].is_reporting and (after is None or not after.is_adjacent)
        names.append((item.key, is_inverted or bool(after and after.is_reporting)))
    return names
