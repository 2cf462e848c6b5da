package rights

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// asked returns the API calls in the source of a package, found by their input types.
func asked(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no source in %s: %v", dir, err)
	}
	form := regexp.MustCompile(`\b([a-z0-9]+)\.([A-Z][A-Za-z]+)Input\{`)
	// What the SDK's packages are called in policies.
	services := map[string]string{"eventbridge": "events", "cloudwatchlogs": "logs", "sfn": "states"}
	var calls []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range form.FindAllStringSubmatch(string(text), -1) {
			service := m[1]
			if other, ok := services[service]; ok {
				service = other
			}
			calls = append(calls, service+":"+m[2])
		}
	}
	slices.Sort(calls)
	return slices.Compact(calls)
}

// TestListsAreWhatTheCodeAsks compares the lists with the calls in the source, both ways.
func TestListsAreWhatTheCodeAsks(t *testing.T) {
	var check []string
	for _, asks := range Check {
		check = append(check, asks...)
	}
	for _, asks := range Optional {
		check = append(check, asks...)
	}
	elsewhere := slices.Concat(asked(t, "../../internal/account"), asked(t, "../../operate/discover"), asked(t, "../../internal/credreport"))
	for dir, list := range map[string][]string{
		"../../operate/drill": slices.Concat(Drill, DrillQueue, DrillRecorded), "../../operate/check": check, "../../operate/proof": Proof,
	} {
		calls := asked(t, dir)
		for _, c := range calls {
			if !slices.Contains(list, c) {
				t.Errorf("%s calls %s, and no list has it", dir, c)
			}
		}
		for _, a := range list {
			// Whose credentials these are is asked elsewhere; of Organizations, CloudFormation asks on the caller's behalf.
			if !slices.Contains(calls, a) && !slices.Contains(elsewhere, a) && !strings.HasPrefix(a, "organizations:") {
				t.Errorf("a list has %s, and %s does not call it", a, dir)
			}
		}
	}
}

func TestReadinessHasBothAndLeavesTheTopicAlone(t *testing.T) {
	all := Readiness()
	if !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Errorf("it is not sorted, or has one twice: %q", all)
	}
	for _, want := range []string{"events:PutEvents", "iam:GetRole", "logs:FilterLogEvents"} {
		if !slices.Contains(all, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, never := range []string{"iam:ListRoles", "sns:Subscribe", "sns:Unsubscribe", "sqs:CreateQueue", "sqs:DeleteQueue"} {
		if slices.Contains(all, never) {
			t.Errorf("%s is there", never)
		}
	}
}

// TestTheDocumentsNameWhatIsOptional: whoever grants permissions by the document grants all.
func TestTheDocumentsNameWhatIsOptional(t *testing.T) {
	text, err := os.ReadFile("../../docs/proof.md")
	if err != nil {
		t.Fatal(err)
	}
	for area, asks := range Optional {
		for _, a := range asks {
			if !strings.Contains(string(text), "`"+a+"`") {
				t.Errorf("%s: docs/proof.md does not name %s", area, a)
			}
		}
	}
}
