"""The proof of how good any anchors could be, as the commands ask for and show it."""

import argparse
from typing import Any

import numpy as np

from skanchors._progress import Line
from skanchors._tables import wrapped
from skanchors.certify import certify_anchors
from skanchors.cli._arguments import at_least, say_of_unused

# Seconds.
_MAX_TIME = 60


def add_proof_arguments(parser: Any) -> None:
    """Add the arguments that ask for a proof."""
    parser.add_argument(
        "--certify",
        action="store_true",
        help="prove how much better any set of as many anchors could be",
    )
    parser.add_argument(
        "--max-time",
        type=at_least(0, float),
        default=_MAX_TIME,
        metavar="SECONDS",
        help="stop the proof after this time (default: %(default)s)",
    )


def prove(
    sizes: np.ndarray,
    anchors: Any,
    args: argparse.Namespace,
    *,
    seed: int = 0,
    weight: np.ndarray | None = None,
) -> Any:
    """The certificate, or None if none is asked for.

    Parameters
    ----------
    sizes : ndarray of shape (n_boxes, 2)
    anchors : AnchorSet or ndarray of shape (n_anchors, 2)
    args : Namespace
    seed : int, default=0
    weight : ndarray of shape (n_boxes,), default=None
    """
    if not args.certify:
        say_of_unused(args, {"max_time": _MAX_TIME}, "without --certify")
        return None
    with Line("Proving") as line:

        def show(elapsed: float, lower: float, upper: float) -> None:
            gap = f"no set can be more than {upper - lower:.4f} better"
            line.show(f"{elapsed:.0f} s of {args.max_time:g} s, {gap}")

        return certify_anchors(
            sizes,
            anchors,
            max_time=args.max_time,
            random_state=seed,
            callback=show,
            sample_weight=weight,
        )


def proof_as_text(certificate: Any) -> str:
    """The bound, and the better anchors that were met on the way, if any."""
    lines = [wrapped(str(certificate))]
    if certificate.converged:
        lines.append("the proof ended by itself, within the tolerance")
    # Better by what is shown, not by a rounding error.
    if round(certificate.lower, 4) > round(certificate.given_score, 4):
        found = "  ".join(f"{w:.6g},{h:.6g}" for w, h in certificate.anchors)
        lines.append(wrapped(f"better anchors found  {found}"))
    return "\n".join(lines)
