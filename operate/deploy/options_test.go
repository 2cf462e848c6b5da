package deploy

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// takes has the options of cdk deploy and cdk synth that this package may pass, and whether each takes a value. The CLI refuses any other, and so does the fake.
var takes = map[string]map[string]bool{
	"deploy": {
		"--app": true, "--exclusively": false, "--concurrency": true, "--require-approval": true, "--progress": true, "--method": true, "--rollback": false,
		"--revert-drift": false, "--profile": true, "--no-notices": false,
	},
	"synth": {"--quiet": false, "-c": true, "--output": true, "--no-notices": false},
}

// TestTheFakeTakesWhatTheCDKCLITakes compares takes with the list that is compared with the installed one.
func TestTheFakeTakesWhatTheCDKCLITakes(t *testing.T) {
	list, err := os.ReadFile("../../internal/cdkcli/testdata/options.txt")
	if err != nil {
		t.Fatal(err)
	}
	for command, options := range takes {
		line := regexp.MustCompile(`(?m)^(every|`+command+`) .*$`).FindAllString(string(list), -1)
		known := strings.Join(line, " ") + " "
		for option, value := range options {
			if end := map[bool]string{true: "= ", false: " "}[value]; len(line) != 2 || !strings.Contains(known, " "+option+end) {
				t.Errorf("cdk %s has no option %s", command, option+end)
			}
		}
	}
}

// refused returns the words with which the CDK CLI refuses its arguments, and its stacks.
func refused(args []string) (words string, stacks []string) {
	if len(args) == 0 || takes[args[0]] == nil {
		return fmt.Sprintf("Unknown command: %q", args), nil
	}
	known := takes[args[0]]
	for i := 1; i < len(args); i++ {
		if !strings.HasPrefix(args[i], "-") {
			stacks = append(stacks, args[i])
			continue
		}
		value, ok := known[args[i]]
		if !ok {
			return "Unknown argument: " + args[i], nil
		}
		if value {
			if i++; i == len(args) || strings.HasPrefix(args[i], "-") {
				return "Not enough arguments following: " + args[i-1], nil
			}
		}
		for option, choices := range map[string]string{
			"--progress": "bar events", "--require-approval": "never any-change broadening", "--method": "direct change-set prepare-change-set execute-change-set",
		} {
			if args[i-1] == option && value && !strings.Contains(" "+choices+" ", " "+args[i]+" ") {
				return fmt.Sprintf("Invalid values: Argument: %s, Given: %q", option, args[i]), nil
			}
		}
	}
	return "", stacks
}
