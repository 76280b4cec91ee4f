"""A poor man's fuzzer: it changes and splices what it is given, text or bytes."""

import argparse
import math
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple


class Slowest(NamedTuple):
    """The input that took longest for its length, of those of 1000 bytes and more."""

    seconds_a_byte: float
    content: Any


def changed(content: Any, others: list, pieces: Sequence, rng: random.Random) -> Any:
    """The content with some pieces cut, doubled, replaced or taken from others."""
    for _ in range(rng.choice([1, 1, 2, 4, 8])):
        i = rng.randrange(len(content) + 1)
        j = min(len(content), i + int(rng.expovariate(1 / 6)))
        piece = rng.choice(pieces)
        kind = rng.randrange(8)
        if kind == 0:
            piece = piece[:0]
        elif kind == 1:
            piece = content[i:j] * rng.choice([2, 3, 50, 1000])
        elif kind == 2:
            piece *= rng.choice([2, 10, 300, 3000])
        elif kind == 3:
            other = rng.choice(others)
            k = rng.randrange(len(other))
            piece = other[k : k + rng.choice([5, 50, 500])]
        content = (content[:i] + piece + content[j:])[: 1 << 18]
    return content


def run(
    check: Callable[[Any], float],
    seeds: Callable[[], list],
    pieces: Sequence,
    *,
    seconds: float = math.inf,
    most: float = math.inf,
    seed: int,
) -> tuple[int, Slowest]:
    """Fuzz for some time, or with so many inputs.

    Returns
    -------
    (int, Slowest)
        Number of inputs, and the slowest one.
    """
    rng = random.Random(seed)
    pool, count, slowest = list(seeds()), 0, Slowest(0.0, pieces[0][:0])
    end = time.monotonic() + seconds
    while count < most and time.monotonic() < end:
        content = changed(rng.choice(pool), pool, pieces, rng)
        try:
            taken = check(content)
        except BaseException:
            print(f"seed {seed}, input {count}: {content[:3000]!r}", file=sys.stderr)
            raise
        count += 1
        if len(content) >= 1000 and taken / len(content) > slowest.seconds_a_byte:
            slowest = Slowest(taken / len(content), content)
        if rng.random() < 0.02 and 0 < len(content) < 20_000:
            pool[rng.randrange(len(pool))] = content
            if count % 500 == 0:
                pool = list(seeds())
    return count, slowest


def main(check: Callable, seeds: Callable, pieces: Sequence, description: str) -> None:
    """Fuzz as the command line says, and say how much and how slow."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    count, slowest = run(check, seeds, pieces, seconds=args.seconds, seed=args.seed)
    print(f"{count} inputs; slowest {slowest.seconds_a_byte * 1e6:.2f} us a byte:")
    print(repr(slowest.content[:300]))


def guided(atheris: Any, check: Callable, seeds: list[bytes]) -> None:
    """Fuzz guided by coverage, until libFuzzer is told to stop.

    The folder that the command line names, else one for this run, takes the seeds and
    what the run finds.
    """
    args = [arg for arg in sys.argv if arg != "--atheris"]
    if len(args) < 2 or args[-1].startswith("-"):
        args.append(tempfile.mkdtemp())
    for i, seed in enumerate(seeds):
        Path(args[-1], f"seed{i}").write_bytes(seed)
    atheris.Setup(args, check)
    atheris.Fuzz()
