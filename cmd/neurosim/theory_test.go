package main

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"neurosim/experiments"
)

func TestParseRange(t *testing.T) {
	count := experiments.Param{Name: "theta"}
	window := experiments.Param{Name: "window", Unit: "ms"}
	for _, c := range []struct {
		p    experiments.Param
		text string
		want []float64
		rule string
	}{
		{count, "12", []float64{12}, ""},
		{count, "8..12", []float64{8, 9, 10, 11, 12}, ""},
		{count, "8..13:2", []float64{8, 10, 12}, ""},
		{count, "8, 12,16..18", []float64{8, 12, 16, 17, 18}, ""},
		{count, "10_000,1e6", []float64{10000, 1e6}, ""},
		{count, "7..7", []float64{7}, ""},
		{window, "1 ms..2 ms:0.5 ms,1 s", []float64{1, 1.5, 2, 1000}, ""},
		{window, "0.1 ms..0.3 ms:0.1 ms", []float64{0.1, 0.2, 0.1 + float64(2*0.1)}, ""},
		{count, "12..8", nil, "a range goes up"},
		{count, "8..12:0", nil, "the step must be positive"},
		{count, "8..12:-1", nil, "the step must be positive"},
		{count, "8..", nil, "must be a whole number"},
		{count, "2.5", nil, "must be a whole number"},
		{count, "a few", nil, "must be a whole number"},
		{count, "", nil, "must be a whole number"},
		{count, "Inf", nil, "must be a whole number"},
		{count, "0..1e9", nil, "has more than 100000 values"},
		{window, "5", nil, "needs a unit of time"},
		{window, "5 mV", nil, "must be a time (ms), is a voltage"},
		{window, "1 ms..5 ms", nil, "needs a step"},
	} {
		got, err := parseRange(c.p, c.text)
		if c.rule != "" {
			if err == nil || !strings.Contains(err.Error(), c.rule) {
				t.Errorf("%q: %v, %v; want %q", c.text, got, err, c.rule)
			}
			continue
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, %v; want %v", c.text, got, err, c.want)
		}
	}
}

func TestTheoryPrintsATable(t *testing.T) {
	out, errs := must(t, "theory", "fp", "--n", "10000", "--a", "64,300", "--s", "24", "--theta", "12..13")
	lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines, want a head and 4 rows:\n%s", len(lines), out)
	}
	if f := strings.Fields(lines[0]); !slices.Equal(f, []string{"n", "a", "s", "theta", "value", "log10"}) {
		t.Errorf("columns are %v", f)
	}
	for _, l := range lines[1:] {
		if len([]rune(l)) != len([]rune(lines[0])) {
			t.Errorf("not aligned:\n%s", out)
		}
	}
	// The paper's numbers for θ = 12.
	if f := strings.Fields(lines[1]); f[1] != "64" || !strings.HasPrefix(f[4], "4.0415971227") {
		t.Errorf("row %q", lines[1])
	}
	if f := strings.Fields(lines[3]); f[1] != "300" || !strings.HasPrefix(f[4], "8.375845227") {
		t.Errorf("row %q", lines[3])
	}
	if !strings.Contains(errs, "P_FP") {
		t.Errorf("the formula is not said: %q", errs)
	}
}

// The keys of a JSON object are the quantity, the arguments, value and log10.
func TestTheoryJSON(t *testing.T) {
	for _, c := range []struct {
		args []string
		want map[string]any
	}{
		{[]string{"fp", "--n", "10000", "--a", "300", "--s", "30", "--theta", "12"},
			map[string]any{"quantity": "fp", "equation": "4", "n": 1e4, "a": 300., "s": 30., "theta": 12., "value": 2.27907942026515e-11}},
		{[]string{"union-fp", "--n", "10", "--a", "3", "--s", "2", "--theta", "2", "--M", "2", "--method", "plug-in"},
			map[string]any{"quantity": "union-fp", "equation": "14", "method": "plug-in", "n": 10., "a": 3., "s": 2., "theta": 2., "M": 2., "value": 1. / 3}},
		{[]string{"chance-rate", "--s", "24", "--theta", "30", "--rate", "0 Hz", "--window", "5 ms", "--plateau", "0.05 s"}, nil},
		{[]string{"chance-rate", "--s", "24", "--theta", "8", "--rate", "0 Hz", "--window", "5 ms", "--plateau", "0.05 s"},
			map[string]any{"quantity": "chance-rate", "equation": "T1", "unit": "1/s", "s": 24., "theta": 8., "rate_hz": 0., "window_ms": 5., "plateau_ms": 50., "value": 0.}},
	} {
		status, out, errs := neurosim(append(append([]string{"theory"}, c.args...), "--json")...)
		if c.want == nil {
			if status != exitUsage || out != "" {
				t.Errorf("%v: status %d, printed %q", c.args, status, out)
			}
			continue
		}
		var got map[string]any
		if err := json.Unmarshal([]byte(out), &got); err != nil || status != exitDone || errs != "" {
			t.Errorf("%v: status %d, %v: %s%s", c.args, status, err, out, errs)
			continue
		}
		log, ok := got["log10"]
		value := got["value"].(float64)
		if !ok || value == 0 && log != nil || value > 0 && math.Abs(log.(float64)-math.Log10(value)) > 1e-12 {
			t.Errorf("%v: value %v, log10 %v", c.args, value, log)
		}
		if want := c.want["value"].(float64); math.Abs(value-want) > 1e-12*want {
			t.Errorf("%v: value %v, want %v", c.args, value, want)
		}
		delete(got, "log10")
		for k, v := range c.want {
			if k != "value" && got[k] != v {
				t.Errorf("%v: %s = %v, want %v", c.args, k, got[k], v)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%v: keys %v, want %v", c.args, got, c.want)
		}
	}
	var table struct {
		Quantity string
		A        float64
		Theta    *float64
		Rows     []struct {
			Theta, V, Value, Log10 float64
		}
	}
	out, _ := mustJSON(t, &table, "theory", "fn", "--a", "128", "--s", "30", "--theta", "8..16:4", "--v", "38")
	if table.Quantity != "fn" || table.A != 128 || table.Theta != nil || len(table.Rows) != 3 ||
		table.Rows[1].Theta != 12 || table.Rows[1].V != 38 || math.Abs(table.Rows[1].Value/1.09248135880716e-5-1) > 1e-12 {
		t.Errorf("%s", out)
	}
}

// All that is wrong is said, with the flag and its value.
func TestTheoryMistakes(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"fpp --n 10", `unknown quantity "fpp"; did you mean "fp"?; quantities are fp, fn, set-fp`},
		{"fp fn", "theory takes one quantity; got fp, fn"},
		{"--n 10", "theory needs a quantity: fp, fn"},
		{"fp --thea 12", `not defined: -thea; did you mean "theta"?`},
		{"fp --n 100 --a 10", "fp needs --s, --theta"},
		{"fp --n 100 --a 10 --s 5 --theta 3 --v 2", "--v = 2: fp does not depend on it; its flags are --n, --a, --s, --theta"},
		{"fp --n 100 --a 10 --s 5 --theta 3 --method exact", "--method = exact: fp does not depend on it"},
		{"union-fp --n 100 --a 10 --s 5 --theta 3 --M 2 --method plugin", `--method = plugin: must be exact or plug-in; did you mean "plug-in"?`},
		{"fp --n 100 --a 10 --s 5 --theta 6", "--theta = 6: must be from 0 to s (theta = 6, s = 5)"},
		{"fp --n 100 --a 101 --s 5 --theta 4..7", "--a = 101: must not exceed n (a = 101, n = 100)\nneurosim: --theta = 6: must be from 0 to s (theta = 6, s = 5)\nneurosim: --theta = 7"},
		{"fp --n 1..1000 --a 1..1000 --s 5 --theta 4", "the ranges make 1000000 rows; at most 100000"},
		{"fp --n x --a 10 --s 5..1 --theta 3", "--n = x: must be a whole number, a list a,b,c or a range lo..hi or lo..hi:step\nneurosim: --s = 5..1: a range goes up"},
		{"fn --a 10 --s 5 --theta 3 --v -1", "--v = -1: must be a whole number from 0 to 1000000000"},
		{"chance-rate --s 20 --theta 8 --rate 2 --window 5ms --plateau 50ms", `--rate = 2: needs a unit of rate, like "2 Hz"`},
	} {
		status, out, errs := neurosim(append([]string{"theory"}, strings.Fields(c.args)...)...)
		if status != exitUsage || out != "" || !strings.Contains(errs, c.says) {
			t.Errorf("theory %s: status %d; said %q, want %q; printed %q", c.args, status, errs, c.says, out)
		}
	}
}

func TestTheoryListsQuantities(t *testing.T) {
	out, _ := must(t, "theory")
	for _, q := range experiments.Quantities() {
		for _, want := range []string{q.Name, "(" + q.Equation + ")", q.Formula} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is not listed", q.Name, want)
			}
		}
	}
	var list struct {
		Quantities []struct{ Quantity, Formula string }
	}
	if out, _ := mustJSON(t, &list, "theory"); len(list.Quantities) != len(experiments.Quantities()) {
		t.Errorf("%s", out)
	}
}
