package plots

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"neurosim/internal/fpmath"
)

// A pdfPage writes PDF 1.4 itself: paths, text with its fonts, and images with hard
// edges. The canvas that comes with gonum/plot turns images upside down, draws quadratic
// curves as cubic ones, garbles text outside Latin-1, dates its files and orders images
// at random; what is left to need of it is this file.
type pdfPage struct {
	w, h   vg.Length
	ops    bytes.Buffer // content of the page
	images [][]byte     // objects, without number
	fonts  subsets
	width  vg.Length // of lines
}

func newPDF(w, h vg.Length) page {
	c := &pdfPage{w: w, h: h}
	c.ops.WriteString("1 j\n") // round corners, as in the other formats
	vg.Initialize(c)
	return c
}

func (c *pdfPage) Size() (w, h vg.Length) { return c.w, c.h }

// op writes operands and an operator. Thousandths of a point are far below
// what a page resolves.
func (c *pdfPage) op(name string, args ...vg.Length) {
	for _, a := range args {
		c.ops.WriteString(decimal(a))
		c.ops.WriteByte(' ')
	}
	c.ops.WriteString(name)
	c.ops.WriteByte('\n')
}

// decimal writes a length in thousandths. Lengths of layouts are often just between two of them,
// where the last bit, which differs between processors, would decide; a little more is added, so
// that all round up.
func decimal(x vg.Length) string {
	v := math.Round(float64(x)*1000+1e-4) / 1000
	if v == 0 {
		v = 0 // PDF readers know no negative zero
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func (c *pdfPage) SetLineWidth(w vg.Length) {
	c.width = w
	c.op("w", w)
}

func (c *pdfPage) SetLineDash(pattern []vg.Length, offset vg.Length) {
	c.ops.WriteString("[ ")
	for _, d := range pattern {
		fmt.Fprintf(&c.ops, "%g ", float64(d))
	}
	c.ops.WriteString("] ")
	c.op("d", offset)
}

func (c *pdfPage) SetColor(clr color.Color) {
	r, g, b, _ := clr.RGBA()
	rgb := []vg.Length{vg.Length(r) / 0xffff, vg.Length(g) / 0xffff, vg.Length(b) / 0xffff}
	c.op("rg", rgb...)
	c.op("RG", rgb...)
}

func (c *pdfPage) Rotate(rad float64) {
	sin, cos := fpmath.Sincos(rad)
	c.op("cm", vg.Length(cos), vg.Length(sin), vg.Length(-sin), vg.Length(cos), 0, 0)
}
func (c *pdfPage) Translate(p vg.Point) { c.op("cm", 1, 0, 0, 1, p.X, p.Y) }
func (c *pdfPage) Scale(x, y float64)   { c.op("cm", vg.Length(x), 0, 0, vg.Length(y), 0, 0) }
func (c *pdfPage) Push()                { c.op("q") }
func (c *pdfPage) Pop()                 { c.op("Q") }
func (c *pdfPage) Fill(p vg.Path)       { c.path(p, "f") }
func (c *pdfPage) Stroke(p vg.Path) {
	if c.width > 0 {
		c.path(p, "S")
	}
}

func (c *pdfPage) path(p vg.Path, paint string) {
	var at vg.Point
	for _, e := range p {
		switch e.Type {
		case vg.MoveComp:
			c.op("m", e.Pos.X, e.Pos.Y)
		case vg.LineComp:
			c.op("l", e.Pos.X, e.Pos.Y)
		case vg.CurveComp:
			a, b := e.Control[0], e.Control[len(e.Control)-1]
			if len(e.Control) == 1 { // PDF has cubic curves only
				a, b = at.Add(a.Sub(at).Scale(2.0/3)), e.Pos.Add(b.Sub(e.Pos).Scale(2.0/3))
			}
			c.op("c", a.X, a.Y, b.X, b.Y, e.Pos.X, e.Pos.Y)
		case vg.CloseComp:
			c.op("h")
		default:
			panic("plots: pdf: arcs are drawn as curves")
		}
		at = e.Pos
	}
	c.op(paint)
}

// FillString is never called: see drawText.
func (c *pdfPage) FillString(font.Face, vg.Point, string) {
	panic("plots: pdf: text is set glyph by glyph")
}

// drawText shows each piece of a line as one string.
func (c *pdfPage) drawText(line []piece, width vg.Length, at vg.Point, st style) {
	c.ops.WriteString("BT\n")
	from := st.along(at, -vg.Length(st.x)*width, 0)
	if st.vertical {
		c.op("Tm", 0, 1, -1, 0, from.X, from.Y)
	} else {
		c.op("Tm", 1, 0, 0, 1, from.X, from.Y)
	}
	for _, p := range line {
		s := c.fonts.of(p.face)
		fmt.Fprintf(&c.ops, "/F%d ", 1+slices.Index(c.fonts, s))
		c.op("Tf", vg.Length(p.scale)*st.size)
		c.op("Ts", vg.Length(p.rise)*st.size)
		c.ops.WriteString("[<")
		for i, id := range s.use(p) {
			if kern := p.glyphs[i].kern; kern != 0 { // in thousandths, and to the left
				fmt.Fprintf(&c.ops, "> %s <", decimal(-vg.Length(p.face.thousandths(int(kern)))))
			}
			fmt.Fprintf(&c.ops, "%04x", id)
		}
		c.ops.WriteString(">] TJ\n")
	}
	c.ops.WriteString("ET\n")
}

// DrawImage embeds an image. Of one with a palette, entry 0 is clear if it is
// transparent; any other is drawn on white.
func (c *pdfPage) DrawImage(r vg.Rectangle, img image.Image) {
	size := img.Bounds().Size()
	space, mask := "/DeviceRGB", ""
	var pixels []byte
	if pal, ok := img.(*image.Paletted); ok {
		space = fmt.Sprintf("[/Indexed /DeviceRGB %d <", len(pal.Palette)-1)
		for _, e := range pal.Palette {
			c := color.NRGBAModel.Convert(e).(color.NRGBA)
			space += fmt.Sprintf("%02x%02x%02x", c.R, c.G, c.B)
		}
		space += ">]"
		if _, _, _, a := pal.Palette[0].RGBA(); a == 0 {
			mask = " /Mask [0 0]"
		}
		pixels = pal.Pix
	} else {
		flat := image.NewRGBA(image.Rectangle{Max: size})
		draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(flat, flat.Rect, img, img.Bounds().Min, draw.Over)
		for i := 0; i < len(flat.Pix); i += 4 {
			pixels = append(pixels, flat.Pix[i:i+3]...)
		}
	}
	c.images = append(c.images, stream(fmt.Sprintf(
		"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace %s%s",
		size.X, size.Y, space, mask), pixels))
	c.Push()
	c.op("cm", r.Size().X, 0, 0, r.Size().Y, r.Min.X, r.Min.Y)
	c.op(fmt.Sprintf("/I%d Do", len(c.images)))
	c.Pop()
}

// stream returns a compressed stream object with the given dictionary entries.
func stream(dict string, data []byte) []byte {
	var z bytes.Buffer
	zw := zlib.NewWriter(&z)
	zw.Write(data) // a bytes.Buffer takes everything
	zw.Close()
	return fmt.Appendf(nil, "<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", dict, z.Len(), z.Bytes())
}

// fontObjects returns the objects of an embedded font, the first of which will have the given
// number: the font, its descendant that holds the widths, its descriptor, its file and what its
// glyphs mean.
func (s *subset) fontObjects(number int) [][]byte {
	file := s.encode()
	name := s.tagged(file)
	head, os2 := s.face.table("head"), s.face.table("OS/2")
	measure := func(table []byte, at int) string {
		return decimal(vg.Length(s.face.thousandths(int(int16(u16(table[at:]))))))
	}
	var widths bytes.Buffer
	for _, g := range s.glyphs {
		widths.WriteString(decimal(vg.Length(s.face.thousandths(u16(s.face.metrics(g))))) + " ")
	}
	stem := 80 // of upright strokes, for readers that replace the font
	if s.face.weight == "Bold" {
		stem = 140
	}
	return [][]byte{
		fmt.Appendf(nil, "<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>",
			name, number+1, number+4),
		fmt.Appendf(nil, "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "+
			"/CIDToGIDMap /Identity /FontDescriptor %d 0 R /W [0 [%s]] >>", name, number+2, widths.Bytes()),
		fmt.Appendf(nil, "<< /Type /FontDescriptor /FontName /%s /Flags 4 /ItalicAngle 0 /StemV %d /FontBBox [%s %s %s %s] /Ascent %s /Descent %s /CapHeight %s /FontFile2 %d 0 R >>",
			name, stem, measure(head, 36), measure(head, 38), measure(head, 40), measure(head, 42),
			measure(os2, 68), measure(os2, 70), decimal(capHeight*1000), number+3),
		stream(fmt.Sprintf("/Length1 %d", len(file)), file),
		stream("", s.toUnicode()),
	}
}

// toUnicode says which sign each glyph stands for, so that text can be searched and copied.
func (s *subset) toUnicode() []byte {
	out := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n")
	var lines []string
	for id, sign := range s.signs {
		if sign != 0 {
			lines = append(lines, fmt.Sprintf("<%04x> <%x>\n", id, words16(string(sign))))
		}
	}
	for some := range slices.Chunk(lines, 100) { // a block holds at most 100
		out = fmt.Appendf(out, "%d beginbfchar\n%sendbfchar\n", len(some), strings.Join(some, ""))
	}
	return append(out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"...)
}

// encode writes the objects and the table of where each starts. There is no
// date in the file.
func (c *pdfPage) encode(w io.Writer) error {
	const first = 5 // number of the first object after those below
	var more [][]byte
	images, fonts := "", ""
	for i, image := range c.images {
		images += fmt.Sprintf("/I%d %d 0 R ", i+1, first+len(more))
		more = append(more, image)
	}
	for i, s := range c.fonts {
		fonts += fmt.Sprintf("/F%d %d 0 R ", i+1, first+len(more))
		more = append(more, s.fontObjects(first+len(more))...)
	}
	objects := [][]byte{
		[]byte("<< /Type /Catalog /Pages 2 0 R >>"),
		[]byte("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
		fmt.Appendf(nil, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.4f %.4f] /Contents 4 0 R /Resources << /XObject << %s>> /Font << %s>> >> >>",
			float64(c.w), float64(c.h), images, fonts),
		stream("", c.ops.Bytes()),
	}
	objects = append(objects, more...)

	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n") // the second line marks the file as binary
	table := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for i, obj := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, obj)
	}
	start := out.Len()
	fmt.Fprintf(&out, "%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", table, len(objects)+1, start)
	_, err := w.Write(out.Bytes())
	return err
}
