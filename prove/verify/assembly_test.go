//go:build verify

package verify

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/breakglass/watch"
)

// assemblyOf reads two stacks of one place; the second may import from the first.
func assemblyOf(first, second string) (*Assembly, error) {
	app := &Assembly{Stacks: map[string]*Stack{}}
	for name, text := range map[string]string{"First": first, "Second": second} {
		app.Stacks[name] = &Stack{Name: name, Account: "111111111111", Region: "eu-west-1", Text: []byte(text)}
	}
	return app, app.resolve()
}

func TestAssemblyFunctions(t *testing.T) {
	const first = `{"Resources":{
		"Queue":{"Type":"AWS::SQS::Queue","Properties":{}},
		"Bucket":{"Type":"AWS::S3::Bucket","Properties":{"VersioningConfiguration":{"Status":"Enabled"}}},
		"Trail":{"Type":"AWS::CloudTrail::Trail","Properties":{"TrailName":"all"}},
		"Beat":{"Type":"AWS::Scheduler::Schedule","Properties":{"Name":"beat"}},
		"Contact":{"Type":"AWS::NotificationsContacts::EmailContact","Properties":{"Name":"a"}},
		"Role":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"forward"}},
		"Topic":{"Type":"AWS::SNS::Topic","Properties":{"TopicName":"alerts","KmsMasterKeyId":{"Ref":"Key"}}},
		"Key":{"Type":"AWS::KMS::Key","Properties":{}}},
		"Outputs":{"Role":{"Value":{"Fn::GetAtt":["Role","Arn"]},"Export":{"Name":"First:Role"}}}}`
	for _, tt := range []struct{ name, value, want string }{
		{"a queue's ARN", `{"Fn::GetAtt":["Queue","Arn"]}`, `"arn:aws:sqs:eu-west-1:111111111111:First-Queue"`},
		{"a queue's name", `{"Fn::GetAtt":["Queue","QueueName"]}`, `"First-Queue"`},
		{"a queue's Ref", `{"Ref":"Queue"}`, `"https://sqs.eu-west-1.amazonaws.com/111111111111/First-Queue"`},
		{"a bucket's ARN", `{"Fn::GetAtt":["Bucket","Arn"]}`, `"arn:aws:s3:::first-bucket"`},
		{"a bucket's Ref", `{"Ref":"Bucket"}`, `"first-bucket"`},
		{"a trail's ARN", `{"Fn::GetAtt":["Trail","Arn"]}`, `"arn:aws:cloudtrail:eu-west-1:111111111111:trail/all"`},
		{"a schedule's ARN", `{"Fn::GetAtt":["Beat","Arn"]}`, `"arn:aws:scheduler:eu-west-1:111111111111:schedule/default/beat"`},
		{"a contact's ARN", `{"Fn::GetAtt":["Contact","Arn"]}`, `"arn:aws:notifications-contacts::111111111111:emailcontact/a"`},
		{"a topic's Ref", `{"Ref":"Topic"}`, `"arn:aws:sns:eu-west-1:111111111111:alerts"`},
		{"a role's Ref", `[{"Ref":"Role"}]`, `["forward"]`},
		{"a join", `{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":sns:",{"Ref":"AWS::Region"}]]}`, `"arn:aws:sns:eu-west-1"`},
		{"what only looks like a function", `{"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`, `{"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`},
	} {
		with := strings.Replace(first, `"Properties":{}}`, `"Properties":{"It":`+tt.value+`}}`, 1)
		app, err := assemblyOf(with, `{"Resources":{"Rule":{"Type":"AWS::Events::Rule","Properties":{"It":{"Fn::ImportValue":"First:Role"}}}}}`)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got, err := json.Marshal(app.Stacks["First"].Resources["Queue"].Properties["It"])
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %s (%v), want %s", tt.name, got, err, tt.want)
		}
		if got := app.Stacks["Second"].Resources["Rule"].Properties["It"]; got != "arn:aws:iam::111111111111:role/forward" {
			t.Errorf("an import comes to %v", got)
		}
	}
}

func TestAssemblyRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, value := range []string{
		`{"Fn::Sub":"${Topic}"}`, `{"Ref":"Nope"}`, `{"Fn::GetAtt":["Queue","QueueUrl"]}`, `{"Fn::GetAtt":["Nope","Arn"]}`, `{"Fn::ImportValue":"First:Nope"}`,
		`{"Fn::If":["a","b","c"]}`,
	} {
		text := `{"Resources":{"Queue":{"Type":"AWS::SQS::Queue","Properties":{"It":` + value + `}}}}`
		if _, err := assemblyOf(`{"Resources":{}}`, text); err == nil {
			t.Errorf("%s is no error", value)
		}
	}
}

// TestAssemblyTellsKeysApart: a rule that names the key of another Region must not pass for one that names its own.
func TestAssemblyTellsKeysApart(t *testing.T) {
	const text = `{"Resources":{"Key":{"Type":"AWS::KMS::Key","Properties":{}}}}`
	app, err := assemblyOf(text, text)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := app.Stacks["First"].ref("Key")
	second, _ := app.Stacks["Second"].ref("Key")
	if first == second || len(first) != len(watch.SampleKey) {
		t.Errorf("the keys are %s and %s", first, second)
	}
}
