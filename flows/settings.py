"""The only reader of the environment. Every setting is `SECNEWS_` and its name; .env.example lists them all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from index.errors import BadRequest

PACKAGED_SOURCES = Path(__file__).resolve().parent.parent / "tasks" / "sources.toml"


class Settings(BaseSettings):
    """All settings, with their defaults. Unknown `SECNEWS_` variables are refused by `read_settings`."""

    model_config = SettingsConfigDict(env_prefix="SECNEWS_", env_file=".env", extra="ignore", frozen=True)

    index: str = Field("local:data/index", description="local:FOLDER, the embedded index")
    archive: Path = Field(Path("data/archive"), description="folder of the WARC files")
    cache: Path = Field(Path("data/cache"), description="folder of the converted model; may be deleted")
    sources: Path = Field(PACKAGED_SOURCES, description="the TOML file of sources")
    model: str = Field("all-MiniLM-L6-v2", description="the embedding model: the packaged one, or a hub name or folder")

    user_agent: str = Field("secnews/0.1", description="how requests introduce themselves")
    contact: str = Field("", description="an address for webmasters, added to the user agent")
    host_delay_seconds: float = Field(2.0, ge=0, le=60, description="between two requests to one host")
    max_connections: int = Field(50, ge=1, le=500, description="requests under way at once")
    deadline_seconds: float = Field(30.0, gt=0, le=600, description="for one fetch, redirects and body included")
    max_body_bytes: int = Field(10_000_000, ge=1000, description="the largest page, unpacked")
    max_redirects: int = Field(5, ge=0, le=20, description="redirects followed for one address")
    attempts: int = Field(3, ge=1, le=10, description="tries within a run, where trying again may heal")
    allow_private: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="hosts that may be private, comma-separated, such as *.localhost or 10.1.2.3"
    )

    recheck_minutes: float = Field(60.0, ge=0, le=525_600, description="how soon a known page may be asked again")
    max_items_per_source: int = Field(500, ge=1, description="looked at in one run; the rest is deferred")
    sources_per_task: int = Field(20, ge=1, description="sources in one Prefect task")
    articles_per_task: int = Field(100, ge=1, le=1000, description="articles in one Prefect task")

    schedule_minutes: float = Field(15.0, gt=0, le=525_600, description="between two scheduled runs of `secnews up`")
    prefect_port: int = Field(4200, ge=0, le=65535, description="port of the Prefect server; 0 takes a free one")
    prefect_home: Path = Field(Path("data/prefect"), description="folder of the Prefect server's database")

    @field_validator("allow_private", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("user_agent", "contact")
    @classmethod
    def _sendable(cls, value: str) -> str:
        if not (value.isascii() and value.isprintable()):
            raise ValueError("write plain ASCII: it goes into a header of every request")
        return value

    @field_validator("index")
    @classmethod
    def _known_backend(cls, value: str) -> str:
        if not value.startswith("local:") or not value.removeprefix("local:"):
            raise ValueError("write local:FOLDER; this version knows no other backend")
        try:
            Path(value.removeprefix("local:")).expanduser().resolve()
        except (RuntimeError, OSError):  # no such user's home, or links in a circle
            raise ValueError("this folder cannot be reached: name another") from None
        return value

    @property
    def index_folder(self) -> Path:
        return Path(self.index.removeprefix("local:")).expanduser()


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        BadRequest: a value that cannot be; the message names the variable and says what it takes, never its value.
    """
    refuse_unknown(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        told = [(str(fault["loc"][0]).upper(), fault["msg"].removeprefix("Value error, ")) for fault in error.errors()]
        raise BadRequest("settings are wrong: " + "; ".join(f"SECNEWS_{name}: {why}" for name, why in told)) from None
    except (UnicodeDecodeError, OSError) as error:
        raise BadRequest(f".env cannot be read ({error}): save it as UTF-8 text") from None


def refuse_unknown(environment: Mapping[str, str]) -> None:
    """Refuse `SECNEWS_` variables that are no setting: a misspelt one would be ignored without a word."""
    known = {f"SECNEWS_{name.upper()}" for name in Settings.model_fields}
    for name in sorted(environment):
        if name.upper().startswith("SECNEWS_") and name.upper() not in known:
            near = get_close_matches(name.upper(), known, n=1)
            hint = f"did you mean {near[0]}?" if near else "see .env.example for all settings"
            raise BadRequest(f"{name} is no setting: {hint}")
