package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	old = `[
  {"region": "af-south-1", "partition": "aws", "optIn": true, "rules": 100},
  {"region": "ap-east-2", "partition": "aws", "optIn": true, "noCodePipeline": true},
  {"region": "us-east-1", "partition": "aws", "optIn": false}
]
`
	newer = `{"partitions": [
  {"id": "aws", "regionRegex": "^(us|ap|af|xx)\\-\\w+\\-\\d+$", "regions": {"us-east-1": {}, "xx-north-2": {}, "ap-east-2": {}, "aws-global": {}, "af-south-1": {}}},
  {"id": "aws-cn", "regionRegex": "^cn\\-\\w+\\-\\d+$", "regions": {"cn-north-1": {}}}
], "version": "1.1"}`
	withPipeline = `endpoints.EndpointKey{
				Region: "af-south-1",
			}: endpoints.Endpoint{},
			endpoints.EndpointKey{ Region:  "ap-east-2", }: endpoints.Endpoint{},
			endpoints.EndpointKey{
				Region:  "us-east-1",
				Variant: endpoints.FIPSVariant,
			}: {`
)

func TestMergeAddsRegionsAndKeepsWhatTheSDKDoesNotSay(t *testing.T) {
	const want = `[
  {"region": "af-south-1", "partition": "aws", "optIn": true, "rules": 100},
  {"region": "ap-east-2", "partition": "aws", "optIn": true},
  {"region": "us-east-1", "partition": "aws", "optIn": false},
  {"region": "xx-north-2", "partition": "aws", "optIn": true, "noCodePipeline": true}
]
`
	got, changes, err := merge([]byte(old), []byte(newer), []byte(withPipeline))
	if err != nil || string(got) != want {
		t.Errorf("%v, got\n%s", err, got)
	}
	if want := []string{
		"CodePipeline in ap-east-2: true", "xx-north-2 is new; taken as opt-in, and with the usual quota of rules on a bus",
	}; !slices.Equal(changes, want) {
		t.Errorf("the changes are %q, want %q", changes, want)
	}
	again, changes, err := merge(got, []byte(newer), []byte(withPipeline))
	if err != nil || string(again) != want || len(changes) > 0 {
		t.Errorf("a second run: %q, %v, got\n%s", changes, err, again)
	}
}

// TestMergeRefusesWhatLooksWrong: the data must not shrink because the SDK has another form.
func TestMergeRefusesWhatLooksWrong(t *testing.T) {
	for _, c := range []struct{ old, partitions, endpoints, want string }{
		{old, strings.Replace(newer, `"ap-east-2": {}, `, "", 1), withPipeline, "no longer has ap-east-2"},
		{old, "{}", withPipeline, "their form has changed"},
		{old, "[", withPipeline, "the SDK's partitions"},
		{old, strings.Replace(newer, `^(us`, `^((us`, 1), withPipeline, "the SDK's partitions"},
		{old, newer, "nothing", "the form of its endpoints has changed"},
		{"{", newer, withPipeline, "config/regions.json"},
	} {
		if _, _, err := merge([]byte(c.old), []byte(c.partitions), []byte(c.endpoints)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

// TestTheDataIsNoOlderThanTheSDK of go.mod, and has the form that this program writes.
func TestTheDataIsNoOlderThanTheSDK(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", data))
	if err != nil {
		t.Fatal(err)
	}
	var have []region
	if err := json.Unmarshal(text, &have); err != nil {
		t.Fatal(err)
	}
	if string(format(have)) != string(text) {
		t.Error("the data has another form: run make regions")
	}
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", sdk).Output()
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), filepath.FromSlash(partitions)))
	if err != nil {
		t.Fatal(err)
	}
	codes, err := regionsOf(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range codes {
		if !slices.ContainsFunc(have, func(r region) bool { return r.Code == code }) {
			t.Errorf("the SDK of go.mod has %s, the data does not: run make regions", code)
		}
	}
}
