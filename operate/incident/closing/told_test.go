package closing

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/contain"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/incident/leftovers"
)

// What the checklist says of a finished incident, of one that nobody has begun with, and of each thing that keeps one open; and why it is not
// signed.
func TestWhatTheChecklistSays(t *testing.T) {
	created := func(id string) *chain.Call {
		return &chain.Call{
			Record: events.Record{
				EventID: id, Name: "CreateRole", Source: "iam.amazonaws.com", Time: used, Account: "222222222222", Region: "us-east-1",
				Request: map[string]any{"roleName": id},
			},
			By: &chain.Principal{Kind: chain.User, Name: "BreakglassUser"},
		}
	}
	all := breakages()
	for what, breaks := range map[string]func(*testing.T, *Source){
		"nobody has begun": func(t *testing.T, s *Source) {
			for _, name := range []string{folder.Report, folder.Contained, folder.Leftovers, folder.Closing, checkFile, drillFile} {
				if err := os.Remove(filepath.Join(s.Folder.Path, name)); err != nil {
					t.Fatal(err)
				}
			}
			s.Folder.Again = " --profile hub"
		},
		"nobody has called": func(_ *testing.T, s *Source) { s.Calls = nil },
		"another user has called": func(_ *testing.T, s *Source) {
			s.Calls[0].By = &chain.Principal{Kind: chain.Session, Name: "BreakglassUser"}
		},
		"a check of another account": func(t *testing.T, s *Source) {
			write(t, s, checkFile,
				`{"began": "2026-11-24T00:00:00Z", "hubAccount": "222222222222", "problems": 0, "passwords": [{"user": "BreakglassUser", "set": "2026-11-23T00:00:00Z"}]}`)
		},
		"a check that did not end": func(t *testing.T, s *Source) {
			write(t, s, checkFile, `{"began": "2026-11-24T00:00:00Z", "hubAccount": "111111111111"}`)
		},
		"a check of another form": func(t *testing.T, s *Source) { write(t, s, checkFile, "[]") },
		"keys that cannot be listed": func(_ *testing.T, s *Source) {
			s.ActiveKeys = func(context.Context, string) (map[string]time.Time, error) { return nil, errors.New("no permission") }
		},
		"two old keys and a new one": func(_ *testing.T, s *Source) {
			s.ActiveKeys = func(context.Context, string) (map[string]time.Time, error) {
				return map[string]time.Time{"AKIATWO": used, "AKIAONE": used.Add(-time.Hour), "AKIANEW": used.Add(time.Second)}, nil
			}
		},
		"contained without a measure": func(t *testing.T, s *Source) {
			add(t, s, folder.Contained,
				contain.Event{
					At: used.Add(4 * time.Hour), What: contain.Concluded,
					Conclusion: &contain.Conclusion{OK: true, Hold: 2, Without: []string{"no service control policy\x1b[31m", "no keys"}},
				})
		},
		"a run that found two things": func(t *testing.T, s *Source) {
			add(t, s, folder.Contained,
				contain.Event{
					At: used.Add(4 * time.Hour), What: contain.Concluded, Conclusion: &contain.Conclusion{Failed: []string{"a role"}, Open: []string{"a user", "a session"}},
				})
		},
		"looks at several things": func(t *testing.T, s *Source) {
			s.Calls = append(s.Calls, created("e-7"), created("e-8"), created("e-9"))
			for id, hours := range map[string]time.Duration{"e-1": 21, "e-7": 19, "e-8": 18, "e-9": 20} {
				add(t, s, folder.Leftovers, leftovers.Item{ID: id, State: leftovers.Gone, Looked: used.Add(hours * time.Hour)})
			}
			add(t, s, folder.Leftovers, leftovers.Item{ID: "e-8", State: leftovers.Gone, Looked: used.Add(17 * time.Hour)}) // an earlier look comes late
		},
		"one of two looks is missing": func(t *testing.T, s *Source) {
			s.Calls = append(s.Calls, created("e-7"), created("e-8"))
			add(t, s, folder.Leftovers, leftovers.Item{ID: "e-7", State: leftovers.Gone, Looked: used.Add(16 * time.Hour)})
		},
		"two gaps, one is decided about": func(t *testing.T, s *Source) {
			write(t, s, folder.Report,
				`{"kind": "report", "value": {"written": "2026-11-23T00:00:00Z", "unseen": [{"what": "data events"}, {"what": "a Region", "where": ["eu-west-1", "eu-west-2"], "unread": true}, {"what": "an account", "where": ["1"], "unread": true}]}}`)
			add(t, s, folder.Leftovers,
				leftovers.Item{
					ID: "e-2", What: "bucket b", Account: "222222222222", Region: "eu-west-1", Effect: leftovers.Changed, State: leftovers.There, Why: "it is public\x1b[31m",
					Left: true, Risks: []string{"r"},
				})
			decide(t, s, "e-2")
		},
		"a post-mortem that is not written": func(t *testing.T, s *Source) {
			write(t, s, folder.Closing, "")
			add(t, s, folder.Closing, Entry{At: now, Field: "ticket", Text: "first"})
			add(t, s, folder.Closing, Entry{At: now, Field: "ticket", Text: "second\x1b[31m"})
		},
	} {
		all[what] = breakage{breaks: breaks}
	}
	said := func(s *Source) (lines []string) {
		items, err := Checklist(t.Context(), *s)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			line := fmt.Sprintf("%s: %s: %s: %s", i.State, i.ID, i.Title, i.Why)
			if i.decidable {
				line += fmt.Sprintf("\n  may be decided about %q", strings.TrimSpace(i.about))
			}
			if i.Reason != "" || !i.At.IsZero() {
				line += fmt.Sprintf("\n  %q, %s %s", i.Reason, i.Name, i.At.Format(time.RFC3339))
			}
			lines = append(lines, line)
		}
		if _, _, err := Sign(*s, items, "arn", "Jane Doe", now); err != nil {
			lines = append(lines, "it is not signed: "+err.Error())
		}
		for i := range lines {
			lines[i] = strings.ReplaceAll(lines[i], s.Folder.Path, "FOLDER")
		}
		return lines
	}
	good := said(finished(t))
	text := "== finished\n" + strings.Join(good, "\n") + "\n"
	for _, what := range slices.Sorted(maps.Keys(all)) {
		s := finished(t)
		all[what].breaks(t, s)
		text += "\n== " + what + "\n"
		for _, line := range said(s) {
			if !slices.Contains(good, line) {
				text += line + "\n"
			}
		}
	}
	reviewed.Text(t, "told.txt", text)
}

// listed is IAM with some keys, on two pages, or with an error.
type listed struct{ err error }

func (l listed) ListAccessKeys(_ context.Context, in *iam.ListAccessKeysInput, _ ...func(*iam.Options)) (*iam.ListAccessKeysOutput, error) {
	if in.Marker == nil {
		return &iam.ListAccessKeysOutput{
			IsTruncated: true, Marker: aws.String("1"),
			AccessKeyMetadata: []types.AccessKeyMetadata{{AccessKeyId: aws.String("AKIAOFF"), Status: types.StatusTypeInactive, CreateDate: aws.Time(used)}},
		}, nil
	}
	return &iam.ListAccessKeysOutput{AccessKeyMetadata: []types.AccessKeyMetadata{{
		AccessKeyId: aws.String("AKIAON"), Status: types.StatusTypeActive, CreateDate: aws.Time(used),
	}}}, l.err
}

func TestOnlyActiveKeysCount(t *testing.T) {
	if keys, err := ActiveKeys(t.Context(), listed{}, "BreakglassUser"); err != nil || !maps.Equal(keys, map[string]time.Time{"AKIAON": used}) {
		t.Errorf("%v, %v", keys, err)
	}
	if keys, err := ActiveKeys(t.Context(), listed{errors.New("throttled")}, "BreakglassUser"); err == nil || keys != nil ||
		!strings.Contains(err.Error(), "listing the access keys of BreakglassUser") {
		t.Errorf("%v, %v", keys, err)
	}
}

// Whatever cannot be read or written is an error, and no incident is signed then.
func TestAFolderThatCannotBeReadIsNotClosed(t *testing.T) {
	for _, name := range []string{folder.Closing, folder.Contained, folder.Leftovers} {
		s := finished(t)
		path := filepath.Join(s.Folder.Path, name)
		if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
			t.Fatal(err)
		}
		if items, err := Checklist(t.Context(), *s); err == nil || items != nil {
			t.Errorf("%s: %+v, %v", name, items, err)
		}
	}
	for _, name := range []string{folder.ClosedPage, folder.Closed} {
		s := finished(t)
		items, err := Checklist(t.Context(), *s)
		if err != nil {
			t.Fatal(err)
		}
		if !OK(items) || OK(append(slices.Clone(items), Item{State: Open})) {
			t.Error("what is open is not OK, and the rest is")
		}
		if err := os.Mkdir(filepath.Join(s.Folder.Path, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if r, hash, err := Sign(*s, items, "arn", "Jane", now); err == nil || r != nil || hash != "" {
			t.Errorf("%s: %+v, %q, %v", name, r, hash, err)
		}
	}
}

// A record of another version is not compared with what it does not know.
func TestARecordOfAnotherVersion(t *testing.T) {
	s := finished(t)
	items, err := Checklist(t.Context(), *s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Sign(*s, items, "arn", "Jane", now); err != nil {
		t.Fatal(err)
	}
	if r, err := Signed(s.Folder); err != nil || r.Version != 1 || r.Name != "Jane" || r.By != "arn" || !r.Signed.Equal(now) || r.HubAccount != "111111111111" ||
		len(r.Items) != len(items) || len(r.Files) < 7 {
		t.Errorf("%+v, %v", r, err)
	}
	page, err := os.ReadFile(filepath.Join(s.Folder.Path, folder.ClosedPage))
	if err != nil || !strings.Contains(string(page), "111111111111") {
		t.Errorf("%s, %v", page, err)
	}
	for _, text := range []string{`{"version": 2}`, "{"} {
		write(t, s, folder.Closed, text)
		r, err := Signed(s.Folder)
		if _, _, also := Verify(s.Folder); r != nil || err == nil || also == nil ||
			!strings.HasSuffix(err.Error(), ": this version of breakglass cannot read it; use the one that wrote it") {
			t.Errorf("%+v, %v, %v", r, err, also)
		}
	}
	if err := errors.Join(os.Remove(filepath.Join(s.Folder.Path, folder.Closed)), os.Mkdir(filepath.Join(s.Folder.Path, folder.Closed), 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := Signed(s.Folder); err == nil || strings.Contains(err.Error(), "is not closed") {
		t.Error(err)
	}
}
