package adopt

import (
	"fmt"

	"example.com/breakglass/config"
)

// Alike groups stacks with the same imports, such as those of 30 Regions. Stacks without an import are left out.
func Alike(stacks []Stack) [][]Stack {
	var groups [][]Stack
	index := map[string]int{}
	for _, s := range stacks {
		if len(s.Import) == 0 {
			continue
		}
		key := ""
		for _, r := range s.Import {
			key += fmt.Sprint(r.Type, r.Name, r.Changes)
		}
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	return groups
}

// Notes returns what a file means for adopting, whatever exists.
func Notes(c *config.Config) []string {
	notes := []string{}
	for _, u := range c.Units {
		notes = append(notes,
			fmt.Sprintf("the accounts of %s (%s) were not read. A stack set cannot adopt an existing role: list such an account as a target of its own, and exclude it from the unit (docs/adopting.md)", u.Name, u.OrganizationalUnit))
	}
	if c.Pipeline.On() {
		notes = append(notes, "import and deploy by hand, as below, before the pipeline runs for the first time: it imports nothing")
	}
	return notes
}
