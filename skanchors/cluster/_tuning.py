"""The numbers that the search was tuned to, with the reason of each.

``benchmarks/search_parts.py`` shows what each part of the search gains and costs,
``benchmarks/small_sets.py`` the same for few boxes, ``benchmarks/forms.py`` for forms;
what gains less than 0.0001 of mean IoU and saves no time is not there. Sizes of blocks,
which make arithmetic fast and change no result, stand beside the arithmetic.
"""

from typing import NamedTuple

import numpy as np

# --- Descents

# A step may gain little by chance; this many in a row do not.
STALLED_STEPS = 5
# What was learned of the second derivatives can be why a descent stalls: it starts anew
# without, as long as this share of the cost was gained since the last start.
RESTART_GAIN = 2e-5
# In log size. Longer steps leave what the second derivatives describe.
LONGEST_STEP = 0.25
# Free anchors with more sides than this in all have one block of second derivatives
# each: the square of all of them would cost more than it gains.
MAX_COUPLED = 256

# --- Sides set to those of boxes

# Distances between boxes and trials: beyond, the cost is too smooth to gain by it.
# Where boxes share sizes, it is worth as many times that as each stands for boxes, up
# to four (6 400 sizes of 64 000 boxes, k = 20: 0.0003). From so many, several finalists
# are tried.
SNAP_WORK, MOST_SNAP_REPEATS = 800_000, 4
SNAP_REPEATS = 2
PER_SNAPPED = 4
# Far more than are ever needed.
SNAP_ROUNDS = 100
# Above this many sides one moves at a time, as all ways to move grow by powers of 3.
# Anchors of square boxes have to move both sides at once.
SNAP_SIDES = 3

# --- Representatives

# Width in log size: representatives of cells this fine are hardly less than all boxes.
FINE_CELL = 0.02
# Sizes are doubles: logarithms tell them apart no better than this.
FINEST_CELL = 1e-13
# Fewer than this share of what is allowed say too little about the boxes.
FEWEST_SHARE = 1 / 8

# While sets are compared, representatives are blurred by this over the root of their
# number. Kinks between them are not those of the boxes: with them, descents take twice
# the steps and seeds spread twice as far. From 3 to 5 is as good, 2 and 7 are worse.
BLUR = 4.0
# Boxes that stand for themselves alone have kinks of their own. What hides them helps
# where each anchor has few (217 boxes, k = 16), and hides the best valley where each
# has many (0.0014 on 160 boxes, k = 2): for each anchor, and at most.
OWN_BLUR, MOST_OWN_BLUR = 0.12, 1.2

# --- Swaps, and populations

# Sets with every anchor within this of one of the other's, in log size, lie in the same
# valley. A valley of blurred boxes has several of the boxes themselves. Children that
# are as near to a parent show nothing new (few boxes, k = 3: two of three).
SAME, SAME_BLURRED = 0.1, 0.03
# Boxes among which anchors are swapped, which costs the square of their number; a
# metric given as a Python function of two boxes is too slow for many.
SWAP_BOXES, SLOW_SWAP_BOXES = 300, 100
# Choices that are kept, and generations of two children each that are tried.
SWAP_POPULATION = 6
SWAP_GENERATIONS = 15

# --- The search by descent

# Boxes that draws are made from and descend on, in all and for each anchor, at least,
# and more for few anchors, as below; and their steps.
DRAW_BOXES, DRAW_BOXES_PER_ANCHOR = 150, 12
DRAW_STEPS = 4
# Efforts say how many boxes and sets this many anchors need. Fewer get more boxes, as
# their clusters hide more of them (up to 0.0004 at k = 3). The more anchors, the more
# valleys: sets grow by the root of this share.
USUAL_CLUSTERS, SHARES = 10, (0.5, 1.5)
# Where boxes are fewer, sets and steps are more, at most so many times; up to the usual
# number of anchors, rounds are too.
MOST_MORE = 2.0


class Phase(NamedTuple):
    """Some rounds of the population.

    Attributes
    ----------
    n_kept : int
        Sets, each of which has a child in each round; for the usual number of anchors.
    rounds : int
        And one more for every two anchors; one at least.
    n_boxes : int
        Boxes that children descend on, where these are more than usual.
    """

    n_kept: int
    rounds: int
    n_boxes: int = 0


class SearchEffort(NamedTuple):
    """How many sets the search looks at.

    Attributes
    ----------
    n_draws : int
        For the usual number of anchors; three an anchor if that is more.
    n_boxes : int
        Boxes that they descend on, for the usual number of anchors.
    phases : tuple of Phase
        Of the population; those on more boxes come with ascending numbers of them.
    child_steps : int
        Of each child.
    fine_boxes, n_finalists, fine_steps : int
        So many boxes at most, sets that descend on them, and their steps.
    n_snapped : int
        Finalists whose sides are set to those of boxes; 0 for one of every so many
        anchors as `PER_SNAPPED` says.
    """

    n_draws: int
    n_boxes: int
    phases: tuple[Phase, ...]
    child_steps: int
    fine_boxes: int
    n_finalists: int
    fine_steps: int
    n_snapped: int = 0


EFFORT = SearchEffort(32, 800, (Phase(12, 0),), 6, 4000, 3, 8)
# So many boxes times anchors are cheap to work on, and few boxes have deep valleys.
CHEAP = 100_000
CHEAP_EFFORT = SearchEffort(64, 800, (Phase(24, 2),), 6, 12_000, 8, 30)
# Up to so many, a call of numpy costs more than its arithmetic. Efforts for up to so
# many anchors: the more, the more sets are needed, and the less it matters where each
# one ends. Of few anchors the best valley can look like the second best of several
# until its sides are those of boxes (1000 square boxes, k = 4: 0.00006).
FEW_BOXES = 1000
FEW_EFFORTS = {
    5: SearchEffort(56, 350, (Phase(34, 0),), 5, FEW_BOXES, 8, 6, n_snapped=3),
    10: SearchEffort(30, 350, (Phase(16, -2),), 8, FEW_BOXES, 5, 8, n_snapped=2),
    np.inf: SearchEffort(
        40, 350, (Phase(28, -3), Phase(10, -1)), 4, FEW_BOXES, 5, 8, n_snapped=2
    ),
}
# So many boxes times anchors have many valleys that differ by little, above all in
# whole pixels: what decides among them needs more boxes. Boxes that were merged are as
# many as their weights say, next to the light ones.
MANY = 150_000
# The same if there are more than so many, or each stands for more than so many (15 000
# small ones, k = 20: 0.0009 between seeds); others of that number are smooth enough.
MANY_BOXES, MANY_REPEATS = 20_000, 1.5
MANY_EFFORT = SearchEffort(
    96, 800, (Phase(30, -1), Phase(12, -1, n_boxes=4000)), 6, 12_000, 8, 8
)
# A metric given as a Python function of two boxes takes long for each pair.
SLOW_EFFORT = SearchEffort(8, 400, (Phase(8, 1),), 6, 1000, 2, 8)

# --- The search without a gradient


class CentersEffort(NamedTuple):
    """How much is tried.

    Attributes
    ----------
    n_drawn : int
        Starts that are drawn, beside those found by swaps.
    n_steps : int
        Iterations of k-means for each set.
    n_children : int
        Of a generation, of each kind: of two sets, and of one set and a draw.
    generations, patience : int
        See `evolve`.
    n_full : int
        Sets that are improved on all boxes, if the search does not run on them.
    few_boxes : int
        So many boxes are few enough to search on all of them.
    """

    n_drawn: int
    n_steps: int
    n_children: int
    generations: int
    patience: int
    n_full: int
    few_boxes: int


# Centres that are found by iterations of their own take ten times as long as the rest;
# with half as much tried, Chebyshev's distance ends 0.5 % above the best restart.
SLOW_CENTERS = "search", "geometric_median", "medoid"
SLOW_CENTERS_EFFORT = CentersEffort(6, 8, 2, 15, 6, 4, 1500)
CENTERS_EFFORT = CentersEffort(6, 20, 4, 60, 20, 6, 3000)
# Boxes of the population's stage, in all and for each anchor, at least.
CENTERS_BOXES, CENTERS_BOXES_PER_ANCHOR = 800, 80
# Sets that are kept.
CENTERS_POPULATION = 12
# Iterations on few boxes stop early; the last run is the caller's.
CENTERS_TOL = 1e-5

# --- The last run, on all boxes

# Above this many boxes, descents run on representatives first.
DETAILED_BOXES = 40_000
# After that, so many steps on all boxes leave less than 0.00002; fewer do over very
# many boxes, where the cost is smoother and steps cost more. Boxes times steps:
LAST_STEPS = 5, 15
LAST_WORK = 3_000_000
# They go on, up to the most, while two gain more than this share of the cost: where
# representatives had a dent, 0.00008 were left.
LAST_GAIN = 5e-5
# Steps that tell the better ones of several sets.
CHOICE_STEPS = 8
# The search gains less and costs more the more anchors there are: beyond, one run
# from k-means++ is as good.
SEARCHED_CLUSTERS = 250
# Clusters of more boxes have their medoid searched among this many candidates.
MEDOID_BOXES = 4000
MEDOID_CANDIDATES = 500

# --- Paths over the number of anchors

# Boxes that sets start from and grow on; more than for one search are not needed, as
# each set comes from good smaller ones.
PATH_COARSE_BOXES = 200
PATH_MEDIUM_BOXES = 1000
# Sets that are kept at least, and children of a generation.
PATH_POPULATION, PATH_CHILDREN = 12, 8
PATH_CHILD_STEPS = 6
# One more anchor is tried at some of so many places.
PATH_PLACES = 20


class PathEffort(NamedTuple):
    """How much work a path is worth.

    Sets that grow, ways in which each does, sets that start afresh, generations of
    recombination, sets that descend on all boxes, and when that descent ends.
    """

    parents: int = 4
    ways: int = 3
    fresh: int = 4
    generations: int = 3
    finalists: int = 6
    max_iter: int = 300
    tol: float = 1e-6


# Mean IoU is 0.0002 lower on average (VOC2007, k from 2 to 16): enough for the folds of
# a cross-validation, whose scores differ by a hundred times that.
QUICK_PATH = PathEffort(
    2, 3, fresh=1, generations=1, finalists=1, max_iter=15, tol=1e-5
)

# --- Forms


class FormEffort(NamedTuple):
    """How many boxes each stage sees, and how many sets the population starts with.

    Attributes
    ----------
    n_population, n_fine, n_detailed : int
        Boxes that the population, its finalists and the last descent see at most.
    n_drawn : int
        Draws to start from.
    n_children : int
        Of a generation.
    """

    n_population: int
    n_fine: int
    n_detailed: int
    n_drawn: int
    n_children: int


# Costs with a kink at each box need more of them, and have more valleys, than costs
# that positions on a grid average over.
ROUGH_FORM = FormEffort(800, 4000, 40_000, 32, 16)
SMOOTH_FORM = FormEffort(300, 2000, 4000, 12, 8)
# At least so many boxes for each parameter in the population's stage.
FORM_PER_PARAMETER = 40
FORM_POPULATION, FORM_GENERATIONS = 12, 40
FORM_CHILD_STEPS = 12
# Generations in a row without a better set that end the search. Scales that strides
# multiply have many valleys, for the levels can share out the boxes in many ways.
FORM_PATIENCE, SCALED_FORM_PATIENCE = 4, 10
# Sets that descend on the fine boxes, and those of them on all, and their steps.
FORM_FINALISTS, FORM_FINE_STEPS = 6, 15
LAST_FORM_FINALISTS, FORM_FULL_STEPS = 3, 30
FORM_LAST_STEPS = 5
FORM_TOL = 1e-6
# Children are moved by this much, in log size.
PERTURBATIONS = 0.02, 0.3
# Rounds of perturbations, and boxes times anchors that are cheap enough for them.
PERTURBED_ROUNDS, PERTURBED = 10, 12
PERTURBED_WORK = 20_000
