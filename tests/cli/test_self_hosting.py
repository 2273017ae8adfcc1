"""docs/self-hosting.md names every setting with its default, and every command with every option, and no other."""

import re
from collections.abc import Iterator
from typing import Any

import typer

from moderation.cli import app
from moderation.duties.hosting import SETTABLE
from moderation.settings import Settings
from tests.conftest import PROJECT

PAGE = (PROJECT / "docs/self-hosting.md").read_text(encoding="utf-8")
SETTING = re.compile(r"^\| `CANDOR_(\w+)` \| (\S+) \| .+ \|$", re.MULTILINE)
COMMAND = re.compile(r"^\| `candor ([a-z ]+)` \| (.+) \|$", re.MULTILINE)


def commands(group: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    """Yields each command's name and its options."""
    for name, command in group.commands.items():
        path = (*before, name)
        if hasattr(command, "commands"):
            yield from commands(command, path)
        else:
            options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
            yield " ".join(path), options - {"--help"}


def written(default: Any) -> str:
    text = (
        ",".join(default) if isinstance(default, tuple) else str(default).lower() if default is False else str(default)
    )
    return "–" if default in (None, "", ()) else f"`{text}`"


def test_every_setting_stands_there_with_its_default():
    fields = {name.upper(): written(field.default) for name, field in Settings.model_fields.items()}
    assert dict(SETTING.findall(PAGE)) == fields


def test_every_command_stands_there_with_its_options():
    exists = dict(commands(typer.main.get_command(app)))
    told = {name: set(re.findall(r"`(--[a-z-]+)`", words)) for name, words in COMMAND.findall(PAGE)}
    assert told == exists


def test_every_command_says_what_it_does():
    for name, _ in commands(typer.main.get_command(app)):
        group = typer.main.get_command(app)
        for word in name.split():
            group = group.commands[word]
        assert group.help
        assert all(parameter.help for parameter in group.params if parameter.name != "help"), name


def test_every_setting_of_a_site_stands_there_and_in_the_help():
    told = PAGE.split("`candor site set` knows")[1].split("\n\n")[0]
    helped = typer.main.get_command(app).commands["site"].commands["set"].help
    assert [name for name in SETTABLE if f"`{name}`" not in told or name not in helped] == []


def test_what_is_not_there_yet_names_no_command_that_is():
    missing = PAGE.split("## What is not there yet")[1]
    assert [name for name, _ in commands(typer.main.get_command(app)) if f"candor {name}" in missing] == []
