//go:build verify

package verify

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/prove/judge"
)

// pipelineRoles returns the policies of the roles in the pipeline's template, by what the role is for: Pipeline, Synth, Diff, Readiness.
func pipelineRoles(t *testing.T, file string) map[string][]judge.Policy {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				PolicyDocument    any
				Policies          []struct{ PolicyDocument any }
				ManagedPolicyArns []struct{ Ref string }
			}
		}
	}
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	roles := map[string][]judge.Policy{}
	for id, r := range template.Resources {
		if r.Type != "AWS::IAM::Role" {
			continue
		}
		of, _, _ := strings.Cut(strings.TrimPrefix(id, "Pipeline"), "Role")
		for i, p := range r.Properties.Policies {
			roles[of] = append(roles[of], judge.Policy{Name: fmt.Sprint("own", i), Document: p.PolicyDocument})
		}
		for _, p := range r.Properties.ManagedPolicyArns {
			roles[of] = append(roles[of], judge.Policy{Name: p.Ref, Document: template.Resources[p.Ref].Properties.PolicyDocument})
		}
	}
	return roles
}

// pipelineCases are what the roles of stacks/testdata/pipeline.yaml may do, each with what they may not.
func pipelineCases(roles map[string][]judge.Policy) []accessCase {
	const hub, target = "111111111111", "222222222222"
	var a accessTable
	request := func(who, action, resource string, context ...string) judge.AccessCase {
		return judge.AccessCase{
			Principal: sessionOf("arn:aws:iam::111111111111:role/BreakGlass-Pipeline-" + who), Action: action, Resource: resource,
			ResourceAccount: hub, Context: keys(context...), IdentityPolicies: roles[who],
		}
	}
	// A role of the bootstrap trusts the hub account, whose policies decide then.
	assume := func(who, role string) judge.AccessCase {
		r := request(who, "sts:AssumeRole", role)
		r.ResourceAccount = "" // that of the role
		r.ResourcePolicy = json.RawMessage(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "sts:AssumeRole"}]}`)
		return r
	}
	bootstrapped := func(kind, account, region string) string {
		return "arn:aws:iam::" + account + ":role/cdk-hnb659fds-" + kind + "-role-" + account + "-" + region
	}
	no := func(name, role string) denial { return denial{name, judge.ImplicitlyDenied, on(role)} }
	for _, account := range []string{hub, target} {
		a.only("the pipeline deploys into "+account, assume("Pipeline", bootstrapped("deploy", account, "us-east-1")),
			no("it is what CloudFormation deploys with", bootstrapped("cfn-exec", account, "us-east-1")),
			no("it is a Region without stacks", bootstrapped("deploy", account, "sa-east-1")),
			no("it is another account", bootstrapped("deploy", "444444444444", "us-east-1")))
	}
	a.only("the differences read the hub account, in a new Region, too", assume("Diff", bootstrapped("lookup", hub, "sa-east-1")),
		no("it is another account", bootstrapped("lookup", "444444444444", "us-east-1")))
	a.only("the differences read a target", assume("Diff", bootstrapped("lookup", target, "us-east-1")),
		no("it is a Region without stacks", bootstrapped("lookup", target, "sa-east-1")))
	a.only("the check reads a target", assume("Readiness", bootstrapped("lookup", target, "us-east-1")),
		no("it is another account", bootstrapped("lookup", "444444444444", "us-east-1")))
	never := func(name string, r judge.AccessCase) {
		a.cases = append(a.cases, accessCase{name, r, judge.ImplicitlyDenied})
	}
	for _, build := range []string{"Synth", "Diff", "Readiness"} {
		for _, account := range []string{hub, target} {
			for _, kind := range []string{"deploy", "cfn-exec", "file-publishing", "image-publishing"} {
				never(build+" deploys: "+kind+" in "+account, assume(build, bootstrapped(kind, account, "us-east-1")))
			}
		}
		const artifact = "arn:aws:s3:::breakglass-pipeline-111111111111-us-east-1"
		a.only(build+" reads its input", request(build, "s3:GetObject", artifact+"/BreakGlass-Pipeline/Synth_Outp/Ab3dE9x"),
			no("it is another Region's", artifact[:len(artifact)-1]+"2/BreakGlass-Pipeline/Synth_Outp/Ab3dE9x"))
		never(build+" finds what was approved", request(build, "s3:ListBucket", artifact))
		never(build+" starts a build", request(build, "codebuild:StartBuild", "arn:aws:codebuild:us-east-1:111111111111:project/BreakGlass-Pipeline-Diff"))
		never(build+" changes the pipeline", request(build, "codepipeline:UpdatePipeline", "arn:aws:codepipeline:us-east-1:111111111111:BreakGlass-Pipeline"))
		never(build+" changes a stack", request(build, "cloudformation:UpdateStack", "arn:aws:cloudformation:us-east-1:111111111111:stack/BreakGlass-Pipeline/1"))
	}
	never("Synth reads the hub account", assume("Synth", bootstrapped("lookup", hub, "us-east-1")))
	a.only("the check puts a drill", request("Readiness", "events:PutEvents", hubBus, eventSource, "breakglass.drill"),
		denial{"it is a sign-in", judge.ImplicitlyDenied, having(eventSource, "aws.signin")})
	return a.cases
}

// pipelineMutants give a role what it must not have; each is noticed by its case.
var pipelineMutants = []struct{ name, role, statement, caught string }{
	{
		"the CDK's own role of the update", "Synth", `{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:*:iam::111111111111:role/*"}`, "Synth deploys",
	},
	{
		"the differences deploy the pipeline", "Diff",
		`{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111111111111:role/cdk-hnb659fds-deploy-role-111111111111-*"}`, "Diff deploys",
	},
	{
		"the differences read everywhere", "Diff", `{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/cdk-hnb659fds-lookup-role-*"}`,
		"it is another account",
	},
	{"a build lists the bucket", "Synth", `{"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}`, "Synth finds what was approved"},
	{
		"the pipeline deploys everywhere", "Pipeline", `{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/cdk-*"}`,
		"the pipeline deploys into",
	},
	{"the check puts any event", "Readiness", `{"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"}`, "it is a sign-in"},
}

// pipelineAccess puts the requests of the pipeline's roles before the simulator, and those of the mutants.
func pipelineAccess(t *testing.T, file string) {
	t.Helper()
	roles := pipelineRoles(t, file)
	if len(roles) != 4 {
		t.Fatalf("%d roles", len(roles))
	}
	cases := pipelineCases(roles)
	each := len(cases)
	for _, m := range pipelineMutants {
		mutant := map[string][]judge.Policy{}
		for of, policies := range roles {
			mutant[of] = slices.Clone(policies)
		}
		mutant[m.role] = append(mutant[m.role],
			judge.Policy{Name: "mutant", Document: json.RawMessage(`{"Version": "2012-10-17", "Statement": [` + m.statement + `]}`)})
		cases = append(cases, pipelineCases(mutant)...)
	}
	requests := make([]judge.AccessCase, len(cases))
	for i, c := range cases {
		requests[i], requests[i].ID = c.request, fmt.Sprintf("%d %s", i, c.name)
	}
	decisions, err := judge.Simulate(t.Context(), root(t), requests)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range decisions {
		if len(d.Errors) > 0 {
			t.Fatalf("%s: %v", d.ID, d.Errors)
		}
		if i < each && d.Decision != cases[i].want {
			t.Errorf("%s: %s, want %s", cases[i].name, d.Decision, cases[i].want)
		}
	}
	for n, m := range pipelineMutants {
		found := false
		for i := (n + 1) * each; i < (n+2)*each; i++ {
			found = found || decisions[i].Decision != cases[i].want && strings.Contains(cases[i].name, m.caught)
		}
		if !found {
			t.Errorf("nothing finds that %s", m.name)
		}
	}
}
