"""Runs the `candor` command in an empty folder with a clean environment: here for speed, or in a process of its own."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from moderation.cli import main

PATIENCE = 120


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line in which the command explained its failure."""
        assert (self.code, self.out) == (1, ""), (self.code, self.out, self.err)
        (line,) = self.err.splitlines()
        assert line.startswith("candor: ")
        return line


@dataclass(frozen=True)
class Command:
    """The command as somebody runs it in a folder, with some variables set."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def with_(self, **variables: str) -> "Command":
        return Command(self.folder, self.variables | variables)

    def __call__(self, *words: str, stdin: bytes | str = b"") -> Done:
        """Runs a command inside the test's process; those that set up logging get one of their own."""
        if {"serve", "work"} & set(words[:1]):
            return self.process(*words, stdin=stdin)
        umask = os.umask(0o022)  # as it is on most machines
        try:
            return self._here(*words, stdin=stdin)
        finally:
            os.umask(umask)

    def _here(self, *words: str, stdin: bytes | str) -> Done:
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["candor", *words])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(_bytes(stdin))), "utf-8"))
            for name, value in self.variables.items():
                patch.setenv(name, value)
            patch.setenv("CANDOR_CONFIG", "")  # so that what --config leaves behind is taken back
            with pytest.raises(SystemExit) as ended:
                main()
            out.flush()
            err.flush()
        return Done(ended.value.code or 0, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())

    def ok(self, *words: str, stdin: bytes | str = b"") -> Any:
        """Runs a command with --json that must succeed, and returns its result."""
        done = self(*words, "--json", stdin=stdin)
        assert done.code == 0, done.err
        return done.json

    def process(self, *words: str, stdin: bytes | str = b"") -> Done:
        """Runs a command in a process of its own."""
        with self.running(*words, stdin=subprocess.PIPE) as running:
            out, err = running.communicate(_bytes(stdin), timeout=PATIENCE)
        return Done(running.returncode, out.decode(), err.decode())

    @contextmanager
    def running(self, *words: str, **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
        """A command in a process of its own, which at the latest ends with the block."""
        outside = {name: value for name, value in os.environ.items() if not name.startswith("CANDOR_")}
        given = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        command = [sys.executable, "-m", "moderation", *words]
        with subprocess.Popen(command, cwd=self.folder, env=outside | self.variables, **given) as process:
            try:
                yield process
            finally:
                process.kill()


def _bytes(given: bytes | str) -> bytes:
    return given.encode() if isinstance(given, str) else given


@pytest.fixture
def candor(tmp_path: Path) -> Command:
    """The command in an empty folder, with nothing set."""
    folder = tmp_path / "home"
    folder.mkdir()
    return Command(folder)


@pytest.fixture
def add_site(candor: Command) -> Callable[..., dict[str, str]]:
    """Adds a site with the command and returns what it printed."""
    return lambda url="https://blog.example": candor.ok("site", "add", url)
