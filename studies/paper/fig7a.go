package paper

import (
	"context"
	"fmt"
	"math"

	"neurosim/analysis"
	"neurosim/figure"
	"neurosim/internal/rng"
	"neurosim/published"
	"neurosim/stimulus"
	"neurosim/study"
	"neurosim/theory"
)

// fig7a is Figure 7A of [AH16]: how many distinct synapses a segment has that
// stores M patterns by s synapses each, M = 1 … 19, s = 20, 25, 30, n = 1000.
// The paper draws equation (13); here unions are also drawn and their sizes
// averaged, each point from unions of its own. The standard error of a mean is
// that of the exact distribution of the size.
func fig7a(ctx context.Context, e effort) (reproduction, error) {
	rows := published.Rows("fig7a_union_synapses")
	trials := e.of(1000, 20_000)
	sizes, err := inChunks(ctx, e, len(rows), func(i int) (sample, error) {
		row := rows[i]
		n, s, m := row.Int("n"), row.Int("s"), row.Int("M")
		u := newUnions(n)
		r := rng.New(e.Seed, rng.Trial, rng.Name(fmt.Sprintf("fig7a n=%d s=%d M=%d", n, s, m)), 0)
		var x sample
		for range trials {
			x.add(float64(len(u.draw(&r, s, m))))
		}
		return x, ctx.Err()
	})
	if err != nil {
		return reproduction{}, err
	}
	ch := newChart(article, "s", "n", "M")
	ch.table.Columns = append(parameterColumns("s", "n", "M"), study.Columns([][3]string{
		{"theory", "", "expected size of the union by equation (13)"},
		{"mean", "", "mean size of the unions that were drawn"},
		{"lo95", "", "lower end of its 95 % interval"},
		{"hi95", "", "upper end of its 95 % interval"},
		{"sd", "", "standard deviation of the sizes"},
		{"sd_theory", "", "what theory says of it"},
		{"trials", "", "unions that were drawn"},
		{"z", "", "mean less theory, in standard errors"},
		{"recorded", "", "value that the authors recorded"},
	})...)
	var z deviates
	for i, row := range rows {
		n, s, m, theirs := row.Int("n"), row.Int("s"), row.Int("M"), row.Float("script_value")
		if begins(rows, i, "s") {
			ch.curve("s = %d", s)
		}
		c, label := ch.last(), ch.label(s, n, m)
		want := theory.UnionSize(n, s, m)
		ch.exact.add(want, row.Float("exact"), label)
		ch.computed.add(theirs, want, label)
		sd := spread(theory.UnionSizes(n, s, m), want)
		mean, half := sizes[i].mean(), analysis.Z95*sizes[i].sd()/math.Sqrt(float64(trials))
		deviation := z.add(mean-want, sd/math.Sqrt(float64(trials)), label)
		c.theory(float64(m), want)
		c.ring(float64(m), theirs)
		c.marker(float64(m), mean, mean-half, mean+half)
		ch.table.Add(row["s"], row["n"], row["M"], study.Exactly(want), study.Exactly(mean), study.Exactly(mean-half), study.Exactly(mean+half),
			study.Exactly(sizes[i].sd()), study.Exactly(sd), fmt.Sprint(trials), study.Exactly(deviation), row["script_value"])
	}
	return ch.reproduction("fig7a", 70,
		figure.Meanings{Lines: "equation (13)", Markers: fmt.Sprintf("means of %s drawn unions", tens(trials)), Bars: "95 % intervals of the mean, smaller than a marker"},
		[]check{ch.exact.check(ofTheory, exactDigits), z.check(ofSimulation), ch.computed.check(ofAuthors, exactDigits)},
		ch.panel(figure.Axis{Label: "Stored patterns M", Min: 0, Max: 20}, figure.Axis{Label: "Synapses of the segment |X|", Min: 0, Max: 460})), nil
}

// spread returns the standard deviation of a distribution over 0, 1, 2 … with
// the given mean. What rounding leaves of a certain value is 0.
func spread(dist []float64, mean float64) float64 {
	sum := 0.0
	for u, p := range dist {
		d := float64(u) - mean
		sum += float64(p * float64(d*d))
	}
	if sum < 1e-12 {
		return 0
	}
	return math.Sqrt(sum)
}

// unions draws unions of random patterns. It serves one goroutine.
type unions struct {
	sampler *stimulus.Sampler
	in      []bool // [n] all false between draws
	cells   []int32
	pattern []int32
}

func newUnions(n int) *unions {
	return &unions{sampler: stimulus.NewSampler(n), in: make([]bool, n)}
}

// draw returns the union of m random sets of s cells, good until the next draw.
func (u *unions) draw(r *rng.Stream, s, m int) []int32 {
	u.cells = u.cells[:0]
	for range m {
		u.pattern = u.sampler.Pick(r, s, u.pattern[:0])
		for _, c := range u.pattern {
			if !u.in[c] {
				u.in[c] = true
				u.cells = append(u.cells, c)
			}
		}
	}
	for _, c := range u.cells {
		u.in[c] = false
	}
	return u.cells
}

// A sample is the sums of a set of numbers. Its fields are exported for the state of an
// interrupted study.
type sample struct{ N, Sum, Squares float64 }

func (x *sample) add(v float64) {
	x.N++
	x.Sum += v
	x.Squares += float64(v * v)
}

func (x sample) mean() float64 { return x.Sum / x.N }

// se returns the standard error of the mean.
func (x sample) se() float64 { return x.sd() / math.Sqrt(x.N) }

// sd returns the standard deviation of the numbers; of whole numbers the sums are
// exact.
func (x sample) sd() float64 {
	d := float64(x.N*x.Squares) - float64(x.Sum*x.Sum)
	return math.Sqrt(max(0, d) / (x.N * (x.N - 1)))
}
