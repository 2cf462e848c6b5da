package check

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
)

const (
	admin       = "arn:aws:iam::aws:policy/AdministratorAccess"
	executing   = "cdk-hnb659fds-cfn-exec-role-222222222222-us-east-1"
	deploying   = "cdk-hnb659fds-deploy-role-222222222222-us-east-1"
	execution   = "arn:aws:iam::222222222222:policy/" + names.ExecutionPolicy
	theExecFile = "breakglass-execution-222222222222.json"
	// What gives the account its policy, and what bootstraps it with that.
	confines = "breakglass execution-policy 222222222222 > " + theExecFile +
		" && { aws iam create-policy --policy-name breakglass-execution --policy-document file://" + theExecFile +
		" || aws iam create-policy-version --set-as-default --policy-arn " + execution + " --policy-document file://" + theExecFile + "; }"
	bootstraps = confines + " && npx cdk bootstrap aws://222222222222/eu-west-1 aws://222222222222/us-east-1 --trust 111111111111 --cloudformation-execution-policies " + execution
)

// trusting replaces a part of a role's trust policy.
func trusting(role, old, new string) func(*world) {
	return func(w *world) {
		document := *w.roles[role].AssumeRolePolicyDocument
		changed := strings.ReplaceAll(document, old, new)
		if changed == document {
			panic("the trust has no " + old + ": " + document)
		}
		w.roles[role].AssumeRolePolicyDocument = aws.String(changed)
	}
}

func TestBootstrap(t *testing.T) {
	const (
		again = bootstraps + ", then: aws iam update-assume-role-policy --role-name " + deploying +
			` --policy-document '{"Statement":[{"Action":"sts:AssumeRole","Condition":{"Null":{"sts:ExternalId":"true"}},"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::222222222222:root","arn:aws:iam::111111111111:root"]},"Sid":"Deploy"},`
		hubRoot  = `"arn:aws:iam::111111111111:root"`
		ownRoot  = `"arn:aws:iam::222222222222:root"`
		services = `{"Service":"cloudformation.amazonaws.com"}`
	)
	grant := func(role string, policies ...string) func(*world) {
		return func(w *world) { w.ofRole[role] = policies }
	}
	breakEach(t, []broken{
		{"the policy is missing", "", func(w *world) { delete(w.documents, execution) }, "bootstrap", Problem, "policy breakglass-execution is missing", confines},
		{"the policy allows more", "", func(w *world) {
			w.documents[execution] = strings.Replace(w.documents[execution], `"Statement":[`, `"Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"},`, 1)
		}, "bootstrap", Problem, "policy breakglass-execution differs from what execution-policy writes: it also has Allow iam:*", confines},
		{"the policy is of before there were observers", "", func(w *world) {
			w.documents[execution] = strings.Replace(w.documents[execution], `"events:PutEvents"`, `"events:PutRule"`, 1)
		}, "bootstrap", Problem, "it lacks PutEventsOnTheHubs and has Allow events:PutRule", confines},
		{"the policy may attach another", "", func(w *world) {
			w.documents[execution] = strings.Replace(w.documents[execution], "aws:policy/ReadOnlyAccess", "aws:policy/AdministratorAccess", 1)
		}, "bootstrap", Problem, "it lacks Policies and has Allow iam:AttachRolePolicy", confines},
		{
			"as the CDK bootstraps", "", grant(executing, admin), "bootstrap", Problem,
			"role " + executing + " has AdministratorAccess in place of breakglass-execution: whoever in the hub account", bootstraps + ", then check again",
		},
		{"a policy more", "", grant(executing, admin, execution,
			"arn:aws:iam::222222222222:policy/X"), "bootstrap", Problem, "has more than the policy breakglass-execution: AdministratorAccess, arn:aws:iam::222222222222:policy/X",
			"aws iam detach-role-policy --role-name " + executing + " --policy-arn " + admin + "; aws iam detach-role-policy --role-name " + executing +
				" --policy-arn arn:aws:iam::222222222222:policy/X"},
		{
			"in another of its Regions", "", grant(strings.Replace(executing, "us-east-1", "eu-west-1", 1), "arn:aws:iam::aws:policy/IAMFullAccess", execution),
			"bootstrap", Problem, "cfn-exec-role-222222222222-eu-west-1 has more than the policy breakglass-execution: IAMFullAccess", "detach-role-policy",
		},
		{
			"no policy", "", grant(executing), "bootstrap", Warning, "lacks the policy breakglass-execution: nothing can be deployed",
			bootstraps + ", and if that finds nothing to change: aws iam attach-role-policy --role-name " + executing + " --policy-arn " + execution,
		},
		{
			"an inline policy", "", func(w *world) { w.inRole[executing] = map[string]string{"x y": "{}"} }, "bootstrap", Problem,
			"role " + executing + " has inline policies that the CDK's bootstrap does not give it: x y",
			"aws iam delete-role-policy --role-name " + executing + " --policy-name 'x y'",
		},
		{"somebody acts as CloudFormation", "", trusting(executing, services,
			`{"AWS":`+ownRoot+`,"Service":"cloudformation.amazonaws.com"}`), "bootstrap", Problem, executing + " can be assumed by arn:aws:iam::222222222222:root: only CloudFormation",
			"aws iam update-assume-role-policy --role-name " + executing +
				` --policy-document '{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"cloudformation.amazonaws.com"}`},
		{
			"a service acts as CloudFormation", "", trusting(executing, services, `{"Service":["cloudformation.amazonaws.com","lambda.amazonaws.com"]}`), "bootstrap",
			Problem, "can be assumed by lambda.amazonaws.com", "",
		},
		{
			"another account deploys", "", trusting(deploying, hubRoot, hubRoot+`,"arn:aws:iam::333333333333:root"`), "bootstrap", Problem,
			"role " + deploying + " can be assumed by arn:aws:iam::333333333333:root: only the hub account", again,
		},
		{
			"an identity of another account deploys", "", trusting(deploying, hubRoot, hubRoot+`,"arn:aws:iam::333333333333:role/ci"`), "bootstrap", Problem,
			"can be assumed by arn:aws:iam::333333333333:role/ci", again,
		},
		{
			"somebody deploys who is deleted", "", trusting(deploying, hubRoot, hubRoot+`,"AROAEXAMPLEROLE000001"`), "bootstrap", Problem,
			"can be assumed by AROAEXAMPLEROLE000001", again,
		},
		{
			"an identity provider of the account deploys", "", trusting(deploying, `{"AWS":`+ownRoot+`}`, `{"Federated":"arn:aws:iam::222222222222:saml-provider/x"}`),
			"bootstrap", Problem, "can be assumed by arn:aws:iam::222222222222:saml-provider/x", again,
		},
		{"everybody deploys", "", trusting(deploying, `{"AWS":`+ownRoot+`}`, `"*"`), "bootstrap", Problem, "can be assumed by anybody: only the hub", again},
		{"everybody deploys, otherwise written", "", trusting(deploying, ownRoot, `"*"`), "bootstrap", Problem, "can be assumed by *", again},
		{
			"all but somebody deploy", "", trusting(deploying, `"Principal":{"AWS":`+ownRoot+`}`, `"NotPrincipal":{"AWS":"arn:aws:iam::333333333333:root"}`),
			"bootstrap", Problem, "can be assumed by anybody", again,
		},
		{"the hub does not deploy", "", trusting(deploying, hubRoot, ownRoot), "bootstrap", Warning, "can't be assumed from the hub account", again},
		{
			"its trust is no policy", "", func(w *world) { w.roles[deploying].AssumeRolePolicyDocument = aws.String("?") }, "bootstrap", Problem,
			"its trust policy can't be parsed", "",
		},
		{"who deploys may do more", "", func(w *world) {
			w.ofRole[deploying] = append(w.ofRole[deploying], admin)
		}, "bootstrap", Problem, deploying + " has policies that the CDK's bootstrap does not give it: AdministratorAccess",
			"aws iam detach-role-policy --role-name " + deploying + " --policy-arn " + admin},
		{
			"who deploys has a policy of its own", "", func(w *world) { w.inRole[deploying]["x"] = "{}" }, "bootstrap", Problem,
			deploying + " has inline policies that the CDK's bootstrap does not give it: x", "delete-role-policy --role-name " + deploying + " --policy-name x",
		},
		{"a role is gone", "", func(w *world) { delete(w.roles, executing) }, "bootstrap", Warning, "not bootstrapped in us-east-1", bootstraps},
		{
			"both are gone", "", func(w *world) { delete(w.roles, executing); delete(w.roles, deploying) }, "bootstrap", Warning, "not bootstrapped in us-east-1",
			bootstraps,
		},

		// What somebody bootstrapped for other Regions or other apps.
		{"another Region lets the hub in", "", func(w *world) {
			w.bootstrap(t, "hnb659fds", "222222222222", "eu-central-1", []any{"111111111111"}, admin)
		}, "bootstrap", Problem, "role cdk-hnb659fds-deploy-role-222222222222-eu-central-1 trusts the hub account, which deploys nothing of breakglass.yaml with it, and has CloudFormation do what is in AdministratorAccess",
			"aws iam update-assume-role-policy --role-name cdk-hnb659fds-deploy-role-222222222222-eu-central-1 --policy-document '" +
				`{"Statement":[{"Action":"sts:AssumeRole","Condition":{"Null":{"sts:ExternalId":"true"}},"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::222222222222:root"]},"Sid":"Deploy"}`},
		{"another qualifier lets the hub in", "", func(w *world) {
			w.bootstrap(t, "team-x", "222222222222", "us-east-1", []any{"111111111111"}, execution, "arn:aws:iam::aws:policy/PowerUserAccess")
		}, "bootstrap", Problem, "do what is in PowerUserAccess", "--untrust 111111111111"},
		{"another qualifier lets everybody in", "", func(w *world) {
			w.bootstrap(t, "team", "222222222222", "us-east-1", []any{"*"}, admin)
		}, "bootstrap", Problem, "role cdk-team-deploy-role-222222222222-us-east-1 trusts the hub account", ""},
		{"another Region lets the hub in, confined", "", func(w *world) {
			w.bootstrap(t, "hnb659fds", "222222222222", "eu-central-1", []any{"111111111111"}, execution)
		}, "bootstrap", Warning, "trusts the hub account, which deploys nothing of breakglass.yaml with it", "--untrust 111111111111"},
		{"another Region lets the hub in, with an inline policy", "", func(w *world) {
			w.bootstrap(t, "hnb659fds", "222222222222", "eu-central-1", []any{"111111111111"}, execution)
			w.inRole["cdk-hnb659fds-cfn-exec-role-222222222222-eu-central-1"]["all"] = "{}"
		}, "bootstrap", Problem, "do what is in all", ""},
		{"another Region has half a bootstrap", "", func(w *world) {
			w.bootstrap(t, "hnb659fds", "222222222222", "eu-central-1", []any{"111111111111"}, admin)
			delete(w.roles, "cdk-hnb659fds-cfn-exec-role-222222222222-eu-central-1")
		}, "bootstrap", Warning, "trusts the hub account, which deploys nothing of breakglass.yaml with it", ""},
	})
}

// TestABootstrapOfOthersIsTheirs: it says nothing of what does not let the hub account in, of policies that the CDK gives, and of what
// only denies.
func TestABootstrapOfOthersIsTheirs(t *testing.T) {
	w := well(t, hub)
	w.bootstrap(t, "team", "222222222222", "us-east-1", []any{"333333333333"}, admin)
	w.bootstrap(t, "alone", "222222222222", "us-east-1", nil)
	w.ofRole[deploying] = nil // as earlier versions of the bootstrap
	trusting(deploying, `"Statement":[`, `"Statement":[{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::333333333333:root"},"Action":"sts:AssumeRole"},`)(w)
	trusting(deploying, `"arn:aws:iam::111111111111:root"`, `"arn:aws:iam::111111111111:role/deployer"`)(w)
	for _, f := range bad(w.ask(t)) {
		t.Errorf("%+v", f)
	}
}

// TestOnlyWhoTrustsTheHubIsAsked: with other credentials there is nothing to compare.
func TestOnlyWhoTrustsTheHubIsAsked(t *testing.T) {
	w := well(t, hub)
	w.ofRole[executing], w.s.config.Deploy.Access = []string{admin}, config.AccessCredentials
	w.roles[names.ObserverRole].PermissionsBoundary = nil
	w.refuse("iam", "ListRoles")
	for _, f := range w.ask(t) {
		if f.Check == "bootstrap" || f.Severity == Problem {
			t.Errorf("%+v", f)
		}
	}
}

// TestATargetWithoutItsStackIsLookedInto: what lets the hub in is there before anything is deployed.
func TestATargetWithoutItsStackIsLookedInto(t *testing.T) {
	w := well(t, hub)
	w.ofRole[executing] = []string{admin}
	w.account = "222222222222"
	delete(w.stacks, "BreakGlass-Role-222222222222")
	found := w.s.bootstrap(t.Context(), w, "222222222222").found
	if len(found) != 1 || !strings.Contains(found[0].What, "AdministratorAccess in place of") {
		t.Errorf("%+v", found)
	}
}

// TestTheServiceRoleOfAStackIsAWayIn: whoever starts deployments for the hub may change every stack of the account, each with its role.
func TestTheServiceRoleOfAStackIsAWayIn(t *testing.T) {
	w := well(t, hub)
	of := func(name, role string) {
		w.stacks[name] = &cfn.Stack{StackName: aws.String(name), StackStatus: cfn.StackStatusCreateComplete}
		if role != "" {
			w.stacks[name].RoleARN = aws.String("arn:aws:iam::222222222222:role/" + role)
		}
	}
	of("app", "")
	of("ours", executing)
	if found := w.s.storedRoles(t.Context(), w, "222222222222", "us-east-1").found; len(found) != 0 {
		t.Errorf("%+v", found)
	}
	of("landing-zone", "AWSControlTowerExecution")
	of("elsewhere", strings.Replace(executing, "us-east-1", "eu-central-1", 1))
	w.perPage = 1
	found := w.s.storedRoles(t.Context(), w, "222222222222", "us-east-1").found
	if len(found) != 2 || found[0].Severity != Problem || !strings.HasPrefix(found[1].What,
		"stack landing-zone in us-east-1 has the service role AWSControlTowerExecution: whoever in the hub account may call sts:AssumeRole") {
		t.Errorf("%+v", found)
	}
	// A run looks at each Region that the plan deploys to.
	all, target := well(t, hub), wellIn(t, "sample", "222222222222", hub)
	target.stacks["landing-zone"] = w.stacks["landing-zone"]
	o, clouds := all.options(t), all.cloud(t)
	clouds.worlds[[2]string{"222222222222", hub}], o.Keys = target, clouds
	report, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if found := report.Of("bootstrap", Problem); len(found) != 1 || found[0].Places() != "222222222222" || !strings.HasPrefix(found[0].What, "stack landing-zone in us-east-1") {
		t.Errorf("in a run: %+v", found)
	}
	w.refuse("cloudformation", "DescribeStacks")
	if found := w.s.storedRoles(t.Context(), w, "222222222222", "us-east-1").found; len(found) != 1 || found[0].Severity == Fine {
		t.Errorf("refused: %+v", found)
	}
	w.s.config.Deploy.Access = config.AccessCredentials
	if found := w.s.storedRoles(t.Context(), w, "222222222222", "us-east-1").found; len(found) != 0 {
		t.Errorf("without trust: %+v", found)
	}
}
