"""Writes the small HDF5 files of this folder by h5py: each structure that is read, in few bytes.

usage: cd testdata && python3 small.py && python3 dump.py *.h5 >small.txt
"""
import h5py
import numpy as np


def fill(f):
    f.attrs["units"] = "ms"
    f.attrs["fixed"] = np.bytes_("abc")
    f.attrs.create("sorting", 2, dtype=h5py.enum_dtype({"none": 0, "by_id": 1, "by_time": 2}, "u1"))
    f["x"] = np.arange(3, dtype="f4")
    f.create_dataset("chunked", data=np.arange(25, dtype="u2").reshape(5, 5), chunks=(3, 2), compression=1, shuffle=True, fletcher32=True)
    f["text"] = np.array(["a", "", "µ"], object)
    f["soft"] = h5py.SoftLink("x")
    f["group/y"] = f["x"]


for bound in ["earliest", "v108"]:
    with h5py.File("%s.h5" % bound, "w", libver=(bound, "v108")) as f:
        fill(f)
with h5py.File("dense.h5", "w", libver=("v108", "v108")) as f:
    for i in range(9):
        f.create_group("g%d" % i)
        f.attrs["a%d" % i] = np.uint8(i)
