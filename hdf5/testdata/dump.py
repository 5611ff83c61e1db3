"""Prints what h5py reads from HDF5 files: a line for each file, object and attribute.

usage: dump.py FILE...

An array is printed as type, shape and CRC-32 of its bytes; strings as UTF-8 with a NUL
after each. Objects that have two names are printed under both.
"""
import sys
import zlib

import h5py
import numpy as np


def kind(dtype):
    text = h5py.check_string_dtype(dtype)
    if text is not None:
        return "str" if text.length is None else "S%d" % text.length
    if dtype == bool:
        return "enum|i1{FALSE=0,TRUE=1}"
    names = h5py.check_enum_dtype(dtype)
    if names is not None:
        return "enum" + dtype.str + "{" + ",".join("%s=%d" % p for p in sorted(names.items())) + "}"
    return dtype.str


def crc(values, dtype):
    if h5py.check_string_dtype(dtype) is None:
        return zlib.crc32(np.ascontiguousarray(values).tobytes())
    sum = 0
    for s in np.asarray(values, dtype=object).ravel():
        b = s if isinstance(s, bytes) else str(s).encode("utf-8", "surrogateescape")
        sum = zlib.crc32(b + b"\0", sum)
    return sum


def line(path, values, shape, dtype):
    print(path, kind(dtype), "x".join(map(str, shape)) or "-", "%08x" % crc(values, dtype))


def attributes(path, o):
    for name in sorted(o.attrs, key=lambda s: s.encode()):
        a = o.attrs.get_id(name)
        if a.get_space().get_simple_extent_type() == h5py.h5s.NULL:
            line(path + "@" + name, np.zeros(0), (0,), a.dtype)
        else:
            line(path + "@" + name, o.attrs[name], a.shape, a.dtype)


def show(path, o):
    if isinstance(o, h5py.Dataset):
        line(path, o[()], o.shape, o.dtype)
        attributes(path, o)
        return
    if isinstance(o, h5py.Datatype):
        print(path, "type")
        return
    print(path, "group")
    attributes(path, o)
    for name in sorted(o, key=lambda s: s.encode()):
        show(path.rstrip("/") + "/" + name, o[name])


for name in sys.argv[1:]:
    print("file", name)
    with h5py.File(name, "r") as f:
        show("/", f)
