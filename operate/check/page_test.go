package check

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/internal/printed"
)

func sampleReport(t *testing.T) *Report {
	t.Helper()
	w := well(t, hub)
	w.users["alice"].PermissionsBoundary = nil
	delete(w.rules, "capture-breakglass-user-sign-in")
	r := &run{scene: w.s, Options: Options{Config: w.s.config, Began: now}}
	r.results = append(r.results, w.s.rules(t.Context(), w, deployedIn{region: hub, placements: w.placements(), key: keyID}), w.s.subscribers(t.Context(), w, hub))
	report := r.report()
	report.Tool = "breakglass v1.2.3"
	report.Passwords = []PasswordAge{
		{User: "alice", Set: now.Add(-300 * day), Days: 300},
		{User: "bob", Set: now.Add(-10 * day), Days: 10, Exact: true, Used: time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC)},
	}
	report.By, report.File, report.SHA256, report.Took = "arn:aws:iam::111111111111:user/<b>mallory</b>", "breakglass.yaml", strings.Repeat("0", 64), "1s"
	return report
}

func TestReport(t *testing.T) {
	r := sampleReport(t)
	if r.Problems != 1 || r.Warnings != 0 {
		t.Errorf("%d problems, %d warnings", r.Problems, r.Warnings)
	}
	for _, words := range []string{
		"3 Regions watched (number of enabled Regions unknown)", "target accounts unknown", "2 of 2 subscriptions confirmed", "heartbeats unknown",
	} {
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
		"breakglass deploy --revert-drift --only BreakGlass-Hub", "2 of 2 confirmed", "&lt;b&gt;mallory", "@media print", "breakglass v1.2.3",
		"Password of alice</dt><dd>300 days old at most, set on 27 January 2026, never used",
		"Password of bob</dt><dd>10 days old, set on 13 November 2026, last used on 3 January 2026",
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

// TestThePageIsPrintedWhole prints a report of so many findings that it takes several pages, with names that nothing breaks.
func TestThePageIsPrintedWhole(t *testing.T) {
	r := sampleReport(t)
	for n := range 40 {
		r.Findings = append(r.Findings, Finding{
			Check: "rules", Severity: []Severity{Problem, Warning, Fine}[n%3], What: strings.Repeat("rule-of-a-long-name-", 8) + " is missing",
			Where: []string{"eu-west-1", "us-east-1", "arn:aws:events:eu-west-1:111111111111:rule/" + strings.Repeat("r", 64)},
			Fix:   "breakglass deploy --only BreakGlass-Forwarder-eu-west-1 --profile " + strings.Repeat("p", 120),
		})
	}
	page, err := r.Page()
	if err != nil {
		t.Fatal(err)
	}
	printed.Show(t, page, 390)
	for _, size := range printed.Sizes {
		if sheets := printed.Print(t, page, size).Sheets; len(sheets) < 3 || !sheets[0].Has("What to do first") {
			t.Errorf("%s: %d pages", size, len(sheets))
		}
	}
}

// A reader begins with what is wrong, and a printer makes everything smaller alike.
func TestThePageBeginsWithTheProblems(t *testing.T) {
	r := sampleReport(t)
	r.Findings = append([]Finding{{Check: "answers", Severity: Warning, What: "a warning that comes first"}}, r.Findings...)
	page, err := r.Page()
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	first, problem, warning, checks := strings.Index(text, "What to do first"), strings.Index(text,
		"capture-breakglass-user-sign-in is missing"), strings.Index(text, "a warning that comes first"), strings.Index(text, "<h2>Answers from AWS</h2>")
	if first < 0 || first > problem || problem > warning || warning > checks {
		t.Errorf("the order is %d, %d, %d, %d", first, problem, warning, checks)
	}
	if sizes := regexp.MustCompile(`font[^;{}]*[0-9]px[^;{}]*`).FindAllString(text, -1); len(sizes) != 1 || sizes[0] != "font-size: 11px" ||
		!strings.Contains(text, "html { font-size: 11px; }") {
		t.Errorf("sizes that paper does not change: %q", sizes)
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
	if err := r.WritePage(filepath.Join(folder, "none", "evidence.html")); err == nil || !strings.Contains(err.Error(), "create it, or name another file") {
		t.Errorf("into a folder that there is not: %v", err)
	}
	// A folder is in the way: what was begun goes.
	if err := os.Mkdir(filepath.Join(folder, "taken"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := r.WritePage(filepath.Join(folder, "taken")); err == nil || !strings.Contains(err.Error(), "name a file in it") {
		t.Errorf("where a folder is: %v", err)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 2 {
		t.Errorf("left are %v, %v", left, err)
	}
}
