package plots

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/xml"
	"io"
	"math"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"neurosim/figure"
)

// What an embedded font is asked for it has: every sign that was drawn, with the outline, the
// width and the kerning of the face. é and ä are composite glyphs.
func TestSubsetHasWhatIsDrawn(t *testing.T) {
	for _, f := range []*face{regular, bold, regular.fallback, bold.fallback} {
		text := "Time (ms) AVAToé ä −70 µθ"
		if f.fallback == nil {
			text = "⁻¹∝∈ℓé"
		}
		s, pen := newSubset(f), testPen()
		line, _ := pen.set(text, style{font: f})
		for _, p := range line {
			s.use(p)
		}
		data := s.encode()
		if again := s.encode(); !bytes.Equal(data, again) {
			t.Errorf("%s: two files differ", s.name())
		}
		if len(data) > 12_000 {
			t.Errorf("%s: %d bytes for %d glyphs", s.name(), len(data), len(s.glyphs))
		}
		got, err := sfnt.Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", s.name(), err)
		}
		if name, err := got.Name(nil, sfnt.NameIDFamily); name != f.family {
			t.Errorf("family %q, %v", name, err)
		}
		em := fixed.Int26_6(f.UnitsPerEm())
		var buf sfnt.Buffer
		var last, lastWant sfnt.GlyphIndex
		for i, r := range text {
			g, err := got.GlyphIndex(&buf, r)
			want, _ := f.GlyphIndex(&buf, r)
			if err != nil || g == 0 {
				t.Errorf("%s has no %q", s.name(), r)
				continue
			}
			a, _ := got.GlyphAdvance(&buf, g, em, font.HintingNone)
			b, _ := f.GlyphAdvance(&buf, want, em, font.HintingNone)
			if a != b {
				t.Errorf("%s: %q is %v wide, want %v", s.name(), r, a, b)
			}
			shape, err := got.LoadGlyph(&buf, g, em, nil)
			shape = slices.Clone(shape)
			wanted, _ := f.LoadGlyph(&buf, want, em, nil)
			if err != nil || !reflect.DeepEqual(shape, slices.Clone(wanted)) {
				t.Errorf("%s: %q has another outline, %v", s.name(), r, err)
			}
			if i > 0 {
				a, _ := got.Kern(&buf, last, g, em, font.HintingNone)
				b, _ := f.Kern(&buf, lastWant, want, em, font.HintingNone)
				if a != b {
					t.Errorf("%s: %q is moved by %v, want %v", s.name(), r, a, b)
				}
			}
			last, lastWant = g, want
		}
	}
}

// drawn are the lines of text of a figure with raised signs, signs of two fonts, signs that no
// font has, kerning, and what XML must escape.
func drawn() (figure.Figure, []string) {
	fig := figure.Figure{Name: "t", Title: "AVATo & Ty", Width: 89, Height: 50, Note: "Bars: < 5 % ∝ a⁻¹.", Panels: []figure.Panel{{
		X:      figure.Axis{Label: "time", Unit: "ms", Min: 0, Max: 1, Ticks: []figure.Tick{{At: 0, Label: "-0.5"}}},
		Y:      figure.Axis{Label: "V_{m}", Unit: "mA/cm2", Log: true, Min: 1e-3, Max: 1e-2, Ticks: []figure.Tick{{At: 1e-3, Label: "10^{-3}"}}},
		Series: []figure.Series{{Name: "Na⁺ 日", Mark: figure.Line, X: []float64{0, 1}, Y: []float64{1, 2}}}, Legend: true,
	}}}
	return fig, []string{"AVATo & Ty", "Bars: < 5 % ∝ a⁻¹.", "Time (ms)", "−0.5", "Vm (mA/cm2)", "10−3", "Na⁺ □"}
}

// An editor finds in a PDF the lines that were drawn, each in strings that decode by the
// tables of the file; each glyph is where its outline would be.
func TestPDFHoldsText(t *testing.T) {
	fig, want := drawn()
	texts, ends := pdfTexts(t, render(t, fig, "pdf"))
	slices.Sort(want)
	got := slices.Sorted(slices.Values(texts))
	if !slices.Equal(got, want) {
		t.Errorf("lines %q, want %q", got, want)
	}
	pen := testPen()
	i := slices.Index(texts, "AVATo & Ty")
	if width := float64(pen.width("AVATo & Ty", style{font: bold, size: letterSize})); math.Abs(ends[i]-width) > 0.01 {
		t.Errorf("the title ends at %g pt, want %g", ends[i], width)
	}
	i = slices.Index(texts, "Vm (mA/cm2)")
	if width := float64(pen.width("V_{m} (mA/cm^{2})", style{})); math.Abs(ends[i]-width) > 0.01 {
		t.Errorf("the label ends at %g pt, want %g", ends[i], width)
	}
}

// pdfTexts decodes the text objects of a PDF by its own tables, and returns how long each is
// by its widths (pt).
func pdfTexts(t *testing.T, pdf []byte) (texts []string, ends []float64) {
	t.Helper()
	objects := map[string][]byte{}
	for _, m := range regexp.MustCompile(`(?s)\n(\d+) 0 obj\n(.*?)\nendobj`).FindAllSubmatch(pdf, -1) {
		objects[string(m[1])] = m[2]
	}
	find := func(in []byte, pattern string) string {
		m := regexp.MustCompile(pattern).FindSubmatch(in)
		if m == nil {
			t.Fatalf("no %s in %.200s", pattern, in)
		}
		return string(m[1])
	}
	inflate := func(object []byte) []byte {
		_, data, _ := bytes.Cut(object, []byte("\nstream\n"))
		z, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		out, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	type pdfFont struct {
		signs  map[string]string
		widths []string
	}
	fonts := map[string]pdfFont{}
	for _, m := range regexp.MustCompile(`/(F\d+) (\d+) 0 R`).FindAllSubmatch(objects["3"], -1) {
		top := objects[string(m[2])]
		descendant := objects[find(top, `DescendantFonts \[(\d+)`)]
		file := inflate(objects[find(objects[find(descendant, `FontDescriptor (\d+)`)], `FontFile2 (\d+)`)])
		if _, err := sfnt.Parse(file); err != nil {
			t.Errorf("font %s: %v", m[1], err)
		}
		f := pdfFont{map[string]string{}, strings.Fields(find(descendant, `/W \[0 \[([^\]]*)`))}
		for _, c := range regexp.MustCompile(`<(....)> <(....)>\n`).FindAllSubmatch(inflate(objects[find(top, `ToUnicode (\d+)`)]), -1) {
			r, _ := strconv.ParseUint(string(c[2]), 16, 32)
			f.signs[string(c[1])] = string(rune(r))
		}
		fonts[string(m[1])] = f
	}
	for _, block := range regexp.MustCompile(`(?s)BT\n(.*?)ET\n`).FindAllSubmatch(inflate(objects["4"]), -1) {
		text, end := "", 0.0
		for _, m := range regexp.MustCompile(`/(F\d+) (\S+) Tf\n\S+ Ts\n\[(.*)\] TJ`).FindAllStringSubmatch(string(block[1]), -1) {
			size, _ := strconv.ParseFloat(m[2], 64)
			for _, part := range strings.Fields(m[3]) {
				if !strings.HasPrefix(part, "<") {
					kern, _ := strconv.ParseFloat(part, 64)
					end -= kern * size / 1000
					continue
				}
				for code := range slices.Chunk([]byte(strings.Trim(part, "<>")), 4) {
					id, _ := strconv.ParseUint(string(code), 16, 16)
					width, _ := strconv.ParseFloat(fonts[m[1]].widths[id], 64)
					text += fonts[m[1]].signs[string(code)]
					end += width * size / 1000
				}
			}
		}
		texts, ends = append(texts, text), append(ends, end)
	}
	return texts, ends
}

// The same by programs that know nothing of this one, where they are at hand.
func TestPDFTextIsReadByOthers(t *testing.T) {
	for _, tool := range []string{"pdftotext", "pdffonts"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs the program %s: install poppler-utils", tool)
		}
	}
	fig, _ := drawn()
	pdf := render(t, fig, "pdf")
	read := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Stdin = bytes.NewReader(pdf)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil || errs.Len() > 0 {
			t.Fatalf("%s: %v: %s", name, err, errs.String())
		}
		return string(out)
	}
	text := read("pdftotext", "-", "-")
	for _, want := range []string{"Time (ms)", "AVATo & Ty", "Bars: < 5 % ∝ a⁻¹.", "Na⁺ □"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
	fonts := read("pdffonts", "-")
	for _, name := range []string{"LiberationSans-Regular", "LiberationSans-Bold", "DejaVuSans-Regular"} {
		if !regexp.MustCompile(`[A-Z]{6}\+` + name + ` +CID TrueType +Identity-H +yes yes yes`).MatchString(fonts) {
			t.Errorf("%s is not embedded with its meaning:\n%s", name, fonts)
		}
	}
}

// An editor finds in an SVG the lines that were drawn, each one element, and the fonts have
// what they need.
func TestSVGHoldsText(t *testing.T) {
	fig, want := drawn()
	svg := render(t, fig, "svg")
	var doc struct {
		Style string `xml:"style"`
		Text  []struct {
			Anchor string `xml:"text-anchor,attr"`
			Inner  string `xml:",innerxml"`
		} `xml:"text"`
	}
	if err := xml.Unmarshal(svg, &doc); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range doc.Text {
		var all string
		for d := xml.NewDecoder(strings.NewReader(x.Inner)); ; {
			token, err := d.Token()
			if err != nil {
				break
			}
			if chars, is := token.(xml.CharData); is {
				all += string(chars)
			}
		}
		got = append(got, all)
		if anchor := map[string]string{"Time (ms)": "middle", "10−3": "end"}[all]; anchor != "" && x.Anchor != anchor {
			t.Errorf("%s is anchored %q, want %q", all, x.Anchor, anchor)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("lines %q, want %q", got, want)
	}
	all := strings.Join(want, "")
	for _, m := range regexp.MustCompile(`base64,([^)]*)`).FindAllStringSubmatch(doc.Style, -1) {
		data, err := base64.StdEncoding.DecodeString(m[1])
		if err != nil {
			t.Fatal(err)
		}
		f, err := sfnt.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		all = strings.Map(func(r rune) rune {
			if g, err := f.GlyphIndex(nil, r); err == nil && g != 0 {
				return -1
			}
			return r
		}, all)
	}
	if all != "" {
		t.Errorf("no embedded font has %q", all)
	}
}

// Pages turn and scale about the lower left corner alike: where they would not, text and marks
// would part.
func TestSVGTransforms(t *testing.T) {
	pg := newSVG(100, 50).(*svgPage)
	pg.Push()
	pg.Translate(vg.Point{X: 1, Y: 2})
	pg.Rotate(math.Pi / 2)
	pg.Scale(2, 3)
	pg.Pop()
	want := `<g transform="translate(1 -2)">` + "\n" + `<g transform="rotate(-90 0 50)">` + "\n" +
		`<g transform="translate(0 50) scale(2 3) translate(0 -50)">` + "\n</g>\n</g>\n</g>\n"
	if got := pg.body.String(); got != want {
		t.Errorf("got %s", got)
	}
}

// A page with little on it is small, and one with text costs what its signs cost.
func TestFilesAreSmall(t *testing.T) {
	for format, most := range map[string]int{"svg": 45_000, "pdf": 20_000} {
		if n := len(render(t, accuracyFigure(), format)); n > most {
			t.Errorf("%s of %d bytes, want at most %d", format, n, most)
		}
	}
}

// PNG has the outlines of text: a page that takes no text gets paths.
func TestOutlinesOnOtherPages(t *testing.T) {
	var pg recorder.Canvas
	pen := &pen{Canvas: draw.NewCanvas(&pg, 100, 100)}
	pen.text("é", vg.Point{}, style{})
	contours := 0
	for _, a := range pg.Actions {
		if f, is := a.(*recorder.Fill); is {
			for _, c := range f.Path {
				if c.Type == vg.CloseComp {
					contours++
				}
			}
		}
	}
	if contours != 3 {
		t.Errorf("%d contours, want those of e, of the hole in it and of the accent", contours)
	}
}
