"""VGG16, the network of the usual example."""

from typing import Any

from skanchors.cost._layers import (
    AdaptiveAvgPool2d,
    Conv2d,
    Dropout,
    Linear,
    MaxPool2d,
    ReLU,
)

# Output channels of the convolutions; 0 is a pooling.
_CHANNELS = (64, 64, 0, 128, 128, 0, *[256] * 3, 0, *[512] * 3, 0, *[512] * 3, 0)


def vgg16_layers(n_classes: int = 1000) -> dict[str, Any]:
    """Describe VGG16 as an example for `profile_layers`.

    Parameters
    ----------
    n_classes : int, default=1000
        Outputs of the last layer.

    Returns
    -------
    dict of str to layer
        The layers by the names that PyTorch gives them.

    References
    ----------
    K. Simonyan and A. Zisserman, "Very deep convolutional networks for large-scale
    image recognition", ICLR 2015.

    Examples
    --------
    >>> from skanchors.cost import profile_layers, vgg16_layers
    >>> profile_layers(vgg16_layers(), (3, 224, 224)).total.params
    138357544
    """
    features, before = [], 3
    for channels in _CHANNELS:
        if channels:
            features += [Conv2d(before, channels, 3, padding=1), ReLU()]
            before = channels
        else:
            features.append(MaxPool2d(2))
    classifier = [
        Linear(512 * 7 * 7, 4096),
        ReLU(),
        Dropout(),
        Linear(4096, 4096),
        ReLU(),
        Dropout(),
        Linear(4096, n_classes),
    ]
    return {
        **{f"features.{i}": layer for i, layer in enumerate(features)},
        "avgpool": AdaptiveAvgPool2d(7),
        **{f"classifier.{i}": layer for i, layer in enumerate(classifier)},
    }
