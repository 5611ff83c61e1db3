package main

import (
	"encoding/xml"
	"io"
	"os"
	"strings"
	"testing"
)

// The figure of the page is the one that the program prints, and is XML.
func TestDiagram(t *testing.T) {
	want := diagram()
	got, err := os.ReadFile("../figures/step.svg")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/figures/step.svg is another: go run ./docs/step > docs/figures/step.svg")
	}
	d := xml.NewDecoder(strings.NewReader(want))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// The example starts where four of its synapses are active for the first time: the arrivals
// of steps 2, 4, 5 and 6 are all active in step 6, that of step 2 for the second to last time.
func TestExample(t *testing.T) {
	if start() != 6 || overlap(5) != 3 || overlap(7) != 4 || overlap(8) != 3 {
		t.Errorf("start %d; overlaps %d %d %d", start(), overlap(5), overlap(7), overlap(8))
	}
}
