"""Picture of the two bounds as they close in."""

from skanchors._optional import require


class CertificateDisplay:
    """The best mean IoU known and the proven bound, over time.

    Use :meth:`from_certificate`.

    Parameters
    ----------
    elapsed : array-like of shape (n_steps,)
        Seconds since the start.
    lower, upper : array-like of shape (n_steps,)
        The bounds from then on.

    Attributes
    ----------
    ax_ : matplotlib Axes
    lower_, upper_ : matplotlib Line2D
    band_ : matplotlib PolyCollection
        Where the best mean IoU lies.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skanchors.certify import CertificateDisplay, certify_anchors
    >>> certificate = certify_anchors([[10, 10], [20, 30], [30, 20]], [[10, 10]])
    >>> display = CertificateDisplay.from_certificate(certificate)
    >>> plt.close(display.ax_.figure)
    """

    def __init__(self, elapsed, lower, upper):
        self.elapsed = elapsed
        self.lower = lower
        self.upper = upper

    @classmethod
    def from_certificate(cls, certificate, *, ax=None):
        """Draw the history of a certificate.

        Parameters
        ----------
        certificate : Certificate
            What `certify_anchors` returned.
        ax : matplotlib Axes, default=None
            None makes a new figure.

        Returns
        -------
        CertificateDisplay
        """
        return cls(*certificate.history.T).plot(ax)

    def plot(self, ax=None):
        """Draw the bounds.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None makes a new figure.

        Returns
        -------
        CertificateDisplay
            This object.
        """
        plt = require("matplotlib.pyplot", extra="plot")
        if ax is None:
            _, ax = plt.subplots()
        steps = {"drawstyle": "steps-post"}
        (self.upper_,) = ax.plot(
            self.elapsed, self.upper, label="proven upper bound", **steps
        )
        (self.lower_,) = ax.plot(
            self.elapsed, self.lower, label="best anchors known", **steps
        )
        self.band_ = ax.fill_between(
            self.elapsed, self.lower, self.upper, step="post", alpha=0.15
        )
        ax.set(xlabel="seconds", ylabel="mean IoU")
        ax.legend()
        self.ax_ = ax
        return self
