"""The proof that commands show."""

import argparse
import json

import numpy as np
import pytest

from skanchors.cli._proof import (
    add_proof_arguments,
    proof_as_dict,
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


def test_news_go_to_the_standard_error(args, capsys):
    prove(BOXES, BOXES[:2], args)
    out, err = capsys.readouterr()
    assert out == ""
    assert "bound 1.00000" in err


def test_better_anchors_are_shown(args):
    certificate = prove(BOXES, BOXES[:2], args)
    content = json.loads(json.dumps(proof_as_dict(certificate)))
    assert content["given_score"] + 0.01 < content["lower"] <= content["upper"] <= 1
    better = "  ".join(f"{w:.6g},{h:.6g}" for w, h in content["anchors"])
    assert proof_as_text(certificate).endswith(f"better anchors found  {better}")
    # These are the best known; another proof finds none that are better to see.
    again = prove(BOXES, certificate.anchors, args)
    assert "better" not in proof_as_text(again)
