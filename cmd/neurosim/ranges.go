package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"neurosim/grammar"
	"neurosim/theory/quantities"
)

// maxRows bounds the rows of a table.
const maxRows = 100_000

// parseRange reads the values of a flag: one, a list a,b,c, a range lo..hi in
// steps of 1, or lo..hi:step. Each is a count, or a value with its unit where p
// has one, and then a range needs a step. The error is the rule.
func parseRange(p quantities.Param, text string) (values []float64, err error) {
	for item := range strings.SplitSeq(text, ",") {
		lo, rest, ranged := strings.Cut(item, "..")
		from, err := parseValue(p, lo)
		if err != nil {
			return nil, err
		}
		if !ranged {
			values = append(values, from)
			continue
		}
		hi, by, stepped := strings.Cut(rest, ":")
		to, err := parseValue(p, hi)
		if err != nil {
			return nil, err
		}
		step := 1.0
		if stepped {
			if step, err = parseValue(p, by); err != nil {
				return nil, err
			}
		}
		switch {
		case p.Unit != "" && !stepped:
			return nil, fmt.Errorf("a range of values with units needs a step, like %q", "1 "+p.Unit+"..5 "+p.Unit+":1 "+p.Unit)
		case to < from:
			return nil, fmt.Errorf("a range goes up, from the smaller to the larger value")
		case !(step > 0):
			return nil, fmt.Errorf("the step must be positive")
		case (to-from)/step >= maxRows:
			return nil, fmt.Errorf("has more than %d values", maxRows)
		}
		last := int(math.Floor((to-from)/step + 1e-9)) // the last step may end a rounding short of hi
		for i := range last + 1 {
			values = append(values, from+float64(float64(i)*step))
		}
	}
	return values, nil
}

// parseValue reads one count or physical value.
func parseValue(p quantities.Param, text string) (float64, error) {
	text = strings.TrimSpace(text)
	if p.Unit != "" {
		return grammar.ParseQuantity(text, p.Unit)
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	if err != nil || x != math.Trunc(x) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("must be a whole number, a list a,b,c or a range lo..hi or lo..hi:step")
	}
	return x, nil
}
