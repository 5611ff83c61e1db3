package study

import "testing"

// A figure writes its numbers to the table of its name: a table that has it too would be lost.
func TestNamesThatTwoHave(t *testing.T) {
	a, b := NamedTable{Name: "a"}, NamedTable{Name: "b"}
	for _, c := range []struct {
		r    Report
		want string
	}{
		{Report{Tables: []NamedTable{a, b}, Figures: []Figure{{Name: "c", Data: &NamedTable{Name: "c_data"}}}}, ""},
		{Report{Tables: []NamedTable{a, b}, Figures: []Figure{{Name: "b"}}}, "b"},
		{Report{Tables: []NamedTable{a, a}}, "a"},
		{Report{Tables: []NamedTable{a}, Figures: []Figure{{Name: "c", Data: &a}}}, "a"},
	} {
		if got := c.r.Twice(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
