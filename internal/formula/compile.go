package formula

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"neurosim/internal/spelling"
)

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

// operands compiles both sides of an operator on numbers.
func (c compiler) operands(n *ast.BinaryNode) (a, b node, err error) {
	if a, err = c.number(n.Left); err == nil {
		b, err = c.number(n.Right)
	}
	return a, b, err
}

func (c compiler) binary(n *ast.BinaryNode) (node, error) {
	switch n.Operator {
	case "+", "-", "*", "/", "^", "**":
	case "<", "<=", ">", ">=", "==", "!=", "and", "&&", "or", "||":
		return nil, c.noNumber(n)
	default:
		return nil, c.fail(n, "%s is no operator of formulas", n.Operator)
	}
	a, b, err := c.operands(n)
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
	a, b, err := c.operands(n)
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
