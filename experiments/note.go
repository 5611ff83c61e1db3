package experiments

import (
	"cmp"
	"math"

	"neurosim/analysis"
	"neurosim/configs"
)

// noted adds the note to a figure that asks for one.
func noted(f configs.Figure, fig analysis.Figure, m analysis.Meanings) analysis.Figure {
	if f.Note {
		fig.Note = m.Note(fig)
	}
	return fig
}

// frame returns a figure as a configuration asks for it, without panels.
func frame(f configs.Figure) analysis.Figure {
	return analysis.Figure{Name: f.Name, Title: f.Title, Width: f.Width, Height: f.Height}
}

// arrangeIn places panels side by side, as many as the width of the figure has room
// for, and gives a figure of no stated height that of its rows (mm).
func arrangeIn(fig *analysis.Figure, row float64) {
	const least = 50 // mm for a panel: its axis takes 12 to 15 of them
	n := len(fig.Panels)
	fig.Cols = min(n, max(1, int(fig.Width/least)))
	rows := (n + fig.Cols - 1) / fig.Cols
	if n > 1 && fig.Cols == 1 {
		row = min(row, 48) // one below the other they would fill more than a page
	}
	if math.IsNaN(fig.Height) {
		fig.Height = row * float64(rows)
	}
}

// count writes n with its noun: 1 network, 2 networks.
func count(n int, one, many string) string {
	return itoa(n) + " " + cmp.Or(map[bool]string{true: one}[n == 1], many)
}
