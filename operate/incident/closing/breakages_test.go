package closing

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"example.com/breakglass/operate/drill"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/contain"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/incident/leftovers"
)

// breakage breaks one thing of a finished incident, and names the item that is open then.
type breakage struct {
	breaks func(*testing.T, *Source)
	open   string
}

// breakages returns what keeps an incident open, by what it is.
func breakages() map[string]breakage {
	remove := func(name string) func(*testing.T, *Source) {
		return func(t *testing.T, s *Source) {
			if err := os.Remove(filepath.Join(s.Folder.Path, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	text := func(name, text string) func(*testing.T, *Source) {
		return func(t *testing.T, s *Source) { write(t, s, name, text) }
	}
	drillWith := func(change func(*drill.Evidence)) func(*testing.T, *Source) {
		return func(t *testing.T, s *Source) { write(t, s, drillFile, drilled(t, s.Config, change)) }
	}
	contained := func(hours time.Duration, what contain.What, end *contain.Conclusion) func(*testing.T, *Source) {
		return func(t *testing.T, s *Source) {
			add(t, s, folder.Contained, contain.Event{At: used.Add(hours * time.Hour), What: what, Conclusion: end})
		}
	}
	const evidence = `{"began": "2026-11-24T00:00:00Z", "hubAccount": "111111111111", "problems": 0, `
	return map[string]breakage{
		"no report":                          {remove(folder.Report), "report"},
		"a report that was written too soon": {text(folder.Report, `{"kind": "report", "value": {"written": "2026-11-22T10:05:00Z"}}`), "report"},
		"a report with gaps": {
			text(folder.Report, `{"kind": "report", "value": {"written": "2026-11-23T00:00:00Z", "unseen": [{"unread": true}]}}`), "report",
		},
		"not contained": {remove(folder.Contained), "contain"},
		"a measure in force": {func(t *testing.T, s *Source) {
			add(t, s, folder.Contained, contain.Event{At: used.Add(4 * time.Hour), Measure: contain.Measure{Kind: contain.Role, Name: "r"}, What: contain.Taken})
		}, "release"},
		"an answer that was lost": {func(t *testing.T, s *Source) {
			add(t, s, folder.Contained, contain.Event{At: used.Add(4 * time.Hour), Measure: contain.Measure{Kind: contain.Role, Name: "r"}, What: contain.Intended})
		}, "release"},
		"a containment that was cut off":       {contained(4, contain.Started, nil), "contain"},
		"a containment that failed":            {contained(4, contain.Concluded, &contain.Conclusion{Failed: []string{"a role"}}), "contain"},
		"a containment that IAM does not show": {contained(4, contain.Concluded, &contain.Conclusion{Open: []string{"a user"}}), "contain"},
		"a call after the containment": {func(_ *testing.T, s *Source) {
			s.Calls = append(s.Calls,
				&chain.Call{
					Record: events.Record{EventID: "e-9", Name: "GetUser", ReadOnly: true, Time: used.Add(150 * time.Minute)}, By: &chain.Principal{Kind: chain.Session},
				})
		}, "contain"},
		"a session that still works": {func(t *testing.T, s *Source) {
			for hours, verdict := range []contain.Verdict{contain.Works, contain.Refused, contain.Works} {
				add(t, s, folder.Contained,
					contain.Event{
						At: used.Add(time.Duration(4+hours) * time.Hour), What: contain.Proved, Proof: &contain.Proof{From: "profile x", Key: "ASIAONE", Verdict: verdict},
					})
			}
		}, "contain"},
		"a line that is damaged": {func(t *testing.T, s *Source) {
			at := filepath.Join(s.Folder.Path, folder.Contained)
			text, err := os.ReadFile(at)
			if err == nil {
				err = os.WriteFile(at, append([]byte("{\"what\": \"inten\n"), text...), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}, "lines"},
		"a decision that is damaged": {func(t *testing.T, s *Source) {
			at := filepath.Join(s.Folder.Path, folder.Closing)
			text, err := os.ReadFile(at)
			if err == nil {
				err = os.WriteFile(at, append(text, "[]\n"...), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}, "lines"},
		"nobody looked": {remove(folder.Leftovers), "leftovers"},
		"a search that was cut off": {func(_ *testing.T, s *Source) {
			s.Calls = append(s.Calls, &chain.Call{Record: events.Record{EventID: "e-8", Name: "CreateRole", Source: "iam.amazonaws.com", Time: used}, By: s.Calls[0].By})
		}, "leftovers"},
		"a look before the report": {func(t *testing.T, s *Source) {
			s.Calls = append(s.Calls, &chain.Call{Record: events.Record{EventID: "e-8", Name: "CreateRole", Source: "iam.amazonaws.com", Time: used}, By: s.Calls[0].By})
			add(t, s, folder.Leftovers, leftovers.Item{ID: "e-8", State: leftovers.Gone, Looked: used.Add(14 * time.Hour)})
		}, "leftovers"},
		"something left": {func(t *testing.T, s *Source) {
			add(t, s, folder.Leftovers, leftovers.Item{ID: "e-2", State: leftovers.There, Left: true})
		}, "e-2"},
		"an unknown thing": {func(t *testing.T, s *Source) {
			add(t, s, folder.Leftovers, leftovers.Item{ID: "e-3", State: leftovers.Unknown})
		}, "e-3"},
		"an old key": {func(_ *testing.T, s *Source) {
			s.ActiveKeys = func(context.Context, string) (map[string]time.Time, error) {
				return map[string]time.Time{"AKIAOLD": used.Add(-time.Hour)}, nil
			}
		}, "credentials-BreakglassUser"},
		"an old password": {
			text(checkFile,
				`{"began": "2026-11-24T00:00:00Z", "hubAccount": "111111111111", "problems": 0, "passwords": [{"user": "BreakglassUser", "set": "2026-11-01T00:00:00Z"}]}`), "credentials-BreakglassUser",
		},
		"no password, no key": {text(checkFile, evidence+`"noPassword": ["BreakglassUser"]}`), "credentials-BreakglassUser"},
		"a password that is not known": {func(t *testing.T, s *Source) {
			write(t, s, checkFile, evidence+`"noPassword": ["bob"]}`)
			s.ActiveKeys = func(context.Context, string) (map[string]time.Time, error) {
				return map[string]time.Time{"AKIANEW": used.Add(time.Hour)}, nil
			}
		}, "credentials-BreakglassUser"},
		"a check of the hub only": {text(checkFile, evidence+`"hubOnly": true, "passwords": [{"user": "BreakglassUser", "set": "2026-11-23T00:00:00Z"}]}`), "check"},
		"a problem": {
			text(checkFile,
				`{"began": "2026-11-24T00:00:00Z", "hubAccount": "111111111111", "problems": 1, "passwords": [{"user": "BreakglassUser", "set": "2026-11-23T00:00:00Z"}]}`), "check",
		},
		"an old check": {
			text(checkFile,
				`{"began": "2026-11-22T09:30:00Z", "hubAccount": "111111111111", "problems": 0, "passwords": [{"user": "BreakglassUser", "set": "2026-11-23T00:00:00Z"}]}`), "check",
		},
		"a failed drill":      {drillWith(func(e *drill.Evidence) { e.OK = false }), "drill"},
		"another's drill":     {drillWith(func(e *drill.Evidence) { e.Account = "222222222222" }), "drill"},
		"an old drill":        {drillWith(func(e *drill.Evidence) { e.Began = used.Add(150 * time.Minute) }), "drill"},
		"recorded calls":      {drillWith(func(e *drill.Evidence) { e.Recorded = true }), "drill"},
		"a drill of a Region": {drillWith(func(e *drill.Evidence) { e.Regions = e.Regions[1:] }), "drill"},
		"a drill of an alert": {drillWith(func(e *drill.Evidence) { e.Alerts = e.Alerts[:len(e.Alerts)-1] }), "drill"},
		"a drill of no hub":   {drillWith(func(e *drill.Evidence) { e.Hubs = nil }), "drill"},
		"a drill with --no-queue": {drillWith(func(e *drill.Evidence) {
			for i, r := range e.Results {
				e.Results[i].Receipts = slices.DeleteFunc(r.Receipts, func(at drill.Receipt) bool { return at.Where == drill.Topic })
			}
		}), "drill"},
		"no drill":                {remove(drillFile), "drill"},
		"a drill without an end":  {text(drillFile, `{"account": "111111111111"}`), "drill"},
		"a drill of another form": {text(drillFile, `[]`), "drill"},
		"a session of another kind": {func(_ *testing.T, s *Source) {
			s.Calls = append(s.Calls,
				&chain.Call{
					Record: events.Record{EventID: "e-9", Name: "AssumeRole", Source: "sts.amazonaws.com", Time: used.Add(150 * time.Minute)},
					By:     &chain.Principal{Kind: chain.Session},
				})
		}, "contain"},
	}
}

// Each of these alone keeps the incident open.
func TestItIsNotClosedWhileAnythingIsOpen(t *testing.T) {
	for what, one := range breakages() {
		t.Run(what, func(t *testing.T) {
			s := finished(t)
			one.breaks(t, s)
			if ids := open(t, s); !slices.Equal(ids, []string{one.open}) {
				t.Errorf("open: %q, want %s", ids, one.open)
			}
		})
	}
}
