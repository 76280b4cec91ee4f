"""What every rule of assignment gives, and the table of rules."""

from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any, Protocol

import numpy as np

from skanchors._checks import check_choice
from skanchors.assignment._grid import Grid


@dataclass
class Matches:
    """What a rule assigns to the objects of some images.

    Attributes
    ----------
    obj, shape, slot : ndarray of shape (n_positives,)
        The object of each positive, a row of the grid's boxes, the anchor, a row of its
        shapes, and the number of the anchor in its image, see `Grid.slot`. One slot
        may occur more than once where a rule writes targets.
    forced : ndarray of shape (n_positives,)
        Whether the object has it by a forced or low-quality match only.
    n_slots, n_lost : ndarray of shape (n_objects,)
        How many anchors (slots) an object calls for, and how many of these another one
        got.
    n_ignored : int or None
        Anchors that the loss leaves out; None where annotations do not decide it.
    has_negatives : bool, default=True
        Whether all other anchors of the images are negative.
    count : ndarray of shape (n_positives,) or None, default=None
        How many anchors each entry stands for; None means one. Those of entries with
        more are in no other entry, and their `slot` is -1.

    See Also
    --------
    register_rule : Where a rule that returns it is made known.

    Examples
    --------
    A rule by which nothing is assigned:

    >>> import numpy as np
    >>> from skanchors.assignment import Matches
    >>> class Nothing:
    ...     def match(self, grid):
    ...         none, zeros = np.empty(0, int), np.zeros(len(grid), int)
    ...         return Matches(none, none, none, none == 0, zeros, zeros, n_ignored=0)
    """

    obj: np.ndarray
    shape: np.ndarray
    slot: np.ndarray
    forced: np.ndarray
    n_slots: np.ndarray
    n_lost: np.ndarray
    n_ignored: int | None
    has_negatives: bool = True
    count: np.ndarray | None = None


class Rule(Protocol):
    """A rule of assignment: parameters, and how it matches."""

    def match(self, grid: Grid) -> Matches:
        """Assign the anchors about the objects of some images."""


_RULES: dict[str, type] = {}


def register_rule(name: str, rule: type) -> None:
    """Make a rule known by a name, for `Detector.rule` and ``assign(rule=name)``.

    Parameters
    ----------
    name : str
        A new name.
    rule : class
        Its instances have a method ``match(grid)``, which returns a `Matches`; the
        arguments of the class are the parameters of the rule.

    Raises
    ------
    TypeError
        If `name` is no string, or `rule` no class with that method.
    ValueError
        If the name is taken.

    See Also
    --------
    rule_names : The names that are known.

    Examples
    --------
    >>> from skanchors.assignment import MaxIoU, register_rule, rule_names
    >>> class Strict(MaxIoU):
    ...     "Low-quality matches never count."
    ...     def match(self, grid):
    ...         return MaxIoU(self.positive, low_quality=False).match(grid)
    >>> register_rule("Strict", Strict)
    >>> "Strict" in rule_names()
    True
    """
    if not isinstance(name, str) or not name:
        raise TypeError(f"The name of a rule must be a string, got {name!r}.")
    if not isinstance(rule, type) or not callable(getattr(rule, "match", None)):
        raise TypeError(
            f"rule must be a class with a method match(grid), got {rule!r}."
        )
    if name in _RULES and _RULES[name] is not rule:
        raise ValueError(f"A rule named {name!r} is registered already.")
    _RULES[name] = rule


def rule_names() -> tuple[str, ...]:
    """Name the rules that are known.

    Returns
    -------
    tuple of str
        Those of this package, and what `register_rule` added.

    Examples
    --------
    >>> from skanchors.assignment import rule_names
    >>> rule_names()[:2]
    ('MaxIoU', 'SSDMatch')
    """
    return tuple(_RULES)


def make_rule(rule: Any) -> Rule:
    """A rule from itself, a name, or something with a name and parameters.

    Raises
    ------
    TypeError
        If it is none of these, or the rule has no such parameters.
    ValueError
        If there is no rule of this name.
    """
    if callable(getattr(rule, "match", None)) and not isinstance(rule, type):
        return rule
    name = rule if isinstance(rule, str) else getattr(rule, "name", None)
    if name is None:
        raise TypeError(
            f"rule must be a rule such as MaxIoU(0.5, 0.4) or a name, got {rule!r}."
        )
    check_choice(name, _RULES, name="rule")
    parameters = getattr(rule, "parameters", {})
    known = tuple(signature(_RULES[name]).parameters.values())
    names = [each.name for each in known]
    unknown = [key for key in parameters if key not in names]
    if unknown and not any(each.kind is Parameter.VAR_KEYWORD for each in known):
        has = f"its parameters are {', '.join(names)}" if names else "it has none"
        raise TypeError(f"{name} has no parameter {unknown[0]}; {has}.")
    return _RULES[name](**parameters)


def check_iou(value: Any, name: str) -> None:
    """Validate an IoU threshold, above 0 and at most 1."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise TypeError(f"{name} must be a number, got {value!r}.")
    if not 0 < value <= 1:
        raise ValueError(f"{name} must be above 0 and at most 1, got {value!r}.")
