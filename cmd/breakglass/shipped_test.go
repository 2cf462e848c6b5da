package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/breakglass/config"
)

// TestTheExampleIsNamed: in a fresh clone, at 3 a.m., nobody takes the addresses of the example for those of the account.
func TestTheExampleIsNamed(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string][]byte{"example": config.Shipped(), "own": append(config.Shipped(), "# ours\n"...)} {
		path := filepath.Join(folder, name+".yaml")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"enter", "enter --ways", "card", "runbook"} {
			var out, errs bytes.Buffer
			code := run(t.Context(), append(strings.Fields(command), "--config", path), strings.NewReader(""), &out, &errs)
			if says := strings.Contains(strings.Join(strings.Fields(errs.String()), " "), "is the example of the repository"); code != 0 || says != (name == "example") {
				t.Errorf("%s with %s: exit %d, %s", command, name, code, &errs)
			}
		}
	}
}
