package access

import (
	"slices"
	"strings"
	"testing"
)

func TestTrustNamesTheUsersInAConditionAndNotInPrincipal(t *testing.T) {
	users := someUsers(3, 10)
	all := statements(Trust(users, false))
	if len(all) != 1 {
		t.Fatalf("%d statements: a further one could let somebody else in", len(all))
	}
	s := all[0]
	same(t, "Effect", s["Effect"], "Allow")
	same(t, "Principal", s["Principal"], map[string]any{"AWS": "arn:aws-us-gov:iam::012345678901:root"})
	if strings.Contains(compact(t, s["Principal"]), ":user/") {
		t.Error("a user in Principal turns into an ID, and is lost when the user is made again")
	}
	same(t, "Action", s["Action"], "sts:AssumeRole")
	if s["Resource"] != nil {
		t.Error("a trust policy has no Resource")
	}
	condition := s["Condition"].(map[string]any)
	if len(condition) != 2 {
		t.Errorf("the condition is %s", compact(t, condition))
	}
	same(t, "the users", condition["ArnEquals"], map[string]any{
		"aws:PrincipalArn": []string{users[0].ARN(), users[1].ARN(), users[2].ARN()},
	})
}

// Bool, and not BoolIfExists: a request without a value for MFA must be denied.
func TestTrustWantsMFA(t *testing.T) {
	condition := statements(Trust(someUsers(1, 10), false))[0]["Condition"].(map[string]any)
	same(t, "MFA", condition["Bool"], map[string]any{"aws:MultiFactorAuthPresent": "true"})
	for operator := range condition {
		if strings.HasSuffix(operator, "IfExists") {
			t.Errorf("%s lets in who says nothing", operator)
		}
	}
}

func TestTrustMayDemandTheNameOfTheUser(t *testing.T) {
	condition := statements(Trust(someUsers(2, 10), true))[0]["Condition"].(map[string]any)
	same(t, "the session name", condition["StringEquals"], map[string]any{"sts:RoleSessionName": "${aws:username}"})
	if len(condition) != 3 {
		t.Errorf("the condition is %s", compact(t, condition))
	}
	same(t, "the rest", statements(Trust(someUsers(2, 10), true))[0]["Condition"].(map[string]any)["Bool"], map[string]any{"aws:MultiFactorAuthPresent": "true"})
}

// ArnEquals knows wildcards, so that a name with one would open the door; the file's checks refuse such a name.
func TestTrustAddsNoWildcard(t *testing.T) {
	for _, value := range texts(statements(Trust(someUsers(2, 10), false))[0]) {
		if strings.ContainsAny(value, "*?") {
			t.Errorf("%s is a wildcard", value)
		}
	}
	users := someUsers(2, 10)
	if again := Trust(users[:1], false); slices.Contains(texts(statements(again)[0]["Condition"]), users[1].ARN()) {
		t.Error("it trusts a user who is not in the file")
	}
}
