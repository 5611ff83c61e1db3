package network

import (
	"math"
	"slices"

	"neurosim/dendrite"
	"neurosim/internal/dotted"
	"neurosim/neuron"
)

// A Report takes one broken rule: the dotted path of the key, and what a good
// value is.
type Report func(path, rule string, args ...any)

// under returns a reporter of keys below a path.
func (r Report) under(path string) func(key, rule string, args ...any) {
	return func(key, rule string, args ...any) { r(path+"."+key, rule, args...) }
}

// Limits of the integer types that hold cells and synapses.
const (
	maxCells    = 1 << 30
	maxSegments = 1 << 31
	maxGroup    = math.MaxUint16 // segments of a cell in a group
	maxSynapses = math.MaxUint16 // of a segment
)

// Check reports every rule that the description breaks, with the path of the
// key as it is in a configuration file.
func (s *Spec) Check(bad Report) {
	for i := range s.Populations {
		s.Populations[i].check(s.Dt, bad)
	}
	for i := range s.Projections {
		s.checkProjection(&s.Projections[i], bad)
	}
	for i := range s.Inputs {
		s.checkInput(&s.Inputs[i], bad)
	}
	s.checkThetas(bad)
}

func (p *Population) check(dt float64, report Report) {
	path := dotted.Join("populations", p.Name)
	bad := report.under(path)
	count := func(key string, n int) bool {
		if n < 1 || n > maxCells {
			bad(key, "must be from 1 to %d", maxCells)
			return false
		}
		return true
	}
	if p.Position != nil && p.Size() >= 1 {
		p.Position.check(p.Size(), report.under(path+".position"))
	}
	if p.Kind == SDR {
		if !count("n", p.N) {
			return
		}
		if p.Active < 0 || p.Active > p.N {
			bad("active", "must be from 0 to n (%d)", p.N)
		}
		if p.Patterns < 0 || p.Patterns > maxCells {
			bad("patterns", "must be from 0 to %d", maxCells)
		} else if p.Patterns > 0 && p.Active == 0 {
			bad("active", "must be given: the %d patterns need active cells", p.Patterns)
		}
		return
	}
	sized := count("size", p.Count)
	if p.Kind == Compartmental {
		p.checkTrees(dt, sized, report)
		return
	}
	p.Soma.Check(dt, report.under(path+".soma"))
	p.Ie.Check("I_e", bad)
	p.V0.Check("V_0", bad)
	if _, hi := p.V0.Bounds(); hi >= p.Soma.Vth && p.Soma.Vth > p.Soma.EL {
		bad("V_0", "must be below V_th (%g mV)", p.Soma.Vth)
	}
	for i := range p.Segments {
		g := &p.Segments[i]
		at := path + "." + dotted.Join("segments", g.Name)
		bad := report.under(at)
		if g.Zone != Basal && g.Zone != Apical {
			bad("zone", "must be %q or %q; proximal synapses need no segments: project to %q", Basal, Apical, p.Name)
		}
		p.checkCounts(g, sized, bad)
		if math.IsNaN(g.IdAP) || math.IsInf(g.IdAP, 0) {
			bad("I_dAP", "must be finite")
		}
		if g.Combine != Once && g.Combine != Sum {
			bad("combine", "must be %q or %q", Once, Sum)
		}
		g.ThresholdParams.Check(dt, bad)
	}
}

func (p *Population) checkCounts(g *Segments, sized bool, bad func(key, rule string, args ...any)) {
	if g.Count < 1 || g.Count > maxGroup {
		bad("count", "must be from 1 to %d", maxGroup)
	} else if sized && int64(g.Count)*int64(p.Count) > maxSegments {
		bad("count", "makes %d segments in all; at most %d", int64(g.Count)*int64(p.Count), int64(maxSegments))
	}
	if g.Synapses < 0 || g.Synapses > maxSynapses {
		bad("synapses", "must be from 0 to %d", maxSynapses)
	}
}

// checkTrees is check for Compartmental cells. Sections are checked where they are
// read.
func (p *Population) checkTrees(dt float64, sized bool, report Report) {
	path := dotted.Join("populations", p.Name)
	p.Ie.Check("I_e", report.under(path))
	if m := p.Trees.Method; m != neuron.BackwardEuler && m != neuron.SecondOrder {
		report(path+".method", "must be %q or %q", neuron.BackwardEuler, neuron.SecondOrder)
	}
	if p.Trees.Firing != nil {
		p.Trees.Firing.Check(dt, report.under(path+".soma"))
	}
	var names []string
	for _, s := range p.Trees.Sections {
		names = append(names, s.Name)
	}
	for i := range p.Segments {
		g := &p.Segments[i]
		bad := report.under(path + "." + dotted.Join("segments", g.Name))
		p.checkCounts(g, sized, bad)
		if g.Zone != Proximal && g.Zone != Basal && g.Zone != Apical {
			bad("zone", "must be %q, %q or %q", Proximal, Basal, Apical)
		}
		at := g.Place
		if len(at.Sections) == 0 {
			bad("sections", "must name the sections that the segments lie on")
		}
		for _, s := range at.Sections {
			if len(names) > 0 && !slices.Contains(names, s) {
				bad("sections", "there is no section %q", s)
			}
		}
		if !(at.From >= 0 && at.From <= at.To && at.To <= 1) {
			bad("to", "a range runs from 0 ≤ from to to ≤ 1 (from = %g)", at.From)
		}
		if at.Placement != Even && at.Placement != Random {
			bad("placement", "must be %q or %q", Even, Random)
		}
		receptors := []dendrite.ReceptorParams{at.Receptors.AMPA, at.Receptors.NMDA, at.Receptors.GABA}
		for k, key := range []string{"ampa", "nmda", "gaba"} {
			r, step := receptors[k], dt
			if r.GMax == 0 { // absent: its defaults need not fit the step, nor is there one for the block
				step = 0
				if r.Block.Law == "" {
					r.Block.Law = dendrite.NoBlock
				}
			}
			r.Check(step, func(sub, rule string, args ...any) { bad(key+"."+sub, rule, args...) })
		}
		if list, _ := at.Receptors.conducting(); len(list) == 0 && at.Detect.Enabled {
			bad("ampa.g_max", "one of ampa, nmda and gaba must conduct, unless detect.enabled = false: then the segments are places to read a potential at")
		}
		at.Detect.Check(dt, func(key, rule string, args ...any) { bad("detect."+key, rule, args...) })
	}
}

func (s *Spec) checkProjection(p *Projection, report Report) {
	bad := report.under(dotted.Join("projections", p.Name))
	src, dst := s.Population(p.Source), s.Population(p.Target)
	if src == nil || dst == nil {
		return // reported where the names are read
	}
	if dst.Kind == SDR {
		bad("target", "is a population of input cells; they take no synapses")
		return
	}
	g := dst.Group(p.Group)
	if p.Group != "" && g == nil {
		return
	}
	soma := p.Group == ""
	if soma && dst.Kind == Compartmental {
		bad("target", "must name segments of %s: synapses of compartmental cells are conductances at a place", dst.Name)
		return
	}
	if g != nil && g.Place != nil {
		list, excitatory := g.Place.Receptors.conducting()
		switch {
		case p.Sign == Excite && excitatory == 0:
			bad("target", "%s/%s has neither AMPA nor NMDA", dst.Name, g.Name)
		case p.Sign == Inhibit && excitatory == len(list):
			bad("target", "%s/%s has no GABA_A", dst.Name, g.Name)
		}
	}
	switch p.Rule {
	case Store:
		if src.Kind != SDR {
			bad("rule", "%q needs a source with patterns (kind = %q)", Store, SDR)
			break
		}
		if src.Patterns == 0 {
			bad("rule", "%q needs patterns: populations.%s.patterns is 0", Store, src.Name)
		}
		if n := s.PerUnit(p); n > src.Active {
			bad("synapses", "is %d, but a pattern of %s has only %d active cells", n, src.Name, src.Active)
		}
		if p.Patterns < 0 || p.Patterns > src.Patterns && src.Patterns > 0 {
			bad("patterns", "must be from 1 to the %d patterns of %s", src.Patterns, src.Name)
		}
		switch p.Assign {
		case AssignCyclic, AssignPerCell, AssignBlocks, AssignRandom:
		default:
			bad("assign", "must be %q, %q, %q or %q", AssignCyclic, AssignPerCell, AssignBlocks, AssignRandom)
		}
	case RandomIn:
		most := src.Size()
		if src == dst && !p.Autapses {
			most--
		}
		if n := s.PerUnit(p); n > most {
			bad("synapses", "is %d, but there are only %d cells to choose from", n, most)
		}
	case OneToOne:
		if src.Size() != dst.Size() {
			bad("rule", "%q needs populations of equal size; %s has %d cells, %s %d", OneToOne, src.Name, src.Size(), dst.Name, dst.Size())
		}
	case Pairwise:
		s.checkPairwise(p, src, dst, bad)
	case AllToAll, List:
	default:
		bad("rule", "must be %q, %q, %q, %q, %q or %q", Store, RandomIn, Pairwise, OneToOne, AllToAll, List)
	}
	if p.Rule != Store && p.Patterns != 0 {
		bad("patterns", "has a meaning only for rule = %q", Store)
	}
	if (p.Rule == Store || p.Rule == RandomIn) && s.PerUnit(p) < 1 {
		bad("synapses", "must be at least 1")
	}
	for _, j := range p.Segments {
		if g != nil && (j < 0 || j >= g.Count) {
			bad("segments", "names segment %d; segments are 0 to %d", j, g.Count-1)
		}
	}
	if soma && len(p.Segments) > 0 {
		bad("segments", "has no meaning for a proximal projection")
	}
	if p.Sign != Excite && p.Sign != Inhibit {
		bad("sign", "must be %q or %q", Excite, Inhibit)
	}
	if p.Weight.Check("weight", bad) {
		if lo, _ := p.Weight.Bounds(); soma && !(lo >= 0) {
			bad("weight", "must not be negative: the sign follows the source (%s is %s)", p.Source, p.Sign)
		}
	}
	if p.Release != nil {
		p.Release.Check(bad)
	}
	if p.ShortTerm != nil {
		p.ShortTerm.Check(func(key, rule string, args ...any) { bad("short_term."+key, rule, args...) })
	}
	if p.Delay.Check("delay", bad) {
		s.checkDelay(p, src, bad)
	}
}

// checkPairwise is checkProjection for the rule Pairwise.
func (s *Spec) checkPairwise(p *Projection, src, dst *Population, bad func(key, rule string, args ...any)) {
	if !(p.Probability > 0 && p.Probability <= 1) {
		bad("probability", "must be above 0 and at most 1")
	}
	if p.Distance == nil {
		return
	}
	p.Distance.Check(func(key, rule string, args ...any) { bad("distance."+key, rule, args...) })
	for _, q := range []*Population{src, dst} {
		if q.Position == nil {
			bad("distance", "needs positions: %s has no [%s]", q.Name, dotted.Join("populations", q.Name, "position"))
			return
		}
	}
	extent, axes := src.Position.round()
	if other, n := dst.Position.round(); other != extent || n != axes {
		bad("distance", "has no meaning between %s and %s: distances go round in both, along as many axes of one extent, or in neither", src.Name, dst.Name)
	}
}

// checkDelay holds the delays to whole steps that the engine can keep.
func (s *Spec) checkDelay(p *Projection, src *Population, bad func(key, rule string, args ...any)) {
	lo, hi := p.Delay.Bounds()
	least := s.LeastDelay(src)
	where := ""
	if !p.Delay.Fixed() {
		where = " (set min)"
	}
	if lo < float64(float64(least)*s.Dt)-float64(1e-9*s.Dt) {
		if least == 0 {
			bad("delay", "must not be negative%s", where)
		} else {
			bad("delay", "must be at least one step (dt = %g ms) between neurons%s", s.Dt, where)
		}
	}
	if !(hi/s.Dt <= MaxDelay) {
		bad("delay", "must be at most %g ms (%d steps)%s", MaxDelay*s.Dt, MaxDelay, map[bool]string{true: "", false: "; set max"}[p.Delay.Fixed()])
	}
}

// MaxDelay bounds the history of spikes that is kept (steps).
const MaxDelay = 100_000

// LeastDelay returns the smallest delay from a population (steps).
func (s *Spec) LeastDelay(src *Population) int64 {
	if src.Kind == SDR {
		return 0
	}
	return 1
}

// candidates returns the cells of the source that a unit may have synapses from.
func (s *Spec) candidates(p *Projection) int {
	if p.Source == p.Target && !p.Autapses {
		return s.Population(p.Source).Size() - 1
	}
	return s.Population(p.Source).Size()
}

// MeanPerUnit returns the mean number of synapses of a unit. Of rule Pairwise with a
// probability that falls with distance it is that over the units, of large
// populations over some of their pairs.
func (s *Spec) MeanPerUnit(p *Projection) float64 {
	if p.Rule != Pairwise {
		return float64(s.PerUnit(p))
	}
	mean := float64(s.candidates(p)) * p.Probability
	if p.Distance != nil {
		m := newMetric(s.Seed, s.Population(p.Source), s.Population(p.Target))
		mean *= m.mean(*p.Distance, p.Autapses)
	}
	return mean
}

// MeanPerCell returns the mean number of synapses of a projection on a cell of the target. Of
// several patterns that a segment stores, synapses on the same cell of the source count each.
func (s *Spec) MeanPerCell(p *Projection) float64 {
	dst := s.Population(p.Target)
	if p.Table != nil {
		return float64(len(p.Table.Source)) / float64(dst.Size())
	}
	mean := s.MeanPerUnit(p) * float64(max(1, p.Patterns))
	switch g := dst.Group(p.Group); {
	case g != nil && len(p.Segments) > 0:
		mean *= float64(len(p.Segments))
	case g != nil:
		mean *= float64(g.Count)
	}
	return mean
}

// PerUnit returns the synapses that a projection makes on each of its units; of
// rule Store on the cells of each pattern that the unit stores, of rule Pairwise their mean.
func (s *Spec) PerUnit(p *Projection) int {
	switch p.Rule {
	case OneToOne:
		return 1
	case AllToAll:
		return s.candidates(p)
	case Pairwise:
		return int(math.Round(s.MeanPerUnit(p)))
	}
	if p.Synapses > 0 {
		return p.Synapses
	}
	if g := s.Population(p.Target).Group(p.Group); g != nil {
		return g.Synapses
	}
	return 0
}

// MostPerUnit returns how many synapses a projection that has no table makes on one of its units at
// most: of rule Pairwise one from every cell; of rule Store fewer where patterns share cells.
func (s *Spec) MostPerUnit(p *Projection) int {
	if p.Rule == Pairwise {
		return s.candidates(p)
	}
	return s.PerUnit(p) * max(1, p.Patterns)
}

// likely returns how many synapses a unit has at most, except for chances below 1e-20: of a
// binomial number ten standard deviations above the largest mean.
func (s *Spec) likely(p *Projection) int {
	most := s.MostPerUnit(p)
	if p.Rule == Pairwise {
		mean := float64(float64(most) * p.Probability)
		return min(most, int(mean+float64(10*math.Sqrt(mean)))+20)
	}
	return most
}

// checkThetas refuses a θ that no segment can ever reach.
func (s *Spec) checkThetas(bad Report) {
	all := s.Feeds()
	for i := range s.Populations {
		p := &s.Populations[i]
		for j := range p.Segments {
			g := &p.Segments[j]
			feeds := Excitatory(all[Target{p.Name, g.Name}])
			most, likely, fed, listed := 0, 0, len(feeds) > 0, false
			for _, f := range feeds {
				if f.Projection.Rule == List {
					listed = true
					most += f.Projection.Table.most(g.Count)
					likely += f.Projection.Table.most(g.Count)
					continue
				}
				if src := s.Population(f.Projection.Source); f.Projection.Rule != Pairwise && s.PerUnit(f.Projection) > src.Size() || f.Projection.Patterns > max(1, src.Patterns) {
					listed = true // not known: reported with the projection or the source
					continue
				}
				most += s.MostPerUnit(f.Projection)
				likely += s.likely(f.Projection)
			}
			path := dotted.Join("populations", p.Name, "segments", g.Name, "theta")
			switch {
			case g.Place == nil && likely > maxSynapses:
				bad(dotted.Join("populations", p.Name, "segments", g.Name, "synapses"), "a segment would have %d synapses from all projections; at most %d", likely, maxSynapses)
			case listed || g.Theta < 1 || g.Place != nil:
			case fed && g.Theta > most:
				bad(path, "can never be reached: a segment has %d synapses", most)
			case !fed && g.Synapses > 0 && g.Theta > g.Synapses:
				bad(path, "can never be reached: a segment has %d synapses", g.Synapses)
			}
		}
	}
}

func (s *Spec) checkInput(in *Input, report Report) {
	bad := report.under(dotted.Join("inputs", in.Name))
	p := s.Population(in.Population)
	if p == nil {
		return
	}
	if p.Kind != SDR {
		bad("population", "is a population of neurons; inputs make cells of kind %q spike", SDR)
		return
	}
	switch {
	case in.Presentations != nil:
		if p.Active == 0 {
			bad("population", "has no patterns to show: populations.%s.active is 0", p.Name)
			return
		}
		in.Presentations.Check(p.N, p.Active, p.Patterns, bad)
	case in.Poisson != nil:
		in.Poisson.Check(s.Dt, bad)
	}
}
