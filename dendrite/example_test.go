package dendrite_test

import (
	"fmt"

	"neurosim/dendrite"
)

// The share of NMDA receptors that magnesium leaves open, by two published laws.
func ExampleBlockParams_Unblocked() {
	for _, law := range []string{"jahr-stevens", "larkum2009"} {
		b := dendrite.BlockParams{Law: law, Mg: 1}
		fmt.Printf("%-12s  %.3f at -70 mV, %.3f at -30 mV\n", law, b.Unblocked(-70), b.Unblocked(-30))
	}
	// Output:
	// jahr-stevens  0.044 at -70 mV, 0.357 at -30 mV
	// larkum2009    0.015 at -70 mV, 0.266 at -30 mV
}

// How many of three stored segments share how many cells with two patterns.
func ExampleStatic_Tally() {
	segments := dendrite.NewStatic(10)
	segments.Add([]int32{0, 1, 2, 3})
	segments.Add([]int32{2, 3, 4, 5})
	segments.Add([]int32{6, 7, 8, 9})
	patterns := dendrite.NewActivity(10)
	patterns.Set(0, []int32{0, 1, 2})
	patterns.Set(1, []int32{3, 4, 5, 6})
	overlaps := make([]int64, 5)
	segments.Tally(patterns, overlaps)
	fmt.Println(overlaps)
	// Output:
	// [1 3 0 2 0]
}
