package config

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A key that is commented out in breakglass.yaml shows its default: with every such line in force, only the keys change
// that have none.
func TestExampleShowsDefaults(t *testing.T) {
	example, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	commented := regexp.MustCompile(`(?m)^( *)# ( *(?:- )?[a-zA-Z]+:(?: .*)?)$`)
	want, got := mustParse(t, string(example)), mustParse(t, commented.ReplaceAllString(string(example), "$1$2"))

	checkKeys(t, got, reflect.TypeFor[Config](), "")
	if got.Hub.Standby == "" || len(got.Unwatched) != 1 || slices.Contains(got.Regions, got.Unwatched[0].Region) {
		t.Errorf("standby %q, unwatched %v", got.Hub.Standby, got.Unwatched)
	}
	got.Hub.Standby, got.Unwatched, got.Regions = "", nil, want.Regions
	got.Targets[0].ManagedPolicies = want.Targets[0].ManagedPolicies
	got.Alerts.HTTPS, got.Alerts.SMS, got.Alerts.SQS, got.Tags = nil, nil, nil, nil
	got.UserNotifications.Email, got.Chat = nil, Chat{}
	if diff := cmp.Diff(want, got, ignoreLines); diff != "" {
		t.Error(diff)
	}
}

// checkKeys checks that the example has each key of the type, except for those of a target that role shows.
func checkKeys(t *testing.T, c *Config, typ reflect.Type, path string) {
	for i, key := range keyNames(typ) {
		at := join(path, key)
		if _, ok := c.lines[at]; !ok && !slices.Contains([]string{"inlinePolicy", "permissionsBoundary", "sessionDuration"}, key) {
			t.Errorf("breakglass.yaml doesn't show %s", at)
		}
		switch field := typ.Field(i).Type; {
		case field.Kind() == reflect.Struct:
			checkKeys(t, c, field, at)
		case field.Kind() == reflect.Slice && field.Elem().Kind() == reflect.Struct:
			checkKeys(t, c, field.Elem(), item(at, 0))
		}
	}
}
