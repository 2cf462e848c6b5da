package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/breakglass/operate/incident/chain"
)

// opposites are the words that begin the names of calls, and of those that undo them.
var opposites = [][2]string{
	{"Create", "Delete"}, {"Put", "Delete"}, {"Upload", "Delete"}, {"Import", "Delete"}, {"Attach", "Detach"}, {"Register", "Deregister"}, {"Run", "Terminate"},
	{"Authorize", "Revoke"}, {"Associate", "Disassociate"}, {"Add", "Remove"}, {"Publish", "Delete"},
}

// special are calls whose opposite has another name.
var special = map[string]string{
	"AddUserToGroup": "RemoveUserFromGroup", "AddRoleToInstanceProfile": "RemoveRoleFromInstanceProfile", "EnableMFADevice": "DeactivateMFADevice",
	"AllocateAddress": "ReleaseAddress", "CreatePlatformApplication": "DeletePlatformApplication", "PutTargets": "RemoveTargets",
}

// opposite returns the call that undoes another; empty if none does.
func opposite(name string) string {
	if other := special[name]; other != "" {
		return other
	}
	for _, pair := range opposites {
		if rest, ok := strings.CutPrefix(name, pair[0]); ok && rest != "" {
			return pair[1] + rest
		}
	}
	return ""
}

// remains returns what was made and not removed by later calls of the chain.
func (b *builder) remains() []Remains {
	all := []Remains{}
	for i, c := range b.calls {
		if undo := opposite(c.Plain()); undo != "" && changes(c) && !removed(c, undo, b.calls[i+1:]) {
			all = append(all, Remains{b.line(c), undo})
		}
	}
	return all
}

// removed reports whether later calls in the same account and Region name what a call made, and nothing else. Of what it made several of,
// such as instances or rules, they have to name each.
func removed(c *chain.Call, undo string, later []*chain.Call) bool {
	made := []map[string]values{members(c.Request), members(c.Response)}
	named := values{}
	for _, l := range later {
		if !changes(l) || l.Plain() != undo || l.Account != c.Account || l.Region != c.Region || l.Source != c.Source {
			continue
		}
		names := values{}
		for _, of := range members(l.Request) {
			maps.Copy(names, of)
		}
		if names.within(made) {
			maps.Copy(named, names)
		}
	}
	for _, object := range made {
		for _, of := range object {
			if n := named.count(of); n > 0 && n < len(of) {
				return false
			}
		}
	}
	return len(named) > 0
}

// values are texts and numbers; true for a text.
type values map[string]bool

// within reports whether there are texts, all of which are among the members of objects.
func (v values) within(objects []map[string]values) bool {
	found := false
	for value, text := range v {
		found = found || text
		if text && !slices.ContainsFunc(objects, func(object map[string]values) bool {
			for _, of := range object {
				if of[value] {
					return true
				}
			}
			return false
		}) {
			return false
		}
	}
	return found
}

// count returns how many of others are among the values.
func (v values) count(others values) int {
	n := 0
	for value := range others {
		if _, ok := v[value]; ok {
			n++
		}
	}
	return n
}

// members returns the texts and numbers in an object, by the name of the member that has them.
func members(object map[string]any) map[string]values {
	all := map[string]values{}
	add := func(name, value string, text bool) {
		if all[name] == nil {
			all[name] = values{}
		}
		all[name][value] = text
	}
	var walk func(string, any)
	walk = func(name string, value any) {
		switch value := value.(type) {
		case string:
			add(name, value, true)
		case float64:
			add(name, fmt.Sprint(value), false)
		case []any:
			for _, one := range value {
				walk(name, one)
			}
		case map[string]any:
			for name, one := range value {
				walk(name, one)
			}
		}
	}
	walk("", object)
	return all
}
