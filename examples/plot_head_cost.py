"""
======================================================
Each further anchor costs as much as the one before it
======================================================

... and gains less. A YOLO head makes ``5 + n_classes`` channels for every anchor of a
level, and every anchor of every cell is one more prediction for non-maximum suppression
to sift: its cost is a straight line in the number of anchors. The mean IoU of boxes
with their best anchor flattens. The two together show where a further anchor stops
paying for itself.
"""

# %%
# Three to eighteen anchors
# -------------------------
# The sizes of the boxes of the bundled sample as fractions of the image, and the best
# anchors for each number that three levels can share out evenly.
import matplotlib.pyplot as plt
import numpy as np

from skanchors import IoUKMeans, VOCBoxExtractor
from skanchors.cost import head_cost
from skanchors.datasets import load_sample_paths

boxes = VOCBoxExtractor().fit_transform(load_sample_paths())
numbers = np.arange(3, 19, 3)
mean_iou = [IoUKMeans(k, random_state=0).fit(boxes).score(boxes) for k in numbers]

# %%
# What they cost
# --------------
# `head_cost` counts what the head's last convolution does for an input of 416 pixels
# and 20 classes. Nine anchors, as in YOLOv3:
head_cost(9, 20, 416)

# %%
# Cost against gain
# -----------------
# Read from left to right: every step to the right is equally long, every step up is
# shorter than the one before it.
cost = [head_cost(k, 20, 416).total for k in numbers]
predictions = np.array([total.predictions for total in cost])
gflops = np.array([total.flops for total in cost]) / 1e9

fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(predictions, mean_iou, "o-")
for k, x, y in zip(numbers, predictions, mean_iou, strict=True):
    left.annotate(f"k = {k}", (x, y), (7, -9), textcoords="offset points")
left.set(
    xlabel="predictions per image",
    ylabel="mean IoU of boxes with their best anchor",
)
left.margins(x=0.14, y=0.1)
left.secondary_xaxis(
    "top",
    functions=(
        lambda x: x * gflops[0] / predictions[0],
        lambda x: x * predictions[0] / gflops[0],
    ),
).set_xlabel("GFLOPs of the last convolution")

gain = 100 * np.diff(mean_iou) / np.diff(gflops)
right.bar([f"{k - 3} to {k}" for k in numbers[1:]], gain)
right.set(
    xlabel="anchors",
    ylabel="points of mean IoU for one more GFLOP",
    title="What the next three anchors bring",
)
plt.show()

# %%
# The first steps bring several times as much as the last for the same cost. To let a
# rule decide on held-out images, see `skanchors.model_selection`.
