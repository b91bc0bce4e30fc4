"""The register of actors: what articles call one and the same person, body or country, under one name.

Names are joined where they are the same words in another form: spellings, initials, short given names, an acronym with
the long form that an article gives it. A name that may be two people's stays apart. What a reader merged or split goes
before all of that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations

from rag.domain import Actor, ActorKind, ActorRole
from rag.knowledge.tables import words_of
from rag.knowledge.words import GIVEN_NAMES
from rag.statements.lexicon import LEXICON
from rag.text.canonical import fold
from rag.text.name_forms import same_person, surname_key
from rag.text.places import is_office, place_of
from rag.text.related_words import is_common
from rag.text.terms import STOPWORDS, words

_SUFFIXES = words_of("titles", "after_names")
_FEWEST_LETTERS = 3  # letters by which an acronym is joined with the one name in the library that begins so
_KNOWN_FROM = 5  # articles that name somebody before a surname alone means them, and times as many as name others


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionRow:
    """Mentions that say the same: how many there are, how many statements they have, and from when to when."""

    name: str
    kind: ActorKind
    forms: tuple[str, ...]
    role: str | None
    body: str | None
    former: bool
    mentions: int
    statements: int
    since: date | None
    until: date | None


class ActorRegistry:
    """The actors of a library. `seen` counts the articles that have a folded name; `choices` are what readers decided:
    folded name -> the name of the actor that it belongs to; a name that belongs to itself stands apart."""

    def __init__(self, rows: Sequence[MentionRow], seen: Mapping[str, int], choices: Mapping[str, str]) -> None:
        self._seen = seen
        self._choices = choices
        self._parent: dict[str, str] = {}
        self._rows: dict[str, list[MentionRow]] = defaultdict(list)
        for row in rows:
            self._rows[actor_key(row.name)].append(row)
        self._kinds = {key: _kind(group) for key, group in self._rows.items()}
        self._join()
        self._members: dict[str, list[str]] = defaultdict(list)
        for key in self._parent:
            self._members[self._root(key)].append(key)

    @cached_property
    def actors(self) -> tuple[Actor, ...]:
        """All actors, those who say the most first."""
        actors = [self._actor(keys) for keys in self._members.values() if any(key in self._rows for key in keys)]
        return tuple(sorted(actors, key=lambda one: (-one.statements, fold(one.name))))

    @cached_property
    def _by_key(self) -> dict[str, Actor]:
        return {key: one for one in self.actors for key in self.keys(one.name)}

    def of(self, name: str) -> Actor | None:
        """The actor that a name or alias belongs to, in any case and with or without "the"."""
        return self._by_key.get(actor_key(name))

    def search(self, query: str | None, kind: ActorKind | None) -> list[Actor]:
        """Those of a kind with all words of a query in a name, a role or their body; with none, all."""
        target = set(words(query or ""))
        actors = [one for one in self.actors if kind in (None, one.kind)]
        return [one for one in actors if not target or target <= set(words(" ".join(_texts(one))))]

    def keys(self, name: str) -> list[str]:
        """Every folded name of the actor that a name belongs to; the name alone where nobody is known by it."""
        key = actor_key(name)
        return sorted(self._members[self._root(key)]) if key in self._parent else [key]

    def members(self, body: str) -> list[Actor]:
        """The people who hold an office of a country or body, where all articles that name one agree on it."""
        keys = self.keys(body) if self.of(body) is not None else []
        return [one for key in keys for one in self._by_body.get(key, ())]

    @cached_property
    def _by_body(self) -> dict[str, list[Actor]]:
        people: dict[str, list[Actor]] = defaultdict(list)
        for one in self.actors:
            if one.body is not None and one.kind == "person":
                people[actor_key(one.body)].append(one)
        return people

    def holders(self, question: str) -> list[tuple[str, str]]:
        """(folded name, words of the office and its body) for the people whose office a question names ("the governor
        of Norland's central bank", "the interior minister"): the latest to hold it, of each body whose it is."""
        terms = set(words(question))
        latest: dict[str, tuple[date, str, str]] = {}
        has_office = any(word in LEXICON.heads_of_bodies or is_office(word) for word in terms)
        for one in self.actors if has_office else ():
            for role in one.roles:
                if role.former or not _is_asked_for(role, terms) or _is_over(role, one):
                    continue
                body, day = actor_key(role.body or ""), role.until or date.min
                if body not in latest or latest[body][0] < day:
                    latest[body] = (day, fold(one.name), f"{role.words} {role.body or ''}")
        bodies = {body for body in latest if body and set(_content_words(body)) <= terms}
        return [(name, office) for body, (_, name, office) in latest.items() if body in bodies or not bodies]

    # -- joining

    def _root(self, key: str) -> str:
        while self._parent[key] != key:
            self._parent[key] = self._parent[self._parent[key]]
            key = self._parent[key]
        return key

    def _unite(self, one: str, other: str, *, by_choice: bool = False) -> None:
        for key in (one, other):
            self._parent.setdefault(key, key)
        if by_choice or not {one, other} & self._choices.keys():
            self._parent[self._root(one)] = self._root(other)

    def _join(self) -> None:
        self._parent.update({key: key for key in self._rows})
        self._join_people()
        self._join_surnames()
        self._join_forms()
        for name, actor in self._choices.items():
            self._unite(name, actor_key(actor), by_choice=True)

    def _join_people(self) -> None:
        buckets: dict[str, list[str]] = defaultdict(list)
        for key, kind in self._kinds.items():
            if kind == "person" and " " in key and key not in self._choices:
                buckets[surname_key(key)].append(key)
        for keys in buckets.values():
            for key in keys:
                fuller = [one for one in keys if one != key and _is_short_for(key, one)]
                rivals = [one for one in fuller if not _has_word_before(one)]
                if all(_is_short_for(*pair) or _is_short_for(*pair[::-1]) for pair in combinations(rivals, 2)):
                    for one in fuller:
                        self._unite(key, one)

    def _join_surnames(self) -> None:
        """A surname that articles use alone goes with the one person of that name whom the library is full of: named in
        several times as many articles as all namesakes together, or as the surname alone where no article has it as a
        person's (a company may bear it). A country's or capital's name goes with nobody: Washington, Jordan."""
        people: dict[str, Counter[str]] = defaultdict(Counter)
        for key, kind in self._kinds.items():
            if kind == "person" and " " in key:
                people[_surname(key)][self._root(key)] += self._seen.get(key, 0)
        for key in [one for one, rows in self._rows.items() if one in people and place_of(rows[0].name) is None]:
            (first, most), *others = people[key].most_common()
            as_body = 0 if any(row.kind == "person" for row in self._rows[key]) else self._seen.get(key, 0)
            if most >= _KNOWN_FROM * max(1, as_body, sum(count for _, count in others)):
                self._unite(key, first)

    def _join_forms(self) -> None:
        owners: dict[str, set[str]] = defaultdict(set)
        by_initials: dict[str, set[str]] = defaultdict(set)
        for key, rows in self._rows.items():
            for form, kind in ((actor_key(form), row.kind) for row in rows for form in row.forms):
                if kind != "person" or _is_short_for(form, key):
                    owners[form].add(key)
            if self._kinds[key] == "body" and " " in key:
                by_initials["".join(word[0] for word in _content_words(key))].add(key)
        for key, rows in self._rows.items():
            if self._kinds[key] == "body" and (plain := key.replace(".", "")) != key and plain in self._rows:
                self._unite(key, plain)  # F.B.I.
            is_acronym = rows[0].name.replace(".", "").isupper() and len(key) >= _FEWEST_LETTERS and " " not in key
            if self._kinds[key] == "body" and is_acronym and key not in owners:
                owners[key] |= by_initials.get(key.replace(".", ""), set())
        for form, keys in owners.items():
            if len({self._root(key) for key in keys}) == 1:
                for key in keys:
                    self._unite(form, key)

    # -- making

    def _actor(self, keys: Sequence[str]) -> Actor:
        rows = [row for key in keys for row in self._rows.get(key, ())]
        choice = next((self._choices[key] for key in keys if key in self._choices), None)
        uses: Counter[str] = Counter()
        for row in rows:
            uses[row.name] += row.mentions
        name = max(uses, key=lambda name: (" " in name, uses[name], len(name), name))
        name = choice if choice is not None and actor_key(choice) in keys else name
        forms = {actor_key(one): one for one in [*uses, *(form for row in rows for form in row.forms)]}
        days = [day for row in rows for day in (row.since, row.until) if day is not None]
        return Actor(
            name=forms.get(actor_key(name), name),
            kind=_kind(rows),
            aliases=tuple(sorted(form for key, form in forms.items() if key in keys and key != actor_key(name))),
            roles=_roles(rows),
            body=None if (body := _body(rows)) is None or actor_key(body) in keys else body,
            articles=sum(self._seen.get(key, 0) for key in keys),
            statements=sum(row.statements for row in rows),
            since=min(days, default=None),
            until=max(days, default=None),
            decided=any(key in self._choices for key in keys),
        )


def _kind(rows: Iterable[MentionRow]) -> ActorKind:
    """What most mentions take the actor for."""
    kinds: Counter[ActorKind] = Counter()
    for row in rows:
        kinds[row.kind] += row.mentions
    return kinds.most_common(1)[0][0]


def _is_short_for(key: str, full: str) -> bool:
    """True if a full name can be a shorter form of another. Initials stand behind the given name, not for it, and all
    of them or none: Ada Holm is Ada M. Holm, and neither A. Holm, who may be Ann, nor Jane A. Holm; Bo W. Marsh is not
    Bo H.W. Marsh."""
    mine, theirs = key.split(), full.split()
    if not same_person(key, full):
        return False
    if _initials(theirs) <= _initials(mine) or mine == theirs[-len(mine) :]:
        return True
    is_bare = not _initials(mine) and not _initials(theirs[:1])
    return is_bare and same_person(f"{mine[0]} {mine[-1]}", f"{theirs[0]} {theirs[-1]}")


def _initials(parts: Sequence[str]) -> int:
    return sum(len(letter) == 1 for word in parts for letter in word.split("."))


def _has_word_before(key: str) -> bool:
    """True for a name that a common word opens, which is no part of it: Crooked Jane Roe."""
    first = key.partition(" ")[0]
    return is_common(first) and first not in GIVEN_NAMES


def _surname(key: str) -> str:
    """The last word of a folded name but Sr. and Jr."""
    *_, last = [word for word in key.split() if word.rstrip(".") not in _SUFFIXES] or [key]
    return last


def _texts(one: Actor) -> list[str]:
    roles = [text for role in one.roles for text in (role.words, role.body or "")]
    return [one.name, *one.aliases, *roles, one.body or ""]


def actor_key(name: str) -> str:
    """The folded name without an article before it: what two ways of writing one name share."""
    key = fold(name)
    return key.removeprefix("the ") or key


def _roles(rows: Iterable[MentionRow]) -> tuple[ActorRole, ...]:
    """The roles, each once with the first and the last day that an article gives it, by their days."""
    groups: dict[tuple[str, str, bool], list[MentionRow]] = defaultdict(list)
    for row in rows:
        if row.role:
            groups[fold(row.role), fold(row.body or ""), row.former].append(row)
    roles = []
    for (_, _, former), group in groups.items():
        since = min((row.since for row in group if row.since), default=None)
        until = max((row.until for row in group if row.until), default=None)
        roles.append(ActorRole(words=group[0].role or "", body=group[0].body, former=former, since=since, until=until))
    return tuple(sorted(roles, key=lambda role: (role.until or date.min, role.since or date.min, role.words)))


def _body(rows: Sequence[MentionRow]) -> str | None:
    """The one body that all articles give the actor for an office that is not over; None where they differ."""
    current = [row for row in rows if row.body and not row.former and not _is_mostly_over(row.role or "", rows)]
    offices = [row for row in current if any(map(is_office, words(row.role or "")))]
    bodies = {actor_key(row.body): row.body for row in offices or current if row.body}
    return next(iter(bodies.values())) if len(bodies) == 1 else None


def _is_mostly_over(role: str, rows: Sequence[MentionRow]) -> bool:
    """True where no fewer mentions call a role former than give it with a body: ex-presidents keep their title."""
    own = set(_content_words(role))
    same = [row for row in rows if own and own <= set(_content_words(row.role or ""))]
    over = sum(row.mentions for row in same if row.former)
    return over > 0 and over >= sum(row.mentions for row in same if row.body and not row.former)


def _content_words(text: str) -> list[str]:
    return [word for word in words(text) if word not in STOPWORDS]


def _is_over(role: ActorRole, one: Actor) -> bool:
    """True if an article calls the role over that is not older than those that give it."""
    own = set(_content_words(role.words))
    former = [other for other in one.roles if other.former and own <= set(_content_words(other.words))]
    return any((other.until or date.min) >= (role.until or date.min) for other in former)


def _is_asked_for(role: ActorRole, terms: set[str]) -> bool:
    """True if a question has every word of a role; for who heads a body any word for a head, with the body's words."""
    own, body = set(_content_words(role.words)), set(_content_words(role.body or ""))
    if own == {"head"}:
        return bool(terms & LEXICON.heads_of_bodies) and bool(body) and body <= terms
    return bool(own) and own <= terms
