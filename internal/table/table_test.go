package table

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

// read returns a table as text, rows in lines and fields in brackets, with errors.
func read(text string, o Options) string {
	r, line, err := New([]byte(text), o)
	return written(r, line, err)
}

// readParts is read of a table that comes in small parts.
func readParts(text string, o Options) string {
	r, line, err := NewReader(iotest.HalfReader(strings.NewReader(text)), o)
	return written(r, line, err)
}

func written(r *Reader, line int, err error) string {
	if err != nil {
		return fmt.Sprintf("%d: %v", line, err)
	}
	var out strings.Builder
	out.WriteString(strings.Join(r.Header, "|"))
	for {
		ok, err := r.Next()
		if !ok {
			return out.String()
		}
		if err != nil {
			fmt.Fprintf(&out, "\n%d: %v", r.Line(), err)
			continue
		}
		out.WriteString("\n")
		for i := range r.Header {
			fmt.Fprintf(&out, "[%s]", r.Field(i))
		}
	}
}

func TestForms(t *testing.T) {
	const want = "a|b\n[1][2]\n[3][]"
	for name, c := range map[string]struct {
		text, want string
		o          Options
	}{
		"commas":           {text: "a,b\n1,2\n3,\n"},
		"blanks around":    {text: " a , b\n 1 ,2 \n3 ,\n"},
		"semicolons":       {text: "a;b\n1;2\n3;\n"},
		"tabs":             {text: "a\tb\n1\t2\n3\t\n"},
		"CR LF":            {text: "a,b\r\n1,2\r\n3,\r\n"},
		"both":             {text: "a,b\r1,2\n3,\r\n"},
		"CR":               {text: "a,b\r1,2\r3,\r"},
		"no end":           {text: "a,b\n1,2\n3,"},
		"byte order mark":  {text: "\ufeffa,b\n1,2\n3,\n"},
		"comments, blanks": {text: "# c\n\na,b\n1,2\n  # d\n3,\n\n"},
		"quotes":           {text: "\"a\",\"b\"\n\"1\",\"2\"\n3,\"\"\n"},
		"quoted commas":    {text: "a;b\n\"x;y\";\"say \"\"no\"\"\"\n", want: "a|b\n[x;y][say \"no\"]"},
		"runs of blanks":   {text: "  a    b\n 1  2 \n3\t4\n5\n", want: "a|b\n[1][2]\n[3][4]\n4: has 1 field; the header has 2"},
		"no header":        {text: "1 2\n3 4\n", o: Options{NoHeader: true}, want: "1|2\n[1][2]\n[3][4]"},
		"said":             {text: "a;b,c\n1;2,3\n", o: Options{Separator: "comma"}, want: "a;b|c\n[1;2][3]"},
		"bad rows":         {text: "a,b\n1\n1,2,3\n\"1,2\n5,6\n", want: "a|b\n2: has 1 field; the header has 2\n3: has 3 fields; the header has 2\n4: has a quote that is not closed\n[5][6]"},
		"empty":            {text: "", want: "1: has no header"},
		"only comments":    {text: "# a\n", want: "1: has no header"},
		"long line":        {text: "a,b\n" + strings.Repeat("1", 2<<20) + ",2\n1,2\n", want: "a|b\n2: is 2097154 bytes long; a line has at most 1048576\n[1][2]"},
		"other format":     {text: "\x89HDF\r\n", want: "0: is an HDF5 file (SONATA, NWB, MorphIO .h5); export it as text"},
	} {
		if c.want == "" {
			c.want = want
		}
		if got := read(c.text, c.o); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
		if got := readParts(c.text, c.o); got != c.want {
			t.Errorf("%s, in parts:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// A table that is larger than what is in memory of it reads as a whole one does: its lines end
// at every place of a window, also between CR and LF.
func TestTablesLargerThanAWindow(t *testing.T) {
	for _, end := range []string{"\n", "\r\n", "\r"} {
		var b strings.Builder
		b.WriteString("a,b" + end)
		for i := 0; b.Len() < 8*window; i++ {
			fmt.Fprintf(&b, "%d,\"x%d\"%s", i, i%1000, end)
			if i%5000 == 0 {
				b.WriteString("# " + strings.Repeat("-", i%977) + end + end)
			}
		}
		if whole, parts := read(b.String(), Options{}), readParts(b.String(), Options{}); whole != parts {
			t.Errorf("lines that end in %q: the table in parts is another one", end)
		}
	}
}

// An error of the source ends the table, at its row.
func TestErrorOfTheSource(t *testing.T) {
	src := io.MultiReader(strings.NewReader("a,b\n1,2\n"), iotest.ErrReader(io.ErrNoProgress))
	r, _, err := NewReader(io.MultiReader(strings.NewReader("a,b\n"+strings.Repeat("1,2\n", window)), src), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		ok, err := r.Next()
		if !ok {
			t.Fatal("the table ends without the error")
		}
		if errors.Is(err, io.ErrNoProgress) {
			break
		}
	}
	if ok, err := r.Next(); ok || err != nil {
		t.Errorf("%v, %v after the error", ok, err)
	}
	if _, _, err := NewReader(iotest.ErrReader(io.ErrNoProgress), Options{}); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
}

// Numbers read as strconv reads them, whichever way they take.
func TestNumber(t *testing.T) {
	texts := []string{"0", "-0", "1", "-12.5", "0.1", "123456789012345", "0.000000000000001", "1e3", "1E-3", "+5", ".5", "5.", "9007199254740993", "-0.30000000000000004", "NaN"}
	for range 2000 {
		texts = append(texts, strconv.FormatFloat(rand.NormFloat64()*math.Pow10(rand.IntN(12)), 'f', rand.IntN(8), 64))
	}
	for _, text := range texts {
		want, _ := strconv.ParseFloat(text, 64)
		if got, ok := Number([]byte(text), false); !ok || math.Float64bits(got) != math.Float64bits(want) && want == want {
			t.Errorf("%s: %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-", ".", "-.", "1,5", "0x1p3", "1_000", "1.2.3", "one"} {
		if x, ok := Number([]byte(text), false); ok {
			t.Errorf("%q is %v", text, x)
		}
	}
	if x, ok := Number([]byte("1,5"), true); !ok || x != 1.5 {
		t.Error(x, ok)
	}
	if _, ok := Number([]byte("1.000,5"), true); ok {
		t.Error("1.000,5 is a number")
	}
}

// A row costs no memory.
func TestRowsDoNotAllocate(t *testing.T) {
	text := []byte("time_ms,cell\n" + strings.Repeat("123.456,78\n", 1000))
	r, _, err := New(text, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(500, func() {
		r.Next()
		Number(r.Field(0), false)
	}); n > 0 {
		t.Errorf("%g allocations a row", n)
	}
}
