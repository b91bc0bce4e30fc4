"""What every library must do. A test class inherits `LibraryContract` and gives the fixture `library`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from rag.domain import ActorMention, AddResult, Extract, Filters, Fragment, Span, Statement
from rag.errors import UnknownActor, UnknownArticle, UnusableInput
from rag.stores import lexical
from rag.stores.library import Library
from rag.stores.tables import passage
from rag.stores.tables import statement as said_table

NONE = Filters()


def halves(text: str) -> list[Span]:
    middle = len(text) // 2
    return [Span(0, middle), Span(middle, len(text))]


def put(library: Library, text: str, key: str | None = None, **fields: object) -> AddResult:
    extract = Extract(text=text, **{"title": "A title", **fields})  # type: ignore[arg-type]
    return library.articles.put(extract, key=key, name="a source", cut=halves, cut_as="halves")


def statement(added: AddResult, speaker: str) -> Statement:
    return Statement(
        speaker=speaker,
        kind="direct",
        source=None,
        cue=None,
        content=(Fragment(start=0, end=4, text="Text"),),
        text="Text",
        article_id=added.article_id or "",
        version=added.version or "",
        said_on=date(2022, 2, 2),
    )


def tell(library: Library, name: str, day: date, role: str | None = None, body: str | None = None) -> AddResult:
    """An article of a day in which somebody speaks."""
    result = put(library, f"Text in which {name} speaks on day {day}.", title=f"{name} {day}", published=day)
    read(library, result, name, role, body)
    return result


def read(library: Library, added: AddResult, name: str, role: str | None = None, body: str | None = None) -> None:
    """Reads an article that `tell` made, for the first time or again."""
    spoke = ActorMention(name=name, kind="person", role=role, body=body, statements=1)
    of = (ActorMention(name=body, kind="country", statements=1),) if body else ()
    said = replace(statement(added, name), said_on=None)
    library.statements.put(added.article_id or "", added.version or "", [said], "f", [spoke, *of])


class LibraryContract:
    @pytest.fixture
    def library(self) -> Library:
        raise NotImplementedError

    def test_an_added_article_is_found_by_its_words_at_once(self, library: Library) -> None:
        result = put(library, "Die Brücke über den Fluss. Мост закрыт. Şehirde köprü kapandı.")
        for word in ("brucke", "мост", "sehirde"):
            ((passage, _), *_) = library.passages.match([word], k=5, filters=NONE)
            assert passage.article_id == result.article_id

    def test_the_same_text_is_a_duplicate_and_says_of_what(self, library: Library) -> None:
        first = put(library, "The bridge is closed.")
        again = put(library, "The bridge is closed.", title="Another title")
        assert (again.status, again.of) == ("duplicate", first.article_id)
        assert library.articles.count(NONE) == 1

    def test_changed_text_of_one_source_is_a_new_version_and_the_old_one_stays(self, library: Library) -> None:
        first = put(library, "The bridge is closed.", key="https://example.org/bridge")
        second = put(library, "The bridge is open again.", key="https://example.org/bridge")
        assert (second.status, second.article_id) == ("updated", first.article_id)
        article = library.articles.get(second.article_id or "")
        assert article.text == "The bridge is open again."
        assert [item.version for item in article.versions] == [first.version, second.version]
        assert library.articles.get(first.article_id or "", first.version).text == "The bridge is closed."
        assert library.passages.match(["closed"], k=5, filters=NONE) == []

    def test_a_source_that_returns_to_an_old_text_gets_a_third_version(self, library: Library) -> None:
        for text in ("One bridge.", "Two bridges.", "One bridge."):
            last = put(library, text, key="k")
        assert last.status == "updated"
        assert len(library.articles.get(last.article_id or "").versions) == 3
        assert library.articles.get(last.article_id or "").text == "One bridge."

    def test_removal_leaves_nothing_behind(self, library: Library) -> None:
        result = put(library, "Zanzibar trades cloves.", key="k")
        library.statements.put(result.article_id or "", result.version or "", [statement(result, "Zanzibar")], "f")
        library.articles.remove(result.article_id or "")
        assert library.articles.count(NONE) == 0
        assert library.passages.match(["zanzibar"], k=5, filters=NONE) == []
        assert library.statements.find(NONE) == []
        assert put(library, "Zanzibar trades cloves.", key="k").status == "added"

    def test_statements_come_back_as_they_went_in(self, library: Library) -> None:
        result = put(library, "Text about it.", outlet="Wire", published=date(2022, 2, 3))
        library.statements.put(result.article_id or "", result.version or "", [statement(result, "Ana Gül")], "f")
        (found,) = library.statements.find(NONE, actor="ana gül")
        assert (found.speaker, found.said_on, found.content[0].end) == ("Ana Gül", date(2022, 2, 2), 4)
        assert (found.outlet, found.published) == ("Wire", date(2022, 2, 3))
        assert library.statements.find(Filters(speaker="Gül"))
        assert not library.statements.find(Filters(speaker="Nagül"))

    def test_actors_are_merged_split_and_undone_by_hand_and_stay_so_when_articles_are_read_again(
        self, library: Library
    ) -> None:
        messages = [tell(library, name, date(2024, 3, day)) for day, name in ((1, "Bo Marsh"), (2, "Robert Marsh"))]
        register = library.actor_register
        assert [one.name for one in register.registry().search("marsh", None)] == ["Bo Marsh", "Robert Marsh"]
        merged = register.merge("Bo Marsh", "robert marsh")
        assert (merged.name, merged.aliases, merged.statements, merged.articles) == (
            "Bo Marsh",
            ("Robert Marsh",),
            2,
            2,
        )
        read(library, messages[1], "Robert Marsh")
        assert (register.actor("Robert Marsh").name, register.actor("Bo Marsh").decided) == ("Bo Marsh", True)
        assert [item.article_id for item in register.articles("Robert Marsh", 9)] == [
            messages[1].article_id,
            messages[0].article_id,
        ]
        assert len(library.statements.find(NONE, actor="Robert Marsh")) == 2
        assert register.split("Bo Marsh", "Robert Marsh").name == "Robert Marsh"
        read(library, messages[0], "Bo Marsh")
        assert len(library.statements.find(NONE, actor="Bo Marsh")) == 1
        assert not register.reset("Bo Marsh").decided
        assert not register.reset("Robert Marsh").decided
        with pytest.raises(UnknownActor, match="Nobody Atall"):
            register.merge("Bo Marsh", "Nobody Atall")
        with pytest.raises(UnusableInput, match="no name of"):
            register.split("Bo Marsh", "Robert Marsh")

    def test_an_office_of_one_article_holds_in_another_of_its_time_until_it_is_over(self, library: Library) -> None:
        tell(library, "Ida Holm", date(2024, 3, 1), "interior minister", "Norland")
        bare = tell(library, "Ida Holm", date(2024, 3, 5))
        (item,) = (one for one in library.statements.find(NONE, actor="Norland") if one.article_id == bare.article_id)
        assert (item.speaker, item.on_behalf_of, item.on_behalf_of_inferred) == ("Ida Holm", "Norland", True)
        again = tell(library, "Ida Holm", date(2024, 3, 9))
        over = ActorMention(name="Ida Holm", kind="person", role="former interior minister", former=True, statements=1)
        library.statements.put(again.article_id or "", again.version or "", [statement(again, "Ida Holm")], "g", [over])
        assert bare.article_id not in {one.article_id for one in library.statements.find(NONE, actor="Norland")}

    def test_statements_of_a_removed_article_are_not_stored(self, library: Library) -> None:
        result = put(library, "Text about it.")
        library.articles.remove(result.article_id or "")
        library.statements.put(result.article_id or "", result.version or "", [statement(result, "Ana")], "f")
        assert library.statements.find(NONE) == []

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            (Filters(outlet="WIRE"), {"a"}),
            (Filters(since=date(2022, 2, 2)), {"b"}),
            (Filters(until=date(2022, 2, 1)), {"a"}),
            (Filters(language="tr"), {"b"}),
            (Filters(as_of=date(2022, 2, 1)), {"a"}),
            (Filters(as_of=date(2021, 1, 1)), set()),
            (Filters(since="2022-02-01", until="2022-02-03"), {"a", "b"}),  # type: ignore[arg-type]
        ],
    )
    def test_filters_reach_into_list_and_search(self, library: Library, filters: Filters, expected: set[str]) -> None:
        put(library, "Bridge one stands.", title="a", outlet="Wire", published=date(2022, 2, 1), language="en")
        put(library, "Bridge two stands.", title="b", outlet="Herald", published=date(2022, 2, 3), language="tr")
        assert {item.title for item in library.articles.page(filters)} == expected
        results = {passage.article_id for passage, _ in library.passages.match(["bridge"], k=9, filters=filters)}
        assert {library.articles.get(article_id).title for article_id in results} == expected

    def test_as_of_answers_from_the_version_known_then(self, library: Library) -> None:
        put(library, "The bridge is closed.", key="k", published=date(2022, 2, 1))
        put(library, "The bridge is open.", key="k", published=date(2022, 2, 1))
        assert library.passages.match(["open"], k=5, filters=Filters(as_of=date(2022, 2, 2))) == []
        assert library.passages.match(["closed"], k=5, filters=Filters(as_of=date(2022, 2, 2)))
        assert library.passages.match(["open"], k=5, filters=NONE)

    def test_what_is_to_do_is_read_from_the_record(self, library: Library) -> None:
        results = [put(library, f"Text number {n}.") for n in range(3)]
        pairs = {(item.article_id, item.version) for item in results}
        assert set(library.index_state.pending("embedded_as", "f1", limit=9)) == pairs
        library.index_state.mark_made("embedded_as", list(pairs)[:2], "f1")  # type: ignore[arg-type]
        assert library.index_state.count_pending("embedded_as", "f1") == 1
        assert library.index_state.count_pending("embedded_as", "f2") == 3

    def test_what_fails_is_no_longer_to_do_keeps_what_it_had_and_is_tried_again(self, library: Library) -> None:
        one, two = (put(library, f"The bridge over river number {n} is closed.") for n in range(2))
        pairs = [(item.article_id or "", item.version or "") for item in (one, two)]
        library.statements.put(*pairs[1], (), "f1")
        for reason in ("ValueError", "KeyError"):  # the last one is kept
            library.index_state.record_failure(*pairs[0], "stated_as", made_as="f1", reason=reason, release="1.0")
        library.index_state.record_failure(
            "no such article", "x", "stated_as", made_as="f1", reason="ValueError", release="1.0"
        )
        library.index_state.record_failure(*pairs[0], "embedded_as", made_as="e1", reason="ValueError", release="1.0")
        assert library.index_state.failures() == {
            "vectors": [(pairs[0][0], "ValueError")],
            "statements": [(pairs[0][0], "KeyError")],
        }
        assert library.index_state.count_pending("stated_as", "f1") == 0
        assert library.index_state.reconcile(set(), "e1")[1] == set()  # an index is not made again for it
        library.index_state.retry_failures("1.0")
        assert library.index_state.count_pending("stated_as", "f1") == 0
        library.index_state.retry_failures("1.1")
        assert library.index_state.pending("stated_as", "f1", limit=9) == [pairs[0]]
        library.index_state.record_failure(*pairs[0], "stated_as", made_as="f1", reason="ValueError", release="1.1")
        library.statements.put(*pairs[0], (), "f1")
        assert library.index_state.failures() == {"vectors": [], "statements": []}
        library.index_state.record_failure(*pairs[0], "stated_as", made_as="f1", reason="ValueError", release="1.1")
        library.index_state.invalidate("stated_as")
        assert library.index_state.failures()["statements"] == []
        library.index_state.record_failure(*pairs[0], "stated_as", made_as="f1", reason="ValueError", release="1.1")
        library.articles.remove(pairs[0][0])
        assert library.index_state.failures()["statements"] == []

    def test_many_threads_add_without_losing_or_doubling(self, library: Library) -> None:
        texts = [f"Story {n % 20} of the day." for n in range(60)]
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(lambda text: put(library, text), texts))
        assert library.articles.count(NONE) == 20
        assert sum(item.status == "added" for item in results) == 20

    def test_operators_in_a_query_are_words(self, library: Library) -> None:
        put(library, "He said NOT AND near the bridge*.")
        assert library.passages.match(['"', "not", "near*", "(bridge", 'a"b'], k=5, filters=NONE)

    def test_an_unknown_article_is_named_with_the_remedy(self, library: Library) -> None:
        for call in (library.articles.get, library.articles.remove):
            with pytest.raises(UnknownArticle, match=r"'nope'.*onrecord list"):
                call("nope")

    def test_a_phrase_is_found_as_it_stands_and_not_the_other_way_round(self, library: Library) -> None:
        put(library, "The F-16 flew over the bridge.", title="One")
        put(library, "Of 16 ships an F class one sank.", title="Two")
        assert len(library.passages.match(["f-16"], k=5, filters=NONE)) == 1

    def test_rare_words_count_more_than_common_ones_and_words_of_the_outlet_half(self, library: Library) -> None:
        for n in range(12):
            put(library, f"The bridge over river number {n} was closed by order.", title="Roads", outlet="Herald")
        rare = put(library, "A zeppelin passed the bridge at noon.", title="Roads", outlet="Wire")
        (first, score), *others = library.passages.match(["bridge", "zeppelin"], k=20, filters=NONE)
        assert first.article_id == rare.article_id
        assert score > 2 * others[0][1]
        assert library.passages.match(["closed"], k=1, filters=NONE)[0][1] > 0

    def test_a_word_counts_in_as_many_passages_as_hold_it_now(self, library: Library) -> None:
        results = [put(library, f"Ferries {n} sail from the port of Esk.") for n in range(4)]
        assert library.passages.frequency("ferry") == 4
        library.articles.remove(results[0].article_id or "")
        assert library.passages.frequency("ferries") == 3
        assert library.passages.frequency("nothing") == library.passages.frequency("") == 0

    def test_a_title_in_the_users_word_is_searched_at_once(self, library: Library) -> None:
        result = put(library, "The bridge is closed.", title="Roads")
        library.articles.amend(result.article_id or "", {"title": "Viaducts of Esk", "outlet": "Herald"})
        assert library.passages.match(["viaduct"], k=5, filters=NONE)
        assert library.passages.match(["herald"], k=5, filters=NONE)
        assert library.passages.match(["roads"], k=5, filters=NONE) == []
        assert library.passages.match(["closed"], k=5, filters=NONE)

    def test_outlets_and_overview_count_what_is_there(self, library: Library) -> None:
        for n, outlet in enumerate(["Wire", "wire", "Herald", None]):
            put(library, f"Text number {n}. " * 40, outlet=outlet, published=date(2022, 2, 1 + n))
        assert library.articles.outlets() == [("Wire", 2), ("Herald", 1)]
        overview = library.articles.overview(NONE)
        assert [n for _, n in overview.days] == [1, 1, 1, 1]
        assert overview.outlets == (("Wire", 2), ("Herald", 1), (None, 1))
        assert sum(n for _, n in overview.lengths) == 4

    def test_whoever_looks_sees_that_somebody_wrote(self, library: Library) -> None:
        before = library.change_counter()
        put(library, "The bridge is closed.")
        assert library.change_counter() != before

    def test_words_that_got_lost_are_put_back_from_the_record_and_strange_ones_taken_out(
        self, library: Library
    ) -> None:
        for n in range(8):
            result = put(library, f"The bridge of Esk number {n} is closed. So is the harbour.", outlet=f"Post {n}")
            library.statements.put(
                result.article_id or "", result.version or "", [statement(result, f"Mayor {n}")], fingerprint="1"
            )
        questions = [["bridge"], ["harbour", "esk"], ["post", "3"]]
        before = [library.passages.match(terms, k=20, filters=NONE) for terms in questions]
        said = library.statements.find(NONE, terms=["text"])
        assert library.index_state.repair_lexical() == 0
        with library.writing() as connection:
            kept = list(connection.execute(select(passage.c.rowid)).scalars())
            words = lexical.backend_for(connection)
            words.drop(connection, "passage", kept[::3])
            words.drop(connection, "statement", list(connection.execute(select(said_table.c.rowid)).scalars()))
        assert library.passages.match(["harbour", "esk"], k=20, filters=NONE) != before[1]
        assert library.index_state.repair_lexical() == len(kept[::3]) + 8
        assert [library.passages.match(terms, k=20, filters=NONE) for terms in questions] == before
        assert library.statements.find(NONE, terms=["text"]) == said

    def test_words_are_made_again_from_the_record_alone(self, library: Library) -> None:
        put(library, "The bridge of Esk is closed. So is the harbour.", outlet="Post")
        put(library, "The bridge of Esk is open. So is the market.", outlet="Herald")
        questions = [["bridge"], ["harbour", "esk"], ["post"]]
        before = [library.passages.match(terms, k=20, filters=NONE) for terms in questions]
        library.index_state.rebuild_lexical()
        assert [library.passages.match(terms, k=20, filters=NONE) for terms in questions] == before
        assert library.index_state.repair_lexical() == 0
