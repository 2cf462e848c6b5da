package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const module = `# Imported
aws_managed_policies_data = """
{"ViewOnlyAccess": {"Path": "/job-function/", "UpdateDate": "2026-02-28T01:02:03+00:00", "Document": {}},
 "IAMFullAccess": {"Path": "/", "UpdateDate": "2026-03-01T01:02:03+00:00"}}"""
`

func TestListIsSortedAndDated(t *testing.T) {
	text, of, err := list(module)
	const first = "# 2 managed policies of AWS, as of 2026-03-01"
	if err != nil || of != first || string(text) != first+"\nIAMFullAccess\njob-function/ViewOnlyAccess\n" {
		t.Errorf("%v, %q, %s", err, of, text)
	}
}

func TestListRefusesAnotherForm(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "its form has changed",
		`"""{}"""`:                   "has no policy",
		`"""[]"""`:                   "the module's policies",
		`"""{"A": {"Path": "/"}}"""`: "A has the path \"/\" and the date \"\"",
		strings.Replace(module, "/job", "job", 1): "ViewOnlyAccess has the path",
	} {
		if _, _, err := list(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestTheListHasTheFormThatThisProgramWrites, and what everybody knows.
func TestTheListHasTheFormThatThisProgramWrites(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", data))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if !strings.HasPrefix(lines[0], "# ") || len(lines) < 1400 {
		t.Errorf("%d lines, the first is %s", len(lines), lines[0])
	}
	for _, name := range []string{"AdministratorAccess", "IAMFullAccess", "job-function/ViewOnlyAccess", "service-role/AWS_ConfigRole"} {
		if !strings.Contains(string(text), "\n"+name+"\n") {
			t.Errorf("%s is missing", name)
		}
	}
}
