package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"neurosim/experiments"
	"neurosim/grammar"
)

const theoryUsage = "theory QUANTITY [--n N] [--a A] [--s S] [--theta T] ... [--json]; a flag takes 12, 8..20, 8..20:2 or 8,12,16"

// theoryCommand evaluates a quantity of the theory, or lists them all.
func theoryCommand(ctx context.Context, c *cli, args []string) error {
	quantities := experiments.Quantities()
	fs := flag.NewFlagSet("theory", flag.ContinueOnError)
	given := map[string]*string{}
	for _, q := range quantities {
		for _, p := range q.Params {
			if given[p.Name] == nil {
				given[p.Name] = fs.String(p.Name, "", p.Is)
			}
		}
	}
	method := fs.String("method", "", "`NAME` of the way to compute union-fp: exact (default) or plug-in")
	asJSON := fs.Bool("json", false, "print one JSON object on standard output")
	names, err := parse(c, fs, args, theoryUsage)
	switch {
	case err != nil:
		return err
	case len(names) > 1:
		return usagef("theory takes one quantity; got %s", strings.Join(names, ", "))
	case len(names) == 0 && fs.NFlag() == 0 || len(names) == 0 && fs.NFlag() == 1 && *asJSON:
		return listQuantities(c, quantities, *asJSON)
	case len(names) == 0:
		return usagef("theory needs a quantity: %s", strings.Join(quantityNames(quantities), ", "))
	}
	i := slices.IndexFunc(quantities, func(q experiments.Quantity) bool { return q.Name == names[0] })
	if i < 0 {
		return usagef("unknown quantity %q%s; quantities are %s", names[0],
			grammar.DidYouMean(names[0], quantityNames(quantities)), strings.Join(quantityNames(quantities), ", "))
	}
	q := &quantities[i]
	ranges, err := argumentsOf(q, fs, given, *method)
	if err != nil {
		return err
	}
	t := &theoryTable{q: q, method: *method, ranges: ranges}
	if q.Methods != nil && t.method == "" {
		t.method = q.Methods[0]
	}
	if err := t.evaluate(ctx); err != nil {
		return err
	}
	if *asJSON {
		return t.json(c)
	}
	return t.print(c)
}

func quantityNames(qs []experiments.Quantity) []string {
	names := make([]string, len(qs))
	for i, q := range qs {
		names[i] = q.Name
	}
	return names
}

func flagNames(q *experiments.Quantity) []string {
	var names []string
	for _, p := range q.Params {
		names = append(names, "--"+p.Name)
	}
	if q.Methods != nil {
		names = append(names, "--method "+strings.Join(q.Methods, "|"))
	}
	return names
}

// listQuantities prints what can be asked for.
func listQuantities(c *cli, qs []experiments.Quantity, asJSON bool) error {
	if asJSON {
		type entry struct {
			Quantity string   `json:"quantity"`
			Is       string   `json:"is"`
			Formula  string   `json:"formula"`
			Equation string   `json:"equation"`
			Unit     string   `json:"unit,omitempty"`
			Flags    []string `json:"flags"`
		}
		var list []entry
		for i, q := range qs {
			list = append(list, entry{q.Name, q.Is, q.Formula, q.Equation, q.Unit, flagNames(&qs[i])})
		}
		return json.NewEncoder(c.out).Encode(map[string]any{"quantities": list})
	}
	for i, q := range qs {
		fmt.Fprintf(c.out, "%-12s (%s) %s\n%13s%s\n%13s%s\n", q.Name, q.Equation, q.Is, "", q.Formula, "", strings.Join(flagNames(&qs[i]), " "))
	}
	fmt.Fprintf(c.out, "\nneurosim %s\n", theoryUsage)
	return nil
}

// argumentsOf reads the flags that were given: the values of every argument of
// q, all mistakes at once.
func argumentsOf(q *experiments.Quantity, fs *flag.FlagSet, given map[string]*string, method string) ([][]float64, error) {
	var bad []string
	uses := func(name string) bool {
		return slices.ContainsFunc(q.Params, func(p experiments.Param) bool { return p.Name == name })
	}
	fs.Visit(func(f *flag.Flag) {
		switch {
		case f.Name == "json" || uses(f.Name):
		case f.Name == "method" && q.Methods != nil:
			if !slices.Contains(q.Methods, method) {
				bad = append(bad, fmt.Sprintf("--method = %s: must be %s%s", method, strings.Join(q.Methods, " or "), grammar.DidYouMean(method, q.Methods)))
			}
		default:
			bad = append(bad, fmt.Sprintf("--%s = %s: %s does not depend on it; its flags are %s", f.Name, f.Value, q.Name, strings.Join(flagNames(q), ", ")))
		}
	})
	ranges := make([][]float64, len(q.Params))
	var missing []string
	rows := 1.0
	for i, p := range q.Params {
		text := *given[p.Name]
		if text == "" {
			missing = append(missing, "--"+p.Name)
			continue
		}
		values, err := parseRange(p, text)
		if err != nil {
			bad = append(bad, fmt.Sprintf("--%s = %s: %s", p.Name, text, err))
		}
		ranges[i] = values
		rows *= float64(len(values))
	}
	if missing != nil {
		bad = append(bad, fmt.Sprintf("%s needs %s", q.Name, strings.Join(missing, ", ")))
	}
	if rows > maxRows {
		bad = append(bad, fmt.Sprintf("the ranges make %.0f rows; at most %d", rows, maxRows))
	}
	if bad != nil {
		return nil, usagef("%s", strings.Join(bad, "\nneurosim: "))
	}
	return ranges, nil
}

// theoryTable is a quantity at every combination of values, the last argument
// varying fastest.
type theoryTable struct {
	q      *experiments.Quantity
	method string
	ranges [][]float64
	rows   []theoryRow
}

type theoryRow struct {
	args   []float64
	number experiments.Number
}

// maxBad bounds the impossible rows that are listed.
const maxBad = 20

// evaluate fills in the rows; what is impossible is an error that names the
// flags and their values.
func (t *theoryTable) evaluate(ctx context.Context) error {
	total := 1
	for _, values := range t.ranges {
		total *= len(values)
	}
	var bad []string
	for row := range total {
		if err := ctx.Err(); err != nil {
			return err
		}
		args, x := make([]float64, len(t.ranges)), experiments.Args{}
		for i, rest := len(t.ranges)-1, row; i >= 0; i-- {
			args[i] = t.ranges[i][rest%len(t.ranges[i])]
			x[t.q.Params[i].Name] = args[i]
			rest /= len(t.ranges[i])
		}
		number, broken := t.q.Evaluate(x, t.method)
		for _, b := range broken {
			if text := "--" + b.Error(); !slices.Contains(bad, text) {
				bad = append(bad, text)
			}
		}
		if len(bad) > maxBad {
			bad = append(bad[:maxBad], "and more")
			break
		}
		t.rows = append(t.rows, theoryRow{args, number})
	}
	if bad != nil {
		return usagef("%s", strings.Join(bad, "\nneurosim: "))
	}
	return nil
}

func (t *theoryTable) print(c *cli) error {
	c.say("%s (%s): %s", t.q.Name, t.q.Equation, t.q.Is)
	c.say("%s", t.q.Formula)
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, p := range t.q.Params {
		fmt.Fprintf(w, "%s\t", strings.TrimSpace(p.Name+" "+bracketed(p.Unit)))
	}
	fmt.Fprintf(w, "%s\tlog10\t\n", strings.TrimSpace("value "+bracketed(t.q.Unit)))
	for _, r := range t.rows {
		for _, v := range r.args {
			fmt.Fprintf(w, "%s\t", grammar.FormatNumber(v))
		}
		fmt.Fprintf(w, "%s\t%.6f\t\n", r.number.Text, r.number.Log10)
	}
	return w.Flush()
}

func bracketed(unit string) string {
	if unit == "" {
		return ""
	}
	return "(" + unit + ")"
}

// json prints one object: the arguments and the value, or, for a range, an
// array of rows with all of them.
func (t *theoryTable) json(c *cli) error {
	object := map[string]any{"quantity": t.q.Name, "equation": t.q.Equation}
	if t.method != "" {
		object["method"] = t.method
	}
	if t.q.Unit != "" {
		object["unit"] = t.q.Unit
	}
	for i, p := range t.q.Params {
		if len(t.ranges[i]) == 1 {
			object[p.Key()] = t.ranges[i][0]
		}
	}
	if len(t.rows) == 1 {
		t.rows[0].fill(object, nil)
		return json.NewEncoder(c.out).Encode(object)
	}
	rows := make([]map[string]any, len(t.rows))
	for i, r := range t.rows {
		rows[i] = map[string]any{}
		r.fill(rows[i], t.q.Params)
	}
	object["rows"] = rows
	return json.NewEncoder(c.out).Encode(object)
}

// fill adds the row to a JSON object, with its arguments where params are
// given. The logarithm of 0 is null.
func (r theoryRow) fill(object map[string]any, params []experiments.Param) {
	for i, p := range params {
		object[p.Key()] = r.args[i]
	}
	object["value"] = r.number.Value
	object["log10"] = any(r.number.Log10)
	if math.IsInf(r.number.Log10, 0) {
		object["log10"] = nil
	}
}
