// Package plots draws a figure.Figure as PNG, SVG or PDF: the same picture
// in each, the same bytes for the same figure.
//
// Clipping, rasterising and the canvas of PNG are gonum.org/v1/plot/vg; the pages of SVG and PDF
// are our own, so that their text is text, in fonts that they embed. Axes, ticks,
// legend and layout are our own, because those of the plot package lose
// science or room: log axes panic on zeros and label every decade, legends lie
// on the data, and panels cannot be aligned without cropping their titles.
//
// The files follow a figure from numbers to bytes: check.go refuses what
// cannot be drawn, extent.go and ticks.go choose ranges and ticks, layout.go
// gives every panel its place, panel.go and the files it calls draw the marks,
// text.go sets text, and png.go, svg.go, pdf.go are the pages they are drawn on, with the
// fonts of subset.go. theme.go holds every colour and width.
package plots
