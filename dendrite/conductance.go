package dendrite

// Conductances are those of one receptor on S sites (compartments) of N
// cells. All synapses of the receptor on one site are one state: courses of one
// form add up.
//
// States are kept scaled, so that a step changes two numbers and not all
// states: with s(t) = e^(-(t-t₀)/τ),
//
//	g(t) = s_d(t) X + s_r(t) Y      an event of weight w at t:  X += w gain/s_d(t),  Y -= w gain/s_r(t)
//
// for two exponentials; Y = 0 for one, and for alpha
//
//	g(t) = s(t) (X + (t-t₀) Y)      an event:  Y += w gain/s(t),  X -= (t-t₀) w gain/s(t)
//
// which are exact for events at any step. Every period steps t₀ is moved on and
// the states with it.
type Conductances struct {
	*Receptor
	n     int
	x, y  []float64 // [S][N]; y is nil for a course of one exponential
	floor []float64 // [S] least slope conductance (nS)

	age            int     // steps since t₀
	slow, fast     float64 // s_d and s_r (or t-t₀ for alpha) at the beginning of the step
	c1, c2         float64 // g = c1 X + c2 Y in this step
	eventX, eventY float64 // what an event of weight 1 adds to X and Y
}

// NewConductances returns silent synapses. capOverStep is, by site, the C/h of the
// compartment (nS) over the number of blocked receptors on it; the implicit
// solution needs it, see Add.
func NewConductances(r *Receptor, n int, capOverStep []float64) *Conductances {
	s := &Conductances{Receptor: r, n: n, x: make([]float64, n*len(capOverStep)), floor: make([]float64, len(capOverStep))}
	for i, c := range capOverStep {
		s.floor[i] = -c / 2
	}
	if r.shape != single {
		s.y = make([]float64, len(s.x))
	}
	s.slow, s.fast = 1, 1
	if r.shape == alpha {
		s.fast = 0
	}
	s.coefficients()
	return s
}

// coefficients works out what the scale says about this step.
func (s *Conductances) coefficients() {
	s.c1, s.eventX = float64(s.slow*s.decayToEval), s.gain/s.slow
	switch s.shape {
	case dual:
		s.c2, s.eventY = float64(s.fast*s.riseToEval), -s.gain/s.fast
	case alpha:
		s.c2, s.eventY = float64(s.c1*(s.fast+s.toEval)), s.eventX
		s.eventX = -float64(s.fast * s.eventY)
	}
}

// Advance ends a step: all conductances go on by dt, exactly.
func (s *Conductances) Advance() {
	s.age++
	s.slow *= s.decay
	switch s.shape {
	case dual:
		s.fast *= s.rise
	case alpha:
		s.fast = float64(s.dt * float64(s.age))
	}
	if s.age == s.period {
		s.renew()
	}
	s.coefficients()
}

// renew moves t₀ to now.
func (s *Conductances) renew() {
	slow, fast := s.slow, s.fast
	s.age, s.slow, s.fast = 0, 1, 1
	switch s.shape {
	case single:
		for i, x := range s.x {
			s.x[i] = forget(float64(slow * x))
		}
	case dual:
		for i, x := range s.x {
			s.x[i] = forget(float64(slow * x))
			s.y[i] = forget(float64(fast * s.y[i]))
		}
	case alpha:
		s.fast = 0
		for i, x := range s.x {
			y := s.y[i]
			s.x[i] = forget(float64(slow * (x + float64(fast*y))))
			s.y[i] = forget(float64(slow * y))
		}
	}
}

// forget returns 0 for conductances too small to matter (nS), which would become
// denormal numbers, slow to compute with.
func forget(x float64) float64 {
	if x < 1e-30 && x > -1e-30 {
		return 0
	}
	return x
}

// Excite adds an event of the given weight, in units of g_max, at the beginning
// of the step, to a site of a cell.
func (s *Conductances) Excite(site, cell int, weight float64) {
	i := site*s.n + cell
	s.x[i] += float64(weight * s.eventX)
	if s.y != nil {
		s.y[i] += float64(weight * s.eventY)
	}
}

// row returns the part of a state that belongs to a site.
func row(a []float64, site, n int) []float64 { return a[site*n : (site+1)*n : (site+1)*n] }

// Conductance returns that of a site of a cell in this step, the block not
// counted (nS).
func (s *Conductances) Conductance(site, cell int) float64 {
	i := site*s.n + cell
	g := float64(s.c1 * s.x[i])
	if s.y != nil {
		g += float64(s.c2 * s.y[i])
	}
	return g
}

// Current returns the current into a cell at a site at the potential v (pA).
func (s *Conductances) Current(site, cell int, v float64) float64 {
	g := s.Conductance(site, cell)
	if s.drive == nil {
		return float64(g * (s.params.E - v))
	}
	c := s.drive.at(v)
	return -float64(g * (c.a + float64(c.b*v)))
}

// Add adds the current of a site to the implicit equations of its compartment,
// by cell: v is the potential at the beginning of the step (mV), diag the sum
// of the conductances (nS), right that of the currents at v = 0 (pA).
//
// A current without block is g (E - V'), V' the potential looked for. One with
// block is linearised about v, its slope with it: -g (a + b V') with the chord
// of F at v. The slope g b is negative where the block opens with the voltage.
// Where it is below the floor, half of -C/h, the block is taken as it is at v
// instead, -g B(v) (V' - E): of the same order, and of a slope that is positive.
// So the equations of the tree stay diagonally dominant, whatever the
// conductance, and their solution finite.
func (s *Conductances) Add(site int, v, diag, right []float64) {
	x := row(s.x, site, s.n)
	v, diag, right = v[:len(x)], diag[:len(x)], right[:len(x)]
	switch {
	case s.drive == nil && s.y == nil:
		s.addSingle(x, diag, right)
	case s.drive == nil:
		s.addDual(x, row(s.y, site, s.n), diag, right)
	case s.y == nil:
		s.addBlockedSingle(x, v, diag, right, s.floor[site])
	default:
		s.addBlockedDual(x, row(s.y, site, s.n), v, diag, right, s.floor[site])
	}
}

func (s *Conductances) addSingle(x, diag, right []float64) {
	diag, right = diag[:len(x)], right[:len(x)]
	c, e := s.c1, s.params.E
	for j, x := range x {
		g := float64(c * x)
		diag[j] += g
		right[j] += float64(g * e)
	}
}

func (s *Conductances) addDual(x, y, diag, right []float64) {
	y, diag, right = y[:len(x)], diag[:len(x)], right[:len(x)]
	c1, c2, e := s.c1, s.c2, s.params.E
	for j, x := range x {
		g := float64(c1*x) + float64(c2*y[j])
		diag[j] += g
		right[j] += float64(g * e)
	}
}

func (s *Conductances) addBlockedSingle(x, v, diag, right []float64, floor float64) {
	v, diag, right = v[:len(x)], diag[:len(x)], right[:len(x)]
	c1, t := s.c1, s.drive
	for j, x := range x {
		g, u := float64(c1*x), v[j]
		k := t.at(u)
		slope := float64(g * k.b)
		if slope < floor {
			slope, g = s.frozen(g, u, k)
			right[j] += g
		} else {
			right[j] -= float64(g * k.a)
		}
		diag[j] += slope
	}
}

func (s *Conductances) addBlockedDual(x, y, v, diag, right []float64, floor float64) {
	y, v, diag, right = y[:len(x)], v[:len(x)], diag[:len(x)], right[:len(x)]
	c1, c2, t := s.c1, s.c2, s.drive
	for j, x := range x {
		g, u := float64(c1*x)+float64(c2*y[j]), v[j]
		k := t.at(u)
		slope := float64(g * k.b)
		if slope < floor {
			slope, g = s.frozen(g, u, k)
			right[j] += g
		} else {
			right[j] -= float64(g * k.a)
		}
		diag[j] += slope
	}
}

// frozen returns what a blocked conductance g adds to the equations (diag,
// right) with the block as it is at v. B(v) is F(v)/(v - E); v is well below E
// where the slope of F is negative.
//
//go:noinline
func (s *Conductances) frozen(g, v float64, k *chord) (diag, right float64) {
	gB := g * (k.a + float64(k.b*v)) / (v - s.params.E)
	return gB, gB * s.params.E
}

// State returns the arrays that make up the state, for a checkpoint; y is nil
// for a course of one exponential. They are the state itself: copying into them,
// and setting the age, restores it.
func (s *Conductances) State() (x, y []float64) { return s.x, s.y }

// SetAge sets them to those after a number of steps since the beginning.
func (s *Conductances) SetAge(age int) {
	s.age, s.slow, s.fast = 0, 1, 1
	for range age % s.period {
		s.slow *= s.decay
		s.fast *= s.rise
		s.age++
	}
	if s.shape == alpha {
		s.fast = float64(s.dt * float64(s.age))
	}
	s.coefficients()
}
