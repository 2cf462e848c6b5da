package main

import (
	"strings"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/plan"
)

// namesShown is how many accounts with the same rights are named.
const namesShown = 3

// printRights prints who gets which rights where: a reviewer asks for that first.
func (show planFlags) printRights(out *screen.Screen, grants []plan.Grant) {
	shown := grants
	if !show.all {
		shown = grants[:min(len(grants), eachShown)]
	}
	var rows [][]string
	for _, g := range shown {
		rows = append(rows, []string{g.Who, show.where(g), strings.Join(g.Rights(), "; ")})
	}
	out.Table([]string{"WHO", "WHERE", "RIGHTS"}, rows)
	if more := len(grants) - len(shown); more > 0 {
		out.Line("… and %s with rights of their own; --all shows them", count(more, "more account"))
	}
	out.Line("")
}

// where names the accounts with the same rights.
func (show planFlags) where(g plan.Grant) string {
	var all []string
	for i, id := range g.Where {
		if i == namesShown && !show.all {
			return strings.Join(all, ", ") + " and " + count(len(g.Where)-i, "more account")
		}
		if g.Names[i] != id {
			id += " (" + g.Names[i] + ")"
		}
		all = append(all, id)
	}
	return strings.Join(all, ", ")
}
