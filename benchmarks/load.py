"""A small closed-loop client: some connections, each sending its next request when the last is answered."""

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import uvloop

from moderation.clock import stopwatch


@dataclass(frozen=True, slots=True)
class Load:
    """What one burst of requests measured; times in seconds."""

    requests: int
    per_second: float
    median: float
    p99: float
    statuses: tuple[int, ...]


def fire(port: int, requests: Sequence[bytes], connections: int) -> Load:
    """Sends every request once to 127.0.0.1 and returns what was measured; connecting is not measured."""
    return uvloop.run(_fire(port, requests, connections))


async def _fire(port: int, requests: Sequence[bytes], connections: int) -> Load:
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    times: list[float] = []
    statuses: set[int] = set()
    started = stopwatch()
    await asyncio.gather(
        *(_talk(stream, requests[i::connections], times, statuses) for i, stream in enumerate(streams))
    )
    seconds = stopwatch() - started
    for _, writer in streams:
        writer.close()
    times.sort()
    p99 = times[int(len(times) * 0.99)]
    return Load(len(times), len(times) / seconds, statistics.median(times), p99, tuple(sorted(statuses)))


async def _talk(
    stream: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    requests: Sequence[bytes],
    times: list[float],
    statuses: set[int],
) -> None:
    reader, writer = stream
    for request in requests:
        sent = stopwatch()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        at = head.lower().index(b"content-length:") + len(b"content-length:")
        await reader.readexactly(int(head[at : head.index(b"\r", at)]))
        times.append(stopwatch() - sent)
        statuses.add(int(head[9:12]))
