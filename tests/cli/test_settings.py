"""A wrong setting stops the start with one line: the variable, what is wrong with it, an example."""

import pytest

from moderation.settings import Settings

FREE = {  # any text is a good value
    "controller_name",
    "controller_contact",
    "dpo",
    "legal_basis",
    "hosting",
    "security_contact",
    "metrics_token",
    "akismet_hosts",
    "authority",
    "balancing_test",
    "server_logs",
    "smtp_host",
    "smtp_user",
    "smtp_password",
    "mail_from",
    "mail_outbox",
}
NEEDED_TO_SERVE = {"HOST", "PORT", "SECRET_KEY_FILE", "MODEL"}  # nothing but a start looks at all of these
WRONG = [
    ("PUBLIC_URL", "http://ann:hush@127.0.0.1:9", "must hold no user name and no password"),
    ("DATABASE_URL", "mysql://localhost/candor", "must begin with sqlite:/// or postgresql://"),
    ("DATABASE_URL", "sqlite:///", "no complete address"),
    ("DATABASE_URL", "postgresql://candor:hush@localhost:port/candor", "no complete address"),
    ("DATABASE_URL", "sqlite:////proc/nowhere/candor.db", "cannot make the folder"),
    ("HOST", "no.such.host.invalid", "is no address"),
    ("PORT", "http", "valid integer"),
    ("PORT", "65536", "less than or equal to 65535"),
    ("WORKERS", "0", "greater than or equal to 1"),
    ("PUBLIC_URL", "comments.example.org", "must be an http or https address"),
    ("SECRET_KEY", "hush", "at least 32 bytes"),
    ("SECRET_KEY_FILE", "/proc/nowhere/secret.key", "No such file"),
    ("LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
    ("LOG_FORMAT", "xml", "'console' or 'json'"),
    ("MODEL", "/nowhere", "refused"),
    ("TRUSTED_PROXIES", "everybody", "does not appear to be an IPv4 or IPv6 network"),
    ("RATE_LIMIT_CHECKS", "-1", "greater than or equal to 0"),
    ("RATE_LIMIT_WRONG_KEYS", "0", "greater than or equal to 1"),
    ("RATE_LIMIT_RECEIPTS", "few", "valid integer"),
    ("MAX_BODY_BYTES", "12", "greater than or equal to 1024"),
    ("BACKUP_DAYS", "-1", "greater than or equal to 0"),
    ("KEEP_PUBLISHED_DAYS", "forever", "valid integer"),
    ("KEEP_CHECKED_DAYS", "-1", "greater than or equal to 0"),
    ("KEEP_HELD_DAYS", "-1", "greater than or equal to 0"),
    ("KEEP_REMOVED_DAYS", "36501", "less than or equal to 36500"),
    ("KEEP_NETWORK_DAYS", "-1", "greater than or equal to 0"),
    ("NETWORK_FORM", "whole", "'truncated', 'keyed' or 'none'"),
    ("NETWORK_KEY_DAYS", "0", "greater than or equal to 1"),
    ("STRICT_RETENTION", "perhaps", "valid boolean"),
    ("RECEIPT_DELAY_MINUTES", "-1", "greater than or equal to 0"),
    ("APPEAL_DAYS", "30", "greater than or equal to 184"),
    ("APPEAL_HOURS", "0", "greater than or equal to 1"),
    ("SMTP_PORT", "0", "greater than or equal to 1"),
    ("SMTP_SECURITY", "some", "'starttls', 'tls' or 'none'"),
    ("RATE_LIMIT_MAILS", "0", "greater than or equal to 1"),
]


def test_the_table_has_a_wrong_value_for_every_setting_that_can_be_wrong():
    assert {name.lower() for name, _, _ in WRONG} == Settings.model_fields.keys() - FREE


@pytest.mark.parametrize(("name", "value", "said"), WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG])
def test_a_wrong_value_is_one_line_with_its_name_its_fault_and_an_example(candor, name, value, said):
    wrong = candor.with_(**{"CANDOR_PORT": "0", f"CANDOR_{name}": value})
    done = wrong.process("serve") if name in NEEDED_TO_SERVE else wrong("site", "list")
    assert done.complaint.startswith(f"candor: CANDOR_{name}: ")
    assert said in done.complaint
    assert f"; for example CANDOR_{name}=" in done.complaint or name == "MODEL"
    assert "hush" not in done.complaint


def test_a_public_service_says_who_answers_for_it(candor):
    public = candor.with_(CANDOR_PUBLIC_URL="https://comments.example.org", CANDOR_CONTROLLER_NAME="Ann Example")
    said = public("site", "list").complaint
    assert said.startswith("candor: CANDOR_CONTROLLER_CONTACT: must be stated")
    assert said.endswith("; for example CANDOR_CONTROLLER_CONTACT=privacy@example.org")


@pytest.mark.parametrize("words", [("site", "list"), ("migrate",), ("serve",)])
def test_a_database_that_is_not_there_is_one_line_that_names_its_variable(candor, words):
    away = candor.with_(CANDOR_DATABASE_URL="postgresql://u:hush@127.0.0.1:1/x", CANDOR_PORT="0")
    said = away(*words).complaint
    assert said.startswith("candor: CANDOR_DATABASE_URL: the database cannot be used: nothing listens at its address")
    assert said.endswith("; for example CANDOR_DATABASE_URL=postgresql://candor@localhost/candor")
    assert "hush" not in said


def test_settings_come_from_a_file_and_a_variable_outweighs_it(candor):
    file = candor.folder / "candor.toml"
    file.write_text('port = 1234\npublic_url = "http://localhost:99"\n')
    added = candor.ok("--config", "candor.toml", "site", "add", "https://blog.example")
    assert added["notice_url"].startswith("http://localhost:99/sites/")
    outweighed = candor.with_(CANDOR_PUBLIC_URL="http://localhost:100")
    added = outweighed.ok("--config", "candor.toml", "site", "add", "https://blog.example")
    assert added["notice_url"].startswith("http://localhost:100/sites/")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = [", "--config: candor.toml is not valid TOML"),
        ('port = "x"', "CANDOR_PORT: Input should be a valid integer"),
    ],
)
def test_a_wrong_file_is_one_line(candor, text, said):
    (candor.folder / "candor.toml").write_text(text)
    assert said in candor("--config", "candor.toml", "site", "list").complaint


def test_a_variable_that_names_a_missing_file_is_one_line(candor):
    done = candor.with_(CANDOR_CONFIG="gone.toml").process("site", "list")
    assert "--config: there is no file gone.toml" in done.complaint
