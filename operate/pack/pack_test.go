package pack

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/manifest"
	"example.com/breakglass/names"
	"example.com/breakglass/operate/compliance"
	"example.com/breakglass/operate/proof"
	"example.com/breakglass/plan"
)

var (
	period = proof.Period{From: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	now    = period.To.Add(time.Hour)
)

func day(n int) time.Time { return period.From.AddDate(0, 0, n) }

// planOf returns the plan of a file with these users.
func planOf(t *testing.T, users, hub string) plan.Plan {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", fmt.Appendf(nil, `version: 1
hub: {account: "111111111111", region: %s}
regions: [us-east-1, eu-west-1]
alerts: {email: [a@example.com]}
credentials: {passwordHolders: [age1lvhw59lx93wpa96g8t9l96lx4qfk9p837whhwd0ddtghytms9e3sccd3v9], mfaHolders: [age1qlqp9llgttsgkrh3595a7svmenhnfpmspnapqynjgrwt7jmaxc8qvg7v9x]}
users: [%s]
`, hub, users))
	if err != nil {
		t.Fatal(err)
	}
	return plan.Of(c)
}

// report returns a proof in which all is well.
func report() *proof.Report {
	return &proof.Report{
		HubAccount: account, Period: period, By: "arn", File: "breakglass.yaml", SHA256: "abc",
		Logs:   []proof.Log{{Hub: "us-east-1", Name: names.Heartbeats, From: period.From, To: period.To}},
		Drills: []proof.Drilled{{Region: "eu-west-1", Drills: 1, Recorded: 1}, {Region: "us-east-1", Drills: 1}}, Sections: []proof.Section{},
		Findings: []proof.Finding{}, Incidents: []proof.Incident{},
	}
}

func drilled(at time.Time, more string) string {
	return fmt.Sprintf(`{"drill": "x", "account": "111111111111", "began": %q, "ok": true%s}`, at.Format(time.RFC3339), more)
}

func exercised(at time.Time, user, way string, ok bool) string {
	return fmt.Sprintf(`{"exercise": "x", "account": "111111111111", "began": %q, "ok": %v, "user": %q, "way": %q}`, at.Format(time.RFC3339), ok, user, way)
}

func checked(at time.Time, problems int) string {
	return fmt.Sprintf(`{"coverage": "all", "hubAccount": "111111111111", "began": %q, "problems": %d}`, at.Format(time.RFC3339), problems)
}

// written writes files into a new folder.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	in := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(in, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

func well() map[string]string {
	return map[string]string{
		"d.json": drilled(day(3), ""), "r.json": drilled(day(3), `, "recorded": true`), "c.json": checked(day(4), 0),
		"e.json": exercised(day(5), "ops", "console", true),
	}
}

// made makes the pack of files in a folder.
func made(t *testing.T, r *proof.Report, p plan.Plan, incidents []proof.Incident, paths ...string) *Pack {
	t.Helper()
	c, err := Collect(account, period, paths, incidents)
	if err != nil {
		t.Fatal(err)
	}
	pack, err := c.Make(r, p, "breakglass 1", now)
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	const users = "{name: ops}"
	for name, c := range map[string]struct {
		users, hub string
		files      func(map[string]string)
		report     func(*proof.Report)
		want       []string
	}{
		"nothing":  {},
		"problems": {report: func(r *proof.Report) { r.Problems = 2 }, want: []string{"the proof names problems: 2"}},
		"no check": {files: func(f map[string]string) { delete(f, "c.json") }, want: []string{"no check in the period"}},
		"no check since": {
			files: func(f map[string]string) { f["c.json"] = checked(day(-4), 0) }, want: []string{"no check since 2026-08-28 00:00 UTC"},
		},
		"a check after the period":             {files: func(f map[string]string) { f["c.json"] = checked(day(100), 0) }, want: []string{"no check in the period"}},
		"an earlier check that found problems": {files: func(f map[string]string) { f["c.json"] = checked(day(-4), 1) }, want: []string{"no check in the period"}},
		"the newest check found problems": {
			files: func(f map[string]string) { f["c2.json"] = checked(day(9), 1) }, want: []string{"the newest check found problems: 2026-09-10 00:00 UTC"},
		},
		"an older check found problems": {files: func(f map[string]string) { f["c2.json"] = checked(day(1), 1) }},
		"no file about drills": {
			files: func(f map[string]string) { delete(f, "d.json") }, want: []string{"no file about drill in the period; the ledgers and logs have 2"},
		},
		"no drill at all": {
			files: func(f map[string]string) { delete(f, "d.json") }, report: func(r *proof.Report) { r.Drills = []proof.Drilled{{Region: "us-east-1", Recorded: 1}} },
			want: []string{"no drill in the period"},
		},
		"a Region was not drilled": {report: func(r *proof.Report) { r.Drills[0].Drills = 0 }, want: []string{"no drill from eu-west-1"}},
		"nothing recorded": {
			files: func(f map[string]string) { delete(f, "r.json") }, report: func(r *proof.Report) { r.Drills[0].Recorded = 0 },
			want: []string{"no drill --recorded in the period"},
		},
		"no file about recorded drills": {
			files: func(f map[string]string) { delete(f, "r.json") }, report: func(r *proof.Report) { r.Drills[1].Recorded = 2 },
			want: []string{"no file about drill --recorded in the period; the ledgers and logs have 3"},
		},
		"an exercise of another way": {
			files: func(f map[string]string) { f["e.json"] = exercised(day(5), "ops", "login", true) },
			want:  []string{"no exercise of user ops by way console in the period"},
		},
		"a failed exercise": {
			files: func(f map[string]string) { f["e.json"] = exercised(day(5), "ops", "console", false) },
			want:  []string{"the newest exercise of user ops by way console found problems: 2026-09-06 00:00 UTC"},
		},
		"an exercise in the ledgers only": {files: func(f map[string]string) { delete(f, "e.json") }, report: func(r *proof.Report) {
			r.Sections = []proof.Section{{
				ID: proof.Exercises,
				Records: []proof.Record{
					{Who: "ops", On: "console, us-east-1-gone", Result: "Success"}, {Who: "ops", On: "console", Result: "Failure"},
					{Who: "else", On: "console", Result: "Success"},
				},
			}}
		}, want: []string{"no file about exercise of user ops by way console in the period; the ledgers and logs have 1"}},
		"a sealed key": {
			users: "{name: ops, accessKey: sealed}, {name: second}",
			want:  []string{"no exercise of user ops by way key in the period", "no exercise of user second by way console in the period"},
		},
		"a hub elsewhere": {
			hub: "eu-west-1", report: func(r *proof.Report) { r.Logs[0].Hub = "eu-west-1" }, want: []string{"no exercise as if us-east-1 were gone in the period"},
		},
		"an open incident": {report: func(r *proof.Report) {
			r.Incidents = []proof.Incident{{Period: proof.Period{From: day(1), To: day(2)}}}
		}, want: []string{"incident of 2026-09-02 00:00 UTC to 2026-09-03 00:00 UTC: it is open"}},
		"uses without an incident": {
			report: func(r *proof.Report) { r.Unaccounted = 3 },
			want:   []string{"uses of the emergency access that are in no incident and no exercise: 3; the proof names them"},
		},
		"heartbeats of the last month only": {
			report: func(r *proof.Report) { r.Logs[0].From = day(61) },
			want:   []string{"/aws/events/breakglass-heartbeats in us-east-1: neither this proof nor an earlier one in the pack has read 2026-09-01 00:00 UTC to 2026-11-01 00:00 UTC"},
		},
		"earlier proofs": {files: func(f map[string]string) {
			f["p1.json"], f["p2.json"] = proved(day(0), day(30)), proved(day(40), day(62))
			f["p3.json"] = proved(day(2), day(9)) // within another
		}, report: func(r *proof.Report) { r.Logs[0].From = day(61) }, want: []string{"/aws/events/breakglass-heartbeats in us-east-1: neither this proof nor an earlier one in the pack has read 2026-10-01 00:00 UTC to 2026-10-11 00:00 UTC"}},
		"nothing was read": {
			report: func(r *proof.Report) { r.Logs = nil },
			want:   []string{"/aws/events/breakglass-heartbeats in us-east-1: neither this proof nor an earlier one in the pack has read 2026-09-01 00:00 UTC to 2026-12-01 00:00 UTC"},
		},
	} {
		files, r := well(), report()
		if c.files != nil {
			c.files(files)
		}
		if c.report != nil {
			c.report(r)
		}
		if c.users == "" {
			c.users = users
		}
		if c.hub == "" {
			c.hub = "us-east-1"
		}
		if got := made(t, r, planOf(t, c.users, c.hub), nil, written(t, files)).Missing; !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// proved is an earlier proof that has read the heartbeats of a time.
func proved(from, to time.Time) string {
	return fmt.Sprintf(`{"hubAccount": "111111111111", "period": {"from": %q, "to": %q}, "problems": 0, "logs": [{"hub": "us-east-1", "name": %q, "from": %[1]q, "to": %[2]q}]}`,
		from.Format(time.RFC3339), to.Format(time.RFC3339), names.Heartbeats)
}

func TestTheSignedOffRecordsOfIncidentsAreTaken(t *testing.T) {
	const page, record = `<!doctype html><title>Incident of the emergency access, closed 1 October 2026</title>`, `{"version": 1}`
	in := written(t, map[string]string{"closed.json": record, "closed.html": page, "records.jsonl": "{}"})
	incident := proof.Incident{
		Folder: in, Period: proof.Period{From: day(1), To: day(2)}, Signed: day(3), Name: "Jane Doe", SHA256: manifest.Of("", []byte(record)).SHA256,
	}
	open, another, changed := incident, incident, incident
	open.Signed, another.Period, changed.SHA256 = time.Time{}, proof.Period{From: day(-9), To: day(0)}, "0"
	p := planOf(t, "{name: ops}", "us-east-1")
	count := func(pack *Pack) (n int) {
		for _, f := range pack.Files {
			if f.Kind == compliance.Incident {
				n++
			}
		}
		return n
	}
	if pack := made(t, report(), p, []proof.Incident{incident}); count(pack) != 2 || string(pack.files["incident/"+filepath.Base(in)+"-closed.json"]) != record {
		t.Errorf("%+v", pack.Files)
	}
	if pack := made(t, report(), p, []proof.Incident{open, another}); count(pack) != 0 {
		t.Errorf("%+v", pack.Files)
	}
	if _, err := Collect(account, period, nil, []proof.Incident{changed}); err == nil || !strings.Contains(err.Error(), "was changed while it was read") {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(in, "closed.html"), []byte("<script>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if pack := made(t, report(), p, []proof.Incident{incident}); count(pack) != 1 || len(pack.Left) != 1 {
		t.Errorf("%+v", pack.Files)
	}
	// A link in the place of a record is left out; the rest of the pack is made.
	if err := os.Rename(filepath.Join(in, "closed.json"), filepath.Join(in, "elsewhere.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("elsewhere.json", filepath.Join(in, "closed.json")); err != nil {
		t.Fatal(err)
	}
	if pack := made(t, report(), p, []proof.Incident{incident}); count(pack) != 0 || len(pack.Left) != 2 || pack.Left[0].Why != "it is a symbolic link" {
		t.Errorf("%+v, %+v", pack.Files, pack.Left)
	}
}

func TestWhatCannotBeTakenIsAnErrorWhereItWasNamed(t *testing.T) {
	in := written(t, map[string]string{"text": "x", "incident.json": "{}", "elsewhere": strings.Replace(drilled(day(3), ""), account, "222222222222", 1)})
	if err := os.Symlink("text", filepath.Join(in, "link")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"text": whyForeign, "link": "it is a symbolic link", "none": "cannot read", "": "name it with --incident", "elsewhere": "it is of account 222222222222",
	} {
		if _, err := Collect(account, period, []string{filepath.Join(in, path)}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", path, err)
		}
	}
}
