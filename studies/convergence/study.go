// Package convergence is the study of what a time step costs: it runs a configuration at
// dt, dt/2 and dt/4 and says what still moves.
package convergence

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"text/tabwriter"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/studies/networks"
	"neurosim/study"
)

// Divisors are what the time step of the configuration is divided by.
var Divisors = []int{1, 2, 4}

// A Study runs one configuration at several time steps.
type Study struct {
	At []*study.Config // at dt, dt/2, dt/4
	Dt []float64       // (ms)
}

// Plan is that of the smallest step.
func (s *Study) Plan() study.Plan {
	p := s.At[len(s.At)-1].Study.Plan()
	p.DiskBytes = 0
	p.Lines = append(p.Lines, fmt.Sprintf("at dt = %g, %g and %g ms; the numbers above are those of the last", s.Dt[0], s.Dt[1], s.Dt[2]))
	return p
}

// Run is what one run gives.
type Run struct {
	Metrics map[string]float64
	Spikes  map[string][][]float64 // by population and cell (ms); nil: the study is no network
}

// Do runs the configuration at each step.
func (s *Study) Do(ctx context.Context, w *study.Work) (study.Report, error) {
	runs, err := study.Parts(ctx, w, study.Stage{Name: "time steps", Unit: "run"}, len(s.At), func(ctx context.Context, p *study.Part) (Run, error) {
		return s.run(ctx, s.At[p.Index])
	})
	if err != nil {
		return study.Report{}, err
	}
	return s.report(runs), nil
}

func (s *Study) run(ctx context.Context, c *study.Config) (Run, error) {
	if x, ok := c.Study.(*networks.Study); ok {
		spikes, err := networks.SpikeTimes(ctx, x, 1)
		return Run{Spikes: spikes}, err
	}
	r, err := c.Study.Do(ctx, study.New(study.Options{}))
	out := Run{Metrics: map[string]float64{}}
	for name, v := range r.Metrics {
		if x, ok := v.(float64); ok {
			out.Metrics[name] = x
		} else if n, ok := v.(int64); ok {
			out.Metrics[name] = float64(n)
		} else if n, ok := v.(int); ok {
			out.Metrics[name] = float64(n)
		}
	}
	return out, err
}

// A row is one quantity at the three steps.
type row struct {
	what, unit string
	values     []float64
	counts     bool // whole numbers, any change of which is told
}

// changes returns the change from dt to dt/2 and from there to dt/4.
func (r row) changes() (first, second float64) {
	return r.values[1] - r.values[0], r.values[2] - r.values[1]
}

func (s *Study) report(runs []Run) study.Report {
	rows, moves := s.rows(runs)
	table := study.Table{Text: "What a run gives at three steps, a row for each quantity.",
		Columns: study.Columns([][3]string{{"quantity", "", "name of the quantity"}, {"unit", "", "unit of the values of the row"}})}
	for _, dt := range s.Dt {
		step := grammar.FormatNumber(dt)
		table.Columns = append(table.Columns, study.Columns([][3]string{{"dt_" + step + "_ms", "", "value at a step of " + step + " ms, in the unit of the row"}})...)
	}
	table.Columns = append(table.Columns, study.Columns([][3]string{
		{"change_1", "", "change from the first step to the second, in the unit of the row"},
		{"change_2", "", "change from the second to the third"},
		{"order", "", "binary logarithm of the ratio of the changes: the order of convergence; empty for counts"},
	})...)
	rep := study.Report{Metrics: map[string]any{}}
	var text bytes.Buffer
	out := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "quantity\tdt = %g ms\t%g ms\t%g ms\tchange\tchange\t\n", s.Dt[0], s.Dt[1], s.Dt[2])
	moved := 0
	for _, r := range rows {
		a, b := r.changes()
		order := ""
		if o := math.Log2(math.Abs(a / b)); !math.IsNaN(o) && !math.IsInf(o, 0) && !r.counts {
			order = fmt.Sprintf("%.2f", o)
		}
		name := r.what
		if r.unit != "" {
			name += " (" + r.unit + ")"
		}
		line := []string{r.what, r.unit}
		for _, x := range append(slices.Clone(r.values), a, b) {
			line = append(line, study.Exactly(x))
		}
		table.Rows = append(table.Rows, append(line, order))
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t\n", name, study.Digits(r.values[0], 6), study.Digits(r.values[1], 6), study.Digits(r.values[2], 6), study.Digits(a, 3), study.Digits(b, 3))
		if r.counts && (a != 0 || b != 0) {
			moved++
			rep.Warnings = append(rep.Warnings, fmt.Sprintf("the number of %s changes with the time step: %g at %g ms, %g at %g ms, %g at %g ms", r.what, r.values[0], s.Dt[0], r.values[1], s.Dt[1], r.values[2], s.Dt[2]))
		}
	}
	out.Flush()
	rep.Tables = []study.NamedTable{{Name: "converge", Table: table}}
	rep.Text = text.Bytes()
	rep.Metrics["counts_that_change"] = moved
	for _, m := range moves {
		rep.Lines = append(rep.Lines, m.says(s.Dt))
		rep.Metrics[m.population+".largest_shift_ms"] = m.largest[0]
	}
	if len(moves) > 0 {
		fig := s.figure(runs, moves)
		rep.Figures = []study.Figure{{Name: fig.Name, Figure: fig}}
	}
	rep.JSON = map[string]any{"dt_ms": s.Dt, "counts_that_change": moved}
	return rep
}

// A move is how spikes of a population move with the step.
type move struct {
	population string
	spikes     []int      // at each step
	largest    [2]float64 // largest shift of a spike against dt/4, at dt and dt/2 (ms); NaN where the numbers differ in every cell
	cell       int        // whose spikes move most
	compared   int        // cells with as many spikes at every step
	cells      int        // that spike at all
}

// says puts a move into words.
func (m move) says(dt []float64) string {
	if m.cells == 0 {
		return fmt.Sprintf("%s: no spikes at any step", m.population)
	}
	text := fmt.Sprintf("%s: %d, %d and %d spikes at dt = %g, %g and %g ms", m.population, m.spikes[0], m.spikes[1], m.spikes[2], dt[0], dt[1], dt[2])
	if m.compared == 0 {
		return text + "; no cell has the same number of them at every step"
	}
	return text + fmt.Sprintf("; against the smallest, spikes move by up to %s ms at %g ms and %s ms at %g ms (%d of %d cells with as many spikes)",
		study.Digits(m.largest[0], 3), dt[0], study.Digits(m.largest[1], 3), dt[1], m.compared, m.cells)
}

// rows lists what is compared.
func (s *Study) rows(runs []Run) (rows []row, moves []move) {
	if runs[0].Spikes == nil {
		var names []string
		for name := range runs[0].Metrics {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			r := row{what: name}
			for _, run := range runs {
				x, known := run.Metrics[name]
				if !known {
					x = math.NaN()
				}
				r.values = append(r.values, x)
			}
			rows = append(rows, r)
		}
		return rows, nil
	}
	var populations []string
	for name := range runs[0].Spikes {
		populations = append(populations, name)
	}
	slices.Sort(populations)
	for _, name := range populations {
		m := compare(name, runs)
		moves = append(moves, m)
		r := row{what: "spikes of " + name, counts: true}
		for _, n := range m.spikes {
			r.values = append(r.values, float64(n))
		}
		rows = append(rows, r)
		if cell := runs[0].Spikes[name][m.cell]; len(cell) > 0 && m.compared > 0 {
			for _, k := range []int{0, len(cell) - 1} {
				which := "first"
				if k > 0 {
					which = "last"
				}
				r := row{what: fmt.Sprintf("%s spike of cell %d of %s", which, m.cell, name), unit: "ms"}
				for _, run := range runs {
					r.values = append(r.values, run.Spikes[name][m.cell][k])
				}
				rows = append(rows, r)
				if len(cell) == 1 {
					break
				}
			}
		}
	}
	return rows, moves
}

// compare holds the spikes of a population at larger steps against those at the smallest.
func compare(name string, runs []Run) move {
	m := move{population: name, spikes: make([]int, len(runs)), largest: [2]float64{math.NaN(), math.NaN()}}
	for cell := range runs[0].Spikes[name] {
		same, any := true, false
		for i, run := range runs {
			n := len(run.Spikes[name][cell])
			m.spikes[i] += n
			same = same && n == len(runs[0].Spikes[name][cell])
			any = any || n > 0
		}
		if !any {
			continue
		}
		m.cells++
		if !same {
			continue
		}
		m.compared++
		finest := runs[len(runs)-1].Spikes[name][cell]
		for i := range m.largest {
			for k, x := range runs[i].Spikes[name][cell] {
				if d := math.Abs(x - finest[k]); !(d <= m.largest[i]) {
					m.largest[i] = d
					if i == 0 {
						m.cell = cell
					}
				}
			}
		}
	}
	return m
}

// figure draws the shift of each spike of the cell that moves most, against its time, a
// panel for each population that spikes.
func (s *Study) figure(runs []Run, moves []move) figure.Figure {
	fig := figure.Figure{Name: "shifts", Width: 120, ShareX: true}
	for _, m := range moves {
		if m.compared == 0 {
			continue
		}
		p := figure.Panel{Title: fmt.Sprintf("cell %d of %s", m.cell, m.population), X: figure.Axis{Label: "Time", Unit: "ms"},
			Y: figure.Axis{Label: "Shift of a spike", Unit: "ms"}, Legend: true}
		finest := runs[len(runs)-1].Spikes[m.population][m.cell]
		for i := range m.largest {
			series := figure.Series{Name: fmt.Sprintf("dt = %g ms against %g ms", s.Dt[i], s.Dt[len(s.Dt)-1]), Mark: figure.Points, Role: figure.Simulation, Index: i}
			for k, x := range runs[i].Spikes[m.population][m.cell] {
				series.Add(finest[k], x-finest[k])
			}
			p.Series = append(p.Series, series)
		}
		p.Rules = []figure.Rule{{Axis: "y", At: 0}}
		fig.Panels = append(fig.Panels, p)
	}
	if len(fig.Panels) == 0 {
		fig.Panels = []figure.Panel{{X: figure.Axis{Label: "Time", Unit: "ms"}, Y: figure.Axis{Label: "Shift of a spike", Unit: "ms"}}}
	}
	fig.Height = float64(24 + 46*len(fig.Panels))
	return fig
}
