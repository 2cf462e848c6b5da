package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/names"
)

// weaker returns the policy once without each key of each condition, and once with each value replaced, by what was changed.
func weaker(t *testing.T, policy string) map[string]string {
	t.Helper()
	out := map[string]string{}
	var parsed map[string]any
	change := func(what string, do func(condition map[string]any, operator, key string)) {
		if err := json.Unmarshal([]byte(policy), &parsed); err != nil {
			t.Fatalf("%v: %s", err, policy)
		}
		for i, one := range parsed["Statement"].([]any) {
			statement, _ := one.(map[string]any)
			condition, _ := statement["Condition"].(map[string]any)
			for _, operator := range slices.Sorted(maps.Keys(condition)) {
				for _, key := range slices.Sorted(maps.Keys(condition[operator].(map[string]any))) {
					var fresh map[string]any
					_ = json.Unmarshal([]byte(policy), &fresh)
					of := fresh["Statement"].([]any)[i].(map[string]any)
					do(of["Condition"].(map[string]any), operator, key)
					text, err := json.Marshal(fresh)
					if err != nil {
						t.Fatal(err)
					}
					out[fmt.Sprintf("%s: statement %d, %s %s", what, i, operator, key)] = string(text)
				}
			}
		}
	}
	change("without", func(condition map[string]any, operator, key string) {
		keys := condition[operator].(map[string]any)
		if delete(keys, key); len(keys) == 0 {
			delete(condition, operator)
		}
	})
	change("any value", func(condition map[string]any, operator, key string) { condition[operator].(map[string]any)[key] = "*" })
	return out
}

// TestEveryConditionOfTheObserversIsCompared: neither the hubs' buses nor the role in the target accounts lets in more than is planned.
func TestEveryConditionOfTheObserversIsCompared(t *testing.T) {
	for _, file := range []string{"sample", "accounts"} {
		policies := weaker(t, wellIn(t, file, "111111111111", hub).bus)
		for what, policy := range policies {
			w := wellIn(t, file, "111111111111", hub)
			w.bus = policy
			found := bad(w.s.merge(w.s.bus(t.Context(), w, hub, "BreakGlass-Observed-us-east-1-1").found))
			if !slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Problem && f.Check == "bus" }) {
				t.Errorf("%s, the bus, %s: %+v", file, what, found)
			}
		}
		if len(policies) < 4 {
			t.Errorf("%s: the bus has only %d conditions", file, len(policies)/2)
		}
	}
	role := wellIn(t, "sample", "222222222222", "us-east-1")
	trusts, rights := weaker(t, *role.roles[names.ObserverRole].AssumeRolePolicyDocument), weaker(t, role.inRole[names.ObserverRole][names.ObserverPolicy])
	if len(trusts) < 4 || len(rights) < 4 {
		t.Errorf("the role has only %d and %d conditions", len(trusts)/2, len(rights)/2)
	}
	for what, policy := range trusts {
		w := wellIn(t, "sample", "222222222222", "us-east-1")
		changed := *w.roles[names.ObserverRole]
		changed.AssumeRolePolicyDocument = aws.String(policy)
		w.roles[names.ObserverRole] = &changed
		if found := bad(w.s.merge(w.s.observerRole(t.Context(), w, w.account).found)); len(found) != 1 || found[0].Severity != Problem {
			t.Errorf("the trust, %s: %+v", what, found)
		}
	}
	for what, policy := range rights {
		w := wellIn(t, "sample", "222222222222", "us-east-1")
		w.inRole[names.ObserverRole][names.ObserverPolicy] = policy
		if found := bad(w.s.merge(w.s.observerRole(t.Context(), w, w.account).found)); len(found) != 1 || found[0].Severity != Problem {
			t.Errorf("the policy, %s: %+v", what, found)
		}
	}
}
