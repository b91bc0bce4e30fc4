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
from rag.statements.name_variants import same_person, surname_key
from rag.text.canonical import fold
from rag.text.places import is_office
from rag.text.terms import STOPWORDS, words

_FEWEST = 3  # letters by which an acronym is joined with the one name in the library that begins so
_KNOWN = 5  # articles that name somebody before a surname alone means them, and times as many as name others
_HEADS_OF_BODIES = words_of("statements", "heads_of_bodies")


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
        self._join()
        self._members: dict[str, list[str]] = defaultdict(list)
        for key in self._parent:
            self._members[self._root(key)].append(key)

    @cached_property
    def actors(self) -> tuple[Actor, ...]:
        """All actors, those who say the most first."""
        made = [self._actor(keys) for keys in self._members.values() if any(key in self._rows for key in keys)]
        return tuple(sorted(made, key=lambda one: (-one.statements, fold(one.name))))

    @cached_property
    def _by_key(self) -> dict[str, Actor]:
        return {key: one for one in self.actors for key in self.keys(one.name)}

    def of(self, name: str) -> Actor | None:
        """The actor that a name or alias belongs to, in any case and with or without "the"."""
        return self._by_key.get(actor_key(name))

    def search(self, query: str | None, kind: ActorKind | None) -> list[Actor]:
        """Those of a kind with all words of a query in a name, a role or their body; with none, all."""
        wanted = set(words(query or ""))
        return [
            one
            for one in self.actors
            if kind in (None, one.kind) and (not wanted or wanted <= set(words(" ".join(_texts(one)))))
        ]

    def keys(self, name: str) -> list[str]:
        """Every folded name of the actor that a name belongs to; the name alone where nobody is known by it."""
        key = actor_key(name)
        return sorted(self._members[self._root(key)]) if key in self._parent else [key]

    def members(self, body: str) -> list[Actor]:
        """The people who hold an office of a country or body, where all articles that name one agree on it."""
        keys = set(self.keys(body)) if self.of(body) is not None else set[str]()
        return [one for key in sorted(keys) for one in self._of_body.get(key, ())]

    @cached_property
    def _of_body(self) -> dict[str, list[Actor]]:
        found: dict[str, list[Actor]] = defaultdict(list)
        for one in self.actors:
            if one.body is not None and one.kind == "person":
                found[actor_key(one.body)].append(one)
        return found

    def holders(self, question: str) -> list[tuple[str, str]]:
        """(folded name, words of the office and its body) for the people whose office a question names ("the governor
        of Norland's central bank", "the interior minister"): the latest to hold it, of each body whose it is."""
        given = set(words(question))
        latest: dict[str, tuple[date, str, str]] = {}
        titled = any(word in _HEADS_OF_BODIES or is_office(word) for word in given)
        for one in self.actors if titled else ():
            for role in one.roles:
                if role.former or not _is_asked(role, given) or _given_up(role, one):
                    continue
                body, day = actor_key(role.body or ""), role.until or date.min
                if body not in latest or latest[body][0] < day:
                    latest[body] = (day, fold(one.name), f"{role.words} {role.body or ''}")
        named = {body for body in latest if body and set(_carrying(body)) <= given}
        return [(name, office) for body, (_, name, office) in latest.items() if body in named or not named]

    # -- joining

    def _root(self, key: str) -> str:
        while self._parent[key] != key:
            self._parent[key] = self._parent[self._parent[key]]
            key = self._parent[key]
        return key

    def _add(self, key: str) -> None:
        self._parent.setdefault(key, key)

    def _unite(self, one: str, other: str, *, decided: bool = False) -> None:
        self._add(one)
        self._add(other)
        if decided or not {one, other} & self._choices.keys():
            self._parent[self._root(one)] = self._root(other)

    def _join(self) -> None:
        for key in self._rows:
            self._add(key)
        self._join_people()
        self._join_surnames()
        self._join_forms()
        for name, actor in self._choices.items():
            self._add(name)
            if actor_key(actor) != name:
                self._unite(name, actor_key(actor), decided=True)

    def _join_people(self) -> None:
        buckets: dict[str, list[str]] = defaultdict(list)
        for key, rows in self._rows.items():
            if rows[0].kind == "person" and " " in key and key not in self._choices:
                buckets[surname_key(key)].append(key)
        for keys in buckets.values():
            for key in keys:
                fuller = [
                    one for one in keys if one != key and same_person(key, one) and _initials(one) <= _initials(key)
                ]
                if all(same_person(one, other) or same_person(other, one) for one, other in combinations(fuller, 2)):
                    for one in fuller:
                        self._unite(key, one)

    def _join_surnames(self) -> None:
        """A surname that articles use alone goes with the one person of that name whom the library is full of: named in
        several times as many articles as all namesakes together."""
        people: dict[str, Counter[str]] = defaultdict(Counter)
        for key, rows in self._rows.items():
            if rows[0].kind == "person" and " " in key:
                people[key.split()[-1]][self._root(key)] += self._seen.get(key, 0)
        for key in [one for one in self._rows if " " not in one and one in people]:
            (first, most), *others = people[key].most_common()
            if most >= _KNOWN and most >= _KNOWN * sum(count for _, count in others):
                self._unite(key, first)

    def _join_forms(self) -> None:
        owners: dict[str, set[str]] = defaultdict(set)
        for key, rows in self._rows.items():
            for row in rows:
                for form in row.forms:
                    if row.kind != "person" or same_person(actor_key(form), key):
                        owners[actor_key(form)].add(key)
        long = defaultdict(set)
        for key, rows in self._rows.items():
            if rows[0].kind == "body" and " " in key:
                long["".join(word[0] for word in _carrying(key))].add(key)
        for key, rows in self._rows.items():
            acronym = rows[0].name.replace(".", "").isupper() and len(key) >= _FEWEST and " " not in key
            if rows[0].kind == "body" and acronym and key not in owners:
                owners[key] |= long.get(key.replace(".", ""), set())
        for form, keys in owners.items():
            if len({self._root(key) for key in keys}) == 1:
                for key in keys:
                    self._unite(form, key)

    # -- making

    def _actor(self, keys: Sequence[str]) -> Actor:
        rows = [row for key in keys for row in self._rows.get(key, ())]
        chosen = next((self._choices[key] for key in keys if key in self._choices), None)
        written: Counter[str] = Counter()
        for row in rows:
            written[row.name] += row.mentions
        best = max(written, key=lambda name: (" " in name, written[name], len(name), name))
        name = chosen if chosen is not None and actor_key(chosen) in keys else best
        shown = {actor_key(one): one for one in [*written, *(form for row in rows for form in row.forms)]}
        days = [day for row in rows for day in (row.since, row.until) if day is not None]
        roles = _roles(rows)
        return Actor(
            name=shown.get(actor_key(name), name),
            kind=Counter(row.kind for row in rows).most_common(1)[0][0],
            aliases=tuple(sorted(form for key, form in shown.items() if key in keys and key != actor_key(name))),
            roles=roles,
            body=None if (body := _body(rows)) is None or actor_key(body) in keys else body,
            articles=sum(self._seen.get(key, 0) for key in keys),
            statements=sum(row.statements for row in rows),
            since=min(days, default=None),
            until=max(days, default=None),
            decided=any(key in self._choices for key in keys),
        )


def _initials(key: str) -> int:
    return sum(len(word.rstrip(".")) == 1 for word in key.split())


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
    made = []
    for group in groups.values():
        since = min((row.since for row in group if row.since), default=None)
        until = max((row.until for row in group if row.until), default=None)
        first = group[0]
        made.append(ActorRole(words=first.role or "", body=first.body, former=first.former, since=since, until=until))
    return tuple(sorted(made, key=lambda role: (role.until or date.min, role.since or date.min, role.words)))


def _body(rows: Sequence[MentionRow]) -> str | None:
    """The one body that all articles give the actor for an office that is not over; None where they differ."""
    given = [row for row in rows if row.body and not row.former and not _mostly_over(row.role or "", rows)]
    held = [row for row in given if any(map(is_office, words(row.role or "")))]
    bodies = {actor_key(row.body): row.body for row in held or given if row.body}
    return next(iter(bodies.values())) if len(bodies) == 1 else None


def _mostly_over(role: str, rows: Sequence[MentionRow]) -> bool:
    """True where no fewer mentions call a role former than give it with a body: ex-presidents keep their title."""
    own = set(_carrying(role))
    alike = [row for row in rows if own and own <= set(_carrying(row.role or ""))]
    over = sum(row.mentions for row in alike if row.former)
    return over > 0 and over >= sum(row.mentions for row in alike if row.body and not row.former)


def _carrying(text: str) -> list[str]:
    return [word for word in words(text) if word not in STOPWORDS]


def _given_up(role: ActorRole, one: Actor) -> bool:
    """True if an article calls the role over that is not older than those that give it."""
    own = set(_carrying(role.words))
    return any(
        other.former and own <= set(_carrying(other.words)) and (other.until or date.min) >= (role.until or date.min)
        for other in one.roles
    )


def _is_asked(role: ActorRole, given: set[str]) -> bool:
    """True if a question has every word of a role; for who heads a body any word for a head, with the body's words."""
    own = _carrying(role.words)
    body = _carrying(role.body or "")
    if own == ["head"]:
        return bool(given & _HEADS_OF_BODIES) and bool(body) and set(body) <= given
    return bool(own) and set(own) <= given
