package neuron

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/internal/filetype"
)

// swcFile is an SWC file being read.
type swcFile struct {
	params   SWCParams
	samples  []sample
	children [][]int // [samples] indices, in the order of the samples
	findings
}

// note says what is done with n samples; of none it says nothing.
func (f *swcFile) note(n int, one, many string) {
	switch {
	case n == 1:
		f.notes = append(f.notes, "1 sample "+one)
	case n > 1:
		f.notes = append(f.notes, fmt.Sprintf("%d samples %s", n, many))
	}
}

// maxSWCLine bounds a line (bytes); a sample takes less than a hundred.
const maxSWCLine = 10_000

// parse reads the lines.
func (f *swcFile) parse(text []byte) {
	text = bytes.TrimPrefix(text, []byte(filetype.BOM))
	if is := otherFormat(text); is != "" {
		f.bad(0, "is %s, neither Neurolucida ASC nor SWC: lines of number, type, x, y, z, radius, parent", is)
		return
	}
	number, first, bad, longer := 0, "", 0, 0
	for len(text) > 0 {
		end := bytes.IndexAny(text, "\r\n")
		line := text
		switch {
		case end < 0:
			text = nil
		case text[end] == '\r' && end+1 < len(text) && text[end+1] == '\n':
			line, text = text[:end], text[end+2:]
		default:
			line, text = text[:end], text[end+1:]
		}
		number++
		if len(line) > maxSWCLine {
			f.bad(number, "is %d bytes long; a line has at most %d", len(line), maxSWCLine)
			continue
		}
		written, _, _ := strings.Cut(string(line), "#")
		fields := swcFields(strings.Trim(written, " \t\x1a\x00"))
		if len(fields) == 0 {
			continue
		}
		if first == "" {
			first = strings.TrimSpace(written)
			if isHeader(fields) {
				continue
			}
		}
		if len(fields) > 7 {
			longer++
		}
		if before := len(f.samples); len(fields) > 1 && fields[1] == strconv.Itoa(typeAxon) && f.params.Axon != KeepAxon {
			f.parseAxon(fields)
		} else if f.parseLine(number, fields); len(f.samples) == before {
			bad++
		}
	}
	if len(f.samples) == 0 && bad > 1 {
		f.problems, f.more = nil, 0
		f.bad(0, "is neither Neurolucida ASC nor SWC: no line has the seven numbers number, type, x, y, z, radius, parent; the first is %q", cut(first, 60))
	} else if len(f.samples) == 0 && len(f.problems) == 0 {
		f.bad(max(number, 1), "the file has no samples")
	}
	if longer > 0 {
		f.note(longer, "has more than seven columns; the others are not read", "have more than seven columns; the others are not read")
	}
}

// swcFields splits a line at blanks, commas and semicolons. Commas within numbers
// stay, for a message about them: seven fields stand apart without.
func swcFields(line string) []string {
	fields := strings.Fields(line)
	if len(fields) >= 7 && !strings.ContainsAny(strings.Join(fields[:2], " "), ",;") {
		return fields
	}
	return strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t,;", r) })
}

// isHeader tells whether the fields of the first line are words, such as
// n,type,x,y,z,radius,parent.
func isHeader(fields []string) bool {
	return len(fields) >= 7 && !slices.ContainsFunc(fields, func(s string) bool {
		_, err := strconv.ParseFloat(s, 64)
		return err == nil
	})
}

// parseAxon reads a sample that is left out: of it only the number counts, which
// tells what begins on it.
func (f *swcFile) parseAxon(fields []string) {
	if id, ok := wholeNumber(fields[0]); ok {
		f.samples = append(f.samples, sample{id: id, kind: typeAxon, parent: -1})
	}
}

// maxPlace bounds coordinates and radii (µm): a metre.
const maxPlace = 1e6

func (f *swcFile) parseLine(line int, fields []string) {
	if len(fields) < 7 {
		f.bad(line, "has %s; a sample has seven: number, type, x, y, z, radius, parent", counted(len(fields), "field", "fields"))
		return
	}
	s := sample{line: line, parent: -1}
	fine := true // so far
	whole := func(what, text string, least int) int {
		n, ok := wholeNumber(text)
		if !ok || n < least {
			fine = false
			f.bad(line, "%s %q must be a whole number of at least %d", what, cut(text, 40), least)
		}
		return n
	}
	float := func(what, text string) float64 {
		x, err := strconv.ParseFloat(text, 64)
		switch {
		case err != nil && strings.Contains(text, ","):
			fine = false
			f.bad(line, "%s %q has a decimal comma; write a point", what, cut(text, 40))
		case err != nil || math.IsInf(x, 0) || math.IsNaN(x):
			fine = false
			f.bad(line, "%s %q must be a finite number", what, cut(text, 40))
		case math.Abs(x) > maxPlace:
			fine = false
			f.bad(line, "%s %q must be at most %g µm", what, cut(text, 40), maxPlace)
		}
		return x
	}
	s.id = whole("sample", fields[0], 0)
	s.kind = whole("type", fields[1], 0)
	for i, axis := range []string{"x", "y", "z"} {
		s.x[i] = float(axis, fields[2+i])
	}
	s.radius = float("radius", fields[5])
	s.up = whole("parent", fields[6], math.MinInt)
	if fine {
		f.samples = append(f.samples, s)
	}
}

// wholeNumber reads a whole number, also as a program that knows only real
// numbers writes it: 12.0 or 1.2e1.
func wholeNumber(text string) (int, bool) {
	if n, err := strconv.Atoi(text); err == nil {
		return n, true
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || x != math.Trunc(x) || math.Abs(x) > 1<<53 {
		return 0, false
	}
	return int(x), true
}
