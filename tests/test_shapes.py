"""Functions with many parameters say which shapes the arrays among them have."""

import ast
import re
from pathlib import Path

import pytest

import skanchors

ROOT = Path(skanchors.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
# More than anybody remembers.
MANY = 4
# ``shape (n_boxes, 2)``, ``weight (n_boxes,)``, or where to look.
SAYS = re.compile(r"\bshape\b|\(n\w*,|\b(?:as|of|see) `|\bscalar")


def functions(tree):
    """Functions and methods with the docstrings that speak of their parameters."""
    module = ast.get_docstring(tree) or ""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node, module + (ast.get_docstring(node) or "")
        elif isinstance(node, ast.ClassDef):
            text = module + (ast.get_docstring(node) or "")
            for method in node.body:
                if not isinstance(method, ast.FunctionDef):
                    continue
                own = ast.get_docstring(method)
                # What has no docstring of its own has that of the base class.
                if own or method.name.startswith("_") or not node.bases:
                    yield method, text + (own or "")


def arrays(node):
    """Names of the parameters that are arrays, if there are many parameters."""
    args = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    args = [arg for arg in args if arg.arg not in ("self", "cls")]
    if len(args) < MANY:
        return []
    return [a.arg for a in args if a.annotation and "ndarray" in ast.unparse(a)]


def silent(source):
    """Functions that do not say the shapes of their arrays."""
    return [
        f"{node.name}({', '.join(arrays(node))})"
        for node, text in functions(ast.parse(source))
        if arrays(node) and not SAYS.search(text)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_shapes_are_documented(path):
    assert silent(path.read_text(encoding="utf-8")) == []


def test_silence_is_heard():
    head = "def f(a: np.ndarray, b: int, c: int, d: int):"
    assert silent(f'{head}\n    """Of many."""') == ["f(a)"]
    assert silent(f'{head}\n    """Of shape (n_boxes,)."""') == []
    assert silent(head.replace(", d: int", "") + "\n    pass") == []
