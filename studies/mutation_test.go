package studies

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"neurosim/configs"
	"neurosim/grammar"
)

// mutations are values to put in the place of one, by what stands there.
func mutations(value string) []string {
	number, unit, quantity := strings.Cut(strings.Trim(value, `"`), " ")
	switch {
	case value[0] == '[':
		return []string{"[]", "[0, 0]", "[-1]", "[4611686018427387904]", `["", ""]`}
	case value == "true" || value == "false":
		return []string{"0"}
	case value[0] == '{':
		return []string{`{ dist = "uniform" }`, "0"}
	case value[0] == '"' && quantity && strings.ContainsAny(number[:1], "-0123456789"):
		var out []string
		for _, x := range []string{"0", "-1", "1e300", "1e15", "1e-9"} {
			out = append(out, fmt.Sprintf("%q", x+" "+unit))
		}
		return append(out, `""`)
	case value[0] == '"':
		return []string{`""`, "0"}
	case strings.Contains(value, "."):
		return []string{"0.0", "-1.0", "1e15", "1e-300", "nan"}
	}
	return []string{"0", "-1", "2147483648", "4611686018427387904"}
}

// Every key of some shipped configurations takes values that no one means: check
// refuses each, with the key and a rule, or resolves it to a configuration that
// resolves to itself. No test saw the panics and silent zeroes of such values, as all
// tests of values gave one that was wrong for a reason that somebody had thought of.
func TestNoValueIsTooStrange(t *testing.T) {
	if testing.Short() {
		t.Skip("loads about a thousand configurations: run without -short")
	}
	table, line := regexp.MustCompile(`^\[(.+)\]$`), regexp.MustCompile(`^("[^"]+"|[^ ]+) *= (.+)$`)
	name := regexp.MustCompile(`(sections|segments|cases|figures)\.[^.]+`)
	for _, config := range []string{"quickstart", "conductances", "uncaging", "protocols", "sequence-highorder"} {
		x, err := configs.Load(All(), config, grammar.Options{})
		if err != nil {
			t.Fatal(err)
		}
		// Without sweep and figures, whose points would be loaded for every value.
		var lines []string
		skip := false
		for l := range strings.Lines(x.Resolved()) {
			if m := table.FindStringSubmatch(strings.TrimSpace(l)); m != nil {
				skip = strings.HasPrefix(m[1], "sweep") || strings.HasPrefix(m[1], "figures") && !strings.HasPrefix(config, "sequence")
			}
			if !skip {
				lines = append(lines, l)
			}
		}
		check := func(text string) (resolved string, err error) {
			x, err := configs.Load(All(), "test.toml", grammar.Options{Memory: 1 << 30, Read: func(string) ([]byte, error) { return []byte(text), nil }})
			if err != nil {
				return "", err
			}
			x.Study.Plan()
			return x.Resolved(), nil
		}
		at := ""
		seen := map[string]bool{} // like keys of like tables are tried once
		for i, l := range lines {
			if m := table.FindStringSubmatch(strings.TrimSpace(l)); m != nil {
				at = m[1]
			}
			m := line.FindStringSubmatch(strings.TrimSpace(l))
			kind := name.ReplaceAllString(at, "$1")
			if m == nil || seen[kind+"."+m[1]] {
				continue
			}
			seen[kind+"."+m[1]] = true
			for _, value := range mutations(m[2]) {
				mutated := strings.Join(lines[:i], "") + m[1] + " = " + value + "\n" + strings.Join(lines[i+1:], "")
				resolved, err := check(mutated)
				var problems grammar.Problems
				switch {
				case err == nil:
					if again, err := check(resolved); err != nil || again != resolved {
						t.Errorf("%s: %s.%s = %s: resolved, it is refused or resolves to something else: %v", config, at, m[1], value, err)
					}
				case !errors.As(err, &problems) || len(problems) == 0:
					t.Errorf("%s: %s.%s = %s: an error without problems: %v", config, at, m[1], value, err)
				default:
					for _, p := range problems {
						if strings.Contains(p.Rule, "more problems are of the kind") {
							continue // those before it have keys and lines
						}
						if p.Key == "" || p.Line == 0 && !strings.HasPrefix(p.Rule, "must be given") || strings.Contains(p.Rule, "%!") {
							t.Errorf("%s: %s.%s = %s: no key, no line or a broken rule: %s", config, at, m[1], value, p)
						}
					}
				}
			}
		}
	}
}
