"""Settings: read once, frozen; the only reader of the environment."""

import ipaddress
import os
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from moderation.errors import SettingFault
from moderation.seal import SECRET_BYTES, Seal, new_secret
from moderation.vocabulary import NetworkForm

PREFIX = "CANDOR_"
_LIST = re.compile(r"[\s,]+")
_MAIL_ADDRESS = re.compile(r"[^\s@<>(),;:\"\\\[\]]+@[^\s@<>(),;:\"\\\[\]]+")


def _listed(value: object) -> object:
    return tuple(item for item in _LIST.split(value) if item) if isinstance(value, str) else value


def _unset_where_empty(value: object) -> object:
    """`CANDOR_METRICS_TOKEN=` in a file of variables means that there is none, not one that everybody has."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    return None if isinstance(text, str) and not text.strip() else value


_Secret = Annotated[SecretStr | None, BeforeValidator(_unset_where_empty)]


class Settings(BaseSettings):
    """Every setting with its safe default; a variable is the name in capitals behind `CANDOR_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", frozen=True, extra="ignore")

    database_url: str = Field("sqlite:///data/candor.db", examples=["postgresql://candor@localhost/candor"], repr=False)
    host: str = Field("127.0.0.1", examples=["0.0.0.0"])  # noqa: S104 - an example, not the default
    port: int = Field(8000, ge=0, le=65535, examples=[8000])
    workers: int = Field(1, ge=1, le=64, examples=[2])
    public_url: str = Field("", examples=["https://comments.example.org"])
    secret_key: _Secret = Field(None, examples=["64 hexadecimal characters"])
    secret_key_file: Path = Field(Path("data/secret.key"), examples=["/etc/candor/secret.key"])
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", examples=["info"])
    log_format: Literal["console", "json"] = Field("console", examples=["json"])
    model: Path | None = Field(None, examples=["models/shipped/base-spam-2026.11.1"])
    akismet_hosts: Annotated[tuple[str, ...], NoDecode] = Field(("rest.akismet.com",), examples=["rest.akismet.com"])
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field((), examples=["127.0.0.1,10.0.0.0/8"])
    rate_limit_checks: int = Field(0, ge=0, examples=[6000])
    rate_limit_wrong_keys: int = Field(60, ge=1, examples=[60])
    rate_limit_receipts: int = Field(20, ge=1, examples=[20])
    max_body_bytes: int = Field(1_048_576, ge=1_024, le=67_108_864, examples=[1_048_576])
    metrics_token: _Secret = Field(None, examples=["a long random text"])
    controller_name: str = Field("", examples=["Ann Example"])
    controller_contact: str = Field("", examples=["privacy@example.org"])
    dpo: str = Field("", examples=["none"])
    legal_basis: str = Field("", examples=["legitimate interest: keeping comments free of spam"])
    hosting: str = Field("", examples=["Example Hosting, Germany"])
    security_contact: str = Field("", examples=["mailto:security@example.org"])
    authority: str = Field("", examples=["The data protection authority of Berlin, https://www.datenschutz-berlin.de"])
    balancing_test: str = Field("", examples=["https://blog.example/balancing-test, 2026-11-01"])
    server_logs: str = Field("", examples=["the whole network address and the page, for 7 days"])
    backup_days: int = Field(0, ge=0, le=3_650, examples=[14])
    keep_published_days: int = Field(0, ge=0, le=36_500, examples=[0])
    keep_checked_days: int = Field(190, ge=0, le=36_500, examples=[190])
    keep_held_days: int = Field(190, ge=0, le=36_500, examples=[190])
    keep_removed_days: int = Field(190, ge=0, le=36_500, examples=[190])
    keep_network_days: int = Field(30, ge=0, le=36_500, examples=[30])
    network_form: NetworkForm = Field(NetworkForm.TRUNCATED, examples=["keyed"])
    network_key_days: int = Field(7, ge=1, le=366, examples=[7])
    strict_retention: bool = Field(default=False, examples=["true"])
    receipt_delay_minutes: int = Field(10, ge=0, le=1_440, examples=[10])
    appeal_days: int = Field(184, ge=184, le=3_650, examples=[184])
    appeal_hours: int = Field(72, ge=1, le=2_160, examples=[72])
    smtp_host: str = Field("", examples=["smtp.example.org"])
    smtp_port: int = Field(587, ge=1, le=65535, examples=[587])
    smtp_security: Literal["starttls", "tls", "none"] = Field("starttls", examples=["tls"])
    smtp_user: str = Field("", examples=["candor"])
    smtp_password: _Secret = Field(None, examples=["the password of the mail account"])
    mail_from: str = Field("", examples=["privacy@example.org"])
    mail_outbox: Path | None = Field(None, examples=["data/outbox"])
    rate_limit_mails: int = Field(5, ge=1, examples=[5])

    _lists = field_validator("akismet_hosts", "trusted_proxies", mode="before")(_listed)

    @field_validator("akismet_hosts")
    @classmethod
    def _lower_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(host.lower() for host in hosts)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            ipaddress.ip_network(proxy, strict=False)
        return proxies

    @field_validator("database_url")
    @classmethod
    def _is_known_database(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return url

    @field_validator("public_url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("must be an http or https address")
        if "@" in parts.netloc:  # it is shown to everyone, and logged
            raise ValueError("must hold no user name and no password")
        return url.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _is_long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(_secret_bytes(key.get_secret_value())) < SECRET_BYTES:
            raise ValueError(f"needs at least {SECRET_BYTES} bytes (as hexadecimal characters: {2 * SECRET_BYTES})")
        return key

    @model_validator(mode="after")
    def _public_means_answerable(self) -> Self:
        """A public page must say who answers for it (candour.md A1, A2); a first try on one's own machine need not."""
        if self.is_public:
            for name in ("controller_name", "controller_contact", "dpo"):
                if not getattr(self, name):
                    raise ValueError(
                        f"{PREFIX}{name.upper()}: must be stated when {PREFIX}PUBLIC_URL is not on this machine, "
                        f"because the notice names who answers for the data; {_example(name)}"
                    )
        return self

    @model_validator(mode="after")
    def _mail_can_be_sent(self) -> Self:
        """A mail needs a sender, and a password goes to another machine behind TLS only."""
        if self.smtp_host and not self.mail_from:
            raise ValueError(
                f"{PREFIX}MAIL_FROM: must be stated when {PREFIX}SMTP_HOST is, because a mail has a sender; "
                f"for example {PREFIX}MAIL_FROM=privacy@example.org"
            )
        if self.smtp_password is not None and self.smtp_security == "none" and not _is_loopback(self.smtp_host):
            raise ValueError(
                f"{PREFIX}SMTP_SECURITY: must be starttls or tls where {PREFIX}SMTP_PASSWORD is set, because the "
                f"password would be read on the way; for example {PREFIX}SMTP_SECURITY=starttls"
            )
        return self

    @field_validator("mail_from")
    @classmethod
    def _is_mail_address(cls, address: str) -> str:
        if address and not _MAIL_ADDRESS.fullmatch(address):
            raise ValueError("must be an e-mail address alone, without a name or brackets")
        return address

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then variables, then `.env`, then the file of `--config`."""
        toml = TomlConfigSettingsSource(settings_cls, Path(os.environ.get(f"{PREFIX}CONFIG", "")) or None)
        return init_settings, env_settings, dotenv_settings, toml

    @property
    def base_url(self) -> str:
        """Where the service is reached, without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def is_public(self) -> bool:
        """Whether the service says it is reached from other machines."""
        return bool(self.public_url) and not _is_loopback(urlsplit(self.public_url).hostname or "")

    @property
    def has_secret(self) -> bool:
        """Whether there is a secret already; asking for `seal` makes one where there is none."""
        return self.secret_key is not None or self.secret_key_file.exists()

    @cached_property
    def seal(self) -> Seal:
        """The service's secret, from the variable or the file; the file is made, mode 0600, where it is missing.

        Raises:
            SettingFault: when the file cannot be read, cannot be made, or is too short.
        """
        if self.secret_key is not None:
            return Seal(_secret_bytes(self.secret_key.get_secret_value()))
        try:
            return Seal(_secret_bytes(_read_or_make(self.secret_key_file)))
        except (OSError, ValueError) as error:
            cause = error.strerror if isinstance(error, OSError) else str(error)
            raise SettingFault(
                f"{PREFIX}SECRET_KEY_FILE: {self.secret_key_file}: {cause}; "
                f"for example {PREFIX}SECRET_KEY_FILE=data/secret.key"
            ) from None


def load_settings(config: Path | None = None, **overrides: Any) -> Settings:  # noqa: ANN401 - any setting's type
    """Reads the settings once.

    Args:
        config: a TOML file with the settings' names in lower case, or None.
        overrides: settings that a command's options name; None means not named.

    Raises:
        SettingFault: one line that names the variable, what is wrong, and an example.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    if config is None and os.environ.get(f"{PREFIX}CONFIG"):
        config = Path(os.environ[f"{PREFIX}CONFIG"])
    if config is not None:
        os.environ[f"{PREFIX}CONFIG"] = str(config)
        if not config.is_file():
            raise SettingFault(f"--config: there is no file {config}")
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingFault(_first_fault(error)) from None
    except ValueError as error:
        raise SettingFault(f"--config: {config} is not valid TOML: {error}") from None


def hand_down(**overrides: object) -> None:
    """Puts what a command's options name where the processes that it starts will read it; None means not named."""
    for name, value in overrides.items():
        if value is not None:
            os.environ[f"{PREFIX}{name.upper()}"] = str(value)


def unknown_variables() -> list[str]:
    """Returns what is set in the environment, `.env` or the file of `--config` and is no setting: probably misspelt."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {f"{PREFIX}CONFIG", f"{PREFIX}DATA"}
    file = TomlConfigSettingsSource(Settings, Path(os.environ.get(f"{PREFIX}CONFIG", "")) or None)
    named = {*os.environ, *map(str.upper, DotEnvSettingsSource(Settings).env_vars)}
    ours = {name for name in named if name.startswith(PREFIX) and not name.startswith(f"{PREFIX}TEST_")}
    return sorted((ours | {f"{PREFIX}{name.upper()}" for name in file.toml_data}) - known)


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_input=False, include_url=False)[0]
    problem = fault["msg"].removeprefix("Value error, ")
    if not fault["loc"]:
        return problem
    name = str(fault["loc"][0])
    return f"{PREFIX}{name.upper()}: {problem}; {_example(name)}"


def _example(name: str) -> str:
    examples = Settings.model_fields[name].examples or [""]
    return f"for example {PREFIX}{name.upper()}={examples[0]}"


def wrong_database(problem: str) -> SettingFault:
    """Returns the fault of a database that is not where its address says."""
    return SettingFault(f"{PREFIX}DATABASE_URL: {problem}; {_example('database_url')}")


def _read_or_make(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path, new_secret().hex() + "\n")
    return path.read_text().strip()


def _make(path: Path, text: str) -> None:
    """Makes a private file whole or not at all; one that another process has made meanwhile stays."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        draft.replace(path)
    draft.unlink(missing_ok=True)


def _secret_bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return text.encode()


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
