package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"time"

	"example.com/breakglass/internal/page"
	"example.com/breakglass/operate/incident/folder"
	"github.com/dustin/go-humanize/english"
)

//go:embed page.html
var pageText string

var pageTemplate = page.New(pageText, template.FuncMap{
	"when":   when,
	"plural": func(n int, what string) string { return english.Plural(n, what, "") },
	"join":   func(all []string) string { return strings.Join(all, ", ") },
	"clock": func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format("2006-01-02 15:04:05")
	},
})

// Page returns the report as a page of its own, without anything from elsewhere.
func (r *Report) Page() ([]byte, error) {
	return pageTemplate.Of(r)
}

// Lines returns the report as lines of JSON: first the report without its lists, then each of their items with the name of its list.
func (r *Report) Lines() ([]byte, error) {
	var out bytes.Buffer
	add := func(kind string, value any) error {
		text, err := json.Marshal(map[string]any{"kind": kind, "value": value})
		if err == nil {
			out.Write(append(text, '\n'))
		}
		return err
	}
	short := *r
	short.Sessions, short.Timeline, short.Changes, short.Remains = nil, nil, nil, nil
	if err := add("report", short); err != nil {
		return nil, err
	}
	for _, s := range r.Sessions {
		if err := add("session", s); err != nil {
			return nil, err
		}
	}
	for _, m := range r.Remains {
		if err := add("remains", m); err != nil {
			return nil, err
		}
	}
	for _, l := range r.Timeline {
		if err := add("call", l); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// CSV returns the timeline as a table for a spreadsheet, which takes no cell for a formula.
func (r *Report) CSV() ([]byte, error) {
	var out bytes.Buffer
	rows := [][]string{{
		"time (UTC)", "account", "region", "session", "who", "service", "call", "on", "result", "reason", "mfa", "address", "user agent", "event", "also", "ledgers",
	}}
	for _, l := range r.Timeline {
		rows = append(rows, []string{
			l.Time.Format(time.RFC3339), l.Account, l.Region, fmt.Sprint(l.Session), l.Who, l.Service, l.Call, l.On, l.Result, l.Reason, l.MFA, l.Address, l.Agent,
			l.Event,
			strings.Join(l.Also, " "), strings.Join(l.Ledgers, " "),
		})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = cell(row[i])
		}
		out.WriteString(strings.Join(row, ",") + "\n")
	}
	return out.Bytes(), nil
}

// Write writes the report into the folder of the incident: the page, the lines of JSON and the timeline.
func (r *Report) Write(f *folder.Folder) error {
	for _, one := range []struct {
		name    string
		content func() ([]byte, error)
	}{{folder.Report, r.Lines}, {folder.Timeline, r.CSV}, {folder.Page, r.Page}} {
		content, err := one.content()
		if err != nil {
			return err
		}
		if err := f.Write(one.name, content); err != nil {
			return err
		}
	}
	return nil
}
