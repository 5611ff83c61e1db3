// Package figure is the numbers of a picture with their units: what studies make, results
// saves and plots draws. It draws nothing and knows no files.
package figure

import "regexp"

// A Figure is the numbers of one picture, with units and without drawing: what
// results saves as a table and plots draws. It is complete: a saved Figure is
// drawn again without simulating. In all its text ^{..} raises and _{..}
// lowers, as in "V_{m}" and "10^{-3}".
type Figure struct {
	Name      string  `json:"name"`                   // file stem, e.g. "raster"
	Title     string  `json:"title,omitempty"`        // drawn above the panels; empty in a paper
	Width     float64 `json:"width_mm"`               // total width (mm): 89 is one journal column, 183 two
	Height    float64 `json:"height_mm"`              // height (mm) of all but the note
	FontSize  float64 `json:"font_size_pt,omitempty"` // size of text (points); 0: 7
	Cols      int     `json:"cols,omitempty"`         // panels per row; 0 or 1: one column of panels
	ShareX    bool    `json:"share_x,omitempty"`
	Panels    []Panel `json:"panels"`               // row by row
	NoLetters bool    `json:"no_letters,omitempty"` // the panels have no letters
	Note      string  `json:"note,omitempty"`       // below the panels: what markers, bars, arrows and lines are, and their n
}

// Letter returns the letter of panel i: a, b … z, aa, ab …
func Letter(i int) string {
	s := string(rune('a' + i%26))
	if i >= 26 {
		s = Letter(i/26-1) + s
	}
	return s
}

// Tables returns the names of the tables that hold the points of the panels: that of the
// figure, with the letter of the panel where there are several, as in raster_a.
func (f *Figure) Tables() (names []string) {
	for i := range f.Panels {
		name := f.Name
		if len(f.Panels) > 1 {
			name += "_" + Letter(i)
		}
		names = append(names, name)
	}
	return names
}

// shifted is raised or lowered text.
var shifted = regexp.MustCompile(`[_^]\{([^}]*)\}`)

// Plain returns text without the marks that raise and lower parts of it: V_{m} is V_m, and
// 10^{-3} is 10^-3.
func Plain(text string) string {
	return shifted.ReplaceAllStringFunc(text, func(s string) string { return s[:1] + s[2:len(s)-1] })
}

// A Panel is one pair of axes and what is drawn in it, back to front: Bands,
// Spans, the other Series in order, Rules.
type Panel struct {
	Title    string   `json:"title,omitempty"`
	Weight   float64  `json:"weight,omitempty"` // share of the height among the rows; 0 means 1
	X        Axis     `json:"x"`
	Y        Axis     `json:"y"`
	Bands    []Band   `json:"bands,omitempty"`
	Series   []Series `json:"series"`
	Rules    []Rule   `json:"rules,omitempty"`
	Legend   bool     `json:"legend,omitempty"`    // list the named series and bands beside the axes; equal names share an entry
	LegendAt Place    `json:"legend_at,omitempty"` // where the legend stands
	Scale    *Classes `json:"scale,omitempty"`     // what the classes of series of role Scale are: drawn as a colour bar

	Colours  *Colours `json:"colours,omitempty"`   // what the colours of series with Z are
	Parts    []Part   `json:"parts,omitempty"`     // named ranges of y, beside the data
	Equal    bool     `json:"equal,omitempty"`     // a unit is as long along y as along x
	ScaleBar float64  `json:"scale_bar,omitempty"` // length of a bar in the units of x and y, which are Equal, drawn below the data; 0: none
}

// A Place is where the legend of a panel stands.
type Place string

const (
	AnyPlace    Place = "" // off the data, where it costs least room
	Above       Place = "above"
	Right       Place = "right"
	TopLeft     Place = "top left" // on the data, as the other corners
	TopRight    Place = "top right"
	BottomLeft  Place = "bottom left"
	BottomRight Place = "bottom right"
	NoPlace     Place = "none" // there is none
)

// Places are all places of a legend.
var Places = []Place{AnyPlace, Above, Right, TopLeft, TopRight, BottomLeft, BottomRight, NoPlace}

// Colours are the colours of a quantity, without steps from Low to High.
type Colours struct {
	Label string  `json:"label"`
	Unit  string  `json:"unit,omitempty"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	NoBar bool    `json:"no_bar,omitempty"` // the colour bar of another panel says it
}

// A Part is a named range of y, such as a section of a cell.
type Part struct {
	Label string  `json:"label"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
}

// Classes are the classes of a quantity: class k holds Low + k·Step to Low +
// (k+1)·Step, for k below Count.
type Classes struct {
	Label string  `json:"label"`
	Unit  string  `json:"unit,omitempty"`
	Low   float64 `json:"low"`
	Step  float64 `json:"step"`
	Count int     `json:"count"`
	Open  bool    `json:"open,omitempty"` // the last class has no upper end
}

// An Axis says what its numbers are. Min == Max means: from the data.
type Axis struct {
	Label string  `json:"label"`          // "time", "false-positive rate"
	Unit  string  `json:"unit,omitempty"` // "ms"; drawn in parentheses after the label
	Log   bool    `json:"log,omitempty"`  // decades; no point at or below 0 is drawn, but where its Hi is above 0 an upper limit is
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Ticks []Tick  `json:"ticks,omitempty"` // replaces the computed ticks, e.g. names of populations

	Whole  bool `json:"whole,omitempty"`  // computed ticks are whole numbers
	Hidden bool `json:"hidden,omitempty"` // neither line nor ticks: what lies along it is no quantity
}

// A Tick is a labelled position on an axis; an empty label is a minor tick.
type Tick struct {
	At    float64 `json:"at"`
	Label string  `json:"label"`
}

// Mark says how a series is drawn.
type Mark string

const (
	Line   Mark = "line"   // through the points in order; a NaN breaks it
	Dashed Mark = "dashed" // the same, dashed
	Steps  Mark = "steps"  // constant from each X to the next
	Points Mark = "points" // markers, with an interval Lo..Hi where given
	Rings  Mark = "rings"  // the same, filled white and wider, for values on which others lie: draw them first
	Bars   Mark = "bars"   // histogram: from each X to the next, height Y; the last as wide as the one before
	Ribbon Mark = "ribbon" // area between Lo and Hi; Y is not needed
	Raster Mark = "raster" // one short vertical tick per (X, Y), Y a row number
	Spans  Mark = "spans"  // horizontal bar from X to X2 in row Y

	Image    Mark = "image"    // rectangles from X to X2 and from Lo to Hi in the colour of Z; Y is what a row stands for
	Pointers Mark = "pointers" // narrow triangles with their tip at the point: electrodes, which must not hide where they are
	Strokes  Mark = "strokes"  // straight pieces from (X, Y) to (X2, Y2), as wide as Width, in the colour of Z; grey where Z is NaN
)

// Role says what a series stands for; plots gives each role one colour in
// every figure.
type Role string

const (
	Theory      Role = "theory"
	Simulation  Role = "simulation"
	Measurement Role = "measurement"
	Excitatory  Role = "excitatory"
	Inhibitory  Role = "inhibitory"
	Input       Role = "input"
	Dendritic   Role = "dendritic" // NMDA spikes and plateaus
	Predicted   Role = "predicted"
	Background  Role = "background"
	Scale       Role = "scale" // a class of a quantity; Index counts the classes of Panel.Scale upwards
)

// A Series is one set of points with one look. X, Y and those of the other
// slices that are given have equal length. A NaN in Y is a missing point.
type Series struct {
	Name   string    `json:"name"`
	Mark   Mark      `json:"mark"`
	Role   Role      `json:"role,omitempty"`
	Index  int       `json:"index,omitempty"`  // colour and marker among series of one role: 0, 1, 2 ...
	Colour string    `json:"colour,omitempty"` // "#1B9E77" in place of that of role and index
	X      []float64 `json:"-"`
	Y      []float64 `json:"-"`
	Lo     []float64 `json:"-"` // lower end of the interval of Y
	Hi     []float64 `json:"-"` // upper end of the interval of Y
	X2     []float64 `json:"-"` // right end of Spans and Image, end of Strokes
	Y2     []float64 `json:"-"` // end of Strokes
	Z      []float64 `json:"-"` // value that is shown as a colour, see Panel.Colours
	Width  []float64 `json:"-"` // of Strokes, in the units of x; none: that of a line
}

// Add appends a point.
func (s *Series) Add(x, y float64) { s.X, s.Y = append(s.X, x), append(s.Y, y) }

// AddInterval appends a point with its interval.
func (s *Series) AddInterval(x, y, lo, hi float64) {
	s.Add(x, y)
	s.Lo, s.Hi = append(s.Lo, lo), append(s.Hi, hi)
}

// A Band shades a range of one axis: a stimulus in time, a measured range.
type Band struct {
	Name string  `json:"name,omitempty"`
	Axis string  `json:"axis"` // "x" or "y"
	Lo   float64 `json:"lo"`
	Hi   float64 `json:"hi"`
	Role Role    `json:"role,omitempty"`
}

// A Rule is a line across the panel at one value of one axis, e.g. theta.
type Rule struct {
	Label string  `json:"label,omitempty"` // drawn at the line's end, inside the axes
	Axis  string  `json:"axis"`            // "x": vertical line at x = At; "y": horizontal
	At    float64 `json:"at"`
}
