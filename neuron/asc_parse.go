package neuron

import (
	"math"
	"strings"
)

// parse reads the lists of the file. It stops at the first mistake in their nesting;
// mistakes in numbers are gathered.
func (f *ascFile) parse() {
	lists := 0
	for {
		switch t := f.lex.next(); t.kind {
		case ascEnd:
			switch {
			case lists == 0:
				f.bad(t.line, "the file has no lists")
			case len(f.problems) == 0 && len(f.somas) == 0:
				f.bad(0, "has no outline of a soma, a list named \"CellBody\"")
			}
			return
		case ascOpen:
			lists++
			if !f.object(t.line) {
				return
			}
		case ascClose:
			f.bad(t.line, "a parenthesis is closed that was not opened")
			return
		case ascComma:
		default:
			f.unexpected(t, "outside of all lists")
			return
		}
	}
}

// unexpected reports a word that cannot stand where it does. It returns false, which
// says that the rest of the file cannot be read.
func (f *ascFile) unexpected(t ascToken, where string) bool {
	switch t.kind {
	case ascEnd:
		f.bad(t.line, "the file ends %s", where)
	case ascBad:
		f.bad(t.line, "the quote at %s is not closed on its line", t)
	default:
		f.bad(t.line, "%s cannot stand %s", t, where)
	}
	return false
}

// object reads a list of the file whose parenthesis, on a line, has been read.
func (f *ascFile) object(line int) bool {
	switch t := f.lex.peek(); t.kind {
	case ascText:
		f.lex.next()
		return f.outline(line, isSoma(t.text))
	case ascWord:
		if strings.EqualFold(t.text, "set") {
			return f.set(line)
		}
		return f.property(line)
	case ascOpen:
		return f.tree(line)
	default:
		return f.unexpected(f.lex.next(), "at the beginning of a list of the file")
	}
}

// isSoma tells whether the name of an outline, or a word in it, says that it is the soma.
func isSoma(name string) bool {
	return strings.EqualFold(name, "CellBody") || strings.EqualFold(name, "Cell Body") || strings.EqualFold(name, "Soma")
}

// skip reads a list, whose parenthesis has been read, to its end.
func (f *ascFile) skip(line int) bool {
	for depth := 1; depth > 0; {
		switch t := f.lex.next(); t.kind {
		case ascOpen:
			depth++
		case ascClose:
			depth--
		case ascBar:
			f.bad(t.line, "\"|\" parts branches; the list of line %d is none", line)
			return false
		case ascEnd:
			f.bad(line, "the list that begins here is not closed")
			return false
		case ascBad:
			return f.unexpected(t, "")
		}
	}
	return true
}

// property reads a list that begins with a word: a property, or, where lists follow the
// word, markers, which are counted.
func (f *ascFile) property(line int) bool {
	name := f.lex.next()
	if f.lex.peek().kind == ascOpen && !strings.EqualFold(name.text, "thumbnail") {
		f.left.markers++
	}
	return f.skip(line)
}

// propertyOfPoints is property among the points of a tree or an outline. A word with three
// numbers or more is meant as a point.
func (f *ascFile) propertyOfPoints(line int, matters bool) bool {
	name := f.lex.next()
	numbers := 0
	for f.lex.peek().kind == ascNumber {
		f.lex.next()
		numbers++
	}
	if numbers >= 3 && matters {
		f.bad(line, "x %q must be a finite number", cut(name.text, 40))
	}
	if numbers == 0 && f.lex.peek().kind == ascOpen {
		f.left.markers++
	}
	return f.skip(line)
}

// set reads a list (Set "name" ...), which may not hold others.
func (f *ascFile) set(line int) bool {
	for {
		switch t := f.lex.next(); t.kind {
		case ascClose:
			return true
		case ascOpen:
			f.bad(t.line, "a list in a Set is not read; take it out of the Set")
			return false
		case ascEnd:
			f.bad(line, "the list that begins here is not closed")
			return false
		}
	}
}

// outline reads the properties and points of an outline whose name has been read.
func (f *ascFile) outline(line int, soma bool) bool {
	if !soma {
		f.left.outlines++
		return f.skip(line)
	}
	o := ascOutline{line: line}
	for {
		switch t := f.lex.next(); t.kind {
		case ascClose:
			f.keepOutline(o)
			return true
		case ascOpen:
			ok := true
			switch f.lex.peek().kind {
			case ascNumber:
				ok = f.point(t.line, 3, &o.points)
			case ascWord:
				ok = f.propertyOfPoints(t.line, true)
			default:
				ok = f.unexpected(f.lex.next(), "at the beginning of a list in an outline")
			}
			if !ok {
				return false
			}
		case ascEnd:
			f.bad(line, "the outline that begins here is not closed")
			return false
		case ascComma:
		default:
			return f.unexpected(t, "in an outline")
		}
	}
}

// keepOutline keeps an outline of the soma.
func (f *ascFile) keepOutline(o ascOutline) {
	if len(o.points) < 3 {
		f.bad(o.line, "the outline of the soma has %s; it needs at least 3", counted(len(o.points), "point", "points"))
	}
	f.somas = append(f.somas, o)
}

// point reads a point, whose parenthesis on a line has been read, with at least some
// numbers, and adds it to a list. A nil list is for points that do not matter.
func (f *ascFile) point(line, least int, to *[]ascPoint) bool {
	var numbers []ascToken
	commas, named := 0, false
	for done := false; !done; {
		switch t := f.lex.next(); {
		case t.kind == ascClose:
			done = true
		case t.kind == ascNumber && !named:
			numbers = append(numbers, t)
		case t.kind == ascComma:
			commas++
		case t.kind == ascWord && !named && len(numbers) >= least:
			named = true
		case t.kind == ascOpen && t.line == line && len(numbers) >= 4: // the numbers of a Bézier curve
			if !f.skip(t.line) {
				return false
			}
		case t.kind == ascWord && !named:
			numbers = append(numbers, ascToken{kind: ascNumber, line: t.line, text: t.text, x: math.NaN()})
		case t.kind == ascEnd || t.kind == ascOpen:
			f.bad(line, "the point that begins here is not closed")
			return false
		default:
			return f.unexpected(t, "in a point")
		}
	}
	if to == nil {
		return true
	}
	p := ascPoint{}
	sound := true
	bad := func(rule string, args ...any) {
		sound = false
		f.bad(line, rule, args...)
	}
	switch n := len(numbers); {
	case n < least || n > 4:
		hint := ""
		if n > 4 && commas > 0 {
			hint = "; commas part numbers, decimals have a point"
		}
		bad("a point has %s; it needs %s%s", counted(n, "number", "numbers"),
			map[int]string{3: "three: x, y, z (and may have a diameter)", 4: "four: x, y, z, diameter"}[least], hint)
	default:
		for i, t := range numbers {
			what := []string{"x", "y", "z", "diameter"}[i]
			switch {
			case math.IsNaN(t.x):
				bad("%s %q must be a finite number", what, cut(t.text, 40))
			case math.Abs(t.x) > maxPlace:
				bad("%s %q must be at most %g µm", what, cut(t.text, 40), maxPlace)
			case i < 3:
				p.x[i] = t.x
			default:
				p.diameter = t.x
			}
		}
	}
	if sound && least == 4 && !(p.diameter >= 2*leastRadius) {
		if p.diameter <= 0 {
			bad("diameter %g must be positive", p.diameter)
		} else {
			bad("diameter %g must be at least %g µm", p.diameter, 2*leastRadius)
		}
	}
	if sound || len(*to) == 0 { // a branch with a bad point is not an empty one
		*to = append(*to, p)
	}
	return true
}

// spine reads a spine, whose < has been read.
func (f *ascFile) spine(line int) bool {
	f.left.spines++
	for {
		switch t := f.lex.next(); t.kind {
		case ascSpined:
			return true
		case ascOpen:
			if !f.skip(t.line) {
				return false
			}
		case ascEnd, ascClose, ascBar, ascSpine, ascBad:
			f.bad(line, "the spine that begins here is not closed: \">\" is missing")
			return false
		}
	}
}

// treeReader is a tree being read. Branches nest as deeply as a file likes, so the
// open ones are a list and not calls in calls.
type treeReader struct {
	f    *ascFile
	tree ascTree
	soma bool   // the list says that it is an outline of the soma
	text string // that it holds
	says string // the words of its lists before the first point

	open  []int // branches that have an open list of branches, the innermost last
	at    int   // branch whose points are read
	ended bool  // it has no more points
}

// tree reads a list that begins with a list, whose parenthesis on a line has been read:
// a tree, an outline of the soma without a name, or a text.
func (f *ascFile) tree(line int) bool {
	r := &treeReader{f: f, tree: ascTree{line: line}}
	r.begin(-1)
	for closed := false; !closed; {
		ok := true
		switch t := f.lex.next(); t.kind {
		case ascOpen:
			ok = r.list(t)
		case ascClose:
			ok = r.finished(t)
			if closed = len(r.open) == 0; !closed {
				r.at, r.open = r.open[len(r.open)-1], r.open[:len(r.open)-1]
				r.ended = true
			}
		case ascBar:
			if len(r.open) == 0 {
				f.bad(t.line, "\"|\" parts branches; here is no list of branches")
				return false
			}
			ok = r.finished(t)
			r.begin(r.open[len(r.open)-1])
		case ascWord:
			r.ended = true // Normal, Incomplete and so on
		case ascText:
			r.text = t.text
			f.left.texts++
		case ascSpine:
			ok = f.spine(t.line)
		case ascComma:
		case ascEnd:
			f.bad(line, "the tree that begins here is not closed")
			return false
		default:
			return f.unexpected(t, "in a tree")
		}
		if !ok {
			return false
		}
	}
	return r.keep()
}

// begin begins a branch on another, -1 for the root.
func (r *treeReader) begin(parent int) {
	r.at, r.ended = len(r.tree.branches), false
	r.tree.branches = append(r.tree.branches, ascBranch{parent: parent})
}

// list reads what begins with a parenthesis: a point, a property, markers, or, except for
// its end, a list of branches.
func (r *treeReader) list(t ascToken) bool {
	f := r.f
	points := &r.tree.branches[r.at].points
	switch next := f.lex.peek(); next.kind {
	case ascNumber:
		if r.ended {
			f.bad(t.line, "a point after the end of its branch")
			return false
		}
		least := 4
		switch {
		case !r.matters():
			*points = append(*points, ascPoint{}) // nothing of it matters
			points = nil
		case r.soma:
			least = 3
		}
		return f.point(t.line, least, points)
	case ascWord:
		kind := ascKind(next.text)
		if len(r.open) == 0 && len(*points) == 0 && len(r.says) < 60 {
			r.says += "(" + cut(next.text, 40) + ") "
		}
		switch {
		case len(r.open) == 0 && len(*points) == 0 && isSoma(next.text):
			r.soma = true
		case kind == 0:
		case len(r.open) > 0 || len(*points) > 0:
			f.bad(t.line, "(%s) cannot stand within a tree: its type stands before its first point", next.text)
			return false
		case r.tree.kind != 0 && r.tree.kind != kind:
			f.bad(t.line, "a tree with two types, the second (%s)", next.text)
			return false
		default:
			r.tree.kind = kind
		}
		return f.propertyOfPoints(t.line, r.matters())
	case ascOpen:
		if r.ended {
			f.bad(t.line, "a list of branches after the end of its branch")
			return false
		}
		if !r.finished(t) {
			return false
		}
		r.open = append(r.open, r.at)
		r.begin(r.at)
		return true
	case ascBar, ascClose:
		f.bad(next.line, "a branch without points")
		return false
	default:
		return f.unexpected(f.lex.next(), "at the beginning of a list in a tree")
	}
}

// matters tells whether the points of the tree do: those of an axon that is left out do
// not.
func (r *treeReader) matters() bool { return r.tree.kind != typeAxon || r.f.axon == KeepAxon }

// finished holds the branch that ends at a word to having points.
func (r *treeReader) finished(t ascToken) bool {
	b := r.tree.branches[r.at]
	if len(b.points) == 0 && (b.parent >= 0 || len(r.open) > 0 || t.kind != ascClose) {
		r.f.bad(t.line, "a branch without points")
		return false
	}
	return true
}

// keep keeps what was read.
func (r *treeReader) keep() bool {
	f, root := r.f, r.tree.branches[0]
	switch {
	case r.soma && len(r.tree.branches) > 1:
		f.bad(r.tree.line, "an outline of the soma has branches")
	case r.soma:
		f.keepOutline(ascOutline{r.tree.line, root.points})
	case r.text != "" && len(root.points) == 1 && len(r.tree.branches) == 1:
		// a text at a place
	case r.text != "":
		f.bad(r.tree.line, "a text, %q, in a tree", cut(r.text, 40))
	case len(root.points) == 0:
		f.bad(r.tree.line, "a list without points that says nothing that is known")
	case r.tree.kind == 0:
		and := ""
		if r.says != "" {
			and = r.says + "and "
		}
		f.bad(r.tree.line, "a tree says %snone of (Axon), (Dendrite) and (Apical)", and)
	default:
		f.trees = append(f.trees, r.tree)
	}
	return true
}
