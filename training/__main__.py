"""The command line of training, ``python -m training --help``; it decides nothing about models."""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any, Final

import numpy as np
import typer

from models import artifact, signing
from training import corpus as corpora
from training import datasets, measures, publishing, streams, unicode_tables
from training.corpus import Corpus, Progress
from training.loaders import formats
from training.recipe import Recipe

app: Final = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Rebuild and examine the shipped model.",
)


class Base(StrEnum):
    """What a stream starts from."""

    SHIPPED = "shipped"
    NONE = "none"


Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
WithoutShareAlike = Annotated[bool, typer.Option(help="Leave out the sets under a share-alike licence.")]
SigningKey = Annotated[Path, typer.Option(help="Private key; made with mode 0600 if it does not exist.")]


def _progress() -> Progress:
    """Steps with their times on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda _: None
    started = time.monotonic()
    return lambda step: typer.echo(f"\r\x1b[K{time.monotonic() - started:5.0f} s  {step} …", err=True, nl=False)


def _recipe(*, without_share_alike: bool) -> Recipe:
    return replace(Recipe(), with_share_alike=not without_share_alike)


def _gather(recipe: Recipe, progress: Progress) -> Corpus:
    return corpora.gather(recipe, datasets.data_folder(), progress)


def _print(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=1))
        return
    for title, value in result.items():
        if isinstance(value, list):
            typer.echo(f"\n{title}")
            for row in value:
                typer.echo("  " + "  ".join(f"{name}={_short(cell)}" for name, cell in row.items()))
        else:
            typer.echo(f"{title}: {_short(value)}")


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


@app.command()
def fit(*, without_share_alike: WithoutShareAlike = False, as_json: Json = False) -> None:
    """Fit the model and print what identifies it; two runs must print the same."""
    recipe = _recipe(without_share_alike=without_share_alike)
    corpus = _gather(recipe, _progress())
    linear = corpora.fit(corpus, recipe)
    result = {
        "examples": len(corpus.examples),
        "spam": int(corpus.is_spam.sum()),
        "used_slots": int((linear.weights != 0).sum()),
        "bias": linear.bias,
        "weights_sha256": signing.digest(linear.weights.tobytes()),
    }
    _print(result, as_json=as_json)


@app.command()
def evaluate(*, without_share_alike: WithoutShareAlike = False, as_json: Json = False) -> None:
    """Evaluate the recipe on unseen sets and on a held-out fifth; nothing is written."""
    recipe, progress = _recipe(without_share_alike=without_share_alike), _progress()
    report = publishing.evaluate(_gather(recipe, progress), recipe, progress)
    _print(report.as_dict(), as_json=as_json)


@app.command()
def publish(
    *,
    signing_key: SigningKey = Path("data/signing.key"),
    without_share_alike: WithoutShareAlike = False,
    as_json: Json = False,
) -> None:
    """Fit, evaluate, describe, save and sign the model under models/shipped/."""
    recipe, progress = _recipe(without_share_alike=without_share_alike), _progress()
    corpus = _gather(recipe, progress)
    report = publishing.evaluate(corpus, recipe, progress)
    progress("fitting the model that ships")
    model = publishing.classifier(corpus, recipe, report, datasets.data_folder())
    folder = publishing.publish(model, recipe, signing_key)
    _print({"folder": str(folder), "digest": artifact.load(folder).digest, **report.as_dict()}, as_json=as_json)


@app.command()
def stream(
    file: Annotated[Path, typer.Argument(help="Labelled rows, JSONL or JSONL.gz, in the order they came.")],
    *,
    out: Annotated[Path, typer.Option(help='Where {"id", "score"} of each row is written, as JSONL.')],
    feedback: Annotated[str, typer.Option(help="immediate, none, delayed:N, noisy:P or partial:P.")] = "immediate",
    base: Annotated[Base, typer.Option(help="Start from the shipped model, or from nothing.")] = Base.SHIPPED,
    seed: Annotated[int, typer.Option(help="Of the draws of noisy and partial feedback.")] = 0,
    as_json: Json = False,
) -> None:
    """Score each row before learning from it, and print figures where every row has a label."""
    regime, rows = streams.Feedback.parse(feedback), streams.rows_of(file)
    model = artifact.load(artifact.shipped_folder()) if base is Base.SHIPPED else None
    scores = []
    with _written(out) as lines:
        for row, score in zip(rows, _shown(streams.run(rows, regime, base=model, seed=seed), len(rows)), strict=True):
            scores.append(score)
            lines.write(json.dumps({"id": row.id, "score": score}, ensure_ascii=False) + "\n")
    _print({"scored": len(rows), "base": base.value, "feedback": feedback, **_figures(rows, scores)}, as_json=as_json)


@contextmanager
def _written(out: Path) -> Iterator[IO[str]]:
    """A file that is written; one that cannot be is an error of one line."""
    try:
        file = out.open("w", encoding="utf-8")
    except OSError as error:
        raise streams.StreamError(f"{out} cannot be written: {error.strerror}") from error
    with file:
        yield file


def _figures(rows: Sequence[streams.Row], scores: Sequence[float]) -> dict[str, float]:
    """The figures of the rows that have a label; none where a class is missing."""
    labelled = [i for i, row in enumerate(rows) if row.label is not None]
    truth = np.array([rows[i].label for i in labelled], bool)
    return measures.measure(np.array(scores)[labelled], truth).as_dict() if 0 < truth.sum() < len(truth) else {}


@app.command()
def convert(
    name: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of {', '.join(formats.FORMATS)}.")],
    path: Annotated[Path, typer.Argument(help="The corpus: a folder, file or zip.")],
    *,
    out: Annotated[Path, typer.Option(help="A .jsonl.gz file to write.")],
    as_json: Json = False,
) -> None:
    """Turn a corpus in its original layout into rows for `stream`."""
    _print({"rows": formats.write_jsonl(formats.read(name, path), out), "file": str(out)}, as_json=as_json)


@app.command()
def lookalikes(
    confusables: Annotated[Path, typer.Argument(help="Unicode's confusables.txt.")], *, as_json: Json = False
) -> None:
    """Write the table of look-alike letters anew from Unicode's data (maintainers)."""
    _print({"characters": unicode_tables.write(confusables)}, as_json=as_json)


def _shown(scores: Iterable[float], count: int) -> Iterator[float]:
    """The same with a progress bar on a terminal."""
    if not sys.stderr.isatty():
        yield from scores
        return
    with typer.progressbar(scores, length=count, file=sys.stderr) as bar:
        yield from bar


def main() -> None:
    """Run a command; an expected failure is one line and exit code 1."""
    try:
        app()
    except (
        datasets.DatasetError,
        streams.StreamError,
        unicode_tables.TableError,
        artifact.ArtifactError,
        signing.SigningError,
    ) as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
