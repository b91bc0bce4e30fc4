"""Settings: arguments win over the environment, the environment over the file; secrets never show."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import BadSettings, Settings

KEY = "sk-very-secret"


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ONRECORD_HOME")
    (tmp_path / ".streamlit").mkdir()
    return tmp_path / ".streamlit" / "secrets.toml"


def test_with_nothing_set_the_built_in_engine_works_in_the_current_folder(secrets: Path) -> None:
    settings = Settings()
    assert settings.home == Path(".onrecord")
    assert not settings.endpoint_set
    assert settings.chat_model is settings.embed_model is None


def test_the_file_is_read_and_the_environment_wins(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets.write_text('OPENAI_BASE_URL = "http://127.0.0.1:1/v1"\nONRECORD_CHAT_MODEL = "file"\n', "utf-8")
    assert (Settings().base_url, Settings().chat_model) == ("http://127.0.0.1:1/v1", "file")
    monkeypatch.setenv("ONRECORD_CHAT_MODEL", "environment")
    assert Settings().chat_model == "environment"
    assert Settings(chat_model="argument").chat_model == "argument"


def test_an_empty_variable_is_not_set(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "")
    assert not Settings().endpoint_set


def test_the_key_never_shows(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert Settings().endpoint_set
    assert KEY not in repr(Settings()) + str(Settings()) + str(Settings().model_dump())
    with pytest.raises(BadSettings) as refused:
        Settings(timeout=-1)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize(
    ("values", "named"),
    [({"base_url": "ftp://x"}, "http://"), ({"timeout": 0}, "TIMEOUT"), ({"evidence_tokens": 1}, "TOKENS")],
)
def test_a_setting_that_cannot_be_used_is_named(values: dict[str, object], named: str) -> None:
    with pytest.raises(BadSettings, match=named):
        Settings(**values)


def test_the_example_file_names_only_settings_that_exist() -> None:
    example = (Path(__file__).parents[1] / ".streamlit" / "secrets.toml.example").read_text("utf-8")
    ours, _, of_sign_in = example.partition("[auth]")
    named, signing = (
        {line.split("=")[0].strip("# ") for line in part.splitlines() if " = " in line} for part in (ours, of_sign_in)
    )
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert named
    assert named <= known | {"administrators"}  # the last is read by the pages alone
    assert signing == {"redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url"}


def test_the_document_of_settings_has_every_setting_as_it_is() -> None:
    rows = (Path(__file__).parents[1] / "docs" / "settings.md").read_text("utf-8").splitlines()
    for field in Settings.model_fields.values():
        default = "" if field.default is None else f"`{field.default}`"
        assert f"| `{field.validation_alias}` | {field.description} | {default} |" in rows
