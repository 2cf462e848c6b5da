package cdkcli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/internal/reviewed"
)

// optionsFile has the options of the pinned CDK CLI, a command a line, those of every command in the first; one that takes a value ends
// in =. The tests of what is run, printed and documented read it, also where no CDK CLI is installed.
const optionsFile = "testdata/options.txt"

// TestTheOptionsAreThoseOfTheCDKCLI compares the file with the list of the one that is installed.
func TestTheOptionsAreThoseOfTheCDKCLI(t *testing.T) {
	type options map[string]struct {
		Type  string
		Alias any
	}
	var registry struct {
		GlobalOptions options
		Commands      map[string]struct{ Options options }
	}
	text, err := os.ReadFile("../../node_modules/aws-cdk/lib/cli/cli-type-registry.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no CDK CLI is installed here: npm ci")
	}
	if err == nil {
		err = json.Unmarshal(text, &registry)
	}
	if err != nil || len(registry.Commands) < 20 {
		t.Fatalf("%d commands, %v", len(registry.Commands), err)
	}
	line := func(command string, of options) string {
		words := []string{command}
		for _, name := range slices.Sorted(maps.Keys(of)) {
			flags := []string{"--" + name}
			switch alias := of[name].Alias.(type) {
			case string:
				flags = append(flags, dashed(alias))
			case []any:
				for _, one := range alias {
					flags = append(flags, dashed(one.(string)))
				}
			}
			switch of[name].Type {
			case "boolean":
				flags = append(flags, "--no-"+name)
			case "count":
			default:
				for i := range flags {
					flags[i] += "="
				}
			}
			words = append(words, flags...)
		}
		return strings.Join(words, " ") + "\n"
	}
	installed := line("every", registry.GlobalOptions)
	for _, command := range slices.Sorted(maps.Keys(registry.Commands)) {
		installed += line(command, registry.Commands[command].Options)
	}
	reviewed.File(t, optionsFile, installed)
}

func dashed(alias string) string {
	if len(alias) == 1 {
		return "-" + alias
	}
	return "--" + alias
}
