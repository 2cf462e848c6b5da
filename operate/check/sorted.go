package check

import (
	"maps"
	"slices"
)

// sorted returns the keys of a map, in order.
func sorted[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
