"""Is the bound of `certify_anchors` ever wrong?

Random small instances, with weights, ties, whole numbers and boxes without volume,
against a search that tries every way to share the boxes out among the anchors, with
anchors on a fine grid and on all peaks. Each is proven twice: as it is, and with the
boxes condensed onto grids only. A bound below what some anchors reach is wrong; so is
a gap above the tolerance where boxes are worked on themselves. The tests run some.

    python benchmarks/certificate_exhaustive.py [--n-instances 1000] [--first 0]
"""

import argparse
import runpy
from pathlib import Path
from unittest.mock import patch

from skanchors.certify import certify_anchors
from skanchors.metrics import mean_iou_score

ORACLE = Path(__file__).parents[1] / "tests" / "certify" / "test_proof.py"
TOL = 1e-4


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-instances", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    arguments = parser.parse_args()
    oracle = runpy.run_path(str(ORACLE))
    wrong, worst, n_cases = [], 0.0, 0
    for seed in range(arguments.first, arguments.first + arguments.n_instances):
        boxes, weight, n_anchors = oracle["small_instance"](seed)
        best = oracle["best_by_exhaustion"](boxes, weight / weight.sum(), n_anchors)
        start = boxes[:1].repeat(n_anchors, axis=0)
        options = {"sample_weight": weight, "tol": TOL, "random_state": 0}
        certificate = certify_anchors(boxes, start, **options)
        reached = mean_iou_score(boxes, certificate.anchors, sample_weight=weight)
        with patch("skanchors.certify._proof.make_resolutions", oracle["only_grids"]):
            coarse = certify_anchors(boxes, start, **options)
        is_right = (
            certificate.upper >= best
            and certificate.gap <= TOL
            and abs(certificate.lower - reached) <= 1e-12
            and coarse.upper >= best
        )
        if not is_right:
            wrong.append(seed)
        worst = max(worst, best - certificate.lower)
        n_cases = max(n_cases, certificate.n_nodes)
    print(f"{arguments.n_instances} instances, {len(wrong)} wrong: {wrong}")
    print(f"best by exhaustion above best found by at most {worst:.1e}")
    print(f"at most {n_cases} cases of branch and bound")


if __name__ == "__main__":
    main()
