package folder

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/operate/incident/events"
)

func create(t *testing.T) *Folder {
	t.Helper()
	f, err := Create(
		filepath.Join(t.TempDir(), "case"),
		Incident{HubAccount: "111111111111", Users: []string{"ops"}, Period: events.Period{From: time.Unix(0, 0).UTC(), To: time.Unix(60, 0).UTC()}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// What one command appends, the next one reads, and goes on.
func TestAFolderKeepsWhatIsAdded(t *testing.T) {
	f := create(t)
	if !Exists(f.Path) || Exists(f.Path+"-not") {
		t.Error("which folder exists")
	}
	for _, name := range []string{"a", "b"} {
		if err := f.Add(Reads, Read{Fix: name}); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil { // a later Add opens the file again
			t.Fatal(err)
		}
	}
	if err := f.Write(Page, []byte("<html>")); err != nil {
		t.Fatal(err)
	}
	again, err := Open(f.Path)
	if err != nil || again.HubAccount != "111111111111" || !slices.Equal(again.Users, f.Users) || again.Period != f.Period || again.Version != Version {
		t.Fatalf("%+v, %v", again, err)
	}
	var got []string
	if left, err := Each(again, Reads, func(r Read) { got = append(got, r.Fix) }); err != nil || left != (Left{}) || !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("%q, %+v, %v", got, left, err)
	}
	if left, err := Each(again, Ledger, func(Read) { t.Error("a file that is not there has a line") }); err != nil || left != (Left{}) {
		t.Errorf("%+v, %v", left, err)
	}
	if files, err := again.Names(); err != nil || !slices.Equal(files, []string{About, Reads, Page}) {
		t.Errorf("%q, %v", files, err)
	}
	for _, name := range []string{"", About, Reads} {
		if info, err := os.Stat(filepath.Join(f.Path, name)); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%q: others may read it: %v", name, err)
		}
	}
}

// Lines that cannot be read are counted; one that was cut off by the end of a command is another thing.
func TestLinesThatCannotBeReadAreCounted(t *testing.T) {
	f := create(t)
	for content, want := range map[string]Left{
		"{}\n{}\n": {}, "{}\n\n{}\n": {}, "{}\n{\"fix\": \n{}\n": {Damaged: 1}, "{}\n[]\nx\n{}\n": {Damaged: 2}, "{}\n{}\n{\"fi": {Cut: true}, "{}\nx\n{}\n{\"fi": {Damaged: 1, Cut: true},
	} {
		if err := os.WriteFile(filepath.Join(f.Path, Reads), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		n := 0
		if left, err := Each(f, Reads, func(Read) { n++ }); err != nil || left != want || n != 2 {
			t.Errorf("%q: %d lines, %+v, %v", content, n, left, err)
		}
	}
}

// The ID of an incident stays, whatever its folder is called later, and fits into the name of a policy; no other folder has it.
func TestTheIDOfAnIncident(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ticket 4711 (prod)")
	f, err := Create(path, Incident{})
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^ticket_4711__prod_-[A-Z2-7]{6}$`).MatchString(f.ID) {
		t.Error(f.ID)
	}
	if err := os.Rename(path, path+"2"); err != nil {
		t.Fatal(err)
	}
	if again, err := Open(path + "2"); err != nil || again.ID != f.ID {
		t.Errorf("%+v, %v", again, err)
	}
	if other, err := Create(path, Incident{}); err != nil || other.ID == f.ID {
		t.Errorf("%+v, %v", other, err)
	}
	if err := os.WriteFile(filepath.Join(path, About), []byte(`{"version": 1, "began": "2026-11-22T14:00:00Z"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if old, err := Open(path); err != nil || old.ID != "20261122T140000Z" {
		t.Errorf("%+v, %v", old, err)
	}
}

func TestWhatIsNoFolder(t *testing.T) {
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "it is no folder of an incident") {
		t.Error(err)
	}
	f := create(t)
	for _, content := range []string{"{}", `{"version": 2}`, "x"} {
		if err := os.WriteFile(filepath.Join(f.Path, About), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(f.Path); err == nil || !strings.Contains(err.Error(), "this version of breakglass cannot read it") {
			t.Errorf("%s: %v", content, err)
		}
	}
}

// A folder that cannot be made says what to do, and what is no file of it is listed, too.
func TestWhereAFolderIs(t *testing.T) {
	f := create(t)
	if _, err := Create(filepath.Join(f.Path, About, "case"), Incident{}); err == nil || !strings.Contains(err.Error(), "name another folder") {
		t.Errorf("%v", err)
	}
	if err := os.Mkdir(filepath.Join(f.Path, "below"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(f.Path, About), filepath.Join(f.Path, "link")); err != nil {
		t.Fatal(err)
	}
	if names, err := f.Names(); err != nil || !slices.Equal(names, []string{"below", About, "link"}) {
		t.Errorf("%q, %v", names, err)
	}
}

// What of a folder cannot be read or written is an error with what to do, and never an empty folder.
func TestAFolderThatCannotBeUsed(t *testing.T) {
	f := create(t)
	at := func(name string) string { return filepath.Join(f.Path, name) }
	for _, name := range []string{Reads, Page} {
		if err := os.Mkdir(at(name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Each(f, Reads, func(Read) {}); err == nil || !strings.HasSuffix(err.Error(), "; name the folder of an incident") {
		t.Error(err)
	}
	if f.Add(Reads, Read{}) == nil || f.Alone(Reads) == nil || f.Write(Page, nil) == nil || f.Add(Ledger, func() {}) == nil {
		t.Error("something was written")
	}
	if f.Signed() {
		t.Error("nobody has signed it")
	}
	if err := os.Symlink("nowhere", at(Closed)); err != nil {
		t.Fatal(err)
	}
	if !f.Signed() {
		t.Error("what is in place of the record is no reason to write")
	}
	if err := os.Remove(at(About)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(at(About), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(f.Path); err == nil || !strings.HasSuffix(err.Error(), "; name the folder of an incident") {
		t.Error(err)
	}
	if _, err := Create(f.Path, Incident{}); err == nil {
		t.Error("a folder is made over another one")
	}
	if names, err := (&Folder{Path: at("not")}).Names(); err == nil || names != nil {
		t.Errorf("%q, %v", names, err)
	}
	f.Path, f.Again = "/a case", " --profile hub"
	if got, want := f.NextCommand("close", "--sign", "--name", "Jane Doe"), "breakglass incident close --folder '/a case' --sign --name 'Jane Doe' --profile hub"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Two commands that would undo each other do not run at the same time.
func TestAlone(t *testing.T) {
	f := create(t)
	if err := f.Alone(Contained); err != nil {
		t.Fatal(err)
	}
	other, err := Open(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Alone(Contained); err == nil {
		t.Error("both run")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Alone(Contained); err != nil {
		t.Error(err)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}

// A name of 40 letters is whole in the ID, a longer one is cut, and what a policy cannot be called is not in it.
func TestTheNameInAnID(t *testing.T) {
	for name, want := range map[string]string{
		"azAZ09-_": "azAZ09-_", "a`{@[:/~é": "__", strings.Repeat("x", 40): strings.Repeat("x", 40), strings.Repeat("x", 41): strings.Repeat("x", 40),
	} {
		got := id(name)
		if got[:len(got)-7] != want || len(got[len(got)-6:]) != 6 {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := id("a`{@[:~b"); !strings.HasPrefix(got, "a______b-") {
		t.Error(got)
	}
}

// Other commands, and people's own scripts, open the files of a folder by their names.
func TestTheFilesKeepTheirNames(t *testing.T) {
	got := []string{About, Records, Reads, Ledger, Page, Report, Timeline, Leftovers, Contained, Closing, Closed, ClosedPage}
	want := []string{
		"incident.json", "records.jsonl", "reads.jsonl", "ledger.jsonl", "report.html", "report.jsonl", "timeline.csv", "leftovers.jsonl", "contain.jsonl",
		"closing.jsonl", "closed.json", "closed.html",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// A report that was written before the period was extended, or that is not whole, is none of the period.
func TestAPeriodIsReported(t *testing.T) {
	f := create(t)
	if f.Reported() {
		t.Error("without a report")
	}
	to := f.Period.To
	for text, want := range map[string]bool{
		`{"value": {"period": {"to": "` + to.Format(time.RFC3339Nano) + `"}}}` + "\n{}\n":                   true,
		`{"value": {"period": {"to": "` + to.Add(-time.Nanosecond).Format(time.RFC3339Nano) + `"}}}` + "\n": false,
		`{"value": {}}` + "\n": true,
		`{"value": {"period"`:  false,
		"":                     false,
	} {
		if err := f.Write(Report, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if f.Reported() != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
}

// The end of the period moves, in the file that people read and for whoever opens the folder next; the rest stays.
func TestThePeriodIsExtended(t *testing.T) {
	f := create(t)
	before := f.Incident
	later := f.Period.To.Add(time.Hour)
	if err := f.Extend(later); err != nil {
		t.Fatal(err)
	}
	again, err := Open(f.Path)
	if err != nil || !f.Period.To.Equal(later) || again.Period != f.Period || again.ID != before.ID || !slices.Equal(again.Users, before.Users) {
		t.Errorf("%+v, %v", again, err)
	}
	if text, err := os.ReadFile(filepath.Join(f.Path, About)); err != nil || !strings.Contains(string(text), "\n  \"period\": {\n    \"from\"") || !strings.HasSuffix(string(text), "}\n") {
		t.Errorf("%s, %v", text, err)
	}
	if err := os.RemoveAll(f.Path); err != nil {
		t.Fatal(err)
	}
	if err := f.Extend(later.Add(time.Hour)); err == nil || !f.Period.To.Equal(later) {
		t.Errorf("a folder that is gone: %v, until %s", err, f.Period.To)
	}
}

// A file that could not be closed may have lost what was added: the first such error is told, and the others are closed all the same.
func TestAFileThatCannotBeClosedIsTold(t *testing.T) {
	f := create(t)
	for _, name := range []string{Reads, Records, Ledger} {
		if err := f.Add(name, Read{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{Reads, Ledger} {
		if err := f.logs[name].Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err == nil {
		t.Error("no error")
	}
	if err := f.Close(); err != nil {
		t.Errorf("closed already, and %v", err)
	}
}
