package networks

import (
	"context"
	"fmt"
	"math"
	"slices"

	"neurosim/network"
	"neurosim/neuron"
	"neurosim/studies/model"
	"neurosim/study"
	"neurosim/theory"
)

// Rates beyond which a check warns.
const (
	silentHz    = 0.01 // expected of a population, below
	saturatedHz = 200  // above
	busy        = 0.8  // part of 1/t_ref above which a population is saturated too
)

// Forecast says what single events do to cells at rest, and what rates background and
// constant currents are expected to make.
func (x *Study) Forecast(ctx context.Context) (f study.Forecast) {
	m := &meanField{x: x, disturbed: disturbed(x)}
	feeds := x.Network.Feeds()
	for i := range x.Network.Populations {
		pop := &x.Network.Populations[i]
		if pop.Kind == network.SDR {
			continue
		}
		drives, err := x.Drives(ctx, pop)
		if err != nil {
			f.Lines = append(f.Lines, fmt.Sprintf("%s: %s", pop.Name, err))
		}
		for k := range drives {
			f.Events = append(f.Events, drives[k].Forecast)
			f.Lines = append(f.Lines, model.EventLine(&drives[k].Forecast))
		}
		for j := range pop.Segments {
			g := &pop.Segments[j]
			if pop.Trees == nil && len(network.Excitatory(feeds[network.Target{Population: pop.Name, Group: g.Name}])) > 0 {
				f.Lines = append(f.Lines, model.PlateauLine(pop, g))
			}
		}
		m.add(pop, drives, err)
	}
	m.solve()
	for i := range m.cells {
		c := &m.cells[i]
		r := c.forecast()
		f.Rates = append(f.Rates, r)
		if line := rateLine(&r); line != "" {
			f.Lines = append(f.Lines, line)
		}
		if w := c.warning(&r); w != "" {
			f.Warnings = append(f.Warnings, w)
		}
	}
	f.Notes = x.shortTheory()
	return f
}

// shortTheory says where a line of theory ends before the points of the sweep do. Where there
// is none at all the plan says it.
func (x *Study) shortTheory() (notes []string) {
	points := x.Points()
	for _, f := range x.Figures {
		if f.Accuracy == nil || !f.Accuracy.Theory {
			continue
		}
		beyond, first := 0, ""
		for _, p := range points {
			y, err := x.At(p)
			if err != nil {
				return nil // the sweep says it
			}
			if e, why := expectedOf(y); why != "" || e.drawn() {
				continue
			}
			if beyond++; first == "" {
				first = x.PointName(p)
			}
		}
		if beyond > 0 {
			notes = append(notes, fmt.Sprintf("figures.%s.theory: the line of theory ends before %d of %d points of the sweep, where the jitter is more than 2.5 windows and hardly anything is detected, first at %s", f.Name, beyond, len(points), first))
		}
	}
	return notes
}

// disturbed tells of each population whether anything reaches it, directly or through others,
// that is not background: patterns, given spikes, electrodes. What rate it has then no one
// knows before.
func disturbed(x *Study) map[string]bool {
	out := map[string]bool{}
	for _, in := range x.Network.Inputs {
		if in.Poisson == nil {
			out[in.Population] = true
		}
	}
	for i := range x.Network.Stimulations {
		out[x.Network.Stimulations[i].Population] = true
	}
	for changed := true; changed; {
		changed = false
		for i := range x.Network.Projections {
			q := &x.Network.Projections[i]
			if out[q.Source] && !out[q.Target] {
				out[q.Target], changed = true, true
			}
		}
	}
	return out
}

// A meanField is the rates of all populations, each of which drives others.
type meanField struct {
	x         *Study
	disturbed map[string]bool
	cells     []drivenCells
	settled   bool
}

// drivenCells are one population of a mean field.
type drivenCells struct {
	of        *meanField
	pop       *network.Population
	drives    []model.Drive
	why       string  // the rate is not estimated
	rate      float64 // (Hz)
	disturbed bool
}

// add adds a population with what reaches it.
func (m *meanField) add(pop *network.Population, drives []model.Drive, err error) {
	c := drivenCells{of: m, pop: pop, drives: drives, disturbed: m.disturbed[pop.Name]}
	switch {
	case err != nil:
		c.why = err.Error()
	case pop.Trees != nil:
		c.why = "there is no theory of the rate of cells with conductances"
	}
	for i := range drives {
		if q := drives[i].Projection; q.ShortTerm != nil && c.why == "" {
			c.why = fmt.Sprintf("projections.%s has short-term plasticity", q.Name)
		}
	}
	m.cells = append(m.cells, c)
}

// solve finds rates that agree with each other: from 0 on, by steps of a part of the
// difference.
func (m *meanField) solve() {
	const part, most, agree = 0.2, 400, 1e-3
	for range most {
		m.settled = true
		next := make([]float64, len(m.cells))
		for i := range m.cells {
			if c := &m.cells[i]; c.why == "" {
				next[i] = c.expected()
				m.settled = m.settled && math.Abs(next[i]-c.rate) <= max(agree*next[i], 1e-6)
			}
		}
		for i := range m.cells {
			m.cells[i].rate += float64(part * (next[i] - m.cells[i].rate))
		}
		if m.settled {
			return
		}
	}
}

// sourceRate returns the rate of the cells of a source of a projection (Hz): background at
// its mean, at its highest where it varies and highest is asked for.
func (m *meanField) sourceRate(name string, highest bool) (rate float64) {
	for i := range m.cells {
		if m.cells[i].pop.Name == name {
			return m.cells[i].rate
		}
	}
	for i := range m.x.Network.Inputs {
		in := &m.x.Network.Inputs[i]
		switch p := in.Poisson; {
		case in.Population != name || p == nil:
		case highest:
			rate += p.Highest()
		default:
			rate += p.Mean()
		}
	}
	return rate
}

// shots returns the input of a cell as shot noise: courses of mean weight, or of the root
// mean square of weights, which variances follow.
func (c *drivenCells) shots(highest, squared bool) (inputs []theory.ShotInput) {
	for i := range c.drives {
		d := &c.drives[i]
		q := d.Projection
		rate := float64(d.PerCell * c.of.sourceRate(q.Source, highest))
		if q.Release != nil {
			rate *= q.Release.P
		}
		scale := 1.0
		if mean, square := q.Weight.Moments(); squared && q.Table == nil && mean > 0 {
			scale = math.Sqrt(square) / mean
		}
		for _, r := range d.Responses {
			course := r.Course
			if scale != 1 {
				course = make([]float64, len(r.Course))
				for k, v := range r.Course {
					course[k] = float64(scale * v)
				}
			}
			inputs = append(inputs, theory.ShotInput{Rate: rate / float64(len(d.Responses)), Course: course, Step: c.of.x.Run.Dt})
		}
	}
	return inputs
}

// rest returns the potential that a cell has without synapses (mV), with a constant current.
func (c *drivenCells) rest(current float64) float64 {
	p := &c.pop.Soma
	return p.EL + float64((current-float64(p.B*p.TauW*c.rate/1000))*p.TauM/p.Cm)
}

// expected returns the rate of the cells (Hz), averaged over their constant currents.
func (c *drivenCells) expected() (rate float64) {
	p := &c.pop.Soma
	inputs := c.shots(false, false)
	mean := theory.ShotMean(inputs)
	sd, tau := whiteNoise(c.shots(false, true), c.drives, p)
	currents := c.currents()
	for _, pA := range currents {
		d := theory.Diffusion{Mean: c.rest(pA) + mean, SD: sd, TauM: p.TauM, TauSyn: tau, Threshold: p.Vth, Reset: p.Vreset, TRef: p.TRef}
		rate += d.Rate() / float64(len(currents))
	}
	return rate
}

// currents returns constant currents that stand for those of all cells.
func (c *drivenCells) currents() (pA []float64) {
	const n = 20
	switch {
	case c.pop.IeOf != nil:
		for k := range min(n, len(c.pop.IeOf)) {
			pA = append(pA, c.pop.IeOf[k*len(c.pop.IeOf)/min(n, len(c.pop.IeOf))])
		}
	case c.pop.Ie.Fixed():
		pA = []float64{c.pop.Ie.Mean}
	default:
		for k := range n {
			pA = append(pA, c.pop.Ie.Quantile((float64(k)+0.5)/n))
		}
	}
	return pA
}

// whiteNoise returns the standard deviation that white noise of the intensity of the inputs
// would give (mV), and the time constant of the noise (ms): the square of the mean of √τ,
// weighted by intensities. An alpha current, of two filters, counts with 2 τ.
func whiteNoise(inputs []theory.ShotInput, drives []model.Drive, p *neuron.LIFParams) (sd, tau float64) {
	variance, root := 0.0, 0.0
	for i, in := range inputs {
		area := 0.0
		for _, v := range in.Course {
			area += float64(v * in.Step)
		}
		part := in.Rate / 1000 * area * area / float64(2*p.TauM)
		of := p.TauEx
		if drives[i].Projection.Sign == network.Inhibit {
			of = p.TauIn
		}
		if p.Kernel == neuron.Alpha {
			of *= 2
		}
		variance += part
		root += float64(part * math.Sqrt(of))
	}
	if variance == 0 {
		return 0, 0
	}
	root /= variance
	return math.Sqrt(variance), root * root
}

// forecast says what is expected of the population.
func (c *drivenCells) forecast() study.RateForecast {
	inputs := c.shots(false, true)
	r := study.RateForecast{Population: c.pop.Name, SD: theory.ShotSD(inputs), Volleys: c.disturbed, Why: c.why}
	r.Recurrent = slices.ContainsFunc(c.drives, func(d model.Drive) bool { return c.of.x.Network.Population(d.Projection.Source).Kind != network.SDR })
	mean := theory.ShotMean(c.shots(false, false))
	switch {
	case c.pop.Trees == nil:
		r.Threshold = &c.pop.Soma.Vth
		r.Mean = c.rest(c.pop.MeanCurrent()) + mean
	case len(c.drives) > 0:
		r.Threshold = c.drives[0].Forecast.Threshold
		r.Mean = c.drives[0].Forecast.Rest + mean
	}
	if !c.of.settled && r.Why == "" {
		r.Why = "no rates of the populations that excite each other agree"
	}
	if r.Why == "" {
		rate := study.Significant(c.rate, 3)
		r.Rate = &rate
	}
	return r
}

// warning says where a population is expected to be silent or saturated.
func (c *drivenCells) warning(r *study.RateForecast) string {
	p := &c.pop.Soma
	switch {
	case r.Rate == nil:
		return ""
	case c.rate > saturatedHz || p.TRef > 0 && c.rate > busy*1000/p.TRef:
		limit := ""
		if p.TRef > 0 {
			limit = fmt.Sprintf("; t_ref = %g ms allows %.4g", p.TRef, 1000/p.TRef)
		}
		return fmt.Sprintf("populations.%s: background and constant current alone are expected to make %.3g spikes/s%s: the population is saturated", c.pop.Name, c.rate, limit)
	case c.disturbed || c.rate >= silentHz || c.mostRate() >= silentHz:
		return ""
	}
	if len(c.drives) == 0 {
		return fmt.Sprintf("populations.%s: nothing reaches the somata but I_e, which holds them at %.4g mV, below V_th = %g mV: no spike is expected", c.pop.Name, r.Mean, p.Vth)
	}
	return fmt.Sprintf("populations.%s: the population is expected to be silent, below %g spikes/s: the input holds the membrane at %.4g mV with a standard deviation of %.3g mV; V_th = %g mV", c.pop.Name, silentHz, r.Mean, r.SD, p.Vth)
}

// mostRate bounds the rate of the cells (Hz) with the greatest current, background at its
// highest and nothing known of the shape of its noise: the free membrane is above threshold
// for a part of the time, and a stay above it is taken as no longer than the shorter time
// constant. Plateaus of segments that background may fire count as if they were always on.
func (c *drivenCells) mostRate() float64 {
	p := &c.pop.Soma
	_, most := c.pop.Ie.Bounds()
	for _, pA := range c.pop.IeOf {
		most = max(most, pA)
	}
	if c.pop.IeOf == nil && math.IsInf(most, 1) { // lognormal
		most = c.pop.Ie.Quantile(1 - 1e-9)
	}
	for j := range c.pop.Segments {
		g := &c.pop.Segments[j]
		feeds := network.Excitatory(c.of.x.Network.Feeds()[network.Target{Population: c.pop.Name, Group: g.Name}])
		if len(feeds) > 0 && g.IdAP > 0 {
			on := 1
			if g.Combine == network.Sum {
				on = g.Count
			}
			most += float64(float64(on) * g.IdAP)
		}
	}
	up := p.Vth - c.rest(most)
	if up <= 0 {
		return math.Inf(1)
	}
	return 1000 * theory.ShotTail(c.shots(true, true), up) / min(p.TauM, p.TauEx)
}

// rateLine says what is expected of a population; "" where it is nothing.
func rateLine(r *study.RateForecast) string {
	if r.SD == 0 && (r.Rate == nil || *r.Rate == 0) {
		return "" // nothing but patterns
	}
	by := "background holds"
	if r.Recurrent {
		by = "background and other populations hold"
	}
	line := fmt.Sprintf("%s: %s the membrane at %.4g mV, standard deviation %.3g mV", r.Population, by, r.Mean, r.SD)
	if r.SD == 0 {
		line = fmt.Sprintf("%s: constant current holds the membrane at %.4g mV", r.Population, r.Mean)
	}
	if r.Threshold != nil {
		line += fmt.Sprintf("; V_th = %g mV", *r.Threshold)
	}
	alone := ""
	if r.Volleys {
		alone = " from this alone"
	}
	switch {
	case r.Rate != nil && *r.Rate < 1e-6:
		return line + "; no spikes are expected" + alone
	case r.Rate != nil:
		return line + fmt.Sprintf("; about %.3g spikes/s%s", *r.Rate, alone)
	}
	return line + "; no rate: " + r.Why
}
