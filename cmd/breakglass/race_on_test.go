//go:build race

package main

// underRace is set where the race detector watches: it reserves terabytes of memory, which nobody can search.
const underRace = true
