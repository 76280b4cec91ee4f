"""Order of the examples in the gallery."""


class GalleryOrder:
    """The example from files to anchors first, then by name."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, filename):
        return filename != "plot_anchors_from_voc.py", filename

    def __repr__(self):
        # sphinx-gallery compares it with that of the last build.
        return type(self).__name__
