package neuron

import (
	"math"
	"slices"
	"strings"
)

// ChannelParams is what a user sets of a voltage-dependent conductance.
type ChannelParams struct {
	Kind       string  `toml:"kind" must:"yes" of:"na kdr ca km" doc:"na and kdr (Hodgkin & Huxley), ca (high-voltage-activated), km (muscarinic)"`
	GBar       float64 `toml:"g_bar" must:"yes" unit:"S/cm2" doc:"conductance with all gates open"`
	E          float64 `toml:"E" must:"yes" unit:"mV" doc:"reversal potential"`
	RateFactor float64 `toml:"rate_factor" doc:"factor of all rates, for another temperature"`
}

// DefaultChannel returns the defaults.
func DefaultChannel() ChannelParams { return ChannelParams{RateFactor: 1} }

// HodgkinHuxley returns the two channels of Hodgkin & Huxley's (1952) membrane,
// whose leak is g_L = 0.3 mS/cm² and E_L = -54.3 mV.
func HodgkinHuxley() []ChannelParams {
	return []ChannelParams{
		{Kind: "na", GBar: 0.12, E: 50, RateFactor: 1},
		{Kind: "kdr", GBar: 0.036, E: -77, RateFactor: 1},
	}
}

// Check reports every rule that p breaks.
func (p ChannelParams) Check(bad func(key, rule string, args ...any)) {
	if !slices.Contains(channelNames(), p.Kind) {
		bad("kind", "must be one of %s", strings.Join(channelNames(), ", "))
	}
	if !(p.GBar >= 0) || math.IsInf(p.GBar, 0) {
		bad("g_bar", "must not be negative")
	}
	if !(math.Abs(p.E) <= 200) {
		bad("E", "must be from -200 to 200 mV")
	}
	if !(p.RateFactor > 0 && p.RateFactor <= 100) {
		bad("rate_factor", "must be above 0 and at most 100")
	}
}

// Gate tables have a line for every 1/32 mV from -128 to 128 mV; beyond, the
// first and the last go on.
const (
	gateLow    = -128.0
	gatesPerMV = 32.0
	gateSize   = 8192 // a power of two: an index is masked, not checked
)

// knot is the step of a gate at a potential: x ← a + b x.
type knot struct{ a, b float64 }

// gate tabulates exponential Euler: with x∞ = α/(α+β) and τ = 1/(α+β),
//
//	x(t+dt) = x∞ + (x - x∞) e^(-dt/τ) = a(V) + b(V) x
//
// a and b are interpolated linearly between knots; they miss by at most 1e-6.
type gate [gateSize + 1]knot

func newGate(r rates, factor, dt float64) *gate {
	t := new(gate)
	for i := range t {
		alpha, beta := r(gateLow + float64(float64(i)/gatesPerMV))
		b := exp(-dt * factor * (alpha + beta))
		t[i] = knot{alpha / (alpha + beta) * (1 - b), b}
	}
	return t
}

// advance steps the gates x of cells at the potentials v.
func (t *gate) advance(x, v []float64) {
	x = x[:len(v)]
	for j, u := range v {
		p := float64(u*gatesPerMV) - gateLow*gatesPerMV
		i := int(p)
		if uint(i) >= gateSize {
			if i = 0; u > 0 {
				i = gateSize - 1
			}
			p = min(max(p, 0), gateSize)
		}
		i &= gateSize - 1
		f := p - float64(i)
		l, r := &t[i], &t[i+1]
		a := l.a + float64(f*(r.a-l.a))
		b := l.b + float64(f*(r.b-l.b))
		x[j] = a + float64(b*x[j])
	}
}

// A Channel is what is common to all places of a voltage-dependent conductance:
// exponents and tables.
type Channel struct {
	params ChannelParams
	kind   kind
	m, h   *gate // h is nil for none
}

// NewChannel returns the constants for steps of dt (ms). p has passed Check.
func NewChannel(p ChannelParams, dt float64) *Channel {
	k, _ := kindNamed(p.Kind)
	c := &Channel{params: p, kind: k, m: newGate(k.m, p.RateFactor, dt)}
	if k.h != nil {
		c.h = newGate(k.h, p.RateFactor, dt)
	}
	return c
}

// Gates is the state of one channel on P places of N cells.
type Gates struct {
	*Channel
	n    int
	gbar []float64 // [P] conductance with all gates open (nS)
	m, h []float64 // [P][N]
}

// NewGates returns gates in their steady state at the potentials start (mV) of
// the places, whose areas are given (µm²).
func NewGates(c *Channel, n int, areas, start []float64) *Gates {
	g := &Gates{Channel: c, n: n, m: make([]float64, n*len(areas))}
	if c.h != nil {
		g.h = make([]float64, len(g.m))
	}
	steady := func(r rates, v float64) float64 {
		alpha, beta := r(v)
		return alpha / (alpha + beta)
	}
	for i, a := range areas {
		g.gbar = append(g.gbar, c.params.GBar*a*10) // 1 S/cm² = 10 nS/µm²
		for j := range n {
			g.m[i*n+j] = steady(c.kind.m, start[i])
			if c.h != nil {
				g.h[i*n+j] = steady(c.kind.h, start[i])
			}
		}
	}
	return g
}

// Add adds the current ḡ m^p h (E - V) of a place to the equations of its
// compartment, by cell; see Cable.
func (g *Gates) Add(place int, diag, right []float64) {
	m := row(g.m, int32(place), g.n)
	diag, right = diag[:len(m)], right[:len(m)]
	gbar, e := g.gbar[place], g.params.E
	var h []float64
	if g.h != nil {
		h = row(g.h, int32(place), g.n)[:len(m)]
	}
	for j, m := range m {
		x := gbar * m
		for range g.kind.p - 1 {
			x *= m
		}
		if h != nil {
			x *= h[j]
		}
		diag[j] += x
		right[j] += float64(x * e)
	}
}

// Advance steps the gates of a place at the potentials v (mV) by dt.
func (g *Gates) Advance(place int, v []float64) {
	g.Channel.m.advance(row(g.m, int32(place), g.n), v)
	if g.h != nil {
		g.Channel.h.advance(row(g.h, int32(place), g.n), v)
	}
}

// State returns the gates, for a checkpoint; the second is nil where there is
// none. They are the state itself.
func (g *Gates) State() (m, h []float64) { return g.m, g.h }
