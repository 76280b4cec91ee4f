"""
========================================================
A plain grid search takes the largest k; a rule does not
========================================================

On the bundled sample the mean IoU of held-out boxes rises from 0.52 with two anchors to
0.76 with sixteen and does not stop there, so the highest score says sixteen. The curve
bends at eight, with 0.69; a mean IoU of 0.65 takes seven; by the silhouette there are
no more than two clear clusters.
"""

# %%
# Search over the number of anchors
# ---------------------------------
# The Pipeline reads the annotation files and clusters the boxes, so the folds are split
# by file, and the boxes of one image stay together. One scorer gives all scores at
# once.
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from skanchors import IoUKMeans, VOCBoxExtractor
from skanchors.datasets import load_sample_paths
from skanchors.model_selection import anchor_scorer, refit_elbow

paths = load_sample_paths()
pipe = Pipeline([("boxes", VOCBoxExtractor()), ("km", IoUKMeans(random_state=0))])
search = GridSearchCV(
    pipe,
    {"km__n_clusters": range(2, 17)},
    scoring=anchor_scorer,
    refit=refit_elbow("mean_iou"),
).fit(paths)
print("chosen:", search.best_params_)

# %%
# What each rule chooses
# ----------------------
# A rule is a function of the table of results, so others can be tried without searching
# again. The highest mean IoU is that of the largest number.
from skanchors.model_selection import refit_one_standard_error, refit_smallest_above

rules = {
    "highest mean IoU": lambda table: table["mean_test_mean_iou"].argmax(),
    "elbow of the mean IoU": refit_elbow("mean_iou"),
    "one standard error, mean IoU": refit_one_standard_error("mean_iou"),
    "mean IoU of 0.65": refit_smallest_above("mean_iou", 0.65),
    "one standard error, silhouette": refit_one_standard_error("silhouette"),
}
table = search.cv_results_
for name, rule in rules.items():
    i = rule(table)
    print(
        f"{name:31}  k = {table['param_km__n_clusters'][i]:2}  "
        f"mean IoU {table['mean_test_mean_iou'][i]:.4f}  "
        f"silhouette {table['mean_test_silhouette'][i]:.4f}"
    )

# %%
# The scores over k
# -----------------
# Bands are the range of the folds.
from skanchors.inspection import ClusterCountDisplay

display = ClusterCountDisplay.from_estimator(search)

# %%
# Do different seeds agree?
# -------------------------
# With one start each, the anchors of five seeds are paired off; 1 means that all found
# the same. Where agreement is low, some anchors sit on no cluster of the data, or the
# search needs more starts.
from skanchors.model_selection import stability_scorer

boxes = VOCBoxExtractor().fit_transform(paths)
for k in (3, 6, 9, 12, 15):
    agreement = stability_scorer(IoUKMeans(k, n_init=1), boxes)
    print(f"k = {k:2}  agreement {agreement:.3f}")
