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
		for _, f := range []*face{regular, bold} {
			if got, _, _ := lookUp(&p.buf, f, r); got != f {
				t.Errorf("%q is not in the font itself", r)
			}
		}
	}
}

// Signs of the field that the first fonts lack are drawn from others, and what no font
// has as a box: a figure is never lost for a sign. The tests looked at the signs of the
// shipped figures only.
func TestSignsOfOtherFonts(t *testing.T) {
	const others = "s⁻¹⁺⁰⁹∝∇⟨⟩∈∪∘ₙ→⇒ℓ"
	p := testPen()
	for _, r := range others {
		for _, f := range []*face{regular, bold} {
			if _, _, found := lookUp(&p.buf, f, r); !found {
				t.Errorf("no font has %q", r)
			}
		}
	}
	if got := p.width("日🧠", style{}); p.err != nil || got != 2*p.width("□", style{}) || got == 0 {
		t.Errorf("signs that no font has are %v wide, %v", got, p.err)
	}
	p.text("a日\u200db ⟨ع⟩ 10^{3", vg.Point{}, style{})
	if p.err != nil {
		t.Error(p.err)
	}
	missing, apart := Missing("θ ⁻日本日 عs")
	if string(missing) != "日本" || string(apart) != "ع" {
		t.Errorf("missing %q, apart %q", string(missing), string(apart))
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

// Units are written in TOML and in the tables of figures with plain letters, and drawn as
// they are read.
func TestUnitsAreDrawnAsTheyAreRead(t *testing.T) {
	for unit, want := range map[string]string{
		"mA/cm2": "mA/cm^{2}", "uF/cm2": "µF/cm^{2}", "ohm cm2": "ohm cm^{2}", "um": "µm", "um2": "µm^{2}", "cm-2": "cm^{-2}",
		"ms": "ms", "cm^{2}": "cm^{2}", "10^{-3}": "10^{-3}", "spikes/s": "spikes/s", "% of a": "% of a", "units": "units", "us": "µs", "": "",
	} {
		if got := unitText(unit); got != want {
			t.Errorf("%q is drawn as %q, want %q", unit, got, want)
		}
	}
}
