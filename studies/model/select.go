package model

import (
	"fmt"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/neuron"
)

// selectSections returns the names of the sections that patterns name, each once, in the
// order of the patterns and of the sections, and for each pattern that names none what is
// wrong with it. A pattern is the name of a section; or else of a region, which stands for
// all its sections; or else has wildcards, * for any text and ? for one character, and
// stands for all sections whose name it matches. All other characters stand for
// themselves, the [0] of a name among them.
func selectSections(sections []neuron.Section, patterns []string) (names, wrong []string) {
	taken := map[string]bool{}
	for _, p := range patterns {
		match := func(s neuron.Section) bool { return s.Name == p }
		if !slices.ContainsFunc(sections, match) {
			match = func(s neuron.Section) bool { return p != "" && s.Region == p }
		}
		if !slices.ContainsFunc(sections, match) {
			match = func(s neuron.Section) bool { return matches(p, s.Name) }
		}
		found := false
		for _, s := range sections {
			if !match(s) {
				continue
			}
			found = true
			if !taken[s.Name] {
				taken[s.Name] = true
				names = append(names, s.Name)
			}
		}
		if !found {
			wrong = append(wrong, noSection(sections, p))
		}
	}
	return names, wrong
}

// matches tells whether a name matches a pattern with the wildcards * and ?.
func matches(pattern, name string) bool {
	p, n := []rune(pattern), []rune(name)
	star, from := -1, 0 // the last *, and the part of the name behind what it stands for
	i := 0
	for k := 0; k < len(n); {
		switch {
		case i < len(p) && p[i] == '*':
			star, from = i, k
			i++
		case i < len(p) && (p[i] == '?' || p[i] == n[k]):
			i++
			k++
		case star >= 0:
			from++
			i, k = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(string(p[i:]), "*") == ""
}

// noSection says that a pattern names no section, and what may have been meant.
func noSection(sections []neuron.Section, pattern string) string {
	var names, regions []string
	for _, s := range sections {
		names = append(names, s.Name)
		if s.Region != "" && !slices.Contains(regions, s.Region) {
			regions = append(regions, s.Region)
		}
	}
	const list = " (neurosim check --sections lists them)"
	if !strings.ContainsAny(pattern, "*?") {
		return fmt.Sprintf("there is no section %q%s%s", pattern, grammar.DidYouMean(pattern, slices.Concat(names, regions)), list)
	}
	var stems []string // apic* of apic[0]
	for _, name := range names {
		if stem := strings.TrimRight(name, "[]_0123456789") + "*"; !slices.Contains(stems, stem) {
			stems = append(stems, stem)
		}
	}
	hint := grammar.DidYouMean(pattern, stems)
	if i := slices.IndexFunc(regions, func(r string) bool { return matches(pattern, r) }); i >= 0 {
		hint = fmt.Sprintf("; wildcards match names of sections, and %q is a region: write it without", regions[i])
	}
	return fmt.Sprintf("no section has a name that matches %q%s%s", pattern, hint, list)
}

// Selected returns the names of the sections that a key names by patterns, and reports
// those patterns that name none. Where anything was reported, here or where the sections
// are read, it returns the patterns.
func (d Reader) Selected(key string, sections []neuron.Section, patterns []string) []string {
	if len(sections) == 0 {
		return slices.Clone(patterns)
	}
	names, wrong := selectSections(sections, patterns)
	for _, rule := range wrong {
		d.Bad(key, "%s", rule)
	}
	if len(wrong) > 0 {
		return slices.Clone(patterns)
	}
	return names
}
