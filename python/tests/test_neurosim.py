"""Tests of the package with a program: NEUROSIM names it, or it is on the path."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

try:
    import numpy as np
except ImportError:
    raise unittest.SkipTest("needs numpy: install python3-numpy") from None

import neurosim
from neurosim import _program, _results

SHORT = {"run.tstop": "400 ms", 'sweep.axes."inputs.patterns.swap"': [0.2, 0.5], "output.formats": ["png", "svg"]}


def program():
    """Whether there is a program; what needs one is skipped without."""
    try:
        return neurosim.find()
    except FileNotFoundError:
        return None


class Values(unittest.TestCase):
    """Values and keys of a configuration as TOML."""

    def test_toml(self):
        for value, text in [
            ("2 s", '"2 s"'),
            ('a "b"\n\\', '"a \\"b\\"\\n\\\\"'),
            (True, "true"),
            (3, "3"),
            (0.1, "0.1"),
            (float("inf"), "inf"),
            (np.float64(0.25), "0.25"),
            (np.arange(3), "[0, 1, 2]"),
            (["a", 1], '["a", 1]'),
            ({"a b": {"c": False}}, '{ "a b" = { c = false } }'),
            (Path("x/y"), '"x/y"'),
        ]:
            self.assertEqual(_program._toml(value), text)
        with self.assertRaisesRegex(TypeError, "no value of a configuration"):
            _program._toml(object())

    def test_nested_tables(self):
        self.assertEqual(dict(_program._flat({"run": {"tstop": "1 s"}, "populations": {"L5 PC": {"size": 2}}})), {"run.tstop": "1 s", 'populations."L5 PC".size': 2})

    def test_times(self):
        steps = np.array([0, 123, 10**9])
        self.assertEqual(_results._times(steps, "0.1").tolist(), [0.0, 12.3, 1e8])


class NoProgram(unittest.TestCase):
    def test_not_found(self):
        before = os.environ.get("NEUROSIM")
        os.environ["NEUROSIM"] = "/none/such"
        try:
            with self.assertRaisesRegex(FileNotFoundError, "NEUROSIM = /none/such"):
                neurosim.find()
        finally:
            if before is None:
                del os.environ["NEUROSIM"]
            else:
                os.environ["NEUROSIM"] = before

    def test_no_run(self):
        with tempfile.TemporaryDirectory() as tmp, self.assertRaisesRegex(FileNotFoundError, "not the directory of a run"):
            neurosim.load(tmp)


@unittest.skipUnless(program(), "needs the program: NEUROSIM names it")
class WithProgram(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = Path(tempfile.mkdtemp())
        cls.runs = {
            formats: neurosim.run("quickstart", {**SHORT, "record.formats": formats.split()}, directory=cls.tmp / formats.replace(" ", "-"), seed=7)
            for formats in ("csv", "binary", "csv npz")
        }

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.tmp)

    def test_recordings_are_the_same_in_every_format(self):
        base = self.runs["csv"]
        for formats, run in self.runs.items():
            for name in ("spikes", "nmda", "presentations", "rates"):
                self.same(getattr(base, name), getattr(run, name), f"{name} of {formats}")
            self.same(base.traces["cell"], run.traces["cell"], "traces of " + formats)
            for name in base.tables:
                self.same(base.tables[name], run.tables[name], "table " + name)

    def same(self, a, b, what):
        self.assertEqual(a.columns, b.columns, what)
        self.assertEqual(a.units, b.units, what)
        self.assertGreater(len(a), 0, what)
        for name in a.columns:
            np.testing.assert_array_equal(a[name], b[name], what + ", " + name)

    def test_values_reach_the_program(self):
        run = self.runs["csv"]
        self.assertEqual(run.record["seed"], 7)
        self.assertEqual(run.metrics["tstop_ms"], 400)
        if sys.version_info >= (3, 11):
            self.assertEqual(run.config["run"]["tstop"], "400 ms")
        other = neurosim.run("quickstart", SHORT, directory=self.tmp / "tables", run={"tstop": "300 ms"}, record={"dendritic": False}, threads=1)
        self.assertEqual(other.metrics["tstop_ms"], 300)
        with self.assertRaisesRegex(FileNotFoundError, "the run has no dendritic_events"):
            other.nmda

    def test_spikes(self):
        run = self.runs["csv npz"]
        for population in ("input", "E"):
            self.assertEqual(len(run.spikes.where(population=population)), run.metrics[population + ".spikes"])
        one = run.spikes.where(population="E", cell=3)
        self.assertEqual(set(one["cell"].tolist()), {3})
        self.assertEqual(run.spikes.units["time_ms"], "ms")
        self.assertTrue(all(meaning for _, _, meaning in run.spikes.describe()))
        self.assertEqual((run.nmda["event"] == "start").sum(), run.metrics["E.basal.nmda_spikes"])
        self.assertEqual(len(run.spikes[10:20]), 10)
        with self.assertRaisesRegex(KeyError, "there are step, time_ms, population, cell"):
            run.spikes["cells"]
        with self.assertRaisesRegex(KeyError, "no column 'area'"):
            run.spikes.where(area=3)

    def test_traces_and_figures(self):
        run = self.runs["csv"]
        table = run.traces["cell"]
        column = next(c for c in table.columns if c.endswith(".V_m"))
        self.assertEqual(table.units[column], "mV")
        figure = run.figures["raster"]
        data, about = figure._repr_mimebundle_()
        self.assertIn("image/png", data)
        self.assertGreater(about["image/png"]["width"], 100)
        self.assertTrue(figure.caption.strip())
        self.assertEqual(list(figure.tables), [n for n in run.tables if n.startswith("raster")])
        self.assertIn("<img", run._repr_html_())
        self.assertIn("<table>", table._repr_html_())
        self.assertIn("raster", repr(run))
        with self.assertRaisesRegex(FileNotFoundError, "neurosim plot"):
            figure.path("pdf")
        with self.assertRaisesRegex(KeyError, "there are accuracy, raster, traces"):
            run.figures["rasters"]

    def test_errors(self):
        with self.assertRaisesRegex(neurosim.Error, "run.tstopp: unknown key.*did you mean") as e:
            neurosim.run("quickstart", {"run.tstopp": "1 s"}, directory=self.tmp / "bad")
        self.assertEqual(e.exception.status, 2)
        self.assertIsNone(e.exception.run)
        with self.assertRaisesRegex(neurosim.Error, "is not empty"):
            neurosim.run("quickstart", SHORT, directory=self.runs["csv"].path)

    def test_run_that_is_partly_written(self):
        directory = self.tmp / "partly"
        neurosim.run("quickstart", SHORT, directory=directory)
        (directory / "spikes.npz").mkdir()
        with self.assertRaisesRegex(neurosim.Error, "spikes.npz") as e:
            neurosim.run("quickstart", {**SHORT, "record.formats": ["npz"]}, directory=directory, overwrite=True)
        self.assertEqual(e.exception.status, 1)
        self.assertGreater(len(e.exception.run.spikes), 0)

    def test_same_version(self):
        out = subprocess.run([neurosim.find(), "version", "--json"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(json.loads(out)["version"], neurosim.__version__)
        self.assertIn(f'version = "{neurosim.__version__}"', (HERE.parent / "pyproject.toml").read_text())

    def test_pandas(self):
        try:
            import pandas
        except ImportError:
            with self.assertRaisesRegex(ImportError, "pip install pandas"):
                self.runs["csv"].spikes.dataframe()
            return
        frame = self.runs["csv"].spikes.dataframe()
        self.assertIsInstance(frame, pandas.DataFrame)
        self.assertEqual(len(frame), len(self.runs["csv"].spikes))

    def test_neo(self):
        run = self.runs["csv"]
        try:
            import neo  # noqa: F401
        except ImportError:
            with self.assertRaisesRegex(ImportError, "pip install neo"):
                run.neo()
            return
        segment = run.neo().segments[0]
        self.assertEqual(sum(len(t) for t in segment.spiketrains), len(run.spikes))
        train = segment.spiketrains[-1]
        own = run.spikes.where(population=train.annotations["population"], cell=train.annotations["cell"])
        self.assertEqual(train.times.rescale("ms").magnitude.tolist(), own["time_ms"].tolist())
        self.assertEqual(float(train.t_stop.rescale("ms")), run.metrics["tstop_ms"])
        signal = next(s for s in segment.analogsignals if s.name.endswith(".V_m"))
        self.assertEqual(str(signal.dimensionality), "mV")
        self.assertEqual(len(signal), len(run.traces["cell"]))
        self.assertAlmostEqual(float(signal.sampling_period.rescale("ms")), 0.1)

    def test_notebook(self):
        """The code of the notebook runs, as plain Python."""
        cells = json.loads((HERE.parent / "example.ipynb").read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        script = f"import sys; sys.path.insert(0, {str(HERE.parent)!r})\n" + code
        done = subprocess.run([sys.executable, "-c", script], cwd=self.tmp, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_installs_without_a_network(self):
        try:
            import setuptools  # noqa: F401
        except ImportError:
            self.skipTest("needs setuptools: install python3-setuptools")
        if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode != 0:
            self.skipTest("needs pip: install python3-pip")
        source = self.tmp / "source"
        shutil.copytree(HERE.parent, source, ignore=shutil.ignore_patterns("__pycache__"))
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--target", self.tmp / "site", source],
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.tmp / "site" / "neurosim" / "__init__.py").exists())


if __name__ == "__main__":
    unittest.main()
