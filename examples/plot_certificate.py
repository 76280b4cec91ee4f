"""
=================================================
Proof that no other five anchors are much better
=================================================

On the bundled sample, IoUKMeans reaches a mean IoU of 0.6356 with five anchors, and no
five anchors can reach more than 0.6366. That is proven, in seconds.
"""

# %%
# Anchors for the sample
# ----------------------
# Clustering climbs until no small step helps. Whether other anchors, far from these,
# would be better it cannot tell.
from skanchors import IoUKMeans, VOCBoxExtractor
from skanchors.datasets import load_sample_paths

X = VOCBoxExtractor().fit_transform(load_sample_paths())
kmeans = IoUKMeans(5, random_state=0).fit(X)

# %%
# A bound that no five anchors exceed
# -----------------------------------
# The sentence is a proof, not an estimate: branch and bound covers all places that an
# anchor can have.
from skanchors.certify import certify_anchors

certificate = certify_anchors(X, kmeans.cluster_centers_, tol=0.001, random_state=0)
print(certificate)
print(f"given: {certificate.given_score:.4f}, best found: {certificate.lower:.4f}")

# %%
# The bounds as they close in
# ---------------------------
# Most of the time goes into the last thousandths.
from skanchors.certify import CertificateDisplay

display = CertificateDisplay.from_certificate(certificate)
display.ax_.set_ylim(certificate.given_score - 0.01, certificate.upper + 0.04)

# %%
# Why nothing can be better
# -------------------------
# Each box gets a multiplier: the IoU that it has to be content with. The profit of an
# anchor is what it offers beyond that. The mean of the multipliers plus the profits of
# five anchors bounds their mean IoU, so with five times the largest profit it bounds
# that of any five. The picture also says where anchors must not be: one in a place with
# a profit that is lower by 0.01 costs its set at least 0.01 of the bound.
import matplotlib.pyplot as plt
import numpy as np

low, high = X.min(axis=0), X.max(axis=0)
width = np.geomspace(low[0], high[0], 120)
height = np.geomspace(low[1], high[1], 120)
grid = np.stack(np.meshgrid(width, height), axis=-1)
profit = certificate.profit(grid.reshape(-1, 2)).reshape(120, 120)

figure, ax = plt.subplots(layout="constrained")
shades = ax.contourf(width, height, profit, levels=20)
figure.colorbar(shades, label="profit")
ax.scatter(*certificate.boxes.T, s=4, color="white", alpha=0.5, label="boxes")
ax.scatter(*certificate.anchors.T, marker="x", color="red", label="anchors")
ax.set(xscale="log", yscale="log", xlabel="width", ylabel="height")
for axis in (ax.xaxis, ax.yaxis):
    axis.set_ticks([0.05, 0.1, 0.2, 0.4, 0.8])
    axis.set_ticks([], minor=True)
    axis.set_major_formatter(lambda value, _: f"{value:g}")
ax.set(xlim=width[[0, -1]], ylim=height[[0, -1]])
ax.legend()
plt.show()
