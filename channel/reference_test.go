package channel_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"neurosim/channel"
	"neurosim/channel/catalogue"
	"neurosim/internal/fixture"
)

const reference = "../testdata/reference/channels"

// compiled returns a channel of the catalogue, or the invented one of the reference.
func compiled(t testing.TB, name string, celsius float64) *channel.Kinetics {
	t.Helper()
	var def *channel.Definition
	var err error
	if name == "Tri3" {
		def, err = catalogue.Load("testdata/tri3.toml", grammarOptions)
	} else {
		def, err = catalogue.Named("hay/" + name)
	}
	if err != nil {
		t.Fatal(err)
	}
	def.Name = name
	k := def.Compile(celsius, func(key, rule string, args ...any) {
		t.Errorf("%s: %s: %s", name, key, fmt.Sprintf(rule, args...))
	})
	if k == nil {
		t.FailNow()
	}
	return k
}

// Steady states and time constants of every gate at potentials from -120 to 60 mV, and of
// SK's at concentrations, as printed: six digits.
func TestKnownAnswers(t *testing.T) {
	rows := fixture.CSV(t, filepath.Join(reference, "known_answers.csv"))
	loaded := map[string]*channel.Kinetics{}
	seen := 0
	for _, r := range rows[1:] {
		k := loaded[r[0]]
		if k == nil {
			k = compiled(t, r[0], 34)
			loaded[r[0]] = k
		}
		names, _ := k.Gates()
		for g, name := range names {
			if name != r[1] {
				continue
			}
			v, c := 0.0, 1e-4
			if conc, ok := strings.CutPrefix(r[2], "c="); ok {
				c = fixture.Float(t, strings.TrimSuffix(conc, "mM"))
			} else {
				v = fixture.Float(t, r[2])
			}
			for _, x := range []struct {
				what      string
				got, want float64
			}{{"infinity", k.Steady(g, v, c), fixture.Float(t, r[3])}, {"tau", k.Tau(g, v, c), fixture.Float(t, r[4])}} {
				seen++
				if math.Abs(x.got-x.want) > 6e-6*math.Abs(x.want) {
					t.Errorf("%s %s at %s: %s is %.7g, want %.7g", r[0], r[1], r[2], x.what, x.got, x.want)
				}
			}
		}
	}
	if seen != 2*(len(rows)-1) {
		t.Errorf("compared %d numbers of %d rows", seen, len(rows)-1)
	}
}

// clamped is compartments whose potentials are given, [node][cell].
type clamped [][]float64

func (c clamped) Potentials() []float64 { return slices.Concat(c...) }
func (c clamped) Before() []float64     { panic("not staggered") }
func (c clamped) Rows() (diag, right, diag2, right2 []float64) {
	n := len(slices.Concat(c...))
	return make([]float64, n), make([]float64, n), nil, nil
}

// Each channel alone under a perfect clamp: gates and currents at dt 0.025 are those of
// the reference to 1e-6 of their largest value. Six digits are printed, so a number may
// differ by 5e-6 of itself; the rest is the table's.
func TestVoltageClamp(t *testing.T) {
	var spec struct {
		Celsius  float64            `json:"celsius"`
		EK       float64            `json:"ek_mV"`
		ENa      float64            `json:"ena_mV"`
		ECa      float64            `json:"eca_mV"`
		Hold     float64            `json:"hold_mV"`
		Test     []float64          `json:"test_mV"`
		GBar     float64            `json:"gbar_S_per_cm2"`
		Reversal map[string]float64 `json:"reversal_mV"`
		Channels []string           `json:"channels_voltage_clamp"`
	}
	fixture.ReadJSON(t, filepath.Join(reference, "spec.json"), &spec)
	const dt, area = 0.025, 400 * math.Pi
	for _, name := range spec.Channels {
		if name == "SK_E2" {
			continue // TestGateOfCalcium has it
		}
		table := fixture.Columns(t, filepath.Join(reference, "voltage_clamp", name+"_dt0.025.csv"))
		k := compiled(t, name, spec.Celsius)
		if k.Ion == channel.Calcium {
			k.E = spec.ECa
		}
		names, _ := k.Gates()
		worst := 0.0
		for _, test := range spec.Test {
			m, err := channel.NewMembrane(channel.MembraneSpec{
				Channels: []channel.Placed{{Kinetics: k, Density: []float64{spec.GBar}}},
				Pools:    make([]*channel.PoolParams, 1), Area: []float64{area}, Start: []float64{spec.Hold},
				Celsius: spec.Celsius, Dt: dt,
			})
			if err != nil {
				t.Fatal(err)
			}
			s := m.NewState(1)
			c := clamped{{spec.Hold}}
			column := func(what string) []float64 {
				x := table[fmt.Sprintf("v%gmV_%s", test, what)]
				if len(x) == 0 {
					t.Fatalf("%s has no %s at %g mV", name, what, test)
				}
				return x
			}
			var got [][]float64 // by row: the gates, and the current (mA/cm²)
			current, before := 0.0, 0.0
			times := table["t_ms"]
			for step, row := 0, 0; row < len(times); step++ {
				at := float64(step) * dt
				current, before = s.Current(0, 0, 0, c[0][0])*0.1/area, current
				if step == 0 {
					before = current
				}
				if step == int(math.Round(times[row]/dt)) {
					var x []float64
					for g := range names {
						y, _ := s.Gate(0, 0, 0, g)
						x = append(x, y)
					}
					got = append(got, append(x, before)) // the reference's currents are those of the step before
					row++
				}
				s.Currents(c)
				c[0][0] = spec.Hold
				if at+dt/2 >= 10 && at+dt/2 < 110 {
					c[0][0] = test - 1e-9 // the clamp of the reference is of a small resistance; at -60 mV K_Pst switches
				}
				s.Advance(c)
			}
			for g, what := range append(slices.Clone(names), "i_mA_per_cm2") {
				for i, want := range column(what) {
					worst = max(worst, (math.Abs(got[i][g]-want)-5e-6*math.Abs(want))/max(peak(column(what)), 1e-300))
				}
			}
		}
		t.Logf("%-9s gates and current within %.1e of their largest value, beyond the printed digits", name, worst)
		if !(worst <= 1e-6) {
			t.Errorf("%s: a gate or the current differs by %.2g of its largest value", name, worst)
		}
	}
}

func peak(x []float64) (p float64) {
	for _, y := range x {
		p = max(p, math.Abs(y))
	}
	return p
}

// The pool that Ca_HVA fills and SK_E2 reads, with E_Ca following it, under the same
// clamps: concentration, E_Ca, the gate of SK_E2 and both currents.
func TestPoolUnderVoltageClamp(t *testing.T) {
	var spec struct {
		Celsius float64   `json:"celsius"`
		Hold    float64   `json:"hold_mV"`
		Test    []float64 `json:"test_mV"`
		Pool    struct {
			HVA   float64 `json:"gbar_Ca_HVA_S_per_cm2"`
			SK    float64 `json:"gbar_SK_E2_S_per_cm2"`
			Gamma float64 `json:"gamma"`
			Decay float64 `json:"decay_ms"`
			Start float64 `json:"ca_init_mM"`
		} `json:"pool"`
	}
	fixture.ReadJSON(t, filepath.Join(reference, "spec.json"), &spec)
	table := fixture.Columns(t, filepath.Join(reference, "voltage_clamp", "CaDynamics_E2_dt0.025.csv"))
	const dt, area = 0.025, 400 * math.Pi
	times := table["t_ms"]
	for _, test := range spec.Test {
		pool := channel.DefaultPool()
		pool.Gamma, pool.Decay, pool.Start = spec.Pool.Gamma, spec.Pool.Decay, spec.Pool.Start
		m, err := channel.NewMembrane(channel.MembraneSpec{
			Channels: []channel.Placed{{Kinetics: compiled(t, "Ca_HVA", spec.Celsius), Density: []float64{spec.Pool.HVA}}, {Kinetics: compiled(t, "SK_E2", spec.Celsius), Density: []float64{spec.Pool.SK}}},
			Pools:    []*channel.PoolParams{&pool}, Area: []float64{area}, Start: []float64{spec.Hold}, Celsius: spec.Celsius, Dt: dt,
		})
		if err != nil {
			t.Fatal(err)
		}
		s, c := m.NewState(1), clamped{{spec.Hold}}
		worst := map[string]float64{}
		var before [3]float64 // E_Ca and the currents of the step before, as the reference records them
		for step, row := 0, 0; row < len(times); step++ {
			now := [3]float64{s.ECa(0, 0), s.Current(0, 0, 0, c[0][0]) * 0.1 / area, s.Current(0, 0, 1, c[0][0]) * 0.1 / area}
			if step == 0 {
				before = now
			}
			if step == int(math.Round(times[row]/dt)) {
				z, _ := s.Gate(0, 0, 1, 0)
				for what, got := range map[string]float64{"c_mM": s.Calcium(0, 0), "SK_E2_z": z, "eca_mV": before[0], "Ca_HVA_i_mA_per_cm2": before[1], "SK_E2_i_mA_per_cm2": before[2]} {
					column := table[fmt.Sprintf("v%gmV_%s", test, what)]
					if len(column) != len(times) {
						t.Fatalf("no column of %s at %g mV", what, test)
					}
					worst[what] = max(worst[what], (math.Abs(got-column[row])-5e-6*math.Abs(column[row]))/peak(column))
				}
				row++
			}
			before = now
			s.Currents(c)
			c[0][0] = spec.Hold
			if at := (float64(step) + 0.5) * dt; at >= 10 && at < 110 {
				c[0][0] = test
			}
			s.Advance(c)
		}
		t.Log(test, worst)
		for what, x := range worst {
			if !(x <= 1e-6) {
				t.Errorf("%g mV: %s differs by %.2g of its largest value, beyond the printed digits", test, what, x)
			}
		}
	}
}

// The gate of SK_E2 alone, whose concentration steps from 1e-4 mM to each of five at 10 ms and
// back at 110 ms.
func TestGateOfCalcium(t *testing.T) {
	var spec struct {
		Steps []float64 `json:"sk_ca_mM"`
		Hold  float64   `json:"sk_hold_ca_mM"`
	}
	fixture.ReadJSON(t, filepath.Join(reference, "spec.json"), &spec)
	table := fixture.Columns(t, filepath.Join(reference, "voltage_clamp", "SK_E2_dt0.025.csv"))
	const dt = 0.025
	times := table["t_ms"]
	k := compiled(t, "SK_E2", 34)
	for _, step := range spec.Steps {
		pool := channel.DefaultPool()
		pool.Start, pool.Gamma, pool.Decay = spec.Hold, 0, 1e6 // it stands still: 1e-6/40 a step
		m, err := channel.NewMembrane(channel.MembraneSpec{
			Channels: []channel.Placed{{Kinetics: k, Density: []float64{1e-3}}}, Pools: []*channel.PoolParams{&pool},
			Area: []float64{400 * math.Pi}, Start: []float64{-80}, Celsius: 34, Dt: dt,
		})
		if err != nil {
			t.Fatal(err)
		}
		s, c := m.NewState(1), clamped{{-80}}
		column := table[fmt.Sprintf("c%gmM_z", step)]
		if len(column) != len(times) {
			t.Fatalf("no column at %g mM", step)
		}
		worst := 0.0
		for n, row := 0, 0; row < len(times); n++ {
			z, _ := s.Gate(0, 0, 0, 0)
			if n == int(math.Round(times[row]/dt)) {
				worst = max(worst, (math.Abs(z-column[row])-5e-6*math.Abs(column[row]))/peak(column))
				row++
			}
			conc := spec.Hold
			if at := (float64(n) + 0.5) * dt; at >= 10 && at < 110 {
				conc = step
			}
			rows := s.Save() // the gate, the concentration, the calcium current
			rows[1] = conc
			s.Restore(rows)
			s.Currents(c)
			s.Advance(c)
		}
		t.Logf("%g mM: within %.1e", step, worst)
		if !(worst <= 1e-6) {
			t.Errorf("%g mM: the gate differs by %.2g of its largest value", step, worst)
		}
	}
}
