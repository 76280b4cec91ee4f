"""
=============================
From annotations to anchors
=============================

On the bundled sample, nine anchors reach a mean IoU of 0.724. The anchors that YOLOv3
ships with reach 0.620 on the same boxes, and two of its nine are nearest to no box.
"""

# %%
# The annotation files
# --------------------
# The sample is 120 synthetic files in the XML format of PASCAL VOC. For a folder of
# your own, take ``paths = list_annotations("path/to/VOC2007")``, also from
# `skanchors.datasets`.
from skanchors.datasets import load_sample_paths

paths = load_sample_paths()
print(len(paths), "files")

# %%
# A Pipeline from files to anchors
# --------------------------------
# The first step reads the widths and heights, in pixels of the network's input. The
# second finds the anchors. Only the sizes of boxes count, not their places.
from sklearn.pipeline import Pipeline

from skanchors import IoUKMeans, VOCBoxExtractor

pipe = Pipeline(
    [
        ("boxes", VOCBoxExtractor(input_size=416)),
        ("km", IoUKMeans(9, random_state=0)),
    ]
).fit(paths)

anchors = pipe["km"].cluster_centers_
for (width, height), ratio in zip(anchors, anchors[:, 0] / anchors[:, 1], strict=True):
    print(f"{width:4.0f} x {height:3.0f}   width / height {ratio:.2f}")

# %%
# The score is the mean IoU: for each box the IoU with the anchor that fits it best, and
# of these the mean.
print(f"mean IoU {pipe.score(paths):.3f}")

# %%
# The boxes as they are
# ---------------------
# Each point is one box.
from skanchors.inspection import BoxSizeDisplay

boxes = pipe["boxes"].transform(paths)
display = BoxSizeDisplay.from_boxes(boxes)

# %%
# The clusters
# ------------
# Each colour is the share of one anchor.
from skanchors.inspection import AnchorClustersDisplay

display = AnchorClustersDisplay.from_estimator(pipe, paths)

# %%
# Compared with the anchors of YOLOv3
# -----------------------------------
# They were fitted to COCO. Here they fit worse, and some of them fit nothing.
from skanchors.export import default_anchors
from skanchors.inspection import anchor_report

yolov3 = default_anchors("yolov3")
report = anchor_report(boxes, yolov3).to_dict()
print(f"mean IoU of YOLOv3's anchors: {report['mean_iou']:.3f}")
print("nearest to no box: anchors", report["unused"])

# %%
# Into the configuration
# ----------------------
# The text for a Darknet configuration; other styles work likewise, see
# `skanchors.export.style_names`.
from skanchors.export import format_anchors

print(format_anchors(anchors, "darknet", n_classes=6))
