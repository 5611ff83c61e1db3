package grammar

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
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

// closest returns the candidate that a misspelt word most likely means, or "".
func closest(word string, candidates []string) string {
	if len(word) > maxMisspelt {
		return ""
	}
	best, least := "", 1+len(word)/3
	lower := strings.ToLower(word)
	for _, c := range candidates {
		if strings.EqualFold(word, c) {
			return c
		}
		if n := len(c) - len(word); n > 2*least || -n > 2*least { // letters have one or two bytes
			continue
		}
		if d := distance(lower, strings.ToLower(c)); d <= least && d < len(word) {
			best, least = c, d-1
		}
	}
	return best
}

// maxMisspelt bounds the bytes of a word that gets a suggestion.
const maxMisspelt = 200

// distance is the number of insertions, deletions, replacements and swaps of
// neighbours that turn a into b (restricted Damerau-Levenshtein).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			replace := rows[i-1][j-1]
			if x[i-1] != y[j-1] {
				replace++
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, replace)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(x)][len(y)]
}

// DidYouMean ends a message with a suggestion, if there is one.
func DidYouMean(word string, candidates []string) string {
	if c := closest(word, candidates); c != "" {
		return fmt.Sprintf("; did you mean %q?", c)
	}
	return ""
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
