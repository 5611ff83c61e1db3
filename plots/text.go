package plots

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"
	"unicode"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Text is set here, glyph by glyph, and where each glyph stands is the same in every format.
// PNG gets outlines. SVG and PDF get the text itself with the fonts embedded, so that it can be
// searched, copied and changed in an editor. What gonum/plot's canvases do with strings is not
// used: they lose characters in silence. Glyphs missing from a font vanish in PNG (10⁻³ prints
// as 10³), and everything outside Latin-1 is garbled in PDF.

// Signs that the first fonts lack, superscripts, operators, arrows, are taken from those that
// stand in for them.
var (
	regular = newFace("Liberation Sans", "Regular", liberationsansregular.TTF, newFace("DejaVu Sans", "Regular", dejavusans.TTF, nil))
	bold    = newFace("Liberation Sans", "Bold", liberationsansbold.TTF, newFace("DejaVu Sans", "Bold", dejavusansbold.TTF, nil))
)

// box stands for a sign that no font has.
const box = '□'

// Missing returns the signs of a text that no font has, each once: a box is drawn in
// their place. apart are letters that are drawn, but one by one from left to right,
// where their script joins them or runs from right to left.
func Missing(text string) (missing, apart []rune) {
	var buf sfnt.Buffer
	for _, r := range text {
		switch _, _, found := lookUp(&buf, regular, r); {
		case !found && !slices.Contains(missing, r):
			missing = append(missing, r)
		case found && unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Nko) && !slices.Contains(apart, r):
			apart = append(apart, r)
		}
	}
	return missing, apart
}

// lookUp finds the glyph of a sign in a face or the one that stands in for it.
func lookUp(buf *sfnt.Buffer, f *face, r rune) (*face, sfnt.GlyphIndex, bool) {
	for ; f != nil; f = f.fallback {
		if g, err := f.GlyphIndex(buf, r); err == nil && g != 0 {
			return f, g, true
		}
	}
	return nil, 0, false
}

func newFace(family, weight string, ttf []byte, fallback *face) *face {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		panic("plots: embedded font: " + err.Error())
	}
	return &face{f, family, weight, ttf, fallback}
}

// A style says how a line of text is set and where it is relative to its
// point: x is 0 when the text starts there, 0.5 centred, 1 when it ends there;
// y is 0 for the baseline, 0.5 for the middle of capitals, 1 for their top.
type style struct {
	font     *face     // nil: regular
	size     vg.Length // before the zoom; 0: textSize
	x, y     float64
	vertical bool // reading upward
	halo     bool // letters lie on data: they have a white line around them
	colour   color.Color
}

// A piece is a part of a line of text that has one face and one level.
type piece struct {
	face        *face
	rise, scale float64 // share of the text size
	glyphs      []glyph
}

// A glyph is one sign of a piece, with its place along the line at size 1.
type glyph struct {
	sign  rune
	index sfnt.GlyphIndex
	x     float64
	kern  fixed.Int26_6 // that it is moved by from the end of the glyph before it, in units of the face
}

// text is what a piece says.
func (p piece) text() string {
	var out []rune
	for _, g := range p.glyphs {
		out = append(out, g.sign)
	}
	return string(out)
}

// A textPage writes text as text. On other canvases text is drawn as outlines.
type textPage interface {
	// drawText writes a line that is aligned at a point of its baseline, as the style says.
	drawText(line []piece, width vg.Length, at vg.Point, st style)
}

// A pen draws text and remembers the first thing that went wrong, so that
// layout and drawing need not check each label; Write reports it.
type pen struct {
	draw.Canvas
	zoom
	err error
	buf sfnt.Buffer
}

// width returns the width of s.
func (p *pen) width(s string, st style) vg.Length {
	_, w := p.set(s, st)
	return w
}

// text draws s at pt.
func (p *pen) text(s string, pt vg.Point, st style) {
	line, w := p.set(s, st)
	st = p.resolve(st)
	if len(line) == 0 {
		return
	}
	if st.halo {
		p.SetColor(white)
		p.SetLineWidth(haloWidth)
		p.SetLineDash(nil, 0)
		p.Stroke(p.letters(s, line, w, pt, st))
	}
	p.SetColor(st.colour)
	if page, is := p.Canvas.Canvas.(textPage); is {
		page.drawText(line, w, st.along(pt, 0, -vg.Length(st.y)*capHeight*st.size), st)
		return
	}
	if path := p.letters(s, line, w, pt, st); len(path) > 0 {
		p.Fill(path)
	}
}

// haloWidth is that of the line around letters that lie on data.
const haloWidth vg.Length = 1.8

// letters returns the outlines of a line of text.
func (p *pen) letters(s string, line []piece, w vg.Length, pt vg.Point, st style) (path vg.Path) {
	dx := -vg.Length(st.x) * w
	dy := -vg.Length(st.y) * capHeight * st.size
	for _, part := range line {
		em := vg.Length(part.scale) * st.size / vg.Length(part.face.UnitsPerEm())
		for _, g := range part.glyphs {
			segs, err := part.face.LoadGlyph(&p.buf, g.index, fixed.Int26_6(part.face.UnitsPerEm()), nil)
			if err != nil {
				p.fail(fmt.Errorf("text %q: %w", s, err))
				return nil
			}
			outline(&path, segs, func(q fixed.Point26_6) vg.Point {
				return st.along(pt, dx+vg.Length(g.x)*st.size+vg.Length(q.X)*em, dy+vg.Length(part.rise)*st.size-vg.Length(q.Y)*em)
			})
		}
	}
	return path
}

// along returns the point that lies x along a line of text and y above it.
func (st style) along(pt vg.Point, x, y vg.Length) vg.Point {
	if st.vertical {
		x, y = -y, x
	}
	return vg.Point{X: pt.X + x, Y: pt.Y + y}
}

// outline appends the contours of a glyph, each closed.
func outline(path *vg.Path, segs sfnt.Segments, place func(fixed.Point26_6) vg.Point) {
	for i, s := range segs {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				path.Close()
			}
			path.Move(place(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			path.Line(place(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			path.QuadTo(place(s.Args[0]), place(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			path.CubeTo(place(s.Args[0]), place(s.Args[1]), place(s.Args[2]))
		}
	}
	if len(segs) > 0 {
		path.Close()
	}
}

// set places the glyphs of s side by side and returns them with the width.
func (p *pen) set(s string, st style) ([]piece, vg.Length) {
	st = p.resolve(st)
	var line []piece
	x := 0.0
	for _, run := range markup(s) {
		level := len(line) // pieces before this run
		for _, r := range run.text {
			f, g, found := lookUp(&p.buf, st.font, r)
			if !found {
				r = box
				f, g, _ = lookUp(&p.buf, st.font, r)
			}
			if n := len(line); n == level || line[n-1].face != f {
				line = append(line, piece{face: f, rise: run.rise, scale: run.scale})
			}
			part := &line[len(line)-1]
			em := fixed.Int26_6(f.UnitsPerEm())
			next := glyph{sign: r, index: g}
			if n := len(part.glyphs); n > 0 {
				if kern, err := f.Kern(&p.buf, part.glyphs[n-1].index, g, em, font.HintingNone); err == nil {
					next.kern = kern
					x += run.scale * float64(kern) / float64(em)
				}
			}
			adv, err := f.GlyphAdvance(&p.buf, g, em, font.HintingNone)
			if err != nil {
				p.fail(fmt.Errorf("text %q: %w", s, err))
				return nil, 0
			}
			next.x = x
			part.glyphs = append(part.glyphs, next)
			x += run.scale * float64(adv) / float64(em)
		}
	}
	return line, vg.Length(x) * st.size
}

func (p *pen) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// resolve returns a style with its face, colour and size on the page.
func (p *pen) resolve(st style) style {
	if st.font == nil {
		st.font = regular
	}
	if st.size == 0 {
		st.size = textSize
	}
	st.size = p.pt(st.size)
	if st.colour == nil {
		st.colour = black
	}
	return st
}

// A run is a piece of text on one level.
type run struct {
	text        string
	scale, rise float64 // share of the text size
}

// markup splits s at ^{..} (raised) and _{..} (lowered). They do not nest. What has no
// closing brace stands as it is written.
func markup(s string) []run {
	var runs []run
	rest := minus(s)
	for rest != "" {
		i := strings.Index(rest, "^{")
		if j := strings.Index(rest, "_{"); i < 0 || j >= 0 && j < i {
			i = j
		}
		if i < 0 {
			break
		}
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			break
		}
		level := run{rest[i+2 : i+end], 0.7, 0.36}
		if rest[i] == '_' {
			level.rise = -0.16
		}
		runs = append(runs, run{rest[:i], 1, 0}, level)
		rest = rest[i+end+1:]
	}
	return append(runs, run{rest, 1, 0})
}

// minus writes the hyphen before a number as a minus sign, and leaves hyphens
// between words and in ranges alone.
func minus(s string) string {
	rs := []rune(s)
	for i, r := range rs {
		number := i+1 < len(rs) && (unicode.IsDigit(rs[i+1]) || rs[i+1] == '.')
		joined := i > 0 && (unicode.IsLetter(rs[i-1]) || unicode.IsDigit(rs[i-1]) || rs[i-1] == '}')
		if r == '-' && number && !joined {
			rs[i] = '−'
		}
	}
	return string(rs)
}

// axisTitle writes an axis as "Time (ms)". Only a first word that is plain
// lower case is capitalised: symbols such as θ, n, V_{m} or pH keep their case.
func axisTitle(label, unit string) string {
	word, _, _ := strings.Cut(label, " ")
	plain := len(word) > 1 && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz-") == ""
	if plain {
		label = strings.ToUpper(label[:1]) + label[1:]
	}
	if unit != "" {
		label = strings.TrimLeft(label+" ("+unitText(unit)+")", " ")
	}
	return label
}

// unitText writes a unit as it is read: "mA/cm2" with a raised 2, and "um2" with µ. What is
// raised already stays as it is.
func unitText(unit string) string {
	var out strings.Builder
	letters := 0 // of the word so far
	rs := []rune(unit)
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		switch {
		case r == 'u' && letters == 0 && i+1 < len(rs) && strings.ContainsRune("mFASMs", rs[i+1]) && (i+2 == len(rs) || !unicode.IsLetter(rs[i+2])):
			out.WriteRune('µ')
			letters++
		case unicode.IsLetter(r):
			out.WriteRune(r)
			letters++
		case letters > 0 && (unicode.IsDigit(r) || r == '-' && i+1 < len(rs) && unicode.IsDigit(rs[i+1])):
			end := i + 1
			for end < len(rs) && unicode.IsDigit(rs[end]) {
				end++
			}
			out.WriteString("^{" + string(rs[i:end]) + "}")
			i, letters = end-1, 0
		default:
			out.WriteRune(r)
			letters = 0
		}
	}
	return out.String()
}

// wrap splits s into lines when it is wider than room: before its unit if that fits, else
// where two lines are of like width, and into more where those are wider.
func (p *pen) wrap(s string, room vg.Length) []string {
	if p.width(s, style{}) <= room {
		return []string{s}
	}
	best, lines := math.Inf(1), []string{s}
	for i, r := range s {
		if r != ' ' {
			continue
		}
		a, b := s[:i], s[i+1:]
		w := max(p.width(a, style{}), p.width(b, style{}))
		if w <= room && strings.HasPrefix(b, "(") {
			return []string{a, b}
		}
		if float64(w) < best {
			best, lines = float64(w), []string{a, b}
		}
	}
	if best > float64(room) {
		return p.foldText(s, room, style{})
	}
	return lines
}
