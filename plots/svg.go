package plots

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// An svgPage writes SVG 1.1 itself, in points from the upper left corner. The canvas that comes
// with gonum/plot cannot write a raised character or text that stands upright, turns the whole
// page over, which editors show to their users, rounds its size and declares PNG as JPEG.
type svgPage struct {
	w, h     vg.Length
	body     bytes.Buffer
	fonts    subsets
	contexts []svgContext
}

// An svgContext is what is in force until the next Pop.
type svgContext struct {
	colour color.Color
	width  vg.Length
	dashes []vg.Length
	offset vg.Length
	groups int // to be closed by Pop
}

func newSVG(w, h vg.Length) page {
	c := &svgPage{w: w, h: h, contexts: make([]svgContext, 1)}
	vg.Initialize(c)
	return c
}

func (c *svgPage) Size() (w, h vg.Length) { return c.w, c.h }

func (c *svgPage) now() *svgContext         { return &c.contexts[len(c.contexts)-1] }
func (c *svgPage) SetLineWidth(w vg.Length) { c.now().width = w }
func (c *svgPage) SetLineDash(pattern []vg.Length, offset vg.Length) {
	c.now().dashes, c.now().offset = pattern, offset
}
func (c *svgPage) SetColor(clr color.Color) { c.now().colour = clr }

func (c *svgPage) Push() {
	top := *c.now()
	top.groups = 0
	c.contexts = append(c.contexts, top)
}

func (c *svgPage) Pop() {
	c.body.WriteString(strings.Repeat("</g>\n", c.now().groups))
	c.contexts = c.contexts[:len(c.contexts)-1]
}

// Transformations are about the lower left corner, where vg has its origin.

func (c *svgPage) Rotate(rad float64) {
	c.group("rotate(%s 0 %s)", decimal(vg.Length(-rad*180/math.Pi)), decimal(c.h))
}

func (c *svgPage) Translate(p vg.Point) {
	c.group("translate(%s %s)", decimal(p.X), decimal(-p.Y))
}

func (c *svgPage) Scale(x, y float64) {
	c.group("translate(0 %s) scale(%s %s) translate(0 %s)", decimal(c.h), decimal(vg.Length(x)), decimal(vg.Length(y)), decimal(-c.h))
}

func (c *svgPage) group(transform string, args ...any) {
	fmt.Fprintf(&c.body, `<g transform="`+transform+`">`+"\n", args...)
	c.now().groups++
}

func (c *svgPage) Fill(p vg.Path) {
	fmt.Fprintf(&c.body, `<path d="%s" fill="%s"/>`+"\n", c.data(p), hex(c.now().colour))
}

func (c *svgPage) Stroke(p vg.Path) {
	now := c.now()
	if now.width <= 0 {
		return
	}
	dashes := ""
	if len(now.dashes) > 0 {
		var lengths []string
		for _, d := range now.dashes {
			lengths = append(lengths, decimal(d))
		}
		dashes = fmt.Sprintf(` stroke-dasharray="%s"`, strings.Join(lengths, ","))
		if now.offset != 0 {
			dashes += fmt.Sprintf(` stroke-dashoffset="%s"`, decimal(now.offset))
		}
	}
	fmt.Fprintf(&c.body, `<path d="%s" fill="none" stroke="%s" stroke-width="%s"%s/>`+"\n", c.data(p), hex(now.colour), decimal(now.width), dashes)
}

// hex writes a colour; all are opaque.
func hex(c color.Color) string {
	v := color.RGBAModel.Convert(c).(color.RGBA)
	return fmt.Sprintf("#%02X%02X%02X", v.R, v.G, v.B)
}

// data writes a path.
func (c *svgPage) data(path vg.Path) string {
	var out strings.Builder
	write := func(command string, points ...vg.Point) {
		for i, p := range points {
			if i > 0 {
				command = " "
			}
			out.WriteString(command + decimal(p.X) + "," + decimal(c.h-p.Y))
		}
	}
	for _, e := range path {
		switch e.Type {
		case vg.MoveComp:
			write("M", e.Pos)
		case vg.LineComp:
			write("L", e.Pos)
		case vg.CurveComp:
			command := "Q"
			if len(e.Control) == 2 {
				command = "C"
			}
			write(command, append(e.Control[:len(e.Control):len(e.Control)], e.Pos)...)
		case vg.CloseComp:
			out.WriteByte('Z')
		default:
			panic("plots: svg: arcs are drawn as curves")
		}
	}
	return out.String()
}

// FillString is never called: see drawText.
func (c *svgPage) FillString(font.Face, vg.Point, string) {
	panic("plots: svg: text is set glyph by glyph")
}

// families names what a viewer may take that does not read embedded fonts, nearest first.
func families(f *face) string {
	if f.family == regular.family {
		return f.family + ", Arial, Helvetica, sans-serif"
	}
	return f.family + ", sans-serif"
}

// drawText writes a line as one element, with a part for each piece beside the first. It is
// anchored where it is aligned, so that a font of another width still fits.
func (c *svgPage) drawText(line []piece, _ vg.Length, at vg.Point, st style) {
	x, y := decimal(at.X), decimal(c.h-at.Y)
	fmt.Fprintf(&c.body, `<text x="%s" y="%s" font-size="%s" fill="%s"`, x, y, decimal(st.size), hex(st.colour))
	switch st.x {
	case 0.5:
		c.body.WriteString(` text-anchor="middle"`)
	case 1:
		c.body.WriteString(` text-anchor="end"`)
	}
	if st.font.weight == "Bold" {
		c.body.WriteString(` font-weight="bold"`)
	}
	if st.vertical {
		fmt.Fprintf(&c.body, ` transform="rotate(-90 %s %s)"`, x, y)
	}
	var all strings.Builder
	for _, p := range line {
		all.WriteString(p.text())
	}
	if words := strings.Fields(all.String()); len(line) > 1 || strings.Join(words, " ") != all.String() {
		c.body.WriteString(` xml:space="preserve"`)
	}
	c.body.WriteByte('>')
	level := vg.Length(0)
	for _, p := range line {
		c.fonts.of(p.face).use(p)
		rise := vg.Length(p.rise) * st.size
		var how string
		if p.face != st.font {
			how += fmt.Sprintf(` font-family="%s"`, families(p.face))
		}
		if p.scale != 1 {
			how += fmt.Sprintf(` font-size="%s"`, decimal(vg.Length(p.scale)*st.size))
		}
		if rise != level {
			how += fmt.Sprintf(` dy="%s"`, decimal(level-rise))
		}
		level = rise
		if how != "" {
			fmt.Fprintf(&c.body, "<tspan%s>", how)
		}
		xml.EscapeText(&c.body, []byte(p.text())) // a bytes.Buffer takes everything
		if how != "" {
			c.body.WriteString("</tspan>")
		}
	}
	c.body.WriteString("</text>\n")
}

func (c *svgPage) DrawImage(r vg.Rectangle, img image.Image) {
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		panic("plots: svg: " + err.Error()) // an image without pixels, which nothing draws
	}
	fmt.Fprintf(&c.body, `<image x="%s" y="%s" width="%s" height="%s" xlink:href="data:image/png;base64,%s"/>`+"\n",
		decimal(r.Min.X), decimal(c.h-r.Max.Y), decimal(r.Size().X), decimal(r.Size().Y), base64.StdEncoding.EncodeToString(buf.Bytes()))
}

// encode writes the page with the fonts of its text. Corners are round, as in the other formats:
// mitred, the tip of an action potential would stand higher than its voltage.
func (c *svgPage) encode(w io.Writer) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, `<?xml version="1.0"?>
<svg width="%smm" height="%smm" viewBox="0 0 %s %s" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" stroke-linejoin="round" font-family="%s">
`, decimal(c.w/mm), decimal(c.h/mm), decimal(c.w), decimal(c.h), families(regular))
	if len(c.fonts) > 0 {
		out.WriteString("<style>\n")
		for _, s := range c.fonts {
			fmt.Fprintf(&out, "@font-face{font-family:%q;font-weight:%s;src:url(data:font/ttf;base64,%s)}\n",
				s.face.family, map[string]string{"Regular": "normal", "Bold": "bold"}[s.face.weight], base64.StdEncoding.EncodeToString(s.encode()))
		}
		out.WriteString("</style>\n")
	}
	out.Write(c.body.Bytes())
	out.WriteString(strings.Repeat("</g>\n", c.now().groups) + "</svg>\n")
	_, err := w.Write(out.Bytes())
	return err
}
