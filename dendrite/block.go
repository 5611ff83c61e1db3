package dendrite

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/internal/fpmath"
)

// BlockParams is what a user sets of the magnesium block of NMDA receptors,
//
//	B(V) = 1/(1 + η [Mg] e^(-γV))
//
// A law by name sets η and γ; the law "custom" takes them from the keys.
type BlockParams struct {
	Law   string  `toml:"law" of:"jahr-stevens nowak1984 chen1992 mcmenimen2006 poirazi2003 larkum2009 farinella2014 doron2017 eyal2018 gao2021 steep custom none" must:"where NMDA conducts" doc:"law of the block, by its publication: jahr-stevens, nowak1984, chen1992, mcmenimen2006, poirazi2003, larkum2009, farinella2014, doron2017, eyal2018, gao2021, steep; custom (eta and gamma); none"`
	Eta   float64 `toml:"eta" unset:"0" must:"for law = custom" unit:"1/mM" doc:"η of the law custom"`
	Gamma float64 `toml:"gamma" unset:"0" must:"for law = custom" unit:"1/mV" doc:"γ of the law custom"`
	Mg    float64 `toml:"mg" unit:"mM" doc:"magnesium outside the cell"`
}

// A law of the block: published η (1/mM) and γ (1/mV).
type law struct {
	name       string
	eta, gamma float64
}

// laws are the laws that have a name. At -70 mV and 1 mM they differ twenty-fold, so a
// configuration always says which one it means. Where another concentration than
// 1 mM is next to a law, it was fitted at that one: at 1 mM it is extrapolated.
//
//	                 η (1/mM)   γ (1/mV)   B(-70)   B(-40)   B(0)   at 1 mM
//	jahr-stevens     1/3.57     0.062      0.044    0.230    0.781
//	nowak1984        1.327      0.0413     0.040    0.126    0.430
//	chen1992         0.49       0.0486     0.064    0.226    0.671
//	mcmenimen2006    0.418      0.058      0.040    0.190    0.705
//	poirazi2003      0.33       0.06       0.043    0.216    0.752
//	larkum2009       0.25       0.08       0.015    0.140    0.800
//	farinella2014    0.3        0.08       0.012    0.120    0.769
//	doron2017        1/3.57     0.08       0.013    0.127    0.781
//	eyal2018         0.28011    0.0765685  0.017    0.143    0.781
//	gao2021          1/3.57     0.072      0.023    0.167    0.781
//	steep            0.3        0.1        0.003    0.058    0.769
var laws = []law{
	{"jahr-stevens", 1 / 3.57, 0.062}, // Jahr & Stevens 1990, J. Neurosci. 10:3178
	{"nowak1984", 1.327, 0.0413},      // Nowak et al. 1984, Nature 307:462, 0.5 mM, as fitted by Trpevski et al. 2023 (ModelDB 2017143)
	{"chen1992", 0.49, 0.0486},        // Chen & Huang 1992, Nature 356:521, 0.03 mM, as fitted by the same
	{"mcmenimen2006", 0.418, 0.058},   // McMenimen et al. 2006, ACS Chem. Biol. 1:227, 2 mM, as fitted by the same
	{"poirazi2003", 0.33, 0.06},       // Poirazi et al. 2003, Neuron 37:977 (ModelDB 20212)
	{"larkum2009", 0.25, 0.08},        // Larkum et al. 2009, Science 325:756; also Lavzin et al. 2012 and Kumar et al. 2018
	{"farinella2014", 0.3, 0.08},      // Farinella et al. 2014, PLoS Comput. Biol. 10:e1003590
	{"doron2017", 1 / 3.57, 0.08},     // Doron et al. 2017, Cell Rep. 21:1550 (ModelDB 231427)
	{"eyal2018", 0.28011, 0.0765685},  // Eyal et al. 2018, Front. Cell. Neurosci. 12:181
	{"gao2021", 1 / 3.57, 0.072},      // Gao et al. 2021, J. Neurophysiol. 125:23 (ModelDB 249705): the slope of Jahr & Stevens raised
	{"steep", 0.3, 0.1},               // the default of NEAT, Wybo et al. 2021, eLife 10:e60936
}

// NoBlock is the law of receptors without a block.
const NoBlock = "none"

const customLaw = "custom"

// lawNames returns the names that a law may have.
func lawNames() []string {
	names := make([]string, 0, len(laws)+2)
	for _, l := range laws {
		names = append(names, l.name)
	}
	return append(names, customLaw, NoBlock)
}

// Check reports every rule that p breaks.
func (p BlockParams) Check(bad func(key, rule string, args ...any)) {
	if !slices.Contains(lawNames(), p.Law) {
		bad("law", "must be one of %s", strings.Join(lawNames(), ", "))
	}
	if p.Law == customLaw {
		if !(p.Eta > 0) || math.IsInf(p.Eta, 0) {
			bad("eta", "must be positive for the law %q", customLaw)
		}
		if !(p.Gamma > 0 && p.Gamma <= 1) {
			bad("gamma", "must be above 0 and at most 1 per mV for the law %q", customLaw)
		}
	} else {
		if p.Eta != 0 {
			bad("eta", "is set by the law %q; the law %q takes it from here", p.Law, customLaw)
		}
		if p.Gamma != 0 {
			bad("gamma", "is set by the law %q; the law %q takes it from here", p.Law, customLaw)
		}
	}
	if !(p.Mg >= 0) || math.IsInf(p.Mg, 0) {
		bad("mg", "must not be negative")
	}
}

// constants returns η and γ.
func (p BlockParams) constants() (eta, gamma float64) {
	for _, l := range laws {
		if l.name == p.Law {
			return l.eta, l.gamma
		}
	}
	if p.Law == NoBlock {
		return 0, 0
	}
	return p.Eta, p.Gamma
}

// Unblocked returns B(V), V in mV, for |γV| ≤ 700.
func (p BlockParams) Unblocked(v float64) float64 {
	eta, gamma := p.constants()
	return 1 / (1 + float64(eta*p.Mg*fpmath.Exp(-gamma*v)))
}

// String returns the law as a formula.
func (p BlockParams) String() string {
	eta, gamma := p.constants()
	return fmt.Sprintf("1/(1 + %.4g/mM %g mM exp(-%g/mV V))", eta, p.Mg, gamma)
}

// The table of the blocked driving force has a chord for every 1/64 mV from
// -128 to 128 mV; beyond, the first and the last go on.
const (
	tableLow  = -128.0
	perMV     = 64.0
	tableSize = 16384 // a power of two: an index is masked, not checked
)

// chord is a + b v.
type chord struct{ a, b float64 }

// drive tabulates F(V) = B(V) (V - E), the current of a receptor per
// conductance (mV), as chords: continuous, each exact at its ends. Between them
// it misses F by at most max|F″|/(8·64²), for the named laws 2e-6 mV, and its
// slope misses that of F by at most max|F″|/(2·64), 5e-4.
type drive [tableSize]chord

func newDrive(p BlockParams, e float64) *drive {
	t := new(drive)
	f := func(v float64) float64 { return float64(p.Unblocked(v) * (v - e)) }
	left := f(tableLow)
	for i := range t {
		v := tableLow + float64(float64(i)/perMV)
		right := f(v + 1/perMV)
		b := float64((right - left) * perMV)
		t[i] = chord{left - float64(b*v), b}
		left = right
	}
	return t
}

// at returns the chord that holds v; that at an end for v beyond it or NaN.
func (t *drive) at(v float64) *chord {
	i := int(float64(v*perMV) - tableLow*perMV)
	if uint(i) >= tableSize {
		i = edge(v)
	}
	return &t[i&(tableSize-1)]
}

// edge returns the index of the chord for v outside the table.
func edge(v float64) int {
	if v > 0 {
		return tableSize - 1
	}
	return 0
}
