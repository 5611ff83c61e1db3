//go:build !amd64

package channel

const wide = false

func sweepElements(s *sweep, p, j int) int { panic("channel: no vector code") }
func flowElements(f *flow, e, n int) int   { panic("channel: no vector code") }
