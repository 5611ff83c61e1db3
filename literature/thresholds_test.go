package literature

import (
	"errors"
	"math"
	"strings"
	"testing"

	"neurosim/grammar"
)

// The shipped table is sound, and says what docs/thresholds.md says of it: the
// cited and the reviewed range, and no measurement of an NMDA-spike threshold in
// synapses or spines.
func TestShippedThresholds(t *testing.T) {
	rows, err := Load(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]Threshold{}
	for _, r := range rows {
		at[r.ID] = r
		if r.Kind == "measurement" && r.Event == "nmda_spike" && r.Counts() {
			t.Errorf("%s is a measurement in %s; docs/thresholds.md says that there is none", r.ID, r.Unit)
		}
		if r.DOI == "" && r.Kind != "prediction" || r.Evidence == "" || r.Method == "" {
			t.Errorf("%s lacks a DOI, its evidence or its method", r.ID)
		}
		if !strings.HasPrefix(r.File, "literature/data/") || r.Line == 0 {
			t.Errorf("%s stands in %s:%d", r.ID, r.File, r.Line)
		}
	}
	for _, c := range []struct {
		id, kind, unit, grade string
		lo, hi                float64
	}{
		{"T05", "cited", "synapses", "B", 8, 20},
		{"T03", "review", "synapses", "B", 10, 50},
		{"T20", "model", "synapses", "A", 10, 30},
		{"T11", "model", "nS", "A", 6, 8},
		{"T06", "prediction", "synapses", "A", 9, 20},
		{"T08", "measurement", "spines", "A", 20, 20},
		{"T10a", "measurement", "mV", "A", -49, -47},
	} {
		r := at[c.id]
		if lo, hi, ok := r.Range(); !ok || lo != c.lo || hi != c.hi || r.Kind != c.kind || r.Unit != c.unit || r.Grade != c.grade {
			t.Errorf("%s is %+v, want %+v", c.id, r, c)
		}
	}
}

func TestThresholdsOfAUser(t *testing.T) {
	const head = "id,kind,event,reference,doi,low,typical,high,unit,grade\n"
	load := func(text string) ([]Threshold, error) {
		return Load([]string{"mine.csv"}, func(string) ([]byte, error) { return []byte(text), nil })
	}
	shipped, _ := Load(nil, nil)
	rows, err := load("\ufeff# ours\nid, kind ,reference,unit,grade,low,high\nU1,measurement,\"Me, here\",spines,C, 12 ,18\n")
	if err != nil || len(rows) != len(shipped)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if u := rows[len(shipped)]; u.ID != "U1" || u.Event != "nmda_spike" || u.Reference != "Me, here" || u.Low != 12 || !math.IsNaN(u.Typical) || u.High != 18 || u.Line != 3 {
		t.Errorf("%+v", u)
	}
	for _, text := range []string{ // as spreadsheets write it
		"id;kind;reference;unit;grade;low;high\r\nU1;measurement;\"Me; here\";nS;C;1,5;2\r\n",
		"id\tkind\treference\tunit\tgrade\tlow\thigh\tdoi\nU1\tmeasurement\tMe\tnS\tC\t1.5\t2\t\n",
	} {
		if rows, err := load(text); err != nil || rows[len(shipped)].Low != 1.5 || rows[len(shipped)].Unit != "nS" {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"PK\x03\x04", "mine.csv: is a ZIP archive or a spreadsheet (xlsx, ods); export it as text"},
		{"", "mine.csv:1: has no header; columns are id, kind"},
		{"id,kind,reference,unit\n", `mine.csv:1: has no column "grade"`},
		{"id,kind,reference,unit,grad\n", "mine.csv:1: unknown column \"grad\"; did you mean \"grade\"?\nmine.csv:1: has no column \"grade\""},
		{"id,id,kind,reference,unit,grade\n", `mine.csv:1: column "id" is there twice`},
		{head + "U1,measured,,X 1999,,8,,,synapses,A\n", `mine.csv:2: kind = "measured": must be of measurement, review, cited, model, prediction`},
		{head + "U1,modell,,X 1999,,8,,,synapses,A\n", `did you mean "model"?`},
		{head + ",measurement,spike,,,8,,,synapse,D\n",
			"mine.csv:2: id: must be given\nmine.csv:2: reference: must be given: authors and year\n" +
				"mine.csv:2: event = \"spike\": must be of nmda_spike, plateau, na_spike, somatic_spike\n" +
				"mine.csv:2: unit = \"synapse\": must be of synapses, spines, nS, mV, uA, activations, percent, none; did you mean \"synapses\"?\n" +
				"mine.csv:2: grade = \"D\": must be of A, B, C, derived"},
		{head + "U1,model,,X 1999,https://doi.org/10.1/x,8,,,synapses,A\n", `mine.csv:2: doi = "https://doi.org/10.1/x": must be a DOI`},
		{head + "T05,model,,X 1999,,8,,,synapses,A\n", `mine.csv:2: id = "T05": is also in literature/data/nmda_thresholds.csv:16`},
		{head + "U1,model,,X 1999,,8,,,synapses,A\nU1,model,,X 1999,,8,,,synapses,A\n", `mine.csv:3: id = "U1": is also in mine.csv:2`},
		{head + "U1,model,,X 1999,,eight,,1e999,synapses,A\n", "mine.csv:2: low = \"eight\": must be a number, or empty where none is stated\nmine.csv:2: high = \"1e999\": must be a number"},
		{head + "U1,model,,X 1999,,0,,12,synapses,A\n", `mine.csv:2: low = "0": must be positive, a number of synapses`},
		{head + "U1,model,,X 1999,,20,,12,synapses,A\n", `mine.csv:2: low = "20": must not exceed high (12)`},
		{head + "U1,model,,X 1999,,8,7,12,synapses,A\n", `mine.csv:2: low = "8": must not exceed typical (7)`},
		{head + "U1,model,,X 1999,,8,13,12,synapses,A\n", `mine.csv:2: typical = "13": must not exceed high (12)`},
		{head + "U1,model,,X 1999,,,,,synapses,A\n", `mine.csv:2: unit = "synapses": needs a number`},
		{head + "U1,model,,X 1999,,8,,,none,A\n", `mine.csv:2: unit = "none": must name a unit`},
		{head + "U1,model\nU2,model,,X 1999,,8,,,synapses,E\n", "mine.csv:2: wrong number of fields\nmine.csv:3: grade = \"E\""},
		{head + strings.Repeat(",,,,,,,,,\n", 30), "only the first 20 problems are listed"},
	} {
		rows, err := load(c.text)
		var problems grammar.Problems
		if !errors.As(err, &problems) || rows != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q says\n%v\nwant\n%s", c.text, err, c.want)
		}
	}
	if _, err := Load([]string{"no-such.csv", "nor-this.csv"}, nil); err == nil || err.Error() != "no-such.csv: no such file\nnor-this.csv: no such file" {
		t.Errorf("missing files: %v", err)
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		from, to, lo, hi float64
		want             string
	}{
		{8, 20, 11, 13, inside}, {8, 20, 8, 20, inside}, {8, 20, 6, 22, inside}, {12, 12, 11, 13, inside},
		{10, math.Inf(1), 11, 13, inside}, {8, 20, 18, 22, partly}, {20, math.Inf(1), 18, 22, partly}, {8, 20, 6, 8, partly},
		{20, math.Inf(1), 11, 13, outside}, {14, 20, 11, 13, outside}, {8, 20, 21, 21, outside}, {20, 20, 11, 13, outside},
	} {
		if got := verdict(c.from, c.to, c.lo, c.hi); got != c.want {
			t.Errorf("%v to %v against %v to %v: %s, want %s", c.from, c.to, c.lo, c.hi, got, c.want)
		}
	}
}
