package grammar_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"neurosim/grammar"
)

// A lamp is a study that no other package knows.
type lamp struct {
	*grammar.Configuration
	Run     lampRun
	Bulbs   []bulb
	Figures []*grammar.Figure
}

type lampRun struct {
	Seed uint64  `toml:"seed" doc:"seed of every random number"`
	Time float64 `toml:"time" must:"yes" unit:"ms" grid:"dt" doc:"how long it shines"`
}

type bulb struct {
	Name    string  `toml:"-"`
	Voltage float64 `toml:"voltage" unit:"mV" doc:"voltage of the bulb"`
	Colour  string  `toml:"colour" of:"red green" must:"for voltages above 5 mV" doc:"red or green"`
}

func lampFigures() []grammar.FigureKind {
	return []grammar.FigureKind{{Name: "glow", Text: "Light against time."}}
}

func readLamp(d *grammar.Decoder) *lamp {
	d.Expect(grammar.Expectation{Study: "a lamp", Tables: []string{"light"}})
	l := &lamp{Configuration: d.Configuration(), Run: lampRun{Seed: 1}}
	d.Into("", d.Root(), &struct{}{}, "run", "bulbs", "sweep", "figures", "output")
	d.SetStep(0.5)
	d.Into("run", d.Table("run", d.Root(), "run"), &l.Run)
	l.Seed = l.Run.Seed
	for name, tree := range d.Tables("bulbs", d.Table("bulbs", d.Root(), "bulbs")) {
		at := grammar.Join("bulbs", name)
		b := bulb{Name: name, Voltage: 3}
		d.Into(at, tree, &b)
		if b.Voltage > 5 {
			d.Require(at + ".colour")
		}
		l.Bulbs = append(l.Bulbs, b)
	}
	d.Sweep()
	for _, f := range d.Figures(lampFigures()) {
		d.IntoFigure(f)
		d.CheckFigure(f)
		l.Figures = append(l.Figures, f)
	}
	d.Output()
	d.CheckGrid(d.Step())
	return l
}

func loadLamp(text string, set ...grammar.Override) (*lamp, error) {
	return grammar.Load("lamp.toml", grammar.Library{}, grammar.Options{Set: set, Read: func(name string) ([]byte, error) {
		if name != "lamp.toml" {
			return nil, os.ErrNotExist
		}
		return []byte(text), nil
	}}, readLamp)
}

const lampText = `
[run]
time = "2 s"
[bulbs."left one"]
voltage = "4 mV"
[sweep.axes]
'bulbs."left one".voltage' = ["1 mV", "9 mV"]
[figures.g]
kind = "glow"
`

// A study that the package has never seen is read, swept, resolved and described by its
// structs alone.
func TestStudyThatIsNotKnown(t *testing.T) {
	red := grammar.Override{Key: `bulbs."left one".colour`, Value: "red"}
	l, err := loadLamp(lampText, red)
	if err != nil {
		t.Fatal(err)
	}
	if l.Run.Time != 2000 || len(l.Bulbs) != 1 || l.Bulbs[0].Voltage != 4 || l.Bulbs[0].Colour != "red" {
		t.Errorf("%+v", l)
	}
	for i, want := range []float64{1, 9} {
		p, err := grammar.At(l.Configuration, l.Points()[i], readLamp)
		if err != nil || p.Bulbs[0].Voltage != want || p.Seed != l.Points()[i].Seed {
			t.Errorf("point %d: %v, %+v", i, err, p)
		}
	}
	again, err := loadLamp(l.Resolved())
	if err != nil || again.Resolved() != l.Resolved() || !strings.Contains(l.Resolved(), "[bulbs.\"left one\"]\nvoltage = \"4 mV\"\ncolour  = \"red\"\n") {
		t.Errorf("%v\n%s", err, l.Resolved())
	}
	differ, err := grammar.Differences(l.Resolved(), strings.Replace(l.Resolved(), "4 mV", "5 mV", 1))
	if want := `[{bulbs."left one".voltage "4 mV" "5 mV"}]`; err != nil || fmt.Sprint(differ) != want {
		t.Errorf("%v, %v", differ, err)
	}
	reference := grammar.Reference(append([]grammar.Table{{Title: "[bulbs.NAME]", Default: &bulb{Voltage: 3}}}, grammar.KindTables("a lamp", lampFigures()[:1])...))
	const want = "\n## `[bulbs.NAME]`\n\n| key | value | default | meaning |\n|---|---|---|---|\n" +
		"| `voltage` | voltage (mV) | `\"3 mV\"` | voltage of the bulb |\n" +
		"| `colour` | string | must be given for voltages above 5 mV | red or green |\n" +
		"\n## `[figures.NAME] of a lamp, kind = \"glow\"`\n\nLight against time.\n"
	if reference != want {
		t.Errorf("%q\nwant\n%q", reference, want)
	}
}

// All that is wrong with it is reported at once, each with its place.
func TestMessagesOfAStudyThatIsNotKnown(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{lampText, `lamp.toml:4: bulbs."left one".colour: must be given (at the point of the sweep where bulbs."left one".voltage = "9 mV")`},
		{"", "lamp.toml: run.time: must be given"},
		{"[run]\ntime = \"0.7 ms\"\n[bulb.a]\n[bulbs.b]\nvoltage = 3\ncolour = \"ret\"\n",
			"lamp.toml:2: run.time = \"0.7 ms\": must be a whole number of steps of dt = 0.5 ms: 0.5 or 1 ms\n" +
				"lamp.toml:3: bulb: unknown key; did you mean \"bulbs\"?\n" +
				"lamp.toml:5: bulbs.b.voltage = 3: needs a unit of voltage, like \"3 mV\"\n" +
				"lamp.toml:6: bulbs.b.colour = \"ret\": must be \"red\" or \"green\"; did you mean \"red\"?"},
		{"[run]\ntime = \"1 ms\"\n[figures.light]\nkind = \"glow\"\n[figures.s]\nkind = \"sweep\"\nmetrics = [\"x\"]\ntilte = \"y\"\n",
			"lamp.toml:3: figures.light: must have another name: tables/light.csv is a table of the study\n" +
				"lamp.toml:6: figures.s.kind = \"sweep\": needs [sweep.axes] with one or two keys: the first is drawn along x, the second gives the curves\n" +
				"lamp.toml:8: figures.s.tilte: unknown key; did you mean \"title\"?"},
	} {
		if _, err := loadLamp(c.text); err == nil || err.Error() != c.want {
			t.Errorf("%q says\n%v\nwant\n%s", c.text, err, c.want)
		}
	}
}

// A table on the command line keeps the order in which it is written: the axes of a
// sweep came in the order of their letters, and the wrong one was drawn along x.
func TestTablesOfTheCommandLineKeepTheirOrder(t *testing.T) {
	l, err := loadLamp(lampText, grammar.Override{Key: `bulbs."left one".colour`, Value: "red"},
		grammar.Override{Key: "sweep.axes", Value: `{"run.time" = ["2 s", "3 s"], 'bulbs."left one".voltage' = ["1 mV", "2 mV"]}`})
	if err != nil {
		t.Fatal(err)
	}
	if a := l.Sweep.Axes; len(a) != 2 || a[0].Key != "run.time" {
		t.Errorf("axes %+v", a)
	}
}
