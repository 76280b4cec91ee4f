"""Fixtures for what is written for TensorBoard, and how to read it."""

import pytest


@pytest.fixture
def read():
    """Function of a folder of one run; returns TensorBoard's own reader of it."""
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator"
    )

    def read(folder):
        everything = dict.fromkeys(accumulator.DEFAULT_SIZE_GUIDANCE, 0)
        return accumulator.EventAccumulator(str(folder), everything).Reload()

    return read


@pytest.fixture
def runs():
    """Function of a folder of logs; returns the names of its runs."""

    def runs(folder):
        return {
            path.parent.relative_to(folder).as_posix()
            for path in folder.rglob("*tfevents*")
        }

    return runs
