package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/dustin/go-humanize/english"
)

// The patterns here are read by Go and, in the schema, by editors (ECMA 262 with the flag u): characters beyond ASCII stand for
// themselves, and no escape is used that only one of them knows.
const (
	// unseen has the characters, for brackets, that nobody sees, or that reverse or separate what is seen: formats and separators of
	// Unicode, what it allows programs not to show, blanks other than the space, and what is no character.
	unseen = `\x7f-\x9f\p{Cf}\p{Co}\p{Zl}\p{Zp}` + "\u00a0\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180d\u180f\u2000-\u200a\u202f\u205f\u2065\u2800\u3000\u3164" +
		"\ufe00-\ufe0f\uffa0\ufdd0-\ufdef\ufff0-\ufff8\ufffc\ufffe\uffff\U0001d159\U000e0000-\U000e0fff"

	// invisible has the characters, for brackets, that a text of lines must not have.
	invisible = `\x00-\x09\x0b-\x1f` + unseen

	// lookalikes has the letters, for brackets, that pass for Latin ones: Greek, Cyrillic, Armenian, Cherokee, Coptic, Lisu, Roman numerals
	// that nobody counts with, the signs of kelvin and angstrom, full width and mathematical.
	lookalikes = "\u0370-\u052f\u0530-\u058f\u13a0-\u13ff\u1c80-\u1c8f\u1d00-\u1dbf\u1f00-\u1fff\u212a\u212b\u216c-\u2170\u2174\u2179\u217c-\u217f\u2c80-\u2cff\u2de0-\u2dff\ua4d0-\ua4ff\ua640-\ua69f\uab70-\uabbf\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff"

	// inAddress has what passes for a character of an address, beside lookalikes: accented letters, and other slashes and dots.
	inAddress = lookalikes + "\u00aa-\u036f\u1e00-\u1eff\u2024\u2044\u2215\u29f8\uff0e\uff0f\uff20"

	// proseLookalike matches a word of Latin letters with one that passes for Latin, a number with such a letter for a digit, and an
	// address with such a character.
	proseLookalike = `[A-Za-z` + "\u00c0-\u024f" + `][` + lookalikes + `]|[` + lookalikes + `][A-Za-z` + "\u00c0-\u024f" + `]|[0-9][` + lookalikes + `]+[0-9]` +
		`|(://|[^ \n]@)[^ \n]*[` + inAddress + `]|[` + inAddress + `][A-Za-z0-9._%+-]*@`

	// policyPattern matches a text of a policy: IAM takes no other characters (PutRolePolicy, IAM API), and none of these is
	// invisible.
	policyPattern = `^[` + `\t\n\r -~` + "\u00a1-\u00ac\u00ae-\u00ff" + `]*$`

	// reasonPattern matches a text with something to read, cardPattern one in a single line, and instructionsPattern one that
	// EventBridge takes as it is besides.
	reasonPattern       = `^[^` + invisible + `]*[^ \n` + invisible + `][^` + invisible + `]*$`
	cardPattern         = `^[^\n` + invisible + `]*[^ \n` + invisible + `][^\n` + invisible + `]*$`
	instructionsPattern = `^[^<>"\\` + invisible + `]*[^ \n<>"\\` + invisible + `][^<>"\\` + invisible + `]*$`
)

var (
	invisibleForm      = regexp.MustCompile(`[` + invisible + `]`)
	lookalikesForm     = regexp.MustCompile(`[` + inAddress + `]`)
	proseLookalikeForm = regexp.MustCompile(proseLookalike)
	policyForm         = regexp.MustCompile(policyPattern)
)

// prose checks a text that people read, in whatever language: it reports the characters that nobody sees, and the first one that
// passes for another.
func (r *reader) prose(path, text string) {
	if what, hidden := unseenIn(text); what != "" {
		r.report(path, what, strings.Join(hidden, ""), "Remove "+english.PluralWord(len(hidden), "it", "them")+", or write a plain space.")
	}
	if what, found := lookalikeIn(text); what != "" {
		r.report(path, what, found, "Type it again; put a space between an address and the text around it.")
	}
}

// unseenIn names the characters of a text that nobody sees.
func unseenIn(text string) (what string, hidden []string) {
	if hidden = invisibleForm.FindAllString(text, -1); len(hidden) > 0 {
		what = "invisible " + codePoints(hidden)
	}
	return what, hidden
}

// lookalikeIn names the first character of a text that passes for another one, and returns what is around it.
func lookalikeIn(text string) (what, found string) {
	if found = proseLookalikeForm.FindString(text); found != "" {
		what = "a character that looks like another one, " + codePoint(lookalikesForm.FindString(found))
	}
	return what, found
}

// Unmeant names what in a value hardly anybody meant: characters that nobody sees, and letters that pass for others; empty if there
// is nothing.
func Unmeant(text string) string {
	if what, _ := unseenIn(text); what != "" {
		return what
	}
	what, _ := lookalikeIn(text)
	return what
}

// policyText checks a key or a value of a policy.
func (r *reader) policyText(path, text string) {
	if policyForm.MatchString(text) {
		return
	}
	for _, one := range text {
		if !policyForm.MatchString(string(one)) {
			r.report(path, "a character that IAM does not accept or nobody sees, "+codePoint(string(one)), text, "Remove it, or type it again.")
			return
		}
	}
}

// reordering has the characters that change the order in which a line is shown: a comment can then look like a key, and a key like
// a comment.
var reordering = regexp.MustCompile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

// reordered reports the characters that reorder a line of the file, comments included, unless the value with them was reported.
func (r *reader) reordered(text string) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		found := reordering.FindString(line)
		if found == "" || slices.ContainsFunc(r.problems, func(p Problem) bool { return strings.Contains(p.What, codePoint(found)) }) {
			continue
		}
		r.reportLine(number, "", "invisible character "+codePoint(found)+", which reorders the line", found, "Remove it.")
	}
}

// codePoint names the first character of a text: U+00A0.
func codePoint(text string) string {
	for _, one := range text {
		return fmt.Sprintf("%U", one)
	}
	return ""
}

// codePoints names characters, each once: character U+00A0, or characters U+00A0 and U+00AD.
func codePoints(characters []string) string {
	var points []string
	for _, one := range characters {
		if point := codePoint(one); !slices.Contains(points, point) {
			points = append(points, point)
		}
	}
	return english.PluralWord(len(points), "character", "") + " " + english.WordSeries(points, "and")
}

// foreign names the first character of a text that is invisible or not of ASCII, and so may look like one that is; empty if there is
// none.
func foreign(text string) string {
	for _, r := range text {
		if r > unicode.MaxASCII || r != '\n' && unicode.IsControl(r) {
			return ", with the character " + codePoint(string(r))
		}
	}
	return ""
}

// named adds to a message about a value the character that may be what is wrong with it, unless the message has one already. A
// text in prose may have any.
func named(path, what, value string) string {
	if isProse(path) || strings.Contains(what, "U+") {
		return what
	}
	if value == "" {
		value = lastKey(path)
	}
	return what + foreign(value)
}

// isProse reports whether a value is text for people, in any language.
func isProse(path string) bool {
	return path == "alerts.instructions" || strings.HasPrefix(path, "card.") || strings.HasPrefix(path, "unwatched[") && strings.HasSuffix(path, "].reason")
}
