package study

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"neurosim/figure"
)

// Caption returns the text that belongs below a figure in a paper: what each panel shows, what
// the marks are, and the parameters in a line of its own.
func Caption(fig *figure.Figure, title, parameters string) string {
	var b strings.Builder
	if fig.Title != "" {
		title = fig.Title
	}
	if title != "" {
		fmt.Fprintf(&b, "%s.", strings.TrimSuffix(title, "."))
	}
	for i := range fig.Panels {
		p := &fig.Panels[i]
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if len(fig.Panels) > 1 {
			fmt.Fprintf(&b, "(%s) ", figure.Letter(i))
		}
		if p.Title != "" {
			fmt.Fprintf(&b, "%s: ", p.Title)
		}
		b.WriteString(shows(p))
		if names := legend(p); names != "" {
			fmt.Fprintf(&b, ": %s", names)
		}
		b.WriteByte('.')
	}
	if fig.Note != "" {
		b.WriteString(" " + fig.Note)
	}
	if parameters != "" {
		b.WriteString("\n\n" + parameters)
	}
	return figure.Plain(b.String()) + "\n"
}

// lower begins a label with a small letter, unless it is a symbol, such as V or K*.
func lower(label string) string {
	first, size := utf8.DecodeRuneInString(label)
	second, _ := utf8.DecodeRuneInString(label[size:])
	if !unicode.IsLower(second) {
		return label
	}
	return string(unicode.ToLower(first)) + label[size:]
}

// upper begins a label with a capital.
func upper(label string) string {
	first, size := utf8.DecodeRuneInString(label)
	return string(unicode.ToUpper(first)) + label[size:]
}

// shows says what is drawn against what.
func shows(p *figure.Panel) string {
	name := func(a *figure.Axis) string {
		switch {
		case a.Hidden || a.Label == "":
			return ""
		case a.Unit != "":
			return fmt.Sprintf("%s (%s)", a.Label, a.Unit)
		}
		return a.Label
	}
	x, y := name(&p.X), name(&p.Y)
	if p.Colours != nil {
		z := p.Colours.Label
		if p.Colours.Unit != "" {
			z += " (" + p.Colours.Unit + ")"
		}
		over := ""
		switch {
		case x != "" && y != "":
			over = " over " + lower(x) + " and " + lower(y)
		case x != "" || y != "":
			over = " over " + lower(x+y)
		}
		return z + " in colour" + over
	}
	switch {
	case x != "" && y != "":
		return upper(y) + " against " + lower(x)
	case x != "" || y != "":
		return x + y
	}
	return "as drawn"
}

// legend lists what the legend names.
func legend(p *figure.Panel) string {
	var names []string
	for _, s := range p.Series {
		if s.Name != "" && !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	for _, b := range p.Bands {
		if b.Name != "" && !slices.Contains(names, b.Name) {
			names = append(names, b.Name)
		}
	}
	return strings.Join(names, "; ")
}
