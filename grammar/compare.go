package grammar

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/BurntSushi/toml"
)

// A Difference is a key that has another value in another configuration, as TOML;
// "" where the key is not there.
type Difference struct {
	Key, Old, New string
}

// Differences compares two resolved configurations, as Resolved writes them, and
// returns the keys that differ in order of their names.
func Differences(old, now string) ([]Difference, error) {
	was, err := flatten(old)
	if err != nil {
		return nil, err
	}
	is, err := flatten(now)
	if err != nil {
		return nil, err
	}
	var out []Difference
	for key, value := range is {
		if was[key] != value {
			out = append(out, Difference{key, was[key], value})
		}
	}
	for key, value := range was {
		if _, there := is[key]; !there {
			out = append(out, Difference{key, value, ""})
		}
	}
	slices.SortFunc(out, func(a, b Difference) int { return cmp.Compare(a.Key, b.Key) })
	return out, nil
}

// flatten returns the values of a text in TOML by their dotted paths.
func flatten(text string) (map[string]string, error) {
	var tree map[string]any
	if _, err := toml.Decode(text, &tree); err != nil {
		return nil, fmt.Errorf("not a resolved configuration: %w", err)
	}
	values := map[string]string{}
	var walk func(path string, tree map[string]any)
	walk = func(path string, tree map[string]any) {
		for key, value := range tree {
			at := Join(path, key)
			if table, ok := value.(map[string]any); ok {
				walk(at, table)
			} else {
				values[at] = literal(value)
			}
		}
	}
	walk("", tree)
	return values, nil
}
