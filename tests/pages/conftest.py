"""AppTest over the real app: the real newsroom, in a temporary copy of the sample library."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from rag.ui import controls
from tests.conftest import PROJECT

ASK, LIBRARY, ADD, SOURCE = (f"rag/ui/{name}.py" for name in ("ask", "library", "add", "source"))
BRIEFING, SETTINGS, QUALITY = (f"rag/ui/{name}.py" for name in ("briefing", "settings", "quality"))


@pytest.fixture(autouse=True, scope="package")
def quick_start() -> None:
    """The search for components reads the metadata of every package for each session; no page uses one. Without a
    browser, nothing waits for it to draw.
    """
    manifest_scanner.scan_component_manifests = lambda *_, **__: []
    controls.ALONE_FOR = 0.0


@pytest.fixture(autouse=True)
def own_server() -> Iterator[None]:
    """Cached resources leak between AppTests of one process; each test gets its own."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def session(**query: str) -> AppTest:
    """A new session of the app, with this query in its address; not run yet."""
    made = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for name, value in query.items():
        made.query_params[name] = value
    return made


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    """A copy of the sample library, which the app uses."""
    return shutil.copytree(sample_home, tmp_path / "home")


@pytest.fixture
def app(home: Path) -> AppTest:
    """The app over the sample library, at Ask."""
    return session().run()


def html(app: AppTest) -> str:
    """All escaped HTML of the page, the style left out."""
    bodies = [item.body if hasattr(item, "body") else item.proto.body for item in app.get("html")]
    return "\n".join(body for body in bodies if not body.lstrip().startswith("<style"))


def ask(app: AppTest, question: str) -> AppTest:
    """Ask and wait for the answer."""
    return app.chat_input[0].set_value(question).run()


def links(app: AppTest) -> list[str]:
    """Labels of the links to other pages."""
    return [item.proto.label for item in app.get("page_link")]
