package main

import (
	"cmp"
	"fmt"
	"strings"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/incident/report"
)

// printReport prints the first page of a report; the folder has the rest.
func printReport(out *screen.Screen, r *report.Report) {
	out.Line("%s", out.Paint(screen.Bold, "Use of the emergency access of account "+r.HubAccount))
	out.Line("%s to %s UTC, users: %s", r.Period.From.Format(minuteForm), r.Period.To.Format(minuteForm), strings.Join(r.Users, ", "))
	titled(out, "Who: %d", len(r.People))
	for _, p := range r.People {
		out.Line("%s, from %s, %s to %s, into %s: %s, %d denied", out.Paint(screen.Bold, p.Name), cmp.Or(strings.Join(p.Addresses, ", "), "an unknown address"),
			p.From.Format(minuteForm), p.To.Format(minuteForm), strings.Join(p.Accounts, ", "), count(p.Writes, "change"), p.Denials)
		for _, w := range p.Ways {
			out.Line("  %s in %s, MFA: %s", w.How, w.Region, w.MFA)
		}
		if len(p.Ways) == 0 {
			out.Line("  the way in was not seen")
		}
		if p.Failures > 0 {
			out.Line("  %s", count(p.Failures, "failed sign-in"))
		}
	}
	titled(out, "What was changed: %d", len(r.Changes))
	printLines(out, r.Changes)
	titled(out, "What remains: %d made and not removed", len(r.Remains))
	var rows [][]string
	for _, m := range r.Remains {
		rows = append(rows, []string{m.Account, m.Region, m.Call, m.On, m.Who})
	}
	first(out, []string{"ACCOUNT", "REGION", "CALL", "ON", "BY"}, rows)
	printUnseen(out, r)
	printLedger(out, r)
	titled(out, "Sessions: %d", len(r.Sessions))
	rows = nil
	for _, s := range r.Sessions {
		rows = append(rows, []string{fmt.Sprint(s.Number), s.Account, s.Who, s.By, fmt.Sprint(len(s.Writes)), fmt.Sprint(len(s.Denials)), fmt.Sprint(s.Reads)})
	}
	first(out, []string{"", "ACCOUNT", "WHO", "BEGUN BY", "CHANGES", "DENIED", "READS"}, rows)
	out.Line("")
	verdict, colour := "everything was read", screen.Green
	if !r.Whole() {
		verdict, colour = "NOT everything could be read", screen.Red
	}
	out.Line("%s", out.Paint(colour, fmt.Sprintf("%s; %s of CloudTrail in %d s", verdict, count(r.Requests, "request"), r.Seconds)))
}

func printLines(out *screen.Screen, lines []report.Line) {
	var rows [][]string
	for _, l := range lines {
		rows = append(rows, []string{l.Time.Format("2006-01-02 15:04:05"), l.Account, l.Region, l.Who + ": " + l.Call + on(l)})
	}
	first(out, []string{"TIME (UTC)", "ACCOUNT", "REGION", "WHO DID WHAT"}, rows)
}

func on(l report.Line) string {
	text := ""
	if l.On != "" {
		text = " on " + l.On
	}
	if l.Result != "" {
		text += ", " + l.Result
	}
	return text
}

func printUnseen(out *screen.Screen, r *report.Report) {
	titled(out, "What could not be seen: %d", len(r.Unseen))
	var rows [][]string
	for _, u := range r.Unseen {
		kind, what := "limit", u.What
		if u.Unread {
			kind = "not read"
		}
		if n := len(u.Where); n > 0 {
			what += " (" + strings.Join(u.Where[:min(5, n)], ", ")
			if n > 5 {
				what += fmt.Sprintf(" and %d more", n-5)
			}
			what += ")"
		}
		if u.Fix != "" {
			what += " → " + u.Fix
		}
		rows = append(rows, []string{kind, what})
	}
	out.Table([]string{"", "WHAT"}, rows)
}

func printLedger(out *screen.Screen, r *report.Report) {
	for _, part := range []struct {
		title string
		lines []report.Line
	}{
		{"Only the ledger has: %d", r.OnlyLedger},
		{"No alert was recorded for: %d", r.OnlyHistory},
		{"Others alerted in the same time: %d", r.Others},
	} {
		if len(part.lines) > 0 {
			titled(out, part.title, len(part.lines))
			printLines(out, part.lines)
		}
	}
	if r.Drills > 0 {
		out.Line("\n%s left out", count(r.Drills, "drill"))
	}
	for _, e := range r.Exercises {
		out.Line("Exercise: %s", e)
	}
}
