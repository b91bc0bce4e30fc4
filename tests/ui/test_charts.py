"""Plots: every number is said in words too, and a plot never has more bars than can be read."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rag.ui import charts

DAYS = st.dates(min_value=date(1700, 1, 1), max_value=date(2100, 1, 1))


@given(st.dictionaries(DAYS, st.integers(min_value=1, max_value=9), min_size=1, max_size=20))
def test_no_article_is_lost_between_weeks_months_and_years(counts: dict[date, int]) -> None:
    unit, bars = charts.by_time(sorted(counts.items()))
    assert sum(n for _, n in bars) == sum(counts.values())
    assert unit in ("week", "month", "year")
    assert len(bars) <= (401 if unit == "year" else 61)


def test_weeks_without_an_article_stand_in_between() -> None:
    first = date(2022, 1, 31)
    assert charts.by_time([(first, 2), (first + timedelta(days=14), 1)]) == (
        "week",
        [("31 Jan 2022", 2), ("7 Feb 2022", 0), ("14 Feb 2022", 1)],
    )
    assert charts.by_time([]) == ("week", [])


def test_u42_a_plot_says_in_words_what_it_shows() -> None:
    bars = charts.bars_html("By outlet", [("Wire <b>", 3), ("Post", 1)])
    assert 'role="img" aria-label="By outlet: Wire &lt;b&gt; 3 articles; Post 1 article"' in bars
    columns = charts.columns_html("Published per week", [("a", 1), ("b", 4), ("c", 0)])
    assert 'aria-label="Published per week: 5 articles from a to c, most in b with 4"' in columns
    assert "nothing" in charts.columns_html("Published per week", [])
