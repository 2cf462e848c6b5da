package adopt

import (
	"strings"
	"testing"

	"example.com/breakglass/internal/reviewed"
)

func TestTheTableIsThatOfTheCode(t *testing.T) {
	var want strings.Builder
	want.WriteString("| type | imported by | the record has | removed by hand afterwards |\n|---|---|---|---|\n")
	for _, w := range Ways() {
		want.WriteString("| `" + w.Type + "` | `" + w.Identifier + "` | " + w.Record + " | " + w.Afterwards + " |\n")
	}
	reviewed.Part(t, "../../docs/adopting.md", "ways", want.String())
}
