"""Runs neurosim, a simulator of pyramidal neurons with NMDA spikes, and reads its results.

``run`` runs a configuration and returns a ``Run``; ``load`` returns the ``Run`` of a directory.
"""

from ._program import Error, find, run
from ._results import Figure, Run, Table, load

__all__ = ["Error", "Figure", "Run", "Table", "find", "load", "run"]
__version__ = "0.1.0"
