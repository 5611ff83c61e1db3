//go:build !amd64

package channel

const wide = false

func sweepElements(*sweep, int, int, int) int                                    { panic(noVectors) }
func flowElements(*flow, int, int) int                                           { panic(noVectors) }
func extrapolateElements(*ahead, int)                                            { panic(noVectors) }
func addElements(_, _ *float64, _ int)                                           { panic(noVectors) }
func multiplyElements(_, _, _, _ *float64, _ int)                                { panic(noVectors) }
func middleElements(_, _, _, _, _ *float64, _ int)                               { panic(noVectors) }
func locateElements(_ *float64, _ *int32, _ *float64, _, _, _ float64, _, _ int) { panic(noVectors) }

const noVectors = "channel: no vector code for this processor"
