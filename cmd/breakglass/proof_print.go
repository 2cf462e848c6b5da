package main

import (
	"fmt"
	"strings"
	"time"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/proof"
)

// printedRows is how many findings, and how many records of a section, are printed; the page and the JSON have all.
const printedRows = 50

const minuteForm = "2006-01-02 15:04"

func printProof(out *screen.Screen, r *proof.Report) {
	out.Line("%s", out.Paint(screen.Bold, "Evidence of account "+r.HubAccount))
	out.Line("%s to %s UTC", r.Period.From.Format(minuteForm), r.Period.To.Format(minuteForm))
	printFindings(out, r.Findings)
	printHours(out, r.Hours)
	printDrills(out, r.Drills)
	printIncidents(out, r.Incidents)
	for _, s := range r.Sections {
		printSection(out, s)
	}
	out.Line("")
	verdict := fmt.Sprintf("%s, %s, in %s", count(r.Problems, "problem"), count(r.Notes, "note"), r.Took)
	colour := screen.Green
	if !r.OK() {
		colour = screen.Red
	}
	out.Line("%s", out.Paint(colour, verdict))
}

// titled prints a title below an empty line.
func titled(out *screen.Screen, format string, args ...any) {
	out.Line("")
	out.Line("%s", out.Paint(screen.Bold, fmt.Sprintf(format, args...)))
}

// first prints a table of the first rows.
func first(out *screen.Screen, head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	out.Table(head, rows[:min(printedRows, len(rows))])
	if n := len(rows) - printedRows; n > 0 {
		out.Line("and %d more: --html or --output json has all", n)
	}
}

func printFindings(out *screen.Screen, findings []proof.Finding) {
	if len(findings) == 0 {
		return
	}
	var rows [][]string
	for _, f := range findings {
		what := f.What
		if f.Fix != "" {
			what += " → " + f.Fix
		}
		rows = append(rows, []string{string(f.Severity), f.Places(), what})
	}
	titled(out, "Problems and notes")
	first(out, []string{"", "REGIONS", "WHAT"}, rows)
}

func printHours(out *screen.Screen, hours []proof.Hours) {
	if len(hours) == 0 {
		return
	}
	var rows [][]string
	answered, due := 0, 0
	for _, h := range hours {
		answered, due = answered+h.Answered, due+h.Due
		rows = append(rows, []string{h.Region, h.Hub, h.Signal, fmt.Sprintf("%d of %d", h.Answered, h.Due), fmt.Sprint(len(h.Gaps))})
	}
	titled(out, "Hours answered: %d of %d due", answered, due)
	out.Table([]string{"REGION", "HUB", "SIGNAL", "ANSWERED", "GAPS"}, rows)
}

func printDrills(out *screen.Screen, drills []proof.Drilled) {
	var rows [][]string
	total, recorded := 0, 0
	for _, d := range drills {
		total, recorded = total+d.Drills, recorded+d.Recorded
		if d.Drills+d.Recorded == 0 {
			continue // a note names the Region
		}
		slowest := ""
		if d.SlowestMillis > 0 {
			slowest = fmt.Sprintf("%.1f s", d.Slowest().Seconds())
		}
		last := ""
		if d.Drills > 0 {
			last = d.Last.Format(minuteForm)
		}
		rows = append(rows, []string{d.Region, fmt.Sprint(d.Drills), strings.Join(d.Entries, ", "), last, slowest, fmt.Sprint(d.Recorded)})
	}
	titled(out, "Drills: %d; calls that CloudTrail recorded: %d", total, recorded)
	first(out, []string{"REGION", "DRILLS", "ALERTS", "LAST", "SLOWEST", "RECORDED"}, rows)
}

func printIncidents(out *screen.Screen, incidents []proof.Incident) {
	if len(incidents) == 0 {
		return
	}
	var rows [][]string
	for _, i := range incidents {
		state := "open"
		switch {
		case len(i.Differs) > 0:
			state = "changed since it was signed off"
		case i.Closed():
			state = "closed " + i.Signed.Format(time.DateOnly) + " by " + i.Name
		}
		rows = append(rows, []string{i.Period.From.Format(minuteForm), i.Period.To.Format(minuteForm), fmt.Sprint(i.Uses), state, i.Ticket, i.Trigger, i.Folder})
	}
	titled(out, "Incidents: %d", len(incidents))
	first(out, []string{"FROM", "TO", "USES", "STATE", "TICKET", "TRIGGER", "FOLDER"}, rows)
}

func printSection(out *screen.Screen, s proof.Section) {
	var kinds, rows [][]string
	for _, k := range s.Kinds {
		kinds = append(kinds, []string{fmt.Sprintf("%5d", k.Count), k.Title})
	}
	for _, r := range s.Records {
		rows = append(rows, []string{r.Time.Format(time.DateOnly), r.Time.Format(time.TimeOnly), r.Region, whatOf(r)})
	}
	titled(out, "%s: %d", s.Title, len(s.Records))
	if len(rows) == 0 {
		return
	}
	out.Table([]string{"COUNT", "OF"}, kinds)
	out.Line("")
	first(out, []string{"DATE", "TIME (UTC)", "REGION", "WHO DID WHAT"}, rows)
}

// whatOf returns what happened in a record: who called what, with which result, on what, with which MFA, from where, and in which
// account.
func whatOf(r proof.Record) string {
	what := r.What
	if r.Who != "" {
		what = r.Who + ": " + what
	}
	for _, more := range [][2]string{{"", r.Result}, {"on ", r.On}, {"MFA ", r.MFA}, {"from ", r.Address}, {"account ", r.Account}} {
		if more[1] != "" {
			what += ", " + more[0] + more[1]
		}
	}
	return what
}
