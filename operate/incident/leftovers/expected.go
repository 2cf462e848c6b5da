package leftovers

import (
	"slices"

	"example.com/breakglass/operate/incident/chain"
)

// Expected returns the items that a search for the calls looks at, without asking AWS.
func Expected(calls []*chain.Call) []Item {
	things := list(calls, nil)
	items := make([]Item, len(things))
	for i, t := range things {
		items[i] = t.Item
	}
	return items
}

// Superseded reports whether a later call did the same to the thing, under whose event a search looks at it now.
func (i Item) Superseded(expected []Item) bool {
	same := func(other Item) bool {
		return other.Account == i.Account && other.Region == i.Region && other.Effect == i.Effect && other.What == i.What
	}
	return slices.ContainsFunc(expected, same) && !slices.ContainsFunc(expected, func(other Item) bool { return other.ID == i.ID })
}
