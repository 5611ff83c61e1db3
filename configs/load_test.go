package configs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/stimulus"
)

// Every shipped configuration loads, and what it resolves to loads to the same
// experiment.
func TestShippedConfigurationsResolve(t *testing.T) {
	for _, name := range Shipped() {
		x, err := Load(name, grammar.Options{})
		if err != nil {
			t.Errorf("%s:\n%v", name, err)
			continue
		}
		again, err := Load(name+"-resolved", grammar.Options{Read: func(file string) ([]byte, error) {
			if file == name+"-resolved" {
				return []byte(x.Resolved()), nil
			}
			return files.ReadFile(file)
		}})
		if err != nil {
			t.Errorf("resolved %s:\n%v\n%s", name, err, x.Resolved())
			continue
		}
		if again.Resolved() != x.Resolved() {
			t.Errorf("%s: resolving the resolved configuration changes it", name)
		}
		if !reflect.DeepEqual(again.Network, x.Network) {
			t.Errorf("%s: the resolved configuration describes another network", name)
		}
	}
}

func load(text string, o grammar.Options) (*Experiment, error) {
	o.Read = func(name string) ([]byte, error) {
		if name == "test.toml" {
			return []byte(text), nil
		}
		return nil, errors.New("no file " + name)
	}
	return Load("test.toml", o)
}

const minimal = `
[run]
tstop = "1 s"
[populations.in]
kind = "sdr"
n = 100
active = 10
patterns = 2
[populations.E]
kind = "pyramidal"
size = 5
[populations.E.segments.basal]
count = 1
synapses = 8
theta = 4
[projections.p]
source = "in"
target = "E/basal"
rule = "store"
`

func TestSetReplacesAndAdds(t *testing.T) {
	x, err := load(minimal, grammar.Options{Set: []grammar.Override{
		{Key: "run.tstop", Value: "250 ms"}, {Key: "populations.E.soma.tau_m", Value: `"20 ms"`}, {Key: "populations.in.n", Value: "200"}, {Key: "projections.p.delay", Value: `{ dist = "uniform", min = "1 ms", max = "2 ms" }`},
	}})
	if err != nil {
		t.Fatal(err)
	}
	e := x.Network.Populations[1]
	if x.Network.Steps != 2500 || e.Soma.TauM != 20 || x.Network.Populations[0].N != 200 || x.Network.Projections[0].Delay.Max != 2 {
		t.Errorf("steps %d, tau_m %g, n %d", x.Network.Steps, e.Soma.TauM, x.Network.Populations[0].N)
	}
	_, err = load(minimal, grammar.Options{Set: []grammar.Override{{Key: "populations.E.soma.tau", Value: "20 ms"}}})
	if err == nil || !strings.Contains(err.Error(), `--set: populations.E.soma.tau: unknown key; did you mean "tau_m"?`) {
		t.Errorf("misspelt key of --set: %v", err)
	}
}

func TestIncludeMergesLaterOverEarlier(t *testing.T) {
	files := map[string]string{
		"dir/main.toml": "include = [\"base.toml\"]\n[run]\ntstop = \"2 s\"\n[populations.E.soma]\ntau_m = \"7 ms\"\n",
		"dir/base.toml": minimal + "[populations.E.soma]\ntau_m = \"5 ms\"\nC_m = \"100 pF\"\n",
	}
	x, err := Load("dir/main.toml", grammar.Options{Read: func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("no file " + name)
	}})
	if err != nil {
		t.Fatal(err)
	}
	e := x.Network.Populations[1]
	if e.Soma.TauM != 7 || e.Soma.Cm != 100 || x.Network.Steps != 20000 {
		t.Errorf("tau_m %g, C_m %g, steps %d", e.Soma.TauM, e.Soma.Cm, x.Network.Steps)
	}
	if len(x.Inputs) != 1 || x.Inputs[0].Name != "dir/base.toml" {
		t.Errorf("inputs %v", x.Inputs)
	}
}

// The seed of a point does not depend on what other points the sweep has.
func TestSweepPointsKeepTheirSeeds(t *testing.T) {
	sweep := func(values string, repeats string) map[string]uint64 {
		x, err := load(minimal+"[sweep]\nrepeats = "+repeats+"\n[sweep.axes]\n\"populations.E.segments.basal.theta\" = "+values+"\n\"run.tstop\" = [\"1 s\", \"2 s\"]\n", grammar.Options{})
		if err != nil {
			t.Fatal(err)
		}
		seeds := map[string]uint64{}
		for i, p := range x.Points() {
			if p.Index != i {
				t.Errorf("point %d has index %d", i, p.Index)
			}
			y, err := x.At(p)
			if err != nil {
				t.Fatal(err)
			}
			if y.Network.Seed != p.Seed {
				t.Errorf("seed %d is not used", p.Seed)
			}
			seeds[x.PointName(p)+string(rune('0'+p.Repeat))] = p.Seed
		}
		return seeds
	}
	few, many := sweep("[3, 4]", "1"), sweep("[2, 3, 4]", "2")
	if len(few) != 4 || len(many) != 12 {
		t.Fatalf("%d and %d points", len(few), len(many))
	}
	for name, seed := range few {
		if many[name] != seed {
			t.Errorf("%s: seed %d becomes %d", name, seed, many[name])
		}
	}
}

// Patterns, currents, spikes and synapses that come from files arrive where they
// belong.
func TestTablesFromFiles(t *testing.T) {
	files := map[string]string{
		"d/x.toml": minimal + `
[populations.in2]
kind = "sdr"
n = 20
active = 2
patterns_file = "patterns.csv"
[populations.F]
kind = "pyramidal"
size = 3
I_e = "10 pA"
I_e_file = "../currents.csv"
[projections.list]
source = "in2"
target = "F"
rule = "list"
file = "list.csv"
[inputs.train]
kind = "spikes"
population = "in2"
file = "train.csv"
`,
		"d/patterns.csv": "# two patterns\npattern,cell\n1,7\n0,3\n1,5\n0,19\n",
		"currents.csv":   "cell,I_e_pA\n2,33.5\n",
		"d/list.csv":     "source,cell,weight_pA,delay_ms\n19,2,100,0.3\n0,0,50,0\n",
		"d/train.csv":    "time_ms,cell\n0.5,3\n0.1,4\n",
	}
	x, err := Load("d/x.toml", grammar.Options{Read: func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("no file " + name)
	}})
	if err != nil {
		t.Fatal(err)
	}
	in2, f := x.Network.Population("in2"), x.Network.Population("F")
	if in2.Patterns != 2 || !reflect.DeepEqual(in2.PatternSet[0], stimulus.Pattern{3, 19}) || !reflect.DeepEqual(in2.PatternSet[1], stimulus.Pattern{5, 7}) {
		t.Errorf("patterns %v", in2.PatternSet)
	}
	if !reflect.DeepEqual(f.IeOf, []float64{10, 10, 33.5}) {
		t.Errorf("currents %v", f.IeOf)
	}
	table := x.Network.Projections[1].Table
	if !reflect.DeepEqual(table, &network.Connections{Source: []int32{19, 0}, Cell: []int32{2, 0}, Weight: []float64{100, 50}, Delay: []float64{0.3, 0}}) {
		t.Errorf("synapses %+v", table)
	}
	if train := x.Network.Inputs[0].Train; !reflect.DeepEqual(train, &stimulus.Train{Steps: []int64{1, 5}, Cells: []int32{4, 3}}) {
		t.Errorf("spikes %+v", train)
	}
	if len(x.Inputs) != 4 {
		t.Errorf("%d input files are known, want 4", len(x.Inputs))
	}
}

// What the inputs that users had trouble with resolve to resolves to itself, too.
func TestFaultsResolve(t *testing.T) {
	root, err := filepath.Abs("../testdata/faults")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(root, "*", "*.toml"))
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d configurations, %v", len(paths), err)
	}
	loaded := 0
	for _, path := range paths {
		t.Chdir(filepath.Dir(path)) // files are named from there
		file := filepath.Base(path)
		x, err := Load(file, grammar.Options{})
		if err != nil {
			continue // refused for what the folder is about
		}
		loaded++
		again, err := Load(file, grammar.Options{Read: func(name string) ([]byte, error) {
			if name == file {
				return []byte(x.Resolved()), nil
			}
			return os.ReadFile(name)
		}})
		if err != nil {
			t.Errorf("resolved %s:\n%v\n%s", path, err, x.Resolved())
		} else if again.Resolved() != x.Resolved() {
			t.Errorf("%s: resolving the resolved configuration changes it", path)
		}
	}
	if loaded < 5 {
		t.Errorf("only %d of %d configurations load", loaded, len(paths))
	}
}

// Messages come in the order of the file, each time: they once came in the order of
// a map, and no test loaded a file twice.
func TestMessagesKeepTheirOrder(t *testing.T) {
	text := minimal + "[inputs.x]\nkind = \"poisson\"\npopulation = \"in\"\nz = 1\ny = 2\nx = 3\nrate = { dist = \"normal\", s = 1, t = 2, u = 3 }\n" +
		"[projections.q]\nsource = \"in\"\ntarget = \"E\"\nrule = \"random\"\nweight = { dist = \"normal\", z = 1, b = 2, a = 3 }\n"
	_, first := load(text, grammar.Options{})
	for range 20 {
		if _, err := load(text, grammar.Options{}); err.Error() != first.Error() {
			t.Fatalf("%v\n\n%v", first, err)
		}
	}
	lines := strings.Split(first.Error(), "\n")
	for i, want := range []string{"z: unknown", "y: unknown", "x: unknown"} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("message %d is %s", i, lines[i])
		}
	}
}

// Of many problems of one kind the first are listed and the others counted, and the
// time does not grow with the square of their number: each was once compared with
// all before it. Files of tests had a few keys.
func TestManyKeys(t *testing.T) {
	var keys, named strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&keys, "key%d = 1\n", i)
		if i < 10_000 {
			fmt.Fprintf(&named, "[populations.p%d]\nkind = \"sdr\"\nn = 10\n", i)
		}
	}
	_, err := load(minimal+keys.String(), grammar.Options{})
	lines := strings.Split(err.Error(), "\n")
	if want := `test.toml: 19980 more problems are of the kind "unknown key"; the first 20 are listed`; len(lines) != 21 || lines[20] != want {
		t.Errorf("%d lines, the last %s", len(lines), lines[len(lines)-1])
	}
	if _, err := load("[run]\ntstop = \"1 s\"\n"+named.String(), grammar.Options{}); err != nil {
		t.Errorf("10,000 populations: %v", err)
	}
	_, err = load("[run]\ntstop = \"1 s\"\n"+named.String()+"[populations.more]\n", grammar.Options{})
	if err == nil || !strings.HasPrefix(err.Error(), "test.toml:30003: populations.more: is one too many: [populations] has 10001 tables; at most 10000") {
		t.Errorf("10,001 populations: %v", err)
	}
}
