package config

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/google/go-cmp/cmp"
)

// What others ask of a file.
func TestWhatAFileSaysOfItself(t *testing.T) {
	text := base + "targets: [{account: \"222222222222\"}, {organizationalUnit: ou-ab12-11111111, name: workloads}]\nstackSets: {retainOnAccountRemoval: true}\n"
	c := mustParse(t, text)
	if got, want := c.SHA256(), fmt.Sprintf("%x", sha256.Sum256([]byte(text))); got != want {
		t.Errorf("the checksum is %s, want %s", got, want)
	}
	for path, want := range map[string]bool{"hub": true, "hub.account": true, "targets[1].name": true, "hub.standby": false, "targets[2]": false, "": true} {
		if path != "" && c.Given(path) != want {
			t.Errorf("%q is given: %v", path, !want)
		}
	}
	if got := c.Problem("hub.standby", "what", "value", "Fix."); got != (Problem{
		File: "breakglass.yaml", Line: 2, Key: "hub.standby", What: "what", Value: "value", Fix: "Fix.",
	}) {
		t.Errorf("%+v", got)
	}
	if c.Targets[0].ID() != "222222222222" || len(c.Targets) != 1 || len(c.Units) != 1 || c.Units[0].ID() != "ou-ab12-11111111" {
		t.Errorf("%+v, %+v", c.Targets, c.Units)
	}
	if got := c.Accounts(); !slices.Equal(got, []string{"111111111111", "222222222222"}) {
		t.Errorf("the accounts are %q", got)
	}
	if c.Role.SessionDuration, c.Targets[0].SessionDuration = time.Hour, 3*time.Hour; c.LongestSession() != 3*time.Hour {
		t.Errorf("the longest session is %s", c.LongestSession())
	}
	if got := c.StackSetAccount(); got != "111111111111" {
		t.Error(got)
	}
	c.StackSets.ManagementAccount = "999999999999"
	if got := c.StackSetAccount(); got != "999999999999" {
		t.Error(got)
	}
	if !slices.Equal(c.HubRegions(), []string{"us-east-1"}) {
		t.Errorf("%q", c.HubRegions())
	}
	if c.Hub.Standby = "us-west-2"; !slices.Equal(c.HubRegions(), []string{"us-east-1", "us-west-2"}) {
		t.Errorf("%q", c.HubRegions())
	}
	if c.Chat.On() || c.Pipeline.On() || !(Chat{Slack: Slack{Channel: "C"}}).On() || !(Chat{Teams: Teams{Team: "t"}}).On() ||
		!(Pipeline{Source: Source{S3: S3Source{Bucket: "b"}}}).On() {
		t.Error("what is on")
	}
	if at := PlaceOf("111111111111", "eu-west-1"); at.Partition != "aws" || at.Account != "111111111111" || at.Region != "eu-west-1" ||
		c.HubIn("eu-west-1") != at || c.HubPlace().Region != "us-east-1" {
		t.Errorf("%+v", at)
	}
	if !PipelineReaches("us-east-1") || PipelineReaches("ap-east-2") || PipelineReaches("xx-west-9") {
		t.Error("what a pipeline reaches")
	}
	if !strings.Contains(string(Shipped()), "hub:") {
		t.Error("the example is empty")
	}
	if (&Config{}).Line("hub") != 0 || c.Line("hub.account.x[3].y") != 2 || c.Line("nothing") != c.Line("") {
		t.Errorf("%d, %d", c.Line("hub.account.x[3].y"), c.Line("nothing"))
	}
}

func TestIsAccount(t *testing.T) {
	for text, want := range map[string]bool{
		"111111111111": true, "11111111111": false, "1111111111111": false, "11111111111a": false, "": false, " 111111111111": false,
	} {
		if IsAccount(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestMerge(t *testing.T) {
	one, two := Problems{{Line: 2, What: "a"}, {Line: 5, What: "b"}}, Problems{{Line: 1, What: "c"}, {Line: 2, What: "d"}}
	var got []string
	for _, p := range one.Merge(two) {
		got = append(got, p.What)
	}
	if !slices.Equal(got, []string{"c", "a", "d", "b"}) || one[0].What != "a" {
		t.Errorf("%q", got)
	}
}

// The sound sections of a file with problems can be counted; what hangs on the others is left out.
func TestTheSoundSections(t *testing.T) {
	const whole = "version: 1\nhub: {account: \"111111111111\", standby: us-west-2}\nregions: [us-east-1, us-west-2, eu-west-1]\nalerts: {email: [a@example.com]}\nusers: [{name: Ada}]\n" +
		"targets: [{account: \"222222222222\"}, {organizationalUnit: ou-ab12-11111111, name: w}]\nstackSets: {retainOnAccountRemoval: true}\nobservers: {regions: [eu-west-1]}\n" +
		"deploy: {access: bootstrap}\npipeline: {source: {s3: {bucket: source, key: source.zip}}}\n"
	c := mustParse(t,
		strings.Replace(strings.Replace(whole, ", {organizationalUnit: ou-ab12-11111111, name: w}", "", 1), "stackSets: {retainOnAccountRemoval: true}\n", "", 1))
	c.Units = []Target{{OrganizationalUnit: "ou-ab12-11111111"}}
	c.StackSets.Region = "eu-west-1"
	type left struct {
		Regions, Targets, Units int
		Pipeline, Observers     bool
		StackSets               string
		Users                   string
	}
	is := func(s *Config) left {
		return left{len(s.Regions), len(s.Targets), len(s.Units), s.Pipeline.On(), len(s.Observers.Regions) > 0, s.StackSets.Region, s.Users[0].Name}
	}
	for key, want := range map[string]left{
		"users[0].name":     {3, 1, 1, true, false, "eu-west-1", "BreakglassUser"},
		"regions[1]":        {2, 1, 1, true, false, "eu-west-1", "Ada"},
		"unwatched":         {2, 1, 1, true, false, "eu-west-1", "Ada"},
		"hub.account":       {1, 0, 0, false, true, "eu-west-1", "Ada"},
		"targets[0].name":   {3, 0, 0, false, true, "eu-west-1", "Ada"},
		"role.name":         {3, 0, 0, false, true, "eu-west-1", "Ada"},
		"stackSets.region":  {3, 0, 0, false, true, "us-east-1", "Ada"},
		"deploy.access":     {3, 1, 1, false, false, "eu-west-1", "Ada"},
		"observers.regions": {3, 1, 1, true, false, "eu-west-1", "Ada"},
	} {
		if diff := cmp.Diff(want, is(soundSections(c, Problems{{Key: key}}))); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
	if len(c.Regions) != 3 || !c.Pipeline.On() {
		t.Error("the file itself is changed")
	}
	c.Observers.Organization = "o-ab12cd34ef"
	if s := soundSections(c, nil); !reflect.DeepEqual(s.Observers, c.Observers) {
		t.Errorf("%+v", s.Observers)
	}
}

func TestLoadSound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "breakglass.yaml")
	if err := os.WriteFile(path, []byte(base+"users: [{name: \"a b\"}]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := LoadSound(path)
	if err == nil || c == nil || c.Hub.Account != "111111111111" || c.Users[0].Name != "BreakglassUser" {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := Load(path); err == nil || c != nil {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := LoadSound(path + "x"); err == nil || c != nil || !strings.Contains(err.Error(), "Create one with breakglass init") {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := Load(filepath.Dir(path)); err == nil ||
		!strings.Contains(err.Error(), "Name the file in it (--config FILE for breakglass, -c config=FILE for the CDK).") {
		t.Errorf("%v", err)
	}
	if _, err := Load(os.DevNull); err == nil ||
		!strings.Contains(err.Error(), "and the configuration is read more than once. Write it to a file, and name that one.") {
		t.Errorf("%v", err)
	}
}

func TestNearest(t *testing.T) {
	all := []string{"regions", "role", "users", "alerts", "ab"}
	for word, want := range map[string]string{
		"region": "regions", "Regions": "regions", "rigeons": "regions", "user": "users", "rolle": "role", "xyz": "", "a": "", "abc": "ab", "alrts": "alerts",
		"artels": "", "": "",
	} {
		if got := nearest(word, all); got != want {
			t.Errorf("%q is taken for %q, want %q", word, got, want)
		}
	}
	if got := didYouMean("zzzzzz", []string{"a", "b", "c"}); got != "Write a, b or c." {
		t.Error(got)
	}
	if got := didYouMean("user", all); got != "Did you mean users?" {
		t.Error(got)
	}
	if got := english.WordSeries([]string{"a"}, "or") + english.WordSeries(nil, "or") + english.WordSeries([]string{"a", "b"}, "and"); got != "aa and b" {
		t.Error(got)
	}
}

// A value in a message is on one line, and not longer than a line.
func TestQuote(t *testing.T) {
	for value, want := range map[string]string{
		`""`: `""`, "a\nb": `"a\nb"`, strings.Repeat("ä", 80): `"` + strings.Repeat("ä", 80) + `"`,
		strings.Repeat("ä", 81): `"` + strings.Repeat("ä", 80) + `…"`,
	} {
		if got := quote(value); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if orEmpty("") != `""` || orEmpty("a") != "a" || unquoted("a") != "a" || codePoint("") != "" || codePoint("\u00a0x") != "U+00A0" {
		t.Error("what stands for an empty text")
	}
}

// What YAML reads is told from what a person wrote.
func TestScalars(t *testing.T) {
	numbers := []string{"0", "007", "1_000", "-1", "+1", "1.5", ".5", "1e3", "1.5E-3", "0x1F", "0o17", "0b11", ".inf", "-.INF", ".nan", ".NaN"}
	nulls, bools := []string{"", "~", "null", "Null", "NULL"}, []string{"true", "True", "TRUE", "false", "False", "FALSE"}
	for _, text := range slices.Concat(numbers, nulls, bools, []string{"1a", "e3", "nan", "1-2", "nULL", "tRUE", "yes", "n", "text"}) {
		n := &node{kind: scalar, text: text}
		is := map[string]bool{
			"number": slices.Contains(numbers, text), "null": slices.Contains(nulls, text), "bool": slices.Contains(bools, text),
			"bare": slices.Contains(slices.Concat(numbers, bools, []string{"tRUE", "yes", "n"}), text),
		}
		is["text"] = !is["number"] && !is["null"] && !is["bool"]
		if got := map[string]bool{
			"number": n.isNumber(), "null": n.isNull(), "bool": n.isBool(), "bare": n.isBare(), "text": n.isText(),
		}; !reflect.DeepEqual(got, is) {
			t.Errorf("%q: %v, want %v", text, got, is)
		}
		n.quoted = true
		if n.isNumber() || n.isNull() || n.isBool() || n.isBare() || !n.isText() {
			t.Errorf("%q in quotation marks is no text", text)
		}
	}
	for want, n := range map[string]*node{
		"an empty mapping": {kind: mapping}, "a list": {kind: list}, "no value": {kind: scalar}, "a number": {kind: scalar, text: "1"},
		"true or false": {kind: scalar, text: "true"}, "a text": {kind: scalar, text: "a"},
	} {
		if got := describe(n); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// IAM counts characters, without white space between a policy's elements and without escapes.
func TestDocumentSize(t *testing.T) {
	for want, doc := range map[int]map[string]any{2: {}, 11: {"a": "<ä>"}, 13: {"a": []any{"b", int64(1)}}} {
		if got := documentSize(doc); got != want {
			t.Errorf("%v has %d characters, want %d", doc, got, want)
		}
	}
	for want, value := range map[string]any{`""`: "", "a": "a", "1": int64(1), "1.5": 1.5, "true": true} {
		if got := textOf(value); got != want {
			t.Errorf("%v is %q", value, got)
		}
	}
	if textOf([]any{"a"}) != "" {
		t.Error("a list is no text")
	}
}

// A role's own policy names nobody: its trust policy does.
func TestAPolicyOfARoleNamesNobody(t *testing.T) {
	for _, key := range []string{"Principal", "NotPrincipal"} {
		_, err := Parse("breakglass.yaml",
			[]byte(base+"role: {inlinePolicy: {Version: \"2012-10-17\", Statement: {Effect: Allow, Action: \"s3:*\", Resource: \"*\", "+key+": \"*\"}}}\n"))
		if err == nil || !strings.Contains(err.Error(), key+": not allowed in a policy of a role. Remove it: the role's trust policy decides who may use it.") {
			t.Errorf("%s: %v", key, err)
		}
	}
}
