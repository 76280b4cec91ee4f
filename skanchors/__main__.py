"""``python -m skanchors`` is the ``skanchors`` command."""

import sys

from skanchors.cli import main

if __name__ == "__main__":
    sys.exit(main())
