package catalogue_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"neurosim/channel"
	"neurosim/channel/catalogue"
)

// compiled returns a channel of the catalogue at a temperature.
func compiled(t *testing.T, name string, celsius float64) *channel.Kinetics {
	t.Helper()
	def, err := catalogue.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	k := def.Compile(celsius, func(key, rule string, args ...any) {
		t.Errorf("%s at %g degC: %s: %s", name, celsius, key, fmt.Sprintf(rule, args...))
	})
	if k == nil {
		t.FailNow()
	}
	return k
}

// Every file compiles at any temperature of an experiment, which checks its values at all
// potentials of the table, and says what it is and where it is from. A channel of an ion
// other than calcium has its reversal potential.
func TestEveryChannel(t *testing.T) {
	for _, name := range catalogue.Names() {
		for _, celsius := range []float64{6.3, 23, 34, 37} {
			compiled(t, name, celsius)
		}
		k := compiled(t, name, 34)
		if k.Title == "" || strings.HasSuffix(k.Title, ".") || len(k.Title) > 75 {
			t.Errorf("%s: title %q", name, k.Title)
		}
		if k.Source == "" {
			t.Errorf("%s has no source", name)
		}
		if math.IsNaN(k.E) && k.Ion != channel.Calcium {
			t.Errorf("%s has no E", name)
		}
	}
}

// answer is what a gate does at a potential (mV), concentration (mM) and temperature, in
// another form than the catalogue's.
type answer func(v, c, celsius float64) (inf, tau float64)

// psi is u/(1 - e^-u), 1 at 0; logistic is 1/(1 + e^-u).
func psi(u float64) float64 {
	if u == 0 {
		return 1
	}
	return -u / math.Expm1(-u)
}

func logistic(u float64) float64 {
	if u < 0 {
		e := math.Exp(u)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-u))
}

func q10(q, celsius, reference float64) float64 {
	return math.Exp(math.Log(q) * (celsius - reference) / 10)
}

// rates is a gate of an opening and a closing rate.
func rates(alpha, beta func(v float64) float64, q func(celsius float64) float64) answer {
	return func(v, c, celsius float64) (inf, tau float64) {
		a, b := alpha(v), beta(v)
		return 1 / (1 + b/a), 1 / ((a + b) * q(celsius))
	}
}

// steady is a gate that opens around half with a slope, negative for one that closes.
func steady(half, slope float64, tau func(v, celsius float64) float64) answer {
	return func(v, c, celsius float64) (float64, float64) { return logistic((v - half) / slope), tau(v, celsius) }
}

func none(float64) float64 { return 1 }

func mainen(celsius float64) float64 { return q10(2.3, celsius, 23) }
func allen(celsius float64) float64  { return q10(2.3, celsius, 21) }

func exp(rate, at, scale float64) func(float64) float64 {
	return func(v float64) float64 { return rate * math.Exp((v-at)/scale) }
}

func trap(rate, at, scale float64) func(float64) float64 {
	return func(v float64) float64 { return rate * psi((v-at)/scale) }
}

func sigmoid(rate, at, scale float64) func(float64) float64 {
	return func(v float64) float64 { return rate * logistic((v-at)/scale) }
}

func fixed(tau float64) func(v, celsius float64) float64 {
	return func(float64, float64) float64 { return tau }
}

// migliore is n∞ = 1/(1 + a), τ = max(b/(a0 q (1 + a)), least), with a = e^(ζ F (V - V½)/RT) and
// b = a^γ: Borg-Graham's form, for which τ = 1/(2 a0 q) at V½.
func migliore(half, zeta, gamma, a0, q, reference, least float64, shifted bool) answer {
	return func(v, c, celsius float64) (inf, tau float64) {
		z := zeta
		if shifted {
			z -= logistic(-(v + 40) / 5)
		}
		u := z * (v - half) * 96.48 / (8.315 * (273.16 + celsius))
		inf = logistic(-u)
		return inf, math.Max(math.Exp(gamma*u)*inf/(a0*q10(q, celsius, reference)), least)
	}
}

// T-type of Huguenard & Prince: activation and inactivation.
func huguenard(scale float64, q func(float64) float64) (m, h answer) {
	m = steady(-50, 7.4, func(v, celsius float64) float64 {
		return (3 + 1/(math.Exp((v+25)/scale)+math.Exp(-(v+100)/15))) / q(celsius)
	})
	h = steady(-78, -5, func(v, celsius float64) float64 {
		return (85 + 1/(math.Exp((v+46)/4)+math.Exp(-(v+405)/50))) / q(celsius)
	})
	return m, h
}

// sodium of Colbert & Pan with Hay's rates, at other potentials.
func sodium(m, h float64) map[string]answer {
	return map[string]answer{
		"m": rates(trap(0.182*6, m, 6), trap(0.124*6, m, -6), mainen),
		"h": rates(trap(0.015*6, h, -6), trap(0.015*6, h, 6), mainen),
	}
}

// migliore's sodium current.
func axon() map[string]answer {
	a, b := trap(0.4*7.2, -30, 7.2), trap(0.124*7.2, -30, -7.2)
	c, d := trap(0.03*1.5, -45, 1.5), trap(0.01*1.5, -45, -1.5)
	return map[string]answer{
		"m": func(v, _, celsius float64) (float64, float64) {
			return a(v) / (a(v) + b(v)), math.Max(1/(a(v)+b(v))/q10(2, celsius, 24), 0.02)
		},
		"h": steady(-50, -4, func(v, celsius float64) float64 {
			return math.Max(1/(c(v)+d(v))/q10(2, celsius, 24), 0.5)
		}),
	}
}

// answers are the gates of the catalogue besides those of Hay et al. (2011), which
// channel.TestKnownAnswers holds against an independent program. The numbers are those of the
// papers that the files name; of the Mainen family, na, kv, km, kca, ca, it, those of
// Branco et al. (2010), ModelDB 140828.
func answers() map[string]map[string]answer {
	itM, itH := huguenard(20, none)
	reM, reH := huguenard(10, func(celsius float64) float64 { return q10(2.5, celsius, 24) })
	na3 := axon()
	na3["s"] = func(v, _, celsius float64) (float64, float64) {
		_, tau := migliore(-60, 12, 0.2, 0.0003, 1, 24, 10, false)(v, 0, celsius)
		return 1, tau
	}
	return map[string]map[string]answer{
		"hh/na": {
			"m": rates(trap(1, -40, 10), exp(4, -65, -18), func(c float64) float64 { return q10(3, c, 6.3) }),
			"h": rates(exp(0.07, -65, -20), sigmoid(1, -35, 10), func(c float64) float64 { return q10(3, c, 6.3) }),
		},
		"hh/kdr": {"n": rates(trap(0.1, -55, 10), exp(0.125, -65, -80), func(c float64) float64 { return q10(3, c, 6.3) })},
		"mainen/na": { // v = V - 10 mV
			"m": rates(trap(0.182*9, -25, 9), trap(0.124*9, -25, -9), mainen),
			"h": steady(-55, -6.2, func(v, celsius float64) float64 {
				return 1 / (0.024*5*psi((v+40)/5) + 0.0091*5*psi(-(v+65)/5)) / mainen(celsius)
			}),
		},
		"mainen/kv": {"n": rates(trap(0.02*9, 25, 9), trap(0.002*9, 25, -9), mainen)},
		"mainen/km": {"n": rates(trap(0.001*9, -30, 9), trap(0.001*9, -30, -9), mainen)},
		"mainen/kca": {"n": func(_, c, celsius float64) (float64, float64) {
			return c / (c + 2), 100 / (c + 2) / mainen(celsius)
		}},
		"mainen/ca": {
			"m": rates(trap(0.055*3.8, -27, 3.8), exp(0.94, -75, -17), mainen),
			"h": rates(exp(0.000457, -13, -50), sigmoid(0.0065, -15, 28), mainen),
		},
		"mainen/it":     {"m": itM, "h": itH},
		"thalamus/T_re": {"m": reM, "h": reH},
		"ca1/kap": {
			"n": migliore(11, -1.5, 0.55, 0.05, 5, 24, 0.1, true),
			"l": func(v, _, celsius float64) (float64, float64) {
				inf, _ := migliore(-56, 3, 1, 1, 1, 24, 0, false)(v, 0, celsius)
				return inf, math.Max(0.26*(v+50), 2)
			},
		},
		"ca1/kad": {
			"n": migliore(-1, -1.8, 0.39, 0.1, 5, 24, 0.2, true),
			"l": func(v, _, celsius float64) (float64, float64) {
				inf, _ := migliore(-56, 3, 1, 1, 1, 24, 0, false)(v, 0, celsius)
				return inf, math.Max(0.26*(v+50), 2)
			},
		},
		"ca1/kdr": {"n": migliore(13, -3, 0.7, 0.02, 1, 24, 2, false)},
		"ca1/nax": axon(),
		"ca1/na3": na3,
		"ca1/hd": {"l": func(v, _, celsius float64) (float64, float64) {
			inf, _ := migliore(-81, 4, 1, 1, 1, 33, 0, false)(v, 0, celsius)
			_, tau := migliore(-75, 2.2, 0.4, 0.011, 4.5, 33, 0, false)(v, 0, celsius)
			return inf, tau
		}},
		"ca1/calH":  {"m": steady(-37, 1, fixed(3.6)), "h": steady(-41, -0.5, fixed(29))},
		"ca1/car":   {"m": steady(-48.5, 3, fixed(50)), "h": steady(-53, -1, fixed(5))},
		"aradi/CaT": {"m": rates(trap(2, 19.26, 10), exp(0.009, 0, -22.03), none), "h": rates(exp(1e-6, 0, -16.26), sigmoid(1, 29.79, 10), none)},
		"aradi/CaN": {"m": rates(trap(1.9, 19.88, 10), exp(0.046, 0, -20.73), none), "h": rates(exp(1.6e-4, 0, -48.4), sigmoid(1, 39, 10), none)},
		"aradi/CaL": {"m": rates(trap(156.9, 81.5, 10), exp(0.29, 0, -10.86), none)},
		"moczydlowski/BK": {"o": func(v, c, celsius float64) (float64, float64) {
			u := 2 * v * 96.48533212 / (8.314462618 * (273.15 + celsius)) // of 2 charges
			a := 0.48 * c / (c + 0.18*math.Exp(-0.84*u))
			b := 0.28 * 0.011 / (0.011 + c*math.Exp(u))
			return a / (a + b), 1 / (a + b)
		}},
		"pospischil/na": { // V_T = -56.2 mV
			"m": rates(trap(0.32*4, -43.2, 4), trap(0.28*5, -16.2, -5), none),
			"h": rates(exp(0.128, -39.2, -18), sigmoid(4, -16.2, 5), none),
		},
		"pospischil/kdr": {"n": rates(trap(0.032*5, -41.2, 5), exp(0.5, -46.2, -40), none)},
		"pospischil/M": {"p": steady(-35, 10, func(v, _ float64) float64 {
			e := math.Exp((v + 35) / 20)
			return 608 * e / (3.3*e*e + 1)
		})},
		"pospischil/T": { // V_x = 2 mV; a factor of 3.7 at 36 degC
			"s": steady(-59, 6.2, fixed(0)),
			"u": steady(-83, -4, func(v, celsius float64) float64 {
				return (30.8 + (211.4+math.Exp((v+115.2)/5))*logistic(-(v+86)/3.2)) / q10(3, celsius, 24)
			}),
		},
		"allen/NaTs": sodium(-40, -66),
		"allen/NaTa": sodium(-48, -69),
		"allen/Nap": {
			"m": steady(-52.6, 4.6, fixed(0)),
			"h": steady(-48.8, -10, func(v, celsius float64) float64 {
				return 1 / (2.88e-6*4.63*psi(-(v+17)/4.63) + 6.94e-6*2.63*psi((v+64.4)/2.63)) / allen(celsius)
			}),
		},
		"allen/K_P": {
			"m": steady(-14.3, 14.6, func(v, celsius float64) float64 {
				if v < -50 {
					return (1.25 + 175.03*math.Exp(0.026*v)) / allen(celsius)
				}
				return (1.25 + 13*math.Exp(-0.026*v)) / allen(celsius)
			}),
			"h": steady(-54, -11, func(v, celsius float64) float64 {
				return (360 + (1010+24*(v+55))*math.Exp(-(v+75)*(v+75)/2304)) / allen(celsius)
			}),
		},
		"allen/K_T": {
			"m": steady(-47, 29, func(v, celsius float64) float64 {
				return (0.34 + 0.92*math.Exp(-(v+71)*(v+71)/3481)) / allen(celsius)
			}),
			"h": steady(-66, -10, func(v, celsius float64) float64 {
				return (8 + 49*math.Exp(-(v+73)*(v+73)/529)) / allen(celsius)
			}),
		},
		"allen/Kd": {"m": steady(-43, 8, fixed(1)), "h": steady(-67, -7.3, fixed(1500))},
		"allen/Im": {"m": rates(exp(0.0033, -35, 10), exp(0.0033, -35, -10), allen)},
		"allen/Im_v2": {"m": steady(-48, 26.12/6, func(v, celsius float64) float64 {
			return (15 + 1/(0.007*(math.Exp(2.4*(v+48)/26.12)+math.Exp(-3.6*(v+48)/26.12)))) / q10(2.3, celsius, 30)
		})},
		"allen/Ca_LVA": {
			"m": steady(-40, 6, func(v, c float64) float64 { return (5 + 20*logistic(-(v+35)/5)) / allen(c) }),
			"h": steady(-90, -6.4, func(v, c float64) float64 { return (20 + 50*logistic(-(v+50)/7)) / allen(c) }),
		},
	}
}

// Gates have the steady states and time constants of the papers.
func TestAnswers(t *testing.T) {
	known := answers()
	for _, name := range catalogue.Names() {
		if strings.HasPrefix(name, "hay/") {
			continue
		}
		for _, celsius := range []float64{24, 34} {
			k := compiled(t, name, celsius)
			names, _ := k.Gates()
			if len(names) != len(known[name]) {
				t.Errorf("%s has gates %v, of which %d are known", name, names, len(known[name]))
				continue
			}
			for g, gate := range names {
				want := known[name][gate]
				if want == nil {
					t.Errorf("%s.%s is not known", name, gate)
					continue
				}
				for _, v := range []float64{-112.5, -81, -75, -65.25, -56, -40, -35, -25, -1, 11, 25, 47.5} {
					for _, c := range []float64{1e-4, 2e-3} {
						inf, tau := k.Steady(g, v, c), k.Tau(g, v, c)
						wantInf, wantTau := want(v, c, celsius)
						if !near(inf, wantInf) || !near(tau, wantTau) {
							t.Errorf("%s.%s at %g mV, %g mM, %g degC: %.10g, %.10g ms; want %.10g, %.10g ms", name, gate, v, c, celsius, inf, tau, wantInf, wantTau)
						}
					}
				}
			}
		}
	}
}

// near allows for what forms of an equation differ by in double precision; where the catalogue
// continues a formula by its limit, 1e-9.
func near(a, b float64) bool { return math.Abs(a-b) <= 2e-9*math.Abs(b)+1e-13 }

// Numbers that are in papers, as numbers: the squid's axon at rest (Hodgkin & Huxley 1952);
// half activations and time constants there (Migliore et al. 1999, Magee 1998); the M current
// is half open at -35 mV and slowest near it (Yamada et al. 1989).
func TestPublishedNumbers(t *testing.T) {
	for _, c := range []struct {
		name     string
		gate     int
		celsius  float64
		v        float64
		inf, tau float64 // NaN: not said
		within   float64
	}{
		{"hh/na", 0, 6.3, -65, 0.0529, 0.237, 2e-3},
		{"hh/na", 1, 6.3, -65, 0.596, 8.52, 1e-3},
		{"hh/kdr", 0, 6.3, -65, 0.3177, 5.46, 1e-3},
		{"ca1/kap", 0, 24, 11, 0.5, 10, 1e-9},
		{"ca1/kad", 0, 24, -1, 0.5, 5, 1e-9},
		{"ca1/kap", 1, 35, -56, 0.5, 2, 1e-9},
		{"ca1/kap", 1, 35, 0, math.NaN(), 13, 1e-9}, // Hoffman et al. 1997: slower by 2.6 ms for 10 mV
		{"ca1/kdr", 0, 24, 13, 0.5, 25, 1e-9},
		{"ca1/hd", 0, 33, -81, 0.5, math.NaN(), 1e-9},
		{"ca1/hd", 0, 33, -75, math.NaN(), 45.4545, 1e-5},
		{"pospischil/M", 0, 34, -35, 0.5, 608 / 4.3, 1e-9},
	} {
		k := compiled(t, c.name, c.celsius)
		names, _ := k.Gates()
		inf, tau := k.Steady(c.gate, c.v, 1e-4), k.Tau(c.gate, c.v, 1e-4)
		if math.Abs(inf-c.inf) > c.within*c.inf || math.Abs(tau-c.tau) > c.within*c.tau {
			t.Errorf("%s.%s at %g mV, %g degC: %.6g, %.6g ms; want %.6g, %.6g ms", c.name, names[c.gate], c.v, c.celsius, inf, tau, c.inf, c.tau)
		}
	}
}

// The Mainen family multiplies its conductance too, except for it, and shifts its sodium current
// by a constant.
func TestMainenFactor(t *testing.T) {
	for _, name := range []string{"na", "kv", "km", "kca", "ca", "it"} {
		want := 2.3 // at 33 degC, 10 above the reference
		if name == "it" {
			want = 1
		}
		if got := compiled(t, "mainen/"+name, 33).Factor(); math.Abs(got-want) > 1e-14 {
			t.Errorf("the conductance of mainen/%s is multiplied by %g at 33 degC, want %g", name, got, want)
		}
	}
	def, err := catalogue.Named("mainen/na")
	if err != nil {
		t.Fatal(err)
	}
	def.Constants["vshift"] = -5
	k := def.Compile(23, func(key, rule string, args ...any) { t.Error(key, rule) })
	if got, want := k.Steady(1, -60, 0), 0.5; math.Abs(got-want) > 1e-12 {
		t.Errorf("h at -60 mV with a shift of -5 mV is %g; half of it is at -65 mV of the shifted potential", got)
	}
}

// A name without its family, or misspelt, gets a suggestion.
func TestUnknownNames(t *testing.T) {
	for name, want := range map[string]string{
		"hay/NaTa": `unknown channel; did you mean "hay/NaTa_t"?`,
		"NaTa_t":   `unknown channel; did you mean "hay/NaTa_t"?`,
		"kap":      `unknown channel; did you mean "ca1/kap"?`,
		"SKv31":    `unknown channel; did you mean "hay/SKv3_1"?`,
		"bbp/Ih":   `unknown channel; did you mean "hay/Ih"?`,
		"xyzzy":    "unknown channel",
		"":         "unknown channel",
	} {
		if _, err := catalogue.Named(name); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
}
