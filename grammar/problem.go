package grammar

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"neurosim/internal/spelling"
)

// A Problem is one thing that is wrong with a configuration.
type Problem struct {
	File string // as the user named it
	Line int    // from 1; 0 if the problem has no place in the file
	Key  string // dotted path; "" if there is none
	Got  string // the value as written, or a default; "" if it is missing
	Rule string // what a good value is
}

// String formats a problem as file:line: key = value: rule.
func (p Problem) String() string {
	p.Key, p.Got = Shorten(p.Key), Shorten(p.Got)
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": ")
	if p.Key != "" {
		b.WriteString(p.Key)
		if p.Got != "" {
			b.WriteString(" = " + p.Got)
		}
		b.WriteString(": ")
	}
	b.WriteString(p.Rule)
	return b.String()
}

// Problems is every problem of a configuration, in the order of the files'
// lines. It is the error that Load returns for a bad configuration.
type Problems []Problem

// Error lists the problems, one a line.
func (ps Problems) Error() string {
	return strings.Join(Names(ps, Problem.String), "\n")
}

// sorted orders problems by file and line, drops repetitions, and of many that are
// alike keeps the first and a count.
func (ps Problems) sorted(files []string) Problems {
	ranks := map[string]int{}
	for i, f := range files {
		if _, known := ranks[f]; !known {
			ranks[f] = i
		}
	}
	rank := func(p Problem) int {
		if i, ok := ranks[p.File]; ok {
			return i
		}
		return len(files)
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(ps).cut()
}

// maxAlike bounds the problems of one kind that are listed.
const maxAlike = 20

// cut keeps the first problems of each kind and says how many more there are.
func (ps Problems) cut() Problems {
	if len(ps) <= maxAlike {
		return ps
	}
	var kept Problems
	var kinds []string // in order
	counts := map[string]int{}
	for _, p := range ps {
		kind := p.kind()
		if counts[kind]++; counts[kind] <= maxAlike {
			kept = append(kept, p)
		}
		if counts[kind] == maxAlike+1 {
			kinds = append(kinds, kind)
		}
	}
	for _, kind := range kinds {
		kept = append(kept, Problem{File: ps[0].File, Rule: fmt.Sprintf("%d more problems are of the kind %q; the first %d are listed", counts[kind]-maxAlike, kind, maxAlike)})
	}
	return kept
}

// kind is the rule without what differs from key to key: suggestions, numbers and
// words in quotes.
func (p Problem) kind() string {
	rule, _, _ := strings.Cut(p.Rule, "; did you mean")
	rule, _, _ = strings.Cut(rule, " (at the point")
	var b strings.Builder
	quoted, number := false, false
	for _, r := range rule {
		digit := r >= '0' && r <= '9'
		switch {
		case r == '"':
			if quoted = !quoted; quoted {
				b.WriteString("...")
			}
		case quoted:
		case digit && number, number && r == '.':
		case digit:
			b.WriteByte('N')
		default:
			b.WriteRune(r)
		}
		number = digit || number && r == '.'
	}
	return b.String()
}

// DidYouMean ends a message with a suggestion, if there is one.
func DidYouMean(word string, candidates []string) string {
	return spelling.DidYouMean(word, candidates)
}

// maxShown bounds the letters of a key or a value in a message.
const maxShown = 200

// Shorten cuts what a user wrote to what a message can show.
func Shorten(text string) string {
	if len(text) <= maxShown {
		return text
	}
	end := maxShown
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}
