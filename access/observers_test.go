package access

import (
	"slices"
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
			"Null":                      map[string]any{"events:source": "false"},
			"Bool":                      map[string]any{"events:eventBusInvocation": "true"},
			"ArnLike":                   map[string]any{"aws:SourceArn": "arn:aws:events:*:*:rule/observe-breakglass-*"},
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
	may := ForwardFromTarget(buses, []string{"aws.iam", "aws.signin"}).Only()
	same(t, "Action", may["Action"], "events:PutEvents")
	same(t, "Resource", may["Resource"], []any{buses[0], buses[1]})
	// The first alone is true for a request that names no source.
	same(t, "AWS's own events only", may["Condition"], map[string]any{
		"ForAllValues:StringEquals": map[string]any{"events:source": []any{"aws.iam", "aws.signin"}},
		"Null":                      map[string]any{"events:source": "false"},
	})
	trust := ObserverTrust(place.Place{Partition: "aws", Account: "222222222222", Region: "us-east-1"}).Only()
	same(t, "Principal", trust["Principal"], map[string]any{"Service": "events.amazonaws.com"})
	same(t, "Action", trust["Action"], "sts:AssumeRole")
	same(t, "the account's own observers", trust["Condition"], map[string]any{
		"StringEquals": map[string]any{"aws:SourceAccount": "222222222222"},
		"ArnLike":      map[string]any{"aws:SourceArn": "arn:aws:events:*:222222222222:rule/observe-breakglass-*"},
	})
}
