"""Whether anchors are judged on the images that they were fitted to.

The images of a fit are summed up by the smallest hashes of all of them, a few thousand
characters whatever their number. Which of the images at hand have one of these hashes
says how many were in the fit: exactly, where the fit had few images.
"""

import hashlib
from itertools import pairwise
from typing import Any

import numpy as np

_KEPT = 500
# Fewer are chance: two data sets may hold an image of the same name and box.
_FEWEST = 0.02


def sketch(table: Any) -> dict[str, Any]:
    """What the JSON of a fit says about its images."""
    hashes = np.unique(_hashes(table))
    return {
        "n_images": len(hashes),
        "hashes": "".join(f"{value:016x}" for value in hashes[:_KEPT].tolist()),
    }


def share_seen(table: Any, fitted_on: Any) -> float:
    """The share of the images with boxes that were in the fit; 0 if nobody knows."""
    try:
        text, n_images = str(fitted_on["hashes"]), int(fitted_on["n_images"])
        kept = np.array(
            [int(text[i : i + 16], 16) for i in range(0, len(text), 16)],
            dtype=np.uint64,
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return 0.0
    found = np.unique(_hashes(table))
    if not len(kept) or not len(found):
        return 0.0
    if n_images > len(kept):
        found = found[found <= kept.max()]
    share = float(np.isin(found, kept).mean()) if len(found) else 0.0
    return share if share >= _FEWEST else 0.0


def _hashes(table: Any) -> np.ndarray:
    """One number an image, of its name and its boxes as they are in the file."""
    order = np.argsort(table.image_index, kind="stable")
    index = table.image_index[order]
    boxes = np.round(np.column_stack([table.width, table.height])[order], 3)
    starts = np.flatnonzero(np.append(True, index[1:] != index[:-1])[: len(index)])
    hashes = []
    for start, stop in pairwise([*starts.tolist(), len(index)]):
        rows = boxes[start:stop]
        rows = rows[np.lexsort(rows.T)]
        text = f"{table.image_id[order[start]]} {rows.tolist()}"
        digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8)
        hashes.append(int.from_bytes(digest.digest(), "big"))
    return np.array(hashes, dtype=np.uint64)
