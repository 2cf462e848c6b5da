package destroy

import (
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

func rolledOut(t *testing.T) plan.Plan {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(`
version: 1
hub: {account: "111111111111"}
regions: [us-east-1, eu-west-1]
alerts: {email: [a@example.com]}
targets: [{account: "222222222222"}, {organizationalUnit: ou-ab12-11111111}]
observers: {regions: [us-east-1, eu-north-1], organization: o-ab12cd34ef}
stackSets: {retainOnAccountRemoval: false}
monitoring: {heartbeats: false, dashboard: false}
deploy: {access: bootstrap}
pipeline: {source: {s3: {bucket: source, key: source.zip}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	return plan.Of(c)
}

// The pipeline would deploy again what is deleted, so it is deleted first, and its buckets after it. The bus policies stay until
// the observers are gone.
func TestARolloutGoesInOrder(t *testing.T) {
	var order []string
	for _, wave := range waves(rolledOut(t).Placements) {
		var names []string
		for _, at := range wave {
			names = append(names, strings.TrimPrefix(at.Stack, "BreakGlass-"))
		}
		order = append(order, strings.Join(names, " "))
	}
	want := []string{
		"Pipeline",
		"Pipeline-Artifacts-eu-north-1 Pipeline-Artifacts-eu-west-1",
		"Observer-eu-north-1-222222222222 StackSet-ou-ab12-11111111",
		"Role-222222222222",
		"Forwarder-eu-west-1",
		"Integrity-us-east-1 Observed-us-east-1-1",
		"Hub",
		"Composer-us-east-1",
	}
	if !slices.Equal(order, want) {
		t.Errorf("the order is %q, want %q", order, want)
	}
}

func TestThePipelinesBuckets(t *testing.T) {
	var buckets []string
	for _, at := range rolledOut(t).Placements {
		if b := Bucket(at); b != "" {
			buckets = append(buckets, EmptyBucket(at, ""))
		}
	}
	want := []string{
		"aws s3 rm s3://breakglass-pipeline-111111111111-eu-north-1 --recursive --region eu-north-1",
		"aws s3 rm s3://breakglass-pipeline-111111111111-eu-west-1 --recursive --region eu-west-1",
		"aws s3 rm s3://breakglass-pipeline-111111111111-us-east-1 --recursive --region us-east-1",
	}
	if !slices.Equal(buckets, want) {
		t.Errorf("they are emptied by %q", buckets)
	}
}

// What observers leave is looked for in every observed Region of a target account, and on the hubs' buses; the accounts of a unit
// are not known.
func TestPlacesOfARollout(t *testing.T) {
	of := map[string]string{}
	for _, at := range (Search{Plan: rolledOut(t)}).places() {
		var kinds []string
		for _, s := range at.searches {
			kinds = append(kinds, s.kind)
		}
		of[at.key()] = strings.Join(kinds, ", ")
	}
	for place, want := range map[string]string{
		"222222222222 IAM": "role", "222222222222 us-east-1": "stack, rule, queue", "222222222222 eu-north-1": "stack, rule, queue",
	} {
		if of[place] != want {
			t.Errorf("in %s it looks for %q, want %q", place, of[place], want)
		}
	}
	if !strings.Contains(of["111111111111 us-east-1"], "statement on the event bus") || strings.Contains(of["111111111111 eu-west-1"], "statement") {
		t.Errorf("in the hub's Region %q, elsewhere %q", of["111111111111 us-east-1"], of["111111111111 eu-west-1"])
	}
	// The hub account has no observers, also where it is a target.
	c, err := config.Parse("breakglass.yaml",
		[]byte("version: 1\nhub: {account: \"111111111111\"}\nregions: [us-east-1]\nalerts: {email: [a@example.com]}\ntargets: [{account: \"222222222222\"}, {account: \"111111111111\"}]\nobservers: {regions: [us-east-1, eu-north-1]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, at := range (Search{Plan: plan.Of(c)}).places() {
		places = append(places, at.key())
	}
	if want := []string{
		"111111111111 us-east-1", "222222222222 us-east-1", "222222222222 eu-north-1", "111111111111 IAM", "222222222222 IAM",
	}; !slices.Equal(places, want) {
		t.Errorf("the places are %q", places)
	}
	for place := range of {
		if strings.Contains(place, "ou-") || strings.HasPrefix(place, " ") {
			t.Errorf("it looks into %q", place)
		}
	}
}
