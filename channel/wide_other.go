//go:build !amd64

package channel

const wide = false

func sweepElements(s *sweep, p, j int) int        { panic("channel: no vector code") }
func flowElements(f *flow, e, n int) int          { panic("channel: no vector code") }
func extrapolateElements(a *ahead, n int)         { panic("channel: no vector code") }
func addElements(y, x *float64, n int)            { panic("channel: no vector code") }
func multiplyElements(y, a, b, c *float64, n int) { panic("channel: no vector code") }
func locateElements(t *float64, at *int32, v *float64, low, perUnit, size float64, row, n int) {
	panic("channel: no vector code")
}
func middleElements(y, a, u, v, c *float64, n int) { panic("channel: no vector code") }
