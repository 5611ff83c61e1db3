package grammar

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Limits of a configuration. They are far above what people write, and keep the
// time and memory that any text can take to a second or two. The parsers call
// themselves for each level of nesting, so depth is counted before they begin.
const (
	maxText   = 16 << 20 // bytes of a file
	maxTexts  = 32 << 20 // bytes of a configuration with all that it includes
	maxNested = 32       // tables and lists in each other; parts of a dotted key
	maxWord   = 4096     // bytes of a key or a string
	maxPath   = 500      // bytes of the names of a key and of the tables around it
	maxValues = 200_000  // keys, tables and elements of lists of a file
)

// A document is one TOML text.
type document struct {
	tree  map[string]any
	lines map[string]int // dotted path → line
	order []string       // the paths in order of appearance
}

// A flaw is what is wrong with a text.
type flaw struct {
	line int
	key  string // "": none
	rule string
}

func flawed(line int, key, rule string, args ...any) *flaw {
	return &flaw{line, key, fmt.Sprintf(rule, args...)}
}

// parseDocument reads a TOML text (version 1.1).
func parseDocument(text []byte) (document, *flaw) {
	text, rule := withoutMark(text)
	if rule != "" {
		return document{}, flawed(1, "", "%s", rule)
	}
	if line, ok := invalidUTF8(text); !ok {
		return document{}, flawed(line, "", "is not UTF-8 text")
	}
	if f := checkLimits(text); f != nil {
		return document{}, f
	}
	var tree map[string]any
	if _, err := toml.Decode(string(text), &tree); err != nil {
		var syntax toml.ParseError
		if !errors.As(err, &syntax) {
			return document{}, flawed(0, "", "%s", strings.TrimPrefix(err.Error(), "toml: "))
		}
		message := syntax.Message
		if message == "" {
			message = strings.TrimPrefix(syntax.Error(), "toml: ")
		}
		switch {
		case strings.Contains(message, "escape in string"), strings.Contains(message, "hexadecimal digits after"):
			message += `; a path is written with / or between single quotes: 'C:\cells\a.swc'`
		case strings.Contains(message, "'0x0d'"):
			message = "has lines that end in CR alone; save it with LF or CRLF"
		}
		return document{}, flawed(syntax.Position.Line, "", "%s", message)
	}
	lines, order, f := outline(text)
	return document{tree, lines, order}, f
}

// withoutMark drops the byte order mark that editors put before UTF-8 text. The
// rule says what is wrong with a text in another encoding.
func withoutMark(text []byte) (rest []byte, rule string) {
	const mark = "\xef\xbb\xbf"
	switch {
	case bytes.HasPrefix(text, []byte(mark)):
		return bytes.TrimLeft(text, mark), "" // some put it there twice
	case bytes.HasPrefix(text, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(text, []byte("\x00\x00\xfe\xff")):
		return nil, "is UTF-32 text; save it as UTF-8"
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return nil, "is UTF-16 text; save it as UTF-8"
	}
	return text, ""
}

func invalidUTF8(text []byte) (line int, ok bool) {
	if utf8.Valid(text) {
		return 0, true
	}
	line = 1
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		text = text[size:]
	}
	return line, false
}

// checkLimits holds a text to the limits in one pass, without a stack. Of a text
// with an error in its syntax it judges no more than what stands before the error
// and, perhaps wrongly, what stands after it.
func checkLimits(text []byte) *flaw {
	line, depth, dots, values, word := 1, 0, 0, 0, 0
	assigned := false // the line has a key before this place
	for i := 0; i < len(text); i++ {
		c := text[i]
		if bare := c > ' ' && strings.IndexByte(`"'#[]{}=,.`, c) < 0; bare {
			if word++; word > maxWord {
				return flawed(line, "", "has a word of more than %d letters", maxWord)
			}
			continue
		}
		word = 0
		switch c {
		case '\n':
			line++
			if dots = 0; depth == 0 {
				assigned = false
			}
		case '#':
			if end := bytes.IndexByte(text[i:], '\n'); end >= 0 {
				i += end - 1
			} else {
				i = len(text)
			}
		case '"', '\'':
			n := stringLength(text[i:])
			if n > maxWord {
				return flawed(line, "", "has a string of %d bytes; at most %d", n, maxWord)
			}
			line += bytes.Count(text[i:i+n], []byte("\n"))
			i += n - 1
		case '[', '{':
			if dots = 0; depth == 0 && !assigned {
				values++
			}
			if depth++; depth > maxNested {
				return flawed(line, "", "has lists and tables nested more than %d deep", maxNested)
			}
		case ']', '}':
			dots, depth = 0, max(0, depth-1)
		case '=', ',':
			dots, assigned = 0, true
			values++
		case '.':
			if dots++; dots >= maxNested {
				return flawed(line, "", "has a dotted key of more than %d parts", maxNested)
			}
		}
		if values > maxValues {
			return flawed(line, "", "has more than %d keys, tables and elements of lists", maxValues)
		}
	}
	return nil
}

// stringLength returns how many bytes the string takes at whose opening quote the
// text begins, with its quotes. One on a line that nothing closes ends with the line.
func stringLength(text []byte) int {
	quote := text[0]
	mark := bytes.Repeat(text[:1], 3)
	long := bytes.HasPrefix(text, mark)
	i := 1
	if long {
		i = 3
	}
	for ; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == '\n' && !long:
			return i
		case text[i] == quote && !long:
			return i + 1
		case long && bytes.HasPrefix(text[i:], mark):
			i += 3
			for k := 0; k < 2 && i < len(text) && text[i] == quote; k++ { // quotes before the closing ones
				i++
			}
			return i
		}
	}
	return len(text)
}

// outliner finds the line of every key and table, and holds their names to the
// rules of TOML on defining one twice, of which BurntSushi/toml knows not all.
type outliner struct {
	parser unstable.Parser
	text   []byte
	lines  map[string]int
	order  []string
	flaw   *flaw

	offset, line int // a place in the text, and its line
}

// A definition is a name that the text has defined.
type definition struct {
	as     definedAs
	line   int
	inside map[string]*definition
}

// definedAs is how a name came to be.
type definedAs int

const (
	byWay    definedAs = iota // a of [a.b]
	byHeader                  // [a]
	byDots                    // a of a.b = 1
	byList                    // [[a]]
	byValue                   // a = 1
)

func (d *definition) child(name string, as definedAs, line int) *definition {
	if d.inside == nil {
		d.inside = map[string]*definition{}
	}
	c := &definition{as: as, line: line}
	d.inside[name] = c
	return c
}

// outline returns the line of every key and table of a text that is valid except for
// names that are defined twice, by dotted path, and the paths in order of
// appearance.
func outline(text []byte) (lines map[string]int, order []string, f *flaw) {
	o := &outliner{text: text, lines: map[string]int{}, line: 1}
	o.parser.Reset(text)
	root := &definition{}
	at, prefix := root, []string(nil)
	for o.flaw == nil && o.parser.NextExpression() {
		switch node := o.parser.Expression(); node.Kind {
		case unstable.Table, unstable.ArrayTable:
			var line int
			if prefix, line = o.key(nil, node, true); o.flaw == nil {
				at = o.header(root, prefix, line, node.Kind == unstable.ArrayTable)
			}
		case unstable.KeyValue:
			o.assignment(at, prefix, node, true)
		}
	}
	if err := o.parser.Error(); err != nil && o.flaw == nil {
		o.flaw = flawed(o.line, "", "%s", strings.TrimPrefix(err.Error(), "toml: "))
	}
	return o.lines, o.order, o.flaw
}

// at returns the line of a node. Nodes come in the order of the text.
func (o *outliner) at(node *unstable.Node) int {
	if to := int(node.Raw.Offset); to > o.offset {
		o.line += bytes.Count(o.text[o.offset:to], []byte("\n"))
		o.offset = to
	}
	return o.line
}

// key appends the parts of a key to those of its table, and notes the path if it
// is one.
func (o *outliner) key(prefix []string, node *unstable.Node, note bool) (path []string, line int) {
	path = slices.Clip(prefix)
	for it := node.Key(); it.Next(); {
		if len(path) == len(prefix) {
			line = o.at(it.Node())
		}
		path = append(path, string(it.Node().Data))
	}
	size := 0
	for _, part := range path {
		size += len(part)
	}
	if size > maxPath {
		o.flaw = flawed(line, Shorten(path[len(path)-1]), "has %d letters with the tables around it; at most %d", size, maxPath)
		return path, line
	}
	for i := len(prefix); note && i < len(path); i++ { // [a.b] makes a, too
		key := joinPath(path[:i+1])
		if _, known := o.lines[key]; !known {
			o.order = append(o.order, key)
			o.lines[key] = line
		} else if i == len(path)-1 {
			o.lines[key] = line
		}
	}
	return path, line
}

// header defines the table of a header and returns it.
func (o *outliner) header(at *definition, path []string, line int, list bool) *definition {
	for i, name := range path {
		next := at.inside[name]
		last := i == len(path)-1
		switch {
		case next == nil && !last:
			next = at.child(name, byWay, line)
		case next == nil && list:
			next = at.child(name, byList, line)
		case next == nil:
			next = at.child(name, byHeader, line)
		case next.as == byValue, last && list != (next.as == byList), last && next.as != byWay && next.as != byList:
			o.twice(path[:i+1], line, next)
			return at
		case last && list:
			next.inside = nil // of the next element
		case last:
			next.as, next.line = byHeader, line
		}
		at = next
	}
	return at
}

// assignment defines the key of a value, and those in the value.
func (o *outliner) assignment(at *definition, prefix []string, node *unstable.Node, note bool) {
	path, line := o.key(prefix, node, note)
	for i := len(prefix); i < len(path) && o.flaw == nil; i++ {
		name, last := path[i], i == len(path)-1
		switch next := at.inside[name]; {
		case next == nil && last:
			at = at.child(name, byValue, line)
		case next == nil:
			at = at.child(name, byDots, line)
		case last || next.as != byDots:
			o.twice(path[:i+1], line, next)
		default:
			at = next
		}
	}
	o.value(at, path, node.Value(), note)
}

// value defines the keys of inline tables. Those in lists have no path to note.
func (o *outliner) value(at *definition, path []string, node *unstable.Node, note bool) {
	if o.flaw != nil {
		return
	}
	switch node.Kind {
	case unstable.InlineTable:
		for it := node.Children(); it.Next(); {
			o.assignment(at, path, it.Node(), note)
		}
	case unstable.Array:
		for it := node.Children(); it.Next(); {
			o.value(&definition{}, path, it.Node(), false)
		}
	case unstable.DateTime:
		if badOffset(node.Data) {
			o.flaw = flawed(o.at(node), joinPath(path), "has an offset from UTC that is no time: %s", node.Data)
		}
	}
}

func (o *outliner) twice(path []string, line int, before *definition) {
	if o.flaw == nil {
		o.flaw = flawed(line, joinPath(path), "is defined already, in line %d", before.line)
	}
}

// badOffset reports whether the offset of a date, ±hh:mm at its end, is none:
// BurntSushi/toml takes one of 60 minutes.
func badOffset(date []byte) bool {
	n := len(date)
	if n < 6 || date[n-3] != ':' || date[n-6] != '+' && date[n-6] != '-' {
		return false
	}
	return string(date[n-5:n-3]) > "23" || string(date[n-2:]) > "59"
}
