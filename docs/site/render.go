package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"iter"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

//go:embed site.css
var css []byte

//go:embed search.js
var search []byte

// file is a file of the site.
type file struct {
	name string
	data []byte
}

// render returns a page as HTML.
func (s *site) render(p *page) (string, error) {
	if err := s.follow(p); err != nil {
		return "", err
	}
	var body bytes.Buffer
	if err := s.markup.Renderer().Render(&body, p.source, p.tree); err != nil {
		return "", err
	}
	text := strings.ReplaceAll(body.String(), "<!-- raw HTML omitted -->", "")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "<table>", `<div class="wide"><table>`), "</table>", "</table></div>")
	for level := 2; level <= 3; level++ { // headings link to themselves
		text = regexp.MustCompile(fmt.Sprintf(`(?s)<h%d id="([^"]*)">(.*?)</h%[1]d>`, level)).
			ReplaceAllString(text, fmt.Sprintf(`<h%d id="$1">$2 <a class="anchor" href="#$1" aria-label="link to this section">#</a></h%[1]d>`, level))
	}
	if at := strings.Index(text, "</h1>"); at >= 0 {
		at += len("</h1>")
		text = text[:at] + sections(p) + text[at:]
	}
	return s.frame(p.title, p.html, "", text+s.neighbours(p)), nil
}

// sections returns the list of the sections of a page that has several.
func sections(p *page) string {
	list, n := "", 0
	for h := range headings(p) {
		if h.Level == 2 {
			list += fmt.Sprintf("<li><a href=\"#%s\">%s</a></li>\n", anchor(h), html.EscapeString(plain(h, p.source)))
			n++
		}
	}
	if n < 4 {
		return ""
	}
	return "<details class=\"toc\"><summary>On this page</summary><ul>" + list + "</ul></details>"
}

// headings are those of a page.
func headings(p *page) iter.Seq[*ast.Heading] {
	return func(yield func(*ast.Heading) bool) {
		for n := p.tree.FirstChild(); n != nil; n = n.NextSibling() {
			if h, ok := n.(*ast.Heading); ok && !yield(h) {
				return
			}
		}
	}
}

// anchor returns that of a heading.
func anchor(h *ast.Heading) string {
	id, _ := h.AttributeString("id")
	text, _ := id.([]byte)
	return string(text)
}

// follow turns the links of a page into those of the site.
func (s *site) follow(p *page) error {
	return ast.Walk(p.tree, func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		if !enter {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			n.Destination = []byte(s.target(p, string(n.Destination)))
		case *ast.Image:
			to := path.Join(path.Dir(p.path), string(n.Destination))
			s.linked[to] = true
			n.Destination = []byte("files/" + to)
		}
		return ast.WalkContinue, nil
	})
}

// target returns where a link leads in the site.
func (s *site) target(p *page, link string) string {
	if strings.Contains(link, "://") || strings.HasPrefix(link, "mailto:") {
		return link
	}
	name, anchor, _ := strings.Cut(link, "#")
	to := p
	if name != "" {
		name = path.Join(path.Dir(p.path), name)
		if to = s.page(name); to == nil {
			if _, err := os.Stat(filepath.Join(s.root, filepath.FromSlash(name))); err != nil {
				s.fault("%s links to %s, which is not there", p.path, link)
				return link
			}
			s.linked[name] = true
			return "files/" + name + ".html"
		}
	}
	if anchor == "" {
		return to.html
	}
	if !to.anchors[anchor] {
		s.fault("%s links to %s, and no heading of %s has this anchor", p.path, link, to.path)
	}
	return to.html + "#" + anchor
}

// frame returns a page of the site: navigation, search, and what it holds. base leads from
// it to the top of the site.
func (s *site) frame(title, at, base, body string) string {
	var nav strings.Builder
	group := ""
	for _, p := range s.pages {
		if p.group != group {
			group = p.group
			fmt.Fprintf(&nav, "<h2>%s</h2>\n", html.EscapeString(group))
		}
		here := ""
		if p.html == at {
			here = ` aria-current="page"`
		}
		fmt.Fprintf(&nav, `<a href="%s%s"%s>%s</a>`+"\n", base, p.html, here, html.EscapeString(p.short))
	}
	return fmt.Sprintf(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%s · neurosim</title>
<link rel="stylesheet" href="%[2]ssite.css">
</head>
<body>
<header>
<a class="name" href="%[2]sindex.html">neurosim</a>
<input id="search" type="search" placeholder="Search the documentation (press /)" aria-label="Search" autocomplete="off">
<details id="menu"><summary>Pages</summary><nav>%[3]s</nav></details>
</header>
<div id="found" hidden></div>
<div class="columns">
<nav class="side">%[3]s</nav>
<main>
%[4]s
</main>
</div>
<script>const base = %[5]q;</script>
<script src="%[2]ssearch-index.js"></script>
<script src="%[2]ssearch.js"></script>
</body>
</html>
`, html.EscapeString(title), base, nav.String(), body, base)
}

// neighbours returns the links to the pages before and after.
func (s *site) neighbours(p *page) string {
	i := slices.Index(s.pages, p)
	out := `<footer>`
	if i > 0 {
		out += fmt.Sprintf(`<a href="%s">← %s</a>`, s.pages[i-1].html, html.EscapeString(s.pages[i-1].title))
	}
	if i+1 < len(s.pages) {
		out += fmt.Sprintf(`<a class="next" href="%s">%s →</a>`, s.pages[i+1].html, html.EscapeString(s.pages[i+1].title))
	}
	return out + "</footer>"
}

// sources returns the files of the source tree that pages link to: figures as they are,
// text and folders as pages.
func (s *site) sources() (files []file, err error) {
	names := make([]string, 0, len(s.linked))
	for name := range s.linked {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		at := filepath.Join(s.root, filepath.FromSlash(name))
		info, err := os.Stat(at)
		if err != nil {
			s.fault("%s: linked, and not there", name)
			continue
		}
		base := strings.Repeat("../", strings.Count(name, "/")+1)
		if info.IsDir() {
			entries, err := os.ReadDir(at)
			if err != nil {
				return nil, err
			}
			list := ""
			for _, e := range entries {
				list += html.EscapeString(e.Name()) + "\n"
			}
			files = append(files, file{"files/" + name + ".html", []byte(s.frame(name, "", base, "<h1>"+html.EscapeString(name)+"</h1><pre>"+list+"</pre>"))})
			continue
		}
		data, err := os.ReadFile(at)
		if err != nil {
			return nil, err
		}
		if slices.Contains([]string{".png", ".svg"}, path.Ext(name)) {
			files = append(files, file{"files/" + name, data})
			continue
		}
		body := "<h1>" + html.EscapeString(name) + "</h1><pre><code>" + html.EscapeString(string(data)) + "</code></pre>"
		files = append(files, file{"files/" + name + ".html", []byte(s.frame(name, "", base, body))})
	}
	return files, nil
}

// entry is a section of a page in the index of the search.
type entry struct {
	Page  string `json:"p"`
	Title string `json:"t"`
	At    string `json:"a"` // file and anchor
	Text  string `json:"x"`
}

// index returns the index of the search as a script, since a page that was opened from a
// file may load scripts and no other data.
func (s *site) index() ([]byte, error) {
	var all []entry
	for _, p := range s.pages {
		e := entry{Page: p.title, Title: p.title, At: p.html}
		for n := p.tree.FirstChild(); n != nil; n = n.NextSibling() {
			if h, ok := n.(*ast.Heading); ok && h.Level > 1 {
				all = append(all, e)
				e = entry{Page: p.title, Title: plain(h, p.source), At: p.html + "#" + anchor(h)}
				continue
			}
			e.Text += plain(n, p.source) + " "
		}
		all = append(all, e)
	}
	data, err := json.Marshal(all)
	return append(append([]byte("const sections = "), data...), ";\n"...), err
}

// write writes the files below a directory.
func write(out string, files []file) error {
	for _, f := range files {
		at := filepath.Join(out, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(at, f.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
