package network

import (
	"slices"
	"testing"

	"neurosim/stimulus"
)

// A group is fed by each of its projections, whatever their sign, with the inputs of
// the source; other groups, the soma and sources that do not exist are left out.
func TestFeeds(t *testing.T) {
	shown, background, more := &stimulus.PresentationParams{}, &stimulus.PoissonParams{Rate: 3}, &stimulus.PoissonParams{Rate: 0.5}
	s := &Spec{
		Populations: []Population{
			{Name: "in", Kind: SDR, InputCells: InputCells{N: 100, Active: 5}},
			{Name: "E", Kind: Pyramidal, Segments: []Segments{{Name: "basal"}, {Name: "apical"}}},
		},
		Projections: []Projection{
			{Name: "a", Source: "in", Target: "E", Group: "basal", Rule: Store, Sign: Excite},
			{Name: "b", Source: "in", Target: "E", Group: "apical", Rule: Store, Sign: Excite},
			{Name: "c", Source: "E", Target: "E", Group: "basal", Rule: RandomIn, Sign: Inhibit},
			{Name: "d", Source: "nobody", Target: "E", Group: "basal", Rule: Store, Sign: Excite},
			{Name: "e", Source: "in", Target: "E", Rule: Store, Sign: Excite},
		},
		Inputs: []Input{
			{Name: "show", Population: "in", Presentations: shown},
			{Name: "noise", Population: "in", Poisson: background},
			{Name: "file", Population: "in", Train: &stimulus.Train{}},
			{Name: "noise2", Population: "in", Poisson: more},
		},
	}
	names := func(feeds []Feed) (out []string) {
		for _, f := range feeds {
			out = append(out, f.Projection.Name)
		}
		return out
	}
	all := s.Feeds()
	feeds := all[Target{"E", "basal"}]
	if got := names(feeds); !slices.Equal(got, []string{"a", "c"}) {
		t.Fatalf("basal is fed by %v", got)
	}
	if got := names(Excitatory(feeds)); !slices.Equal(got, []string{"a"}) {
		t.Errorf("basal is excited by %v", got)
	}
	if got := names(all[Target{"E", ""}]); !slices.Equal(got, []string{"e"}) {
		t.Errorf("the somata are fed by %v", got)
	}
	f := feeds[0]
	if f.Source.Name != "in" || len(f.Shown) != 1 || len(f.Poisson) != 2 || len(f.Trains) != 1 || f.Rate() != 3.5 {
		t.Errorf("feed %+v, rate %g", f, f.Rate())
	}
	if !f.Random() || feeds[1].Random() {
		t.Error("synapses from patterns of an sdr population are random, those from neurons are not")
	}
}
