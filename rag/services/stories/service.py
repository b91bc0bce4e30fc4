"""The stories service: stores the story of every article, and how users merge and split stories."""

from __future__ import annotations

import base64
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rag.domain import ArticleSummary, Filters, Story
from rag.errors import UnusableInput
from rag.services.stories.clustering import (
    LONGEST_PAUSE,
    Sketch,
    Stories,
    lead_of,
    own_text,
    paragraphs_of,
    sketch_of,
    story_id_of,
)
from rag.stores.library import Library
from rag.stores.stories import StoryMember, StoryStore
from rag.text.canonical import fold

if TYPE_CHECKING:
    from rag.providers.base import Vectors

_RULES_VERSION = "1"  # of the clustering; stories made by another version are made again
_BATCH = 200  # articles per transaction
_MOST_SPEAKERS = 8

VectorsOf = Callable[[Sequence[str]], "Vectors | None"]


class StoryService:
    """The stories of a library. `vectors` returns the vectors of texts, None without a model; `settle` waits until the
    articles have their statements.
    """

    def __init__(self, library: Library, *, vectors: VectorsOf, settle: Callable[[], object]) -> None:
        self._library = library
        self._store = StoryStore(library)
        self._vectors, self._settle = vectors, settle
        self._lock = threading.Lock()

    def stories(self, filters: Filters, articles: Sequence[str] = ()) -> list[Story]:
        """As `Newsroom.stories`."""
        self.catch_up()
        article_ids = set(articles) or {item.article_id for item in self._library.articles.page(filters)}
        groups: dict[str, list[str]] = defaultdict(list)
        for article_id, story_id in self._store.story_ids().items():
            groups[story_id].append(article_id)
        return self._build_stories({name: ids for name, ids in groups.items() if not article_ids.isdisjoint(ids)})

    def story(self, story_id: str) -> Story:
        """As `Newsroom.story`."""
        self.catch_up()
        story_id = _follow_merges(story_id, self._store.user_edits()[0])
        ids = [one for one, other_id in self._store.story_ids().items() if other_id == story_id]
        if not ids:
            raise UnusableInput(f"There is no story {story_id}. `onrecord stories` lists them.")
        return self._build_stories({story_id: ids})[0]

    def merge(self, story_ids: Sequence[str]) -> Story:
        """As `Newsroom.merge_stories`."""
        targets = list(dict.fromkeys(self.story(one).story_id for one in story_ids))
        if len(targets) < 2:
            raise UnusableInput("Name two stories or more to make one of them.")
        self._store.merge(targets[1:], targets[0])
        return self.story(targets[0])

    def split(self, story_id: str, article_ids: Sequence[str]) -> Story:
        """As `Newsroom.split_story`."""
        story = self.story(story_id)
        members = [one for one in story.articles if one in set(article_ids)]
        if not members or len(members) != len(set(article_ids)) or len(members) == len(story.articles):
            raise UnusableInput(
                f"Name some of the articles of story {story.story_id}, not all, to take them out of it."
            )
        new_id = next((name for name in map(story_id_of, members) if name != story.story_id), None)
        if new_id is None:  # only the article that began the story is taken out: move the others instead
            members = [one for one in story.articles if one not in members]
            new_id = story_id_of(members[0])
        self._store.split(members, new_id)
        return self.story(self._store.story_ids()[article_ids[0]])

    def catch_up(self) -> None:
        """Assign a story to every new or changed article; earlier assignments stay."""
        with self._lock:
            if not self._store.without_story(_RULES_VERSION):
                return
            self._settle()
            pending = self._store.without_story(_RULES_VERSION)
            for at in range(0, len(pending), _BATCH):
                self._settle_stories(pending[at : at + _BATCH])

    def _settle_stories(self, pending: Sequence[tuple[str, str]]) -> None:
        merges, splits = self._store.user_edits()
        story_ids = self._store.story_ids()
        summaries = self._library.articles.summaries(article_id for article_id, _ in pending)
        days = {one: (item.published or item.ingested.date()).toordinal() for one, item in summaries.items()}
        first, last = min(days.values(), default=0), max(days.values(), default=0)
        near = {
            item.article_id: (_decode(item), item.story_id)
            for item in self._store.members(first - LONGEST_PAUSE, last + LONGEST_PAUSE, _RULES_VERSION)
        }
        sketches = self._sketches(pending, summaries, days, [item for item, _ in near.values()])
        stories = Stories(near)
        copies = {item.article_id: item.copy_of for item in summaries.values()}
        members: list[StoryMember] = []
        for article_id, version in pending:
            if (item := sketches.get(article_id)) is None:
                continue  # it was removed meanwhile
            fixed = splits.get(article_id) or story_ids.get(article_id) or story_ids.get(copies.get(article_id) or "")
            story_id = _follow_merges(stories.add(item, story_id=fixed), merges)
            story_ids[article_id] = story_id
            members.append(
                StoryMember(
                    article_id=article_id, story_id=story_id, version=version, day=item.day, value=_encode(item)
                )
            )  # fmt: skip
        self._store.put(members, _RULES_VERSION)

    def _sketches(
        self,
        pairs: Sequence[tuple[str, str]],
        summaries: Mapping[str, ArticleSummary],
        days: Mapping[str, int],
        near: Iterable[Sketch],
    ) -> dict[str, Sketch]:
        """The sketches of these (article id, version) pairs; `near` are those of earlier articles of these days."""
        texts = {article_id: text for (article_id, _), text in self._library.articles.texts(pairs).items()}
        ids = [one for one in texts if one in summaries]
        paragraphs = {one: paragraphs_of(summaries[one].outlet, texts[one]) for one in ids}
        counts = Counter(key for keys in paragraphs.values() for key in keys)
        counts.update(key for item in near if item.article_id not in paragraphs for key in item.paragraphs)
        repeated = {key for key, count in counts.items() if count > 1}
        own = {one: own_text(paragraphs[one], repeated) for one in ids}
        speakers: dict[str, list[str]] = defaultdict(list)
        for statement in self._library.statements.find(Filters(), articles=ids):
            speakers[statement.article_id] += [statement.speaker] if statement.speaker else []
        vectors = self._vectors([lead_of(summaries[one].title, own[one]) for one in ids])
        return {
            one: sketch_of(
                one, days[one], summaries[one].title, own[one], speakers=speakers[one], paragraphs=paragraphs[one],
                vector=() if vectors is None else tuple(map(float, vectors[at])),
            )
            for at, one in enumerate(ids)
        }  # fmt: skip

    def _build_stories(self, groups: Mapping[str, Sequence[str]]) -> list[Story]:
        """The stories with these articles, the one with the newest article first."""
        ids = [one for group in groups.values() for one in group]
        summaries: dict[str, ArticleSummary] = {}
        statement_counts: dict[str, Counter[str]] = defaultdict(Counter)
        for at in range(0, len(ids), _BATCH):
            summaries |= self._library.articles.summaries(ids[at : at + _BATCH])
            for statement in self._library.statements.find(Filters(), articles=ids[at : at + _BATCH]):
                if statement.speaker:
                    statement_counts[statement.article_id][statement.speaker] += 1
        stories = [
            _story(name, [summaries[one] for one in group if one in summaries], statement_counts)
            for name, group in groups.items()
        ]
        return sorted((one for one in stories if one.articles), key=_newest_first)


def _story(story_id: str, articles: Iterable[ArticleSummary], statement_counts: Mapping[str, Counter[str]]) -> Story:
    ordered = sorted(articles, key=lambda one: (one.published or date.min, one.ingested, one.article_id))
    originals = [one for one in ordered if not one.copy_of] or ordered
    best = max(originals, key=lambda one: (sum(statement_counts[one.article_id].values()), one.words), default=None)
    speakers: Counter[str] = Counter()
    for one in originals:
        speakers += statement_counts[one.article_id]
    days = [one.published for one in ordered if one.published]
    outlets = Counter(one.outlet for one in ordered if one.outlet)
    return Story(
        story_id=story_id, title=best.title if best else "", article_id=best.article_id if best else "",
        since=min(days, default=None), until=max(days, default=None),
        outlets=tuple(name for name, _ in outlets.most_common()),
        speakers=tuple(_names_first(speakers)[:_MOST_SPEAKERS]),
        articles=tuple(one.article_id for one in ordered),
        copies=tuple(one.article_id for one in ordered if one.copy_of),
    )  # fmt: skip


def _names_first(counts: Counter[str]) -> list[str]:
    """Speakers by their number of statements, each in one spelling, descriptions such as "the newspaper" last."""
    spellings: dict[str, str] = {}
    statements: Counter[str] = Counter()
    for name, count in counts.most_common():
        bare = re.sub(r"^the\s+", "", name, flags=re.IGNORECASE)
        spellings.setdefault(fold(bare), name)
        statements[fold(bare)] += count
    is_description = {key: not re.sub(r"^(?:The|A|An)\s+", "", name)[:1].isupper() for key, name in spellings.items()}
    return [spellings[key] for key in sorted(statements, key=lambda key: (is_description[key], -statements[key]))]


def _newest_first(item: Story) -> tuple[int, str]:
    return -(item.until.toordinal() if item.until else 0), item.story_id


def _follow_merges(story_id: str, merged: Mapping[str, str]) -> str:
    ids = {story_id}
    while (into := merged.get(story_id)) is not None and into not in ids:
        ids.add(story_id := into)
    return story_id


def _encode(item: Sketch) -> dict[str, Any]:
    """A sketch as it is stored, its vector in half precision."""
    import numpy as np

    packed = base64.b64encode(np.asarray(item.vector, np.float16).tobytes()).decode()
    return {
        "terms": sorted(item.terms), "names": sorted(item.names), "vector": packed,
        "paragraphs": sorted(item.paragraphs),
    }  # fmt: skip


def _decode(item: StoryMember) -> Sketch:
    import numpy as np

    numbers = np.frombuffer(base64.b64decode(item.value["vector"]), np.float16)
    return Sketch(
        article_id=item.article_id, day=item.day, terms=frozenset(item.value["terms"]),
        names=frozenset(item.value["names"]), vector=tuple(map(float, numbers)),
        paragraphs=frozenset(item.value.get("paragraphs", ())),  # releases before had none
    )  # fmt: skip
