package grammar

import (
	"reflect"
	"testing"
)

// Headers say units in three ways; words that end like a unit are words.
func TestUnitsOfHeaders(t *testing.T) {
	for h, want := range map[string][2]string{
		"y (mV)": {"y", "mV"}, "y [mV]": {"y", "mV"}, "y(um)": {"y", "um"}, "soma_peak_mV": {"soma_peak", "mV"}, "rate_Hz": {"rate", "Hz"},
		"V_min": {"V_min", ""}, "x": {"x", ""}, "n_1": {"n_1", ""}, "k": {"k", ""}, "a_b": {"a_b", ""},
	} {
		if name, unit := splitHeader(h); name != want[0] || unit != want[1] {
			t.Errorf("%q is %q in %q, want %q", h, name, unit, want)
		}
	}
}

// Units of a file go to those of an axis, as it is written.
func TestConversion(t *testing.T) {
	for _, c := range []struct {
		from, to string
		factor   float64
		ok       bool
	}{{"mm", "µm", 1000, true}, {"nA", "pA", 1000, true}, {"Mohm", "MΩ", 1, true}, {"1/s", "spikes/s", 1, true}, {"mV", "pA", 0, false}, {"", "mV", 0, false}, {"", "", 1, true}, {"%", "%", 1, true}, {"%", "1", 0.01, true}, {"1", "%", 100, true}, {"percent", "%", 1, true}, {"%", "mV", 0, false}, {"%", "", 0.01, true}, {"mV", "", 0, false}, {"", "%", 0, false}} {
		if f, ok := Conversion(c.from, c.to); f != c.factor || ok != c.ok {
			t.Errorf("%q to %q: %g %v", c.from, c.to, f, ok)
		}
	}
}

// A table of a user: own names of columns, semicolons with decimal commas, labels, a single
// measurement without bar.
func TestMeasuredTables(t *testing.T) {
	read := func(text string, as DataColumns) *Measured {
		d := newDecoder(&Source{reader: newFiles(Library{}, func(string) ([]byte, error) { return []byte(text), nil })}, Options{})
		m := d.Measured("data", "data_columns", "m.csv", as)
		if m == nil {
			t.Fatalf("%q: %v", text, d.problems)
		}
		return m
	}
	m := read("cell;k;peak_mV;err_mV;remark\nb;1;2,5;0,5;no\na;2;3;;yes\n", DataColumns{X: "k", Y: "peak_mV", SEM: "err_mV", Label: "cell"})
	if len(m.Groups) != 2 || m.Groups[0].Label != "b" || m.YUnit != "mV" || m.XUnit != "" || m.Bars != "SEM" ||
		!reflect.DeepEqual(m.Groups[0].Lo, []float64{2}) || m.Groups[1].Sigma[0] == m.Groups[1].Sigma[0] {
		t.Errorf("%+v", m)
	}
	m = read("x (um),y (mV),sd,n,series\n1,2,3,9,s\n", DataColumns{})
	if g := m.Groups[0]; m.Bars != "SD" || g.Sigma[0] != 1 || g.Hi[0] != 5 || g.Label != "s" {
		t.Errorf("%+v", m)
	}
}
