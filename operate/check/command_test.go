package check

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// ofAWS matches the beginning of a command of the AWS CLI: aws, a service, an operation; and of the CDK CLI.
var ofAWS = regexp.MustCompile(`\b(aws [a-z0-9]+ [a-z]+(-[a-z]+)*|npx cdk bootstrap)`)

// wellFormed is a command of the AWS CLI: a service, an operation, and flags with one value each. The flags named take none, and the value
// of the last two may be empty.
var wellFormed = regexp.MustCompile(`^aws [a-z][a-z0-9-]+ [a-z][a-z0-9-]+( stack-[a-z-]+)?` +
	`( --((no-)?enable-termination-protection|set-as-default|retain-stacks)| --(kms-key-identifier|data-protection-policy) \S+| --[a-z-]+ ('[^']+'|"[^"]+"|[^-'"\s]\S*))*$`)

// withoutProfiles checks that every command of a fix has the profile of its account and nothing that a reader would have to fill in, and
// returns the fix without the profiles.
func withoutProfiles(t *testing.T, fix string) string {
	t.Helper()
	if strings.Contains(fix, "in the management account: ") {
		return fix // which no profile of the run is of
	}
	begins := ofAWS.FindAllStringIndex(fix, -1)
	if strings.Count(fix, "aws ") > len(begins) {
		t.Errorf("there is something that is no command of the AWS CLI in %q", fix)
	}
	for i, at := range begins {
		command := fix[at[0]:]
		if i+1 < len(begins) {
			command = fix[at[0]:begins[i+1][0]]
		}
		if before, _, ok := strings.Cut(command, " --profile"); ok && strings.HasPrefix(before, "aws ") && !wellFormed.MatchString(before) {
			t.Errorf("%q is no command of the AWS CLI", before)
		}
		if n := strings.Count(command, " --profile 'a hub'") + strings.Count(command, " --profile 'a target'"); n != 1 {
			t.Errorf("%d profiles in %q", n, command)
		}
		if blank := regexp.MustCompile(`<[a-z]|…|--[a-z-]+ [A-Z]+\b( |$)`).FindString(command); blank != "" && !strings.Contains(blank, "INSUFFICIENT") {
			t.Errorf("%q has to be filled in in %q", blank, command)
		}
	}
	return strings.NewReplacer(" --profile 'a hub'", "", " --profile 'a target'", "").Replace(fix)
}

func TestCommandsRunAsPrinted(t *testing.T) {
	s := sceneOf(t, "sample")
	s.profiles = func(number string) string {
		return map[string]string{"111111111111": "the hub", "222222222222": "production"}[number]
	}
	s.again = " --profile 'the hub'"
	hubIn := func(regions ...string) (all []spot) {
		for _, region := range regions {
			all = append(all, spot{where: region, stack: "BreakGlass-" + region})
		}
		return all
	}
	for name, c := range map[string]struct {
		fix   string
		spots []spot
		want  string
	}{
		"in one Region": {
			inRegion("kms", "enable-key", "--key-id", "a b"), hubIn("eu-west-1"), "aws kms enable-key --region eu-west-1 --key-id 'a b' --profile 'the hub'",
		},
		"in several": {"first " + inRegion("kms", "enable-key", "--key-id", "k") + ", then wait", hubIn("us-east-1", "eu-west-1"),
			`first for region in eu-west-1 us-east-1; do aws kms enable-key --region "${region}" --key-id k --profile 'the hub'; done, then wait`},
		"within a word": {inRegion("sns", "publish", "--topic-arn", "arn:aws:sns:<where>:1:$t"), hubIn("us-east-1", "eu-west-1"),
			`for region in eu-west-1 us-east-1; do aws sns publish --region "${region}" --topic-arn "arn:aws:sns:${region}:1:\$t" --profile 'the hub'; done`},
		"without a Region": {awsCLI("iam", "list-users"), hubIn("us-east-1", "eu-west-1"), "aws iam list-users --profile 'the hub'"},
		"of a stack": {
			inRegion("cloudformation", "x", "--stack-name", "<stack>"), hubIn("eu-west-1"),
			"aws cloudformation x --region eu-west-1 --stack-name BreakGlass-eu-west-1 --profile 'the hub'",
		},
		"of several stacks": {inRegion("cloudformation", "x", "--stack-name", "<stack>"), hubIn("us-east-1", "eu-west-1"),
			"aws cloudformation x --region us-east-1 --stack-name BreakGlass-us-east-1 --profile 'the hub'; aws cloudformation x --region eu-west-1 --stack-name BreakGlass-eu-west-1 --profile 'the hub'"},
		"in a target account": {awsCLI("iam", "x"), []spot{{where: "222222222222"}}, "aws iam x --profile production"},
		"in its Region":       {inRegion("sqs", "x"), []spot{{where: "eu-west-1 in 222222222222"}}, "aws sqs x --region eu-west-1 --profile production"},
		"in several accounts": {inRegion("sqs", "x"), []spot{{where: "eu-west-1"}, {where: "eu-west-1 in 222222222222"}, {where: "us-east-1 in 222222222222"}},
			`aws sqs x --region eu-west-1 --profile 'the hub'; for region in eu-west-1 us-east-1; do aws sqs x --region "${region}" --profile production; done`},
		"in an account that no profile reaches": {awsCLI("iam", "x"), []spot{{where: "333333333333"}}, "in account 333333333333: aws iam x"},
		"about accounts, in another": {inAccount("222222222222", awsCLI("a", "x", "--accounts", "a=<where>,b")), []spot{
			{where: "333333333333"}, {where: "444444444444"},
		},
			`for account in 333333333333 444444444444; do aws a x --accounts "a=${account},b" --profile production; done`},
		"about users": {awsCLI("iam", "x", "--user-name", "<user>"), []spot{{user: "bob"}, {user: "alice"}, {user: "bob"}},
			`for user in alice bob; do aws iam x --user-name "${user}" --profile 'the hub'; done`},
		"of this program": {breakglassCLI("credentials", "create", "<user>"), []spot{{user: "bob"}}, "breakglass credentials create bob --profile 'the hub'"},
		"of this program, all": {
			breakglassCLI("credentials", "create", "<user>"), []spot{{user: "bob"}, {user: "alice"}},
			`for user in alice bob; do breakglass credentials create "${user}" --profile 'the hub'; done`,
		},
		"nothing to run": {"look", hubIn("eu-west-1"), "look"},
	} {
		if got := s.complete(c.fix, c.spots); got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
		if out, err := exec.Command("sh", "-n", "-c", strings.TrimPrefix(c.want, "in account ")).CombinedOutput(); err != nil && !strings.HasPrefix(c.want, "first") {
			t.Errorf("%s: no shell reads it: %s", name, out)
		}
	}
	s.profiles, s.region = nil, "eu-central-1"
	if got, want := s.complete(awsCLI("iam", "x")+"; "+inRegion("kms", "x"), hubIn("us-east-1")), "aws iam x --region eu-central-1; aws kms x --region us-east-1"; got != want {
		t.Errorf("it prints %s, want %s", got, want)
	}
	if s.caller = "999999999999"; s.complete(awsCLI("iam", "x"), []spot{{}}) != "in account 111111111111: aws iam x --region eu-central-1" {
		t.Errorf("other credentials than those of the hub would do it: %s", s.complete(awsCLI("iam", "x"), []spot{{}}))
	}
}
