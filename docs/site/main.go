// Command site turns the pages of the project into a static site: one HTML file for each
// page, with a search that needs no server.
//
//	go run -C docs/site . -o ../../out/site
//
// Pages are README.md and those that docs/README.md links to, in its order. A link that leads
// nowhere, an anchor that no heading has, and a page of docs that no page leads to are errors.
// Files of the source tree that pages link to come along as text.
//
// The command is a module of its own, so that Markdown is no dependency of the program.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	root := flag.String("root", "../..", "`DIR` of the project")
	out := flag.String("o", "../../out/site", "`DIR` that the site is written to")
	flag.Parse()
	if err := build(*root, *out); err != nil {
		fmt.Fprintf(os.Stderr, "site: %s\n", err)
		os.Exit(1)
	}
	fmt.Printf("%s/index.html\n", *out)
}

// build reads the pages below root and writes the site.
func build(root, out string) error {
	s, err := read(root)
	if err != nil {
		return err
	}
	var files []file
	for _, p := range s.pages {
		text, err := s.render(p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
		files = append(files, file{p.html, []byte(text)})
	}
	more, err := s.sources()
	if err != nil {
		return err
	}
	files = append(files, more...)
	index, err := s.index()
	if err != nil {
		return err
	}
	files = append(files, file{"search-index.js", index}, file{"site.css", css}, file{"search.js", search})
	if len(s.faults) > 0 {
		return errors.Join(s.faults...)
	}
	return write(out, files)
}
