package cdkcli

import (
	"encoding/json"
	"os"
	"testing"
)

func TestPinnedIsTheVersionOfThePackageFile(t *testing.T) {
	text, err := os.ReadFile("../../package.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		DevDependencies map[string]string `json:"devDependencies"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if want := file.DevDependencies["aws-cdk"]; Pinned != want {
		t.Errorf("Pinned is %s, package.json has %s: change Pinned in pinned.go", Pinned, want)
	}
}
