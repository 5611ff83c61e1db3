package fit

import (
	"context"
	"math"
)

// Try makes one evaluation, at the values of the configuration, and puts the data beside it:
// what a fit does most of its time.
func (s *Study) Try(ctx context.Context) error {
	_, err := newProblem(ctx, s.Of, s.Fit)
	return err
}

// Evaluations is how many evaluations a fit may take. Nobody knows it before: it is that of
// a search that goes through a third of its generations, ten steps to the minimum, and two steps
// at each of four places on either side of every profile, each step with the slopes along all
// parameters. For the two parameters of uncaging-fit it is 138, and the fit takes 115; for three
// it is 216, and a fit of one curve took 191.
func (s *Study) Evaluations() int {
	k := len(s.Fit.Free)
	n := 10 * (k + 1)
	if s.Fit.Global {
		n += s.Fit.Generations / 3 * searchers(k)
	}
	return n + 8*k*(1+k)
}

// searchers returns the points of one generation of the global search for k parameters.
func searchers(k int) int {
	n := 4 + int(3*math.Log(float64(k)))
	return n + n%2
}
