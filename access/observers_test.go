package access

import (
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/place"
)

func observedBus(organization string, accounts ...string) map[string]any {
	return HubBus(BusPolicyProps{
		Hub: place.Place{Partition: "aws", Account: "111111111111", Region: "us-east-1"}, Organization: organization, Accounts: accounts,
		Sources: []string{"aws.iam", "aws.signin"},
	}).Only()
}

// TestTheBusAcceptsRulesOfThoseAccounts: AWS's own events there, forwarded by a rule.
func TestTheBusAcceptsRulesOfThoseAccounts(t *testing.T) {
	conditions := func(more map[string]any) map[string]any {
		all := map[string]any{
			// events:source has several values in a request with several events: a plain StringEquals is not made for that.
			"ForAllValues:StringEquals": map[string]any{"events:source": []any{"aws.iam", "aws.signin"}},
			"BoolIfExists":              map[string]any{"events:eventBusInvocation": "true"},
		}
		for key, value := range more {
			all[key] = value
		}
		return all
	}
	listed := observedBus("", "222222222222", "333333333333")
	same(t, "Condition", listed["Condition"], conditions(nil))
	same(t, "Principal", listed["Principal"], map[string]any{"AWS": []any{"arn:aws:iam::222222222222:root", "arn:aws:iam::333333333333:root"}})
	same(t, "Action", listed["Action"], "events:PutEvents")
	same(t, "Resource", listed["Resource"], "arn:aws:events:us-east-1:111111111111:event-bus/default")

	// With "*", the organization is the lock.
	all := observedBus("o-ab12cd34ef", "222222222222")
	same(t, "Principal", all["Principal"], "*")
	same(t, "Condition", all["Condition"], conditions(map[string]any{"StringEquals": map[string]any{"aws:PrincipalOrgID": "o-ab12cd34ef"}}))
}

// TestTheBusPolicyGrowsWithTheListOnly: an organization of any size fits.
func TestTheBusPolicyGrowsWithTheListOnly(t *testing.T) {
	accounts := slices.Repeat([]string{"222222222222"}, 1000)
	if n := Document(observedBus("o-ab12cd34ef", accounts...)).Size(); n > 500 {
		t.Errorf("for an organization it has %d characters", n)
	}
	if n := Document(observedBus("", accounts...)).Size(); n <= MaxBusPolicy {
		t.Errorf("a thousand accounts fit into %d characters, and the file is refused for nothing", n)
	}
	for _, n := range []int{1, 200} {
		if size := Document(observedBus("", accounts[:n]...)).Size(); size > MaxBusPolicy {
			t.Errorf("%d accounts make %d characters", n, size)
		}
	}
}

func TestObserversPutEventsOnTheHubsAndDoNothingElse(t *testing.T) {
	buses := []string{"arn:aws:events:us-east-1:111111111111:event-bus/default", "arn:aws:events:us-west-2:111111111111:event-bus/default"}
	may := ForwardFromTarget(buses).Only()
	same(t, "Action", may["Action"], "events:PutEvents")
	same(t, "Resource", may["Resource"], []any{buses[0], buses[1]})
	trust := TrustEventBridge().Only()
	same(t, "Principal", trust["Principal"], map[string]any{"Service": "events.amazonaws.com"})
	if trust["Condition"] != nil || strings.Contains(trust["Action"].(string), "*") {
		t.Errorf("EventBridge acts as the role by %v", trust)
	}
}
