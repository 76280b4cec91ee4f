"""Callbacks for scikit-learn's callback protocol."""

from skanchors.callbacks._tensorboard import TensorBoardLogger

__all__ = ["TensorBoardLogger"]
