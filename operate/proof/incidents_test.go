package proof

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/incident/closing"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/watch"
)

// signIn puts a sign-in of a user into both ledgers.
func (w *cloud) signIn(user string, at time.Time) {
	event := sampleOf(w.t, "sign-in")
	detail := event["detail"].(watch.Fields)
	detail["userIdentity"].(watch.Fields)["userName"] = user
	detail["eventID"] = user + at.Format(time.RFC3339)
	w.put(event, at, hub, standby)
}

// exercise puts what an exercise writes about itself into both ledgers.
func (w *cloud) exercise(kind, user string, at time.Time) {
	w.put(watch.Fields{
		"source": watch.ExerciseSource, "detail-type": kind, "account": watch.SampleScope.Account, "region": hub,
		"detail": watch.Fields{"eventID": "exercise-x", "user": user, "way": "console"},
	}, at, hub, standby)
}

// alone returns the findings about uses that are in no incident and in no exercise.
func alone(r *Report) (all []Finding) {
	for _, f := range r.Findings {
		if strings.Contains(f.What, "in no incident") {
			all = append(all, f)
		}
	}
	return all
}

func TestUsesThatNobodyAccountedForAreNamed(t *testing.T) {
	const user = "BreakglassUser"
	during := func(from, to time.Time, users ...string) Incident {
		return Incident{Folder: "case", Period: Period{from, to}, Users: users, Differs: []string{}}
	}
	for name, c := range map[string]struct {
		uses      []time.Time
		exercises map[string]time.Time
		who       string
		incidents []Incident
		want      []string
	}{
		"one": {uses: []time.Time{hour(5)}, want: []string{"1 use by BreakglassUser, 2026-11-20 18:00 UTC, in no incident"}},
		"two that belong together, and one six hours later": {
			uses: []time.Time{hour(5), hour(10), hour(16)},
			want: []string{"1 use by BreakglassUser, 2026-11-21 05:00", "2 uses by BreakglassUser, 2026-11-20 18:00 UTC to 2026-11-20 23:00 UTC"},
		},
		"in an incident": {uses: []time.Time{hour(5)}, incidents: []Incident{during(hour(5), hour(6), user)}},
		"at the end of an incident": {
			uses: []time.Time{hour(6)}, incidents: []Incident{during(hour(5), hour(6), user)}, want: []string{"1 use by BreakglassUser"},
		},
		"in an incident of another user": {
			uses: []time.Time{hour(5)}, incidents: []Incident{during(hour(5), hour(6), "another")}, want: []string{"1 use by BreakglassUser"},
		},
		"in an exercise": {
			uses: []time.Time{hour(5)}, exercises: map[string]time.Time{watch.ExerciseBegins: hour(5).Add(time.Minute), watch.ExerciseEnds: hour(6)},
		},
		"after an exercise": {
			uses: []time.Time{hour(7)}, exercises: map[string]time.Time{watch.ExerciseBegins: hour(5), watch.ExerciseEnds: hour(6)},
			want: []string{"1 use by BreakglassUser"},
		},
		"in an exercise without an end":      {uses: []time.Time{hour(7)}, exercises: map[string]time.Time{watch.ExerciseBegins: hour(5)}},
		"in an exercise without a beginning": {uses: []time.Time{hour(5)}, exercises: map[string]time.Time{watch.ExerciseEnds: hour(6)}},
		"long after an exercise without an end": {
			uses: []time.Time{hour(9)}, exercises: map[string]time.Time{watch.ExerciseBegins: hour(5)}, want: []string{"1 use by BreakglassUser"},
		},
		"long before an exercise without a beginning": {
			uses: []time.Time{hour(1)}, exercises: map[string]time.Time{watch.ExerciseEnds: hour(6)}, want: []string{"1 use by BreakglassUser"},
		},
		"in an exercise of another user": {
			uses: []time.Time{hour(5)}, who: "another", exercises: map[string]time.Time{watch.ExerciseBegins: hour(5), watch.ExerciseEnds: hour(6)},
			want: []string{"1 use by BreakglassUser"},
		},
	} {
		w := well(t)
		w.drillEverywhere()
		w.incidents = c.incidents
		for _, at := range c.uses {
			w.signIn(user, at)
		}
		for kind, at := range c.exercises {
			who := user
			if c.who != "" {
				who = c.who
			}
			w.exercise(kind, who, at)
		}
		got := alone(w.report())
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
			continue
		}
		for i, f := range got {
			if f.Severity != Note || !strings.HasPrefix(f.What, c.want[i]) {
				t.Errorf("%s: %+v, want %q", name, f, c.want[i])
			}
		}
	}
}

// The command that a finding prints ends with a time that the report accepts, or with none.
func TestTheReportOnAUseIsACommandThatRuns(t *testing.T) {
	w := well(t)
	w.drillEverywhere()
	w.signIn("BreakglassUser", hour(5).Add(20*time.Minute))
	w.signIn("BreakglassUser", now.Add(-time.Minute))
	got := alone(w.report())
	if len(got) != 2 || got[0].Fix != "breakglass incident report --from 2026-11-20T18:00:00Z --to 2026-11-20T19:00:00Z" ||
		got[1].Fix != "breakglass incident report --from 2026-11-23T12:00:00Z" {
		t.Errorf("%+v", got)
	}
}

// A target account records the switch of a user by the ARN: it is the same use, and what its administrators do to the role is none.
func TestUsesThatATargetAccountRecords(t *testing.T) {
	w := well(t)
	c, err := config.Parse("breakglass.yaml", []byte(fileText+"targets: [{account: \"222222222222\"}]\nobservers: {regions: [us-east-1]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	w.config = c
	w.drillEverywhere()
	for i, name := range []string{"a switch as the target account records it", "a policy that somebody attaches"} {
		n := slices.IndexFunc(watch.TargetSamples, func(s watch.Sample) bool { return s.Name == name })
		w.put(watch.TargetSamples[n].Event(), hour(5+i), hub, standby)
	}
	r := w.report()
	if got := alone(r); len(r.Sections[0].Records) != 2 || r.Unaccounted != 1 || len(got) != 1 ||
		!strings.HasPrefix(got[0].What, "1 use by BreakglassUser, 2026-11-20 18:00") {
		t.Errorf("%d, %+v, %+v", r.Unaccounted, got, r.Sections[0].Records)
	}
	w.exercise(watch.ExerciseBegins, "BreakglassUser", hour(5))
	if r := w.report(); r.Unaccounted != 0 {
		t.Errorf("in an exercise: %+v", alone(r))
	}
}

// A failed sign-in and what an administrator does to a user are no uses.
func TestWhatIsNoUse(t *testing.T) {
	w := well(t)
	w.drillEverywhere()
	for i, entry := range []string{"failed-sign-in", "iam-change", "refused-iam-change"} {
		w.put(sampleOf(t, entry), hour(i+3), hub, standby)
	}
	if got := alone(w.report()); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	for _, id := range used {
		if e, ok := watch.ByID(id); !ok || e.Part != watch.Access {
			t.Errorf("%s is no entry of a use", id)
		}
	}
}

func TestIncidentsOfThePeriodAreListed(t *testing.T) {
	w := well(t)
	w.drillEverywhere()
	w.signIn("BreakglassUser", hour(5))
	signed := hour(9)
	w.incidents = []Incident{
		{Folder: "later", Period: Period{hour(20), hour(30)}, Differs: []string{}},
		{Folder: "a case", Period: Period{hour(4), hour(6)}, Users: []string{"BreakglassUser"}, Signed: signed, Differs: []string{"report.html was changed"}},
		{Folder: "before", Period: Period{hour(-9), hour(0)}, Differs: []string{}},
	}
	r := w.report()
	if len(r.Incidents) != 2 || r.Incidents[0].Folder != "a case" || r.Incidents[0].Uses != 1 || !r.Incidents[0].Closed() || r.Incidents[1].Closed() {
		t.Errorf("%+v", r.Incidents)
	}
	want := []Finding{
		{Problem, nil, "incident a case is not as it was signed off: report.html was changed", "breakglass incident verify --folder 'a case'"},
		{Note, nil, "incident before is not of this period", ""},
		{Note, nil, "incident later is open", "breakglass incident close --folder later"},
	}
	for i, f := range r.Findings {
		if i >= len(want) || f.Severity != want[i].Severity || f.What != want[i].What || f.Fix != want[i].Fix {
			t.Errorf("%+v", f)
		}
	}
	if len(r.Findings) != len(want) || r.OK() {
		t.Errorf("%d findings", len(r.Findings))
	}
}

func TestOpenIncidents(t *testing.T) {
	make_ := func(account string) string {
		path := filepath.Join(t.TempDir(), "case")
		f, err := folder.Create(path, folder.Incident{HubAccount: account, Users: []string{"a\x1b[31m"}, Period: events.Period{From: hour(1), To: hour(2)}})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []map[string]string{{"field": "ticket", "text": "1"}, {"field": "ticket", "text": "<b>2"}, {"field": "lessons", "text": "none"}} {
			if err := f.Add(folder.Closing, line); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	open, other := make_("111111111111"), make_("222222222222")
	all, err := OpenIncidents([]string{open}, "111111111111")
	if err != nil || len(all) != 1 || all[0].Closed() || all[0].Ticket != "<b>2" || all[0].Trigger != "" || all[0].Users[0] != `a\u001b[31m` ||
		all[0].Period != (Period{hour(1), hour(2)}) {
		t.Errorf("%+v, %v", all, err)
	}
	for _, c := range []struct {
		paths []string
		want  string
	}{
		{[]string{open, open + "/"}, "is named twice"}, {[]string{other}, "the hub account is 111111111111"},
		{[]string{t.TempDir()}, "it is no folder of an incident"},
	} {
		if _, err := OpenIncidents(c.paths, "111111111111"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.want, err)
		}
	}
	if err := os.WriteFile(filepath.Join(open, folder.Closed), []byte(`{"version": 9}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenIncidents([]string{open}, "111111111111"); err == nil || !strings.Contains(err.Error(), "this version of breakglass cannot read it") {
		t.Error(err)
	}
}

// What incident close signs off is what the evidence of a period reads.
func TestASignedOffIncident(t *testing.T) {
	path := filepath.Join(t.TempDir(), "case")
	f, err := folder.Create(path,
		folder.Incident{HubAccount: "111111111111", Users: []string{"BreakglassUser"}, Period: events.Period{From: hour(1), To: hour(2)}})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Write(folder.Page, []byte("page")); err != nil {
		t.Fatal(err)
	}
	_, hash, err := closing.Sign(closing.Source{Folder: f}, []closing.Item{{ID: "ticket", State: closing.Done}}, "arn", "Jane <b>Doe", hour(3))
	if err != nil {
		t.Fatal(err)
	}
	all, err := OpenIncidents([]string{path}, "111111111111")
	if err != nil || len(all) != 1 || !all[0].Signed.Equal(hour(3)) || all[0].Name != "Jane <b>Doe" || all[0].SHA256 != hash || len(all[0].Differs) != 0 {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := f.Write(folder.Page, []byte("another page")); err != nil {
		t.Fatal(err)
	}
	if all, err = OpenIncidents([]string{path}, "111111111111"); err != nil || !slices.Equal(all[0].Differs, []string{"report.html was changed"}) {
		t.Errorf("%+v, %v", all, err)
	}
}
