// Package formula evaluates formulas of one line, such as
//
//	0.182*(V+38)/(1 - exp(-(V+38)/6))
//
// The text is read by the parser of github.com/expr-lang/expr, of which only
// arithmetic is accepted: numbers, names, + - * / ^, comparisons with and, or, not,
// the choice "condition ? a : b", and the functions of Functions. Values are float64;
// the elementary functions are those of fpmath, so a formula has the same bits
// everywhere.
//
// Powers bind more than signs, and are taken from the right: -V^2 is -(V^2), 2^3^2 is
// 2^(3^2). Comparisons may be chained: a < V < b is a < V and V < b.
package formula

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// Limits of a formula: characters of its text, and operations of one evaluation with those
// of the formulas that it names.
const (
	maxText       = 4096
	maxOperations = 10_000
)

// An Error is what is wrong with the text of a formula, and where.
type Error struct {
	Text   string // of the formula
	Column int    // of the character, from 1
	Rule   string
}

func (e *Error) Error() string { return fmt.Sprintf("%s, at character %d", e.Rule, e.Column) }

// A Formula is a function of variables. It is not changed by use.
type Formula struct {
	text      string
	root      node
	divisions []Division
	reads     []bool // by variable
	names     map[string]bool
	size      int // operations of an evaluation
}

// node is the value of a part of a formula: of the variables, by index.
type node func(x []float64) float64

// A Division is a quotient in a formula: its parts as functions of the variables, and
// the character of its sign. Where the denominator is 0 the formula has a pole, or a
// removable singularity if the numerator is 0 too.
type Division struct {
	Numerator, Denominator func(x []float64) float64
	Column                 int
	Of                     string // the denominator as text
}

// Scope is what the names in a formula mean.
type Scope struct {
	Variables []string            // by index of the variable
	Constants map[string]float64  //
	Formulas  map[string]*Formula // of the same variables
}

// names returns all names of the scope, sorted.
func (s Scope) names() []string {
	names := slices.Clone(s.Variables)
	for name := range s.Constants {
		names = append(names, name)
	}
	for name := range s.Formulas {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// CheckName says what is wrong with a name of a constant or formula, "" for nothing: the
// parser must take it for one name, and it may not be that of a function.
func CheckName(name string) (rule string) {
	if isFunction(name) {
		return "is the name of a function"
	}
	tree, err := parser.Parse(name)
	if err == nil {
		if id, ok := tree.Node.(*ast.IdentifierNode); ok && id.Value == name {
			return ""
		}
	}
	return "is not a name for a formula: it must begin with a letter, have only letters, digits and _, and be no word of formulas such as not or in"
}

// Parse reads a formula. An error is an *Error.
func Parse(text string, scope Scope) (*Formula, error) {
	if n := len([]rune(text)); n > maxText {
		return nil, &Error{Text: text, Column: maxText + 1, Rule: fmt.Sprintf("the formula has %d characters, more than %d: name its parts in a table \"let\"", n, maxText)}
	}
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, syntax(text, err)
	}
	f := &Formula{text: text, reads: make([]bool, len(scope.Variables)), names: map[string]bool{}}
	c := compiler{f, scope}
	root, err := c.number(tree.Node)
	if err != nil {
		return nil, err
	}
	if f.size > maxOperations {
		return nil, &Error{Text: text, Column: 1, Rule: fmt.Sprintf("the formula has more than %d operations, with those of the names that it uses", maxOperations)}
	}
	f.root = root
	return f, nil
}

// syntax turns an error of the parser into one of ours.
func syntax(text string, err error) error {
	runes := []rune(text)
	e := &Error{Text: text, Column: len(runes), Rule: err.Error()}
	if at := (*file.Error)(nil); errors.As(err, &at) {
		e.Column, e.Rule = at.From+1, at.Message
	}
	token := ""
	if rest, ok := strings.CutPrefix(e.Rule, "unexpected token "); ok {
		token = strings.TrimSuffix(rest[strings.Index(rest, "(")+1:], ")")
	}
	early := token == "EOF"
	open, unopened := parentheses(runes)
	switch {
	case strings.TrimSpace(text) == "":
		e.Column, e.Rule = 1, "the formula is empty"
	case unopened > 0 && token == `")"`:
		e.Column, e.Rule = unopened, "no parenthesis is open that this one closes"
	case open > 0:
		e.Column, e.Rule = open, "the parenthesis is not closed"
	case token == `":"`, early && strings.Count(text, "?") > strings.Count(text, ":"):
		e.Rule = "a choice is written: condition ? a : b"
	case early:
		e.Rule = "the formula ends too early"
	case token == `"="`:
		e.Rule = "unexpected \"=\"; a comparison is written =="
	case token != "" && (strings.HasPrefix(e.Rule, "unexpected token Identifier") || strings.HasPrefix(e.Rule, "unexpected token Number") || token == `"("`):
		e.Rule = "an operator is missing before " + strings.Trim(token, `"`)
	case token != "":
		e.Rule = "unexpected " + token
	case strings.HasPrefix(e.Rule, "bad number syntax: "):
		word := strings.Trim(strings.TrimPrefix(e.Rule, "bad number syntax: "), `"`)
		e.Column -= len([]rune(word)) - 1 // from the last character to the first
		e.Rule = word + " is neither a number nor a name; write an operator between a number and a name"
	case strings.Contains(e.Rule, "literal"):
		e.Rule = "the number cannot be read, or is too large"
	case strings.HasPrefix(e.Rule, "unrecognized character: "):
		e.Rule = "the character " + strings.TrimPrefix(e.Rule, "unrecognized character: ") + " has no meaning in formulas"
	case strings.Contains(e.Rule, "maximum allowed nodes"):
		e.Rule = fmt.Sprintf("the formula has more than %d operations", maxOperations)
	}
	e.Column = min(max(e.Column, 1), max(len(runes), 1))
	return e
}

// parentheses returns where the last parenthesis stands that is not closed, and the first
// that closes none, from 1; 0 for none.
func parentheses(text []rune) (open, unopened int) {
	var stack []int
	for i, r := range text {
		switch {
		case r == '(':
			stack = append(stack, i+1)
		case r == ')' && len(stack) > 0:
			stack = stack[:len(stack)-1]
		case r == ')' && unopened == 0:
			unopened = i + 1
		}
	}
	if len(stack) > 0 {
		open = stack[len(stack)-1]
	}
	return open, unopened
}

// Text returns the formula as it was written.
func (f *Formula) Text() string { return f.text }

// Reads tells whether the formula depends on a variable.
func (f *Formula) Reads(variable int) bool { return f.reads[variable] }

// Names tells whether the text of the formula has a name of its scope.
func (f *Formula) Names(name string) bool { return f.names[name] }

// Eval returns the value at x, by variable. A division by zero gives ±Inf or NaN, as
// in IEEE 754.
func (f *Formula) Eval(x []float64) float64 { return f.root(x) }

// Divisions returns the quotients whose denominator depends on a variable, those of the
// formulas that it uses among them.
func (f *Formula) Divisions() []Division { return f.divisions }
