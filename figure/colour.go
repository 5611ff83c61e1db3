package figure

import (
	"strconv"
	"strings"
)

// ColourNames are the colours that have names: those of Okabe and Ito, which stay apart for
// colour-blind readers, except for yellow, which cannot be seen as a thin line on paper, and grey.
func ColourNames() []string {
	return []string{"black", "orange", "sky", "green", "blue", "vermillion", "purple", "grey"}
}

// Colour returns a colour as "#RRGGBB": one of ColourNames, "#rrggbb" or "#rgb"; false for what
// is none.
func Colour(text string) (hex string, ok bool) {
	switch text {
	case "black":
		return "#000000", true
	case "orange":
		return "#E69F00", true
	case "sky":
		return "#56B4E9", true
	case "green":
		return "#009E73", true
	case "blue":
		return "#0072B2", true
	case "vermillion":
		return "#D55E00", true
	case "purple":
		return "#CC79A7", true
	case "grey":
		return "#666666", true
	}
	digits, is := strings.CutPrefix(text, "#")
	if _, err := strconv.ParseUint(digits, 16, 32); !is || err != nil {
		return "", false
	}
	switch len(digits) {
	case 3:
		d := strings.ToUpper(digits)
		return "#" + string([]byte{d[0], d[0], d[1], d[1], d[2], d[2]}), true
	case 6:
		return "#" + strings.ToUpper(digits), true
	}
	return "", false
}
