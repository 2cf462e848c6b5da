package awscli

import (
	"strconv"
	"strings"
)

// newer reports whether a version is newer than another one: 2.38.5 than 2.4.
func newer(a, b string) bool {
	left, right := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(left), len(right)) {
		l, _ := strconv.Atoi(left[i])
		r, _ := strconv.Atoi(right[i])
		if l != r {
			return l > r
		}
	}
	return len(left) > len(right)
}
