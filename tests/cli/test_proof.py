"""The proof that commands show."""

import argparse
import io
import json
import sys

import numpy as np
import pytest

from skanchors import _progress
from skanchors.cli._proof import (
    add_proof_arguments,
    proof_as_text,
    prove,
)

BOXES = np.random.default_rng(0).lognormal(3, 0.7, size=(60, 2))


@pytest.fixture
def args():
    parser = argparse.ArgumentParser()
    add_proof_arguments(parser)
    return parser.parse_args(["--certify", "--max-time", "5"])


def test_no_proof_unless_asked_for(args):
    args.certify = False
    assert prove(BOXES, BOXES[:2], args) is None


def test_nothing_is_shown_where_nobody_looks(args, capsys):
    prove(BOXES, BOXES[:2], args)
    assert capsys.readouterr() == ("", "")


def test_a_line_on_a_terminal_says_how_far_it_is(args, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(_progress, "_QUIET_SECONDS", -1)
    monkeypatch.setattr(sys, "stderr", Terminal())
    prove(BOXES, BOXES[:2], args)
    shown = sys.stderr.getvalue()
    assert "\rProving: 0 s of 5 s, no set can be more than 0." in shown
    assert shown.endswith("\r")


def test_better_anchors_are_shown(args):
    certificate = prove(BOXES, BOXES[:2], args)
    content = json.loads(json.dumps(certificate.to_dict()))
    assert content["given_score"] + 0.01 < content["lower"] <= content["upper"] <= 1
    better = "  ".join(f"{w:.6g},{h:.6g}" for w, h in content["anchors"])
    assert proof_as_text(certificate).endswith(f"better anchors found  {better}")
    # These are the best known; another proof finds none that are better to see.
    again = prove(BOXES, certificate.anchors, args)
    assert "better" not in proof_as_text(again)


def test_why_the_proof_ended(args):
    certificate = prove(BOXES, BOXES[:2], args)
    assert certificate.converged
    assert "ended by itself, within the tolerance" in proof_as_text(certificate)
