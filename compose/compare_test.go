package compose

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestAnotherDefinitionIsNamedByItsParts(t *testing.T) {
	m := sampleMachine("")
	text := m.Text()
	if found := m.Differences(text); len(found) > 0 {
		t.Errorf("of itself: %q", found)
	}
	if strings.Contains(text, `\u003c`) || strings.Contains(text, `\u0026`) {
		t.Error("it has escapes, each of which takes the room of six letters")
	}
	var laidOut bytes.Buffer
	if err := json.Indent(&laidOut, []byte(text), "", "  "); err != nil {
		t.Fatal(err)
	}
	if found := m.Differences(laidOut.String()); len(found) > 0 {
		t.Errorf("of another layout: %q", found)
	}
	replace := func(old, new string) string {
		if strings.Count(text, old) < 1 {
			t.Fatalf("there is no %s", old)
		}
		return strings.Replace(text, old, new, 1)
	}
	composing := func(state string) string {
		var all map[string]any
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			t.Fatal(err)
		}
		all["States"].(map[string]any)["Compose"] = json.RawMessage(state)
		changed, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return string(changed)
	}
	for name, c := range map[string]struct {
		definition string
		want       []string
	}{
		"no JSON":             {"{", []string{"it is not valid JSON"}},
		"it starts elsewhere": {replace(`"StartAt":"Sort"`, `"StartAt":"Elsewhere"`), []string{"its StartAt differs"}},
		"a state is gone":     {replace(`"Bare":{`, `"Bear":{`), []string{"it lacks the state Bare", "it also has the state Bear"}},
		"an alert ends early": {replace(`"Default":"Once"`, `"Default":"Elsewhere"`), []string{"its state Sort differs"}},
		"another topic":       {replace(`'TopicArn':'`, `'TopicArn':'x`), []string{"its state Compose differs"}},
		"another retry":       {replace(`"Next":"Plain"`, `"Next":"Bare"`), []string{"its state Compose differs"}},
		"a text":              {replace(`$in.entry='sign-in'?(`, `$in.entry='sign-in'?(true?{}:`), []string{"its texts of sign-in differ"}},
		"two texts": {
			strings.NewReplacer(`$in.entry='sign-in'?(`, `$in.entry='sign-in'?(true?{}:`, `$in.entry='assume-role'?(`,
				`$in.entry='assume-role'?(true?{}:`).Replace(text), []string{"its texts of assume-role, sign-in differ"},
		},
		"an entry is gone":    {replace(`$in.entry='sign-in'?(`, `$in.entry='sign'?(`), []string{"its texts of sign, sign-in differ"}},
		"it composes nothing": {composing(`{"Type": "Pass"}`), []string{"its state Compose differs"}},
		"it has no form":      {composing(`[]`), []string{"its state Compose differs"}},
		"it composes twice":   {composing(`{"Type": "Parallel", "Branches": [{}, {}]}`), []string{"its state Compose differs"}},
		"it writes nothing":   {composing(`{"Type": "Parallel", "Branches": [{}]}`), []string{"its state Compose differs"}},
		"the prelude":         {replace(`$in:=$states.input`, `$in:={}`), []string{"its state Compose differs"}},
		"no states":           {`{"StartAt":"Sort"}`, nil},
	} {
		found := m.Differences(c.definition)
		if c.want == nil && len(found) > 20 && found[0] == "it lacks the state Alerts" {
			continue
		}
		slices.Sort(found)
		slices.Sort(c.want)
		if !slices.Equal(found, c.want) {
			t.Errorf("%s: %q", name, found)
		}
	}
}
