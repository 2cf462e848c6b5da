package credentials

import (
	"context"
	"maps"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The table of permissions in docs/credentials.md has what each command asks for, and nothing that no command asks for.
func TestTheDocumentedPermissions(t *testing.T) {
	content, err := os.ReadFile("../../docs/credentials.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| (.*) \\|$").FindAllStringSubmatch(string(content), -1) {
		documented[row[1]] = map[string]bool{}
		for _, permission := range regexp.MustCompile("`iam:([A-Za-z]+)`").FindAllStringSubmatch(row[2], -1) {
			documented[row[1]][permission[1]] = true
		}
	}
	for _, command := range []string{"create", "mfa", "key"} {
		maps.Copy(documented["rotate"], documented[command])
	}
	w := newWorld(t, ", accessKey: sealed")
	w.Config.Users = w.Config.Users[:1]
	all := map[string]bool{}
	for _, command := range []string{"create", "mfa", "key", "status", "rotate"} {
		w.iam.Before = func(action string, _ url.Values) string {
			if !documented[command][action] {
				t.Errorf("%s needs iam:%s, which is not documented", command, action)
			}
			return ""
		}
		if err := perform(t.Context(), w, command); err != nil {
			t.Errorf("%s: %v", command, err)
		}
		w.clock = w.clock.Add(time.Minute)
		maps.Copy(all, documented[command])
	}
	api := reflect.TypeFor[API]()
	var methods []string
	for i := range api.NumMethod() {
		methods = append(methods, api.Method(i).Name)
	}
	if got := slices.Sorted(maps.Keys(all)); !slices.Equal(got, slices.Sorted(slices.Values(methods))) {
		t.Errorf("documented are %s, and the interface has %s", strings.Join(got, " "), strings.Join(methods, " "))
	}
}

func perform(ctx context.Context, w *world, command string) error {
	if command == "status" {
		_, err := Status(ctx, Inquiry{Config: w.Config, IAM: w.IAM, Now: w.clock, Pause: time.Millisecond})
		return err
	}
	_, err := act(ctx, w.Options, command)
	return err
}
