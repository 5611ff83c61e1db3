package channel

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"neurosim/internal/dotted"
	"neurosim/internal/formula"
	"neurosim/internal/fpmath"
)

// A Definition is a channel as text: its gates as formulas. The current per area is
//
//	i = g Π_k x_k^{p_k} (V - E)
//
// with the density of conductance g and the gates x_k of powers p_k. Formulas know V
// (mV), ca (mM), T (the temperature, °C), the names of Constants and those of Lets.
type Definition struct {
	Name      string
	Title     string
	Source    string
	Ion       Ion
	E         float64 // reversal potential (mV); NaN: not said, or that of calcium
	Constants map[string]float64
	Lets      []Let  // each may use those before it
	Factor    string // formula of T and Constants that multiplies the conductance; "": 1
	Gates     []GateText
}

// A Let names a part of formulas.
type Let struct{ Name, Text string }

// Ion says what a current carries. A calcium current fills the pool of its compartment,
// and reverses at the Nernst potential of the pool where E is not given.
type Ion string

const (
	Unspecific Ion = ""
	Sodium     Ion = "na"
	Potassium  Ion = "k"
	Calcium    Ion = "ca"
)

// GateText is what a user sets of a gate. Either Alpha and Beta (1/ms) are given,
//
//	x∞ = α/(α+β),   τ = 1/((α+β) q)
//
// or Inf and, unless the gate is instantaneous, Tau (ms), which is divided by q. The
// factor is q = Q10^((T - T_ref)/10 °C), or 1 without Q10.
type GateText struct {
	Name      string  `toml:"-"`
	Power     int     `toml:"power" doc:"exponent of the gate"`
	Alpha     string  `toml:"alpha" doc:"opening rate, 1/ms, a formula of V (mV), ca (mM), T (°C) and the names in constants and let"`
	Beta      string  `toml:"beta" doc:"closing rate, 1/ms"`
	Inf       string  `toml:"inf" doc:"steady state, instead of alpha and beta"`
	Tau       string  `toml:"tau" doc:"time constant, ms; without it a gate with inf is instantaneous"`
	Reads     string  `toml:"reads" of:"V ca both" doc:"what the formulas depend on; default: what they name"`
	Q10       float64 `toml:"q10" unset:"0" doc:"factor of the rates for 10 °C more; without it the temperature does nothing"`
	Reference float64 `toml:"reference" must:"with q10" unit:"degC" doc:"temperature that the formulas are for"`
}

// DefaultGate returns the defaults: power 1.
func DefaultGate() GateText { return GateText{Power: 1, Reference: math.NaN()} }

// MaxPower bounds the exponent of a gate.
const MaxPower = 12

// Variables of the formulas of gates.
const (
	varV = iota
	varCa
	varT
)

var variables = []string{"V", "ca", "T"}

// A Report says what is wrong with a key of a definition: "gates.m.alpha".
type Report func(key, rule string, args ...any)

// scope checks the constants and lets of a definition, and returns what its formulas know.
func (d *Definition) scope(bad Report) formula.Scope {
	s := formula.Scope{Variables: variables, Constants: d.Constants, Formulas: map[string]*formula.Formula{}}
	taken := func(key, name string) bool {
		if slices.Contains(variables, name) {
			bad(key, "is the name of a variable: V (mV), ca (mM) and T (°C)")
			return true
		}
		rule := formula.CheckName(name)
		if rule != "" {
			bad(key, "%s", rule)
		}
		return rule != ""
	}
	for _, name := range slices.Sorted(maps.Keys(d.Constants)) {
		key := dotted.Join("constants", name)
		if !taken(key, name) && (math.IsNaN(d.Constants[name]) || math.IsInf(d.Constants[name], 0)) {
			bad(key, "must be finite")
		}
	}
	for _, l := range d.Lets {
		key := dotted.Join("let", l.Name)
		if taken(key, l.Name) {
			continue
		}
		if _, twice := d.Constants[l.Name]; twice {
			bad(key, "is the name of a constant too")
			continue
		}
		if f := parse(key, l.Text, s, bad); f != nil {
			s.Formulas[l.Name] = f
		}
	}
	return s
}

// parse reads a formula and reports what is wrong with it.
func parse(key, text string, s formula.Scope, bad Report) *formula.Formula {
	f, err := formula.Parse(text, s)
	if err == nil {
		return f
	}
	bad(key, "%s", err)
	return nil
}

// Kinetics is a channel whose formulas were read and checked, at one temperature.
type Kinetics struct {
	Definition
	gates  []gate
	factor float64
	limits []limit  // where formulas are continued by their limit
	idle   []string // what no formula names
}

// gate is one gate: its steady state and rate as functions.
type gate struct {
	name          string
	power         int
	reads         reading
	q             float64 // factor of the rate
	alpha, beta   *formula.Formula
	inf, tau      *formula.Formula // inf without tau: instantaneous
	celsius       float64
	singularities []singularity
}

// reading says what a gate depends on.
type reading int

const (
	readsV reading = iota
	readsCa
	readsBoth
)

func (r reading) String() string { return []string{"V", "ca", "both"}[r] }

// Compile checks a definition and returns the channel at a temperature (°C). It reports
// every rule that is broken; the result is nil where one is.
func (d *Definition) Compile(celsius float64, bad Report) *Kinetics {
	sound := true
	report := func(key, rule string, args ...any) {
		sound = false
		bad(key, rule, args...)
	}
	k := &Kinetics{Definition: *d, factor: 1}
	s := d.scope(report)
	if d.Factor != "" {
		if f := parse("factor", d.Factor, s, report); f != nil {
			k.factor = f.Eval([]float64{0, 0, celsius})
			switch {
			case f.Reads(varV) || f.Reads(varCa):
				report("factor", "must not depend on V or ca: it multiplies the conductance once")
			case !(k.factor >= 0) || math.IsInf(k.factor, 0):
				report("factor", "is %.4g at %g °C; it must be finite and not negative", k.factor, celsius)
			}
		}
	}
	if len(d.Gates) == 0 && sound {
		return k // a leak
	}
	for _, t := range d.Gates {
		if g, ok := t.compile(s, celsius, report); ok {
			k.gates = append(k.gates, g)
		}
	}
	if !sound {
		return nil
	}
	k.unused(s)
	for i := range k.gates {
		k.gates[i].check(&k.limits, report)
	}
	if !sound {
		return nil
	}
	return k
}

// unused notes constants and lets that no formula names.
func (k *Kinetics) unused(s formula.Scope) {
	var fs []*formula.Formula
	for i := range k.gates {
		_, of := k.gates[i].formulas()
		fs = append(fs, of...)
	}
	for _, f := range s.Formulas {
		fs = append(fs, f)
	}
	if f, err := formula.Parse(k.Definition.Factor, s); err == nil {
		fs = append(fs, f)
	}
	note := func(table, name string) {
		if !slices.ContainsFunc(fs, func(f *formula.Formula) bool { return f.Names(name) }) {
			k.idle = append(k.idle, fmt.Sprintf("%s is used by no formula", dotted.Join(table, name)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(k.Constants)) {
		note("constants", name)
	}
	for _, l := range k.Lets {
		note("let", l.Name)
	}
}

// compile reads the formulas of a gate.
func (t GateText) compile(s formula.Scope, celsius float64, bad Report) (gate, bool) {
	at := dotted.Join("gates", t.Name)
	g := gate{name: t.Name, power: t.Power, q: 1, celsius: celsius}
	sound := true
	report := func(key, rule string, args ...any) {
		sound = false
		bad(at+key, rule, args...)
	}
	if t.Power < 1 || t.Power > MaxPower {
		report(".power", "must be from 1 to %d", MaxPower)
	}
	read := func(key, text string) *formula.Formula {
		return parse(at+"."+key, text, s, func(key, rule string, args ...any) { sound = false; bad(key, rule, args...) })
	}
	rates, steady := t.Alpha != "" || t.Beta != "", t.Inf != "" || t.Tau != ""
	switch {
	case rates && steady:
		report("", "has formulas of both kinds: give alpha and beta, or inf and tau")
	case !rates && !steady:
		report("", "has no formula: give alpha and beta, or inf and tau")
	case rates && t.Alpha == "":
		report(".alpha", "a formula must be given with beta")
	case rates && t.Beta == "":
		report(".beta", "a formula must be given with alpha")
	case steady && t.Inf == "":
		report(".inf", "a formula must be given together with tau")
	case rates:
		g.alpha, g.beta = read("alpha", t.Alpha), read("beta", t.Beta)
	default:
		g.inf = read("inf", t.Inf)
		if t.Tau != "" {
			g.tau = read("tau", t.Tau)
		}
	}
	switch {
	case t.Q10 < 0:
		report(".q10", "must be positive")
	case t.Q10 > 0 && math.IsNaN(t.Reference):
		report(".reference", "must be given with q10")
	case t.Q10 > 0:
		g.q = fpmath.Pow(t.Q10, (celsius-t.Reference)/10)
	case !math.IsNaN(t.Reference):
		report(".reference", "has no meaning without q10")
	}
	if !sound {
		return g, false
	}
	v, ca := g.names(varV), g.names(varCa)
	switch {
	case v && ca:
		g.reads = readsBoth
	case ca:
		g.reads = readsCa
	}
	if t.Reads != "" && t.Reads != g.reads.String() {
		report(".reads", "its formulas depend on %s", map[reading]string{readsV: "V alone", readsCa: "ca alone", readsBoth: "V and ca"}[g.reads])
	}
	return g, sound
}

// formulas lists the formulas of a gate with their keys.
func (g *gate) formulas() (keys []string, fs []*formula.Formula) {
	for i, f := range []*formula.Formula{g.alpha, g.beta, g.inf, g.tau} {
		if f != nil {
			keys, fs = append(keys, []string{"alpha", "beta", "inf", "tau"}[i]), append(fs, f)
		}
	}
	return keys, fs
}

// names tells whether a formula of the gate depends on a variable.
func (g *gate) names(variable int) bool {
	_, fs := g.formulas()
	return slices.ContainsFunc(fs, func(f *formula.Formula) bool { return f.Reads(variable) })
}

// instantaneous tells whether the gate has no time constant.
func (g *gate) instantaneous() bool { return g.inf != nil && g.tau == nil }

// raw returns the steady state and the rate 1/τ (1/ms) as the formulas say, +Inf for an
// instantaneous gate.
func (g *gate) raw(v, c float64) (inf, rate float64) {
	x := [3]float64{v, c, g.celsius}
	if g.alpha != nil {
		a, b := g.alpha.Eval(x[:]), g.beta.Eval(x[:])
		return a / (a + b), float64((a + b) * g.q)
	}
	inf = g.inf.Eval(x[:])
	if g.tau == nil {
		return inf, math.Inf(1)
	}
	return inf, g.q / g.tau.Eval(x[:])
}

// at returns the steady state and the rate, at a removable singularity their limits.
func (g *gate) at(v, c float64) (inf, rate float64) {
	u := v
	if g.reads == readsCa {
		u = c
	}
	for i := range g.singularities {
		if s := &g.singularities[i]; math.Abs(u-s.at) <= s.near {
			return s.value(g, v, c)
		}
	}
	return g.raw(v, c)
}

// Gates returns the names of the gates, and their powers.
func (k *Kinetics) Gates() (names []string, powers []int) {
	for i := range k.gates {
		names, powers = append(names, k.gates[i].name), append(powers, k.gates[i].power)
	}
	return names, powers
}

// Reads tells whether a gate depends on the calcium concentration, on V, or both.
func (k *Kinetics) Reads(gate int) (v, ca bool) {
	r := k.gates[gate].reads
	return r != readsCa, r != readsV
}

// Steady returns the steady state of a gate at a potential (mV) and calcium
// concentration (mM).
func (k *Kinetics) Steady(gate int, v, c float64) float64 {
	inf, _ := k.gates[gate].at(v, c)
	return inf
}

// Tau returns the time constant of a gate (ms), 0 for an instantaneous one.
func (k *Kinetics) Tau(gate int, v, c float64) float64 {
	_, rate := k.gates[gate].at(v, c)
	return 1 / rate
}

// Factor returns what the conductance is multiplied with at the temperature.
func (k *Kinetics) Factor() float64 { return k.factor }

// Notes says what of the formulas is not taken as it stands.
func (k *Kinetics) Notes() (notes []string) {
	for _, l := range k.limits {
		notes = append(notes, fmt.Sprintf("%s is 0/0 at %s; its limit there is taken", l.formula, l.at))
	}
	return append(notes, k.idle...)
}

// Limits says where formulas are 0/0 and continued by their limit: "gates.m.alpha at V = -38
// mV".
func (k *Kinetics) Limits() (out []string) {
	for _, l := range k.limits {
		out = append(out, l.formula+" at "+l.at)
	}
	return out
}

// A limit is a formula that is continued by its limit, and where: "V = -38 mV".
type limit struct{ formula, at string }

// Unused says what of the channel no formula names.
func (k *Kinetics) Unused() []string { return k.idle }

// ReadsCalcium tells whether a gate depends on the calcium concentration.
func (k *Kinetics) ReadsCalcium() bool {
	return slices.ContainsFunc(k.gates, func(g gate) bool { return g.reads != readsV })
}

// DependsOnTemperature tells whether the channel differs at other temperatures.
func (d *Definition) DependsOnTemperature() bool {
	return d.NamesTemperature() || slices.ContainsFunc(d.Gates, func(g GateText) bool { return g.Q10 > 0 })
}

// NamesTemperature tells whether a formula of the channel names T.
func (d *Definition) NamesTemperature() bool {
	found := false
	silent := func(string, string, ...any) {}
	s := d.scope(silent)
	for _, text := range d.texts() {
		if f := parse("", text, s, silent); f != nil {
			found = found || f.Reads(varT)
		}
	}
	return found
}

// texts lists the formulas of the gates and the factor.
func (d *Definition) texts() (out []string) {
	for _, g := range d.Gates {
		out = append(out, g.Alpha, g.Beta, g.Inf, g.Tau)
	}
	return append(out, d.Factor)
}

// Functions lists the functions that formulas may call, as "exp(x)".
func Functions() []string { return formula.Functions() }
