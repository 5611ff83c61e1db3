package study

import (
	"math"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/internal/rescue"
)

// A Figure is a figure, or why it could not be made.
type Figure struct {
	Name   string
	Figure figure.Figure
	Err    error

	Data    *NamedTable // how far the measurements shown are from the model; nil: none are shown
	DataErr error       // why they could not be

	ShapeErr error // why the axes are not as a user asks for
}

// makeFigure makes a figure; one that fails, even with a panic, says why.
func makeFigure(name string, of func() (figure.Figure, error)) Figure {
	m := Figure{Name: name}
	m.Err = rescue.Do(func() (err error) {
		m.Figure, err = of()
		return err
	})
	return m
}

// MakeFigures makes every figure that a configuration asks for, with its measurements. One
// that fails costs that figure alone, and measurements that cannot be shown cost no figure.
func MakeFigures[F interface{ Asked() *grammar.Figure }](all []F, of func(f F) (figure.Figure, error)) []Figure {
	var made []Figure
	for _, f := range all {
		asked := f.Asked()
		m := makeFigure(asked.Name, func() (figure.Figure, error) { return of(f) })
		if m.Err == nil && asked.Measured != nil {
			m.DataErr = rescue.Do(func() error { return m.show(asked.Measured) })
		}
		if m.Err == nil {
			m.ShapeErr = shape(&m.Figure, asked.FigureShape, asked.Colours, asked.Panels)
		}
		made = append(made, m)
	}
	return made
}

// Frame returns a figure as a configuration asks for it, without panels.
func Frame(f *grammar.Figure) figure.Figure {
	return figure.Figure{Name: f.Name, Title: f.Title, Width: f.Width, Height: f.Height}
}

// Noted adds to a figure that asks for it the note that says what its marks are.
func Noted(f *grammar.Figure, fig figure.Figure, m figure.Meanings) figure.Figure {
	if f.Note {
		fig.Note = m.Note(fig)
	}
	return fig
}

// Arrange places panels side by side, as many as the width of the figure has room for and its
// rows need, and gives a figure of no stated height that of its rows (mm).
func Arrange(fig *figure.Figure, row float64) {
	const least = 50 // mm for a panel: its axis takes 12 to 15 of them
	n := len(fig.Panels)
	fig.Cols = min(n, max(1, int(fig.Width/least)))
	rows := (n + fig.Cols - 1) / fig.Cols
	fig.Cols = (n + rows - 1) / rows // four as two and two, not three and one
	if n > 1 && fig.Cols == 1 {
		row = min(row, 48) // one below the other they would fill more than a page
	}
	if math.IsNaN(fig.Height) {
		fig.Height = row * float64(rows)
	}
}
