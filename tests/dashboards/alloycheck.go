// Alloycheck reads files in Alloy's language by Alloy's own parser, and says what is wrong with them.
//
// It finds: what does not parse, what `alloy fmt` would write otherwise, references to a component that is not there,
// and expressions that are none. It does not know which arguments a component takes; only Alloy itself does.
package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/grafana/alloy/syntax/ast"
	"github.com/grafana/alloy/syntax/parser"
	"github.com/grafana/alloy/syntax/printer"
)

// functions are the parts of the standard library that may be called.
var functions = map[string]bool{"sys.env": true}

// checker collects the errors of one file.
type checker struct {
	components map[string]bool
	errors     []string
}

// Visit looks at references and expressions; what is below a reference belongs to it.
func (c *checker) Visit(node ast.Node) ast.Visitor {
	switch found := node.(type) {
	case *ast.AccessExpr:
		if name := path(found); !c.known(name) {
			c.errors = append(c.errors, "there is no "+name)
		}
		return nil
	case *ast.AttributeStmt:
		if literal, ok := found.Value.(*ast.LiteralExpr); ok && (found.Name.Name == "expression" || found.Name.Name == "regex") {
			text, err := strconv.Unquote(literal.Value)
			if err == nil {
				_, err = regexp.Compile(text)
			}
			if err != nil {
				c.errors = append(c.errors, err.Error())
			}
		}
	}
	return c
}

// known says whether a reference leads to a component's export, or to a function.
func (c *checker) known(name string) bool {
	component := name[:max(strings.LastIndex(name, "."), 0)]
	return functions[name] || c.components[component]
}

// path writes a reference as it stands in the file.
func path(expression ast.Expr) string {
	switch found := expression.(type) {
	case *ast.AccessExpr:
		return path(found.Value) + "." + found.Name.Name
	case *ast.IdentifierExpr:
		return found.Ident.Name
	}
	return "?"
}

// check returns the errors of a file.
func check(name string) []string {
	text, err := os.ReadFile(name)
	if err != nil {
		return []string{err.Error()}
	}
	file, err := parser.ParseFile(name, text)
	if err != nil {
		return []string{err.Error()}
	}
	var formatted bytes.Buffer
	if err := printer.Fprint(&formatted, file); err != nil {
		return []string{err.Error()}
	}
	found := checker{components: map[string]bool{}}
	if strings.TrimSpace(formatted.String()) != strings.TrimSpace(string(text)) {
		found.errors = append(found.errors, "it is not formatted; alloy fmt would write:\n"+formatted.String())
	}
	for _, statement := range file.Body {
		if block, ok := statement.(*ast.BlockStmt); ok {
			found.components[strings.Join(block.Name, ".")+"."+block.Label] = true
		}
	}
	ast.Walk(&found, file)
	return found.errors
}

func main() {
	failed := false
	for _, name := range os.Args[1:] {
		for _, finding := range check(name) {
			failed = true
			fmt.Printf("%s: %s\n", name, finding)
		}
	}
	if failed {
		os.Exit(1)
	}
}
