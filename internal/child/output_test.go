package child_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/breakglass/internal/child"
)

func TestLines(t *testing.T) {
	var got []string
	w := child.NewLines(func(line string) { got = append(got, line) })
	for _, part := range []string{"one\ntw", "o\r\n", "\nthr", "ee"} {
		fmt.Fprint(w, part)
	}
	w.Flush()
	w.Flush()
	if want := "one|two||three"; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", strings.Join(got, "|"), want)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var tail child.Tail
	for i := range 50_000 {
		fmt.Fprintf(&tail, "line %d\n\n", i)
	}
	if got, want := tail.Last(2), "  line 49998\n  line 49999"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
