"""The numbers that the search was tuned to, with the reason of each.

``benchmarks/search_parts.py`` shows what each part of the search gains and costs,
``benchmarks/small_sets.py`` the same for few boxes, ``benchmarks/forms.py`` for forms;
what gains less than 0.0001 of mean IoU and saves no time is not there. Sizes of blocks,
which make arithmetic fast and change no result, stand beside the arithmetic.
"""

from typing import NamedTuple

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
# Where boxes share few sizes, so that each stands for more than a few, up to four times
# as much is worth it (6 400 sizes of 64 000 boxes, k = 20: 0.0003).
SNAP_WORK = 800_000
SNAP_REPEATS = 3
# Far more than are ever needed.
SNAP_ROUNDS = 100
# Above this many sides one moves at a time, as all ways to move grow by powers of 3.
SNAP_SIDES = 3

# --- Representatives

# Width in log size: representatives of cells this fine are hardly less than all boxes.
FINE_CELL = 0.02
# Sizes are doubles: logarithms tell them apart no better than this.
FINEST_CELL = 1e-13
# Fewer than this share of what is allowed say too little about the boxes.
FEWEST_SHARE = 1 / 8

# --- Swaps, and populations

# Sets with every anchor within this of one of the other's, in log size, lie in the same
# valley.
SAME = 0.1
# Choices that are kept, and generations of two children each that are tried.
SWAP_POPULATION = 6
SWAP_GENERATIONS = 15

# --- The search by descent

# Boxes at each stage: swaps cost the square of their number, descents are linear. Fewer
# lose mean IoU, more gain less than 0.0001.
SWAP_BOXES = 300
# A metric given as a Python function of two boxes is too slow for more.
SLOW_SWAP_BOXES = 100
# Boxes of the population's stage, in all and for each anchor, at least.
MEDIUM_BOXES, MEDIUM_PER_ANCHOR = 800, 80
# One start an anchor, so many at least and at most; and sets that are kept at least.
STARTS = 8, 24
LEAST_POPULATION = 12
# Steps of each child in `compete`.
ROUND_STEPS = 12
# Steps of sets on all boxes; they end sooner if they stall.
FULL_STEPS, FULL_TOL = 60, 1e-6
# The cost over more boxes than these is smooth enough to do without draws as starts.
ROUGH_BOXES = 20_000


class Phase(NamedTuple):
    """Some generations of the population.

    Attributes
    ----------
    n_steps : int
        Of each child's descent. More rank the children better and take longer.
    size : int or None
        Sets that are kept; None keeps as many as there were.
    generations, patience : int
        See `evolve`; with more anchors both are more.
    n_boxes : int
        Boxes that children descend on, where these are more than usual.
    """

    n_steps: int
    size: int | None
    generations: int
    patience: int
    n_boxes: int = 0


class SearchEffort(NamedTuple):
    """How many sets the search looks at.

    Attributes
    ----------
    n_children : int
        Of a generation.
    n_finalists, fine_steps, fine_boxes : int
        Sets that descend on the fine boxes, by how many steps, and how many boxes.
    n_full : int
        Sets that descend on all boxes, where more than one does.
    ahead : float
        Sets behind the best one descend on all boxes if they are behind by no more than
        this times what that gained by its descent, less the gain.
    n_starts : int or None
        None stands for one an anchor.
    phases : tuple of Phase
        Of the population.
    n_rounds : int
        Of `compete`, before these phases. Children are then spliced of two sets in all
        phases, in place of the best of their union.
    """

    n_children: int
    n_finalists: int
    fine_steps: int
    fine_boxes: int
    n_full: int
    ahead: float
    n_starts: int | None = None
    phases: tuple[Phase, ...] = (Phase(8, None, 4, 0),)
    n_rounds: int = 0


# Where boxes are many and the anchors are few, valleys are few as well, and a small
# effort finds the best one.
MANY_CLUSTERS = 10
SMALL_EFFORT = SearchEffort(8, 6, 6, 4000, 3, 1.2)
LARGE_EFFORT = SearchEffort(12, 12, 6, 4000, 4, 3.0)
# So many boxes times anchors are cheap to work on, and few boxes have deep valleys:
# with half as many generations one seed in ten ends 0.0001 to 0.0005 behind.
CHEAP = 100_000
CHEAP_EFFORT = LARGE_EFFORT._replace(phases=(Phase(8, None, 8, 2),))
# Very many boxes have room for many valleys that differ by little, above all in whole
# pixels. More starts, children that descend further, and finer boxes for the finalists
# tell them apart to 0.0003; what is first on those boxes is mostly first on all. Boxes
# that were merged are as many as their weights say, next to the light ones.
MANY_BOXES = 20_000
MANY_BOXES_EFFORT = SearchEffort(
    8,
    6,
    20,
    12_000,
    1,
    0.0,
    n_starts=24,
    phases=(Phase(8, 12, 4, 0), Phase(16, 12, 4, 0)),
)
# With many anchors as well, a population of the best settles in a valley of its own, up
# to 0.0006 behind. If first all compete with their own children only, many valleys are
# followed for long enough; what then decides among them needs more boxes.
MANY_OF_BOTH_EFFORT = SearchEffort(
    12,
    8,
    20,
    12_000,
    1,
    0.0,
    n_starts=48,
    phases=(Phase(8, 24, 10, 3, n_boxes=4000),),
    n_rounds=18,
)
# So it is where boxes share few sizes, whatever the number of anchors; the kinks of the
# cost are many and deep there, and the last quarter of the rounds gains 0.0001.
FEW_SIZES = 6000
FEW_SIZES_EFFORT = MANY_OF_BOTH_EFFORT._replace(n_rounds=24)

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
# Sets that are kept.
CENTERS_POPULATION = 12
# Iterations on few boxes stop early; the last run is the caller's.
CENTERS_TOL = 1e-5

# --- Few boxes

# Up to so many a call of numpy costs more than its arithmetic.
FEW_BOXES = 1000
# Boxes that draws are made from and descend on, and of the population: at least so many
# in all, and for each anchor.
FEW_DRAW_BOXES, FEW_DRAW_PER_ANCHOR = 150, 12
FEW_MEDIUM_BOXES, FEW_MEDIUM_PER_ANCHOR = 450, 30
# Draws, their steps, and how many of them go on.
FEW_DRAWS, FEW_DRAW_STEPS, FEW_SURVIVORS = 48, 5, 24
# The population, see `evolve`, and the steps of each child.
FEW_POPULATION, FEW_CHILDREN, FEW_GENERATIONS, FEW_PATIENCE = 16, 16, 4, 1
FEW_CHILD_STEPS = 6
# Sets that descend on all boxes, their steps, and how many of them are snapped.
FEW_FINALISTS, FEW_STEPS, FEW_SNAPPED = 8, 14, 3

# --- The last run, on all boxes

# Above this many boxes, descents run on representatives first.
DETAILED_BOXES = 40_000
# After that, so many steps on all boxes leave less than 0.00002; fewer do over very
# many boxes, where the cost is smoother and steps cost more. Boxes times steps:
LAST_STEPS = 5, 15
LAST_WORK = 3_000_000
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
