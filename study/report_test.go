package study

import (
	"testing"

	"neurosim/figure"
)

// A figure writes its numbers to the table of its name: a table that has it too would be lost.
func TestNamesThatTwoHave(t *testing.T) {
	a, b := NamedTable{Name: "a"}, NamedTable{Name: "b"}
	fig := func(name string, panels int) figure.Figure {
		return figure.Figure{Name: name, Panels: make([]figure.Panel, panels)}
	}
	for _, c := range []struct {
		r    Report
		want string
	}{
		{Report{Tables: []NamedTable{a, b}, Figures: []Figure{{Figure: fig("c", 1), Data: &NamedTable{Name: "c_data"}}}}, ""},
		{Report{Tables: []NamedTable{a, b}, Figures: []Figure{{Figure: fig("b", 1)}}}, "b"},
		{Report{Tables: []NamedTable{a, b}, Figures: []Figure{{Figure: fig("b", 2)}}}, ""},
		{Report{Figures: []Figure{{Figure: fig("b", 2)}, {Figure: fig("b_b", 1)}}}, "b_b"},
		{Report{Tables: []NamedTable{a, a}}, "a"},
		{Report{Tables: []NamedTable{a}, Figures: []Figure{{Figure: fig("c", 1), Data: &a}}}, "a"},
	} {
		if got := c.r.Twice(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
