"""The library on a PostgreSQL server: what every library does, and what only a server can go through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rag.domain import Filters
from rag.errors import BadSettings, LibraryDamaged, StoreError, StoreUnavailable
from rag.stores.library import Library
from tests.contracts.library import LibraryContract, put, tell
from tests.servers.postgres import PASSWORD, QUOTED, Cluster, cluster

NONE = Filters()


@pytest.fixture
def library(postgres: Cluster) -> Iterator[Library]:
    made = Library(postgres.database())
    yield made
    made.close()


class TestOnAServer(LibraryContract):
    @pytest.fixture
    def library(self, postgres: Cluster) -> Iterator[Library]:
        made = Library(postgres.database())
        yield made
        made.close()


TEXTS = [
    "The drone plant near Kyiv will be built by a Turkish firm, the minister said on Thursday.",
    "Moscow called the delivery of drones a destabilising step and asked for talks.",
    "Drones, drones and more drones: the parade in Ankara lasted for two hours.",
    "The bridge is closed. The ferry sails at noon, and again at four, if the wind allows it at all.",
    "Der Minister sprach von Drohnen; Şehirde köprü kapandı; Мост закрыт.",
]


def test_scores_are_those_of_the_library_in_a_file(library: Library, tmp_path: Path) -> None:
    embedded = Library(tmp_path / "library.db")
    for kept in (library, embedded):
        for n, text in enumerate(TEXTS * 3):
            put(kept, f"{text} Report {n}.", title=f"News of drones {n % 2}", outlet="Wire" if n % 3 else "Herald")
    for terms in (
        ["drone"],
        ["drones", "drone", "minister"],
        ["wire", "ferry"],
        ["мост"],
        ["news", "closed", "noon", "x"],
    ):
        one, other = (
            [(passage.passage_id, round(score, 5)) for passage, score in kept.passages.match(terms, k=50, filters=NONE)]
            for kept in (library, embedded)
        )
        assert one == other
        assert one or terms == ["x"]
    embedded.close()


def test_two_processes_may_make_the_library_at_once(postgres: Cluster) -> None:
    from concurrent.futures import ThreadPoolExecutor

    address = postgres.database()
    with ThreadPoolExecutor(4) as pool:
        items = list(pool.map(lambda _: Library(address), range(4)))
    put(items[0], "The bridge is closed.")
    assert [one.articles.count(NONE) for one in items] == [1, 1, 1, 1]
    for one in items:
        one.close()


def test_what_one_process_decides_about_actors_another_sees(postgres: Cluster) -> None:
    address = postgres.database()
    one, other = Library(address), Library(address)
    for day, name in ((1, "Bo Marsh"), (2, "Robert Marsh")):
        tell(one, name, date(2024, 3, day))
    assert other.actor_register.actor("Bo Marsh").aliases == ()
    one.actor_register.merge("Bo Marsh", "Robert Marsh")
    assert other.actor_register.actor("Robert Marsh").name == "Bo Marsh"
    for library in (one, other):
        library.close()


def test_a_newer_library_is_refused(postgres: Cluster) -> None:
    address = postgres.database()
    library = Library(address)
    library.meta.set("schema", "99")
    with pytest.raises(LibraryDamaged, match="newer"):
        Library(address)
    library.close()


def test_a_database_with_other_tables_is_refused_and_left_alone(postgres: Cluster) -> None:
    address = postgres.database()
    library = Library(address)
    with library.writing() as connection:
        connection.exec_driver_sql("DROP TABLE passage CASCADE")
        connection.exec_driver_sql("DELETE FROM meta")
    with pytest.raises(LibraryDamaged, match="empty database"):
        Library(address)
    library.close()


@pytest.mark.parametrize(
    ("password", "database", "told"),
    [("wrong", "postgres", "refuses"), (QUOTED, "nowhere", "refuses"), ("", "postgres", "refuses")],
)
def test_a_refusal_says_why_and_never_the_password(postgres: Cluster, password: str, database: str, told: str) -> None:
    with pytest.raises(StoreError, match=told) as caught:
        Library(postgres.address(database, password))
    assert password == "" or password not in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_a_server_that_goes_away_is_named_with_the_remedy_and_met_again_when_it_is_back() -> None:
    with cluster() as own:
        library = Library(own.database())
        result = put(library, "The bridge is closed.")
        own.stop("immediate")
        with pytest.raises(StoreUnavailable, match="ONRECORD_DATABASE_URL") as caught:
            put(library, "The bridge is open.")
        assert PASSWORD not in repr(caught.value) + repr(caught.value.__cause__) + repr(caught.value.__context__)
        with pytest.raises(StoreUnavailable):
            Library(own.address("postgres"))
        own.start()
        assert library.articles.get(result.article_id or "").text == "The bridge is closed."
        assert library.articles.count(NONE) == 1
        assert put(library, "The bridge is open.").status == "added"
        library.close()


@pytest.mark.parametrize("address", ["postgresql://", "postgresql://u:geheim@", "mysql://u:geheim@h/d", "x:geheim"])
def test_an_address_that_cannot_be_read_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(BadSettings, match="ONRECORD_DATABASE_URL") as caught:
        Library(address)
    assert "geheim" not in str(caught.value)
