"""The real parser, loaded once for all tests of statements."""

from __future__ import annotations

import pytest

from rag.providers.spacy_parser import SpacyParser, shared_parser


@pytest.fixture(scope="session")
def parser() -> SpacyParser:
    return shared_parser()
