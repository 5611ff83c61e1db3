package plots

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"

	"golang.org/x/image/font/sfnt"
)

// A subset is the part of a face that one page uses, as a TrueType font to embed. Its glyphs
// are numbered in the order in which they are first drawn, so that the same page gives the
// same bytes; 0 is the glyph of what is missing. Instructions for coarse screens are left
// out: they are more than half of the outlines.
type subset struct {
	face   *face
	glyphs []sfnt.GlyphIndex // in the face
	signs  []rune            // what each glyph was first drawn for; 0 for parts of others
	ids    map[sfnt.GlyphIndex]uint16
	chars  map[rune]uint16
	kerns  map[[2]uint16]int16 // of neighbours that were drawn, in units of the face
}

func newSubset(f *face) *subset {
	s := &subset{face: f, ids: map[sfnt.GlyphIndex]uint16{}, chars: map[rune]uint16{}, kerns: map[[2]uint16]int16{}}
	s.id(0, 0)
	return s
}

// id returns the number of a glyph of the face.
func (s *subset) id(g sfnt.GlyphIndex, sign rune) uint16 {
	id, known := s.ids[g]
	if !known {
		id = uint16(len(s.glyphs))
		s.ids[g] = id
		s.glyphs, s.signs = append(s.glyphs, g), append(s.signs, sign)
	}
	return id
}

// use takes up the glyphs of a piece of text and returns their numbers.
func (s *subset) use(p piece) (ids []uint16) {
	for i, g := range p.glyphs {
		id := s.id(g.index, g.sign)
		s.chars[g.sign] = id
		if g.kern != 0 {
			s.kerns[[2]uint16{ids[i-1], id}] = int16(g.kern)
		}
		ids = append(ids, id)
	}
	return ids
}

// subsets are those of a page, in the order of their first use.
type subsets []*subset

// of returns the subset of a face.
func (all *subsets) of(f *face) *subset {
	for _, s := range *all {
		if s.face == f {
			return s
		}
	}
	*all = append(*all, newSubset(f))
	return (*all)[len(*all)-1]
}

// Flags of the parts of a composite glyph, from the OpenType specification, table glyf.
const (
	partWords        = 1 << 0 // arguments are words, else bytes
	partScale        = 1 << 3
	partMore         = 1 << 5 // another part follows
	partScales       = 1 << 6 // of x and y
	partTwoByTwo     = 1 << 7
	partInstructions = 1 << 8
)

// outline returns the outline of a glyph of the face without its instructions; the parts of a
// composite one become glyphs of the subset.
func (s *subset) outline(g sfnt.GlyphIndex) []byte {
	data := slices.Clone(s.face.glyphData(g))
	if len(data) == 0 {
		return nil
	}
	if contours := int(int16(u16(data))); contours >= 0 {
		at := 10 + 2*contours
		after := at + 2 + u16(data[at:])
		return slices.Concat(data[:at], []byte{0, 0}, data[after:])
	}
	for at := 10; ; {
		flags := u16(data[at:])
		put16(data[at:], flags&^partInstructions)
		put16(data[at+2:], int(s.id(sfnt.GlyphIndex(u16(data[at+2:])), 0)))
		at += 4 + 2
		if flags&partWords != 0 {
			at += 2
		}
		switch {
		case flags&partScale != 0:
			at += 2
		case flags&partScales != 0:
			at += 4
		case flags&partTwoByTwo != 0:
			at += 8
		}
		if flags&partMore == 0 {
			return data[:at]
		}
	}
}

// encode returns the TrueType file. The offsets of fields are those of the OpenType
// specification.
func (s *subset) encode() []byte {
	var glyf, loca, hmtx []byte
	for i := 0; i < len(s.glyphs); i++ { // parts of composite glyphs are appended on the way
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = padded(append(glyf, s.outline(s.glyphs[i])...))
		hmtx = append(hmtx, s.face.metrics(s.glyphs[i])...)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	n := len(s.glyphs)

	head := slices.Clone(s.face.table("head"))
	copy(head[8:], []byte{0, 0, 0, 0}) // the sum of the file, below
	put16(head[50:], 1)                // places in loca have four bytes
	hhea := slices.Clone(s.face.table("hhea"))
	put16(hhea[34:], n)
	maxp := slices.Clone(s.face.table("maxp"))
	put16(maxp[4:], n)
	clear(maxp[16:28]) // what instructions need
	post := slices.Clone(s.face.table("post")[:32])
	copy(post, []byte{0, 3, 0, 0}) // glyphs have no names

	tables := map[string][]byte{
		"OS/2": s.face.table("OS/2"), "cmap": s.cmap(), "glyf": glyf, "head": head, "hhea": hhea,
		"hmtx": hmtx, "loca": loca, "maxp": maxp, "name": s.nameTable(), "post": post,
	}
	if len(s.kerns) > 0 {
		tables["kern"] = s.kernTable()
	}
	return sfntFile(tables)
}

// sfntFile joins tables to a file.
func sfntFile(tables map[string][]byte) []byte {
	tags := slices.Sorted(maps.Keys(tables))
	out := []byte{0, 1, 0, 0}
	out = append(out, searchFields(len(tags), 16)...)
	offset, head := 12+16*len(tags), 0
	var body []byte
	for _, tag := range tags {
		if tag == "head" {
			head = offset + len(body)
		}
		out = append(out, tag...)
		out = binary.BigEndian.AppendUint32(out, checksum(tables[tag]))
		out = binary.BigEndian.AppendUint32(out, uint32(offset+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(tables[tag])))
		body = padded(append(body, tables[tag]...))
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out[head+8:], 0xb1b0afba-checksum(out))
	return out
}

// searchFields are the four words that begin a table of n records of a size: their number and
// three that follow from it, for binary search.
func searchFields(n, size int) []byte {
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	return words(n, power*size, log, (n-power)*size)
}

// checksum is the sum of the words of four bytes.
func checksum(data []byte) (sum uint32) {
	for data = padded(slices.Clone(data)); len(data) > 0; data = data[4:] {
		sum += binary.BigEndian.Uint32(data)
	}
	return sum
}

// cmap maps characters to glyphs: format 12, one group for each.
func (s *subset) cmap() []byte {
	chars := slices.Sorted(maps.Keys(s.chars))
	out := words(0, 1, 3, 10, 0, 12, 12, 0)
	for _, v := range []int{16 + 12*len(chars), 0, len(chars)} {
		out = binary.BigEndian.AppendUint32(out, uint32(v))
	}
	for _, r := range chars {
		for _, v := range []int{int(r), int(r), int(s.chars[r])} {
			out = binary.BigEndian.AppendUint32(out, uint32(v))
		}
	}
	return out
}

// kernTable has the pairs of neighbours on the page: format 0.
func (s *subset) kernTable() []byte {
	pairs := slices.SortedFunc(maps.Keys(s.kerns), func(a, b [2]uint16) int { return slices.Compare(a[:], b[:]) })
	out := words(0, 1, 0, 14+6*len(pairs), 1)
	out = append(out, searchFields(len(pairs), 6)...)
	for _, p := range pairs {
		out = append(out, words(int(p[0]), int(p[1]), int(s.kerns[p]))...)
	}
	return out
}

// nameTable says family, style, whole name and PostScript name.
func (s *subset) nameTable() []byte {
	var texts []byte
	names := []struct {
		id   int
		text string
	}{{1, s.face.family}, {2, s.face.weight}, {4, s.face.family + " " + s.face.weight}, {6, s.name()}}
	out := words(0, len(names), 6+12*len(names))
	for _, n := range names {
		text := words16(n.text)
		out = append(out, words(3, 1, 0x409, n.id, len(text), len(texts))...)
		texts = append(texts, text...)
	}
	return append(out, texts...)
}

// name is the PostScript name of the face.
func (s *subset) name() string {
	return strings.ReplaceAll(s.face.family, " ", "") + "-" + s.face.weight
}

// tagged is the name of the subset in a PDF: six letters that differ between subsets, and the
// name of the face.
func (s *subset) tagged(file []byte) string {
	var tag [6]byte
	sum := crc32.ChecksumIEEE(file)
	for i := range tag {
		tag[i] = 'A' + byte(sum%26)
		sum /= 26
	}
	return string(tag[:]) + "+" + s.name()
}

// A face is a font that text is drawn in.
type face struct {
	*sfnt.Font
	family   string
	weight   string // Regular or Bold
	ttf      []byte
	fallback *face // has signs that this one lacks; nil: none
}

// table returns a table of the file.
func (f *face) table(tag string) []byte {
	for at := 12; at < 12+16*u16(f.ttf[4:]); at += 16 {
		if entry := f.ttf[at : at+16]; string(entry[:4]) == tag {
			from, n := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
			return f.ttf[from : from+n]
		}
	}
	panic("plots: " + f.family + " has no table " + tag)
}

// glyphData returns the outline of a glyph as it is in the file.
func (f *face) glyphData(g sfnt.GlyphIndex) []byte {
	loca := f.table("loca")
	place := func(i int) uint32 {
		if u16(f.table("head")[50:]) == 0 {
			return 2 * uint32(u16(loca[2*i:]))
		}
		return binary.BigEndian.Uint32(loca[4*i:])
	}
	return f.table("glyf")[place(int(g)):place(int(g)+1)]
}

// metrics returns the advance and the left side of a glyph as they are in the file, where the
// last advance holds for all that follow.
func (f *face) metrics(g sfnt.GlyphIndex) []byte {
	hmtx, n := f.table("hmtx"), u16(f.table("hhea")[34:])
	if int(g) < n {
		return hmtx[4*int(g) : 4*int(g)+4]
	}
	side := 4*n + 2*(int(g)-n)
	return slices.Concat(hmtx[4*n-4:4*n-2], hmtx[side:side+2])
}

// thousandths turns units of the face into thousandths of the text size, the unit of PDF.
func (f *face) thousandths(units int) float64 {
	return float64(units) * 1000 / float64(f.UnitsPerEm())
}

func u16(b []byte) int       { return int(binary.BigEndian.Uint16(b)) }
func put16(b []byte, v int)  { binary.BigEndian.PutUint16(b, uint16(v)) }
func padded(b []byte) []byte { return append(b, make([]byte, -len(b)&3)...) }

// words joins words of two bytes.
func words(vs ...int) (out []byte) {
	for _, v := range vs {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	return out
}

// words16 writes a text in UTF-16.
func words16(text string) []byte {
	var out bytes.Buffer
	for _, w := range utf16.Encode([]rune(text)) {
		out.Write(words(int(w)))
	}
	return out.Bytes()
}
