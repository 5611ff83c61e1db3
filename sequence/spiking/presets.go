package spiking

import "fmt"

// A Preset is one of the published sets of parameters and sequences.
type Preset struct {
	Name   string
	Source string // which version it follows
	Params Params
	Task   Task
}

// Presets returns the published sets. The sequences and rates are those of
// Bouhadjar et al. (2022); for sets II and III two values of λ_- exist, that of
// the article's table and a corrected one that its authors use in their code.
func Presets() []Preset {
	one := []string{"ADBE", "FDBC"}
	two := []string{"ENDIJ", "LNDIK", "GJMCN", "FJMCI", "BCKHI", "ACKHF"}
	three := []string{"ENDIJ", "LNDIK", "GJMEN", "FJMEI", "BCKBI", "ACKBF"}
	return []Preset{
		preset("set-I", "the article's table and the authors' code", 6, 0, one, 0.08, 0.0015, 0.014),
		preset("set-II", "the authors' code: lambda_minus corrected to 0.0063", 14, 0, two, 0.28, 0.0063, 0.024),
		preset("set-II-table", "the article's table: lambda_minus 0.0061", 14, 0, two, 0.28, 0.0061, 0.024),
		preset("set-III", "the authors' code: lambda_minus corrected to 0.005785", 14, 21, three, 0.39, 0.005785, 0.034),
		preset("set-III-table", "the article's table: lambda_minus 0.0057", 14, 21, three, 0.39, 0.0057, 0.034),
	}
}

func preset(name, source string, m, sparse int, sequences []string, plus, minus, h float64) Preset {
	p := defaultParams()
	p.Subpopulations, p.SparseFirst = m, sparse
	p.LambdaPlus, p.LambdaMinus, p.LambdaH = plus, minus, h
	t := defaultTask()
	t.Sequences = sequences
	return Preset{Name: name, Source: source, Params: p, Task: t}
}

// PresetNamed returns the preset of a name.
func PresetNamed(name string) (Preset, error) {
	var names []string
	for _, x := range Presets() {
		if x.Name == name {
			return x, nil
		}
		names = append(names, x.Name)
	}
	return Preset{}, fmt.Errorf("no preset %q; there are %v", name, names)
}
