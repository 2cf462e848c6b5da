package main

import (
	"bytes"
	"strings"
	"testing"
)

// What nobody meant is named before anything is read or asked.
func TestValuesThatNobodyMeant(t *testing.T) {
	const empty = `"": empty; give it a value, or leave the flag out`
	for _, c := range []struct {
		args, want string
	}{
		{"check --profile hub\u00a0", `invalid --profile "hub\u00a0": invisible character U+00A0; type it again`},
		{"check --account-profile 222222222222=\u200bproduction", `invalid --account-profile "222222222222=\u200bproduction": invisible character U+200B`},
		{"drill --regions eu-west-1,us-east-1\u00ad", `invalid --regions "us-east-1\u00ad": invisible character U+00AD`},
		{"deploy --only BreakGlass-Hub\u202c", `invalid --only "BreakGlass-Hub\u202c": invisible character U+202C`},
		{"card --user Bre\u0430kglassUser", "a character that looks like another one, U+0430; type it again"},
		{"enter prod\u0430 --ways", "invalid argument \"prod\u0430\": a character that looks like another one, U+0430"},
		{"credentials create Breakglass\u200bUser", `invalid argument "Breakglass\u200bUser": invisible character U+200B`},
		{"deploy --yes --only=", "invalid --only " + empty},
		{"drill --regions=", "invalid --regions " + empty},
		{"drill --regions eu-west-1,", "invalid --regions " + empty},
		{"check --profile= --html=", "invalid --html \"\": empty; name a file\ninvalid --profile " + empty},
		// What follows -- is another program's, and paths and texts may have any character.
		{"enter --config none.yaml production -- echo \u00a0", ""},
		{"check --config none.yaml --html ber\u00adicht.html", ""},
		{"incident close --folder none --decide a=b\u200d", ""},
		{"credentials open s\u00a0eed.sealed", ""},
		{"check --config none.yaml --profile großbank", ""},
	} {
		var out, errs bytes.Buffer
		if status := run(t.Context(), strings.Split(c.args, " "), strings.NewReader(""), &out, &errs); status != exitCouldNotRun || out.Len() > 0 {
			t.Errorf("%q: exit code %d, printed %q", c.args, status, &out)
		}
		refused := strings.Contains(errs.String(), "invalid")
		if !strings.Contains(errs.String(), c.want) || refused != (c.want != "") {
			t.Errorf("%q: %q, want %q", c.args, &errs, c.want)
		}
	}
	var errs bytes.Buffer
	if run(t.Context(), []string{"credentials", "create", ""}, strings.NewReader(""), &bytes.Buffer{}, &errs); errs.String() != "invalid argument \"\": empty\n" {
		t.Errorf("%q", &errs)
	}
}
