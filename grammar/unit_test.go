package grammar

import (
	"math"
	"strings"
	"testing"
)

// Units in the ways that people write them. The test of quantities before knew one
// spelling of each unit: the one that was in the table.
func TestUnitsAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		text, base string
		want       float64
	}{
		{"1 μF/cm2", "uF/cm2", 1}, {"1 µF/cm2", "uF/cm2", 1}, {"1 uF/cm^2", "uF/cm2", 1}, {"1 µF/cm²", "uF/cm2", 1}, {"1 uF*cm^-2", "uF/cm2", 1},
		{"1 uF cm-2", "uF/cm2", 1}, {"1 µF·cm⁻²", "uF/cm2", 1}, {"0.01 F/m2", "uF/cm2", 1}, {"0.01 F/m^2", "uF/cm2", 1}, {"0.01 pF/um2", "uF/cm2", 1}, {"0.01 pF/µm**2", "uF/cm2", 1}, {"1 uF per cm2", "uF/cm2", 1},
		{"150 Ω cm", "ohm cm", 150}, {"150 Ω cm", "ohm cm", 150}, {"150 Ohm cm", "ohm cm", 150}, {"150 ohm*cm", "ohm cm", 150}, {"150 ohm-cm", "ohm cm", 150}, {"150 ohm.cm", "ohm cm", 150}, {"150 Ω·cm", "ohm cm", 150}, {"1.5 ohm m", "ohm cm", 150}, {"0.15 kohm cm", "ohm cm", 150}, {"150 ohms cm", "ohm cm", 150},
		{"20 kOhm cm2", "ohm cm2", 20000}, {"20 kΩ cm²", "ohm cm2", 20000}, {"20 kΩ·cm^2", "ohm cm2", 20000}, {"2 ohm m2", "ohm cm2", 20000}, {"0.02 MOhm cm2", "ohm cm2", 20000}, {"0.02 Megohm cm2", "ohm cm2", 20000},
		{"1 S/cm^2", "S/cm2", 1}, {"1 mS/cm2", "S/cm2", 1e-3}, {"1 mS/cm²", "S/cm2", 1e-3}, {"1 mS cm^-2", "S/cm2", 1e-3}, {"1 S/m2", "S/cm2", 1e-4}, {"1 pS/µm²", "S/cm2", 1e-4}, {"1 pS/um^2", "S/cm2", 1e-4},
		{"1 S", "nS", 1e9}, {"1 mS", "nS", 1e6}, {"1 μS", "nS", 1e3}, {"1 nanosiemens", "nS", 1}, {"1 pA/mV", "nS", 1}, {"1000 fS", "nS", 1e-3},
		{"10ms", "ms", 10}, {"10 msec", "ms", 10}, {"10 milliseconds", "ms", 10}, {"1 sec", "ms", 1000}, {"2 seconds", "ms", 2000}, {"5 min", "ms", 300000}, {"1 hour", "ms", 3.6e6}, {"100 μs", "ms", 0.1}, {"1e6 ns", "ms", 1}, {"1.5e-3 s", "ms", 1.5},
		{"10\u202fms", "ms", 10}, {"10\u00a0ms", "ms", 10}, {"10\u2009ms", "ms", 10}, {"  10  ms ", "ms", 10}, {"+10 ms", "ms", 10}, {".5 ms", "ms", 0.5}, {"5. ms", "ms", 5}, {"1_000 ms", "ms", 1000},
		{"−70 mV", "mV", -70}, {"– 70 mV", "mV", -70}, {"-70mV", "mV", -70}, {"1e−3 V", "mV", 1}, {"70 millivolts", "mV", 70},
		{"5 Hz", "Hz", 5}, {"5 1/s", "Hz", 5}, {"5 /s", "Hz", 5}, {"5 s^-1", "Hz", 5}, {"5 s⁻¹", "Hz", 5}, {"5 s-1", "Hz", 5}, {"5 spikes/s", "Hz", 5}, {"5 spikes/sec", "Hz", 5}, {"5 kHz", "Hz", 5000}, {"5 1/ms", "Hz", 5000}, {"5 per s", "Hz", 5}, {"5 hertz", "Hz", 5},
		{"3 microns", "um", 3}, {"3 µm", "um", 3}, {"3 μm", "um", 3}, {"3 micrometers", "um", 3}, {"3 micrometres", "um", 3}, {"0.003 mm", "um", 3}, {"3000 nm", "um", 3}, {"3e-6 m", "um", 3}, {"8.9 cm", "mm", 89},
		{"1 mmol/l", "mM", 1}, {"1 mol/m3", "mM", 1}, {"1 mM", "mM", 1}, {"1000 µM", "mM", 1}, {"0.062 /mV", "1/mV", 0.062}, {"0.062 mV^-1", "1/mV", 0.062}, {"0.28 1/mM", "1/mM", 0.28}, {"0.28 mM^-1", "1/mM", 0.28},
		{"250 pF", "pF", 250}, {"0.25 nF", "pF", 250}, {"1 μA", "pA", 1e6}, {"0.2 nA", "pA", 200}, {"200 picoamps", "pA", 200},
	} {
		if got, err := ParseQuantity(c.text, c.base); err != nil || math.Abs(got-c.want) > 1e-12*math.Abs(c.want) {
			t.Errorf("%q in %s = %v, %v; want %v", c.text, c.base, got, err, c.want)
		}
	}
}

// What is refused says why, with a suggestion of the dimension that is wanted.
func TestWrongUnitsSayWhatIsRight(t *testing.T) {
	for _, c := range []struct{ text, base, want string }{
		{"1,5 nS", "nS", `has a comma; the decimal sign is a point, and thousands have no sign: "1.5 nS"`},
		{"1,000,000 ms", "ms", `has a comma; the decimal sign is a point, and thousands have no sign: "1000000 ms"`},
		{"10 μS", "ms", "must be a time (ms), is a conductance; did you mean \"us\"?"},
		{"10 S", "ms", "must be a time (ms), is a conductance; did you mean \"s\"?"},
		{"10 ms", "nS", "must be a conductance (nS), is a time; did you mean \"mS\"?"},
		{"10 mv", "mV", `unknown unit "mv"; did you mean "mV"?`},
		{"10 MV", "mV", `unknown unit "MV"; did you mean "mV"?`},
		{"10 khz", "Hz", `unknown unit "khz"; did you mean "kHz"?`},
		{"10 eV", "mV", `unknown unit "eV"; did you mean "mV"?`},
		{"10 furlongs", "um", `unknown unit "furlongs"; units of length are um, mm, cm, nm, m`},
		{"10 mV/ms", "mV", "must be a voltage (mV), is a voltage per time"},
		{"10 V V", "mV", "must be a voltage (mV), is a product of other units"},
		{"20 kohm", "ohm cm2", "must be a resistance times area (ohm cm2), is a resistance"},
		{"1 mS", "S/cm2", "must be a conductance per area (S/cm2), is a conductance"},
		{"1 uF", "uF/cm2", "must be a capacitance per area (uF/cm2), is a capacitance"},
		{"10", "1/mV", `needs a unit of inverse voltage, like "10 1/mV"`},
		{"ms", "ms", `must be a time: a number and a unit, like "10 ms"`},
		{"", "1/mV", `must be an inverse voltage: a number and a unit, like "10 1/mV"`},
		{"1e400 ms", "ms", "must be finite"}, {"1e308 s", "ms", "must be finite"}, {"1e300 ms", "ms", "must be at most 1e+15 ms"}, {"-1e13 s", "ms", "must be at most 1e+15 ms"}, {"1e-30 ms", "ms", "must be 0 or at least 1e-18 ms"}, {"1 km", "um", "unknown unit"}, {"1e4 m", "um", "must be at most 1e+08 um"},
		{"1__0 ms", "ms", "unknown unit"}, {"0x10 ms", "ms", "unknown unit"}, {"1/2 ms", "ms", "unknown unit"}, {"NaN ms", "ms", "must be a time:"}, {"inf ms", "ms", "must be a time:"}, {"5 % ms", "ms", "unknown unit"}, {"5 m5s", "ms", "unknown unit"}, {"5 s/", "ms", "unknown unit"}, {"5 ms7", "ms", "unknown unit"}, {"5 -", "ms", "unknown unit"},
	} {
		if _, err := ParseQuantity(c.text, c.base); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q in %s: %v; want %s", c.text, c.base, err, c.want)
		}
	}
}

// Every unit that is suggested is one, of the dimension that it is suggested for.
func TestSuggestedUnitsAreUnits(t *testing.T) {
	for _, q := range quantities {
		for _, name := range q.units {
			u, ok := parseUnit(name)
			if got := u.named().name; !ok || got != q.name {
				t.Errorf("%q is a %q, not a %q", name, got, q.name)
			}
		}
	}
}

func TestQuantities(t *testing.T) {
	for _, c := range []struct {
		text, base string
		want       float64
	}{
		{"10 ms", "ms", 10}, {"10ms", "ms", 10}, {"0.5 s", "ms", 500}, {"100 us", "ms", 0.1}, {"250 µs", "ms", 0.25},
		{"-70 mV", "mV", -70}, {"−70 mV", "mV", -70}, {"1e-3 V", "mV", 1}, {"0.25 nF", "pF", 250}, {"2 kHz", "Hz", 2000}, {"3 /s", "Hz", 3}, {"1_000 pA", "pA", 1000},
	} {
		if got, err := ParseQuantity(c.text, c.base); err != nil || got != c.want {
			t.Errorf("%q in %s = %v, %v; want %v", c.text, c.base, got, err, c.want)
		}
		if again, err := ParseQuantity(FormatQuantity(c.want, c.base), c.base); err != nil || again != c.want {
			t.Errorf("%v %s is written as %q", c.want, c.base, FormatQuantity(c.want, c.base))
		}
	}
}

// 100 us is exactly 0.1 ms: division by a power of ten is correctly rounded,
// multiplication by its inverse is not.
func TestSmallUnitsAreExact(t *testing.T) {
	for i := 1; i < 1000; i++ {
		want, _ := ParseQuantity(FormatNumber(float64(i)/1000)+" ms", "ms")
		if got, _ := ParseQuantity(FormatNumber(float64(i))+" us", "ms"); got != want {
			t.Fatalf("%d us = %v ms, want %v", i, got, want)
		}
	}
}
