from __future__ import annotations

import pytest

from rag.verification.exchanges import check_exchanges

SOURCE = (
    "The ferry company carried 340 cars on Monday, while the railway moved 95 of them on Tuesday. Leeds and Bristol "
    "lost a tenth of their trams, Lund said."
)


@pytest.mark.parametrize(
    ("claim", "is_exchanged"),
    [
        ("The ferry company carried 95 cars, while the railway moved 340 of them.", True),
        ("The railway moved 340 cars on Tuesday, while the ferry company carried 95 on Monday.", True),
        ("The ferry company carried cars on Tuesday, while the railway moved them on Monday.", True),
        ("The railway moved 95 cars on Tuesday, while the ferry company carried 340 on Monday.", False),
        ("On Monday 340 cars went by the ferry company, and 95 by the railway on Tuesday.", False),
        ("Bristol and Leeds lost a tenth of their trams.", False),
        ("The ferry company carried 340 cars.", False),
    ],
)
def test_two_facts_that_have_changed_places_are_noticed(claim: str, is_exchanged: bool) -> None:
    assert bool(list(check_exchanges(claim, SOURCE))) is is_exchanged
