package configs

import (
	"embed"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// files holds the shipped configurations and their data.
//
//go:embed *.toml cells
var files embed.FS

// Shipped lists the names of the shipped configurations, without .toml.
func Shipped() []string {
	entries, _ := fs.ReadDir(files, ".") // an embedded directory always reads
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".toml"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// shippedDir marks a file as shipped; it is how users see its name.
const shippedDir = "configs"

// shippedFile returns a file that comes with the program, by the name that users
// see. They may also write that name where no file of theirs has it.
func shippedFile(name string) (text []byte, ok bool) {
	inside, ok := strings.CutPrefix(name, shippedDir+"/")
	if !ok {
		return nil, false
	}
	text, err := files.ReadFile(inside)
	return text, err == nil
}

// locate finds a configuration: standard input, a file as it is named, else a
// shipped one by its name with or without .toml.
func (r *reader) locate(name string) string {
	if name == standardInput && r.read == nil {
		return r.stdin()
	}
	name = filepath.ToSlash(name)
	if strings.Contains(name, "/") {
		return name
	}
	if _, err := r.config(name, true); err == nil {
		return name
	}
	shipped := strings.TrimSuffix(name, ".toml") + ".toml"
	if _, err := files.ReadFile(shipped); err != nil {
		return name
	}
	name = path.Join(shippedDir, shipped)
	r.shipped[name] = true
	return name
}
