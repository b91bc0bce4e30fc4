"""The bill of materials names every locked package with its hashes, and none of a licence that may not ship."""

from __future__ import annotations

import pytest

from tests.conftest import PROJECT
from tests.guards import some
from tests.supply.bill import bill, forbidden, locked

LOCK = (PROJECT / "requirements.lock").read_text("utf-8")


def test_every_locked_package_is_named_with_version_and_hashes() -> None:
    made = bill(LOCK)["components"]
    assert len(made) == sum(
        "==" in line.split(";")[0] and not line.startswith((" ", "#")) for line in LOCK.splitlines()
    )
    assert len({item["purl"] for item in made}) > 90
    assert all(item["hashes"] for item in some(made))


def test_no_package_has_a_licence_that_may_not_ship() -> None:
    assert [
        item["name"]
        for item in bill(LOCK)["components"]
        if any(forbidden(one["license"]["name"]) for one in item.get("licenses", []))
    ] == []


def test_the_lock_names_no_index_and_pins_by_hash() -> None:
    assert "://" not in LOCK
    assert all(hashes for _, _, hashes in locked(LOCK))


@pytest.mark.parametrize(
    ("said", "bad"),
    [
        ("GNU General Public License v3 (GPLv3)", True),
        ("AGPL-3.0-only", True),
        ("GNU Affero General Public License", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("LGPL-2.1-or-later", False),
        ("MIT OR GPL-2.0", False),
        ("Apache-2.0", False),
        (None, False),
    ],
)
def test_licences_are_told_apart(said: str | None, bad: bool) -> None:
    assert forbidden(said) is bad
