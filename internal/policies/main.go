// Command policies refreshes config/policies.txt, the list of the managed policies of AWS, from the copy that the local AWS has: make
// policies. It prints how many there are, and of which day.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/breakglass/internal/file"
)

// data is the list, and source the copy that make setup installs, relative to the root of the project.
const (
	data   = "config/policies.txt"
	source = ".venv/lib/python3*/site-packages/moto/iam/aws_managed_policies.py"
)

func main() {
	of, err := refresh()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	fmt.Println(of)
}

func refresh() (string, error) {
	found, err := filepath.Glob(source)
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("no %s: run make setup first", source)
	}
	module, err := os.ReadFile(found[0])
	if err != nil {
		return "", err
	}
	text, of, err := list(string(module))
	if err != nil {
		return "", err
	}
	return of, file.Edit(data, text)
}

// list returns the policies' paths and names, one in a line, sorted, after a line with the day of the last change.
func list(module string) (text []byte, of string, err error) {
	begin, end := strings.Index(module, `"""`), strings.LastIndex(module, `"""`)
	if begin < 0 || end <= begin {
		return nil, "", errors.New("the module has no text of policies: its form has changed")
	}
	var policies map[string]struct{ Path, UpdateDate string }
	if err := json.Unmarshal([]byte(module[begin+3:end]), &policies); err != nil {
		return nil, "", fmt.Errorf("the module's policies: %w", err)
	}
	var names []string
	latest := ""
	for name, p := range policies {
		if !strings.HasPrefix(p.Path, "/") || !strings.HasSuffix(p.Path, "/") || len(p.UpdateDate) < len("2026-01-31") {
			return nil, "", fmt.Errorf("the module's policies: %s has the path %q and the date %q", name, p.Path, p.UpdateDate)
		}
		names = append(names, p.Path[1:]+name)
		latest = max(latest, p.UpdateDate[:len("2026-01-31")])
	}
	if len(names) == 0 {
		return nil, "", errors.New("the module has no policy")
	}
	slices.Sort(names)
	of = fmt.Sprintf("# %d managed policies of AWS, as of %s", len(names), latest)
	return []byte(of + "\n" + strings.Join(names, "\n") + "\n"), of, nil
}
