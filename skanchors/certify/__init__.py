"""Proof of how far from the best possible a set of anchors is."""

from skanchors.certify._certificate import Certificate
from skanchors.certify._certify import certify_anchors
from skanchors.certify._display import CertificateDisplay

__all__ = ["Certificate", "CertificateDisplay", "certify_anchors"]
