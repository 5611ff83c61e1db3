//go:build !amd64

package neuron

func eliminateWide(g float64, d, b, dUp, bUp []float64) int      { return 0 }
func substituteWide(v, f, b, up []float64) int                   { return 0 }
func combineWide(y, x []float64, a, b, c float64) int            { return 0 }
func divideWide(b, d []float64) int                              { return 0 }
func loadWide(diag, right, v []float64, d, ch, leak float64) int { return 0 }
func takeWide(to, right, v []float64, ch float64) int            { return 0 }
func giveWide(right, v []float64, ch float64) int                { return 0 }
func beginWide(v, old []float64) int                             { return 0 }
func weighWide(right, ch, v, leak []float64) int                 { return 0 }
