package plots

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"neurosim/figure"
)

var out = flag.String("out", "", "folder to draw the example figures into, to be looked at")

// The examples are figures as the experiments make them, with made-up numbers.
func examples() []figure.Figure {
	return []figure.Figure{rasterFigure(), traceFigure(), accuracyFigure(), tailFigure(), learningFigure(), denseRaster(40_000)}
}

func TestExamples(t *testing.T) {
	if *out == "" {
		t.Skip("draws pictures for people to look at: go test ./plots -run Examples -out DIR")
	}
	for _, fig := range examples() {
		for _, format := range Formats {
			f, err := os.Create(filepath.Join(*out, fig.Name+"."+format))
			if err != nil {
				t.Fatal(err)
			}
			if err := Write(f, fig, format); err != nil {
				t.Error(err)
			}
			f.Close()
		}
	}
}

// rasterFigure: three populations, stimuli, plateaus and spikes over a rate.
func rasterFigure() figure.Figure {
	rng := rand.New(rand.NewPCG(1, 1))
	input := figure.Series{Name: "Input spike", Mark: figure.Raster, Role: figure.Input}
	exc := figure.Series{Name: "Somatic spike", Mark: figure.Raster, Role: figure.Excitatory}
	inh := figure.Series{Name: "Inhibitory spike", Mark: figure.Raster, Role: figure.Inhibitory}
	nmda := figure.Series{Name: "NMDA plateau", Mark: figure.Spans, Role: figure.Dendritic}
	add := func(s *figure.Series, x, row float64) { s.X, s.Y = append(s.X, x), append(s.Y, row) }
	counts := make([]float64, 100) // excitatory spikes per 5 ms
	spike := func(t, row float64) {
		add(&exc, t, row)
		if b := int(t / 5); b < len(counts) {
			counts[b]++
		}
	}
	var bands []figure.Band
	for k := range 4 {
		on := 60 + 110*float64(k)
		bands = append(bands, figure.Band{Name: "Stimulus", Axis: "x", Lo: on, Hi: on + 20, Role: figure.Background})
		for row := range 60 {
			if (row+k*17)%4 == 0 {
				add(&input, on+10+4*rng.NormFloat64(), float64(row))
			}
		}
		for row := 60; row < 160; row++ {
			if (row+k*31)%9 < 2 {
				start := on + 14 + 2*rng.NormFloat64()
				add(&nmda, start, float64(row))
				nmda.X2 = append(nmda.X2, start+60)
				if rng.Float64() < 0.7 {
					for t := start + 4; t < start+60; t += 14 + 3*rng.NormFloat64() {
						spike(t, float64(row))
					}
				}
			}
		}
		for row := 160; row < 180; row++ {
			for t := on + 17; t < on+50; t += 9 + 2*rng.NormFloat64() {
				add(&inh, t, float64(row))
			}
		}
	}
	for range 160 { // background
		spike(500*rng.Float64(), 60+float64(rng.IntN(100)))
		add(&input, 500*rng.Float64(), float64(rng.IntN(60)))
	}
	rate := figure.Series{Name: "Excitatory", Mark: figure.Bars, Role: figure.Excitatory}
	for i, c := range counts {
		rate.X, rate.Y = append(rate.X, 5*float64(i)), append(rate.Y, 1000*c/(5*100))
	}
	time := figure.Axis{Label: "time", Unit: "ms", Max: 500}
	return figure.Figure{
		Name: "raster", Width: 183, Height: 110, ShareX: true,
		Panels: []figure.Panel{{
			Weight: 3, X: time, Legend: true, Bands: bands,
			Y: figure.Axis{Min: -0.5, Max: 179.5, Ticks: []figure.Tick{
				{At: 29.5, Label: "Input"}, {At: 59.5}, {At: 109.5, Label: "Excitatory"}, {At: 159.5}, {At: 169.5, Label: "Inhibitory"}}},
			Series: []figure.Series{nmda, input, exc, inh},
		}, {
			X: time, Y: figure.Axis{Label: "population rate", Unit: "spikes/s"}, Bands: bands,
			Series: []figure.Series{rate},
		}},
	}
}

// traceFigure: overlap against theta and the membrane potential it causes.
func traceFigure() figure.Figure {
	rng := rand.New(rand.NewPCG(2, 1))
	overlap := figure.Series{Name: "Active synapses", Mark: figure.Steps, Role: figure.Input}
	vm := figure.Series{Name: "V_{m}", Mark: figure.Line, Role: figure.Excitatory}
	var bands []figure.Band
	n, v, refractory, until := 2.0, -70.0, 0, -1.0
	for i := range 3000 {
		t := float64(i) / 10
		if i%10 == 0 {
			target := 3.0
			if t > 60 && t < 80 || t > 180 && t < 205 {
				target = 15
			}
			n = math.Max(0, math.Round(n+0.5*(target-n)+rng.NormFloat64()))
			overlap.X, overlap.Y = append(overlap.X, t), append(overlap.Y, n)
			if n >= 12 && t > until {
				until = t + 50
				bands = append(bands, figure.Band{Name: "NMDA plateau", Axis: "x", Lo: t, Hi: until, Role: figure.Dendritic})
			}
		}
		drive := -70.0 + 0.4*n
		if t < until {
			drive = -49
		}
		v += 0.1 * (drive - v) / 10
		if v > -54 {
			vm.X, vm.Y = append(vm.X, t), append(vm.Y, 30)
			v, refractory = -72, 20
		}
		if refractory > 0 {
			v, refractory = -72, refractory-1
		}
		vm.X, vm.Y = append(vm.X, t+0.05), append(vm.Y, v+0.15*rng.NormFloat64())
	}
	time := figure.Axis{Label: "time", Unit: "ms"}
	return figure.Figure{
		Name: "traces", Width: 89, Height: 80, ShareX: true,
		Panels: []figure.Panel{{
			X: time, Y: figure.Axis{Label: "overlap", Unit: "active synapses"}, Bands: bands, Legend: true,
			Series: []figure.Series{overlap}, Rules: []figure.Rule{{Axis: "y", At: 12, Label: "θ = 12"}},
		}, {
			X: time, Y: figure.Axis{Label: "membrane potential", Unit: "mV"}, Bands: bands,
			Series: []figure.Series{vm}, Rules: []figure.Rule{{Axis: "y", At: -54, Label: "V_{th}"}},
		}},
	}
}

// accuracyFigure: theory lines and simulated markers for three thresholds.
func accuracyFigure() figure.Figure {
	rng := rand.New(rand.NewPCG(3, 1))
	detect := figure.Panel{Title: "Detection", X: figure.Axis{Label: "noise", Unit: "% of a"}, Y: figure.Axis{Label: "detected patterns"}, Legend: true}
	miss := figure.Panel{Title: "False negatives and positives", X: detect.X, Y: figure.Axis{Label: "error rate", Log: true, Min: 1e-5, Max: 1.5}}
	for k, theta := range []float64{10, 12, 15} {
		name := fmt.Sprintf("θ = %g", theta)
		p := func(noise float64) float64 { return 1 / (1 + math.Exp((noise-(72-3*theta))/4)) }
		line := figure.Series{Name: name, Mark: figure.Line, Role: figure.Theory, Index: k}
		fn := line
		for x := 0.0; x <= 80; x++ {
			line.X, line.Y = append(line.X, x), append(line.Y, p(x))
			fn.X, fn.Y = append(fn.X, x), append(fn.Y, 1-p(x))
		}
		sim := figure.Series{Name: name, Mark: figure.Points, Role: figure.Simulation, Index: k}
		fns := sim
		for x := 0.0; x <= 80; x += 10 {
			const n = 400
			hits := 0.0
			for range n {
				if rng.Float64() < p(x) {
					hits++
				}
			}
			q, lo, hi := wilson(hits, n)
			sim.X, sim.Y, sim.Lo, sim.Hi = append(sim.X, x), append(sim.Y, q), append(sim.Lo, lo), append(sim.Hi, hi)
			q, lo, hi = wilson(n-hits, n)
			fns.X, fns.Y, fns.Lo, fns.Hi = append(fns.X, x), append(fns.Y, q), append(fns.Lo, lo), append(fns.Hi, hi)
		}
		fp := figure.Series{Mark: figure.Dashed, Role: figure.Theory, Index: k, X: []float64{0, 80}, Y: []float64{1e-4 * math.Pow(8, float64(-k)), 1e-4 * math.Pow(8, float64(-k))}}
		detect.Series = append(detect.Series, line, sim)
		miss.Series = append(miss.Series, fn, fns, fp)
	}
	miss.Rules = []figure.Rule{{Axis: "x", At: 50, Label: "50 %"}}
	return figure.Figure{Name: "accuracy", Width: 183, Height: 65, Cols: 2, Panels: []figure.Panel{detect, miss}}
}

func wilson(k, n float64) (p, lo, hi float64) {
	const z = 1.96
	p = k / n
	mid, half := (p+z*z/(2*n))/(1+z*z/n), z/(1+z*z/n)*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return p, math.Max(0, mid-half), mid + half
}

// tailFigure: false positives over 20 decades, with a measured range.
func tailFigure() figure.Figure {
	p := figure.Panel{
		X: figure.Axis{Label: "population size n", Log: true}, Y: figure.Axis{Label: "false-positive probability", Log: true},
		Legend: true,
		Bands:  []figure.Band{{Name: "Layer 5 estimate", Axis: "x", Lo: 2e3, Hi: 2e4, Role: figure.Measurement}},
		Rules:  []figure.Rule{{Axis: "y", At: 1e-9, Label: "10^{-9}"}},
	}
	for k, a := range []float64{64, 128, 256} {
		s := figure.Series{Name: fmt.Sprintf("a = %g", a), Mark: figure.Line, Role: figure.Theory, Index: k}
		m := figure.Series{Name: s.Name, Mark: figure.Points, Role: figure.Simulation, Index: k}
		for e := 2.5; e <= 5; e += 0.05 {
			x := math.Pow(10, e)
			y := math.Min(1, math.Pow(24*a/x/12*2.7, 8))
			s.X, s.Y = append(s.X, x), append(s.Y, y)
			if int(math.Round(e*20))%10 == 0 && e < 4 {
				q := y
				if y < 1e-5 {
					q = 0
				}
				m.X, m.Y, m.Lo, m.Hi = append(m.X, x), append(m.Y, q), append(m.Lo, q*0.7), append(m.Hi, q*1.4+1e-5)
			}
		}
		p.Series = append(p.Series, s, m)
	}
	return figure.Figure{Name: "tail", Width: 89, Height: 65, Panels: []figure.Panel{p}}
}

// learningFigure: ribbons, measured points, a histogram and minus signs.
func learningFigure() figure.Figure {
	rng := rand.New(rand.NewPCG(5, 1))
	band := figure.Series{Name: "5–95 %", Mark: figure.Ribbon, Role: figure.Simulation}
	mid := figure.Series{Name: "Median", Mark: figure.Line, Role: figure.Simulation}
	for e := range 60 {
		x, y := float64(e), 1-math.Exp(-float64(e)/12)
		band.X, band.Lo, band.Hi = append(band.X, x), append(band.Lo, y*0.85), append(band.Hi, math.Min(1, y*1.1))
		mid.X, mid.Y = append(mid.X, x), append(mid.Y, y)
	}
	meas := figure.Series{Name: "Schiller et al. 2000", Mark: figure.Points, Role: figure.Measurement,
		X: []float64{-80, -60, -40, -20}, Y: []float64{-2, -11, -38, -21}, Lo: []float64{-4, -15, -45, -25}, Hi: []float64{0, -8, -30, -16}}
	iv := figure.Series{Name: "Jahr & Stevens", Mark: figure.Line, Role: figure.Theory}
	for v := -90.0; v <= 20; v++ {
		iv.X, iv.Y = append(iv.X, v), append(iv.Y, 1.6*v/(1+0.28*math.Exp(-0.062*v)))
	}
	var perm [20]float64
	for range 4000 {
		perm[int(math.Abs(math.Min(19.9, 10+4*rng.NormFloat64())))]++
	}
	hist := figure.Series{Name: "Permanence", Mark: figure.Bars, Role: figure.Background}
	for i, c := range perm {
		hist.X, hist.Y = append(hist.X, float64(i)), append(hist.Y, c)
	}
	return figure.Figure{Name: "learning", Title: "Learning and currents", Width: 183, Height: 60, Cols: 3, Panels: []figure.Panel{
		{X: figure.Axis{Label: "training episode"}, Y: figure.Axis{Label: "detection", Min: 0, Max: 1.05}, Series: []figure.Series{band, mid}, Legend: true},
		{X: figure.Axis{Label: "V_{m}", Unit: "mV"}, Y: figure.Axis{Label: "I_{NMDA}", Unit: "pA"}, Series: []figure.Series{iv, meas}, Legend: true,
			Bands: []figure.Band{{Name: "Block at rest", Axis: "y", Lo: -10, Hi: 0, Role: figure.Measurement}}},
		{X: figure.Axis{Label: "permanence"}, Y: figure.Axis{Label: "synapses"}, Series: []figure.Series{hist},
			Rules: []figure.Rule{{Axis: "x", At: 10, Label: "threshold"}}},
	}}
}

// denseRaster has more spikes than are drawn one by one.
func denseRaster(n int) figure.Figure {
	rng := rand.New(rand.NewPCG(6, 1))
	s := figure.Series{Name: "Excitatory", Mark: figure.Raster, Role: figure.Excitatory}
	u := figure.Series{Name: "Inhibitory", Mark: figure.Raster, Role: figure.Inhibitory}
	for i := range n {
		x, row := 1000*rng.Float64(), math.Floor(1000*rng.Float64())
		if math.Mod(x, 100) < 15 {
			row = math.Floor(row / 3)
		}
		if i%5 == 0 {
			u.X, u.Y = append(u.X, x), append(u.Y, 1000+row/4)
		} else {
			s.X, s.Y = append(s.X, x), append(s.Y, row)
		}
	}
	return figure.Figure{Name: "dense", Width: 120, Height: 70, Panels: []figure.Panel{{
		X: figure.Axis{Label: "time", Unit: "ms", Max: 1000}, Y: figure.Axis{Label: "neuron", Max: 1250},
		Series: []figure.Series{s, u}, Legend: true,
		Bands: []figure.Band{{Axis: "x", Lo: 100, Hi: 115, Role: figure.Dendritic}},
	}}}
}
