package emulator

import "testing"

// What LocalEmu 1.3.2 delivered through a rule, a topic and a queue, for the template in the name.
func TestRender(t *testing.T) {
	for _, tt := range []struct{ template, delivered, want string }{
		{`"a <x>"`, `"a X"`, `"a X"`},
		{"\"a <x>\"\n\"b <y>\"", `"a X\"\n\"b Y"`, "\"a X\"\n\"b Y\""},
		{"\"a <x>\"\n\"\"\n\"b <y>\"", `"a X\"\n\"\"\n\"b Y"`, "\"a X\"\n\"\"\n\"b Y\""},
		{"\"a é — <x>\"\n\"b\"", `"a \u00e9 \u2014 X\"\n\"b"`, "\"a é — X\"\n\"b\""},
		{"\"a <missing>\"\n\"b <missing>\"", `"a \"\n\"b "`, "\"a \"\n\"b \""},
		{"a value with quotation marks", `"a say \"hi\"\"\n\"b"`, "\"a say \"hi\"\"\n\"b\""},
		{"a value with a backslash and a tab", `"a back\\slash\ttab\"\n\"b"`, "\"a back\\slash\ttab\"\n\"b\""},
		{`{"a": "<x>"}`, `{"a":"X"}`, `{"a":"X"}`},
	} {
		if got := Render(tt.delivered); got != tt.want {
			t.Errorf("template %s\ngot  %q\nwant %q", tt.template, got, tt.want)
		}
	}
}

func TestRenderLeavesOtherTextAlone(t *testing.T) {
	for _, text := range []string{
		"", "plain text", "\"a X\"\n\"b Y\"", `"unfinished`, `{"source":"breakglass.drill"}`, `["a"]`, "12", "null",
	} {
		if got := Render(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
