package report_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"example.com/breakglass/internal/printed"
	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/operate/incident/report"
)

// forms compares the report in all its forms with the reviewed ones, and returns the page.
func forms(t *testing.T, name, path string, r *report.Report) []byte {
	t.Helper()
	lines, err := r.Lines()
	if err != nil {
		t.Fatal(err)
	}
	table, err := r.CSV()
	if err != nil {
		t.Fatal(err)
	}
	page, err := r.Page()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for line := range bytes.Lines(lines) {
		if err := json.Indent(&out, line, "", " "); err != nil {
			t.Fatal(err)
		}
	}
	out.Write(table)
	out.Write(page[bytes.Index(page, []byte("</style>")):])
	reviewed.Text(t, name+".txt", strings.ReplaceAll(out.String(), path, "FOLDER"))
	return page
}

// Everything that a report says of the played incident, whole and with what could not be read, is reviewed.
func TestTheReportIsTheReviewedOne(t *testing.T) {
	for name, change := range map[string]func(*cloud){
		"whole": func(*cloud) {},
		"gaps": func(c *cloud) {
			c.denied[hub+" us-east-1"] = true
			c.ledger = map[string][]string{}
		},
	} {
		var page []byte
		synctest.Test(t, func(t *testing.T) {
			after()
			c := played()
			change(c)
			path := filepath.Join(t.TempDir(), "incident")
			r, err := run(t, t.Context(), c, playedFile, path)
			if err != nil {
				t.Fatal(err)
			}
			page = forms(t, name, path, r)
		})
		if name == "whole" {
			continue // the other page has all that it has
		}
		t.Run(name+" on paper", func(t *testing.T) {
			for _, size := range printed.Sizes {
				printed.Print(t, page, size)
			}
			printed.Show(t, page, 390)
		})
	}
}
