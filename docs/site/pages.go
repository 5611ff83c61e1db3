package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// page is one page of the project.
type page struct {
	path    string // in the project, as docs/tutorial.md
	html    string // in the site, as tutorial.html
	title   string
	source  []byte
	tree    ast.Node
	anchors map[string]bool
	group   string // the heading of docs/README.md that it stands under, or ""
	short   string // its name there
}

// site is all pages, what they link to, and what is wrong with them.
type site struct {
	root   string
	pages  []*page
	linked map[string]bool // files of the source tree, by path
	faults []error
	markup goldmark.Markdown
}

// start is the page whose links say which pages there are, and in which order.
const start = "docs/README.md"

// read reads all pages.
func read(root string) (*site, error) {
	s := &site{root: root, linked: map[string]bool{}}
	s.markup = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	contents, err := os.ReadFile(filepath.Join(root, start))
	if err != nil {
		return nil, err
	}
	names, groups, shorts := []string{"README.md", start}, map[string]string{}, map[string]string{"README.md": "neurosim", start: "Contents"}
	group := ""
	for line := range strings.Lines(string(contents)) {
		if m := regexp.MustCompile(`^\*\*(.*)\*\*$`).FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			group = m[1]
		}
		for _, m := range regexp.MustCompile(`\[([^\]]*)\]\(([^)#:]*\.md)\)`).FindAllStringSubmatch(line, -1) {
			name := path.Join(path.Dir(start), m[2])
			if !slices.Contains(names, name) {
				names = append(names, name)
				groups[name], shorts[name] = group, strings.ToUpper(m[1][:1])+m[1][1:]
			}
		}
	}
	for _, name := range names {
		p := &page{path: name, html: htmlName(name), group: groups[name], short: shorts[name], anchors: map[string]bool{}}
		if p.source, err = os.ReadFile(filepath.Join(root, filepath.FromSlash(name))); err != nil {
			return nil, err
		}
		p.tree = s.markup.Parser().Parse(text.NewReader(p.source), parser.WithContext(parser.NewContext(parser.WithIDs(&slugs{used: p.anchors}))))
		p.title = heading(p.tree, p.source)
		if p.title == "" {
			s.fault("%s has no heading", name)
		}
		s.pages = append(s.pages, p)
	}
	all, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		return nil, err
	}
	for _, file := range all {
		if name := "docs/" + filepath.Base(file); s.page(name) == nil {
			s.fault("%s: %s does not link to it", name, start)
		}
	}
	return s, nil
}

func (s *site) fault(format string, args ...any) {
	s.faults = append(s.faults, fmt.Errorf(format, args...))
}

// page returns the page of a path, or nil.
func (s *site) page(name string) *page {
	for _, p := range s.pages {
		if p.path == name {
			return p
		}
	}
	return nil
}

// htmlName returns the name in the site of a page of the project.
func htmlName(name string) string {
	switch name {
	case "README.md":
		return "index.html"
	case start:
		return "contents.html"
	}
	name = strings.TrimPrefix(name, "docs/")
	return strings.ToLower(strings.ReplaceAll(strings.TrimSuffix(name, ".md"), "/", "-")) + ".html"
}

// heading returns the text of the first heading.
func heading(tree ast.Node, source []byte) string {
	for n := tree.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			return plain(h, source)
		}
	}
	return ""
}

// plain returns the text of a node without marks.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if enter {
				b.Write(n.Segment.Value(source))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.String:
			if enter {
				b.Write(n.Value)
			}
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			if enter {
				for i := range n.Lines().Len() {
					line := n.Lines().At(i)
					b.Write(line.Value(source))
				}
			}
		case *ast.HTMLBlock, *ast.RawHTML:
			return ast.WalkSkipChildren, nil
		default:
			if !enter && n.Type() == ast.TypeBlock {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// slugs makes the anchors of headings as GitHub does: small letters, words joined by
// hyphens, other signs left out, a number behind what is there already.
type slugs struct{ used map[string]bool }

func (s *slugs) Generate(value []byte, _ ast.NodeKind) []byte {
	slug := slugOf(string(value))
	for i := 0; ; i++ {
		try := slug
		if i > 0 {
			try = fmt.Sprintf("%s-%d", slug, i)
		}
		if !s.used[try] {
			s.used[try] = true
			return []byte(try)
		}
	}
}

func (s *slugs) Put(value []byte) { s.used[string(value)] = true }

// slugOf returns the anchor of a heading.
func slugOf(title string) string {
	title = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(title, "$1")
	title = regexp.MustCompile(`[^\p{L}\p{N}\p{M}_\- ]`).ReplaceAllString(strings.ToLower(title), "")
	return strings.ReplaceAll(title, " ", "-")
}
