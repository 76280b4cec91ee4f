"""How Sphinx builds the documentation.

Build it with ``sphinx-build -W --keep-going -b html docs docs/_build/html``. Nothing is
fetched from the network.
"""

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS), str(DOCS / "_ext")]

import api_table  # noqa: E402
import generate  # noqa: E402
import inventories  # noqa: E402

import skanchors  # noqa: E402
from skanchors._doc_link import DOCS_URL  # noqa: E402

project = "skanchors"
author = "The skanchors developers"
copyright = "the skanchors developers, BSD 3-Clause License"
version = release = skanchors.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.viewcode",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
    "mathml",
    "generate",
    "run",
    "shown",
    "api_tables",
    "gallery_alt",
    "gallery_figures",
    "check_pages",
]
# Nothing is fetched: see _ext/inventories.py.
intersphinx_mapping = inventories.write_all(DOCS / "generated")
viewcode_line_numbers = True
# Prompts are not copied, and of a session only what was typed.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
# The last was written by builds of before.
exclude_patterns = ["_build", "auto_examples/*.py", "sg_execution_times.rst"]
templates_path = ["_templates"]
html_math_renderer = "mathml"

# `name` in a docstring is a link where the name is one of this package.
default_role = "py:obj"
add_function_parentheses = False
add_module_names = False
toc_object_entries_show_parents = "hide"
autosummary_generate = True
# Docstrings say it, and in words; array-likes alone would fill five lines.
autodoc_typehints = "none"
# Public packages say in __all__ what is theirs.
autosummary_ignore_module_all = False
numpydoc_show_class_members = False
numpydoc_show_inherited_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": str(DOCS.parent / "examples"),
    "gallery_dirs": "auto_examples",
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("skanchors",),
    # What is printed, and tables; not that a line returned a legend.
    "capture_repr": ("_repr_html_",),
    # As many at once as pages: sphinx-build -j.
    "parallel": True,
    "abort_on_example_error": False,
    "only_warn_on_example_error": False,
    "show_memory": False,
    "min_reported_time": 1,
    # A page of times would ask the network for its scripts.
    "write_computation_times": False,
    "remove_config_comments": True,
    "download_all_examples": False,
    "show_signature": False,
    # The example from start to end first, the others by name.
    "within_subsection_order": "gallery_order.GalleryOrder",
}

html_theme = "pydata_sphinx_theme"
html_title = "skanchors"
html_baseurl = f"{DOCS_URL}/"
html_static_path = ["_static"]
html_css_files = ["skanchors.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "skanchors"},
    "navigation_with_keys": False,
    "header_links_before_dropdown": 5,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}
html_sidebars = {"index": [], "quick_start": [], "changelog": [], "comparison": []}


def setup(app):
    api_table.write_pages(DOCS / "generated")
    generate.write_all(DOCS / "generated")
    app.connect("missing-reference", resolve_short_name)
    app.connect("autodoc-skip-member", skip_foreign_members)


def resolve_short_name(app, env, node, contnode):
    """Link names that are given without their package, such as `IoUKMeans`."""
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py":
        return None
    name, _, rest = target.partition(".")
    home = api_table.homes().get(name)
    if home is None:
        return None
    full = f"{home}.{target}" if rest else f"{home}.{name}"
    domain = env.get_domain("py")
    return domain.resolve_xref(
        env, node["refdoc"], app.builder, "obj", full, node, contnode
    )


# Of what scikit-learn's base classes add, what users of these classes call.
_KEPT = {"fit_predict", "fit_transform", "get_feature_names_out"}


def skip_foreign_members(app, what, name, member, skip, options):
    """Leave out scikit-learn's machinery, and what it says of its own guide."""
    if what != "class" or name in _KEPT:
        return None
    module = getattr(member, "__module__", "") or ""
    is_request = name.startswith("set_") and name.endswith("_request")
    return True if is_request or module.startswith("sklearn.") else None
