package seal

import (
	"encoding/binary"
	"regexp"
	"strings"
	"unicode/utf16"

	"filippo.io/age/armor"
)

// plain returns a text without what Windows puts around it: a mark of the byte order, and the two bytes of each character with which
// PowerShell writes files.
func plain(content []byte) []byte {
	var order binary.ByteOrder
	switch text := string(content); {
	case strings.HasPrefix(text, "\ufeff"):
		return content[len("\ufeff"):]
	case strings.HasPrefix(text, "\xff\xfe"):
		order = binary.LittleEndian
	case strings.HasPrefix(text, "\xfe\xff"):
		order = binary.BigEndian
	default:
		return content
	}
	var units []uint16
	for i := 2; i+1 < len(content); i += 2 {
		units = append(units, order.Uint16(content[i:]))
	}
	return []byte(string(utf16.Decode(units)))
}

// retypable finds the lines of a header and those around the encrypted part, wherever they are in a text.
var retypable = regexp.MustCompile(`(?:` + magic + `|kind|partition|account|user|role|regions|device|access-key|created|recipient|sha256|void):\s|[-–—]+\s*BEGIN\s+AGE\s+ENCRYPTED\s+FILE\s*[-–—]+|[-–—]+\s*END\s+AGE\s+ENCRYPTED\s+FILE\s*[-–—]+`)

// retyped returns the lines of a text that was typed or scanned from paper: its lines may be joined, or broken where those on paper
// are. The sum tells whether they are what was written.
func retyped(content []byte) []byte {
	text := string(content)
	found := retypable.FindAllStringIndex(text, -1)
	if len(found) == 0 || strings.TrimSpace(text[:found[0][0]]) != "" {
		return content
	}
	var out strings.Builder
	for i, at := range found {
		end := len(text)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		key, rest := strings.TrimSpace(text[at[0]:at[1]]), strings.Fields(text[at[1]:end])
		switch {
		case strings.Contains(key, "BEGIN"):
			out.WriteString(armor.Header + "\n")
			for body := strings.Join(rest, ""); body != ""; {
				n := min(columns, len(body))
				out.WriteString(body[:n] + "\n")
				body = body[n:]
			}
		case strings.Contains(key, "END"):
			out.WriteString(armor.Footer + "\n" + strings.Join(rest, " "))
		case key == "regions:", key == "void:":
			out.WriteString(key + " " + strings.Join(rest, " ") + "\n")
		default:
			out.WriteString(key + " " + strings.Join(rest, "") + "\n")
		}
	}
	return []byte(out.String())
}

// quotation are the marks with which mail programs begin the lines of a text that is answered or passed on.
var quotation = regexp.MustCompile(`(?m)^(?:[ \t]*>)+`)

// mailed returns the sealed file in the text of a mail: without what is above and below it, and without the marks of a quotation. Of
// several files in a mail, nobody knows which one is meant.
func mailed(content []byte) []byte {
	text := quotation.ReplaceAllString(string(content), "")
	from, end := strings.Index(text, magic+": "), strings.LastIndex(text, armor.Footer)
	if from < 0 || end < from || strings.Count(text, armor.Footer) > 1 {
		return content
	}
	return []byte(text[from : end+len(armor.Footer)])
}

// columns is how wide the lines of age's armor are.
const columns = 64
