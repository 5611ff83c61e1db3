package plots_test

import (
	"bytes"
	"fmt"
	"log"

	"neurosim/figure"
	"neurosim/plots"
)

// A figure is numbers with units; Write draws it, 89 mm wide, as the page of a paper
// wants it.
func ExampleWrite() {
	fig := figure.Figure{
		Name: "decay", Width: 89, Height: 60,
		Panels: []figure.Panel{{
			X:      figure.Axis{Label: "Time", Unit: "ms"},
			Y:      figure.Axis{Label: "Potential", Unit: "mV"},
			Series: []figure.Series{{Name: "Theory", Mark: figure.Line, X: []float64{0, 10, 20, 40}, Y: []float64{10, 3.7, 1.4, 0.2}}},
			Legend: true,
		}},
	}
	var file bytes.Buffer
	if err := plots.Write(&file, fig, "svg"); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", file.Bytes()[:5])
	// Output:
	// <?xml
}
