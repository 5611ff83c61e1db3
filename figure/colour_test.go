package figure

import "testing"

func TestColour(t *testing.T) {
	for text, want := range map[string]string{
		"orange": "#E69F00", "#1b9e77": "#1B9E77", "#abc": "#AABBCC", "#ABCDEF": "#ABCDEF",
		"": "", "#": "", "#12": "", "#1b9e7": "", "#1b9e777": "", "#+b9e77": "", "1b9e77": "", "#gggggg": "", "Orange": "",
	} {
		if got, ok := Colour(text); got != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for _, name := range ColourNames() {
		if _, ok := Colour(name); !ok {
			t.Errorf("%s is no colour", name)
		}
	}
}
