"""Numbers and nested lists as configurations write them: with little arithmetic.

Nothing is executed: an expression is parsed, and of its parts only numbers, lists,
arithmetic, repetition, ``tuple``, ``len`` and a comprehension over a list are worked
out, within limits of length, depth and count.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

# What the longest list of anchors stays far below.
MOST_CHARACTERS = 2**18
MOST_NUMBERS = 50_000
MOST_DEPTH = 12

_OPERATORS: dict[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}
_TOKEN = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|[()\[\]{}]")
# The parser of Python nests at each of these, and has no other limit than the stack.
_NESTING = re.compile(r"(?:(?:[-+~]|\bnot\b|\blambda\b|\*\*)\s*){20}")
_CLOSING = {"(": ")", "[": "]", "{": "}"}

Names = Mapping[str, Any]


def closing(text: str, start: int) -> int | None:
    """Where the bracket that opens at `start` ends, or None if it does not.

    Brackets in quotes on one line do not count.
    """
    expected = []
    for token in _TOKEN.finditer(text, start):
        bracket = token[0]
        if bracket in _CLOSING:
            expected.append(_CLOSING[bracket])
            if len(expected) > MOST_DEPTH:
                raise ValueError("The brackets are nested too deeply.")
        elif bracket in ")]}":
            if not expected or bracket != expected.pop():
                return None
            if not expected:
                return token.end()
    return None


def parse(source: str) -> ast.expr:
    """The expression that a text is; only ValueError comes out."""
    if len(source) > MOST_CHARACTERS:
        raise ValueError(
            f"A list of {len(source)} characters is longer than any of anchors."
        )
    depth = 0
    for token in _TOKEN.finditer(source):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > MOST_DEPTH:
            raise ValueError("The brackets are nested too deeply.")
    if _NESTING.search(source):
        raise ValueError("The expression is nested too deeply.")
    try:
        return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError("This is not a list of numbers, written out.") from None


def evaluate(source: str) -> Any:
    """Work out numbers, lists and tuples of them.

    Parameters
    ----------
    source : str
        An expression.

    Returns
    -------
    float, int, list or tuple
        The value, its lists nested.

    Raises
    ------
    ValueError
        If there is anything else in it, or too much.
    """
    return Evaluation().of(parse(source))


class Evaluation:
    """One evaluation, which counts what it makes.

    Parameters
    ----------
    names : mapping of str to object or None, default=None
        What names stand for.
    """

    def __init__(self, names: Names | None = None) -> None:
        self.names = {} if names is None else names
        self.count = 0

    def of(self, node: ast.expr, depth: int = 0) -> Any:
        """The value of a node."""
        self.count += 1
        if self.count > MOST_NUMBERS or depth > 8 * MOST_DEPTH:
            raise ValueError("There is more in it than in any list of anchors.")
        match node:
            case ast.Constant(value=int() | float()) if not isinstance(
                node.value, bool
            ):
                return _limited(node.value)
            case ast.List(elts=items):
                return [self.of(item, depth + 1) for item in items]
            case ast.Tuple(elts=items):
                return tuple(self.of(item, depth + 1) for item in items)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return _limited(-_number(self.of(inner, depth + 1)))
            case ast.UnaryOp(op=ast.UAdd(), operand=inner):
                return _number(self.of(inner, depth + 1))
            case ast.BinOp():
                left = self.of(node.left, depth + 1)
                return self.binary(node.op, left, self.of(node.right, depth + 1))
            case ast.Name(id=name) if name in self.names:
                return self.names[name]
            case ast.ListComp() | ast.GeneratorExp():
                return self.comprehension(node, depth)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self.call(name, [self.of(arg, depth + 1) for arg in args])
        raise ValueError("It holds something else than numbers, written out.")

    def binary(self, operation: ast.operator, left: Any, right: Any) -> Any:
        """Arithmetic on numbers; lists can be joined and repeated."""
        if isinstance(operation, ast.Mult) and isinstance(left, list | tuple):
            if not isinstance(right, int) or not 0 < right <= 1000:
                raise ValueError(f"A list is repeated {right!r} times, not 1 to 1000.")
            self.count += right * _length(left)
            if self.count > MOST_NUMBERS:
                raise ValueError("There is more in it than in any list of anchors.")
            return left * right
        if isinstance(left, list) and isinstance(right, list):
            if isinstance(operation, ast.Add):
                return left + right
        elif type(operation) in _OPERATORS:
            left, right = _number(left), _number(right)
            if isinstance(operation, ast.Pow) and abs(right) > 64:
                raise ValueError(f"A power of {right} is none of an anchor's.")
            try:
                return _limited(_OPERATORS[type(operation)](left, right))
            except (ArithmeticError, TypeError) as error:
                raise ValueError(f"The arithmetic fails: {error}.") from None
        raise ValueError("It holds something else than numbers, written out.")

    def comprehension(self, node: ast.ListComp | ast.GeneratorExp, depth: int) -> list:
        """``[expression for name in list]``."""
        if len(node.generators) != 1 or node.generators[0].ifs:
            raise ValueError("Only a comprehension over one list is understood.")
        (generator,) = node.generators
        if not isinstance(generator.target, ast.Name):
            raise ValueError("Only a comprehension over one name is understood.")
        values, outer, made = self.of(generator.iter, depth + 1), self.names, []
        if not isinstance(values, list | tuple | range):
            raise ValueError("A comprehension needs a list.")
        for value in values:
            self.names = {**outer, generator.target.id: value}
            made.append(self.of(node.elt, depth + 1))
        self.names = outer
        return made

    def call(self, name: str, args: list) -> Any:
        """The few functions that published configurations use."""
        if len(args) == 1:
            (value,) = args
            if name in ("tuple", "list") and isinstance(value, list | tuple):
                return tuple(value) if name == "tuple" else list(value)
            if name == "len" and isinstance(value, list | tuple):
                return len(value)
            if name in ("int", "float"):
                return int(_number(value)) if name == "int" else float(_number(value))
            if name == "range" and isinstance(value, int) and value <= 1000:
                return range(value)
        raise ValueError(f"{name}() is not understood.")


def _number(value: Any) -> Any:
    if isinstance(value, int | float):
        return value
    raise ValueError("It holds something else than numbers, written out.")


def _limited(value: Any) -> Any:
    # Written so that NaN is refused; whole numbers may be too large for a float.
    if isinstance(value, complex) or not abs(value) <= 1e15:
        raise ValueError("It holds a number that is not finite, or too large.")
    return value


def _length(value: Any) -> int:
    if isinstance(value, list | tuple):
        return 1 + sum(map(_length, value))
    return 1
