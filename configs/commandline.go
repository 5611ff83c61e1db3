package configs

// What the command line shares with the grammar of configurations.

// ParseQuantity reads a value with its unit, "10 ms", as a number of base, which
// names the first unit of a dimension: "ms", "Hz", "mV". The error is the rule
// that a good value keeps.
func ParseQuantity(text, base string) (float64, error) { return parseQuantity(text, base) }

// FormatNumber writes x with as many digits as tell it from its neighbours, so
// that ParseQuantity reads the same number.
func FormatNumber(x float64) string { return formatNumber(x) }

// DidYouMean ends a message about an unknown word with the candidate that was
// most likely meant, or returns "".
func DidYouMean(word string, candidates []string) string { return didYouMean(word, candidates) }
