package channel

type sweep struct{}
type flow struct{}
type program struct{}

func (g *group) compile() program                        { return program{} }
func (g *groupState) prepare(s *State)                   {}
func (g *groupState) advanceWide(e int, v []float64) int { return e }
