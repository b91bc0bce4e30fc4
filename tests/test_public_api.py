"""What scripts may lean on: named, sorted, documented."""

from __future__ import annotations

import inspect
from pathlib import Path

import rag


def test_every_public_name_is_there_sorted_and_documented() -> None:
    assert rag.__all__ == sorted(rag.__all__)
    for name in rag.__all__:
        result = getattr(rag, name)
        assert not inspect.isclass(result) or inspect.getdoc(result), name


def test_every_public_method_of_the_door_is_documented() -> None:
    for name, method in inspect.getmembers(rag.Newsroom, inspect.isfunction):
        assert name.startswith("_") or inspect.getdoc(method), name


def test_a_preview_gives_its_extract_by_the_name_that_scripts_know(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# Tram\n\nThe tram will run again this year, the operator said on Monday.\n", "utf-8")
    with rag.Newsroom.open(rag.Settings(home=tmp_path / "home")) as room:
        (preview,) = room.preview(str(file))
    assert preview.found is preview.extract is not None
