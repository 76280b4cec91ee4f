"""What a detector's training would do with anchors, from annotations alone.

A rule is a file with a small class: its parameters, and ``match(grid)``, which says
what each object gets. The grid (`_grid.py`) knows which anchors lie about an object,
as the detector's framework places them, and never holds all of them. `register_rule`
adds a rule of your own.
"""

from skanchors.assignment._assign import assign
from skanchors.assignment._assignment import Assignment
from skanchors.assignment._atss import ATSS
from skanchors.assignment._best_anchor import BestAnchor
from skanchors.assignment._grid_cells import GridCells
from skanchors.assignment._max_iou import MaxIoU
from skanchors.assignment._rule import Matches, register_rule, rule_names
from skanchors.assignment._side_ratio import SideRatio
from skanchors.assignment._ssd_match import SSDMatch

for _rule in (MaxIoU, SSDMatch, ATSS, BestAnchor, SideRatio, GridCells):
    register_rule(_rule.__name__, _rule)

__all__ = [
    "ATSS",
    "Assignment",
    "BestAnchor",
    "GridCells",
    "Matches",
    "MaxIoU",
    "SSDMatch",
    "SideRatio",
    "assign",
    "register_rule",
    "rule_names",
]
