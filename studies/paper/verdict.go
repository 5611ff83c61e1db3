package paper

import (
	"fmt"
	"math"
	"strconv"

	"neurosim/analysis"
)

// A Verdict says what of a reproduced figure holds.
type Verdict struct {
	Checks []Check
	// Errata are statements, points or curves of the paper that do not hold, with
	// the claimed and the exact number. They are found by a rule that the study
	// states, are left out of the checks by that rule alone, and do not make a
	// verdict fail: what fails it is a number that no erratum explains.
	Errata []string
}

// Holds reports whether every check holds.
func (v Verdict) Holds() bool {
	for _, c := range v.Checks {
		if !c.Holds {
			return false
		}
	}
	return len(v.Checks) > 0
}

// Names of checks that several studies have.
const (
	ofTheory     = "theory"     // theory against published exact numbers
	ofSimulation = "simulation" // our simulation against theory
	ofAuthors    = "authors"    // the authors' recorded numbers against theory
)

// A Check compares one set of numbers with another.
type Check struct {
	Name   string `json:"name"`   // one of those above, or a word of the study's own; a part of the metrics' names
	Points int    `json:"points"` // that were compared
	Holds  bool   `json:"holds"`
	Why    string `json:"why"` // what was found, with the limit it was held against

	// One of the two, as the numbers are exact or counted.
	Relative *Relative           `json:"relative,omitempty"`
	Counts   *analysis.Agreement `json:"counts,omitempty"`
}

// A Relative is the largest relative deviation |x/y - 1| of a set of numbers
// from another, and what it may be.
type Relative struct {
	Largest float64 `json:"largest"`
	Limit   float64 `json:"limit"`
}

// deviations collects pairs of numbers that should be equal.
type deviations struct {
	points  int
	largest float64
	worst   string
}

// add compares got with want; label says where, if it is the worst.
func (d *deviations) add(got, want float64, label string) {
	d.points++
	r := math.Abs(got - want)
	if want != 0 {
		r /= math.Abs(want)
	}
	if math.IsNaN(r) || math.IsInf(r, 0) {
		r = math.MaxFloat64 // JSON has no word for these
	}
	if r > d.largest {
		d.largest, d.worst = r, label
	}
}

// check makes a Check that holds if no deviation is above limit.
func (d *deviations) check(name string, limit float64) Check {
	c := Check{Name: name, Points: d.points, Relative: &Relative{d.largest, limit}}
	c.Holds = d.points > 0 && d.largest <= limit
	c.Why = fmt.Sprintf("largest relative deviation %.2g of %d, limit %.2g", d.largest, d.points, limit)
	if !c.Holds {
		c.Why += " (" + d.worst + ")"
	}
	return c
}

// counted collects counts and the probabilities that they should have.
type counted struct {
	counts []analysis.Proportion
	probs  []float64
	labels []string
}

func (s *counted) add(p analysis.Proportion, prob float64, label string) {
	s.counts, s.probs, s.labels = append(s.counts, p), append(s.probs, prob), append(s.labels, label)
}

// check makes a Check that holds if the counts agree with their probabilities
// within the limits of analysis.Agreement.
func (s *counted) check(name string) Check {
	return agreed(name, analysis.Agree(s.counts, s.probs), s.labels)
}

// deviates collects differences that should be 0 within a standard error.
type deviates struct {
	zs     []float64
	labels []string
}

// add returns the difference in standard errors; a difference that has none, and
// is more than rounding, is beyond every limit.
func (s *deviates) add(difference, se float64, label string) float64 {
	z := difference / se
	if se == 0 {
		z = 0
		if math.Abs(difference) > 1e-9 {
			z = math.MaxFloat32 // its square is a float64
		}
	}
	s.zs, s.labels = append(s.zs, z), append(s.labels, label)
	return z
}

// worst returns the label of the largest difference.
func (s *deviates) worst() string {
	largest, where := 0.0, ""
	for i, z := range s.zs {
		if math.Abs(z) > largest {
			largest, where = math.Abs(z), s.labels[i]
		}
	}
	return where
}

// check makes a Check that holds if the differences are those of standard normal
// deviates within the limits of analysis.Agreement.
func (s *deviates) check(name string) Check { return agreed(name, analysis.AgreeZ(s.zs), s.labels) }

// agreed makes the Check of an Agreement. Tails keep four digits: the last ones
// of a library's special functions differ between builds of the program.
func agreed(name string, a analysis.Agreement, labels []string) Check {
	a.P, a.LeastTail = fourDigits(a.P), fourDigits(a.LeastTail)
	c := Check{Name: name, Points: a.Points, Counts: &a, Holds: a.Points > 0 && a.Holds()}
	c.Why = fmt.Sprintf("χ² = %.1f of %d, p = %.2g, largest |z| = %.2f; least tail of %d points %.2g", a.Chi2, a.Normal, a.P, a.MaxZ, a.Points, a.LeastTail)
	if !c.Holds && a.Worst >= 0 {
		c.Why += " (worst: " + labels[a.Worst] + ")"
	}
	return c
}

func fourDigits(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 3, 64), 64)
	if err != nil {
		return x
	}
	return y
}

// Metrics adds the verdict's numbers to a flat set, under the study's name.
func (v Verdict) Metrics(study string, m map[string]any) {
	m[study+".holds"] = v.Holds()
	for i, e := range v.Errata {
		m[fmt.Sprintf("%s.erratum.%d", study, i+1)] = e
	}
	for _, c := range v.Checks {
		at := study + "." + c.Name
		m[at+".holds"], m[at+".why"], m[at+".points"] = c.Holds, c.Why, c.Points
		if r := c.Relative; r != nil {
			m[at+".relative_deviation"], m[at+".relative_deviation_limit"] = r.Largest, r.Limit
		}
		if a := c.Counts; a != nil {
			m[at+".chi2"], m[at+".chi2_points"], m[at+".p"] = a.Chi2, a.Normal, a.P
			m[at+".largest_z"], m[at+".least_tail"] = a.MaxZ, a.LeastTail
		}
	}
}
