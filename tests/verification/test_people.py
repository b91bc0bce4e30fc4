from __future__ import annotations

from datetime import date

import pytest

from rag.domain import ActorRole
from rag.verification.people import office_note, other_spellings

RECORD = (
    "Harbour minister Oskar Vandersloot met Alexei Brenner and Ida Holm on Friday. The Labour Party of North Velde and "
    "Mayor Jon Arve had asked for it."
)


@pytest.mark.parametrize(
    ("claim", "changes"),
    [
        ("Oskar Vandersloet met them.", {"Vandersloet": "Oskar Vandersloot"}),
        ("Minister Oscar Vandersloot met them.", {"Oscar": "Oskar Vandersloot"}),
        ("Aleksey Brenner was there.", {"Aleksey": "Alexei Brenner"}),
        ("Oskar Vandersloot met Alexei Brenner.", {}),
        ("Ada Holm and Oskar Brenner were there.", {}),  # other people
        ("The Labor Party of South Velde asked for it.", {}),  # a body and a place
        ("Vandersloot’s deputy met Holm.", {}),
    ],
)
def test_a_name_in_another_spelling_than_that_of_the_record_is_noticed(claim: str, changes: dict[str, str]) -> None:
    assert other_spellings(claim, RECORD) == changes


ROLES = {
    "Ada Lund": (
        ActorRole(words="deputy mayor", since=date(2031, 1, 5), until=date(2031, 2, 3)),
        ActorRole(words="Mayor of Velde", since=date(2031, 6, 1), until=date(2031, 9, 9)),
        ActorRole(words="former mayor", former=True, since=date(2032, 3, 1), until=date(2032, 3, 1)),
    ),
    "Bo Marsh": (ActorRole(words="chief executive", since=date(2031, 5, 1), until=date(2031, 5, 1)),),
    "Ivo Tarn": (ActorRole(words="an engineer", since=date(2031, 5, 1), until=date(2031, 5, 1)),),
}


@pytest.mark.parametrize(
    ("claim", "part"),
    [
        ("Ada Lund, the mayor of Velde, opened the bridge.", None),
        ("Mayor Ada Lund opened the bridge on 7 July 2031.", None),
        ("Former mayor Ada Lund wrote a book in April 2032.", None),
        ("Mayor Ada Lund wrote a book in April 2032.", "“former mayor” (1 Mar 2032)"),
        ("Mayor Ada Lund opened the bridge on 4 February 2031.", "“deputy mayor” (3 Feb 2031)"),
        ("Mayor Ada Lund says that the bridge is open.", "“former mayor”"),
        ("Governor Ada Lund opened the bridge.", "not “Governor”"),
        ("Bo Marsh, the chief executive of the yard, resigned.", None),
        ("Bo Marsh is the chairman of the yard.", "“chief executive” (1 May 2031), not “chairman”"),
        ("Chairman Ivo Tarn resigned.", None),  # the record gives him no office
        ("Chairman Eva Holm resigned.", None),  # it does not know her
        ("Bo Marsh opened the bridge.", None),
        ("Bo Marsh, who leads the yard, opened the bridge.", None),
    ],
)
def test_an_office_that_the_record_does_not_give_somebody_on_that_day_is_noticed(claim: str, part: str | None) -> None:
    note = office_note(claim, lambda name: ROLES.get(name, ()), today=date(2032, 5, 1))
    assert (note is None) if part is None else (note is not None and part in note), note
