"""Settings: from keyword arguments, then the environment, then `.streamlit/secrets.toml` of the current folder, then
the model that was set up on screen, which is stored in the home.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import unquote

from pydantic import (
    AliasGenerator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import BadSettings

SECRETS = Path(".streamlit") / "secrets.toml"
MODEL_FILE = "model.json"  # in the home; only its owner can read it, since it may hold a key
MODEL_FIELDS = ("base_url", "api_key", "chat_model", "embed_model", "prompt_price", "completion_price")
_WEB = ("http://", "https://")
_ADDRESSES = {  # how each begins, and what to do about another
    "base_url": (_WEB, "it must start with http:// or https://"),
    "database_url": (("postgresql://", "postgres://"), "it must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE"),
    "chroma_url": (_WEB, "it must be http://HOST:PORT, or https://"),
}


class Settings(BaseSettings):
    """All settings. Frozen; secrets never show in a repr. Raises BadSettings for values that can't be used."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        env_prefix="ONRECORD_",  # without it the field `home` would be read from HOME
        alias_generator=AliasGenerator(validation_alias=lambda name: f"ONRECORD_{name.upper()}"),
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    home: Path = Field(Path(".onrecord"), description="folder of library and indices")
    database_url: SecretStr | None = Field(
        None,
        description="postgresql://USER:PASSWORD@HOST:PORT/DATABASE: the library on a server; unset: a file in the home",
    )
    chroma_url: SecretStr | None = Field(
        None, description="http://HOST:PORT: the vectors on a Chroma server; unset: a folder in the home"
    )
    chroma_token: SecretStr | None = Field(None, description="token of the Chroma server, if it asks for one")
    api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY", description="key of the endpoint")
    base_url: str | None = Field(
        None,
        repr=False,  # it may hold a password
        validation_alias="OPENAI_BASE_URL",
        description="address of an OpenAI-compatible endpoint",
    )
    chat_model: str | None = Field(None, description="model that answers; unset: the built-in engine")
    check: Literal["on", "off"] = Field(
        "on", description="on: a second call checks each sentence of the model against its sources; or off"
    )
    check_model: str | None = Field(None, description="model of the endpoint that checks; unset: the one that answers")
    embed_model: str | None = Field(None, description="embedding model of the endpoint; unset: the built-in one")
    embed_window: int | None = Field(
        None, ge=64, description="most tokens of one embedding input; unset: the model's own limit, else 512"
    )
    rerank_model: str | None = Field(
        None, description="reranking model of the endpoint, for short questions; unset: none"
    )
    judge: bool = Field(
        True,
        description="models judge what answers a question (the endpoint's reranking model if set) and supports a claim",
    )
    local_model: Path | None = Field(
        None, description="a GGUF file that answers instead of an endpoint (needs the extra `local`)"
    )
    prompt_price: float | None = Field(
        None, ge=0, description="price of a million input tokens of the model, in US dollars"
    )
    completion_price: float | None = Field(
        None, ge=0, description="price of a million output tokens of the model, in US dollars"
    )
    max_cost: float | None = Field(
        None, ge=0, description="spending limit of a session, in US dollars; needs both prices"
    )
    model_statements: bool = Field(
        False,
        description="let the chat model add, correct and strike statements in all articles; "
        "it reads articles in other languages than English in any case",
    )
    api_token: SecretStr | None = Field(
        None, description="token with which programs use the API under /api/v1; unset: only signed-in readers use it"
    )
    api_rate: int = Field(600, ge=1, description="API requests allowed per minute")
    allow_hosts: str = Field(
        "", description="private hosts or networks that may be fetched from, with commas: wiki.example, 10.1.0.0/16"
    )
    smtp_url: SecretStr | None = Field(
        None, description="smtps://USER:PASSWORD@HOST:PORT: the mail server for digests; unset: none is sent"
    )
    timeout: float = Field(60.0, gt=0, description="seconds to wait for the endpoint")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="lowest level that is logged")
    log_format: Literal["json", "text"] = Field("json", description="format of the log: json or text")
    log_to: Literal["file", "stderr", "none"] = Field(
        "file", description="where the log goes: file (onrecord.log in the home), stderr or none"
    )
    evidence_tokens: int = Field(6000, ge=500, description="most tokens of evidence for a model")

    def __init__(self, **values: object) -> None:
        try:
            super().__init__(**values)  # type: ignore[arg-type]  # pydantic checks the values
        except ValidationError as exc:
            first = exc.errors()[0]
            name = str((first["loc"] or ("database_url",))[0])
            field = type(self).model_fields.get(name)
            variable = field.validation_alias if field else name  # the variable's name, wherever the value came from
            raise BadSettings(f"Setting {variable} can't be used: {first['msg']}.") from exc
        except json.JSONDecodeError as exc:
            raise BadSettings(f"{MODEL_FILE} in the home can't be read. Remove it and set the model up again.") from exc

    @field_validator("log_level", "log_format", "log_to", "check", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator(*_ADDRESSES)
    @classmethod
    def _address(cls, value: str | SecretStr | None, info: ValidationInfo) -> str | SecretStr | None:
        schemes, remedy = _ADDRESSES[info.field_name or ""]
        address = value.get_secret_value() if isinstance(value, SecretStr) else value
        if address and not address.startswith(schemes):
            raise ValueError(remedy)
        return value

    @model_validator(mode="after")
    def _both_on_servers(self) -> Self:
        if self.database_url and not self.chroma_url:
            raise ValueError("it needs ONRECORD_CHROMA_URL as well: who shares a library must share its vectors")
        return self

    @property
    def model_name(self) -> str | None:
        """The name of the chat model; None for the built-in engine."""
        return self.local_model.stem if self.local_model else self.chat_model

    @property
    def draft_readers(self) -> str:
        """Which outside models read the sentences of a draft, in a sentence; empty where nothing of it leaves the
        machine.
        """
        searches = self.embed_model or self.rerank_model
        judges = self.chat_model and not self.local_model and self.check == "on"
        names = [name for name, is_used in (("search models", searches), ("language model", judges)) if is_used]
        return f"Your endpoint's {' and '.join(names)} read its sentences." if names else ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be shown."""
        fields = (getattr(self, name) for name in type(self).model_fields)
        values = [value.get_secret_value() for value in fields if isinstance(value, SecretStr)]
        for url in [*values, self.base_url or ""]:
            password = url.partition("://")[2].rpartition("@")[0].partition(":")[2]
            values += [password, unquote(password)]
        return tuple(filter(None, values))

    @property
    def endpoint(self) -> str | None:
        """The endpoint as it may be shown: its address without user, password and query; None where none is set."""
        if not self.base_url:
            return "OpenAI" if self.api_key else None
        scheme, _, rest = self.base_url.partition("://")
        return f"{scheme}://{rest.partition('?')[0].rpartition('@')[2]}"

    @property
    def endpoint_set(self) -> bool:
        """True if a key or an address of an OpenAI-compatible endpoint is set."""
        return self.api_key is not None or self.base_url is not None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over `secrets.toml`, that over the file in the home."""
        toml = TomlConfigSettingsSource(settings_cls, toml_file=SECRETS)
        sources = (init_settings(), env_settings(), toml())
        homes = (values.get(key) for values in sources for key in ("home", "ONRECORD_HOME"))
        home = Path(next((value for value in homes if value), settings_cls.model_fields["home"].default))
        return init_settings, env_settings, toml, JsonConfigSettingsSource(settings_cls, json_file=home / MODEL_FILE)


def is_set_outside(name: str) -> bool:
    """True if the environment or `secrets.toml` sets this field of `Settings`; a value set on screen then has no
    effect.
    """
    alias = str(Settings.model_fields[name].validation_alias)
    toml = TomlConfigSettingsSource(Settings, toml_file=SECRETS)()
    return bool(os.environ.get(alias)) or alias in toml or name in toml


def save_model(home: Path, values: Mapping[str, str]) -> None:
    """Store the fields of `MODEL_FIELDS` in the home, in a file that only its owner can read; empty ones are unset.
    Writes all or nothing. Raises BadSettings for a value that can't be used, and where the file can't be written.
    """
    stored = {
        str(Settings.model_fields[name].validation_alias): values[name] for name in MODEL_FIELDS if values.get(name)
    }
    Settings(**{name: value for name, value in values.items() if value})
    try:
        home.mkdir(parents=True, exist_ok=True)
        descriptor, path = tempfile.mkstemp(dir=home, prefix=".model-")  # made with permissions 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(stored, file)
            Path(path).replace(home / MODEL_FILE)
        except BaseException:
            Path(path).unlink()
            raise
    except OSError as exc:
        raise BadSettings(f"{home / MODEL_FILE} can't be written: {exc.strerror}.") from exc
