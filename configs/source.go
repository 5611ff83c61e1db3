package configs

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/pelletier/go-toml/v2/unstable"
)

// A place is where a key stands.
type place struct {
	file string
	line int
}

// A source is the merged text of a configuration: a file, the files it
// includes, and what the command line sets, later over earlier.
type source struct {
	tree   map[string]any
	places map[string]place // dotted path → where it was last set
	order  map[string]int   // dotted path → its rank in the order of first appearance
	files  []string         // in the order of reading, as the user would name them
	texts  [][]byte         // their bytes
	swept  map[string]bool  // dotted paths that a point of a sweep sets; nil: no point
}

// commandLine stands in the place of a file for values given by --set.
const commandLine = "--set"

// readSource reads a file with its includes, then applies the overrides.
func readSource(read ReadFunc, file string, overrides []Override) (*source, Problems) {
	s := &source{tree: map[string]any{}, places: map[string]place{}, order: map[string]int{}}
	problems := s.include(read, file, nil)
	if len(problems) > 0 {
		return s, problems
	}
	for _, o := range overrides {
		if p := s.set(o); p != nil {
			problems = append(problems, *p)
		}
	}
	return s, problems
}

// A ReadFunc returns the bytes of a file; names have slashes.
type ReadFunc func(name string) ([]byte, error)

// include reads one file, after the files that it includes. chain holds the
// files that led to it.
func (s *source) include(read ReadFunc, file string, chain []string) Problems {
	at := func(line int, key, got, rule string, args ...any) Problems {
		return Problems{{file, line, key, got, fmt.Sprintf(rule, args...)}}
	}
	text, err := read(file)
	if err != nil {
		return at(0, "", "", "%s", reason(err))
	}
	s.files, s.texts = append(s.files, file), append(s.texts, text)
	if line, ok := invalidUTF8(text); !ok {
		return at(line, "", "", "is not UTF-8 text")
	}
	var tree map[string]any
	if _, err := toml.Decode(string(text), &tree); err != nil {
		var syntax toml.ParseError
		if errors.As(err, &syntax) {
			message := syntax.Message
			if message == "" {
				message = strings.TrimPrefix(syntax.Error(), "toml: ")
			}
			return at(syntax.Position.Line, "", "", "%s", message)
		}
		return at(0, "", "", "%s", strings.TrimPrefix(err.Error(), "toml: "))
	}
	places, order := index(text)
	if value, ok := tree["include"]; ok {
		delete(tree, "include")
		line := places["include"]
		names, ok := stringList(value)
		if !ok {
			return at(line, "include", literal(value), "must be a list of file names")
		}
		for _, name := range names {
			path := filepath.ToSlash(filepath.Join(filepath.Dir(file), name))
			if i := slices.Index(append(chain, file), path); i >= 0 {
				return at(line, "include", literal(value), "is circular: %s", strings.Join(append(append(chain, file)[i:], path), " includes "))
			}
			if problems := s.include(read, path, append(chain, file)); len(problems) > 0 {
				if _, err := read(path); err != nil {
					return at(line, "include", literal(value), "%s: %s", path, reason(err))
				}
				return problems
			}
		}
	}
	if len(tree) == 0 && len(chain) == 0 && len(s.tree) == 0 {
		return at(0, "", "", "is empty: a configuration needs at least [run] and [populations]")
	}
	merge(s.tree, tree)
	for _, path := range order {
		s.note(path, place{file, places[path]})
	}
	return nil
}

func (s *source) note(path string, p place) {
	if _, known := s.order[path]; !known {
		s.order[path] = len(s.order)
	}
	s.places[path] = p
}

// rank orders paths by their first appearance; one that appeared nowhere is
// last.
func (s *source) rank(path string) int {
	if r, ok := s.order[path]; ok {
		return r
	}
	return len(s.order)
}

// merge puts the values of from into to: tables join, anything else replaces.
func merge(to, from map[string]any) {
	for key, value := range from {
		table, isTable := value.(map[string]any)
		old, wasTable := to[key].(map[string]any)
		if isTable && wasTable {
			merge(old, table)
		} else {
			to[key] = value
		}
	}
}

// An Override is a key with a value as the command line gives it.
type Override struct {
	Key   string // dotted path; parts with dots or spaces in double quotes
	Value string // a TOML value, or a bare string: 10 ms
}

// set applies one override.
func (s *source) set(o Override) *Problem {
	value, err := parseValue(o.Value)
	if err != nil {
		return &Problem{commandLine, 0, o.Key, o.Value, err.Error()}
	}
	return s.put(o.Key, value)
}

// put sets the value at a dotted path, making tables on the way.
func (s *source) put(path string, value any) *Problem {
	parts := splitPath(path)
	table := s.tree
	for i, part := range parts[:len(parts)-1] {
		next, ok := table[part]
		if !ok {
			next = map[string]any{}
			table[part] = next
			s.note(joinPath(parts[:i+1]), place{file: commandLine})
		}
		if table, ok = next.(map[string]any); !ok {
			return &Problem{commandLine, 0, path, literal(value), fmt.Sprintf("%s is no table", joinPath(parts[:i+1]))}
		}
	}
	table[parts[len(parts)-1]] = value
	s.noteSet(parts, value)
	return nil
}

// noteSet notes a key that was set by hand, and those of a table.
func (s *source) noteSet(parts []string, value any) {
	s.note(joinPath(parts), place{file: commandLine})
	if table, ok := value.(map[string]any); ok {
		for _, key := range slices.Sorted(maps.Keys(table)) {
			s.noteSet(append(slices.Clip(parts), key), table[key])
		}
	}
}

// parseValue reads a TOML value; text that is none is a string, so that a shell
// may strip the quotes of "10 ms".
func parseValue(text string) (any, error) {
	var tree map[string]any
	if _, err := toml.Decode("x = "+text, &tree); err == nil && len(tree) == 1 {
		return tree["x"], nil
	}
	if !utf8.ValidString(text) || strings.ContainsAny(text, "\n\"") {
		return nil, errors.New("is no TOML value")
	}
	return text, nil
}

// where returns the place of a path, or of its nearest table that has one.
func (s *source) where(path string) place {
	for parts := splitPath(path); len(parts) > 0; parts = parts[:len(parts)-1] {
		if p, ok := s.places[joinPath(parts)]; ok {
			return p
		}
	}
	return place{file: s.files[0]}
}

// index returns the line of every key and table of a valid TOML text, by dotted
// path, and the paths in order of appearance.
func index(text []byte) (lines map[string]int, order []string) {
	lines = map[string]int{}
	var p unstable.Parser
	p.Reset(text)
	note := func(path []string, node *unstable.Node) {
		for i := range path { // [a.b] makes a, too
			key := joinPath(path[:i+1])
			if _, known := lines[key]; !known || i == len(path)-1 {
				if !known {
					order = append(order, key)
				}
				lines[key] = p.Shape(node.Raw).Start.Line
			}
		}
	}
	var prefix []string
	var walk func(prefix []string, node *unstable.Node)
	walk = func(prefix []string, node *unstable.Node) {
		path, first := prefix, (*unstable.Node)(nil)
		for it := node.Key(); it.Next(); {
			if first == nil {
				first = it.Node()
			}
			path = append(slices.Clip(path), string(it.Node().Data))
		}
		if first == nil {
			return
		}
		note(path, first)
		if v := node.Value(); v.Kind == unstable.InlineTable {
			for it := v.Children(); it.Next(); {
				walk(path, it.Node())
			}
		}
	}
	for p.NextExpression() {
		switch node := p.Expression(); node.Kind {
		case unstable.Table, unstable.ArrayTable:
			prefix = nil
			var first *unstable.Node
			for it := node.Key(); it.Next(); {
				if first == nil {
					first = it.Node()
				}
				prefix = append(prefix, string(it.Node().Data))
			}
			note(prefix, first)
		case unstable.KeyValue:
			walk(prefix, node)
		}
	}
	return lines, order
}

// joinPath makes a dotted path; a part that is no bare key of TOML is quoted.
func joinPath(parts []string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		if p == "" || strings.ContainsFunc(p, notBare) {
			p = quote(p)
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

// splitPath undoes joinPath.
func splitPath(path string) []string {
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

func invalidUTF8(text []byte) (line int, ok bool) {
	line = 1
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			return line, false
		}
		if r == '\n' {
			line++
		}
		text = text[size:]
	}
	return 0, true
}

func stringList(v any) ([]string, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	var out []string
	for _, x := range list {
		s, ok := x.(string)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

// reason says in words why a file cannot be read.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrPermission):
		return "may not be read: permission denied"
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return "cannot be read: " + path.Err.Error()
	}
	return "cannot be read: " + err.Error()
}

// readFile reads from the disk.
func readFile(name string) ([]byte, error) { return os.ReadFile(filepath.FromSlash(name)) }
