"""Functions of a benchmark, called with another version of the package beside this one.

Two versions cannot live in one process. `Beside` runs the same script in a second
process, in which the package comes from another checkout, and calls its functions
there, so that both versions are measured in turn on the same machine at the same time.
"""

import pickle
import runpy
import subprocess
import sys
from pathlib import Path


class Beside:
    """A second process in which the functions of a script use another checkout.

    Parameters
    ----------
    script : str
        Path of the script; its functions must be defined at the top.
    checkout : str or None
        Folder that holds the other version; None makes `call` return nothing.
    """

    def __init__(self, script, checkout):
        self.process = None
        if checkout is not None:
            self.process = subprocess.Popen(
                [sys.executable, __file__, script, str(Path(checkout).resolve())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )

    def __enter__(self):
        return self

    def __exit__(self, *details):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()

    def call(self, function, *arguments, **parameters):
        """What the function returns there, in a list; empty without a checkout."""
        if self.process is None:
            return []
        pickle.dump((function, arguments, parameters), self.process.stdin)
        self.process.stdin.flush()
        return [pickle.load(self.process.stdout)]


def _serve(script, checkout):
    sys.path[:0] = [checkout, str(Path(script).parent)]
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    functions = runpy.run_path(script, run_name="__beside__")
    import skanchors

    if not Path(skanchors.__file__).is_relative_to(checkout):
        sys.exit(f"{checkout} does not hold the package: {skanchors.__file__} is used.")
    while True:
        try:
            function, arguments, parameters = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(functions[function](*arguments, **parameters), answers)
        answers.flush()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
