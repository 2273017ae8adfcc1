"""The model card: an honest description of one trained model, as JSON and as Markdown; it computes no figure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

Figures = Mapping[str, float | int | str | None]


@dataclass(frozen=True, slots=True)
class DataSource:
    """One set of examples a model was trained on, with whom to credit for it."""

    name: str
    what: str
    licence: str
    attribution: str
    sha256: str
    spam: int
    ham: int
    share_alike: bool
    use: str


@dataclass(frozen=True, slots=True)
class Table:
    """Figures of the same kind, one row for each slice."""

    title: str
    note: str
    rows: tuple[Figures, ...]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is for, what it learned from, how well it does, and where it should not be used."""

    name: str
    version: str
    purpose: str
    avoid: tuple[str, ...]
    inputs: tuple[str, ...]
    not_inputs: tuple[str, ...]
    method: tuple[str, ...]
    prior: float
    data: tuple[DataSource, ...]
    tables: tuple[Table, ...]
    limits: tuple[str, ...]

    def to_json(self) -> str:
        """The card as JSON text with sorted keys, the same bytes for the same card."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "ModelCard":
        """Read a card back; raises ``ValueError`` when it is not one."""
        try:
            raw = json.loads(text)
            values: dict[str, Any] = {name: raw[name] for name in ("name", "version", "purpose", "prior")}
            values |= {name: tuple(raw[name]) for name in ("avoid", "inputs", "not_inputs", "method", "limits")}
            data = tuple(DataSource(**{f.name: row[f.name] for f in fields(DataSource)}) for row in raw["data"])
            tables = tuple(Table(row["title"], row["note"], tuple(row["rows"])) for row in raw["tables"])
        except (KeyError, TypeError, RecursionError) as error:
            message = f"not a model card: {error!r}"
            raise ValueError(message) from error
        return cls(**values, data=data, tables=tables)

    def to_markdown(self) -> str:
        """The card as a page for people."""
        parts = [
            f"# {self.name} {self.version}",
            self.purpose,
            _section("Uses to avoid", self.avoid),
            _section("What the model reads", self.inputs),
            _section("What it does not read", self.not_inputs),
            _section("How it was made", self.method),
            *(_table(table) for table in self.tables),
            _section("Limits", self.limits),
            _data_section(self.data),
        ]
        return "\n\n".join(parts) + "\n"


def _section(title: str, lines: Sequence[str]) -> str:
    return f"## {title}\n\n" + "\n".join(f"- {line}" for line in lines)


def _table(table: Table) -> str:
    columns = list(dict.fromkeys(column for row in table.rows for column in row))
    head = "| " + " | ".join(columns) + " |\n|" + "---|" * len(columns)
    body = "\n".join("| " + " | ".join(_cell(row.get(column)) for column in columns) + " |" for row in table.rows)
    return f"## {table.title}\n\n{table.note}\n\n{head}\n{body}"


def _cell(value: float | str | None) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


_DATA_NOTE: Final = "No text of any of these sets is contained in the model, in this card or in the source code."


def _data_section(data: Sequence[DataSource]) -> str:
    entries = [
        f"- **{source.name}** ({source.spam:,} spam, {source.ham:,} ham): {source.what}. Licence: {source.licence}"
        f"{' (share-alike)' if source.share_alike else ''}. {source.attribution} Use: {source.use}. "
        f"SHA-256 `{source.sha256}`"
        for source in data
    ]
    return "## Data, licences and credits\n\n" + _DATA_NOTE + "\n\n" + "\n".join(entries)
