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
	"math"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"neurosim/internal/fpmath"
	"neurosim/internal/spelling"
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
	return "is no name for a formula: it must begin with a letter, have only letters, digits and _, and be no word of formulas such as not or in"
}

// function is a function that formulas may call.
type function struct {
	name string
	args int // number of arguments; -1: two or more
	f    func(a []float64) float64
	doc  string
}

var functions = []function{
	{"exp", 1, func(a []float64) float64 { return exp(a[0]) }, ""},
	{"log", 1, func(a []float64) float64 { return logarithm(a[0]) }, ""},
	{"ln", 1, func(a []float64) float64 { return logarithm(a[0]) }, "as log"},
	{"log10", 1, func(a []float64) float64 { return logarithm(a[0]) / math.Ln10 }, ""},
	{"sqrt", 1, func(a []float64) float64 { return math.Sqrt(a[0]) }, ""},
	{"abs", 1, func(a []float64) float64 { return math.Abs(a[0]) }, ""},
	{"tanh", 1, func(a []float64) float64 { return tanh(a[0]) }, ""},
	{"exprelr", 1, func(a []float64) float64 { return exprelr(a[0]) }, "x/(exp(x) - 1), 1 at x = 0"},
	{"pow", 2, func(a []float64) float64 { return power(a[0], a[1]) }, ""},
	{"min", -1, slices.Min[[]float64], ""},
	{"max", -1, slices.Max[[]float64], ""},
}

// Functions lists the functions that formulas may call, with what needs saying.
func Functions() []string {
	var out []string
	for _, f := range functions {
		args := "x"
		switch f.args {
		case 2:
			args = "x, y"
		case -1:
			args = "x, y, ..."
		}
		text := fmt.Sprintf("%s(%s)", f.name, args)
		if f.doc != "" {
			text += " (" + f.doc + ")"
		}
		out = append(out, text)
	}
	return out
}

// isFunction tells whether formulas may call a name.
func isFunction(name string) bool {
	return slices.ContainsFunc(functions, func(f function) bool { return f.name == name })
}

// exp is e^x; beyond ±700 it is 0 or +Inf.
func exp(x float64) float64 {
	switch {
	case x > 700:
		return math.Inf(1)
	case x < -700:
		return 0
	case x != x:
		return x
	}
	return fpmath.Exp(x)
}

func logarithm(x float64) float64 {
	switch {
	case x == 0:
		return math.Inf(-1)
	case !(x > 0):
		return math.NaN()
	}
	return fpmath.LogAll(x)
}

func tanh(x float64) float64 {
	if math.Abs(x) > 20 {
		return math.Copysign(1, x)
	}
	e := fpmath.Expm1(2 * x)
	return e / (e + 2)
}

// exprelr is x/(e^x - 1), 1 at 0.
func exprelr(x float64) float64 {
	if x == 0 {
		return 1
	}
	return x / fpmath.Expm1(x)
}

// power is x^y: exact products for whole y up to 64, otherwise e^(y ln x).
func power(x, y float64) float64 {
	if n := math.Abs(y); n <= 64 && n == math.Trunc(n) {
		p := 1.0
		for range int(n) {
			p *= x
		}
		if y < 0 {
			return 1 / p
		}
		return p
	}
	if x == 0 && y > 0 {
		return 0
	}
	return exp(float64(y * logarithm(x)))
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
		e.Rule = word + " begins like a number and is none; between a number and a name stands an operator"
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

// compiler turns the parser's tree into nodes.
type compiler struct {
	*Formula
	scope Scope
}

// fail returns an error at a node.
func (c compiler) fail(n ast.Node, rule string, args ...any) error {
	return &Error{Text: c.text, Column: c.column(n), Rule: fmt.Sprintf(rule, args...)}
}

// column returns where a node stands: its first character counts from 1. The parser
// counts in runes from 0, and for an operator gives the operator.
func (c compiler) column(n ast.Node) int {
	return min(n.Location().From, max(len([]rune(c.text))-1, 0)) + 1
}

// show writes a part of a formula in a message.
func show(n ast.Node) string {
	text := []rune(n.String())
	if len(text) > 40 {
		return string(text[:40]) + " ..."
	}
	return string(text)
}

// noNumber says that a condition stands where a number is needed.
func (c compiler) noNumber(n ast.Node) error {
	return c.fail(n, "%s is a condition; a number is needed here: condition ? a : b", show(n))
}

// number compiles a node that is a number.
func (c compiler) number(n ast.Node) (node, error) {
	if c.size++; c.size > maxOperations {
		return func([]float64) float64 { return 0 }, nil // Parse refuses the formula
	}
	switch n := n.(type) {
	case *ast.IntegerNode:
		x := float64(n.Value)
		return func([]float64) float64 { return x }, nil
	case *ast.FloatNode:
		x := n.Value
		return func([]float64) float64 { return x }, nil
	case *ast.IdentifierNode:
		return c.name(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.CallNode:
		callee, ok := n.Callee.(*ast.IdentifierNode)
		if !ok {
			return nil, c.fail(n, "only functions can be called")
		}
		return c.call(n, callee.Value, n.Arguments)
	case *ast.BuiltinNode:
		return c.call(n, n.Name, n.Arguments)
	case *ast.BoolNode:
		return nil, c.noNumber(n)
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		return nil, c.fail(n, "a formula is one expression; name its parts in a table \"let\"")
	}
	return nil, c.fail(n, "%s is no arithmetic", show(n))
}

func (c compiler) name(n *ast.IdentifierNode) (node, error) {
	c.names[n.Value] = true
	if i := slices.Index(c.scope.Variables, n.Value); i >= 0 {
		c.reads[i] = true
		return func(x []float64) float64 { return x[i] }, nil
	}
	if v, ok := c.scope.Constants[n.Value]; ok {
		return func([]float64) float64 { return v }, nil
	}
	if f, ok := c.scope.Formulas[n.Value]; ok {
		for i, r := range f.reads {
			c.reads[i] = c.reads[i] || r
		}
		if c.size += f.size; c.size <= maxOperations {
			c.divisions = append(c.divisions, f.divisions...)
		}
		return f.root, nil
	}
	if isFunction(n.Value) {
		return nil, c.fail(n, "%s is a function: write %s(...)", n.Value, n.Value)
	}
	known := c.scope.names()
	return nil, c.fail(n, "unknown name %q%s; known are %s", n.Value, spelling.DidYouMean(n.Value, known), strings.Join(known, ", "))
}

func (c compiler) unary(n *ast.UnaryNode) (node, error) {
	if n.Operator == "not" || n.Operator == "!" {
		return nil, c.fail(n, "%s applies to the name or parenthesis after it: write %s (a < b)", n.Operator, n.Operator)
	}
	a, err := c.number(n.Node)
	if err != nil || n.Operator == "+" {
		return a, err
	}
	return func(x []float64) float64 { return -a(x) }, nil
}

func (c compiler) binary(n *ast.BinaryNode) (node, error) {
	switch n.Operator {
	case "+", "-", "*", "/", "^", "**":
	case "<", "<=", ">", ">=", "==", "!=", "and", "&&", "or", "||":
		return nil, c.noNumber(n)
	default:
		return nil, c.fail(n, "%s is no operator of formulas", n.Operator)
	}
	a, err := c.number(n.Left)
	if err != nil {
		return nil, err
	}
	b, err := c.number(n.Right)
	if err != nil {
		return nil, err
	}
	switch n.Operator {
	case "+":
		return func(x []float64) float64 { return a(x) + b(x) }, nil
	case "-":
		return func(x []float64) float64 { return a(x) - b(x) }, nil
	case "*":
		return func(x []float64) float64 { return a(x) * b(x) }, nil
	case "/":
		if varies(n.Right, c.scope) {
			c.divisions = append(c.divisions, Division{a, b, c.column(n), n.Right.String()})
		} else if b(make([]float64, len(c.scope.Variables))) == 0 {
			return nil, c.fail(n, "division by zero: %s", zero(n.Right))
		}
		return func(x []float64) float64 { return a(x) / b(x) }, nil
	}
	return func(x []float64) float64 { return power(a(x), b(x)) }, nil
}

// zero says that a part of a formula is 0.
func zero(n ast.Node) string {
	if text := show(n); text != "0" {
		return text + " is 0"
	}
	return "the divisor is 0"
}

// varies tells whether a node depends on a variable.
func varies(n ast.Node, scope Scope) bool {
	found := false
	ast.Walk(&n, visitor(func(n ast.Node) {
		if id, ok := n.(*ast.IdentifierNode); ok {
			if f := scope.Formulas[id.Value]; f != nil {
				found = found || slices.Contains(f.reads, true)
			}
			found = found || slices.Contains(scope.Variables, id.Value)
		}
	}))
	return found
}

// visitor is called with every node of a tree.
type visitor func(n ast.Node)

func (v visitor) Visit(n *ast.Node) { v(*n) }

func (c compiler) conditional(n *ast.ConditionalNode) (node, error) {
	cond, err := c.condition(n.Cond)
	if err != nil {
		return nil, err
	}
	a, err := c.number(n.Exp1)
	if err != nil {
		return nil, err
	}
	b, err := c.number(n.Exp2)
	if err != nil {
		return nil, err
	}
	return func(x []float64) float64 {
		if cond(x) {
			return a(x)
		}
		return b(x)
	}, nil
}

// condition compiles a node that is true or false.
func (c compiler) condition(n ast.Node) (func(x []float64) bool, error) {
	switch n := n.(type) {
	case *ast.BoolNode:
		v := n.Value
		return func([]float64) bool { return v }, nil
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			a, err := c.condition(n.Node)
			if err != nil {
				return nil, err
			}
			return func(x []float64) bool { return !a(x) }, nil
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&", "or", "||":
			return c.both(n)
		case "<", "<=", ">", ">=", "==", "!=":
			return c.compare(n)
		}
	}
	return nil, c.fail(n, "%s is a number; a condition is needed here, such as V < -50", show(n))
}

func (c compiler) both(n *ast.BinaryNode) (func(x []float64) bool, error) {
	a, err := c.condition(n.Left)
	if err != nil {
		return nil, err
	}
	b, err := c.condition(n.Right)
	if err != nil {
		return nil, err
	}
	if n.Operator == "and" || n.Operator == "&&" {
		return func(x []float64) bool { return a(x) && b(x) }, nil
	}
	return func(x []float64) bool { return a(x) || b(x) }, nil
}

func (c compiler) compare(n *ast.BinaryNode) (func(x []float64) bool, error) {
	a, err := c.number(n.Left)
	if err != nil {
		return nil, err
	}
	b, err := c.number(n.Right)
	if err != nil {
		return nil, err
	}
	switch n.Operator {
	case "<":
		return func(x []float64) bool { return a(x) < b(x) }, nil
	case "<=":
		return func(x []float64) bool { return a(x) <= b(x) }, nil
	case ">":
		return func(x []float64) bool { return a(x) > b(x) }, nil
	case ">=":
		return func(x []float64) bool { return a(x) >= b(x) }, nil
	case "==":
		return func(x []float64) bool { return a(x) == b(x) }, nil
	}
	return func(x []float64) bool { return a(x) != b(x) }, nil
}

func (c compiler) call(at ast.Node, name string, arguments []ast.Node) (node, error) {
	i := slices.IndexFunc(functions, func(f function) bool { return f.name == name })
	if i < 0 {
		var known []string
		for _, f := range functions {
			known = append(known, f.name)
		}
		return nil, c.fail(at, "unknown function %q%s; functions are %s", name, spelling.DidYouMean(name, known), strings.Join(known, ", "))
	}
	f := functions[i]
	switch n := len(arguments); {
	case f.args >= 0 && n != f.args:
		of := "1 argument"
		if f.args > 1 {
			of = fmt.Sprintf("%d arguments", f.args)
		}
		return nil, c.fail(at, "%s needs %s, not %d", name, of, n)
	case f.args < 0 && n < 2:
		return nil, c.fail(at, "%s needs at least 2 arguments", name)
	}
	args := make([]node, len(arguments))
	for k, a := range arguments {
		var err error
		if args[k], err = c.number(a); err != nil {
			return nil, err
		}
	}
	if len(args) == 1 {
		a, g := args[0], f.f
		return func(x []float64) float64 {
			v := [1]float64{a(x)}
			return g(v[:])
		}, nil
	}
	g := f.f
	return func(x []float64) float64 {
		v := make([]float64, len(args))
		for k, a := range args {
			v[k] = a(x)
		}
		return g(v)
	}, nil
}
