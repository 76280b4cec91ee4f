"""The code on the page of torchvision, on the texts that its commands print.

torchvision itself is not asked for: what stands for it has its signatures.
"""

import re
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "recipes" / "torchvision.rst"
CODE = re.compile(r"^\.\. code-block:: python\n\n((?:   .*\n|\n)+)", re.MULTILINE)
COMMAND = re.compile(r"^\.\. run:: (.+(?:\n   +[^:\s].*)*)", re.MULTILINE)


class Generator:
    """torchvision's AnchorGenerator, as far as the page goes."""

    def __init__(self, sizes, aspect_ratios):
        self.counts = [
            len(a) * len(b) for a, b in zip(sizes, aspect_ratios, strict=True)
        ]

    def num_anchors_per_location(self):
        return self.counts


class Boxes:
    """torchvision's DefaultBoxGenerator."""

    def __init__(self, aspect_ratios, scales=None, steps=None, clip=True):
        assert len(scales) == len(aspect_ratios) + 1 == len(steps) + 1


class Made:
    """A model or a part of one, with what it was made of."""

    def __init__(self, **made_of):
        self.__dict__.update(made_of)


def fasterrcnn_resnet50_fpn(
    *, weights=None, weights_backbone=None, rpn_anchor_generator=None
):
    rpn = Made(anchor_generator=rpn_anchor_generator)
    return Made(rpn=rpn, backbone=Made(out_channels=256))


def retinanet_resnet50_fpn(
    *, weights=None, weights_backbone=None, anchor_generator=None
):
    backbone = Made(out_channels=256)
    return Made(anchor_generator=anchor_generator, backbone=backbone)


def ssd300_vgg16(*, weights=None, weights_backbone=None):
    return Made(anchor_generator=None)


def rpn_head(in_channels, num_anchors, conv_depth=1):
    return Made(channels=in_channels, anchors=num_anchors)


def retinanet_head(in_channels, num_anchors, num_classes):
    return Made(channels=in_channels, anchors=num_anchors, classes=num_classes)


@pytest.fixture
def torchvision(monkeypatch):
    """Its names that the page uses, with their signatures of version 0.28."""
    parts = {
        "anchor_utils": {"AnchorGenerator": Generator, "DefaultBoxGenerator": Boxes},
        "rpn": {"RPNHead": rpn_head},
        "retinanet": {"RetinaNetHead": retinanet_head},
    }
    whole = "torchvision.models.detection"
    names = [*(whole[:i] for i, sign in enumerate(whole) if sign == "."), whole]
    names += [f"{whole}.{part}" for part in parts]
    for name in names:
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    for part, content in parts.items():
        vars(sys.modules[f"{whole}.{part}"]).update(content)


def test_the_page_in_its_order(torchvision, run_command):
    """Each text that a command prints is run, then the code below it."""
    makers = (fasterrcnn_resnet50_fpn, retinanet_resnet50_fpn, ssd300_vgg16)
    names = {maker.__name__: maker for maker in makers}
    text = PAGE.read_text("utf-8")
    pieces = re.split(r"^\.\. (?=run::|code-block::)", text, flags=re.MULTILINE)
    n_blocks = 0
    for before, piece in pairwise(pieces):
        if before.startswith("run::") and piece.startswith("code-block::"):
            (command,) = COMMAND.findall(f".. {before}")
            said = run_command(" ".join(command.split()))
            exec(said[said.index("from torchvision") :], names)
        for code in CODE.findall(f".. {piece}"):
            exec("\n".join(line[3:] for line in code.splitlines()), names)
            n_blocks += 1
    assert n_blocks == len(CODE.findall(text)) == 6
    model, generator = names["model"], names["anchor_generator"]
    assert model.head.anchors == names["n_anchors"] == generator.counts[0]
