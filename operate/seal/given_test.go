package seal

import (
	"encoding/binary"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"
)

// What was scanned or typed from paper has other ends of lines and white space.
func TestWhiteSpaceDoesNotMatter(t *testing.T) {
	identity := holder(t)
	f := sealed(t, header(identity.Recipient().String()))
	text, err := f.Paper()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"of Windows": "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"),
		"indented":   "\n  " + strings.ReplaceAll(text, "\n", " \n\n  "),
		// Scanners and people join the lines, break the long ones elsewhere, and make dashes of hyphens.
		"on one line":      strings.ReplaceAll(text, "\n", " "),
		"without any ends": strings.ReplaceAll(text, "\n", ""),
		"narrow":           regexp.MustCompile(`\S{30}`).ReplaceAllString(text, "$0\n"),
		"in groups": regexp.MustCompile(`(?m)^[A-Za-z0-9+/=]{64}$`).ReplaceAllStringFunc(text,
			func(line string) string { return line[:20] + " " + line[20:40] + "\t" + line[40:] }),
		"with dashes":   strings.ReplaceAll(text, "-----", "——-"),
		"of PowerShell": wide(binary.LittleEndian, text),
		"big-endian":    wide(binary.BigEndian, strings.ReplaceAll(text, "\n", "\r\n")),
	} {
		f, err := Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		opens(t, f, identity)
	}
}

// TestASealedFileInAMailOpens: who saves a mail has the file with what others wrote around it.
func TestASealedFileInAMailOpens(t *testing.T) {
	identity := holder(t)
	f := sealed(t, header(identity.Recipient().String()))
	const above, below = "From: Bob <bob@example.com>\r\nSubject: your half\r\n\r\nHere it is:\r\n\r\n", "\r\n-- \r\nBob\r\n"
	text := strings.ReplaceAll(string(f.Bytes()), "\n", "\r\n")
	quoted := func(mark string) string { return regexp.MustCompile(`(?m)^`).ReplaceAllString(above+text+below, mark) }
	for name, mail := range map[string]string{
		"above": above + text, "below": text + below, "around": above + text + below, "quoted": quoted("> "), "quoted twice": "Alan wrote:\n" + quoted(">> "),
		"quoted by two programs": quoted("> >"),
	} {
		if got, err := Parse([]byte(mail)); err != nil {
			t.Errorf("%s: %v", name, err)
		} else {
			opens(t, got, identity)
		}
	}
	for name, mail := range map[string]string{
		"changed": above + strings.Replace(text, "user: Ada", "user: Bob", 1), "two files": above + text + above + text, "cut off": above + text[:len(text)-40],
	} {
		if _, err := Parse([]byte(mail)); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
}

// wide returns a text as PowerShell writes it.
func wide(order binary.AppendByteOrder, text string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// TestWhatIsGivenInPlaceOfASealedFileIsNamed: at night, files are mistaken for one another.
func TestWhatIsGivenInPlaceOfASealedFileIsNamed(t *testing.T) {
	identity := holder(t)
	f := sealed(t, header(identity.Recipient().String()))
	for text, want := range map[string]string{
		identity.String(): "pass it with -i", "# created: 2026-11-26T15:04:05Z\n" + identity.String(): "pass it with -i",
		f.armored: "age -d -i IDENTITY opens this part", "<!doctype html>\n": "scan its code into a file",
		"PK\x03\x04": "name a file that breakglass credentials wrote",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), identity.String()) {
			t.Errorf("%.20q: %v, want %q", text, err, want)
		}
	}
	const typedPassword = "ABCDE-fgh34-jkmnp-qrtuv-wxy67-8889a"
	if _, err := Read(typedPassword); err == nil || !strings.Contains(err.Error(), "have it replaced") || strings.Contains(err.Error(), "fgh34") {
		t.Errorf("a password in place of a file: %v", err)
	}
	if _, err := Identities(f.Bytes(), nil, nil); err == nil || !strings.Contains(err.Error(), "it is that of a sealed file; pass the holder's own file") {
		t.Errorf("in place of an identity: %v", err)
	}
	for name, text := range map[string]string{
		"of Windows": "\ufeff" + identity.String() + "\r\n", "of PowerShell": wide(binary.LittleEndian, identity.String()+"\r\n"),
	} {
		all, err := Identities([]byte(text), nil, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		opens(t, f, all[0])
	}
}
