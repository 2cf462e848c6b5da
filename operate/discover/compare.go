package discover

import (
	"fmt"
	"maps"
	"slices"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/shell"
)

// Row is a Region in the account beside the same Region in the file.
type Row struct {
	Region string
	// State in the account; NotEnabled where AWS does not list the Region of the file.
	State State
	// Watched reports whether the file watches it.
	Watched bool
	// Reason is why the file deliberately does not watch it; empty otherwise.
	Reason string
	// Known is false for a Region of AWS that the file cannot name.
	Known bool
	// Finding reports whether something is wrong here.
	Finding bool
	// Todo is what to do about it, or what to know.
	Todo string
}

// Compare puts the Regions of the hub account beside those of the file, sorted by code. profile is the one of the AWS CLI for that
// account; empty for none.
func Compare(c *config.Config, found []Region, profile string) []Row {
	rows := map[string]Row{}
	for _, r := range config.AllRegions() {
		rows[r.Code] = Row{Region: r.Code, State: NotEnabled, Known: true}
	}
	for _, r := range found {
		row := rows[r.Code]
		row.Region, row.State, row.Known = r.Code, r.State, known(r.Code)
		rows[r.Code] = row
	}
	for _, code := range c.Regions {
		row := rows[code]
		row.Region, row.Known, row.Watched = code, true, true
		rows[code] = row
	}
	for _, u := range c.Unwatched {
		row := rows[u.Region]
		row.Region, row.Known, row.Reason = u.Region, true, u.Reason
		rows[u.Region] = row
	}
	compared := make([]Row, 0, len(rows))
	for _, code := range slices.Sorted(maps.Keys(rows)) {
		row := rows[code]
		row.Finding, row.Todo = judge(c, row, profile)
		compared = append(compared, row)
	}
	return compared
}

func judge(c *config.Config, row Row, profile string) (finding bool, todo string) {
	enable := shell.Quote(shell.AWS("", profile, "account", "enable-region", "--region-name", row.Region)...)
	switch {
	case !row.State.known():
		return true, fmt.Sprintf("AWS has the Region in the state %s, which this version does not know: find out whether a sign-in can land there", row.State)
	case !row.Known && row.State.On():
		return true, "sign-ins there go unnoticed, and this version cannot watch the Region: upgrade breakglass, or disable the Region"
	case !row.Known:
		return false, "this version cannot watch the Region: upgrade breakglass before you enable it"
	case row.State.On() && !row.Watched && row.Reason == "":
		return true, "sign-ins there go unnoticed: run with --write, then deploy; or list it under unwatched with the reason"
	case row.State == Enabling && row.Watched:
		return false, "deploy once it is enabled"
	case row.Watched && !row.State.On() && (row.Region == c.Hub.Region || row.Region == c.Hub.Standby):
		return true, "no hub can be there: enable it (" + enable + "), or choose another Region for the hub"
	case row.Watched && row.State == Disabling:
		return true, "it is being disabled, and its heartbeat alarm will trigger: --write removes it from the file"
	case row.Watched && !row.State.On():
		return true, "cannot be deployed, and nothing is watched: --write removes it from the file, or enable it: " + enable
	}
	return false, ""
}

// Wanted returns the Regions that the file should watch, sorted: those that are enabled and known, without those that are
// deliberately unwatched. The hub's and the standby's always stay: a file without them is invalid.
func Wanted(c *config.Config, found []Region) []string {
	var wanted []string
	for _, row := range Compare(c, found, "") {
		hub := row.Region == c.Hub.Region || row.Region == c.Hub.Standby
		if hub || row.Known && row.State.On() && row.Reason == "" {
			wanted = append(wanted, row.Region)
		}
	}
	return wanted
}

// Known returns the Regions that are enabled in the account and that the file can name.
func Known(found []Region) []string {
	return slices.DeleteFunc(On(found), func(code string) bool { return !known(code) })
}

// Unknown returns the Regions that are enabled in the account and that the file cannot name.
func Unknown(found []Region) []string {
	return slices.DeleteFunc(On(found), known)
}

func known(code string) bool {
	_, _, ok := config.LookupRegion(code)
	return ok
}
