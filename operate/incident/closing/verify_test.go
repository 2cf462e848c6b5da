package closing

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/internal/printed"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/contain"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
)

func TestTheRecordIsVerified(t *testing.T) {
	s := finished(t)
	items, err := Checklist(t.Context(), *s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Sign(*s, items, "arn", " ", now); err == nil {
		t.Error("nobody signs it")
	}
	record, hash, err := Sign(*s, items, "arn:aws:iam::111111111111:user/operator", "<b>Jane</b>", now)
	if err != nil {
		t.Fatal(err)
	}
	if !record.FirstUse.Equal(used) || !record.LastUse.Equal(used) {
		t.Errorf("used from %s to %s", record.FirstUse, record.LastUse)
	}
	if differs, got, err := Verify(s.Folder); err != nil || len(differs) > 0 || got != hash {
		t.Errorf("%q, %s, %v", differs, got, err)
	}
	page, _ := os.ReadFile(filepath.Join(s.Folder.Path, folder.ClosedPage))
	if strings.Contains(string(page), "<b>Jane") || !strings.Contains(string(page), "Jane") {
		t.Error("the name is not escaped on the page")
	}
	t.Run("on paper", func(t *testing.T) {
		for _, size := range printed.Sizes {
			printed.Print(t, page, size)
		}
	})
	write(t, s, drillFile, `{"ok": true}`)
	write(t, s, "new.txt", "added")
	if err := os.Remove(filepath.Join(s.Folder.Path, folder.Report)); err != nil {
		t.Fatal(err)
	}
	differs, _, err := Verify(s.Folder)
	if want := []string{"drill.json was changed", "report.jsonl is missing", "new.txt was added"}; err != nil || !slices.Equal(differs, want) {
		t.Errorf("%q, want %q (%v)", differs, want, err)
	}
}

// Calls that prove it change nothing, and asking who one is is admitted whatever the policies: neither opens an item again.
func TestAProofIsNoStep(t *testing.T) {
	s := finished(t)
	for hours, verdict := range []contain.Verdict{contain.Works, contain.Refused} {
		add(t, s, folder.Contained,
			contain.Event{
				At: now.Add(time.Duration(hours) * time.Hour), What: contain.Proved, Proof: &contain.Proof{From: "profile x", Key: "ASIAONE", Verdict: verdict},
			})
	}
	s.Calls = append(s.Calls,
		&chain.Call{
			Record: events.Record{EventID: "e-9", Name: "GetCallerIdentity", Source: "sts.amazonaws.com", ReadOnly: true, Time: used.Add(150 * time.Minute)},
			By:     &chain.Principal{Kind: chain.Session},
		})
	add(t, s, folder.Contained,
		contain.Event{At: now, What: contain.Proved, Proof: &contain.Proof{From: "the environment", Key: "ASIATWO", Verdict: contain.Expired}})
	if ids := open(t, s); len(ids) > 0 {
		t.Errorf("open: %q", ids)
	}
	items, err := Checklist(t.Context(), *s)
	if err != nil || !slices.ContainsFunc(items, func(i Item) bool {
		return i.ID == "contain" && strings.Contains(i.Why, "; credentials of the contained with which calls were refused: 1")
	}) {
		t.Errorf("%+v, %v", items, err)
	}
}

// What is wrong with the folder itself is a difference to its record, too.
func TestADamagedFolderIsVerified(t *testing.T) {
	s := finished(t)
	items, err := Checklist(t.Context(), *s)
	if err != nil {
		t.Fatal(err)
	}
	if s.Folder.Signed() {
		t.Error("nobody has signed it")
	}
	if _, _, err := Verify(s.Folder); !errors.Is(err, fs.ErrNotExist) ||
		!strings.HasPrefix(err.Error(), s.Folder.Path+" is not closed: breakglass incident close --folder ") {
		t.Error(err)
	}
	if _, _, err := Sign(*s, items, "arn", "Jane", now); err != nil {
		t.Fatal(err)
	}
	write(t, s, folder.About, "{")
	at := func(name string) string { return filepath.Join(s.Folder.Path, name) }
	if err := os.Rename(at(drillFile), at("drills.json")); err != nil {
		t.Fatal(err)
	}
	differs, _, err := Verify(&folder.Folder{Path: s.Folder.Path})
	if want := []string{"drill.json is missing", "incident.json was changed", "drills.json was added"}; err != nil || !slices.Equal(differs, want) ||
		!s.Folder.Signed() {
		t.Errorf("%q, want %q (%v)", differs, want, err)
	}
}
