"""Log fits for TensorBoard."""

import os
import time
from pathlib import Path
from typing import Any, NamedTuple

from skanchors._optional import require
from skanchors.callbacks._anchors import log_anchors
from skanchors.callbacks._event_file import EventFile
from skanchors.callbacks._graph import graph_nodes
from skanchors.callbacks._search import log_search

_EVALUATION = "candidate-split-evaluation"
_REFIT = "refit-with-best-params"
_TRANSFORM = "fit-transform-"
_TRANSFORM_LAST = "fit-transform-final-estimator"


class TensorBoardLogger:
    """Callback that logs fits for TensorBoard.

    Set it on an `IoUKMeans`, on a Pipeline that ends in one, or on a search over one:
    it follows the fit to where the anchors are found. Start the viewer with
    ``tensorboard --logdir LOG_DIR``. Read more in the
    :ref:`how-to guide <tensorboard>`.

    Parameters
    ----------
    log_dir : str or path-like
        Folder for the logs. Each fit makes a folder of its own in it: ``fit_001``,
        ``fit_002`` and so on, whether fits follow one another or run at once.

    Raises
    ------
    ImportError
        If tensorboard or matplotlib is not installed; the extra ``tensorboard`` brings
        both.
    TypeError, ValueError
        If `log_dir` is not the path of a local folder.

    See Also
    --------
    sklearn.callback.ProgressBar : Shows how far a fit is.

    Notes
    -----
    A fit writes these runs, which are folders in that of the fit:

    - the fit itself: the steps as a graph;
    - ``iterations``: the mean IoU of every iteration, ``iterations/mean_iou``, in a
      run for each restart (``iterations/restart_0``). In a search, in a run for each
      candidate (``iterations/candidate_000``) and for the refit, and a curve for each
      split and restart;
    - ``anchors``: the anchors as text, the clusters as a picture (for boxes with two
      sides), histograms of the best IoU and of the sides of the boxes, and the
      hyperparameters, with mean IoU and best possible recall;
    - ``train`` and ``test``, in a search over ``n_clusters``: all its scores over the
      number of anchors, such as ``over_k/mean_iou``, and one chart for those that have
      a common scale. Where other parameters are searched too, the best candidate at
      each number counts;
    - ``candidate_000`` and so on: parameters and scores of each candidate of a search.

    The scores of a search are those that it measures itself: callbacks never see the
    held-out boxes. Give it ``scoring=anchor_scorer`` for mean IoU, silhouette and best
    possible recall, and ``return_train_score=True`` for the curves of the training
    boxes.

    The default search of `IoUKMeans` (``init="k-means++", n_init="auto"``) reports the
    iterations of its last descent only, which starts close to the result.

    Worker processes write files of their own. Nothing is kept open between two
    entries.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skanchors import IoUKMeans
    >>> from skanchors.callbacks import TensorBoardLogger
    >>> from skanchors.datasets import make_boxes
    >>> X = make_boxes(200, random_state=0)
    >>> km = IoUKMeans(3, init="random", n_init=2, random_state=0)
    >>> with tempfile.TemporaryDirectory() as log_dir:
    ...     km = km.set_callbacks(TensorBoardLogger(log_dir)).fit(X)
    ...     runs = sorted(path.parent for path in Path(log_dir).rglob("*tfevents*"))
    ...     for run in runs:
    ...         print(run.relative_to(log_dir).as_posix())
    fit_001
    fit_001/anchors
    fit_001/iterations/restart_0
    fit_001/iterations/restart_1
    """

    # Of scikit-learn's protocol: reaches the steps of a Pipeline in a search.
    max_propagation_depth = None

    def __init__(self, log_dir: Any) -> None:
        if "://" in os.fspath(log_dir):
            raise ValueError(f"log_dir must be a local folder, got {log_dir!r}.")
        # Absence is told before a long fit, not after it.
        require("tensorboard.compat.proto.event_pb2", extra="tensorboard")
        require("matplotlib.figure", extra="tensorboard")
        self.log_dir = log_dir
        self._fits: dict[Any, Any] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.log_dir!r})"

    def setup(self, estimator: Any, context: Any) -> None:
        """Make the folder of this fit and log the steps as a graph.

        Parameters
        ----------
        estimator : estimator
            The outermost one that is fitted.
        context : sklearn.callback.CallbackContext
            Its root task.
        """
        fit = _Fit(_new_folder(Path(self.log_dir)), int(time.time()), {})
        self._fits[context.root_uuid] = fit
        fit.file().graph(graph_nodes(estimator))

    def teardown(self, estimator: Any, context: Any) -> None:
        """Forget the fit.

        Parameters
        ----------
        estimator : estimator
            The outermost one that was fitted.
        context : sklearn.callback.CallbackContext
            Its root task.
        """
        self._fits.pop(context.root_uuid, None)

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        """Take a note of how many splits a search makes.

        Parameters
        ----------
        estimator : estimator
            The one that is fitted.
        context : sklearn.callback.CallbackContext
            The task that begins.
        """
        if context.task_name == "search":
            fit = self._fits[context.root_uuid]
            fit.n_splits[_task_ids(context)] = estimator.n_splits_

    def on_fit_task_end(
        self,
        estimator: Any,
        context: Any,
        *,
        X: Any = None,
        metadata: Any = None,
        fitted_estimator: Any = None,
    ) -> None:
        """Log an iteration, the anchors that were found, or the scores of a search.

        Parameters
        ----------
        estimator : estimator
            The one that is fitted.
        context : sklearn.callback.CallbackContext
            The task that has ended.
        X : array-like
            Its boxes.
        metadata : dict
            May hold their ``sample_weight``.
        fitted_estimator : estimator
            The estimator as if the fit ended here.
        """
        fit = self._fits[context.root_uuid]
        if hasattr(fitted_estimator, "mean_iou_"):
            run, curve = fit.place(context)
            if context.task_name == "iteration":
                fit.file("iterations", *run).scalar(
                    "/".join(["iterations", *curve, "mean_iou"]),
                    fitted_estimator.mean_iou_,
                    context.task_id,
                )
            elif not _is_part_of(context, _EVALUATION):
                # A search lists its candidates; the refitted one is among them.
                is_refit = _is_part_of(context, _REFIT)
                run = [part for part in run if part != "refit"]
                log_anchors(
                    fit.file("anchors", *run),
                    fitted_estimator,
                    X,
                    (metadata or {}).get("sample_weight"),
                    session=None if is_refit else "/".join([fit.folder.name, *run]),
                )
        elif context.task_name == "fit" and hasattr(estimator, "cv_results_"):
            log_search(
                lambda run: fit.file(*fit.place(context)[0], run),
                estimator.cv_results_,
                session=fit.folder.name,
            )


class _Fit(NamedTuple):
    """Where one fit of an outermost estimator is logged."""

    folder: Path
    started: int
    n_splits: dict

    def file(self, *places: str) -> EventFile:
        return EventFile(self.folder.joinpath(*places), self.started)

    def place(self, context: Any) -> tuple[list[str], list[str]]:
        """Names of the run and of the curve that tell a task from others of its kind.

        Restarts are runs, so that one chart shows them all. In a search, candidates
        are, and splits and restarts are curves: TensorBoard shows no run unless asked
        to where there are more than 40.
        """
        run, curve = [], []
        is_in_search = False
        for task in _lineage(context):
            source = task.source_task_name or ""
            if source == _EVALUATION:
                n_splits = self.n_splits[_task_ids(task.parent)]
                candidate, split = divmod(task.task_id, n_splits)
                run.append(f"candidate_{candidate:03}")
                curve.append(f"split_{split}")
                is_in_search = True
            elif source == _REFIT:
                run.append("refit")
                is_in_search = True
            elif source.startswith(_TRANSFORM) and source != _TRANSFORM_LAST:
                run.append(source.removeprefix(_TRANSFORM))
            elif task.task_name == "run" and task.parent.max_subtasks > 1:
                (curve if is_in_search else run).append(f"restart_{task.task_id}")
        return run, curve


def _lineage(context: Any) -> list[Any]:
    """The tasks from the root to this one."""
    return [] if context is None else [*_lineage(context.parent), context]


def _task_ids(context: Any) -> tuple[Any, ...]:
    return tuple(task.task_id for task in _lineage(context))


def _is_part_of(context: Any, source: str) -> bool:
    return any(task.source_task_name == source for task in _lineage(context))


def _new_folder(log_dir: Any) -> Path:
    """Make the next free folder, also while other processes do the same."""
    log_dir.mkdir(parents=True, exist_ok=True)
    numbers = [path.name.removeprefix("fit_") for path in log_dir.glob("fit_*")]
    number = max((int(name) for name in numbers if name.isdigit()), default=0)
    while True:
        number += 1
        folder = log_dir / f"fit_{number:03}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
