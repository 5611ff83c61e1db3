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

// locate finds a configuration: a file as it is named, else a shipped one by
// its name with or without .toml. It returns how to read the file and those
// that it names.
func locate(name string, read ReadFunc) (string, ReadFunc) {
	name = filepath.ToSlash(name)
	if _, err := read(name); err == nil || strings.Contains(name, "/") {
		return name, read
	}
	shipped := strings.TrimSuffix(name, ".toml") + ".toml"
	if _, err := files.ReadFile(shipped); err != nil {
		return name, read
	}
	return path.Join(shippedDir, shipped), func(file string) ([]byte, error) {
		if inside, ok := strings.CutPrefix(file, shippedDir+"/"); ok {
			return files.ReadFile(inside)
		}
		return read(file)
	}
}
