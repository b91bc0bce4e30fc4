"""A quotation whose words stand in two places of its article: an ellipsis stands where words were left out."""

from __future__ import annotations

from collections.abc import Callable

from rag import Newsroom
from rag.ui import statement_views

NEWS = """
Pier to close | Esk Courier | 2024-02-01
“The pier will close in June,” said Mayor Ida Holm, “and the ferry will run from the mole.” Rain is expected.
"""
JOINED = "“The pier will close in June” … “and the ferry will run from the mole.”"


def test_an_ellipsis_stands_between_the_pieces_of_a_quotation_in_answers_and_in_statements(
    library_of: Callable[[str], Newsroom],
) -> None:
    room = library_of(NEWS)
    answer = room.ask("What did Ida Holm say?")
    assert JOINED in answer.answer
    statement = next(item for item in room.statements() if item.kind == "direct")
    text = room.article(statement.article_id).text
    shown = statement_views.statement_words_html(statement, text)
    assert "June” … “and the ferry" in shown
