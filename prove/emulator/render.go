package emulator

import (
	"encoding/json"
	"strings"
)

// Render turns the text of an input template, as the emulator delivers it, into what AWS sends. The emulator cuts the
// outer quotation marks off the filled-in template and sends the rest as one JSON string:
//
//	"first line\"\n\"second line"
//
// AWS sends the template unchanged, with real line ends and quotation marks around each line. Any other text (a JSON
// template, a message of another origin) is returned unchanged.
func Render(text string) string {
	var inner string
	if !strings.HasPrefix(text, `"`) || json.Unmarshal([]byte(text), &inner) != nil {
		return text
	}
	return `"` + inner + `"`
}
