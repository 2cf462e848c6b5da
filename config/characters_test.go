package config

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

// field is a text of the file: its path, and a file in which § stands for where a character goes.
type field struct{ path, text string }

// fieldsOfTheFile reads testdata/fields.txt: a path and the keys of a file with that text, in a line each; what every file needs is
// added.
func fieldsOfTheFile(t *testing.T) []field {
	t.Helper()
	list, err := os.ReadFile("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []field
	for line := range strings.Lines(string(list)) {
		path, text, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			t.Fatalf("no field: %s", line)
		}
		text = "version: 1\n" + strings.ReplaceAll(text, " ;; ", "\n") + "\n"
		for _, part := range []string{"hub: {account: \"111111111111\"}\n", "alerts: {email: [security-team@example.com]}\n"} {
			if key, _, _ := strings.Cut(part, " "); !strings.Contains(text, "\n"+key) {
				text += part
			}
		}
		all = append(all, field{path, text})
	}
	return all
}

// with puts a character into the field's file, as YAML writes it in quotation marks.
func (f field) with(r rune) string {
	return strings.ReplaceAll(f.text, "§", fmt.Sprintf(`\U%08x`, r))
}

// disguised are characters that nobody sees or that pass for a Latin letter, one of each kind.
var disguised = []rune{
	0x7, 0x85, 0xa0, 0xad, 0x34f, 0x43e, 0x3bf, 0x2003, 0x200b, 0x200d, 0x202c, 0x202e, 0x2028, 0x2800, 0x3000, 0x3164, 0xfe0f, 0xfeff, 0xff41, 0x1d41e, 0xe0041,
	0x212a, 0x217c,
}

// TestDisguisedCharactersAreRefused in every text of the file, by its key and with their code point; the schema agrees.
func TestDisguisedCharactersAreRefused(t *testing.T) {
	for _, f := range fieldsOfTheFile(t) {
		plain := strings.ReplaceAll(f.text, "§", "")
		if _, err := Parse("breakglass.yaml", []byte(plain)); err != nil {
			t.Errorf("%s: %v", f.path, err)
		}
		if err := validate(t, plain); err != nil {
			t.Errorf("%s: the schema refuses\n%s%v", f.path, plain, err)
		}
		for _, r := range disguised {
			text := f.with(r)
			_, err := Parse("breakglass.yaml", []byte(text))
			path, _, _ := strings.Cut(f.path, "§")
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), fmt.Sprintf("%U", r)) {
				t.Errorf("%s with %U: %v", f.path, r, err)
			} else if n := strings.Count(err.Error(), "\n"); n > 1 {
				t.Errorf("%s with %U has %d messages: %v", f.path, r, n+1, err)
			}
			if validate(t, text) == nil {
				t.Errorf("%s with %U: the schema accepts\n%s", f.path, r, text)
			}
		}
	}
}

// What YAML does not allow is named, too.
func TestNoCharactersAreNamed(t *testing.T) {
	for _, r := range "\ufffe\uffff" {
		if _, err := Parse("breakglass.yaml", []byte("version: 1\nhub: {account: \"111111111111\"} # "+string(r)+"\n")); err == nil ||
			!strings.Contains(err.Error(), fmt.Sprintf("breakglass.yaml:2: invisible character %U", r)) {
			t.Errorf("%U: %v", r, err)
		}
	}
}

// TestEveryTextIsAmongTheFields: a new key has a line in testdata/fields.txt.
func TestEveryTextIsAmongTheFields(t *testing.T) {
	have := map[string]bool{}
	for _, f := range fieldsOfTheFile(t) {
		have[strings.ReplaceAll(f.path, "[0]", "[]")] = true
	}
	var walk func(typ reflect.Type, path string)
	walk = func(typ reflect.Type, path string) {
		switch {
		case typ == reflect.TypeFor[time.Duration]() || typ.Kind() == reflect.String:
			if !have[path] {
				t.Errorf("%s is missing", path)
			}
		case typ.Kind() == reflect.Slice:
			walk(typ.Elem(), path+"[]")
		case typ.Kind() == reflect.Struct:
			for i := range typ.NumField() {
				if key := typ.Field(i).Tag.Get("yaml"); key != "" && key != "-" {
					walk(typ.Field(i).Type, join(path, key))
				}
			}
		}
	}
	walk(reflect.TypeFor[Config](), "")
}

// TestProseMayBeInAnyLanguage, as long as no character is disguised as another one.
func TestProseMayBeInAnyLanguage(t *testing.T) {
	for _, f := range fieldsOfTheFile(t) {
		if !isProse(f.path) {
			continue
		}
		for text, want := range map[string]string{
			"Grüße aus Zürich: „sofort“ anrufen – +41 44 555 01 00": "",
			"Позвоните дежурному (24/7), AWS-аккаунт закрыть":       "",
			"緊急時は手順 https://example.com/runbook を見る。":               "",
			"連絡先：security@example.com":                              "",
			"手順TYPEⅡ":                                               "",
			"手順はhttps://example.com/runbookを見てください。":                "",
			"Καλέστε @επιφυλακή στο +30 21 0555 0100":               "",
			"اتصل بالمناوب":                                         "",
			"https://ex\u0430mple.com/runbook":                      "U+0430",
			"https://example.com\u2044runbook":                      "U+2044",
			"https://аррӏе.com":                                     "U+0430",
			"mail s\u0435curity@example.com":                        "U+0435",
			"mail security@ex\u00e4mple.com":                        "U+00E4",
			"mail \u0440\u0430\u0443@example.com":                   "U+0443",
			"Call the \u0421ISO":                                    "U+0421",
			"+1 555 \u041e1\u041e0 or 55\u041e1":                    "U+041E",
			"Slack channel \uff4fncall":                             "U+FF4F",
			"no\u00adtes":                                           "U+00AD",
			"\u202eabc":                                             "U+202E",
			"a\u00a0b":                                              "U+00A0",
			"the tag\U000e0041":                                     "U+E0041",
			"\u00a0":                                                "U+00A0",
		} {
			file := strings.Replace(strings.Replace(f.text, "not us§ed", text, 1), "Call du§ty.", text, 1)
			_, err := Parse("breakglass.yaml", []byte(file))
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("%s %q: got %v, want %q", f.path, text, err, want)
			}
			if err := validate(t, file); (err == nil) != (want == "") {
				t.Errorf("%s %q: the schema says %v", f.path, text, err)
			}
		}
	}
}

// TestEveryInvisibleCharacterIsKnown compares the list with the tables of Unicode.
func TestEveryInvisibleCharacterIsKnown(t *testing.T) {
	hidden := []*unicode.RangeTable{
		unicode.Cc, unicode.Cf, unicode.Co, unicode.Zs, unicode.Zl, unicode.Zp, unicode.White_Space, unicode.Other_Default_Ignorable_Code_Point,
		unicode.Variation_Selector, unicode.Noncharacter_Code_Point,
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r >= 0xd800 && r < 0xe000 || r == ' ' || r == '\n' {
			continue
		}
		if unicode.In(r, hidden...) && !invisibleForm.MatchString(string(r)) && r < 0x1fffe {
			t.Errorf("%U is not in the list", r)
		}
		if unicode.IsLetter(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && invisibleForm.MatchString(string(r)) {
			t.Errorf("%U is a letter, and in the list", r)
		}
	}
}

func TestTheSchemaIsInASCII(t *testing.T) {
	if i := slices.IndexFunc(Schema(), func(b byte) bool { return b > unicode.MaxASCII }); i >= 0 {
		t.Errorf("byte %d of the schema is %q", i, Schema()[i:i+4])
	}
	if got, want := string(inASCII([]byte("a\u200b\U000e0041"))), `a\u200b\udb40\udc41`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
