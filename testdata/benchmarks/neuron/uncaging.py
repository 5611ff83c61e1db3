"""The evaluations of a fit as a loop in NEURON: one curve of uncaging-fit, 1 to 30 synapses.

    nrnivmodl && python3 uncaging.py [rounds]

Prints the peaks (mV), which tests of neurosim hold against the same numbers, and seconds per
evaluation of 30 runs: set the conductances, finitialize, continuerun, the largest potential of
the soma. One process; building the cell is not timed.
"""
import sys
import time

from neuron import h

h.load_file("stdrun.hoc")
SECTIONS = [("soma", None, 20, 20, 1), ("trunk", "soma", 300, 2, 15), ("tuft0", "trunk", 200, 1, 15),
            ("tuft1", "trunk", 200, 1, 15), ("basal0", "soma", 150, 1, 15), ("basal1", "soma", 150, 1, 15),
            ("basal2", "soma", 150, 1, 15)]
cell = {}
for name, parent, length, diameter, n in SECTIONS:
    s = cell[name] = h.Section(name=name)
    s.L, s.diam, s.nseg, s.cm, s.Ra = length, diameter, n, 1, 150
    s.insert("pas")
    for segment in s:
        segment.pas.g, segment.pas.e = 5e-5, -70
    if parent:
        s.connect(cell[parent](0.5 if parent == "soma" else 1))
SITES, MOST = [6, 7, 8, 9], 30
synapses, connections = [], []
stimulus = h.NetStim()
stimulus.number, stimulus.start = 1, 10
for j in range(MOST):
    s = h.NmdaAmpa(cell["basal1"]((SITES[j % 4] + 0.5) / 15))
    synapses.append(s)
    connections.append(h.NetCon(stimulus, s, 0, 0, 1))
v = h.Vector().record(cell["soma"](0.5)._ref_v)
h.dt, h.steps_per_ms, h.v_init = 0.025, 40, -70


def evaluation(ampa, nmda):
    peaks = []
    for s in synapses:
        s.ampa, s.nmda = ampa * 1e-3, nmda * 1e-3
    for k in range(1, MOST + 1):
        for j, c in enumerate(connections):
            c.weight[0] = j < k
        h.finitialize(-70)
        h.continuerun(110)
        peaks.append(v.max() + 70)
    return peaks


rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
least = float("inf")
for _ in range(rounds):
    start = time.perf_counter()
    peaks = evaluation(0.37, 0.83)
    least = min(least, time.perf_counter() - start)
print(" ".join(f"{p:.6g}" for p in peaks))
print(f"{least:.3f} s per evaluation, least of {rounds}")
