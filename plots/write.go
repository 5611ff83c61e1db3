package plots

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"neurosim/figure"
)

// Formats are the formats that Write knows.
var Formats = []string{"png", "svg", "pdf"}

// Write draws a figure to w in one of the Formats, at the size in millimetres
// that the figure states, and higher by its note where it has one: PNG with 600 dots
// per inch and without transparency, SVG and PDF as vectors. The same figure gives the
// same bytes.
//
// A figure that cannot be drawn as it stands is an error, and nothing is
// written: slices of unequal length, an unknown mark, no
// room for the data. A sign that no font has is drawn as a box: see Missing. Points that no axis can hold are left out;
// on a logarithmic y axis a point at or below 0 whose Hi is above 0 is drawn as
// an upper limit, an arrow that hangs from Hi, since "0 of N observed" says how
// rare a thing is, and a line falls to the foot of the panel.
//
// Text may hold ^{..} and _{..} for raised and lowered characters. A raster
// with Min == Max on its y axis covers the rows that spiked; state Min and Max
// to keep silent rows at its ends.
func Write(w io.Writer, fig figure.Figure, format string) error {
	if !slices.Contains(Formats, format) {
		return fmt.Errorf("plots: unknown format %q, want one of %q", format, Formats)
	}
	if err := check(fig); err != nil {
		return fmt.Errorf("plots: figure %q: %w", fig.Name, err)
	}
	page := newPage(format, fig)
	if err := drawFigure(&pen{Canvas: draw.New(page)}, fig); err != nil {
		return fmt.Errorf("plots: figure %q: %w", fig.Name, err)
	}
	var buf bytes.Buffer
	if err := page.encode(&buf); err != nil {
		return fmt.Errorf("plots: figure %q: %w", fig.Name, err)
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// ErrNoRoom is in the error of a figure whose text leaves too little room for its data.
var ErrNoRoom = errors.New("labels and legends leave")

// A page is a canvas of one format.
type page interface {
	vg.CanvasSizer
	encode(io.Writer) error
}

func newPage(format string, fig figure.Figure) page {
	w, h := vg.Length(fig.Width)*mm, vg.Length(fig.Height)*mm+noteHeight(fig)
	switch format {
	case "png":
		return newPNG(w, h)
	case "svg":
		return newSVG(w, h)
	default:
		return newPDF(w, h)
	}
}

func drawFigure(pen *pen, fig figure.Figure) error {
	panels, err := arrange(pen, fig)
	if err != nil || pen.err != nil {
		return cmp.Or(pen.err, err)
	}
	fill(pen, pen.Rectangle.Path(), white)
	if fig.Title != "" {
		at := vg.Point{X: margin, Y: pen.Max.Y - margin - capHeight*pen.pt(letterSize)}
		for i, line := range pen.titleLines(fig) {
			pen.text(line, vg.Point{X: at.X, Y: at.Y - vg.Length(i)*lineHeight*pen.pt(letterSize)}, style{font: bold, size: letterSize})
		}
	}
	for _, p := range panels {
		p.draw(pen)
	}
	pen.drawNote(fig)
	return pen.err
}
