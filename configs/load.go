// Package configs holds the configurations that come with the program, and loads
// configurations of every kind of study.
package configs

import (
	"neurosim/grammar"
	"neurosim/network"
	"neurosim/studies/model"
	"neurosim/study"
)

// Load reads a configuration file of one of several kinds of study, or a shipped one by
// its name, with the files it includes, checks it and fills in every default. The error
// is grammar.Problems: all that is wrong, each with file, line, key, value and rule.
func Load(kinds []study.Kind, file string, o grammar.Options) (*study.Config, error) {
	return grammar.Load(file, Library, o, study.Reader(kinds))
}

// LoadCells reads of a configuration the cells, whatever else is wrong with it. It is
// nil where nothing of the cells can be read.
func LoadCells(file string, o grammar.Options) *network.Spec {
	src, err := grammar.Open(file, Library, o)
	if err != nil {
		return nil
	}
	cells, _ := grammar.Decode(src, o, model.Cells)
	return cells
}

// ReadData returns the bytes of a file of data, of limited size: one of the user's, a shipped
// one, or standard input for "-". shown is its name in messages. An error is of type
// grammar.Problems.
func ReadData(file string, limit int64) (text []byte, shown string, err error) {
	text, shown, problems := grammar.ReadData(file, Library, limit)
	if problems != nil {
		return nil, shown, problems
	}
	return text, shown, nil
}
