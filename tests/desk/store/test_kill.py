"""What was acknowledged outlives `kill -9` of whoever acknowledged it."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent_tui.desk.store import Store
from agent_tui.desk.store.opening import DATABASE
from tests.checker import History, check
from tests.desk.store.messages import VISITOR
from tests.walls.sources import ROOT

_WRITERS = 20


def killed_once(folder: Path, history: History, after_s: float) -> int:
    """Let it write, kill it, note what it had acknowledged; how many lines that were."""
    program = [sys.executable, "-m", "tests.desk.store.endless_writer", str(folder), str(_WRITERS)]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(after_s)
        writer.kill()
        lines = writer.stdout.read().splitlines(keepends=True)
    acked = [one.split() for one in lines if one.endswith("\n")]
    for cid, seq in acked:
        history.ack(VISITOR, cid, int(seq))
    return len(acked)


def torn(folder: Path, rounds: int, seed: int) -> None:
    history = History()
    dice = random.Random(seed)
    epochs = set()
    acked = 0
    for _ in range(rounds):
        acked += killed_once(folder, history, dice.uniform(0.02, 0.3))
        store = Store.open(folder)
        epochs.add(store.epoch)
        store.close()
        assert check(folder / DATABASE, history) == []
    assert acked > rounds, "nothing was written: nothing was tried"
    assert len(epochs) == 1, "a crash is no restored backup"


def test_acknowledged_lines_outlive_a_kill(folder: Path) -> None:
    torn(folder, rounds=5, seed=1)


@pytest.mark.torture
def test_acknowledged_lines_outlive_many_kills(folder: Path) -> None:
    torn(folder, rounds=100, seed=2)
