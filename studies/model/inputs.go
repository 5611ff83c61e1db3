package model

import (
	"fmt"
	"math"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/stimulus"
)

// Tables [inputs.NAME], by kind.
type (
	sdrInput struct {
		Kind       string `toml:"kind" must:"yes" doc:"sdr, poisson or spikes"`
		Population string `toml:"population" must:"yes" doc:"the input cells that spike"`
		stimulus.PresentationParams
	}
	poissonInput struct {
		Kind       string `toml:"kind" must:"yes" doc:"sdr, poisson or spikes"`
		Population string `toml:"population" must:"yes" doc:"the input cells that spike"`
		stimulus.PoissonParams
	}
)

func (d Reader) inputs(x *Model) {
	for name, tree := range d.Tables("inputs", d.Table("inputs", d.Root(), "inputs")) {
		path := grammar.Join("inputs", name)
		kind, ok := d.Kind(path, tree, "sdr", "poisson", "spikes")
		if !ok {
			continue
		}
		in := network.Input{Name: name}
		switch kind {
		case "sdr":
			t := new(sdrInput)
			t.PresentationParams = stimulus.DefaultPresentations()
			d.Into(path, tree, t)
			if len(t.Sequence) > 0 {
				d.Without(path, []string{"order", "novel"}, "with sequence")
			}
			if math.IsNaN(t.Start) {
				t.Start = t.Period
				d.Follows(path+".start", path+".period")
				d.Default(path+".start", grammar.FormatDist(network.Const(t.Start), "ms"))
			}
			in.Population, in.Presentations = t.Population, &t.PresentationParams
		case "poisson":
			t := new(poissonInput)
			t.PoissonParams = stimulus.DefaultPoisson()
			d.Into(path, tree, t, "modulation")
			if math.IsInf(t.Stop, 1) {
				t.Stop = x.Run.Tstop
			}
			d.rate(path, tree, &t.PoissonParams)
			in.Population, in.Poisson = t.Population, &t.PoissonParams
		case "spikes":
			t := new(defaultSpikesInput())
			d.Into(path, tree, t)
			in.Population = t.Population
			if d.Require(path+".file") && x.Network.Population(t.Population) != nil {
				in.Train = d.train(x, path, t)
			}
		}
		if d.Require(path+".population") && d.Population(x, path+".population", in.Population) {
			x.Network.Inputs = append(x.Network.Inputs, in)
		}
	}
}

// rate reads what the rate of a Poisson input is: constant, a sine, or given at times.
func (d Reader) rate(path string, tree map[string]any, p *stimulus.PoissonParams) {
	if table := d.Table(path+".modulation", tree, "modulation"); table != nil {
		p.Modulation = new(stimulus.DefaultModulation())
		d.Into(path+".modulation", table, p.Modulation)
	}
	file, list := d.Present(path+".rate_file"), d.Present(path+".rates")
	switch {
	case file && list:
		d.Bad(path+".rates", "cannot be used together with rate_file; give one of the two")
	case file:
		p.Course = d.rateFile(path+".rate_file", p)
	case list:
		p.Course = &stimulus.RateCourse{Times: p.Times, Rates: p.Rates, Interpolation: stimulus.StepRate}
		if !d.Require(path+".times") || len(p.Times) == 0 || len(p.Rates) == 0 {
			p.Course = nil // reported where they are read
		}
	default:
		d.Without(path, []string{"times"}, "without rates")
		d.Require(path + ".rate")
	}
	if !file {
		d.Without(path, []string{"interpolation"}, "without rate_file")
	}
	if file || list {
		d.Without(path, []string{"rate"}, "with rates that are given at times")
		if p.Modulation != nil {
			d.Bad(path+".modulation", "has a meaning for a rate; give one of the two, or a rate_file that has both")
			p.Modulation = nil
		}
		p.Rate = 0
	}
	if file && list || file && d.Present(path+".times") {
		d.Without(path, []string{"times"}, "with rate_file, which has its own")
	}
}

// rateFile reads the rates of a Poisson input from a table; nil where it is no good.
func (d Reader) rateFile(key string, p *stimulus.PoissonParams) *stimulus.RateCourse {
	before := math.Inf(-1)
	cols, ok := d.ReadTable(key, p.RateFile, []grammar.Column{
		{Name: "time_ms", Min: 0, Max: 1e15, Rule: "a time in ms, not negative", Check: func(_ int, ms float64) string {
			if ms <= before {
				return fmt.Sprintf("must be after the time before, %g ms", before)
			}
			before = ms
			return ""
		}},
		{Name: "rate_Hz", Min: 0, Max: 1e9, Rule: "a rate in Hz, not negative"},
	})
	if !ok {
		return nil
	}
	if len(cols[0]) == 0 {
		d.Bad(key, "has no rows")
		return nil
	}
	return &stimulus.RateCourse{Times: cols[0], Rates: cols[1], Interpolation: p.Interpolation}
}

// inputTables are the tables of inputs in the reference.
func inputTables() []grammar.Table {
	spikes := defaultSpikesInput()
	return []grammar.Table{
		{Title: "[inputs.NAME], kind = \"sdr\"", Text: "Shows patterns: every period one of the population's patterns, or a novel one.", Default: &sdrInput{PresentationParams: stimulus.DefaultPresentations()}},
		{Title: "[inputs.NAME], kind = \"poisson\"", Text: "Independent background spikes in every cell: a Poisson process whose rate is constant (`rate`), a sine (`rate` and [inputs.NAME.modulation]), a series of constant rates (`rates`, `times`) or read from a table (`rate_file`). Whatever the rate, the mean number of spikes in a step is its integral over the step; a cell may spike several times in a step, so that no rate is lowered by the length of a step. A rate with more than 10 spikes in a step is refused.", Default: &poissonInput{PoissonParams: stimulus.DefaultPoisson()}},
		{Title: "[inputs.NAME.modulation]", Text: "Makes the rate of a Poisson input a sine: r(t) = rate (1 + depth sin(2π frequency t + phase)), t from the beginning of the run. Without the table the rate is constant.", Default: new(stimulus.DefaultModulation())},
		{Title: "[inputs.NAME], kind = \"spikes\"", Text: "Spikes from a table: a header, then a row for each spike; lines that begin with # are comments. Read as they are: columns `cell` and `step` or `time_ms`, such as `spikes.csv` of a run.\n\nIn a table of another program the separator, the columns of times and cells, and the unit are found by the names in its header, and a note says what was found: `sender` and `time_ms` of NEST, `node_ids` and `timestamps` of SONATA's CSV (in ms by its format), `i`, `t`, `spkid`, `spkt`, `neuron`, `unit`, `gid`, `spike_times` and the like, with the unit at the end of the name: `time_s`, `t (ms)`, `time [us]`. Names like `t` or `times` have no unit: then `time_unit` must be given. If a header is ambiguous, the table is refused with the key that decides. Keys are preferred to names: `columns = { cell = \"i\", time = \"t\" }`. Other columns are not read.\n\nA time goes to the nearest step, from halfway on to the later; a cell may spike several times in a step. Rows that are not used as they are, are counted in a note.", Default: &spikes},
	}
}
