package networks

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/network"
	"neurosim/neuron"
	"neurosim/theory"
)

// diskEstimate returns the bytes that the recordings of x are expected to take:
// traces, rates, presentations, NMDA spikes, and the spikes of its populations at
// their expected rates.
func diskEstimate(x *Study) float64 {
	if !(x.Run.Dt > 0) {
		return 0
	}
	a := newActivity(x)
	const number = 18 // a real number with most of its digits, and the comma
	arrays := 0.0     // 1 where all is also written as arrays, of 8 bytes for most values
	if slices.Contains(x.Record.Formats, formatNPZ) {
		arrays = 1
	}
	deflated := 0.0 // 1 where SONATA holds it too; a spike takes 2 to 6 bytes, a value of a trace up to 4
	if slices.Contains(x.Record.Formats, formatSONATA) {
		deflated = 1
	}
	bytes := 0.0
	for _, t := range x.Traces {
		row := rowStart(x)
		for _, p := range t.Probes {
			switch {
			case p.Variable.AtPlace():
				row += number
			case p.Variable == network.Vm || p.Variable == network.Vseg:
				if driven(x, p.Population) {
					row += number
				} else {
					row += 4 // the rest
				}
			case p.Variable == network.Isyn:
				row += number / 2 // often 0
			default:
				row += 2 // a count of few
			}
		}
		bytes += (min(t.Stop, x.Run.Tstop) - t.Start) / t.Every * (row + arrays*8*float64(2+len(t.Probes)) + deflated*4*float64(len(t.Probes)))
	}
	columns := len(x.Network.Populations)
	for i := range x.Network.Populations {
		columns += len(x.Network.Populations[i].Segments)
	}
	bytes += x.Run.Tstop / x.Record.RatesBin * (rowStart(x) + 4 + 4*float64(columns) + arrays*8*float64(3+columns)) // most bins hold 0 or a rate of few digits
	recorded := map[string]bool{}
	for _, name := range x.Record.Spikes {
		recorded[name] = true
	}
	for i := range x.Network.Populations {
		p := &x.Network.Populations[i]
		if recorded[p.Name] {
			row := float64(arrays*22) + deflated*6
			if x.Record.writes(formatBinary) {
				row += 14
			}
			if x.Record.writes(formatCSV) {
				row += rowStart(x) + float64(len(p.Name)+1) + meanDigits(p.Size()) + 1
			}
			bytes += row * a.spikes[i]
		}
		for j := range p.Segments {
			g := &p.Segments[j]
			if x.Record.Synapses { // of twice the threshold, or of a segment's synapses
				bytes += a.nmda[i][j] * float64(max(2*g.Theta, g.Synapses)) * (2*rowStart(x) + float64(len(p.Name)+len(g.Name)) + meanDigits(p.Size()) + meanDigits(g.Count) + 40 + arrays*72)
			}
			if x.Record.Dendritic { // a start and an end
				bytes += 2 * a.nmda[i][j] * (rowStart(x) + float64(len(p.Name)+len(g.Name)) + meanDigits(p.Size()) + meanDigits(g.Count) + 10 + arrays*37 + deflated*4)
			}
		}
	}
	for _, in := range x.Network.Inputs {
		bytes += presented(x, &in) * (rowStart(x) + float64(len(in.Name)) + 7 + arrays*34)
	}
	return bytes
}

// driven tells whether anything moves the potentials of a population.
func driven(x *Study, population string) bool {
	p := x.Network.Population(population)
	lo, hi := p.Ie.Bounds()
	return lo != 0 || hi != 0 || p.IeOf != nil || slices.ContainsFunc(x.Network.Projections, func(q network.Projection) bool { return q.Target == population })
}

// rowStart returns the mean length of what a row begins with: step and time with
// their commas. Nine tenths of all steps have as many digits as the last.
func rowStart(x *Study) float64 {
	decimals := 0.0
	if _, after, found := strings.Cut(strconv.FormatFloat(x.Run.Dt, 'f', -1, 64), "."); found {
		decimals = float64(len(after)) + 1
	}
	return meanDigits(int(min(float64(x.Network.Steps), 1e15))) + meanDigits(int(x.Run.Tstop)) + decimals + 2
}

// meanDigits returns the mean number of digits of the numbers below n.
func meanDigits(n int) float64 {
	mean, before := 0.0, 0
	for k, below := 1, 10; before < n; k, below = k+1, below*10 {
		to := min(below, n)
		mean += float64(k) * float64(to-before) / float64(n)
		before = to
	}
	return mean
}

// presented returns the number of presentations of an input.
func presented(x *Study, in *network.Input) float64 {
	p := in.Presentations
	if p == nil || !(p.Period > 0) || p.Start >= x.Run.Tstop {
		return 0
	}
	n := math.Ceil((x.Run.Tstop - p.Start) / p.Period)
	if p.Count > 0 {
		n = min(n, float64(p.Count))
	}
	return n
}

// activity is what is expected to happen in a run, for its forecast alone: mean
// currents, no fluctuations.
type activity struct {
	x      *Study
	spikes []float64   // [population] in the run
	nmda   [][]float64 // [population][group] NMDA spikes in the run
	at     map[string]int
	feeds  map[network.Target][]network.Feed
}

func newActivity(x *Study) *activity {
	n := len(x.Network.Populations)
	a := &activity{x: x, spikes: make([]float64, n), nmda: make([][]float64, n), at: make(map[string]int, n), feeds: x.Network.Feeds()}
	for i := range x.Network.Populations {
		a.at[x.Network.Populations[i].Name] = i
	}
	for i := range x.Network.Inputs {
		a.input(&x.Network.Inputs[i])
	}
	for i := range x.Network.Populations {
		p := &x.Network.Populations[i]
		a.nmda[i] = make([]float64, len(p.Segments))
		for j := range p.Segments {
			a.nmda[i][j] = a.nmdaSpikes(p, &p.Segments[j])
		}
	}
	// Neurons drive neurons: rates that are half those before and half what follows
	// from them settle, where they settle at all.
	for range 12 {
		next := slices.Clone(a.spikes)
		for i := range x.Network.Populations {
			if p := &x.Network.Populations[i]; p.Kind != network.SDR {
				next[i] = a.spikes[i]/2 + a.somatic(i, p)/2
			}
		}
		a.spikes = next
	}
	return a
}

// input adds the spikes of an input.
func (a *activity) input(in *network.Input) {
	i := a.at[in.Population]
	p := &a.x.Network.Populations[i]
	switch {
	case in.Poisson != nil:
		stop := min(in.Poisson.Stop, a.x.Run.Tstop)
		a.spikes[i] += in.Poisson.Mean() / 1000 * max(0, stop-in.Poisson.Start) * float64(p.N)
	case in.Presentations != nil:
		a.spikes[i] += presented(a.x, in) * float64(p.Active)
	case in.Train != nil:
		a.spikes[i] += float64(len(in.Train.Steps))
	}
}

// nmdaSpikes expects one on each segment for every presentation of a pattern that it
// stores, and by chance for others and from background. Of a compartmental cell it
// takes every presentation to a segment that hears enough of it for one.
func (a *activity) nmdaSpikes(p *network.Population, g *network.Segments) float64 {
	segments := float64(g.Count) * float64(p.Count)
	sum := 0.0
	for _, f := range network.Excitatory(a.feeds[network.Target{Population: p.Name, Group: g.Name}]) {
		q, src := f.Projection, f.Source
		if src.Kind != network.SDR {
			continue
		}
		s := a.x.Network.PerUnit(q)
		for _, in := range slices.Concat(f.Shown, f.Poisson) {
			switch {
			case in.Presentations != nil && q.Rule == network.Store && src.Patterns > 0:
				novel := in.Presentations.Novel
				stored := float64(max(1, q.Patterns)) / float64(src.Patterns)
				chance := 0.0
				if g.Place == nil && src.Active > 0 && g.Theta >= 1 && s >= g.Theta && s <= src.N {
					chance = theory.FalsePositive(src.N, src.Active, s, g.Theta).Value()
				}
				sum += presented(a.x, in) * segments * ((1-novel)*(stored+(1-stored)*chance) + novel*chance)
			case in.Poisson != nil && g.Place == nil && g.Theta >= 1 && s >= g.Theta && g.Plateau >= g.Window:
				stop := min(in.Poisson.Stop, a.x.Run.Tstop)
				sum += theory.ChanceSpikeRate(s, g.Theta, in.Poisson.Mean()/1000, g.Window, g.Plateau).Value() * max(0, stop-in.Poisson.Start) * segments
			}
		}
	}
	if g.Place == nil && g.Plateau > 0 { // one after the other
		sum = min(sum, segments*a.x.Run.Tstop/g.Plateau)
	}
	return sum
}

// somatic expects the spikes of a population of neurons: those of the mean current,
// of the plateaus, and of volleys that fire it by themselves.
func (a *activity) somatic(i int, p *network.Population) float64 {
	tstop, cells := a.x.Run.Tstop, float64(p.Size())
	if p.Trees != nil {
		return 0 // nothing simple tells it; a cell with its own drive is rare
	}
	mean := middle(p.Ie)
	if p.IeOf != nil {
		mean = 0
		for _, current := range p.IeOf {
			mean += current / cells
		}
	}
	volleys := 0.0
	for _, f := range a.feeds[network.Target{Population: p.Name}] {
		q, src, from := f.Projection, f.Source, a.at[f.Source.Name]
		tau, sign := p.Soma.TauEx, 1.0
		if q.Sign == network.Inhibit {
			tau, sign = p.Soma.TauIn, -1
		}
		charge := middle(q.Weight) * tau // of one spike (pA ms)
		perUnit := a.x.Network.MeanPerUnit(q)
		if q.Table != nil {
			perUnit = float64(len(q.Table.Cell)) / cells
			if n := len(q.Table.Weight); n > 0 {
				charge = 0
				for _, w := range q.Table.Weight {
					charge += w * tau / float64(n)
				}
			}
		}
		if p.Soma.Kernel == neuron.Alpha {
			charge *= math.E
		}
		mean += sign * charge * perUnit * a.spikes[from] / float64(src.Size()) / tstop
		if sign > 0 && src.Kind == network.SDR {
			volleys += a.volleys(p, src, perUnit, charge)
		}
	}
	rate := lifRate(p, mean)
	for j := range p.Segments {
		g := &p.Segments[j]
		duty := min(1, a.nmda[i][j]*g.Plateau/(tstop*cells)) // of a cell in a plateau
		rate += duty * max(0, lifRate(p, mean+g.IdAP)-rate)
	}
	return max(rate*tstop, volleys) * cells
}

// middle returns the mean of a distribution, of one without a mean that of its bounds.
func middle(d network.Dist) float64 {
	if !math.IsNaN(d.Mean) {
		return d.Mean
	}
	lo, hi := d.Bounds()
	return (lo + hi) / 2
}

// volleys returns the spikes of a cell that presentations to a source make at once:
// one where the charge of the active cells lifts it to the threshold.
func (a *activity) volleys(p, src *network.Population, perUnit, charge float64) float64 {
	sum := 0.0
	for k := range a.x.Network.Inputs {
		in := &a.x.Network.Inputs[k]
		if in.Population != src.Name || in.Presentations == nil {
			continue
		}
		active := perUnit * float64(src.Active) / float64(src.N) // synapses of a cell
		share := min(1, active)
		if lift := max(1, active) * charge / p.Soma.Cm; p.Soma.EL+lift*0.7 > p.Soma.Vth { // some of it leaks
			sum += presented(a.x, in) * share
		}
	}
	return sum
}

// lifRate returns the rate (spikes/ms) of a soma with a constant current, adaptation
// at its mean.
func lifRate(p *network.Population, current float64) float64 {
	s := p.Soma
	rate := 0.0
	for range 20 {
		top := s.EL + s.TauM/s.Cm*(current-s.B*s.TauW*rate)
		next := 0.0
		if top > s.Vth {
			next = 1 / (s.TRef + s.TauM*math.Log((top-s.Vreset)/(top-s.Vth)))
		}
		rate = (rate + next) / 2
	}
	return rate
}
