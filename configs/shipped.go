package configs

import (
	"embed"
	"io/fs"
	"slices"
	"strings"

	"neurosim/grammar"
)

// files holds the shipped configurations and their data.
//
//go:embed *.toml cells data
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

// Library is the shipped configurations as a library of files, in the folder that users see.
var Library = grammar.Library{Folder: shippedDir, Files: files}
