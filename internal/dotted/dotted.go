// Package dotted writes and reads the dotted keys of configurations:
// populations.E.soma, or populations."L5 PC".soma where a name needs quotes.
package dotted

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Join makes a dotted key; a part that is no bare key of TOML is quoted.
func Join(parts ...string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		if p == "" || strings.ContainsFunc(p, notBare) {
			p = Quote(p)
		}
		quoted[i] = p
	}
	return strings.Join(quoted, ".")
}

// notBare reports whether a rune needs quotes in a key. Letters beyond ASCII
// do in TOML; in our paths they may stand as they are.
func notBare(r rune) bool {
	return r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// Split undoes Join.
func Split(path string) []string {
	var parts []string
	for {
		if prefix, err := strconv.QuotedPrefix(path); err == nil && prefix[0] == '"' {
			part, err := strconv.Unquote(prefix)
			rest := path[len(prefix):]
			if err == nil && (rest == "" || rest[0] == '.') {
				parts = append(parts, part)
				if rest == "" {
					return parts
				}
				path = rest[1:]
				continue
			}
		}
		part, rest, more := strings.Cut(path, ".")
		parts = append(parts, part)
		if !more {
			return parts
		}
		path = rest
	}
}

// Quote writes a TOML basic string.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
