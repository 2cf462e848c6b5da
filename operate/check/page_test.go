package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func sampleReport(t *testing.T) *Report {
	t.Helper()
	w := well(t, hub)
	w.users["alice"].PermissionsBoundary = nil
	delete(w.rules, "capture-breakglass-user-sign-in")
	r := &run{scene: w.s, Options: Options{Config: w.s.config, Began: now}}
	r.results = append(r.results, w.s.rules(t.Context(), w, deployedIn{region: hub, placements: w.placements(), key: keyID}), w.s.subscribers(t.Context(), w, hub))
	report := r.report()
	report.By, report.File, report.SHA256, report.Took = "arn:aws:iam::111111111111:user/<b>mallory</b>", "breakglass.yaml", strings.Repeat("0", 64), "1s"
	return report
}

func TestReport(t *testing.T) {
	r := sampleReport(t)
	if r.Problems != 1 || r.Warnings != 0 {
		t.Errorf("%d problems, %d warnings", r.Problems, r.Warnings)
	}
	for _, words := range []string{"3 Regions watched (number of enabled Regions unknown)", "2 of 2 subscriptions confirmed", "heartbeats unknown"} {
		if !strings.Contains(r.Coverage, words) {
			t.Errorf("the coverage is %q, without %q", r.Coverage, words)
		}
	}
	for _, o := range r.Checks {
		want := map[string]Severity{"answers": Fine, "rules": Problem, "subscribers": Fine}[o.ID]
		if o.Worst != want {
			t.Errorf("%s is %q, want %q", o.ID, o.Worst, want)
		}
	}
}

func TestThePageStandsAlone(t *testing.T) {
	page, err := sampleReport(t).Page()
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, words := range []string{
		"1 problem,", "23 November 2026, 12:00:00 UTC", strings.Repeat("0", 64), "rule capture-breakglass-user-sign-in is missing",
		"npx cdk deploy --revert-drift BreakGlass-Hub", "2 of 2 confirmed", "&lt;b&gt;mallory", "@media print",
	} {
		if !strings.Contains(text, words) {
			t.Errorf("it lacks %q", words)
		}
	}
	for _, words := range []string{"<script", "<link", "src=", "url(", "@import", "<b>mallory"} {
		if strings.Contains(text, words) {
			t.Errorf("it has %q", words)
		}
	}
}

func TestThePageIsWrittenWholeOrNotAtAll(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "evidence.html")
	if err := os.WriteFile(file, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := sampleReport(t)
	if err := r.WritePage(file); err != nil {
		t.Fatal(err)
	}
	page, _ := r.Page()
	if got, err := os.ReadFile(file); err != nil || string(got) != string(page) {
		t.Errorf("%v", err)
	}
	if err := r.WritePage(filepath.Join(folder, "none", "evidence.html")); err == nil || !strings.Contains(err.Error(), "--html FILE") {
		t.Errorf("into a folder that there is not: %v", err)
	}
	// A folder is in the way: what was begun goes.
	if err := os.Mkdir(filepath.Join(folder, "taken"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := r.WritePage(filepath.Join(folder, "taken")); err == nil || !strings.Contains(err.Error(), "--html FILE") {
		t.Errorf("where a folder is: %v", err)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 2 {
		t.Errorf("left are %v, %v", left, err)
	}
}
