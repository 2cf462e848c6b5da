package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// cdkOptions has the options of each command of the CDK CLI, and whether each takes a value.
func cdkOptions(t *testing.T) map[string]map[string]bool {
	t.Helper()
	of := map[string]map[string]bool{}
	for line := range strings.Lines(read(t, "../internal/cdkcli/testdata/options.txt")) {
		words := strings.Fields(line)
		of[words[0]] = map[string]bool{}
		for _, list := range [][]string{words[1:], strings.Fields(strings.SplitN(read(t, "../internal/cdkcli/testdata/options.txt"), "\n", 2)[0])[1:]} {
			for _, option := range list {
				of[words[0]][strings.TrimSuffix(option, "=")] = strings.HasSuffix(option, "=")
			}
		}
	}
	return of
}

// ofCDK matches a call of the CDK CLI, up to where another command begins.
var ofCDK = regexp.MustCompile("(npx (?:--no-install )?)?\\bcdk ([a-z]+)((?: +[^ `\n|;&]+)*)")

// wrongOptions returns what the CDK CLI would refuse of the calls in a text, and their number.
func wrongOptions(known map[string]map[string]bool, text string) (wrong []string, calls int) {
	for _, m := range ofCDK.FindAllStringSubmatch(text, -1) {
		of, ok := known[m[2]]
		if !ok {
			if m[1] != "" {
				wrong = append(wrong, "no command of this name: "+m[0])
			}
			continue
		}
		calls++
		words := strings.Fields(m[3])
		for i, word := range words {
			option := strings.TrimRight(regexp.MustCompile(`^--?[A-Za-z][A-Za-z-]*`).FindString(word), "-")
			if option == "" {
				continue
			}
			value, ok := of[option]
			switch last := i+1 == len(words); {
			case !ok:
				wrong = append(wrong, "no option "+option+": "+m[0])
			case value && m[1] != "" && !strings.Contains(word, "=") && (last || strings.HasPrefix(words[i+1], "-")):
				wrong = append(wrong, option+" needs a value: "+m[0])
			}
		}
	}
	return wrong, calls
}

// TestCDKCommandsExist: the pinned CDK CLI has every command and option that a document names, and that the code runs or prints: in one
// string, in a sum, or word by word.
func TestCDKCommandsExist(t *testing.T) {
	known := cdkOptions(t)
	total := 0
	look := func(where, text string) {
		wrong, calls := wrongOptions(known, text)
		total += calls
		for _, one := range wrong {
			t.Errorf("%s: %s", where, one)
		}
	}
	for _, file := range documents(t) {
		look(file, strings.ReplaceAll(read(t, file), "\\\n", ""))
	}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || len(entry.Name()) > 2 && entry.Name()[0] == '.'):
			return fs.SkipDir
		case strings.HasSuffix(path, ".txtar"):
			look(path, read(t, path))
		case strings.HasSuffix(path, ".go") && filepath.Base(path) != "cdk_test.go": // which has wrong ones
			parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, text := range spelled(parsed) {
				look(path, text)
			}
		}
		return nil
	})
	if err != nil || total < 100 {
		t.Errorf("only %d calls found, %v: does the expression still find them?", total, err)
	}
}

// spelled returns the strings of a source file, and those that its sums and lists of words would be, with a word for what is not known.
func spelled(file *ast.File) (all []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.BasicLit, *ast.BinaryExpr:
			if text := sum(e.(ast.Expr)); strings.Contains(text, "cdk ") {
				all = append(all, text)
			}
			return false
		case *ast.CallExpr:
			if words := listed(e); slices.Contains(words, "cdk") {
				all = append(all, strings.Join(words, " "))
			}
		}
		return true
	})
	return all
}

func sum(e ast.Expr) string {
	if text, ok := literal(e); ok {
		return text
	}
	if both, ok := e.(*ast.BinaryExpr); ok {
		return sum(both.X) + sum(both.Y)
	}
	return "unknown"
}

func listed(e ast.Expr) (words []string) {
	var of []ast.Expr
	switch e := e.(type) {
	case *ast.CallExpr:
		of = e.Args
	case *ast.CompositeLit:
		of = e.Elts
	case *ast.ParenExpr:
		of = []ast.Expr{e.X}
	default:
		return []string{sum(e)}
	}
	for _, one := range of {
		words = append(words, listed(one)...)
	}
	return words
}

func TestAWrongOptionOfTheCDKIsFound(t *testing.T) {
	known := cdkOptions(t)
	for text, want := range map[string]string{
		"npx cdk deploy 'BreakGlass-!(Role-*)' --concurrency 48 --require-approval never --profile hub": "",
		"`npx cdk synth -c only=…`, one of them":                                                        "",
		"npx cdk import X --resource-mapping m.json --force && npx cdk":                                 "",
		"cdk bootstrap --trust writes":                                                                  "",
		"npx cdk deploy --concurency 48":                                                                "no option --concurency",
		"npx cdk synth --require-approval never":                                                        "no option --require-approval",
		"npx cdk deploy --profile":                                                                      "--profile needs a value",
		"npx cdk deploy --profile --all":                                                                "--profile needs a value",
		"npx cdk undeploy X":                                                                            "no command",
		"npx --no-install cdk deploy -x":                                                                "no option -x",
	} {
		wrong, _ := wrongOptions(known, text)
		if got := strings.Join(wrong, "; "); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
