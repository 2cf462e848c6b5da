package config

import (
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/dustin/go-humanize/english"
)

// nearest returns the candidate that word most likely misspells, or an empty text: at most two letters may be wrong, and fewer
// than half of them.
func nearest(word string, candidates []string) string {
	best, bestDistance := "", min(3, (len(word)+1)/2)
	for _, candidate := range candidates {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(candidate)); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// didYouMean returns the fix for a misspelt word: the nearest candidate, or all of them.
func didYouMean(word string, candidates []string) string {
	if near := nearest(word, candidates); near != "" {
		return "Did you mean " + near + "?"
	}
	return "Write " + english.WordSeries(candidates, "or") + "."
}
