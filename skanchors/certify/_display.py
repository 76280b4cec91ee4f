"""Picture of the two bounds as they close in."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skanchors._plot import get_axes, set_grid, set_legend, set_title, style
from skanchors.certify._certificate import rounded_up

# The axis shows the last gap this many times over, so that it can be seen.
_GAPS = 8.0
_LEAST_SPAN = 0.002


class CertificateDisplay:
    """The best mean IoU known and the proven bound, over time.

    Use `from_certificate` to take them from a certificate and draw them in one go.

    Parameters
    ----------
    elapsed : array-like of shape (n_steps,)
        Seconds since the start.
    lower, upper : array-like of shape (n_steps,)
        The bounds from then on.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the picture.
    figure_ : matplotlib Figure
        The figure of the axes.
    lower_, upper_ : Line2D
        The best mean IoU known, and the proven bound.
    band_ : PolyCollection
        Where the best mean IoU lies.
    legend_ : Legend or None

    Notes
    -----
    The bound begins at 1. The axis leaves out what lies far above the last bound, so
    that the gap that is left can be seen.

    Examples
    --------
    >>> from skanchors.certify import CertificateDisplay, certify_anchors
    >>> certificate = certify_anchors([[10, 10], [20, 30], [30, 20]], [[10, 10]])
    >>> display = CertificateDisplay.from_certificate(certificate)
    """

    def __init__(self, elapsed: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> None:
        self.elapsed = elapsed
        self.lower = lower
        self.upper = upper

    @classmethod
    def from_certificate(
        cls, certificate: Any, *, ax: Any = None, legend: bool = True
    ) -> Self:
        """Draw the history of a certificate.

        Parameters
        ----------
        certificate : Certificate
            What `certify_anchors` returned.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        CertificateDisplay
        """
        elapsed, lower, upper = certificate.history.T
        # The bounds stayed as they were until the work ended.
        return cls(
            np.append(elapsed, certificate.elapsed),
            np.append(lower, lower[-1]),
            np.append(upper, upper[-1]),
        ).plot(ax, legend=legend)

    def plot(self, ax: Any = None, *, legend: bool = True) -> Self:
        """Draw the bounds.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        CertificateDisplay
            Itself, with the attributes set.
        """
        given = ax is not None
        self.ax_ = ax = get_axes(ax)
        self.figure_ = ax.figure
        lower, upper = np.asarray(self.lower), np.asarray(self.upper)
        known = f"best anchors known: {lower[-1]:.4f}"
        proven = f"proven upper bound: {rounded_up(upper[-1])}"
        lines = []
        for i, (values, label) in enumerate(((upper, proven), (lower, known))):
            color, _, line = style(i, ax)
            kwargs = {"drawstyle": "steps-post", "color": color, "ls": line, "lw": 1.8}
            lines += ax.plot(self.elapsed, values, label=label, **kwargs)
        self.upper_, self.lower_ = lines
        self.band_ = ax.fill_between(
            self.elapsed,
            lower,
            upper,
            step="post",
            color=style(0, ax).color,
            alpha=0.15,
            lw=0,
        )
        ax.set(xlabel="seconds", ylabel="mean IoU (higher is better)")
        ax.set_ylim(_limits(lower, upper))
        set_title(ax, f"gap {upper[-1] - lower[-1]:.4f}")
        set_grid(ax)
        self.legend_ = set_legend(ax, legend, given=given)
        return self


def _limits(lower: np.ndarray, upper: np.ndarray) -> tuple[float, float]:
    """Limits in which the last gap, and how the lower bound rose, can be seen."""
    gap, rise = upper[-1] - lower[-1], lower[-1] - lower.min()
    span = max(_GAPS * gap, 1.5 * rise, _LEAST_SPAN)
    bottom = min(lower.min(), upper[-1] - 0.6 * span) - 0.05 * span
    return max(bottom, 0.0), min(max(bottom + span, upper[-1] + 0.1 * span), 1.001)
