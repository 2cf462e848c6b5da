package proof

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"example.com/breakglass/internal/printed"
	"example.com/breakglass/watch"
)

func TestThePageStandsAlone(t *testing.T) {
	w := well(t)
	w.drillEverywhere()
	event := sampleOf(t, "sign-in")
	event["detail"].(watch.Fields)["userIdentity"].(watch.Fields)["userName"] = "<b>mallory</b>\x1b[31m"
	w.put(event, hour(5), hub)
	delete(w.beats[arrival{hub: hub, region: forwarder}], hour(3))
	r := w.report()
	r.By = "<i>operator</i>"
	content, err := r.Page()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("on paper", func(t *testing.T) {
		for _, size := range printed.Sizes {
			printed.Print(t, content, size)
		}
		printed.Show(t, content, 390)
	})
	page := string(content)
	for _, words := range []string{
		"2 problems, 1 note", "23 November 2026, 12:45:00 UTC", "none from 2026-11-20 16:00 UTC", "&lt;b&gt;mallory&lt;/b&gt;\\u001b[31m", "&lt;i&gt;operator",
		"@media print",
		"Uses of the emergency access: 1", "Changes to the alerting: 0", "<p>None.</p>", "/aws/events/breakglass-heartbeats", "<td class=\"number\">2s</td>",
	} {
		if !strings.Contains(page, words) {
			t.Errorf("it lacks %q", words)
		}
	}
	for _, words := range []string{"<script", "<link", "src=", "url(", "@import", "<b>mallory", "<i>op", "\x1b"} {
		if strings.Contains(page, words) {
			t.Errorf("it has %q", words)
		}
	}
	if strings.Index(page, "Problems and notes") > strings.Index(page, "Hours answered") {
		t.Error("the problems are not first")
	}
	file := filepath.Join(t.TempDir(), "evidence.html")
	if err := r.WritePage(file); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := r.WritePage(filepath.Join(file, "none")); err == nil || !strings.Contains(err.Error(), "name another file") {
		t.Errorf("into a file as a folder: %v", err)
	}
}
