"""The steps of an estimator as the nodes of a graph."""

from typing import Any, NamedTuple

from skanchors._tables import excerpt

_LONGEST_TEXT = 200


class GraphNode(NamedTuple):
    """A step, what it does, where its input comes from, and its parameters."""

    name: str
    op: str
    inputs: list
    parameters: dict


def graph_nodes(estimator: Any) -> list[GraphNode]:
    """Nodes of a graph that leads from the data through all steps.

    A step is drawn as a box with its name, which opens to show class and parameters.
    A search is shown as what it searches, since its steps are those of the estimator.
    """
    nodes = [GraphNode("X", "Input", [], {})]
    _add(nodes, "", estimator)
    return nodes


def plain(value: Any) -> Any:
    """A parameter's value as a number, truth value or short string."""
    if isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return plain(value.item())
    if callable(value) and hasattr(value, "__name__"):
        return value.__name__
    return excerpt(" ".join(repr(value).split()), _LONGEST_TEXT)


def _add(nodes: Any, name: str, estimator: Any) -> None:
    if hasattr(estimator, "steps"):
        for step, part in estimator.steps:
            _add(nodes, f"{name}/{step}" if name else step, part)
        return
    inner = getattr(estimator, "estimator", None)
    if hasattr(inner, "get_params"):
        _add(nodes, name, inner)
        return
    is_estimator = hasattr(estimator, "get_params")
    op = type(estimator).__name__ if is_estimator else "passthrough"
    parameters = estimator.get_params(deep=False) if is_estimator else {}
    node = GraphNode(
        f"{name}/{op}" if name else op,
        op,
        [nodes[-1].name],
        {key: str(plain(value)) for key, value in parameters.items()},
    )
    nodes.append(node)
