package check

import (
	"reflect"
	"slices"
	"testing"
	"unsafe"
)

// ofAccountOnly are the fields of a world that an account has once: no Region's job reads them.
var ofAccountOnly = []string{
	"trails", "logging", "selected", "users", "passwords", "devices", "keys", "memberOf", "direct", "direction", "attached", "expiry", "changed",
	"members", "groupARN", "ofGroup", "inline", "documents", "roles", "ofRole", "inRole", "restricted", "signInPolicy", "units", "sets", "instances", "changes",
}

// ofOneRegion are the fields that only the jobs of their Region and of the account read. Any other one concerns every job.
var ofOneRegion = []string{
	"composing", "rules", "targets", "bus", "topic", "subs", "sub", "key", "rotates", "queues", "alarms", "groups", "schedule", "calls", "beats", "recorded",
	"kept", "policies", "ofGroups", "protection", "keyRules",
}

// neutral are the fields that are not what AWS has.
var neutral = []string{"account", "region", "profile", "perPage", "altering", "reported"}

// concerns reports whether a job reads what is different in a world that was well: the other jobs find what they found before.
func (w *world) concerns(t *testing.T, before *world) func(job) bool {
	t.Helper()
	everything, ofRegion := !reflect.DeepEqual(before.s.config, w.s.config), false
	was, is := reflect.ValueOf(before).Elem(), reflect.ValueOf(w).Elem()
	for i := range is.NumField() {
		name := is.Type().Field(i).Name
		value := func(v reflect.Value) any {
			return reflect.NewAt(v.Field(i).Type(), unsafe.Pointer(v.Field(i).UnsafeAddr())).Elem().Interface()
		}
		switch {
		case name == "s", slices.Contains(neutral, name), slices.Contains(ofAccountOnly, name):
		case reflect.DeepEqual(value(was), value(is)):
		case slices.Contains(ofOneRegion, name):
			ofRegion = true
		default:
			everything = true
		}
	}
	return func(j job) bool {
		isRegion := slices.Contains(w.s.config.Regions, j.name)
		return everything || !isRegion || ofRegion && j.name == w.region
	}
}

// part runs some of the jobs of a check on the deployment that a world is a Region of, and returns the report.
func (w *world) part(t *testing.T, concerns func(job) bool) *Report {
	t.Helper()
	r, err := enterHub(t.Context(), w.options(t))
	if err != nil {
		t.Fatal(err)
	}
	jobs := slices.DeleteFunc(r.jobs(), func(j job) bool { return !concerns(j) })
	if err := r.everything(t.Context(), jobs); err != nil || len(jobs) == 0 {
		t.Fatal(jobs, err)
	}
	return r.report()
}

// TestTheFieldsThatFewJobsReadExist: a name that no field has would leave its field among those that every job reads.
func TestTheFieldsThatFewJobsReadExist(t *testing.T) {
	for _, name := range slices.Concat(ofAccountOnly, ofOneRegion, neutral) {
		if _, ok := reflect.TypeFor[world]().FieldByName(name); !ok {
			t.Errorf("a world has no %s", name)
		}
	}
}
