"""The proof of how good any anchors could be, as the commands ask for and show it."""

import sys
from contextlib import redirect_stdout

from skanchors.certify import certify_anchors
from skanchors.cli._arguments import at_least


def add_proof_arguments(parser):
    """Add the arguments that ask for a proof."""
    parser.add_argument(
        "--certify",
        action="store_true",
        help="prove how much better any set of as many anchors could be",
    )
    parser.add_argument(
        "--max-time",
        type=at_least(0, float),
        default=60,
        metavar="SECONDS",
        help="stop the proof after this time (default: %(default)s)",
    )


def prove(sizes, anchors, args, *, seed=0):
    """The certificate, or None if none is asked for."""
    if not args.certify:
        return None
    with redirect_stdout(sys.stderr):  # news of the proof is not the result
        return certify_anchors(
            sizes, anchors, max_time=args.max_time, random_state=seed, verbose=1
        )


def proof_as_text(certificate):
    """The bound, and the better anchors that were met on the way, if any."""
    lines = [str(certificate)]
    # Better by what is shown, not by a rounding error.
    if round(certificate.lower, 4) > round(certificate.given_score, 4):
        found = "  ".join(f"{w:.6g},{h:.6g}" for w, h in certificate.anchors)
        lines.append(f"better anchors found  {found}")
    return "\n".join(lines)


def proof_as_dict(certificate):
    """The bound and the best anchors known, for JSON."""
    return {
        "given_score": float(certificate.given_score),
        "lower": float(certificate.lower),
        "upper": float(certificate.upper),
        "gap": float(certificate.gap),
        "converged": bool(certificate.converged),
        "anchors": certificate.anchors.tolist(),
    }
