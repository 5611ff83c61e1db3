"""Writes HDF5 files by h5py, with what this package reads and what it refuses.

usage: make.py DIRECTORY

Each file is written with two bounds of the format: earliest (as HDF5 1.6) and v108.
"""
import sys

import h5py
import numpy as np

rng = np.random.default_rng(1)


def everything(f):
    f.attrs["magic"] = np.uint32(0x0A7A)
    f.attrs["version"] = np.array([0, 1], "u4")
    f.attrs["text"] = "µ-opioid"
    f.attrs["texts"] = np.array(["a", "", "ccc"], object)
    f.attrs["fixed"] = np.bytes_("abc")
    f.attrs["empty"] = h5py.Empty("f8")
    sorting = h5py.enum_dtype({"none": 0, "by_id": 1, "by_time": 2}, "u1")
    f.attrs.create("sorting", 2, dtype=sorting)
    many = f.create_group("many attributes")
    for i in range(200):
        many.attrs["attribute %03d" % i] = np.arange(i % 7, dtype="i4")
    links = f.create_group("links")
    for i in range(1500):
        links.create_group("link %d" % i) if i % 100 == 0 else links.create_dataset("link %d" % i, data=i)
    numbers = f.create_group("numbers")
    for t in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8", ">i2", ">i4", ">i8", ">u8", ">f4", ">f8"]:
        x = rng.integers(0, 100, 37).astype(t)
        numbers[t.replace(">", "big ")] = x
        numbers.create_dataset("chunked " + t, data=x, chunks=(5,), compression=4, shuffle=True, fletcher32=True)
    numbers["scalar"] = 3.5
    numbers["nothing"] = np.zeros(0)
    numbers["no rows"] = np.zeros((0, 4), "f4")
    numbers.create_dataset("never written", (10, 10), "f4", chunks=(4, 4), fillvalue=2.5)
    numbers.create_dataset("contiguous, never written", (100,), "i4", fillvalue=-7)
    part = numbers.create_dataset("partly written", (64, 64), "i4", chunks=(8, 8), fillvalue=-1)
    part[20:30, 3:50] = 7
    numbers["bool"] = np.array([True, False])
    numbers["second name"] = numbers["f8"]
    numbers["soft"] = h5py.SoftLink("/numbers/f4")
    numbers["soft of soft"] = h5py.SoftLink("soft")
    big = rng.integers(0, 1000, (300, 40)).astype("u2")
    f.create_dataset("two", data=big, chunks=(7, 11), compression=1)
    f.create_dataset("three", data=big.reshape(30, 10, 40), chunks=(7, 3, 9), shuffle=True, compression=9)
    f.create_dataset("fletcher", data=big, chunks=(300, 40), fletcher32=True)
    f.create_dataset("odd", data=rng.integers(0, 255, 1001).astype("u1"), chunks=(1001,), fletcher32=True)
    f.create_dataset("many chunks", data=np.arange(70000), chunks=(8,))
    grows = f.create_dataset("grows", (0,), "f8", maxshape=(None,), chunks=(100,), shuffle=True, compression=1)
    for i in range(30):
        grows.resize((grows.shape[0] + 33,))
        grows[-33:] = rng.random(33)
    f["texts"] = np.array(["", "a", "β" * 5000] + ["text %d" % i for i in range(1000)], object)
    f["fixed texts"] = np.array([b"a", b"bb", b"ccc"])
    f.create_dataset("chunked texts", data=np.array(["x" * i for i in range(50)], object), chunks=(7,), compression=1)
    named = np.dtype("i4")
    f["a named type"] = named
    f.create_dataset("of a named type", data=[1, 2, 3], dtype=f["a named type"])
    f["of a named type"].attrs.create("attribute of a named type", [5], dtype=f["a named type"])
    deep = f
    for i in range(20):
        deep = deep.create_group("deeper")
    f.create_dataset("compact", (5,), "i2", data=np.arange(5, dtype="i2"))
    dcpl = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    dcpl.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple((6,))
    d = h5py.h5d.create(f.id, b"really compact", h5py.h5t.NATIVE_DOUBLE, space, dcpl)
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(6.0))


def refused(f):
    f["compound"] = np.zeros(3, [("a", "i4"), ("b", "f8")])
    f["reference"] = np.array([f.ref], h5py.ref_dtype)
    f.create_dataset("sequence", (2,), h5py.vlen_dtype("i4"))
    f.create_dataset("lzf", data=np.arange(100), chunks=(10,), compression="lzf")
    f.create_dataset("scale-offset", data=np.arange(100), chunks=(10,), scaleoffset=0)
    f["elsewhere"] = h5py.ExternalLink("other.h5", "/x")
    f["loop"] = h5py.SoftLink("/loop")
    f["dangling"] = h5py.SoftLink("/nowhere")
    f["half"] = np.zeros(3, "f2")
    f["opaque"] = np.zeros(3, "V5")
    f.create_dataset("external", (10,), "i4", external=[("raw.bin", 0, 40)])
    f["array"] = np.zeros(2, [("x", "i4", (3,))])["x"]
    f.create_dataset("arrays", (2,), np.dtype(("i4", (3,))))
    f.attrs["compound"] = np.zeros((), [("a", "i4")])


for bound in ["earliest", "v108"]:
    with h5py.File("%s/everything-%s.h5" % (sys.argv[1], bound), "w", libver=(bound, "v108")) as f:
        everything(f)
    with h5py.File("%s/refused-%s.h5" % (sys.argv[1], bound), "w", libver=(bound, "v108")) as f:
        refused(f)
with h5py.File(sys.argv[1] + "/user block.h5", "w", userblock_size=1024) as f:
    f["x"] = np.arange(10)
with h5py.File(sys.argv[1] + "/order.h5", "w", libver=("v108", "v108"), track_order=True) as f:
    for i in range(20):
        f["z%d" % (20 - i)] = i
        f.attrs["z%d" % (20 - i)] = i
with h5py.File(sys.argv[1] + "/v110.h5", "w", libver=("v110", "v110")) as f:
    f["contiguous"] = np.arange(10)
    f.create_dataset("chunked", data=np.arange(10), chunks=(3,))
with h5py.File(sys.argv[1] + "/virtual.h5", "w", libver=("v110", "v110")) as f:
    layout = h5py.VirtualLayout((10,), "i8")
    layout[:] = h5py.VirtualSource("v110.h5", "contiguous", (10,))
    f.create_virtual_dataset("virtual", layout)
with h5py.File(sys.argv[1] + "/scale-offset.h5", "w") as f:
    f.create_dataset("scale-offset", data=np.arange(100), chunks=(10,), scaleoffset=0)
open(sys.argv[1] + "/raw.bin", "wb").write(bytes(40))
with h5py.File(sys.argv[1] + "/external.h5", "w") as f:
    f.create_dataset("external", (10,), "i4", external=[("raw.bin", 0, 40)])
