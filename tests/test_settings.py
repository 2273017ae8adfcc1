"""Settings come from where they should, are frozen, and show no secret."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from moderation import settings as reading
from moderation.errors import SettingFault
from moderation.settings import Settings, load_settings

KEY = "5e" * 32
CANARY = "hidden-canary-value"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, so that no `.env` and no `data/` of the developer's is found."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def made(**values) -> Settings:
    return Settings(_env_file=None, **values)


def test_no_secret_is_shown():
    shown = made(
        database_url=f"postgresql://ann:{CANARY}@localhost/candor", secret_key=CANARY * 3, metrics_token=CANARY
    )
    assert CANARY not in f"{shown} {shown!r} {shown.secret_key} {shown.seal!r}"


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
def test_a_refused_secret_is_not_quoted(home: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv(f"CANDOR_{name}", "canary")
    with pytest.raises(SettingFault, match=f"CANDOR_{name}: .*; for example CANDOR_{name}=") as refusal:
        load_settings()
    assert "canary" not in refusal.value.message


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_secret_is_none(home: Path, monkeypatch: pytest.MonkeyPatch, empty: str):
    secrets = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    assert {"secret_key", "metrics_token", "smtp_password"} <= set(secrets)
    for name in secrets:
        monkeypatch.setenv(f"CANDOR_{name.upper()}", empty)
    assert {getattr(load_settings(), name) for name in secrets} == {None}
    assert {getattr(made(**dict.fromkeys(secrets, SecretStr(empty))), name) for name in secrets} == {None}


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        made().port = 1


def test_an_option_outweighs_a_variable_a_variable_the_env_file_and_that_the_config(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    (home / "candor.toml").write_text('host = "config"\nport = 1\nworkers = 1\nlog_level = "debug"\n')
    (home / ".env").write_text("CANDOR_HOST=envfile\nCANDOR_PORT=2\nCANDOR_WORKERS=2\n")
    monkeypatch.setenv("CANDOR_HOST", "variable")
    monkeypatch.setenv("CANDOR_PORT", "3")
    read = load_settings(home / "candor.toml", host="option", port=None)
    assert (read.host, read.port, read.workers, read.log_level) == ("option", 3, 2, "debug")


def test_settings_are_read_once(home: Path, monkeypatch: pytest.MonkeyPatch):
    read = load_settings()
    monkeypatch.setenv("CANDOR_PORT", "9")
    assert read.port == 8000


def test_unknown_variables_are_passed_over_and_can_be_listed(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CANDOR_PROT", "9")
    monkeypatch.setenv("CANDOR_PORT", "9")
    assert load_settings().port == 9
    (home / ".env").write_text("CANDOR_HOTS=0.0.0.0\nCANDOR_HOST=127.0.0.2\nPATH_OF_ANOTHER=1\n")
    (home / "candor.toml").write_text("dbo = 'none'\ndpo = 'none'\n")
    monkeypatch.setenv("CANDOR_CONFIG", "candor.toml")
    assert (load_settings().host, load_settings().dpo) == ("127.0.0.2", "none")
    assert reading.unknown_variables() == ["CANDOR_DBO", "CANDOR_HOTS", "CANDOR_PROT"]


def test_the_secret_is_made_once_for_its_owner_only(home: Path):
    path = home / "deep" / "secret.key"
    first, second = (made(secret_key_file=path).seal for _ in range(2))
    assert first.secret == second.secret
    assert (len(first.secret), stat.S_IMODE(path.stat().st_mode)) == (32, 0o600)
    assert [one.name for one in path.parent.iterdir()] == ["secret.key"]


def test_a_secret_that_another_process_makes_meanwhile_is_the_secret(home: Path, monkeypatch: pytest.MonkeyPatch):
    path = home / "secret.key"
    monkeypatch.setattr(reading, "new_secret", lambda: path.write_text(KEY) and b"loser, and never used for anything")
    assert made(secret_key_file=path).seal.secret == bytes.fromhex(KEY)


def test_the_secret_is_made_also_where_files_cannot_be_linked(home: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_paths) -> None:
        raise PermissionError

    monkeypatch.setattr(reading.os, "link", refuse)
    first, second = (made(secret_key_file=home / "secret.key").seal for _ in range(2))
    assert first.secret == second.secret
    assert [one.name for one in home.iterdir()] == ["secret.key"]


def test_each_secret_made_is_another(home: Path):
    with ThreadPoolExecutor(4) as pool:
        secrets = set(pool.map(lambda n: made(secret_key_file=home / str(n) / "secret.key").seal.secret, range(8)))
    assert len(secrets) == 8


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "at least 32 bytes"),
        (b"short", "at least 32 bytes"),
        (b"5e" * 31, "at least 32 bytes"),
        (None, "directory"),
    ],
    ids=["empty", "short", "31 bytes", "a folder"],
)
def test_a_secret_file_that_is_none_stops_the_start_and_stays(home: Path, content: bytes | None, said: str):
    path = home / "secret.key"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(SettingFault, match=rf"CANDOR_SECRET_KEY_FILE: .*{said}.*; for example"):
        made(secret_key_file=path).seal.code("email", "x")
    assert path.is_dir() or path.read_bytes() == content


def test_a_secret_may_be_hexadecimal_or_any_long_text():
    assert made(secret_key=KEY).seal.secret == bytes.fromhex(KEY)
    assert made(secret_key="a passphrase that is long enough for it").seal.secret.startswith(b"a passphrase")


@pytest.mark.parametrize(
    ("given", "url", "is_public"),
    [
        ({}, "http://127.0.0.1:8000", False),
        ({"host": "::1", "port": 1}, "http://[::1]:1", False),
        ({"public_url": "http://localhost:8000/"}, "http://localhost:8000", False),
        ({"public_url": "http://candor.localhost"}, "http://candor.localhost", False),
        ({"public_url": "http://127.8.0.1"}, "http://127.8.0.1", False),
        ({"public_url": "http://[::1]:8000"}, "http://[::1]:8000", False),
        ({"public_url": "https://c.example/x//"}, "https://c.example/x", True),
        ({"public_url": "http://192.0.2.7"}, "http://192.0.2.7", True),
    ],
)
def test_the_service_knows_where_it_is_reached_and_whether_by_others(given, url: str, is_public: bool):
    stated = {"controller_name": "Ann", "controller_contact": "ann@example.org", "dpo": "none"}
    read = made(**stated, **given)
    assert (read.base_url, read.is_public) == (url, is_public)


@pytest.mark.parametrize("missing", ["controller_name", "controller_contact", "dpo"])
def test_a_public_service_must_say_who_answers_for_it(missing: str):
    stated = {"controller_name": "Ann", "controller_contact": "ann@example.org", "dpo": "none"} | {missing: ""}
    with pytest.raises(ValidationError, match=f"CANDOR_{missing.upper()}: must be stated"):
        made(public_url="https://c.example", **stated)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("a.example", ("a.example",)),
        (" A.example, b.example  c.example ", ("a.example", "b.example", "c.example")),
        ("", ()),
    ],
)
def test_a_list_is_separated_by_commas_or_spaces(home: Path, monkeypatch: pytest.MonkeyPatch, text: str, hosts):
    monkeypatch.setenv("CANDOR_AKISMET_HOSTS", text)
    assert load_settings().akismet_hosts == hosts


@pytest.mark.parametrize("network", ["10.0.0.0/8", "127.0.0.1", "2001:db8::/32", "10.0.0.1/8"])
def test_a_proxy_is_an_address_or_a_network(network: str):
    assert made(trusted_proxies=network).trusted_proxies == (network,)
