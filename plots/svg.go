package plots

import (
	"bytes"
	"fmt"
	"io"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"

	"neurosim/figure"
)

type svgPage struct {
	*vgsvg.Canvas
	root string // opening of the svg element
}

func newSVG(w, h vg.Length, fig figure.Figure) page {
	return svgPage{vgsvg.NewWith(vgsvg.UseWH(w, h)),
		// Corners are round, as in the other formats: mitred, the tip of an
		// action potential would stand higher than its voltage.
		fmt.Sprintf(`<svg width="%gmm" height="%gmm" stroke-linejoin="round"`, fig.Width, fig.Height)}
}

// encode mends two things the canvas writes: the size in rounded points, and
// PNG images declared as JPEG, which some readers then leave out.
func (c svgPage) encode(w io.Writer) error {
	var buf bytes.Buffer
	if _, err := c.WriteTo(&buf); err != nil {
		return err
	}
	out := buf.Bytes()
	start, end := bytes.Index(out, []byte("<svg ")), bytes.Index(out, []byte(" viewBox="))
	if start < 0 || end < start {
		return fmt.Errorf("svg: the canvas wrote no viewBox")
	}
	body := bytes.ReplaceAll(out[end:], []byte("data:image/jpg;"), []byte("data:image/png;"))
	for _, part := range [][]byte{out[:start], []byte(c.root), body} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}
