package main

import (
	"archive/zip"
	"cmp"
	"encoding/csv"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"neurosim/record"
)

// A command of every kind, made short. Those that take seconds are left out of the daily loop.
func everyKind(t *testing.T) map[string][]string {
	t.Helper()
	svg := `output.formats=["svg"]`
	all := map[string][]string{
		"a network": append([]string{"run", "quickstart", "--set", `record.formats=["csv", "binary", "npz", "sonata"]`, "--set", "record.synapses=true"}, short...),
		"an input":  append([]string{"run", inputOfSpikes(t)}, set(svg)...),
		"a sweep":   append([]string{"run", inputOfSpikes(t)}, set(`sweep.axes."run.dt"=["0.1 ms", "0.05 ms"]`, svg)...),
		"converge":  append([]string{"converge", "quickstart"}, set("run.tstop=200 ms")...),
	}
	if testing.Short() {
		return all
	}
	all["stratified"] = append([]string{"run", "rare"}, set("detection.trials=2000", svg)...)
	all["uncaging"] = append([]string{"run", "uncaging"}, set("run.dt=0.1 ms", svg)...)
	all["data"] = append([]string{"run", "uncaging-fit"}, set("run.dt=0.1 ms", "uncaging.synapses=5", svg)...)
	all["a fit"] = append([]string{"fit", "uncaging-fit"}, set("run.dt=0.1 ms", "uncaging.synapses=5", "fit.global=false", svg)...)
	all["psychometric"] = append([]string{"run", "psychometric"}, set("psychometric.trials=150", "psychometric.weighted=100", "run.dt=0.1 ms", svg)...)
	all["protocols"] = append([]string{"run", "protocols"}, set("run.dt=0.1 ms", "protocols.settle=50 ms", "protocols.f_i.steps=3", "protocols.rheobase.tolerance=50 pA",
		"protocols.critical_frequency.steps=3", `compare.rest={ metric = "input_resistance_MOhm", mean = 50, sd = 10, source = "a test" }`, svg)...)
	all["a stream"] = append([]string{"run", "sequence-highorder"}, set("stream.elements=600", "stream.change_after=400", "run.repeats=1", svg)...)
	all["a series"] = append([]string{"run", "taxi"}, set("stream.file="+taxiTable(t, 450), "stream.score_from=400", svg)...)
	all["sequences"] = append([]string{"run", "sequence-spiking"}, set("run.repeats=1", "run.episodes=30", svg)...)
	all["thresholds"] = []string{"thresholds"}
	all["the paper"] = []string{"reproduce", "fig7a", "fig7b", "tm-union"}
	return all
}

// inputOfSpikes is a configuration that names a table of spikes.
func inputOfSpikes(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "spikes.csv"), "time_ms,cell\n1,0\n2,1\n")
	file := filepath.Join(dir, "a|b.toml")
	write(t, file, `[run]
tstop = "10 ms"
[populations."S|1"]
kind = "sdr"
n = 4
active = 1
patterns = 2
[inputs.f]
kind = "spikes"
population = "S|1"
file = "spikes.csv"
`)
	return file
}

// FILES.md of every kind of run names every file that is there, and every column of every table
// as its header has it, each with a meaning. It is a file of the run, and tells what plot and
// export add.
//
// docs/outputs.md is these lists together, of all kinds but those whose names are odd on purpose.
func TestEveryFileAndColumnIsDescribed(t *testing.T) {
	lists := map[string]string{}
	for kind, args := range everyKind(t) {
		t.Run(kind, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			must(t, append(args, "-o", dir)...)
			described(t, dir)
			if kind != "an input" && kind != "a sweep" {
				lists[strings.TrimPrefix(strings.Join(args[:min(2, len(args))], " "), "run ")] = read(t, filepath.Join(dir, "FILES.md"))
			}
			if kind == "an input" {
				must(t, "export", dir, "--formats", "npz")
				described(t, dir)
			}
			if kind == "converge" {
				must(t, "plot", dir)
				described(t, dir)
			}
		})
	}
	if testing.Short() || t.Failed() {
		return
	}
	page, path := outputsPage(lists), filepath.Join("../..", "docs", "outputs.md")
	if *updatePages {
		write(t, path, page)
	}
	if read(t, path) != page {
		t.Errorf("%s is not what runs say: go test ./cmd/neurosim -run %s -update", path, t.Name())
	}
}

// outputsPage makes one page of the FILES.md of several runs, by what was run: each file with the
// runs that have it, and each table of columns once. Files of figures have one name each, and the
// columns of their tables one text, since these are the same for all figures.
func outputsPage(lists map[string]string) string {
	type row struct{ file, holds string }
	of := map[row][]string{}
	type section struct{ file, table string }
	in := map[section][]string{}
	add := func(file, holds, run string) {
		r := row{file, holds}
		if run = "`" + run + "`"; !slices.Contains(of[r], run) {
			of[r] = append(of[r], run)
		}
	}
	var runs []string
	for _, run := range slices.Sorted(maps.Keys(lists)) {
		runs = append(runs, "`"+run+"`")
		parts := strings.Split(lists[run], "\n## ")
		ofFigures := map[string]bool{}
		for line := range strings.Lines(parts[0]) {
			file, holds, is := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(line, " |\n"), "| `"), "` | ")
			kind, name, _ := strings.Cut(file, "/")
			figure, is2 := strings.CutPrefix(holds, "The points of the figure ")
			switch {
			case !is || !strings.HasPrefix(line, "| `"):
			case kind == "figures":
				name := strings.TrimSuffix(name, filepath.Ext(name))
				holds, _, _ := strings.Cut(holds, ":")
				add("figures/NAME"+strings.Replace(filepath.Ext(file), ".svg", ".png", 1), strings.TrimSuffix(strings.ReplaceAll(holds, " "+name, " NAME"), ".")+".", run)
			case kind == "inputs":
				add("inputs/", holds, run)
			case is2 && strings.Contains(figure, ", panel "):
				ofFigures[file] = true
				add("tables/NAME_a.csv", "The points of the figure NAME, panel a; so for every panel.", run)
			case is2:
				ofFigures[file] = true
				add("tables/NAME.csv", "The points of the figure NAME, if it is one panel.", run)
			case kind == "tables" && filepath.Ext(name) == ".npz":
				ofFigures[file] = true
				add("tables/NAME.npz", "The columns of tables/NAME.csv as arrays of NumPy, under the same names.", run)
			default:
				add(file, holds, run)
			}
		}
		for _, part := range parts[1:] {
			file, table, _ := strings.Cut(part, "\n")
			if !ofFigures[file] {
				key := section{file, strings.TrimSpace(table)}
				in[key] = append(in[key], "`"+run+"`")
			}
		}
	}
	var b strings.Builder
	b.WriteString(`# Outputs

Every run directory has a file FILES.md, which says what each of its files holds and what each
column means, with its unit. This page joins these lists for one run of each kind. Names
of populations and traces are those of the shipped configurations. Tables are CSV files with a header,
commas, and a point in numbers. An empty field or NaN means that there is no value.

Times: ` + record.Times + `.

## Files

| file | of | holds |
|---|---|---|
`)
	for _, r := range slices.SortedFunc(maps.Keys(of), func(a, b row) int { return cmp.Or(strings.Compare(a.file, b.file), strings.Compare(a.holds, b.holds)) }) {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.file, some(of[r], runs), r.holds)
	}
	b.WriteString(`
## Columns

### Tables of figures

A table of the points of a figure has the columns ` + "`series`, `name`" + `, the two axes under the names that they
have in the figure, and, where a mark has them, low and high ends of intervals and ends of bars.
Series are numbered from 1, as the legend lists them.
`)
	for _, s := range slices.SortedFunc(maps.Keys(in), func(a, b section) int {
		return cmp.Or(strings.Compare(a.file, b.file), strings.Compare(a.table, b.table))
	}) {
		fmt.Fprintf(&b, "\n### %s, of %s\n\n%s\n", s.file, some(in[s], runs), s.table)
	}
	return b.String()
}

// some names the runs that have a file, or the few that do not have it.
func some(runs, all []string) string {
	if len(runs) == len(all) {
		return "every run"
	}
	if 2*len(runs) > len(all) {
		return "every run but " + strings.Join(slices.DeleteFunc(slices.Clone(all), func(run string) bool { return slices.Contains(runs, run) }), ", ")
	}
	return strings.Join(runs, ", ")
}

func described(t *testing.T, dir string) {
	t.Helper()
	files, columns := guideOf(t, filepath.Join(dir, "FILES.md"))
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		if files[name] == "" {
			t.Errorf("FILES.md does not say what %s is", name)
		}
		delete(files, name)
		if want := columnsOf(t, path); !strings.HasPrefix(name, "inputs/") && !slices.Equal(columns[name], want) {
			t.Errorf("%s has the columns\n%q, FILES.md names\n%q", name, want, columns[name])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range files {
		t.Errorf("FILES.md names %s, which is not there", name)
	}
	if !strings.Contains(read(t, filepath.Join(dir, "run.json")), `"name": "FILES.md"`) {
		t.Error("run.json does not list FILES.md")
	}
}

// guideOf reads a FILES.md: what files are, and the names of columns that have a meaning.
func guideOf(t *testing.T, path string) (files map[string]string, columns map[string][]string) {
	t.Helper()
	files, columns = map[string]string{}, map[string][]string{}
	at := ""
	for line := range strings.Lines(read(t, path)) {
		line = strings.TrimSuffix(line, "\n")
		if name, is := strings.CutPrefix(line, "## "); is {
			at = name
		}
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|") // a pipe of a text is escaped
		for i := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], "\x00", "|"))
		}
		name := strings.Trim(cells[1], "`")
		switch {
		case at == "" && len(cells) == 4:
			files[name] = cells[2]
		case at != "" && len(cells) == 5 && cells[3] != "":
			columns[at] = append(columns[at], name)
		default:
			t.Errorf("%s: not a row that names and says: %s", path, line)
		}
	}
	return files, columns
}

// columnsOf returns the columns of a table, or the arrays of an archive, in order.
func columnsOf(t *testing.T, path string) (names []string) {
	t.Helper()
	if filepath.Base(path) == "node_types.csv" { // of SONATA, which separates by blanks
		head, _, _ := strings.Cut(read(t, path), "\n")
		return strings.Fields(head)
	}
	switch filepath.Ext(path) {
	case ".csv":
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if names, err = csv.NewReader(f).Read(); err != nil {
			t.Fatal(err)
		}
	case ".npz":
		z, err := zip.OpenReader(path)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		for _, f := range z.File {
			names = append(names, strings.TrimSuffix(f.Name, ".npy"))
		}
	case ".bin":
		return []string{"step", "population", "cell"}
	}
	return names
}
