package adopt

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of docs/adopting.md again")

func TestTheTableIsThatOfTheCode(t *testing.T) {
	const path, begin, end = "../../docs/adopting.md", "<!-- begin ways -->\n", "<!-- end ways -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	got, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("docs/adopting.md has no place for the table")
	}
	var want strings.Builder
	want.WriteString("| type | imported by | the record has | removed by hand afterwards |\n|---|---|---|---|\n")
	for _, w := range Ways() {
		want.WriteString("| `" + w.Type + "` | `" + w.Identifier + "` | " + w.Record + " | " + w.Afterwards + " |\n")
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+want.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got != want.String() {
		t.Errorf("docs/adopting.md is out of date (go test ./operate/adopt -run Table -update); the code says\n%s", want.String())
	}
}
