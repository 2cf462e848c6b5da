package stacks

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
)

// TestEveryNamedRoleIsReserved: role.name may be none of the names that the templates give to other roles, or a deployment fails
// in an account that has both. The templates are the golden ones, which hold a stack of each kind.
func TestEveryNamedRoleIsReserved(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`"?RoleName"?: ?"?([^",\s}]+)`)
	found := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range name.FindAllStringSubmatch(string(text), -1) {
			found[match[1]] = true
		}
	}
	want := append(names.Roles(), config.DefaultRole)
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, want) {
		t.Errorf("the templates have the roles %q, want %q", got, want)
	}
}
