package paper

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"neurosim/analysis"
	"neurosim/figure"
	"neurosim/published"
	"neurosim/study"
	"neurosim/theory"
)

// neuronCorrelation is the neuron's false positives among correlated patterns:
// data sets whose patterns are made of clusters of cells, binned by the mean
// correlation of cells that are active together. The theory of random patterns
// lies many decades below; there is no other.
//
// Data sets of one bin differ by more than counting does, because the same
// correlation comes from few large clusters or many small ones. So the authors'
// mean of a bin is compared with ours by the standard deviation of ours between
// data sets, in bins where we have at least leastSets:
//
//	z = (m_1 - m_2) / (σ √(1/k_1 + 1/k_2))
func neuronCorrelation(ctx context.Context, e effort) (reproduction, error) {
	rows, first := correlationRows()
	sets := e.of(32, 600)
	drawn, err := inChunks(ctx, e, len(first)*sets, func(j int) (correlatedSet, error) {
		row := rows[first[j/sets]]
		return drawCorrelated(e.Seed, j%sets, row.Int("n"), row.Int("a"), row.Int("s"), row.Int("theta")), ctx.Err()
	})
	if err != nil {
		return reproduction{}, err
	}
	return correlationFigure(drawn), nil
}

// correlationRows returns the published bins, and at which of them a parameter set
// begins.
func correlationRows() (rows []published.Row, first []int) {
	rows = published.Rows("neuron_false_positive_vs_correlation")
	for i, row := range rows {
		if row.Int("bin") == 1 {
			first = append(first, i)
		}
	}
	return rows, first
}

// correlationFigure draws data sets, equally many of each parameter set.
func correlationFigure(drawn []correlatedSet) reproduction {
	rows, first := correlationRows()
	sets := len(drawn) / len(first)
	ch := newChart(later)
	ch.table.Text = "Classes of the correlation of patterns, a row for each."
	ch.table.Columns = append(parameterColumns("a", "n", "s", "theta"), study.Columns([][3]string{
		{"correlation_from", "", "lower end of the class"},
		{"correlation_to", "", "upper end of the class"},
		{"random_theory", "", "rate of false positives of random patterns, equation (8)"},
		{"sets", "", "sets of patterns in the class"},
		{"rate", "", "their mean rate of false positives"},
		{"sd_between_sets", "", "standard deviation of the rates of sets"},
		{"recorded_sets", "", "sets that the authors recorded"},
		{"recorded_rate", "", "their mean rate"},
		{"z", "", "rate less recorded_rate, in standard errors"},
	})...)
	var z deviates
	var random []string
	for k, from := range first {
		n, a, s, θ := rows[from].Int("n"), rows[from].Int("a"), rows[from].Int("s"), rows[from].Int("theta")
		uncorrelated := theory.SetFalsePositive(n, a, s, θ, segmentsPerNeuron).Value()
		random = append(random, fmt.Sprintf("%.1e (a = %d, n = %d, s = %d)", uncorrelated, a, n, s))
		c := ch.curve("a = %d, n = %d, s = %d", a, n, s)
		c.theirs.Role, c.theirs.Index = figure.Simulation, k // no line says to which markers a ring belongs
		for _, row := range rows[from:min(from+10, len(rows))] {
			in := inBin(drawn[k*sets:(k+1)*sets], row.Float("corr_low"), row.Float("corr_high"))
			x, theirs := row.Float("corr_mid"), row.Float("mean_fp_rate")
			c.ring(x, theirs)
			rate, sd, deviation := "", "", ""
			if in.sets >= 2 {
				// The bin's mean within two standard errors, or its Wilson interval
				// where no set has a false positive.
				half := 2 * in.sd / math.Sqrt(float64(in.sets))
				_, top := in.count.Wilson(analysis.Z95)
				c.marker(x, in.count.Rate(), max(0, in.count.Rate()-half), max(in.count.Rate()+half, top))
				rate, sd = study.Exactly(in.count.Rate()), study.Exactly(in.sd)
			}
			if in.sets >= leastSets && in.count.Hits >= analysis.NormalCount {
				se := in.sd * math.Sqrt(1/float64(in.sets)+1/row.Float("datasets"))
				deviation = study.Exactly(z.add(in.count.Rate()-theirs, se, fmt.Sprintf("a = %d, n = %d, r = %.3f", a, n, x)))
			}
			ch.table.Add(row["a"], row["n"], row["s"], row["theta"], row["corr_low"], row["corr_high"], study.Exactly(uncorrelated),
				strconv.Itoa(in.sets), rate, sd, row["datasets"], row["mean_fp_rate"], deviation)
		}
	}
	ch.erratum("the theory of random patterns, equation (8), is no guide here; it gives %s", strings.Join(random, ", "))
	a := analysis.AgreeZ(z.zs)
	where := ""
	if a.Worst >= 0 {
		where = z.labels[a.Worst]
	}
	bins := check{Name: ofAuthors, Points: a.Points, Holds: a.Points > 0 && a.Holds()}
	bins.Why = fmt.Sprintf("means of bins against ours: χ² = %.1f of %d, p = %.2g, largest |z| = %.2f (%s)", a.Chi2, a.Normal, a.P, a.MaxZ, where)
	return ch.reproduction("neuron-correlation", 70,
		figure.Meanings{Markers: fmt.Sprintf("means of the data sets of a bin, of %d sets", sets),
			Bars: "two standard errors of the mean between data sets; of a bin of one set or none nothing is drawn", Rings: "means recorded by the authors in the same bins"},
		[]check{bins},
		ch.panel(figure.Axis{Label: "Mean correlation of cells active together", Min: 0, Max: 0.12}, figure.Axis{Label: "False positives of the neuron", Log: true, Min: 1e-7, Max: 1}))
}

// leastSets is how many data sets a bin needs for its standard deviation to be
// known within 1/√(2·11) = 21 %.
const leastSets = 12

// A correlationBin is the data sets of one bin.
type correlationBin struct {
	sets  int
	count analysis.Proportion
	sd    float64 // of the rate, between data sets
}

func inBin(sets []correlatedSet, low, high float64) correlationBin {
	var b correlationBin
	var sum, square float64
	for _, s := range sets {
		if s.Correlation < low || s.Correlation >= high {
			continue
		}
		rate := float64(s.FalsePositives) / correlatedTests
		b.sets++
		b.count.Hits += int64(s.FalsePositives)
		b.count.Trials += correlatedTests
		sum += rate
		square += float64(rate * rate)
	}
	if k := float64(b.sets); k > 1 {
		b.sd = math.Sqrt(max(0, square-float64(sum*sum)/k) / (k - 1))
	}
	return b
}
