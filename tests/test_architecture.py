"""The floors of the house: which room may import which, and which library has its one place (style.md 4)."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source import PROJECT, imports, module_of, product_files, tree_of

MAY_SEE = {  # room -> other rooms it may import; the longest prefix wins
    "models": set(),
    "models.estimator": {"models"},
    "training": {"models", "models.estimator"},
    "moderation": set(),
    "moderation.judging": {"moderation"},
    "moderation.storage": {"moderation", "moderation.judging", "models"},
    "moderation.duties": {"moderation", "moderation.judging", "moderation.storage", "models"},
    "moderation.runtime": {"moderation", "moderation.storage"},
    "moderation.web": {"moderation", "moderation.judging", "moderation.duties", "moderation.runtime"},
    "moderation.worker": {"moderation", "moderation.duties", "moderation.runtime"},
    "moderation.cli": {
        "moderation",
        "moderation.judging",
        "moderation.duties",
        "moderation.runtime",
        "moderation.worker",
        "models",
    },
    "moderation.__main__": {"moderation.cli"},
    "service": {"moderation", "moderation.runtime", "moderation.web"},
    "benchmarks": {"service", "moderation", "models", "models.estimator", "training"},
}
ONLY_IN = {  # import name -> modules or rooms that may import it
    "sqlmodel": {"moderation.storage"},
    "sqlalchemy": {"moderation.storage"},
    "alembic": {"moderation.storage"},
    "sqlite3": {"moderation.storage"},
    "psycopg": {"moderation.storage"},
    "numpy": {"models", "training", "benchmarks"},
    "scipy": {"training", "benchmarks"},
    "sklearn": {"models.estimator", "training", "benchmarks"},
    "numba": {"models.kernels"},
    "fastapi": {"moderation.web", "service"},
    "starlette": {"moderation.web", "service"},
    "python_multipart": {"moderation.web"},
    "jinja2": {"moderation.web.pages"},
    "markupsafe": {"moderation.web.pages"},
    "babel": {"moderation.web.language"},
    "limits": {"moderation.web.limiting"},
    "httpx": {"moderation.egress"},
    "socket": {"moderation.egress", "moderation.cli", "benchmarks"},
    "smtplib": {"moderation.egress"},
    "re2": {"moderation.judging.rules"},
    "cryptography": {"moderation.seal", "moderation.local_ca", "models.signing"},
    "argon2": {"moderation.seal"},
    "pyotp": {"moderation.seal"},
    "segno": {"moderation.web.console.account"},
    "standardwebhooks": {"moderation.seal"},
    "hmac": {"moderation.seal"},
    "secrets": {"moderation.seal", "moderation.clock"},
    "pydantic_settings": {"moderation.settings"},
    "structlog": {"moderation.telemetry"},
    "logging": {"moderation.telemetry"},
    "prometheus_client": {"moderation.telemetry"},
    "typer": {"moderation.cli", "training.__main__"},
    "uvicorn": {"moderation.cli", "benchmarks"},
    "urllib.request": {"benchmarks"},
    "http.client": {"benchmarks"},
    "requests": set(),
    "pickle": set(),
    "joblib": set(),
    "cloudpickle": set(),
    "marshal": set(),
    "shelve": set(),
}
DUTIES = "moderation.duties"
FILES = product_files()


def inside(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(prefix + ".")


def room_of(module: str) -> str | None:
    return max((room for room in MAY_SEE if inside(module, room)), key=len, default=None)


def faults(module: str, tree: ast.Module) -> Iterator[str]:
    """Yields what is wrong with the imports of a module."""
    here = room_of(module)
    for name in imports(tree):
        if name.startswith("."):
            yield f"{module}: absolute imports only, not {name}"
        if room_of(name) not in MAY_SEE[here] | {here, None}:
            yield f"{module} may not import {name}"
        for banned, places in ONLY_IN.items():
            if inside(name, banned) and not any(inside(module, place) for place in places):
                yield f"{name} has no place in {module}"
        if inside(module, DUTIES) and name.startswith(DUTIES + ".") and name.split(".")[2] != module.split(".")[2]:
            yield f"no duty imports another: {module} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_file_sees_only_the_floors_below(path: Path):
    assert list(faults(module_of(path), tree_of(path))) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("moderation.judging.judge", "import sqlmodel"),
        ("moderation.judging.judge", "from moderation.storage import comments"),
        ("moderation.judging.judge", "def f():\n    from moderation.web import deps"),
        ("moderation.storage.comments", "from moderation.duties.checking import Checking"),
        ("moderation.duties.checking", "from moderation.duties.correcting import decide"),
        ("moderation.duties.checking", "from moderation.duties import hosting"),
        ("moderation.duties.checking", "from moderation.runtime import Runtime"),
        ("moderation.duties.checking", "import fastapi"),
        ("moderation.web.api.checks", "from moderation.storage import comments"),
        ("moderation.web.api.checks", "from sqlalchemy import text"),
        ("moderation.web.api.checks", "from jinja2 import Template"),
        ("moderation.clock", "from moderation.judging.policy import Policy"),
        ("models.features", "from moderation.judging.comment import Comment"),
        ("models.classifier", "import sklearn.linear_model"),
        ("models.artifact", "import pickle"),
        ("training.fitting", "from moderation.storage import labels"),
        ("moderation.worker", "from urllib.request import urlopen"),
        ("moderation.duties.mailing", "from smtplib import SMTP"),
        ("moderation.web.deps", "from . import problems"),
    ],
)
def test_a_forbidden_import_is_caught(module: str, line: str):
    assert list(faults(module, ast.parse(line)))


def test_a_sub_room_of_a_duty_may_import_its_own_files():
    assert list(faults(f"{DUTIES}.checking.batch", ast.parse(f"from {DUTIES}.checking import entry"))) == []


def test_modules_do_not_import_each_other_in_a_circle():
    modules = {module_of(path) for path in FILES}
    graph = {}
    for path in FILES:
        named = set(imports(tree_of(path)))
        named |= {name.rpartition(".")[0] for name in named - modules}
        graph[module_of(path)] = (named & modules) - {module_of(path)}
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_serving_stays_lean():
    heavy = ("sklearn", "scipy", "numba", "pandas", "training", "httpx", "typer")
    code = f"import sys, service; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
