package draft

import "strings"

// Line is a line that one text has and the other has not.
type Line struct {
	// Number of the line in the text that has it, from 1.
	Number int
	// Added tells that the new text has it.
	Added bool
	Text  string
}

// Difference returns the lines in which two texts differ, in order. They are few, however long the texts are.
func Difference(old, changed []byte) []Line {
	a, b := lines(old), lines(changed)
	begin := 0
	for begin < len(a) && begin < len(b) && a[begin] == b[begin] {
		begin++
	}
	end := 0
	for end < len(a)-begin && end < len(b)-begin && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return differ(a[begin:len(a)-end], b[begin:len(b)-end], begin)
}

// differ is the shortest way from a to b, by their longest common part.
func differ(a, b []string, offset int) []Line {
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var changes []Line
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			i++
			changes = append(changes, Line{Number: offset + i, Text: a[i-1]})
		default:
			j++
			changes = append(changes, Line{Number: offset + j, Added: true, Text: b[j-1]})
		}
	}
	return changes
}

func lines(text []byte) []string {
	all := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i := range all {
		all[i] = strings.TrimSuffix(all[i], "\r")
	}
	return all
}
