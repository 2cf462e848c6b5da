package check

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestAStatementAppliesAsIAMDecides: the examples are of AWS's own control policies (Organizations user guide, example policies)
// and of what people write against lock-out.
func TestAStatementAppliesAsIAMDecides(t *testing.T) {
	q := request{
		action: "sts:AssumeRole", resource: "arn:aws:iam::222222222222:role/BreakGlassRole",
		context: map[string][]string{
			"aws:principalarn": {"arn:aws:iam::111111111111:user/alice"}, "aws:principalaccount": {"111111111111"},
			"aws:multifactorauthpresent": {"true"}, "aws:principalorgid": {"o-ab12cd34ef"}, "aws:sourcevpc": {}, "aws:tags": {"a", "b"},
		},
	}
	for _, c := range []struct {
		name, statement string
		want            verdict
		on              []string
	}{
		{"everything", `{"Action": "*", "Resource": "*"}`, yes, nil},
		{"the service", `{"Action": ["s3:*", "STS:*"], "Resource": "*"}`, yes, nil},
		{"the call, otherwise spelled", `{"Action": "sts:assumerole", "Resource": "*"}`, yes, nil},
		{"one letter", `{"Action": "sts:AssumeRol?", "Resource": "*"}`, yes, nil},
		{"two letters", `{"Action": "sts:AssumeRol??", "Resource": "*"}`, no, nil},
		{"another call", `{"Action": "sts:GetSessionToken", "Resource": "*"}`, no, nil},
		{"a longer call", `{"Action": "sts:AssumeRoleWithSAML", "Resource": "*"}`, no, nil},
		{"all but others", `{"NotAction": "s3:*", "Resource": "*"}`, yes, nil},
		{"all but this", `{"NotAction": ["s3:*", "sts:*"], "Resource": "*"}`, no, nil},
		{"the role", `{"Action": "*", "Resource": ["arn:aws:iam::*:role/Other", "arn:aws:iam::*:role/BreakGlass*"]}`, yes, nil},
		{"another role", `{"Action": "*", "Resource": "arn:aws:iam::*:role/Other"}`, no, nil},
		{"all but the role", `{"Action": "*", "NotResource": "arn:aws:iam::*:role/BreakGlassRole"}`, no, nil},
		{"all but another role", `{"Action": "*", "NotResource": "arn:aws:iam::*:role/Other"}`, yes, nil},
		{"a variable that is known", `{"Action": "*", "NotResource": "arn:aws:iam::${aws:PrincipalAccount}:role/*"}`, yes, nil},
		{"a variable that is not", `{"Action": "*", "Resource": "arn:aws:iam::*:role/${aws:PrincipalTag/role}"}`, perhaps, []string{"aws:PrincipalTag/role"}},
		{
			"all but a variable that is not", `{"Action": "*", "NotResource": "arn:aws:iam::*:role/${aws:PrincipalTag/role}"}`, perhaps,
			[]string{"aws:PrincipalTag/role"},
		},
		{"a dollar sign", `{"Action": "*", "Resource": "arn:aws:iam::*:role/${$}BreakGlassRole"}`, no, nil},
		{"of everybody", `{"Principal": "*", "Action": "*", "Resource": "*"}`, yes, nil},
		{"of everybody, otherwise written", `{"Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"}`, yes, nil},
		{"of a service", `{"Principal": {"Service": "s3.amazonaws.com"}, "Action": "*", "Resource": "*"}`, no, nil},

		{"of others", `{"Action": "*", "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/alice"}}}`, no, nil},
		{
			"of others than somebody",
			`{"Action": "*", "Resource": "*", "Condition": {"ArnNotEquals": {"AWS:principalARN": ["arn:aws:iam::*:role/Admin", "arn:aws:iam::*:user/bob"]}}}`, yes, nil,
		},
		{"by the account", `{"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": ["111111111111"]}}}`, yes, nil},
		{"of another organization", `{"Action": "*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-ab12cd34ef"}}}`, no, nil},
		{"without MFA", `{"Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": false}}}`, no, nil},
		{"with MFA", `{"Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`, yes, nil},
		{
			"outside of a network", `{"Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}`, perhaps,
			[]string{"aws:SourceIp"},
		},
		{
			"outside of a network, but not of alice",
			`{"Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "ArnNotLike": {"aws:PrincipalArn": "*:user/alice"}}}`, no,
			nil,
		},
		{
			"outside of Regions", `{"NotAction": "iam:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}`, perhaps,
			[]string{"aws:RequestedRegion"},
		},
		{
			"two unknowns",
			`{"Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "DateLessThan": {"aws:TokenIssueTime": "2026-01-01"}}}`,
			perhaps, []string{"aws:TokenIssueTime", "aws:SourceIp"},
		},
		{"in a network that is none", `{"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}`, no, nil},
		{"in a network, if any", `{"Action": "*", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}}`, yes, nil},
		{"outside of a network that is none", `{"Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}}`, yes, nil},
		{"without a network", `{"Action": "*", "Resource": "*", "Condition": {"Null": {"aws:SourceVpc": "true"}}}`, yes, nil},
		{"with a network", `{"Action": "*", "Resource": "*", "Condition": {"Null": {"aws:SourceVpc": "false"}}}`, no, nil},
		{"with MFA at all", `{"Action": "*", "Resource": "*", "Condition": {"Null": {"aws:MultiFactorAuthPresent": "true"}}}`, no, nil},
		{"with what nobody knows", `{"Action": "*", "Resource": "*", "Condition": {"Null": {"aws:SourceIp": "true"}}}`, perhaps, []string{"aws:SourceIp"}},
		{"every value", `{"Action": "*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:Tags": ["a", "b", "c"]}}}`, yes, nil},
		{"not every value", `{"Action": "*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:Tags": ["a"]}}}`, no, nil},
		{"any value", `{"Action": "*", "Resource": "*", "Condition": {"ForAnyValue:StringLike": {"aws:Tags": ["B", "b*"]}}}`, yes, nil},
		{"any value of none", `{"Action": "*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:SourceVpc": "b"}}}`, no, nil},
		{"every value of none", `{"Action": "*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:SourceVpc": "b"}}}`, yes, nil},
		{
			"a value with a variable", `{"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}}`, perhaps,
			[]string{"aws:ResourceOrgID"},
		},
		{
			"an operator of later", `{"Action": "*", "Resource": "*", "Condition": {"StringResembles": {"aws:PrincipalAccount": "1"}}}`, perhaps,
			[]string{"aws:PrincipalAccount"},
		},
		{"without regard to case", `{"Action": "*", "Resource": "*", "Condition": {"StringEqualsIgnoreCase": {"aws:PrincipalOrgID": "O-AB12CD34EF"}}}`, yes, nil},
	} {
		var statement map[string]any
		if err := json.Unmarshal([]byte(c.statement), &statement); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := q.applies(statement)
		slices.Sort(got.on)
		slices.Sort(c.on)
		if got.verdict != c.want || !slices.Equal(got.on, c.on) {
			t.Errorf("%s: %v on %q, want %v on %q", c.name, got.verdict, got.on, c.want, c.on)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"*", "", true}, {"**", "a", true}, {"a*c", "abc", true}, {"a*c", "ac", true}, {"a*c", "abd", false}, {"?", "", false},
		{"a*b*c", "a--b--c", true}, {"a*b*c", "a--c--b", false}, {"*aab", "aaaab", true}, {"a", "ab", false}, {"a.c", "abc", false},
	} {
		if got := glob(c.pattern, c.text); got != c.want {
			t.Errorf("%q matches %q: %v", c.pattern, c.text, got)
		}
	}
}

// Where a text differs first, in few words.
func TestTextDifference(t *testing.T) {
	for _, c := range []struct{ got, want, says string }{
		{"", "a", "it is empty"}, {"b", "a", `line 1 reads "b"`}, {"a\nb\nc", "a\nx\nc", `line 2 reads "b"`}, {"a\nb", "a", `line 2 reads "b"`},
		{"a", "a\nb", "it ends after line 1"}, {"a\n" + strings.Repeat("é", 80), "a", `line 2 reads "` + strings.Repeat("é", 80) + `"`},
		{strings.Repeat("é", 81), "a", `line 1 reads "` + strings.Repeat("é", 80) + `…"`},
	} {
		if says := textDifference(c.got, c.want); says != c.says {
			t.Errorf("%q and %q: %s, want %s", c.got, c.want, says, c.says)
		}
	}
	if got := mapDifference(map[string]string{"same": "1", "other": "1", "more": "1"}, map[string]string{"same": "1", "other": "2", "less": "1"}); got != "less, more, other" {
		t.Error(got)
	}
}

// Where two patterns differ first.
func TestDifference(t *testing.T) {
	for _, c := range []struct{ got, want, at string }{
		{`{"a": 1}`, `{"a": 1}`, ""}, {`{"a": 1}`, `{"a": 2}`, "a"}, {`{"a": 1}`, `{"b": 1}`, "a"}, {`{"b": 1}`, `{"a": 1, "b": 1}`, "a"},
		{`{"a": {"b": [1, 2]}}`, `{"a": {"b": [1, 3]}}`, "a.b"},
		{`{"a": [{"b": 1}, {"c": 1}]}`, `{"a": [{"b": 1}, {"c": 2}]}`, "a[1].c"}, {`{"a": [1, 2]}`, `{"a": [1, 2, 3]}`, "a"}, {`1`, `2`, "the whole"},
		{`[1, 2]`, `[1, 3]`, "the whole"}, {`{"a": ["x", {"b": 1}]}`, `{"a": ["y", {"b": 1}]}`, "a"},
	} {
		got, err := parse(c.got)
		want, wrong := parse(c.want)
		if err != nil || wrong != nil {
			t.Fatal(err, wrong)
		}
		if at := difference(got, want, ""); at != c.at {
			t.Errorf("%s and %s: %q, want %q", c.got, c.want, at, c.at)
		}
	}
	if plain(make(chan int)) != nil || text(make(chan int)) == "" {
		t.Error("what is no JSON")
	}
}

// What only requests of services, of federated users or through an endpoint have, an emergency user's have not: a statement that asks for
// it is not in the way, and one that asks for its absence is.
func TestWhatARequestOfAUserLacks(t *testing.T) {
	q := request{
		"sts:AssumeRole", "arn:aws:iam::222222222222:role/BreakGlassRole", contextOf("arn:aws:iam::111111111111:user/alice", "User", "111111111111", "o-ab12cd34ef"),
	}
	rules := func(key, value string) verdict {
		return q.applies(map[string]any{"Action": "*", "Resource": "*", "Condition": map[string]any{"Null": map[string]any{key: value}}}).verdict
	}
	for _, key := range []string{
		"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:PrincipalServiceName", "aws:FederatedProvider",
		"aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "sts:ExternalId", "ec2:SourceInstanceARN",
	} {
		if has, lacks := rules(key, "false"), rules(key, "true"); has != no || lacks != yes {
			t.Errorf("%s: %v and %v", key, has, lacks)
		}
	}
	for key, value := range map[string]string{
		"aws:PrincipalArn": "arn:aws:iam::111111111111:user/alice", "signin:PrincipalArn": "arn:aws:iam::111111111111:user/alice",
		"aws:PrincipalAccount": "111111111111",
		"aws:PrincipalType":    "User", "aws:SecureTransport": "true", "aws:PrincipalIsAWSService": "false", "aws:PrincipalOrgID": "o-ab12cd34ef",
	} {
		is := func(value string) verdict {
			return q.applies(map[string]any{"Action": "*", "Resource": "*", "Condition": map[string]any{"StringEquals": map[string]any{key: value}}}).verdict
		}
		if is(value) != yes || is("another") != no {
			t.Errorf("%s is not %s", key, value)
		}
	}
	if rules("aws:SourceIp", "true") != perhaps {
		t.Error("an address is known")
	}
}
