package access

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/place"
)

// aPipeline is a pipeline that deploys to another account and to another Region.
func aPipeline() Pipeline {
	other := here.In("us-gov-east-1")
	own := Artifacts{Place: here, Bucket: "pipeline-west", KeyAlias: "alias/pipeline", Readers: []string{"222222222222", "333333333333"}}
	far := Artifacts{Place: other, Bucket: "pipeline-east", KeyAlias: "alias/pipeline"}
	return Pipeline{
		Place: here, Artifacts: []Artifacts{own, far}, Projects: []string{"Synth", "Diff"}, Environments: []place.Place{here, other, here.Of("222222222222")},
	}
}

// proving has an action of each confinement, and one of none.
var proving = []string{
	"events:PutEvents", "events:DescribeEventBus", "events:ListTargetsByRule", "cloudformation:DescribeStacks", "cloudformation:ListStackResources",
	"cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic",
	"kms:DescribeKey", "states:DescribeExecution", "states:DescribeStateMachine", "dynamodb:DescribeTable", "sqs:GetQueueAttributes", "sqs:ReceiveMessage",
	"scheduler:GetSchedule",
	"logs:FilterLogEvents", "iam:GetAccountPasswordPolicy", "iam:GetCredentialReport", "iam:GenerateCredentialReport", "iam:GetRole", "iam:ListRolePolicies",
	"iam:ListAttachedRolePolicies", "iam:GetPolicyVersion", "iam:GetGroup", "iam:ListGroupPolicies", "iam:ListAttachedGroupPolicies",
	"iam:SimulatePrincipalPolicy",
	"iam:ListMFADevices", "cloudwatch:DescribeAlarms",
}

// everyDocument returns all documents of the package, for ten users with the longest names that IAM allows. Where a document depends
// on a choice, a second name has the other one.
func everyDocument() map[string]Document {
	users := someUsers(10, 64)
	p := aPipeline()
	alone := guarded(users)
	alone.StackSets = false
	bus := BusPolicyProps{Hub: here, Accounts: []string{"222222222222", "333333333333"}, Sources: []string{"aws.iam", "aws.signin"}}
	organized := bus
	organized.Organization = "o-ab12cd34ef"
	typed := bus
	typed.DetailTypes = []string{"AWS API Call via CloudTrail", "CloudFormation Stack Status Change"}
	active := typed
	active.Sources = []string{"aws.*"}
	all := map[string]Document{
		"AssumeRole": AssumeRole(here, strings.Repeat("r", 64)),
		"Guard":      Guard(users),
		"Trust":      Trust(users, false), "TrustBySessionName": Trust(users, true),
		"Forward": Forward(buses), "ForwardFromTarget": ForwardFromTarget(buses, bus.Sources), "ObserverTrust": ObserverTrust(here),
		"Execution":                   Execution(executed()),
		"Execution, nothing observed": Execution(ExecutionScope{Target: here, Role: "BreakGlassRole", ManagedPolicies: executed().ManagedPolicies}),
		"Execution, inline policy": Execution(ExecutionScope{
			Target: here, Role: "BreakGlassRole", Inline: true, Boundary: "arn:" + partition + ":iam::" + account + ":policy/EmergencyBoundary",
		}),
		"DeployTrust": DeployTrust(here, "222222222222"), "ExecutionTrust": ExecutionTrust(),
		"HubBus": HubBus(bus), "HubBus, organization": HubBus(organized), "HubBus, detail types": HubBus(typed),
		"HubBus, activity": HubBus(active), "ForwardFromTarget, activity": ForwardFromTarget(buses, active.Sources),
		"Guardrail": Guardrail(guarded(users)), "Guardrail, no stack sets": Guardrail(alone), "GuardrailOfRole": GuardrailOfRole(guarded(users)),
		"Topic":       Topic(here, topic),
		"Key":         Key(here),
		"DeadLetters": DeadLetters(here, queue),
		"Ledger":      Ledger(here, logGroup),
		"TrailBucket": TrailBucket(here, "arn:"+partition+":s3:::bucket", "arn:"+partition+":cloudtrail:"+region+":"+account+":trail/trail"),
		"Heartbeat":   Heartbeat(here, Canary{}), "Heartbeat, canary": Heartbeat(here, Canary{Rules: []string{"capture-recorded", "capture-recorded-standby"}}),
		"HeartbeatTrust": HeartbeatTrust(here), "ChatTrust": ChatTrust(),
		"Composer": Composer(hubs, true), "Composer, no chat": Composer(hubs, false), "ComposerTrust": ComposerTrust(hubs),
		"ComposerStart": ComposerStart(hubs), "ComposerStartTrust": ComposerStartTrust(hubs),
		"AlertsTable": AlertsTable(here), "DeadMansSwitch": DeadMansSwitch(here), "DeadMansSwitchTrust": DeadMansSwitchTrust(here),
		"BucketPolicy": p.Artifacts[0].BucketPolicy(), "BucketPolicy, no readers": p.Artifacts[1].BucketPolicy(),
		"KeyPolicy": p.Artifacts[0].KeyPolicy(), "KeyPolicy, no readers": p.Artifacts[1].KeyPolicy(),
		"PipelineTrust": p.PipelineTrust(), "BuildTrust": p.BuildTrust("Diff"),
		"PipelineRole, connection": p.PipelineRole(ConnectionSource("arn:aws-us-gov:codeconnections:us-gov-west-1:012345678901:connection/1")),
		"PipelineRole, CodeCommit": p.PipelineRole(p.CodeCommitSource("repository")), "PipelineRole, S3": p.PipelineRole(p.S3Source("bucket", "key.zip")),
		"Building": p.Building("Diff", true), "Building, no output": p.Building("Diff", false), "Proving": p.Proving(proving),
		"Proving, drills only": p.Proving([]string{"events:PutEvents"}),
	}
	// One of each is enough.
	single := here.In("us-gov-east-1")
	a := p.Artifacts[0]
	a.Readers = a.Readers[:1]
	for name, d := range map[string]Document{
		"Guard": Guard(users[:1]), "ComposerTrust": ComposerTrust(hubs[1:]), "ComposerStartTrust": ComposerStartTrust(hubs[1:]), "BucketPolicy": a.BucketPolicy(),
		"KeyPolicy": a.KeyPolicy(),
		"PipelineRole, S3": Pipeline{
			Place: single, Artifacts: []Artifacts{p.Artifacts[1], a}, Projects: []string{"Synth"},
		}.PipelineRole(p.S3Source("bucket", "key.zip")),
	} {
		all[name+", one"] = d
		sizes[name+", one"] = sizes[name]
		if lets := open[name+" grants on everything"]; lets != "" {
			open[name+", one grants on everything"] = lets
		}
	}
	for name, some := range map[string][]Document{"Deploying": p.Deploying(), "Comparing": p.Comparing(), "LookingInto": p.LookingInto(p.Environments[2:])} {
		if len(some) != 1 {
			panic(name + " is not in one piece")
		}
		all[name] = some[0]
	}
	return all
}

// executed is a target account with everything that CloudFormation can make there, and as many managed policies as a role takes.
func executed() ExecutionScope {
	s := ExecutionScope{
		Target: here, Role: strings.Repeat("r", 64), Boundary: here.Policy("boundary"), Inline: true, Buses: buses, Sources: []string{"aws.iam", "aws.signin"},
	}
	for range MaxRolePolicies {
		s.ManagedPolicies = append(s.ManagedPolicies, here.Policy(strings.Repeat("p", 128)))
	}
	return s
}

// sizes are what AWS allows: IAM, KMS and SQS user guides, CloudWatch Logs API, SNS, EventBridge, S3 and Organizations quotas.
var sizes = map[string]int{
	"AssumeRole": MaxManagedPolicy, "Guard": MaxManagedPolicy, "Forward": MaxManagedPolicy, "ForwardFromTarget": MaxManagedPolicy, "Trust": MaxTrustPolicy,
	"TrustBySessionName": MaxTrustPolicy, "ObserverTrust": MaxTrustPolicy,
	"Execution": MaxManagedPolicy, "Execution, nothing observed": MaxManagedPolicy, "Execution, inline policy": MaxManagedPolicy,
	"DeployTrust": MaxTrustPolicy, "ExecutionTrust": MaxTrustPolicy,
	"HubBus": MaxBusPolicy, "HubBus, organization": MaxBusPolicy, "HubBus, detail types": MaxBusPolicy, "HubBus, activity": MaxBusPolicy, "ForwardFromTarget, activity": MaxManagedPolicy,
	"Guardrail": 5120, "Guardrail, no stack sets": 5120, "GuardrailOfRole": 5120,
	"Topic": 30720, "Key": 32768, "DeadLetters": 8192, "Ledger": 5120,
	"TrailBucket": 20480, "Heartbeat": MaxManagedPolicy, "Heartbeat, canary": MaxManagedPolicy, "HeartbeatTrust": MaxTrustPolicy, "ChatTrust": MaxTrustPolicy,
	"Composer": MaxManagedPolicy, "Composer, no chat": MaxManagedPolicy, "ComposerTrust": MaxTrustPolicy, "ComposerStart": MaxManagedPolicy,
	"ComposerStartTrust": MaxTrustPolicy,
	"AlertsTable":        20480, "DeadMansSwitch": MaxManagedPolicy, "DeadMansSwitchTrust": MaxTrustPolicy,
	"BucketPolicy": 20480, "BucketPolicy, no readers": 20480, "KeyPolicy": 32768, "KeyPolicy, no readers": 32768,
	"PipelineTrust": MaxTrustPolicy, "BuildTrust": MaxTrustPolicy, "PipelineRole, connection": MaxRoleInline, "PipelineRole, CodeCommit": MaxRoleInline,
	"PipelineRole, S3": MaxRoleInline,
	"Building":         MaxRoleInline, "Building, no output": MaxRoleInline, "Proving": MaxManagedPolicy, "Proving, drills only": MaxManagedPolicy,
	"Deploying": MaxManagedPolicy, "Comparing": MaxManagedPolicy, "LookingInto": MaxManagedPolicy,
}

// withoutSid are the documents whose statements have no names: one alone, or as many as there are actions.
var withoutSid = map[string]bool{
	"HubBus": true, "HubBus, organization": true, "HubBus, detail types": true, "HubBus, activity": true, "PipelineTrust": true, "BuildTrust": true, "Deploying": true, "Comparing": true,
	"LookingInto": true, "Proving": true, "Proving, drills only": true,
}

// open has what a grant leaves open, and why.
var open = map[string]string{
	"Key grants on everything":                   "in a key's policy, * is the key itself",
	"KeyPolicy grants on everything":             "in a key's policy, * is the key itself",
	"KeyPolicy, no readers grants on everything": "in a key's policy, * is the key itself",
	"HubBus, organization lets everybody in":     "the condition aws:PrincipalOrgID is the lock",
	"Heartbeat, canary grants on everything":     "of the one action that supports no resource, and uses nothing of the account",
	"Proving grants on everything":               "of the actions that support no resource, and only read",
}

// TestTheOrganizationIsTheLock: where everybody is let in, a condition says who that is.
func TestTheOrganizationIsTheLock(t *testing.T) {
	s := statements(everyDocument()["HubBus, organization"])[0]
	same(t, "the condition", s["Condition"].(map[string]any)["StringEquals"], map[string]any{"aws:PrincipalOrgID": "o-ab12cd34ef"})
}

// What is granted on everything only reads.
func TestOnEverythingIsOnlyRead(t *testing.T) {
	for _, s := range statements(everyDocument()["Proving"]) {
		for _, action := range texts(s["Action"]) {
			_, verb, _ := strings.Cut(action, ":")
			reads := slices.ContainsFunc([]string{"Get", "List", "Describe", "GenerateCredentialReport"},
				func(prefix string) bool { return strings.HasPrefix(verb, prefix) })
			if slices.Contains(texts(s["Resource"]), "*") && !reads {
				t.Errorf("%s is granted on everything", action)
			}
		}
	}
}

// TestEveryDocumentIsInTheList finds the functions of the package that return a document, or a statement for one: each is called
// where the documents are listed that the other tests walk.
func TestEveryDocumentIsInTheList(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	called, makers := map[string]bool{}, 0
	for _, test := range []bool{true, false} { // the list first
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") != test {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range tree.Decls {
				f, ok := d.(*ast.FuncDecl)
				if ok && test && f.Name.Name == "everyDocument" {
					ast.Inspect(f, func(n ast.Node) bool {
						if call, ok := n.(*ast.CallExpr); ok {
							switch of := call.Fun.(type) {
							case *ast.Ident:
								called[of.Name] = true
							case *ast.SelectorExpr:
								called[of.Sel.Name] = true
							}
						}
						return true
					})
				}
				if ok && !test && f.Name.IsExported() && makes(f) {
					if makers++; !called[f.Name.Name] {
						t.Errorf("%s of %s is not in everyDocument", f.Name.Name, file)
					}
				}
			}
		}
	}
	if makers < 30 {
		t.Errorf("only %d functions make documents", makers)
	}
}

// makes reports whether a function returns a document, documents or a statement.
func makes(f *ast.FuncDecl) bool {
	if f.Type.Results == nil {
		return false
	}
	for _, r := range f.Type.Results.List {
		of := r.Type
		if array, ok := of.(*ast.ArrayType); ok {
			of = array.Elt
		}
		if name, ok := of.(*ast.Ident); ok && (name.Name == "Document" || name.Name == "Statement") {
			return true
		}
	}
	return false
}

// TestTheDocumentsAreReviewed compares each document with the one that somebody has read: who changes a permission sees it there.
func TestTheDocumentsAreReviewed(t *testing.T) {
	reviewed.JSON(t, "documents.json", everyDocument())
}

// AWS's own numbers, from its documents: a wrong one would let a policy through that AWS refuses.
func TestTheQuotas(t *testing.T) {
	for name, of := range map[string][2]int{
		"managed policy": {MaxManagedPolicy, 6144}, "trust policy": {MaxTrustPolicy, 2048}, "inline policies of a role": {MaxRoleInline, 10240},
		"policies of a group": {MaxGroupPolicies, 10},
		"policies of a role":  {MaxRolePolicies, 10}, "organization": {MaxOrganizationPolicy, 5120}, "bus": {MaxBusPolicy, 10240}, "bucket": {MaxBucketPolicy, 20480},
		"key": {MaxKeyPolicy, 32768},
	} {
		if of[0] != of[1] {
			t.Errorf("%s: %d, AWS allows %d", name, of[0], of[1])
		}
	}
}

// Hundreds of roles are shared out to policies that each fit.
func TestRolesAreSharedOut(t *testing.T) {
	p := largest()
	documents := p.Deploying()
	if n := len(documents); n != 9 || len(texts(documents[0].Only()["Resource"])) != 60 || len(texts(documents[8].Only()["Resource"])) != 20 {
		t.Errorf("500 roles make %d policies", n)
	}
}

// What cannot be JSON is a mistake of this package, and no policy of size nothing.
func TestADocumentIsJSON(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it has a size")
		}
	}()
	Document{"Statement": func() {}}.Size()
}

func TestBoundaryARN(t *testing.T) {
	for boundary, want := range map[string]string{
		"Fence": "arn:aws-us-gov:iam::012345678901:policy/Fence", "arn:aws:iam::111111111111:policy/Fence": "arn:aws:iam::111111111111:policy/Fence",
	} {
		if got := BoundaryARN(here, boundary); got != want {
			t.Errorf("%s is %s, want %s", boundary, got, want)
		}
	}
}
