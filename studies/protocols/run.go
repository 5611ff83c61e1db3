package protocols

import (
	"context"
	"fmt"
	"math"
	"slices"

	"neurosim/cable"
	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/stimulus"
	"neurosim/studies/model"
	"neurosim/study"
)

// A job is what a protocol does: cells with their currents, stepped together.
type job struct {
	cells      []cell
	duration   float64 // from the end of settling (ms)
	everywhere bool    // the highest potential of every compartment is kept
	search     func(ctx context.Context, part *study.Part, p *preparation, s *settled) (*result, error)
}

// A cell is what one copy is given, and where it is looked at.
type cell struct {
	currents []current
	watched  []spot // besides the soma
}

// A current flows into a place of a cell.
type current struct {
	at   spot // its section is empty: the soma, node 0
	wave stimulus.Waveform
}

// atSoma is where the soma is stimulated and looked at, as where its spikes are counted.
var atSoma = spot{}

// An outcome is what one copy did. Its fields are exported for the state of a part.
type outcome struct {
	V           [][]float64 // of the soma, then of the watched places: at the end of settling and after every step (mV)
	Spikes      []float64   // (ms)
	Begin       []float64   // [node] potential when the stimulus begins (mV); nil: not asked for
	Highest, At []float64   // [node] highest potential from then on (mV), and when (ms)
}

// A result is what the copies of a protocol did.
type result struct {
	Outcomes []outcome
	Tried    []trial // of a search, ascending
}

// A preparation is what all parts share: the cell with an electrode at every place where
// a protocol injects current.
type preparation struct {
	*network.TreeModel
	x      *Study
	inputs map[model.Place]int
}

// prepare lowers the population. Its synapses are left out: they stay silent.
func (x *Study) prepare() (*preparation, []job, error) {
	p := &preparation{x: x, inputs: map[model.Place]int{}}
	var electrodes []*network.Stimulation
	var jobs []job
	for _, of := range x.Protocols {
		j := of.job(x)
		jobs = append(jobs, j)
		for _, c := range j.cells {
			for _, i := range c.currents {
				if _, have := p.inputs[i.at.Place]; have || i.at == atSoma {
					continue
				}
				electrodes = append(electrodes, &network.Stimulation{Section: i.at.Section, X: i.at.X})
				p.inputs[i.at.Place] = len(electrodes) // input 0 is the soma
			}
		}
	}
	pop := *x.Cell
	pop.Segments = nil
	var err error
	p.TreeModel, err = network.NewTreeModel(&pop, x.Run.Dt, electrodes...)
	return p, jobs, err
}

// steps returns a time as a number of steps.
func (x *Study) steps(ms float64) int { return int(grid.Steps(ms, x.Run.Dt)) }

// settled is the state of a cell from which the protocols begin.
type settled struct {
	Floats []float64
	Ints   []int32
	Rest   float64 // of the soma (mV)
	Drift  float64 // of the soma in the last 10 ms (mV)
	Spikes int
}

// lately is the time at the end of settling in which a cell should not move (ms).
const lately = 10

// settle steps one cell from its start.
func (p *preparation) settle(ctx context.Context) (settled, error) {
	steps := p.x.steps(p.x.Settle)
	c := p.Model.NewCells(1)
	c.Inject(0, 0, p.x.Holding)
	s := settled{Rest: c.V(0)[0]}
	before := s.Rest
	var spikes []int32
	for k := range steps {
		if k == steps-p.x.steps(lately) {
			before = c.V(0)[0]
		}
		spikes = c.Step(spikes[:0])
		s.Spikes += len(spikes)
		if k%1000 == 999 || k == steps-1 {
			if err := p.sound(ctx, c, k); err != nil {
				return s, err
			}
		}
	}
	s.Rest = c.V(0)[0]
	s.Drift = s.Rest - before
	floats, ints := c.State()
	for _, row := range floats {
		s.Floats = append(s.Floats, row[0])
	}
	for _, row := range ints {
		s.Ints = append(s.Ints, row[0])
	}
	return s, nil
}

// sound returns an error if the study was interrupted or a potential is not a number.
func (p *preparation) sound(ctx context.Context, c *cable.Cells, step int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if cell, _ := c.NonFinite(); cell >= 0 {
		clock := network.NewClock(p.x.Run.Dt)
		return &network.NonFiniteError{Population: p.x.Cell.Name, Cell: cell, Step: int64(step), Ms: clock.Ms(int64(step))}
	}
	return nil
}

// run steps copies of the settled cell through a job.
func (p *preparation) run(ctx context.Context, s *settled, j *job, cells []cell) ([]outcome, error) {
	n, dt := len(cells), p.x.Run.Dt
	c := p.Model.NewCells(n)
	floats, ints := c.State()
	if len(floats) != len(s.Floats) || len(ints) != len(s.Ints) {
		return nil, fmt.Errorf("the settled state has %d and %d rows, the cell %d and %d", len(s.Floats), len(s.Ints), len(floats), len(ints))
	}
	for i, row := range floats {
		for k := range row {
			row[k] = s.Floats[i]
		}
	}
	for i, row := range ints {
		for k := range row {
			row[k] = s.Ints[i]
		}
	}
	c.SetStep(int64(p.x.steps(p.x.Settle)))
	steps, begin := p.x.steps(j.duration), p.x.steps(p.x.Delay)
	out := make([]outcome, n)
	for i := range out {
		out[i].V = make([][]float64, 1+len(cells[i].watched))
		for w := range out[i].V {
			out[i].V[w] = make([]float64, 0, steps+1)
		}
	}
	look := func(done int) {
		for i := range out {
			o := &out[i]
			o.V[0] = append(o.V[0], c.V(0)[i])
			for w, at := range cells[i].watched {
				o.V[1+w] = append(o.V[1+w], c.V(at.node)[i])
			}
		}
		if j.everywhere && done >= begin {
			p.highest(c, out, float64(float64(done)*dt), done == begin)
		}
	}
	look(0)
	electrodes := p.electrodes(cells)
	var spikes []int32
	for k := range steps {
		for i := range electrodes {
			e := &electrodes[i]
			c.Inject(e.input, e.cell, e.at(float64((float64(k)+0.5)*dt)))
		}
		spikes = c.Step(spikes[:0])
		look(k + 1)
		for _, i := range spikes {
			v := out[i].V[0]
			out[i].Spikes = append(out[i].Spikes, float64((float64(k)+p.within(v[k], v[k+1]))*dt))
		}
		if k%1000 == 999 || k == steps-1 {
			if err := p.sound(ctx, c, k); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// An electrode is an input of one copy with the currents that flow into it.
type electrode struct {
	input, cell int
	holding     float64 // (pA)
	waves       []stimulus.Waveform
}

// electrodes returns what is injected into cells: into each soma at least the holding
// current.
func (p *preparation) electrodes(cells []cell) (list []electrode) {
	for i := range cells {
		first := len(list)
		list = append(list, electrode{cell: i, holding: p.x.Holding})
		for _, in := range cells[i].currents {
			input := 0
			if in.at != atSoma {
				input = p.inputs[in.at.Place]
			}
			at := slices.IndexFunc(list[first:], func(e electrode) bool { return e.input == input })
			if at < 0 {
				at = len(list) - first
				list = append(list, electrode{input: input, cell: i})
			}
			e := &list[first+at]
			e.waves = append(e.waves, in.wave)
		}
	}
	return list
}

// at returns the current of an electrode at a time (pA).
func (e *electrode) at(ms float64) float64 {
	pA := e.holding
	for _, w := range e.waves {
		pA += w.At(ms)
	}
	return pA
}

// within returns when in a step, from 0 to 1, the soma crosses the level of spikes.
func (p *preparation) within(before, after float64) float64 {
	if p.x.Cell.Trees.Level == nil {
		return 1
	}
	return (*p.x.Cell.Trees.Level - before) / (after - before)
}

// highest keeps the highest potential of every compartment.
func (p *preparation) highest(c *cable.Cells, out []outcome, ms float64, first bool) {
	for i := range out {
		o := &out[i]
		if first {
			o.Begin, o.Highest, o.At = make([]float64, p.Tree.Len()), make([]float64, p.Tree.Len()), make([]float64, p.Tree.Len())
			for node := range o.Highest {
				o.Begin[node], o.Highest[node], o.At[node] = c.V(node)[i], c.V(node)[i], ms
			}
		}
		for node := range o.Highest {
			if v := c.V(node)[i]; v > o.Highest[node] {
				o.Highest[node], o.At[node] = v, ms
			}
		}
	}
}

// together is how many copies are stepped as one part.
const together = 8

// A portion is the part of a job that is one part of the stage.
type portion struct{ job, from, to int }

// portions divides jobs into parts. Searches, which take longest, come first.
func portions(jobs []job) []portion {
	var first, rest []portion
	for i, j := range jobs {
		if j.search != nil {
			first = append(first, portion{job: i})
			continue
		}
		for from := 0; from < len(j.cells); from += together {
			rest = append(rest, portion{i, from, min(from+together, len(j.cells))})
		}
	}
	return slices.Concat(first, rest)
}

// runAll does the chosen protocols and returns what came out of each.
func (x *Study) runAll(ctx context.Context, w *study.Work) (settled, []result, error) {
	p, jobs, err := x.prepare()
	if err != nil {
		return settled{}, nil, err
	}
	start, err := study.Parts(ctx, w, study.Stage{Name: "settle", Quick: true}, 1, func(ctx context.Context, _ *study.Part) (settled, error) { return p.settle(ctx) })
	if err != nil {
		return settled{}, nil, err
	}
	parts := portions(jobs)
	of := study.Stage{Name: "protocols", Label: "  protocols", Unit: "parts"}
	done, err := study.Parts(ctx, w, of, len(parts), func(ctx context.Context, part *study.Part) (result, error) {
		q := parts[part.Index]
		j := &jobs[q.job]
		if j.search != nil {
			r, err := j.search(ctx, part, p, &start[0])
			if err != nil {
				return result{}, err
			}
			return *r, nil
		}
		out, err := p.run(ctx, &start[0], j, j.cells[q.from:q.to])
		return result{Outcomes: out}, err
	})
	if err != nil {
		return settled{}, nil, err
	}
	results := make([]result, len(jobs))
	for i, q := range parts {
		r := &results[q.job]
		r.Outcomes, r.Tried = append(r.Outcomes, done[i].Outcomes...), append(r.Tried, done[i].Tried...)
	}
	return start[0], results, nil
}

// memory estimates the memory: that of the network, and of the potentials that are kept.
func (x *Study) memory() network.Estimate {
	e := x.Network.Estimate()
	for _, p := range x.Protocols {
		j := p.job(x)
		bytes := 0.0
		for _, c := range j.cells {
			bytes += float64(8 * float64(1+len(c.watched)) * (math.Ceil(j.duration/x.Run.Dt) + 1))
		}
		at := "protocols." + p.name()
		e.Bytes += bytes
		e.Shares = append(e.Shares, network.Share{What: "the potentials of " + p.name(), Bytes: bytes, Keys: []network.Factor{{Path: at, Value: 1}}})
	}
	return e
}
