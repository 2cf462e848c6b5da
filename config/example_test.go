package config

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
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
	everything := commented.ReplaceAllString(string(example), "$1$2")
	// The pipeline that the example shows needs another access than the default.
	everything = strings.Replace(everything, "access: credentials", "access: bootstrap", 1)
	want, got := mustParse(t, string(example)), mustParse(t, everything)

	checkKeys(t, got, reflect.TypeFor[Config](), "")
	if got.Hub.Standby == "" || len(got.Unwatched) != 1 || slices.Contains(got.Regions, got.Unwatched[0].Region) {
		t.Errorf("standby %q, unwatched %v", got.Hub.Standby, got.Unwatched)
	}
	got.Hub.Standby, got.Unwatched, got.Regions = "", nil, want.Regions
	got.Targets[0].ManagedPolicies = want.Targets[0].ManagedPolicies
	got.Alerts.HTTPS, got.Alerts.SMS, got.Alerts.SQS, got.Tags = nil, nil, nil, nil
	if !got.Monitoring.DeadMansSwitch.On() {
		t.Error("no heartbeat monitor")
	}
	if len(got.Card.CallFirst)*len(got.Card.PasswordKeptBy)*len(got.Card.MFAKeptBy) == 0 {
		t.Errorf("card %v", got.Card)
	}
	got.UserNotifications.Email, got.Chat, got.Monitoring.DeadMansSwitch, got.Card = nil, Chat{}, DeadMansSwitch{}, Card{}
	if len(got.Units) != 1 || got.StackSets.ManagementAccount == "" || len(got.Observers.Regions) == 0 || !got.Pipeline.On() || len(got.Pipeline.Waves) != 2 {
		t.Errorf("units %v, stack sets %v, observers %v, pipeline %v", got.Units, got.StackSets, got.Observers, got.Pipeline)
	}
	if !got.Credentials.On() || got.Credentials.RotateEvery != want.Credentials.RotateEvery {
		t.Errorf("credentials %v", got.Credentials)
	}
	got.Credentials = want.Credentials
	got.Units, got.StackSets, got.Observers, got.Pipeline, got.Deploy.Access = nil, want.StackSets, Observers{}, want.Pipeline, want.Deploy.Access
	if diff := cmp.Diff(want, got, ignoreLines); diff != "" {
		t.Error(diff)
	}
}

// notShown are the keys of a target that role shows or that an account doesn't have, and the sources beside the one shown.
var notShown = []string{"accessKey", "inlinePolicy", "permissionsBoundary", "sessionDuration", "organizationalUnit", "codeCommit", "s3"}

// checkKeys checks that the example has each key of the type.
func checkKeys(t *testing.T, c *Config, typ reflect.Type, path string) {
	for i, key := range keyNames(typ) {
		at := join(path, key)
		if _, ok := c.lines[at]; !ok {
			if slices.Contains(notShown, key) {
				continue
			}
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

// An editor finds the schema that a file of the project names.
func TestExamplesNameTheirSchema(t *testing.T) {
	named := regexp.MustCompile(`(?m)^# yaml-language-server: \$schema=(.+)$`)
	for _, path := range []string{"../breakglass.yaml", "../prove/demo/breakglass.yaml"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		schema := named.FindStringSubmatch(string(text))
		if schema == nil {
			t.Errorf("%s names none", path)
		} else if _, err := os.Stat(filepath.Join(filepath.Dir(path), schema[1])); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
