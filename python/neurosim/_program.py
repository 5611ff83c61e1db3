"""The program: where it is, its command line, its errors."""

import json
import math
import os
import shutil
import signal
import subprocess

from ._results import load


class Error(Exception):
    """What the program refused or failed at, in its words.

    status is its exit status. run is the Run that it left all the same: that of status 1, where a
    figure or a file could not be made of whole results, and of status 4, where a check does not
    hold. It is None where there is none.
    """

    def __init__(self, message, status, run=None):
        super().__init__(message)
        self.status = status
        self.run = run


def find():
    """The path of the program: that which NEUROSIM names, else neurosim on the path."""
    named = os.environ.get("NEUROSIM", "")
    path = shutil.which(named or "neurosim")
    if path is None:
        if named:
            raise FileNotFoundError(f"NEUROSIM = {named}: there is no such program")
        raise FileNotFoundError(
            "the program neurosim is not on the path: install it with go install ./cmd/neurosim, or name it in the environment variable NEUROSIM"
        )
    return path


def run(config, values=None, *, directory=None, seed=None, threads=None, overwrite=False, resume=False, strict=False, verbose=False, **tables):
    """Run a configuration and return its Run.

    config     a file, or the name of a shipped configuration
    values     dictionary of values by dotted key: {"run.tstop": "2 s"}; a dictionary as a value
               replaces a whole table
    tables     the same by nested tables, of which only the keys that are named change:
               run={"tstop": "2 s"}
    directory  where the run is left; by default out/NAME, or out/NAME-2 ... where that exists
    overwrite  replace the run in directory
    resume     continue the interrupted run in directory
    strict     fail where a number of [compare] is outside what was measured
    verbose    show what the program says while it runs

    Raises Error with the program's message. An interruption (Ctrl-C, or that of a notebook's
    kernel) lets the program save its state, from which resume goes on.
    """
    args = [find(), "run", os.fspath(config), "--json"]
    for key, value in [*(values or {}).items(), *_flat(tables)]:
        args += ["--set", f"{key}={_toml(value)}"]
    for flag, value in [("-o", directory), ("--seed", seed), ("--threads", threads)]:
        if value is not None:
            args += [flag, os.fspath(value) if flag == "-o" else str(int(value))]
    for flag, wanted in [("--overwrite", overwrite), ("--resume", resume), ("--strict", strict)]:
        if wanted:
            args.append(flag)
    status, out, said = _call(args, verbose)
    result = None
    if out.strip():
        result = load(json.loads(out)["directory"])
    if status != 0:
        raise Error(said.strip() or f"neurosim ended with status {status}", status, result)
    return result


def _call(args, verbose):
    """Status, standard output and standard error of the program, which an interruption reaches."""
    if not verbose:
        args = [*args, "--quiet"]
    with subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=None if verbose else subprocess.PIPE, text=True, encoding="utf-8") as p:
        try:
            out, said = p.communicate()
        except KeyboardInterrupt:
            p.send_signal(signal.SIGINT)  # the kernel of a notebook is interrupted alone
            p.communicate()
            raise
    return p.returncode, out, said or ""


def _flat(tables, prefix=""):
    """Pairs of a dotted key and a value, of nested tables."""
    for key, value in tables.items():
        key = prefix + _key(key)
        if isinstance(value, dict):
            yield from _flat(value, key + ".")
        else:
            yield key, value


def _key(name):
    """A part of a dotted key, in quotes where TOML needs them."""
    if name and all(c.isascii() and (c.isalnum() or c in "_-") for c in name):
        return name
    return _quoted(name)


def _toml(value):
    """A value as TOML."""
    if hasattr(value, "tolist"):  # of NumPy
        value = value.tolist()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return repr(value).replace("infinity", "inf")
        return repr(value)
    if isinstance(value, int):
        return repr(value)
    if isinstance(value, (str, os.PathLike)):
        return _quoted(os.fspath(value))
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    raise TypeError(f"{value!r} is no value of a configuration: those are texts, numbers, truth values, lists and dictionaries")


def _quoted(text):
    """A basic string of TOML, whose escapes are among those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
