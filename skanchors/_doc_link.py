"""Where the diagrams of estimators find their documentation."""

# Where the documentation is expected to be published. This is the one place that says
# it, but for pyproject.toml; docs/contributing.rst says what a release does about it.
DOCS_URL = "https://skanchors.readthedocs.io/en/stable"


class DocLinkMixin:
    """The "?" of an estimator's diagram leads to its page of the API reference.

    scikit-learn's diagrams take the three attributes from any estimator. A subclass in
    another package has no page here and gets no link.
    """

    _doc_link_module = "skanchors"
    _doc_link_template = DOCS_URL + "/generated/skanchors.{name}.html"

    def _doc_link_url_param_generator(self) -> dict[str, str]:
        return {"name": type(self).__name__}
