package plots

import (
	"gonum.org/v1/plot/vg"

	"neurosim/figure"
)

const (
	noteSize = textSize * 6 / 7 // 6 pt
	noteGap  = 4                // panels to note
)

// noteLines folds the note of a figure to its width.
func (pen *pen) noteLines(fig figure.Figure) []string {
	if fig.Note == "" {
		return nil
	}
	return pen.foldText(fig.Note, vg.Length(fig.Width)*mm-2*margin, style{size: noteSize})
}

// noteHeight is what the note takes below the panels. The page is higher by it, so
// that a longer note never costs data.
func noteHeight(fig figure.Figure) vg.Length {
	pen := &pen{zoom: zoomOf(fig)}
	n := len(pen.noteLines(fig))
	if n == 0 {
		return 0
	}
	return pen.pt(noteGap) + vg.Length(n)*pen.pt(noteSize)*lineHeight
}

// drawNote writes the note at the foot of the page.
func (pen *pen) drawNote(fig figure.Figure) {
	lines := pen.noteLines(fig)
	for i, line := range lines {
		up := vg.Length(len(lines)-1-i)*pen.pt(noteSize)*lineHeight + 0.25*pen.pt(noteSize)
		pen.text(line, vg.Point{X: margin, Y: pen.Min.Y + margin + up}, style{size: noteSize})
	}
}
