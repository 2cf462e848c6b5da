package closing

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/drill"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/contain"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/incident/leftovers"
)

var (
	used = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	now  = used.Add(48 * time.Hour)
)

const fileText = `version: 1
hub: {account: "111111111111"}
regions: [us-east-1, eu-west-1]
alerts: {email: [security-team@example.com]}
targets: [{account: "222222222222"}]
`

// drilled returns the evidence of a drill of everything, in which a test changes something.
func drilled(t *testing.T, c *config.Config, change func(*drill.Evidence)) string {
	t.Helper()
	run, err := drill.New(c, drill.Options{All: true}, "name", nil)
	if err != nil {
		t.Fatal(err)
	}
	var results []drill.Result
	for _, d := range run.Drills {
		r := drill.Result{ID: d.ID, Region: d.Region, Alert: d.Alert}
		for _, hub := range run.Hubs {
			r.Receipts = append(r.Receipts, drill.Receipt{Where: drill.Ledger, Hub: hub, Arrived: true})
		}
		if d.ToPeople {
			r.Receipts = append(r.Receipts, drill.Receipt{Where: drill.Topic, Hub: d.Region, Arrived: true})
		}
		results = append(results, r)
	}
	e := run.Evidence(drill.Outcome{Began: used.Add(39 * time.Hour), Results: results}, "arn")
	e.OK = true
	change(&e)
	text, err := e.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// finished returns an incident about which nothing is open; each test breaks one thing.
func finished(t *testing.T) *Source {
	t.Helper()
	f, err := folder.Create(filepath.Join(t.TempDir(), "case"), folder.Incident{
		HubAccount: "111111111111", Users: []string{"BreakglassUser"}, Period: events.Period{From: used.Add(-time.Hour), To: used.Add(6 * time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	conf, err := config.Parse("breakglass.yaml", []byte(fileText))
	if err != nil {
		t.Fatal(err)
	}
	s := &Source{
		Folder: f, Config: conf, Now: now,
		Calls: []*chain.Call{{
			Record: events.Record{EventID: "e-1", Name: "CreateUser", Source: "iam.amazonaws.com", Time: used},
			By:     &chain.Principal{Kind: chain.User, Name: "BreakglassUser"},
		}},
		ActiveKeys: func(context.Context, string) (map[string]time.Time, error) { return nil, nil },
		LastUsed:   func(context.Context, string) (time.Time, error) { return used, nil },
	}
	write(t, s, folder.Report, `{"kind": "report", "value": {"written": "2026-11-23T00:00:00Z", "unseen": [{"what": "data events"}]}}`+"\n{}")
	measure := contain.Measure{Kind: contain.User, Account: "111111111111", Name: "BreakglassUser"}
	add(t, s, folder.Contained, contain.Event{At: used.Add(2 * time.Hour), What: contain.Started})
	add(t, s, folder.Contained, contain.Event{At: used.Add(2 * time.Hour), Measure: measure, What: contain.Intended})
	add(t, s, folder.Contained, contain.Event{At: used.Add(2 * time.Hour), Measure: measure, What: contain.Failed, Why: "no answer"})
	add(t, s, folder.Contained, contain.Event{At: used.Add(2 * time.Hour), Measure: measure, What: contain.Holds})
	add(t, s, folder.Contained, contain.Event{At: used.Add(2 * time.Hour), What: contain.Concluded, Conclusion: &contain.Conclusion{OK: true, Hold: 1}})
	add(t, s, folder.Contained, contain.Event{At: used.Add(3 * time.Hour), Measure: measure, What: contain.Failed, Why: "releasing: no answer"})
	add(t, s, folder.Contained, contain.Event{At: used.Add(3 * time.Hour), Measure: measure, What: contain.Released})
	add(t, s, folder.Leftovers, leftovers.Item{ID: "e-1", State: leftovers.Gone, Looked: used.Add(16 * time.Hour)})
	write(t, s, checkFile,
		`{"began": "2026-11-24T00:00:00Z", "hubAccount": "111111111111", "problems": 0, "passwords": [{"user": "BreakglassUser", "set": "2026-11-23T00:00:00Z"}]}`)
	write(t, s, drillFile, drilled(t, conf, func(*drill.Evidence) {}))
	for _, field := range Fields {
		add(t, s, folder.Closing, Entry{Field: field[0], Text: "text"})
	}
	return s
}

func write(t *testing.T, s *Source, name, text string) {
	t.Helper()
	if err := s.Folder.Write(name, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func add(t *testing.T, s *Source, name string, value any) {
	t.Helper()
	if err := s.Folder.Add(name, value); err != nil {
		t.Fatal(err)
	}
}

// open returns the IDs of the items that are open.
func open(t *testing.T, s *Source) (ids []string) {
	t.Helper()
	items, err := Checklist(t.Context(), *s)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		if i.State == Open {
			ids = append(ids, i.ID)
		}
	}
	if _, _, err := Sign(*s, items, "arn", "Jane Doe", now); (err == nil) != (len(ids) == 0) {
		t.Errorf("open are %q, and signing says %v", ids, err)
	}
	return ids
}

func TestNothingIsOpen(t *testing.T) {
	if ids := open(t, finished(t)); len(ids) > 0 {
		t.Errorf("open: %q", ids)
	}
}

// A thing that a call delivered late did again is looked at under that call, and no more under the first.
func TestAThingThatWasMadeAgainIsOneItem(t *testing.T) {
	attach := func(id string, at time.Duration) *chain.Call {
		return &chain.Call{
			Record: events.Record{
				EventID: id, Name: "CreateGroup", Source: "iam.amazonaws.com", Time: used.Add(at), Account: "222222222222", Region: "us-east-1",
				Request: map[string]any{"groupName": "g"},
			},
			By: &chain.Principal{Kind: chain.Session, Name: "x"},
		}
	}
	s := finished(t)
	look := leftovers.Expected([]*chain.Call{attach("e-8", -time.Minute)})[0]
	look.State, look.Left, look.Looked = leftovers.There, true, used.Add(16*time.Hour)
	add(t, s, folder.Leftovers, look)
	s.Calls = append(s.Calls, attach("e-8", -time.Minute))
	if ids := open(t, s); !slices.Equal(ids, []string{"e-8"}) {
		t.Errorf("open: %q", ids)
	}
	s.Calls = append(s.Calls, attach("e-9", -time.Second))
	if ids := open(t, s); !slices.Equal(ids, []string{"leftovers"}) {
		t.Errorf("nobody looked since: %q", ids)
	}
	look.ID, look.State, look.Left = "e-9", leftovers.Gone, false
	add(t, s, folder.Leftovers, look)
	if ids := open(t, s); len(ids) > 0 {
		t.Errorf("open: %q", ids)
	}
}

// Records that are gone are calls that the report may lack: nobody decides that they do not matter.
func TestLostRecordsAreReadAgainFirst(t *testing.T) {
	s := finished(t)
	s.Lost = 2
	if ids := open(t, s); !slices.Equal(ids, []string{"report"}) {
		t.Errorf("open: %q", ids)
	}
	items, err := Checklist(t.Context(), *s)
	if err != nil || items[0].decidable || !strings.Contains(items[0].Why, ": 2; they are read again by breakglass incident report") {
		t.Errorf("%+v, %v", items[0], err)
	}
}

// A user without a password who has a new key has new credentials.
func TestAKeyAlone(t *testing.T) {
	s := finished(t)
	write(t, s, checkFile, `{"began": "2026-11-24T00:00:00Z", "hubAccount": "111111111111", "problems": 0, "noPassword": ["BreakglassUser"]}`)
	s.ActiveKeys = func(context.Context, string) (map[string]time.Time, error) {
		return map[string]time.Time{"AKIANEW": used.Add(time.Hour)}, nil
	}
	if ids := open(t, s); len(ids) > 0 {
		t.Errorf("open: %q", ids)
	}
}

// A call that was refused shows that the containment works.
func TestARefusedCallAfterTheContainment(t *testing.T) {
	s := finished(t)
	s.Calls = append(s.Calls,
		&chain.Call{
			Record: events.Record{EventID: "e-9", Name: "GetUser", ErrorCode: "AccessDenied", Time: used.Add(150 * time.Minute)},
			By:     &chain.Principal{Kind: chain.Session},
		})
	if ids := open(t, s); len(ids) > 0 {
		t.Errorf("open: %q", ids)
	}
}

// A person is taken at her word about what she decided on, and not about what came after it.
func TestADecisionIsAboutWhatItWasMadeOn(t *testing.T) {
	gap := func(what string) string {
		return `{"kind": "report", "value": {"written": "2026-11-23T00:00:00Z", "unseen": [{"what": "` + what + `", "unread": true}]}}`
	}
	s := finished(t)
	write(t, s, folder.Report, gap("an account that was closed"))
	add(t, s, folder.Contained, contain.Event{At: used.Add(4 * time.Hour), What: contain.Concluded, Conclusion: &contain.Conclusion{Failed: []string{"a role"}}})
	add(t, s, folder.Contained, contain.Event{At: used.Add(4 * time.Hour), Measure: contain.Measure{Kind: contain.Role, Name: "r"}, What: contain.Taken})
	left := leftovers.Item{ID: "e-2", What: "a bucket", State: leftovers.There, Effect: leftovers.Changed, Left: true}
	add(t, s, folder.Leftovers, left)
	decide(t, s, "report", "contain", "release", "e-2")
	if ids := open(t, s); len(ids) > 0 {
		t.Fatalf("open: %q", ids)
	}
	left.Looked = now // the same again
	add(t, s, folder.Leftovers, left)
	write(t, s, folder.Report, strings.Replace(gap("an account that was closed"), "23T00", "22T23", 1))
	if ids := open(t, s); len(ids) > 0 {
		t.Errorf("open: %q", ids)
	}
	left.Risks = []string{"opens it to everybody (*)"}
	add(t, s, folder.Leftovers, left)
	write(t, s, folder.Report, gap("a Region that refuses"))
	add(t, s, folder.Contained,
		contain.Event{At: used.Add(5 * time.Hour), What: contain.Concluded, Conclusion: &contain.Conclusion{Failed: []string{"another role"}}})
	add(t, s, folder.Contained, contain.Event{At: used.Add(5 * time.Hour), Measure: contain.Measure{Kind: contain.Role, Name: "other"}, What: contain.Taken})
	if ids, want := open(t, s), []string{"report", "contain", "release", "e-2"}; !slices.Equal(ids, want) {
		t.Errorf("open: %q, want %q", ids, want)
	}
}

// TestADecisionOutlivesTheFlags: that it was no intrusion stays decided when somebody reads the folder with another profile.
func TestADecisionOutlivesTheFlags(t *testing.T) {
	s := finished(t)
	write(t, s, folder.Contained, "")
	decide(t, s, "contain")
	s.Folder.Again = " --profile another"
	if ids := open(t, s); len(ids) > 0 {
		t.Errorf("open: %q", ids)
	}
}

// decide decides about items as they are now.
func decide(t *testing.T, s *Source, ids ...string) {
	t.Helper()
	items, err := Checklist(t.Context(), *s)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		entry, ok := Decision(items, id, "because", "Jane Doe")
		if !ok {
			t.Fatalf("nobody may decide about %s", id)
		}
		entry.At = now
		add(t, s, folder.Closing, entry)
	}
}

// A person may decide about some items, and not about the evidence that the access works again.
func TestDecisions(t *testing.T) {
	s := finished(t)
	write(t, s, folder.Report, `{"kind": "report", "value": {"written": "2026-11-23T00:00:00Z", "unseen": [{"unread": true}]}}`)
	write(t, s, drillFile, drilled(t, s.Config, func(e *drill.Evidence) { e.OK = false }))
	add(t, s, folder.Leftovers, leftovers.Item{ID: "e-2", State: leftovers.There, Left: true})
	decide(t, s, "report", "e-2")
	add(t, s, folder.Closing, Entry{Item: "drill", Reason: "because", Name: "Jane Doe", At: now})
	items, err := Checklist(t.Context(), *s)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := Decision(items, "drill", "because", "Jane Doe"); ok {
		t.Error("a person may decide about the drill")
	}
	if ids := open(t, s); !slices.Equal(ids, []string{"drill"}) {
		t.Errorf("open: %q", ids)
	}
}

// The name of a file that somebody put into the folder writes nothing of its own on the page, and is verified as it is.
func TestNamesOfFilesOnThePage(t *testing.T) {
	s := finished(t)
	write(t, s, "a\n\x1b[31m\u202egnp.<b>", "x")
	if ids := open(t, s); len(ids) > 0 {
		t.Fatalf("open: %q", ids)
	}
	text, err := os.ReadFile(filepath.Join(s.Folder.Path, folder.ClosedPage))
	if err != nil || !strings.Contains(string(text), `<td>a\u000a\u001b[31m\u202egnp.&lt;b&gt;</td>`) {
		t.Errorf("%s, %v", text, err)
	}
	if differs, _, err := Verify(s.Folder); err != nil || len(differs) > 0 {
		t.Errorf("%q, %v", differs, err)
	}
}

// What has a time that is not yet may be older than the last step: it proves nothing.
func TestEvidenceFromTheFuture(t *testing.T) {
	at := now.Add(time.Second)
	for id, change := range map[string]func(*Source){
		"check": func(s *Source) {
			write(t, s, checkFile, `{"began": "`+at.Format(time.RFC3339)+`", "hubAccount": "111111111111", "problems": 0, `+
				`"passwords": [{"user": "BreakglassUser", "set": "2026-11-23T00:00:00Z"}]}`)
		},
		"drill": func(s *Source) {
			write(t, s, drillFile, drilled(t, s.Config, func(e *drill.Evidence) { e.Began = at }))
		},
		"report": func(s *Source) {
			write(t, s, folder.Report, `{"kind": "report", "value": {"written": "`+at.Format(time.RFC3339)+`"}}`)
			add(t, s, folder.Leftovers, leftovers.Item{ID: "e-1", State: leftovers.Gone, Looked: at.Add(time.Second)})
		},
		"leftovers": func(s *Source) {
			write(t, s, folder.Report, `{"kind": "report", "value": {"written": "`+now.Format(time.RFC3339)+`"}}`)
			add(t, s, folder.Leftovers, leftovers.Item{ID: "e-1", State: leftovers.Gone, Looked: at})
		},
	} {
		s := finished(t)
		change(s)
		if ids := open(t, s); !slices.Contains(ids, id) {
			t.Errorf("%s from the future: open are %q", id, ids)
		}
		s.Now = at.Add(time.Second)
		if ids := open(t, s); len(ids) > 0 {
			t.Errorf("%s of now: open are %q", id, ids)
		}
	}
}
