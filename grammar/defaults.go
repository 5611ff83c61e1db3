package grammar

import "strings"

// A ResolvedLine is a line of a resolved configuration.
type ResolvedLine struct {
	Text  string
	Key   string // the dotted path of the key that it gives a value; "" for a table or an empty line
	Value string // as TOML
}

// ResolvedLines divides what Configuration.Resolved writes.
func ResolvedLines(text string) (lines []ResolvedLine) {
	table := ""
	for line := range strings.Lines(text) {
		l := ResolvedLine{Text: strings.TrimSuffix(line, "\n")}
		if name, is := strings.CutPrefix(l.Text, "["); is {
			table = strings.TrimSuffix(name, "]")
		} else if at := valueAt(l.Text); at > 0 {
			l.Key, l.Value = strings.TrimRight(l.Text[:at], " "), strings.TrimLeft(l.Text[at+1:], " ")
			if table != "" {
				l.Key = table + "." + l.Key
			}
		}
		lines = append(lines, l)
	}
	return lines
}

// valueAt returns where the sign = of a line stands that is not within quotes; -1 for none.
func valueAt(line string) int {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case '=':
			if !quoted {
				return i
			}
		}
	}
	return -1
}

// Defaults returns the keys of a configuration whose values are those that they would have if they
// were not written; what is under the user's own names is none of them. c is best one that was read
// from a resolved configuration, in which every key is written. Where the default of a key follows
// from other keys, the configuration is read again without it, and compared.
func Defaults[T any](c *Configuration, read func(*Decoder) T) map[string]bool {
	want, defaults := c.Resolved(), map[string]bool{}
	same := func(key string) bool {
		src := c.base.clone()
		src.drop(key)
		_, got, err := decode(src, c.options, read)
		return err == nil && got.Resolved() == want
	}
	for _, line := range ResolvedLines(want) {
		switch value, known := c.unwritten[line.Key]; {
		case !known:
		case value == line.Value, (value == "" || value == "0") && same(line.Key): // a count of 0 stands for one that follows
			defaults[line.Key] = true
		}
	}
	return defaults
}

// drop removes a key from the tree, where it is there.
func (s *Source) drop(key string) {
	parts := splitPath(key)
	table := s.tree
	for _, part := range parts[:len(parts)-1] {
		next, is := table[part].(map[string]any)
		if !is {
			return
		}
		table = next
	}
	delete(table, parts[len(parts)-1])
	delete(s.places, key)
}
