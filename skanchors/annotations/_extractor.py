"""What the extractors of all formats share."""

from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils import Tags

from skanchors._compat._sklearn import (
    Interval,
    StrOptions,
    fit_context,
    get_output_config,
)
from skanchors._doc_link import DocLinkMixin
from skanchors._optional import require
from skanchors._tables import counted
from skanchors.annotations._batches import SizeOptions, read_batches
from skanchors.annotations._extractor_docs import filled
from skanchors.annotations._files import as_labels, check_paths
from skanchors.annotations._findings import describe, report
from skanchors.annotations._scaling import check_scaling


class BaseBoxExtractor(
    CallbackSupportMixin, DocLinkMixin, TransformerMixin, BaseEstimator
):
    """Paths of annotation files in, box sizes out.

    A format's extractor names the format and hands its own parameters on.
    """

    _parameter_constraints: ClassVar[dict] = {
        "scaling": [StrOptions({"stretch", "letterbox", "shortest_edge", "pixels"})],
        "input_size": [None, Interval(Integral, 1, None, closed="left"), "array-like"],
        "classes": [None, "array-like", set, frozenset],
        "min_size": [Interval(Real, 0, None, closed="left")],
        "on_invalid": [StrOptions({"warn", "raise", "ignore"})],
        "n_jobs": [None, Integral],
        "verbose": ["verbose"],
        "image_sizes": "no_validation",
    }

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__doc__:  # none with python -OO
            cls.__doc__ = filled(cls.__doc__)

    def __init__(
        self,
        *,
        scaling: Any,
        input_size: Any,
        classes: Any,
        min_size: float,
        on_invalid: str,
        n_jobs: int | None,
        verbose: int,
        image_sizes: Any,
    ) -> None:
        self.scaling = scaling
        self.input_size = input_size
        self.classes = classes
        self.min_size = min_size
        self.on_invalid = on_invalid
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.image_sizes = image_sizes

    @with_callbacks
    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters and the paths; nothing is read or learned.

        Parameters
        ----------
        X : sequence of str or path-like
            Paths of annotation files.
        y : None
            Ignored.

        Returns
        -------
        self
            The extractor.
        """
        # One task without parts: without it, a Pipeline warns that the callbacks set on
        # it do not reach this step.
        context = self._init_callback_context()
        context.call_on_fit_task_begin(estimator=self, X=X)
        self._check(X)
        context.call_on_fit_task_end(estimator=self, X=X, reconstruction_attributes={})
        return self

    def transform(self, X: Any) -> Any:
        """Read the files.

        Parameters
        ----------
        X : sequence of str or path-like
            Paths of annotation files.

        Returns
        -------
        ndarray of shape (n_boxes, 2), float64
            Width and height of each box, in the order of the files and within them.
            Usually there are more boxes than files. After
            ``set_output(transform="pandas")`` a DataFrame whose index is the path of
            each box.

        Raises
        ------
        ValueError
            If not one box is left; or, with ``on_invalid="raise"``, at the first
            object or file that cannot be used.
        """
        self._validate_params()
        paths = self._check(X)
        as_frame = get_output_config("transform", self)["dense"] == "pandas"
        batches = list(
            read_batches(
                paths,
                self._format,
                use_sizes=self.scaling != "stretch",
                need_image_size=self.scaling != "pixels",
                size_options=self._size_options()._replace(keep_path=as_frame),
                on_invalid=self.on_invalid,
                n_jobs=self.n_jobs,
                verbose=self.verbose,
                **self._read_options(),
            )
        )
        boxes = np.concatenate([batch.boxes for batch in batches])
        dropped = [finding for batch in batches for finding in batch.dropped]
        clipped = [finding for batch in batches for finding in batch.clipped]
        notes = [finding for batch in batches for finding in batch.notes]
        n_objects = sum(batch.n_objects for batch in batches)
        if not len(boxes):
            raise ValueError(self._nothing_left(dropped, n_objects, len(paths)))
        report(dropped, clipped, n_objects, len(paths), self.on_invalid, notes)
        if as_frame:
            pandas = require("pandas", extra="pandas")
            path = np.concatenate([batch.path for batch in batches])
            return pandas.DataFrame(
                boxes,
                index=pandas.Index(path, name="path"),
                columns=self.get_feature_names_out(),
            )
        return boxes

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of str
            ``["width", "height"]``.
        """
        return np.array(["width", "height"], dtype=object)

    def _check(self, X: Any) -> Any:
        check_scaling(self.scaling, self.input_size)
        as_labels(self.classes)
        return check_paths(X)

    def _size_options(self) -> SizeOptions:
        return SizeOptions(
            self.scaling, self.input_size, as_labels(self.classes), True, self.min_size
        )

    def _read_options(self) -> dict[str, Any]:
        return {"image_sizes": self.image_sizes}

    def _nothing_left(self, dropped: Any, n_objects: int, n_files: int) -> str:
        text = (
            f"No box is left of {counted(n_objects, 'object')} in "
            f"{counted(n_files, 'file')} read by "
            f"{type(self).__name__}."
        )
        if dropped:
            text += f" Left out: {describe(dropped)}"
        if n_objects > len(dropped):
            text += " The others do not pass classes, difficult or min_size."
        return text

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        return tags
