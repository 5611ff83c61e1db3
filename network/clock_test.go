package network

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
)

// Times are the exact decimals, by rational arithmetic.
func TestClock(t *testing.T) {
	for _, dt := range []string{"0.1", "0.025", "0.05", "1", "0.3", "10", "0.001", "0.0078125", "2.5", "0.3333333333333333", "1e-9"} {
		exact, _ := new(big.Rat).SetString(dt)
		x, _ := exact.Float64()
		c := NewClock(x)
		for _, k := range []int64{0, 1, 2, 3, 7, 10, 99, 100, 123, 4096, 999_999, 1 << 33, 1 << 53} {
			got := string(c.AppendMs(nil, k))
			ms, ok := new(big.Rat).SetString(got)
			if want := new(big.Rat).Mul(exact, big.NewRat(k, 1)); !ok || ms.Cmp(want) != 0 {
				t.Errorf("step %d of %s ms is at %s, want %s", k, dt, got, want.FloatString(20))
			}
			if strings.Contains(got, ".") && strings.HasSuffix(got, "0") {
				t.Errorf("step %d of %s ms: %s ends in 0", k, dt, got)
			}
		}
	}
	for _, dt := range []float64{1e-25, math.Nextafter(0.001, 1), 1e18} { // too many digits for integers: any time that reads back
		c := NewClock(dt)
		if got := string(c.AppendMs(nil, 1<<53)); !strings.ContainsAny(got, "123456789") {
			t.Errorf("step 2^53 of %g ms is at %s", dt, got)
		}
	}
}

// A time prints as the decimal that it is: not 5.300000000000001 for 53 steps of
// 0.1 ms. Tests compared times with tolerances, and none looked at the text.
func TestTimesPrintAsDecimals(t *testing.T) {
	for _, dt := range []float64{0.1, 0.025, 0.3, 0.05, 0.01} {
		c := NewClock(dt)
		for k := int64(-50); k < 5000; k++ {
			sign, abs := "", k
			if k < 0 {
				sign, abs = "-", -k
			}
			if got, want := strconv.FormatFloat(c.Ms(k), 'f', -1, 64), sign+string(c.AppendMs(nil, abs)); got != want {
				t.Fatalf("%d steps of %g ms are %s, want %s", k, dt, got, want)
			}
			s, _ := new(big.Rat).SetString(strconv.FormatFloat(c.Seconds(k), 'f', -1, 64))
			ms, _ := new(big.Rat).SetString(strconv.FormatFloat(c.Ms(k), 'f', -1, 64))
			if s.Mul(s, big.NewRat(1000, 1)).Cmp(ms) != 0 {
				t.Fatalf("%d steps of %g ms are %g s", k, dt, c.Seconds(k))
			}
		}
	}
}
