// Package spelling finds the name that a misspelt word most likely means.
package spelling

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Closest returns the candidate that a misspelt word most likely means, or "".
func Closest(word string, candidates []string) string {
	if len(word) > MaxMisspelt {
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
		if d := Distance(lower, strings.ToLower(c)); d <= least && d < utf8.RuneCountInString(word) {
			best, least = c, d-1
		}
	}
	return best
}

// MaxMisspelt bounds the bytes of a word that gets a suggestion.
const MaxMisspelt = 200

// Distance is the number of insertions, deletions, replacements and swaps of
// neighbours that turn a into b (restricted Damerau-Levenshtein).
func Distance(a, b string) int {
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
	if c := Closest(word, candidates); c != "" {
		return fmt.Sprintf("; did you mean %q?", c)
	}
	return ""
}
