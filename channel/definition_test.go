package channel_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"neurosim/channel"
)

// gate returns a channel of one gate.
func gate(change func(g *channel.GateText)) *channel.Definition {
	g := channel.DefaultGate()
	g.Name = "m"
	change(&g)
	return &channel.Definition{Name: "test", E: -80, Gates: []channel.GateText{g}}
}

// rates and steady are gates of formulas.
func rates(alpha, beta string) *channel.Definition {
	return gate(func(g *channel.GateText) { g.Alpha, g.Beta = alpha, beta })
}

func steady(inf, tau string) *channel.Definition {
	return gate(func(g *channel.GateText) { g.Inf, g.Tau = inf, tau })
}

// compile returns the channel at 34 °C and what is reported, as "key: rule".
func compile(d *channel.Definition) (k *channel.Kinetics, problems []string) {
	k = d.Compile(34, func(key, rule string, args ...any) {
		problems = append(problems, key+": "+fmt.Sprintf(rule, args...))
	})
	return k, problems
}

// sound returns a channel that has to be sound.
func sound(t *testing.T, d *channel.Definition) *channel.Kinetics {
	t.Helper()
	k, problems := compile(d)
	if k == nil || problems != nil {
		t.Fatalf("%+v: %v", d.Gates, problems)
	}
	return k
}

// A removable singularity is continued to 1e-9 of its limit, at a knot of the grid on which
// formulas are checked (-38 mV) and off it (-38.3 mV, and a third of a mV), and next to it, where
// the formula itself has lost its digits. A note tells where.
func TestRemovableSingularities(t *testing.T) {
	for _, at := range []float64{-38, -38.3, -115 / 3.0, 127.96875} {
		a := fmt.Sprintf("0.182*(V - %.17g)/(1 - exp(-(V - %.17g)/6))", at, at)
		for _, d := range []*channel.Definition{
			rates(a, "0.5"),
			rates(strings.Replace(a, "0.182*(V", "-0.182*(V", 1)+"*-1", "0.5"), // the sign elsewhere
			rates(fmt.Sprintf("0.182*(%.17g - V)/(exp((%.17g - V)/6) - 1)", at, at), "0.5"),
		} {
			k := sound(t, d)
			if notes := k.Notes(); len(notes) != 1 || !strings.Contains(notes[0], fmt.Sprintf("gates.m.alpha is 0/0 at V = %.6g mV; its limit there is taken", at)) {
				t.Errorf("notes %q", notes)
			}
			for _, off := range []float64{0, 1e-13, -1e-12, 1e-10, 1e-8, -1e-6, 9e-5, -1.1e-4, 1e-3, 0.25} {
				u := off / 6
				alpha := 0.182 * 6 * (1 + u/2 + u*u/12 - u*u*u*u/720) // of u/(1 - e^-u)
				inf, tau := alpha/(alpha+0.5), 1/(alpha+0.5)
				if gotI, gotT := k.Steady(0, at+off, 0), k.Tau(0, at+off, 0); math.Abs(gotI-inf) > 1e-9*inf || math.Abs(gotT-tau) > 1e-9*tau {
					t.Errorf("at %.9g%+g mV: %.12g, %.12g ms; want %.12g, %.12g ms", at, off, gotI, gotT, inf, tau)
				}
			}
		}
	}
}

// A singularity of a let, and of a concentration, are found too.
func TestSingularitiesElsewhere(t *testing.T) {
	d := rates("x/(1 - exp(-x))", "1")
	d.Lets = []channel.Let{{Name: "x", Text: "(V + 40)/7"}}
	if k := sound(t, d); math.Abs(k.Steady(0, -40, 0)-0.5) > 1e-9 || len(k.Notes()) != 1 {
		t.Errorf("%g, %q", k.Steady(0, -40, 0), k.Notes())
	}
	d = rates("(ca - 0.001)/(1 - exp((0.001 - ca)/0.001))", "0.001")
	if k := sound(t, d); math.Abs(k.Steady(0, 0, 0.001)-0.5) > 1e-9 || len(k.Notes()) != 1 || !strings.Contains(k.Notes()[0], "ca = 0.001 mM") {
		t.Errorf("%g, %q", k.Steady(0, 0, 0.001), k.Notes())
	}
}

// A case that the formula treats itself is neither noted nor refused, and its value is taken.
func TestGuardedSingularity(t *testing.T) {
	k := sound(t, rates("abs(V + 38) < 1e-6 ? 1.092 : 0.182*(V + 38)/(1 - exp(-(V + 38)/6))", "0.5"))
	if k.Notes() != nil {
		t.Errorf("notes %q", k.Notes())
	}
	if got, want := k.Steady(0, -38, 0), 1.092/1.592; math.Abs(got-want) > 1e-12 {
		t.Errorf("at -38 mV %.12g, want %.12g", got, want)
	}
}

// What is wrong is said with its potential and character.
func TestValuesAreChecked(t *testing.T) {
	both := gate(func(g *channel.GateText) { g.Inf, g.Tau, g.Reads = "ca/(ca + 0.001)", "1 + V/100", "both" })
	for _, c := range []struct {
		d    *channel.Definition
		want string
	}{
		{rates("1/(V + 38)^2", "1"), "gates.m.alpha: division by zero at V = -38 mV: (V + 38) ^ 2 is 0, at character 2"},
		{rates("1/(V + 38.3)", "1"), "gates.m.alpha: division by zero at V = -38.3 mV: V + 38.3 is 0, at character 2"},
		{rates("1 + V/(V + 38)", "1"), "gates.m.alpha: division by zero at V = -38 mV: V + 38 is 0, at character 6"},
		{steady("0.5", "1/(ca - 0.001)"), "gates.m.tau: division by zero at ca = 0.001 mM: ca - 0.001 is 0, at character 2"},
		{steady("1/(1 + exp(-V/5))", "V"), "gates.m.tau: the time constant is -128 ms at V = -128 mV; it must be positive and finite"},
		{steady("1/(1 + exp(-V/5))", "100 - V"), "gates.m.tau: the time constant is 0 ms at V = 100 mV; it must be positive and finite"},
		{steady("0.5", "exp(V*10)"), "gates.m.tau: the time constant is 0 ms at V = -128 mV; it must be positive and finite"},
		{steady("exp(V*10)", "1"), "gates.m.inf: the steady state is 3.49034 at V = 0.125 mV; it must be from 0 to 1"},
		{steady("1.5/(1 + exp(-V/5))", "1"), "gates.m.inf: the steady state is 1.00228 at V = 3.5 mV; it must be from 0 to 1"},
		{steady("-0.1", ""), "gates.m.inf: the steady state is -0.1 at V = -128 mV; it must be from 0 to 1"},
		{steady("log(V)", "1"), "gates.m.inf: the steady state is not a number at V = -128 mV; it must be from 0 to 1"},
		{rates("V", "1"), "gates.m.alpha: the rate is -128 /ms at V = -128 mV; it must be finite and not negative"},
		{rates("2", "exp(V*10)"), "gates.m.beta: the rate is infinite at V = 70.125 mV; it must be finite and not negative"},
		{rates("0*V", "0"), "gates.m.alpha: alpha + beta is 0 /ms at V = -128 mV; one of them must be positive"},
		{rates("1 - ca", "1"), "gates.m.alpha: the rate is -0.125 /ms at ca = 1.125 mM; it must be finite and not negative"},
		{both, "gates.m.tau: the time constant is -0.28 ms at V = -128 mV, ca = 9.537e-07 mM; it must be positive and finite"},
	} {
		k, problems := compile(c.d)
		if k != nil || !slices.Contains(problems, c.want) {
			t.Errorf("%s | %s | %s | %s:\n%s\nwant\n%s", c.d.Gates[0].Alpha, c.d.Gates[0].Beta, c.d.Gates[0].Inf, c.d.Gates[0].Tau, strings.Join(problems, "\n"), c.want)
		}
	}
}

// The rate of a gate is multiplied by Q10^((T - reference)/10), its steady state by nothing.
func TestQ10(t *testing.T) {
	for _, d := range []*channel.Definition{rates("0.1", "0.3"), steady("0.25", "2.5")} {
		d.Gates[0].Q10, d.Gates[0].Reference = 3, 6.3
		k := d.Compile(26.3, func(key, rule string, args ...any) { t.Error(key, rule) })
		if inf, tau := k.Steady(0, -50, 0), k.Tau(0, -50, 0); math.Abs(inf-0.25) > 1e-15 || math.Abs(tau-2.5/9) > 1e-15 {
			t.Errorf("20 degC above the reference: %g, %.17g ms; want 0.25 and 2.5/9 ms", inf, tau)
		}
	}
}

// stepped returns a gate and the conductance (nS) of a channel of 1e-3 S/cm² on 1000 µm² after a
// step of 0.1 ms from the steady state at -70 mV, at a potential and concentration.
func stepped(t *testing.T, k *channel.Kinetics, v, ca float64) (x []float64, g float64) {
	t.Helper()
	pool := channel.DefaultPool()
	pool.Floor, pool.Gamma = ca, 0
	m, err := channel.NewMembrane(channel.MembraneSpec{
		Channels: []channel.Placed{{Kinetics: k, Density: []float64{1e-3}}}, Pools: []*channel.PoolParams{&pool},
		Area: []float64{1000}, Start: []float64{-70}, Celsius: 34, Dt: 0.1,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := m.NewState(1)
	cable := clamped{{v}}
	s.Currents(cable)
	s.Advance(cable)
	names, _ := k.Gates()
	for i := range names {
		y, _ := s.Gate(0, 0, 0, i)
		x = append(x, y)
	}
	return x, s.Conductance(0, 0, 0)
}

// An instantaneous gate stands at its steady state after each step, on its own or beside one
// with a time constant; powers multiply: 1e-3 S/cm² on 1000 µm² are 10 nS.
func TestInstantaneousGatesAndPowers(t *testing.T) {
	d := steady("1/(1 + exp(-(V + 40)/5))", "")
	d.Gates[0].Power = 3
	slow := channel.DefaultGate()
	slow.Name, slow.Inf, slow.Tau, slow.Power = "h", "1/(1 + exp((V + 60)/7))", "4", 2
	d.Gates = append(d.Gates, slow)
	k := sound(t, d)
	if k.Tau(0, 0, 0) != 0 {
		t.Errorf("the time constant of an instantaneous gate is %g ms", k.Tau(0, 0, 0))
	}
	x, g := stepped(t, k, -31.3, 1e-4)
	m := 1 / (1 + math.Exp(-8.7/5))
	h0, h := 1/(1+math.Exp(-10/7.0)), 1/(1+math.Exp(28.7/7))
	h += (h0 - h) * math.Exp(-0.1/4)
	if math.Abs(x[0]-m) > 1e-8 || math.Abs(x[1]-h) > 1e-8 {
		t.Errorf("m %.12g, h %.12g; want %.12g, %.12g", x[0], x[1], m, h)
	}
	if want := 10 * m * m * m * h * h; math.Abs(g-want) > 1e-6*want {
		t.Errorf("conductance %.9g nS, want %.9g", g, want)
	}
}

// A gate of potential and concentration is stepped by its formulas; so is one that reads
// concentration alone, from a table.
func TestGatesOfCalcium(t *testing.T) {
	d := gate(func(g *channel.GateText) {
		g.Inf, g.Tau, g.Reads, g.Power = "ca/(ca + 0.001*exp(-V/25))", "1 + 3/(1 + ca/0.002)", "both", 2
	})
	k := sound(t, d)
	if v, ca := k.Reads(0); !v || !ca {
		t.Errorf("reads V %t, ca %t", v, ca)
	}
	for _, ca := range []float64{5e-5, 7.7e-4, 0.031} {
		inf := func(v float64) float64 { return ca / (ca + 0.001*math.Exp(-v/25)) }
		want := inf(-20) + (inf(-70)-inf(-20))*math.Exp(-0.1/(1+3/(1+ca/0.002)))
		x, g := stepped(t, k, -20, ca)
		if math.Abs(x[0]-want) > 1e-14 || math.Abs(g-10*want*want) > 1e-12 {
			t.Errorf("at %g mM: %.15g, %.15g nS; want %.15g", ca, x[0], g, want)
		}
	}
}

// Constants and lets that no formula names are told: a misspelt one would change nothing.
func TestUnusedNames(t *testing.T) {
	d := steady("1/(1 + exp(-x))", "1")
	d.Constants = map[string]float64{"shift": 5, "shfit": 7}
	d.Lets = []channel.Let{{Name: "x", Text: "(V - shift)/5"}, {Name: "y", Text: "V"}}
	want := []string{"constants.shfit is used by no formula", "let.y is used by no formula"}
	if k := sound(t, d); !slices.Equal(k.Notes(), want) {
		t.Errorf("notes %q, want %q", k.Notes(), want)
	}
}

// Names that formulas cannot have are refused.
func TestNamesOfConstants(t *testing.T) {
	d := steady("0.5", "1")
	d.Constants = map[string]float64{"V": 1, "exp": 2, "a-b": 3, "in": 4, "inf": math.Inf(1)}
	d.Lets = []channel.Let{{Name: "ca", Text: "1"}, {Name: "inf", Text: "1"}, {Name: "later", Text: "earlier"}, {Name: "earlier", Text: "1"}}
	_, problems := compile(d)
	for _, want := range []string{
		"constants.V: is the name of a variable", "constants.exp: is the name of a function", "constants.a-b: is not a name for a formula",
		"constants.in: is not a name for a formula", "constants.inf: must be finite", "let.ca: is the name of a variable",
		"let.inf: is the name of a constant too", `let.later: unknown name "earlier"`,
	} {
		if !slices.ContainsFunc(problems, func(p string) bool { return strings.HasPrefix(p, want) }) {
			t.Errorf("no problem %q in\n%s", want, strings.Join(problems, "\n"))
		}
	}
}

// No text of a gate makes Compile panic.
func FuzzCompile(f *testing.F) {
	for _, s := range [][4]string{
		{"0.182*(V+38)/(1 - exp(-(V+38)/6))", "0.1", "", ""}, {"", "", "1/(1+exp(-V))", "1"}, {"ca", "V", "", ""}, {"", "", "ca/(ca+T)", ""}, {"1/V", "1/(1-exp(V))", "", "x"},
	} {
		f.Add(s[0], s[1], s[2], s[3])
	}
	f.Fuzz(func(t *testing.T, alpha, beta, inf, tau string) {
		d := gate(func(g *channel.GateText) { g.Alpha, g.Beta, g.Inf, g.Tau = alpha, beta, inf, tau })
		d.Lets = []channel.Let{{Name: "x", Text: alpha}}
		k, problems := compile(d)
		if (k == nil) != (problems != nil) {
			t.Fatalf("%v, %q", k, problems)
		}
	})
}
