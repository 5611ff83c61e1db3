package grammar

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"neurosim/internal/dotted"
)

// A place is where a key stands.
type place struct {
	file string
	line int
}

// A Source is the merged text of a configuration: a file, the files it
// includes, and what the command line sets, later over earlier.
type Source struct {
	main    string // the file that the user named
	empty   bool   // the files say nothing
	tree    map[string]any
	places  map[string]place // dotted path → where it was last set
	order   map[string]int   // dotted path → its rank in the order of first appearance
	noted   int              // paths that got a rank so far
	files   []string         // in the order of reading, as the user would name them
	texts   []content        // what they hold
	size    int              // bytes of the TOML texts
	configs int              // of files, the first are TOML texts
	reader  *files
	swept   map[string]bool // dotted paths that a point of a sweep sets; nil: no point
}

// commandLine is in the place of a file for values given by --set.
const commandLine = "--set"

// readSource reads a file with its includes, then applies the overrides.
func readSource(r *files, file string, overrides []Override) (*Source, Problems) {
	s := &Source{main: file, tree: map[string]any{}, places: map[string]place{}, order: map[string]int{}, reader: r}
	problems := s.include(file, nil)
	s.configs, s.empty = len(s.files), len(s.tree) == 0
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

// maxIncludes bounds how many files may lead to an included one.
const maxIncludes = 100

// include reads one file, after the files that it includes. chain holds the
// files that led to it. A file that is there already is not read again: its
// values stand where it was first included.
func (s *Source) include(file string, chain []string) Problems {
	at := func(line int, key, got, rule string, args ...any) Problems {
		return Problems{{file, line, key, got, fmt.Sprintf(rule, args...)}}
	}
	text, err := s.reader.config(file, len(chain) == 0)
	if err != nil {
		return at(0, "", "", "%s%s", reason(err), s.reader.meant(file, err))
	}
	s.keep(file, text)
	doc, wrong := parseDocument(text)
	if wrong != nil {
		return at(wrong.line, wrong.key, "", "%s", wrong.rule)
	}
	if s.size += len(text); s.size > maxTexts {
		return at(0, "", "", "is too much: the configuration has more than %d MiB with it", maxTexts>>20)
	}
	if value, ok := doc.tree["include"]; ok {
		delete(doc.tree, "include")
		line := doc.lines["include"]
		names, ok := stringList(value)
		if !ok {
			return at(line, "include", literal(value), "must be a list of file names")
		}
		chain = append(slices.Clip(chain), file)
		if len(chain) > maxIncludes {
			return at(line, "include", literal(value), "is nested more than %d deep", maxIncludes)
		}
		for _, name := range names {
			if problems := s.includeFrom(place{file, line}, name, literal(value), chain); problems != nil {
				return problems
			}
		}
	}
	s.merge("", s.tree, doc.tree)
	for _, path := range doc.order {
		s.note(path, place{file, doc.lines[path]})
	}
	return nil
}

// includeFrom reads a file that another includes at a place.
func (s *Source) includeFrom(from place, name, got string, chain []string) Problems {
	file := s.reader.resolve(from.file, name)
	if i := slices.Index(chain, file); i >= 0 {
		return Problems{{from.file, from.line, "include", got, "is circular: " + strings.Join(append(slices.Clone(chain[i:]), file), " includes ")}}
	}
	if slices.Contains(s.files, file) {
		return nil
	}
	if _, err := s.reader.config(file, false); err != nil {
		return Problems{{from.file, from.line, "include", got, file + ": " + reason(err)}}
	}
	return s.include(file, chain)
}

// clone returns a copy to which other values can be given.
func (s *Source) clone() *Source {
	c := *s
	c.tree = cloneTree(s.tree)
	c.places, c.order = maps.Clone(s.places), maps.Clone(s.order)
	c.files, c.texts = slices.Clone(s.files), slices.Clone(s.texts)
	return &c
}

// cloneTree copies a tree of tables; lists are never changed and are shared.
func cloneTree(tree map[string]any) map[string]any {
	out := make(map[string]any, len(tree))
	for k, v := range tree {
		if t, ok := v.(map[string]any); ok {
			v = cloneTree(t)
		}
		out[k] = v
	}
	return out
}

// keep notes a file that was read.
func (s *Source) keep(file string, text []byte) { s.keepContent(file, contentOf(text)) }

func (s *Source) keepContent(file string, c content) {
	if !slices.Contains(s.files, file) {
		s.files, s.texts = append(s.files, file), append(s.texts, c)
	}
}

func (s *Source) note(path string, p place) {
	if _, known := s.order[path]; !known {
		s.order[path] = s.noted
		s.noted++
	}
	s.places[path] = p
}

// rank orders paths by their first appearance; one that appeared nowhere is
// last.
func (s *Source) rank(path string) int {
	if r, ok := s.order[path]; ok {
		return r
	}
	return s.noted
}

// merge puts the values of the table from into the table to at a path: tables
// join, anything else replaces.
func (s *Source) merge(path string, to, from map[string]any) {
	for key, value := range from {
		table, isTable := value.(map[string]any)
		old, wasTable := to[key].(map[string]any)
		switch {
		case isTable && wasTable:
			s.merge(Join(path, key), old, table)
			continue
		case wasTable:
			s.forget(Join(path, key))
		}
		to[key] = value
	}
}

// forget drops the places and ranks of what stood in a table that is replaced.
func (s *Source) forget(table string) {
	maps.DeleteFunc(s.places, func(path string, _ place) bool { return strings.HasPrefix(path, table+".") })
	maps.DeleteFunc(s.order, func(path string, _ int) bool { return strings.HasPrefix(path, table+".") })
}

// An Override is a key with a value as the command line gives it.
type Override struct {
	Key   string // dotted path; parts with dots or spaces in double quotes
	Value string // a TOML value, or a bare string: 10 ms
}

// set applies one override.
func (s *Source) set(o Override) *Problem {
	value, below, err := parseValue(o.Value)
	if err != nil {
		return &Problem{commandLine, 0, o.Key, o.Value, err.Error()}
	}
	if problem := s.put(o.Key, value); problem != nil {
		return problem
	}
	for _, path := range below {
		s.note(joinPath(splitPath(o.Key))+path, place{file: commandLine})
	}
	return nil
}

// put sets the value at a dotted path, making tables on the way.
func (s *Source) put(path string, value any) *Problem {
	parts := splitPath(path)
	if len(parts) > maxNested || len(path) > maxPath {
		return &Problem{commandLine, 0, path, literal(value), fmt.Sprintf("is too long a key: at most %d parts and %d bytes", maxNested, maxPath)}
	}
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
	last := parts[len(parts)-1]
	if _, wasTable := table[last].(map[string]any); wasTable {
		s.forget(joinPath(parts))
	}
	table[last] = value
	return nil
}

// parseValue reads a TOML value; text that is none is a string, so that a shell may
// strip the quotes of "10 ms". It returns also the paths from the value's key on, in the
// order in which they are written: "" of the value itself, ".a" of a key of a table.
func parseValue(text string) (value any, below []string, err error) {
	doc, wrong := parseDocument([]byte("x = " + text))
	if wrong == nil && len(doc.tree) == 1 {
		for _, path := range doc.order {
			below = append(below, strings.TrimPrefix(path, "x"))
		}
		return doc.tree["x"], below, nil
	}
	if !utf8.ValidString(text) || strings.ContainsAny(text, "\n\"") || len(text) > maxWord {
		return nil, nil, errors.New("is no TOML value")
	}
	return text, []string{""}, nil
}

// where returns the place of a path, or of its nearest table that has one.
func (s *Source) where(path string) place {
	if p, ok := s.places[path]; ok {
		return p
	}
	for parts := splitPath(path); len(parts) > 0; parts = parts[:len(parts)-1] {
		if p, ok := s.places[joinPath(parts)]; ok {
			return p
		}
	}
	return place{file: s.files[0]}
}

func joinPath(parts []string) string { return dotted.Join(parts...) }

func splitPath(path string) []string { return dotted.Split(path) }

func stringList(v any) ([]string, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	var out []string
	for _, x := range list {
		s, ok := x.(string)
		if !ok || s == "" {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}
