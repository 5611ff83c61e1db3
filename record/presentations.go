package record

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"neurosim/internal/dictionary"
	"neurosim/network"
	"neurosim/stimulus"
)

// Presentations writes which pattern each presentation of every input shows.
type Presentations struct {
	out
	clock  network.Clock
	inputs []shownInput
}

type shownInput struct {
	name string
	*stimulus.Presentations
	period int64
}

const presentationsHeader = "step,time_ms,input,presentation,pattern\n"

// presentationsHold says what a file of Presentations holds.
func presentationsHold() dictionary.File {
	return dictionary.File{Text: "Which pattern each presentation of an input shows, a row as each begins.",
		Columns: slices.Concat(timeColumns("in which the presentation begins"), dictionary.Columns([][3]string{
			{"input", "", "name of the input"},
			{"presentation", "", "presentation of the input, from 0"},
			{"pattern", "", "stored pattern, from 0; -1: a novel one"},
		}))}
}

// NewPresentations returns a recorder of the named inputs, all that show
// patterns for nil.
func NewPresentations(n *network.Network, inputs []string, w io.Writer) (*Presentations, error) {
	p := &Presentations{out: newTable(w, presentationsHold()), clock: network.NewClock(n.Spec().Dt)}
	for i := range n.Spec().Inputs {
		in := &n.Spec().Inputs[i]
		if in.Presentations == nil || inputs != nil && !slices.Contains(inputs, in.Name) {
			continue
		}
		if err := plain(in.Name); err != nil {
			return nil, err
		}
		shown := n.Presentations(in.Name)
		p.inputs = append(p.inputs, shownInput{in.Name, shown, shown.Time(1) - shown.Time(0)})
	}
	for _, name := range inputs {
		if n.Presentations(name) == nil {
			return nil, fmt.Errorf("record: there is no input %q that shows patterns", name)
		}
	}
	return p, nil
}

// Record writes the presentations that begin in a block.
func (p *Presentations) Record(b *network.Block) error {
	p.begin()
	for k := b.First; k < b.First+int64(b.Steps); k++ {
		for i := range p.inputs {
			in := &p.inputs[i]
			since := k - in.Time(0)
			if since < 0 || since%in.period != 0 || since/in.period >= in.Count() {
				continue
			}
			nth := since / in.period
			p.buf = p.clock.AppendStep(p.buf, k)
			p.buf = append(append(p.buf, in.name...), ',')
			p.buf = strconv.AppendInt(p.buf, nth, 10)
			p.buf = append(p.buf, ',')
			p.buf = strconv.AppendInt(p.buf, int64(in.Pattern(nth)), 10)
			p.buf = append(p.buf, '\n')
		}
	}
	return p.spill()
}
