package exercise

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/breakglass/watch"
)

// TestRecordsComeInAnyOrder plays what ledgers have: late, twice, in another order, and of another session. A step counts where it was done,
// and within the session that began with the sign-in.
func TestRecordsComeInAnyOrder(t *testing.T) { synctest.Test(t, recordsInAnyOrder) }

func recordsInAnyOrder(t *testing.T) {
	at := func(e watch.Fields, id string, second int) watch.Fields {
		detail := e["detail"].(map[string]any)
		detail["eventID"], detail["eventTime"] = "0a1b2c3d-"+id, time.Now().Add(time.Duration(second)*time.Second).UTC().Format(time.RFC3339)
		return e
	}
	// A record is made when its exercise begins.
	type record func() watch.Fields
	in := func(id string, second int) record {
		return func() watch.Fields { return at(signIn("eu-west-1"), id, second) }
	}
	into := func(id string, second int) record {
		return func() watch.Fields { return at(assumed("eu-west-1"), id, second) }
	}
	without := func(id string, second int) record {
		return func() watch.Fields {
			return at(event("ConsoleLogin", "eu-west-1", watch.Fields{"additionalEventData": watch.Fields{"MFAUsed": "No"}}), id, second)
		}
	}
	const earlier = "it was done before “Sign-in to the console with MFA”, in another session: do it again, within this one"
	for name, c := range map[string]struct {
		records []record
		// steps are the events that count; missing is why it is not complete, empty where it is.
		steps, missing string
	}{
		"in order":                    {[]record{in("in", 5), into("into", 9)}, "in into", ""},
		"the switch first":            {[]record{into("into", 9), in("in", 5)}, "in into", ""},
		"within a second":             {[]record{into("into", 5), in("in", 5)}, "in into", ""},
		"each twice":                  {[]record{in("in", 5), in("in", 5), into("into", 9), into("into", 9)}, "in into", ""},
		"a switch of another session": {[]record{into("other", 1), in("in", 5)}, "in other", earlier},
		"and one of this session":     {[]record{into("other", 1), in("in", 5), into("into", 9)}, "in into", ""},
		"the second sign-in first":    {[]record{in("again", 20), into("into", 9), in("in", 5)}, "in into", ""},
		"a switch after both":         {[]record{in("in", 5), in("again", 20), into("into", 25)}, "in into", ""},
		"first without MFA":           {[]record{without("bare", 2), in("in", 5), into("into", 9)}, "in into", ""},
		"without MFA only":            {[]record{without("bare", 2), into("into", 9)}, "- into", "no MFA was used; do it again with the device"},
	} {
		var records []watch.Fields
		for _, r := range c.records {
			records = append(records, r())
		}
		r, err := New(planned(t), options(Console), "test")
		if err != nil {
			t.Fatal(err)
		}
		e, err := r.Do(t.Context(), &fake{records: both(records...)}, "arn:by", nil, Progress{})
		if err != nil {
			t.Fatal(err)
		}
		var steps, missing []string
		for _, r := range e.Results {
			id := "-"
			if r.Record != nil {
				id = strings.TrimPrefix(r.Record.Event, "0a1b2c3d-")
			}
			steps, missing = append(steps, id), append(missing, r.Missing...)
		}
		if got := strings.Join(steps, " "); got != c.steps || e.OK != (c.missing == "") {
			t.Errorf("%s: the steps are %s, complete %v, missing %q", name, got, e.OK, missing)
		}
		if c.missing != "" && !slices.ContainsFunc(missing, func(m string) bool { return strings.Contains(m, c.missing) }) {
			t.Errorf("%s: missing is %q, not %q", name, missing, c.missing)
		}
	}
}

// TestAnAlertThatNobodyReadIsAFailureOfJUnit: what a pipeline reads says the same as the exit code.
func TestAnAlertThatNobodyReadIsAFailureOfJUnit(t *testing.T) { synctest.Test(t, nobodyReads) }

func nobodyReads(t *testing.T) {
	o := options(Console)
	o.People = true
	r, err := New(planned(t), o, "test")
	if err != nil {
		t.Fatal(err)
	}
	e, err := r.Do(t.Context(), &fake{records: both(signIn("eu-west-1"), assumed("eu-west-1"))}, "arn:by", make(chan string), Progress{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := e.JUnit()
	if err != nil || e.OK || !strings.Contains(string(text), `tests="3" failures="1"`) ||
		!strings.Contains(string(text), "nobody typed the event ID of an alert") {
		t.Errorf("%s, %v", text, err)
	}
}
