"""What a run leaves, as arrays of NumPy."""

import base64
import csv
import html
import json
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

_SHOWN = 12  # rows of a table, and metrics, that a notebook shows


def load(directory):
    """The Run in a directory. Files are read when they are asked for."""
    return Run(directory)


class Run:
    """The directory of a run, finished or not.

    path      the directory
    record    run.json: program, command, seed, times, warnings, files and their hashes
    metrics   metrics.json
    """

    def __init__(self, directory):
        self.path = Path(directory)
        try:
            text = (self.path / "run.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            raise FileNotFoundError(f"{directory}: holds no run.json, so it is not the directory of a run") from None
        self.record = json.loads(text)
        self._kept = {}

    @property
    def files(self):
        """Names of the files of the run."""
        return [f["name"] for f in self.record["files"]]

    @property
    def metrics(self):
        """Numbers that the run is about, by name; empty where it has none."""
        return self._once("metrics", lambda: json.loads(self._text("metrics.json")) if "metrics.json" in self.files else {})

    @property
    def config(self):
        """The configuration with every default, as a dictionary."""
        return self._once("config", lambda: _toml().loads(self._text("resolved.toml")))

    @property
    def spikes(self):
        """Spikes: step, time_ms, population, cell."""
        return self._once("spikes", lambda: self._table("spikes", self._spikes_bin))

    @property
    def nmda(self):
        """Starts and ends of NMDA spikes: step, time_ms, population, cell, group, segment, event, peak_mV."""
        return self._once("nmda", lambda: self._table("dendritic_events"))

    @property
    def presentations(self):
        """Presentations of patterns: step, time_ms, input, presentation, pattern."""
        return self._once("presentations", lambda: self._table("presentations"))

    @property
    def rates(self):
        """Rates of populations and groups of segments, in bins."""
        return self._once("rates", lambda: self._table("rates"))

    @property
    def traces(self):
        """Recorded quantities in time, by the name of [record.traces.NAME]."""
        names = sorted({f[len("traces_") :].rsplit(".", 1)[0] for f in self.files if f.startswith("traces_")})
        return _Lazy(names, lambda name: self._once("traces_" + name, lambda: self._table("traces_" + name)))

    @property
    def tables(self):
        """Tables of results and points of figures, by name."""
        names = [f[len("tables/") : -len(".csv")] for f in self.files if f.startswith("tables/") and f.endswith(".csv")]
        return _Lazy(names, lambda name: self._once("tables/" + name, lambda: self._table("tables/" + name)))

    @property
    def figures(self):
        """Figures, by name. A notebook shows one that it is given."""
        names = [f[len("figures/") : -len(".json")] for f in self.files if f.startswith("figures/") and f.endswith(".json")]
        return _Lazy(names, lambda name: Figure(self, name))

    def neo(self):
        """The recordings as a Block of neo: a train for each cell that spikes, a signal for each trace."""
        try:
            import neo
        except ImportError:
            raise ImportError("Run.neo needs the package neo: pip install neo") from None
        stop = self.metrics["tstop_ms"]
        segment = neo.Segment(name=self.path.name)
        spikes = self.spikes
        for population in np.unique(spikes["population"]):
            of = spikes.where(population=population)
            order = np.argsort(of["cell"], kind="stable")
            cells, first = np.unique(of["cell"][order], return_index=True)
            for cell, times in zip(cells, np.split(of["time_ms"][order], first[1:])):
                segment.spiketrains.append(
                    neo.SpikeTrain(times, units="ms", t_start=0.0, t_stop=stop, name=f"{population} {cell}", population=str(population), cell=int(cell))
                )
        for name, table in self.traces.items():
            ms = table["time_ms"]
            every = (ms[-1] - ms[0]) / (len(ms) - 1) if len(ms) > 1 else 1.0
            for column in table.columns:
                if column in ("step", "time_ms"):
                    continue
                # times are the beginnings of steps, as in the files, and values those at their ends
                segment.analogsignals.append(
                    neo.AnalogSignal(table[column], units=_neo_unit(table.units[column]), t_start=ms[0] * _ms(), sampling_period=every * _ms(), name=column, trace=name)
                )
        block = neo.Block(name=self.path.name, times=self.record.get("times", ""))
        block.segments.append(segment)
        return block

    def __repr__(self):
        return f"<neurosim.Run {str(self.path)!r}: {self.record['outcome']}; figures {', '.join(self.figures) or 'none'}; tables {', '.join(self.tables) or 'none'}>"

    def _repr_html_(self):
        shown = list(self.metrics.items())[:_SHOWN]
        rows = "".join(f"<tr><td>{_escape(k)}</td><td>{_escape(v)}</td></tr>" for k, v in shown)
        more = len(self.metrics) - len(shown)
        if more > 0:
            rows += f"<tr><td colspan=2>and {more} more in .metrics</td></tr>"
        pictures = "".join(f"<h4>{_escape(name)}</h4>{figure._img()}" for name, figure in self.figures.items())
        return f"<h3>{_escape(self.path)}: {_escape(self.record['outcome'])}</h3><table>{rows}</table>{pictures}"

    def _once(self, key, make):
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def _text(self, name):
        return (self.path / name).read_text(encoding="utf-8")

    def _table(self, stem, otherwise=None):
        """A table from its arrays, if there are any, else from its text."""
        for ending, read in ((".npz", _read_npz), (".csv", _read_csv)):
            if stem + ending in self.files:
                return read(self.path / (stem + ending), self.record.get("holds", {}).get(stem + ending, {}).get("columns", []))
        table = otherwise() if otherwise else None
        if table is None:
            raise FileNotFoundError(f"{self.path}: the run has no {stem}: it has {', '.join(self.files)}")
        return table

    def _spikes_bin(self):
        """Spikes from records. These hold the places of populations, whose names are those of the rates, in their order."""
        if "spikes.bin" not in self.files:
            return None
        path = self.path / "spikes.bin"
        with open(path, "rb") as f:
            header = f.read(64).decode()
        records = np.fromfile(path, offset=64, dtype=[("step", "<i8"), ("population", "<u2"), ("cell", "<u4")])
        with open(self.path / "rates.csv", newline="", encoding="utf-8") as f:
            head = next(csv.reader(f))
        names = [h[: -len(" (spikes/s)")] for h in head if h.endswith(" (spikes/s)")]
        dt = header.split()[-1]
        columns = {
            "step": records["step"],
            "time_ms": _times(records["step"], dt),
            "population": _Names(records["population"], np.array(names)),
            "cell": records["cell"],
        }
        return Table(columns, {"time_ms": "ms"}, {})


class Table:
    """Columns of equal length, as arrays of NumPy.

    ``table["cell"]`` is a column, and its unit ``table.units["cell"]``, "" for none. A table
    of some rows is ``table[mask]``, ``table[10:20]``, or ``table.where(population="E", cell=3)``.
    ``len(table)`` is the number of rows.
    """

    def __init__(self, columns, units, meanings):
        self._columns = columns
        self.units = {name: units.get(name, "") for name in columns}
        self._meanings = meanings

    @property
    def columns(self):
        """Names of the columns."""
        return list(self._columns)

    def keys(self):
        """Names of the columns, so that dict(table) has them all."""
        return self._columns.keys()

    def __len__(self):
        return min((len(c) for c in self._columns.values()), default=0)

    def __getitem__(self, what):
        if isinstance(what, str):
            try:
                column = self._columns[what]
            except KeyError:
                raise KeyError(f"no column {what!r}: there are {', '.join(self._columns)}") from None
            return column.array() if isinstance(column, _Names) else column
        return Table({name: column[what] for name, column in self._columns.items()}, self.units, self._meanings)

    def where(self, **values):
        """The rows in which columns have values: where(population="E", cell=3)."""
        mask = np.ones(len(self), dtype=bool)
        for name, value in values.items():
            self[name] if name not in self._columns else None  # says which columns there are
            mask &= self._columns[name] == value
        return self[mask]

    def describe(self):
        """What each column means: a list of (name, unit, meaning)."""
        return [(name, self.units[name], self._meanings.get(name, "")) for name in self._columns]

    def dataframe(self):
        """The table as a DataFrame of pandas."""
        try:
            import pandas
        except ImportError:
            raise ImportError("Table.dataframe needs the package pandas: pip install pandas") from None
        return pandas.DataFrame({name: self[name] for name in self._columns})

    def __repr__(self):
        units = [name + (f" ({self.units[name]})" if self.units[name] else "") for name in self._columns]
        return f"<neurosim.Table of {len(self)} rows: {', '.join(units)}>"

    def _repr_html_(self):
        head = "".join(f"<th>{_escape(n)}<br>{_escape(self.units[n])}</th>" for n in self._columns)
        part = self[:_SHOWN]
        columns = [part[n] for n in self._columns]
        rows = "".join("<tr>" + "".join(f"<td>{_escape(c[i])}</td>" for c in columns) + "</tr>" for i in range(len(part)))
        return f"<table><tr>{head}</tr>{rows}</table>{len(self)} rows"


class Figure:
    """A figure of a run. A notebook shows its picture.

    name     its name
    caption  what its lines, markers and bars are
    """

    def __init__(self, run, name):
        self.name = name
        self._run = run

    @property
    def caption(self):
        """The caption, as text."""
        return self._run._text(f"figures/{self.name}.txt")

    def path(self, format=None):
        """The file of the picture in a format, png, svg or pdf; by default the first of these that is there."""
        for f in [format] if format else ["png", "svg", "pdf"]:
            if f"figures/{self.name}.{f}" in self._run.files:
                return self._run.path / "figures" / f"{self.name}.{f}"
        raise FileNotFoundError(f"figure {self.name} is not drawn as {format or 'png, svg or pdf'}: neurosim plot {self._run.path} --formats {format or 'png'} draws it")

    @property
    def tables(self):
        """Its points, a table for each panel, by name."""
        described = re.compile(r"The points of the figure " + re.escape(self.name) + r"[,.:]")
        holds = self._run.record.get("holds", {})
        names = [n for n in self._run.tables if described.match(holds.get(f"tables/{n}.csv", {}).get("text", ""))]
        return _Lazy(names, lambda n: self._run.tables[n])

    def __repr__(self):
        return f"<neurosim.Figure {self.name} of {self._run.path}>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": repr(self)}
        for format, kind in (("png", "image/png"), ("svg", "image/svg+xml")):
            try:
                data = self.path(format).read_bytes()
            except FileNotFoundError:
                continue
            bundle[kind] = base64.b64encode(data).decode() if format == "png" else data.decode()
            return bundle, {kind: {"width": self._pixels()}}
        return bundle, {}

    def _pixels(self):
        """Width on a page, at 96 pixels an inch: pictures have several points for each."""
        return round(json.loads(self._run._text(f"figures/{self.name}.json"))["width_mm"] / 25.4 * 96)

    def _img(self):
        for format, kind in (("png", "image/png"), ("svg", "image/svg+xml")):
            try:
                data = base64.b64encode(self.path(format).read_bytes()).decode()
            except FileNotFoundError:
                continue
            return f'<img alt="{_escape(self.name)}" width="{self._pixels()}" src="data:{kind};base64,{data}">'
        return _escape(repr(self))


class _Lazy(Mapping):
    """Things by name, each read when it is asked for."""

    def __init__(self, names, read):
        self._names, self._read = list(names), read

    def __getitem__(self, name):
        if name not in self._names:
            raise KeyError(f"there is no {name!r}: there are {', '.join(self._names) or 'none'}")
        return self._read(name)

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)

    def __repr__(self):
        return "{" + ", ".join(self._names) + "}"


class _Names:
    """A column of names, each the place of one in a list."""

    def __init__(self, index, names):
        self._index, self._names = index, names

    def __len__(self):
        return len(self._index)

    def __getitem__(self, rows):
        return _Names(self._index[rows], self._names)

    def __eq__(self, name):
        return np.isin(self._index, np.flatnonzero(self._names == name))

    __hash__ = None

    def array(self):
        """The names."""
        return self._names[self._index] if len(self._names) else np.empty(0, dtype="<U1")


def _read_npz(path, described):
    """A table from the arrays of a recording, or of a table of results."""
    with np.load(path) as d:
        arrays = {name: d[name] for name in d.files}
    units = {c["name"]: c.get("unit", "") for c in described}
    meanings = {c["name"]: c["text"] for c in described}
    if "values" in arrays and "columns" in arrays and "units" in arrays:  # traces and rates
        columns = {"step": arrays["step"], "time_ms": arrays["time_ms"]}
        for k, (name, unit) in enumerate(zip(arrays["columns"].tolist(), arrays["units"].tolist())):
            columns[name], units[name] = arrays["values"][:, k], unit
        return Table(columns, units, meanings)
    columns = {}
    lists = {"population": "populations", "group": "groups", "input": "inputs"}
    for name, array in arrays.items():
        if name in lists and lists[name] in arrays:
            columns[name] = _Names(array, arrays[lists[name]])
            meanings[name] = f"name of the {name}"
        elif name == "start" and "peak_mV" in arrays:
            columns["event"] = _Names(array.astype("u1"), np.array(["end", "start"]))
            meanings["event"] = "start or end"
        elif name not in lists.values() or name[:-1] not in arrays:
            columns[name] = array
    return _plain(columns, units, meanings)


def _read_csv(path, described):
    """A table from text: whole numbers, numbers (an empty field is NaN), or texts."""
    with open(path, newline="", encoding="utf-8") as f:
        rows = csv.reader(f)
        head = next(rows)
        cells = list(zip(*rows)) or [()] * len(head)
    columns = {name: _array(values) for name, values in zip(head, cells)}
    return _plain(columns, {c["name"]: c.get("unit", "") for c in described}, {c["name"]: c["text"] for c in described})


def _plain(columns, units, meanings):
    """A table whose columns are named without the units that stand in the heads of recordings and figures: V_m of "V_m (mV)"."""
    short = {}
    for name in columns:
        unit = units.get(name, "")
        stem = name[: -len(unit) - 3] if unit and name.endswith(f" ({unit})") else name
        short[name] = stem if stem == name or stem not in columns and stem not in short.values() else name
    return Table(
        {short[n]: c for n, c in columns.items()},
        {short[n]: units.get(n, "") for n in columns},
        {short[n]: meanings.get(n, "") for n in columns},
    )


def _array(values):
    """Values of a column as an array."""
    if values:
        try:
            return np.array([int(v) for v in values])
        except (ValueError, OverflowError):
            pass
    try:
        return np.array([float(v) if v else np.nan for v in values], dtype=float)
    except ValueError:
        return np.array(values)


def _times(steps, dt):
    """Times of steps in ms, the nearest to exact decimals: dt is meant as it is written."""
    from fractions import Fraction

    exact = Fraction(dt)
    if exact.denominator < 2**53 and (len(steps) == 0 or int(steps[-1]) * exact.numerator < 2**53):
        return (steps * exact.numerator) / exact.denominator
    return steps * float(dt)


def _ms():
    import quantities

    return quantities.ms


def _neo_unit(unit):
    """A unit as the package quantities writes it; what it does not know is dimensionless."""
    return {"": "dimensionless", "mM": "mM", "mA/cm2": "mA/cm**2", "S/cm2": "S/cm**2"}.get(unit, unit)


def _toml():
    try:
        import tomllib
    except ImportError:
        try:
            import tomli as tomllib
        except ImportError:
            raise ImportError("Run.config needs Python 3.11 or the package tomli: pip install tomli") from None
    return tomllib


def _escape(value):
    if isinstance(value, (float, np.floating)):
        value = f"{value:.6g}"
    return html.escape(str(value))
