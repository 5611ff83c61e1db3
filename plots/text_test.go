package plots

import (
	"math"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

func testPen() *pen { return &pen{Canvas: draw.NewCanvas(new(recorder.Canvas), 100, 100)} }

// Every character that figures of this program need must be in both fonts.
func TestFontsHaveTheGlyphs(t *testing.T) {
	const needed = "θµ±−≥≤×·–—°%ΔτσλαβηΣ√∞äéñø" + "abcABC0123456789 ()/,.:=+-^_{}"
	p := testPen()
	for _, r := range needed {
		for _, st := range []style{{}, {font: bold}} {
			p.err = nil
			p.width(string(r), st)
			if p.err != nil {
				t.Error(p.err)
			}
		}
	}
}

func TestUnknownGlyphIsAnError(t *testing.T) {
	p := testPen()
	p.text("spike 🧠", vg.Point{}, style{})
	if p.err == nil {
		t.Error("no error for a character that no font has")
	}
}

func TestMinus(t *testing.T) {
	for in, want := range map[string]string{
		"-70": "−70", "(-70 mV)": "(−70 mV)", "10^{-3}": "10^{−3}", "-.5": "−.5",
		"false-positive": "false-positive", "1-2": "1-2", "L2-3": "L2-3", "-": "-", "x -y": "x -y", "5 -10": "5 −10",
	} {
		if got := minus(in); got != want {
			t.Errorf("minus(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAxisTitle(t *testing.T) {
	for _, c := range [][3]string{
		{"time", "ms", "Time (ms)"}, {"false-positive rate", "", "False-positive rate"}, {"", "mV", "(mV)"}, {"", "", ""},
		{"n", "", "n"}, {"θ", "", "θ"}, {"V_{m}", "mV", "V_{m} (mV)"}, {"pH", "", "pH"}, {"dV/dt", "mV/ms", "dV/dt (mV/ms)"},
	} {
		if got := axisTitle(c[0], c[1]); got != c[2] {
			t.Errorf("axisTitle(%q, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

// Raised text is 70 % as wide, and a markup takes no room itself.
func TestMarkupWidth(t *testing.T) {
	p := testPen()
	plain, raised := p.width("10", style{})+0.7*p.width("3", style{}), p.width("10^{3}", style{})
	if math.Abs(float64(plain-raised)) > 1e-9 || p.err != nil {
		t.Errorf("10^{3} is %v wide, want %v (%v)", raised, plain, p.err)
	}
}
