package verify

import (
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
)

// physical has, for a type, the property with its name and the form of its ARN.
var physical = map[string]struct{ name, arn string }{
	"AWS::CloudTrail::Trail":                        {"TrailName", "arn:aws:cloudtrail:<region>:<account>:trail/<name>"},
	"AWS::CloudWatch::Alarm":                        {"AlarmName", "arn:aws:cloudwatch:<region>:<account>:alarm:<name>"},
	"AWS::CloudWatch::CompositeAlarm":               {"AlarmName", "arn:aws:cloudwatch:<region>:<account>:alarm:<name>"},
	"AWS::DynamoDB::Table":                          {"TableName", "arn:aws:dynamodb:<region>:<account>:table/<name>"},
	"AWS::Events::ApiDestination":                   {"Name", "arn:aws:events:<region>:<account>:api-destination/<name>/11111111-2222-3333-4444-555555555555"},
	"AWS::Events::Connection":                       {"Name", "arn:aws:events:<region>:<account>:connection/<name>/11111111-2222-3333-4444-555555555555"},
	"AWS::Events::Rule":                             {"Name", "arn:aws:events:<region>:<account>:rule/<name>"},
	"AWS::IAM::Group":                               {"GroupName", "arn:aws:iam::<account>:group/<name>"},
	"AWS::IAM::ManagedPolicy":                       {"ManagedPolicyName", "arn:aws:iam::<account>:policy/<name>"},
	"AWS::IAM::Role":                                {"RoleName", "arn:aws:iam::<account>:role/<name>"},
	"AWS::IAM::User":                                {"UserName", "arn:aws:iam::<account>:user/<name>"},
	"AWS::KMS::Key":                                 {"", "arn:aws:kms:<region>:<account>:key/<name>"},
	"AWS::Logs::LogGroup":                           {"LogGroupName", "arn:aws:logs:<region>:<account>:log-group:<name>:*"},
	"AWS::Notifications::NotificationConfiguration": {"Name", "arn:aws:notifications::<account>:configuration/<name>"},
	"AWS::NotificationsContacts::EmailContact":      {"Name", "arn:aws:notifications-contacts::<account>:emailcontact/<name>"},
	"AWS::S3::Bucket":                               {"BucketName", "arn:aws:s3:::<name>"},
	"AWS::SNS::Topic":                               {"TopicName", "arn:aws:sns:<region>:<account>:<name>"},
	"AWS::SQS::Queue":                               {"QueueName", "arn:aws:sqs:<region>:<account>:<name>"},
	"AWS::StepFunctions::StateMachine":              {"StateMachineName", "arn:aws:states:<region>:<account>:stateMachine:<name>"},
	"AWS::Scheduler::Schedule":                      {"Name", "arn:aws:scheduler:<region>:<account>:schedule/default/<name>"},
}

var errNoSuchResource = errors.New("there is no such resource, or none of a type that this reader knows")

// name returns the physical name of a resource; where the template gives none, one in the manner of CloudFormation.
func (s *Stack) name(id string) (string, error) {
	r := s.Resources[id]
	p, ok := physical[r.Type]
	if !ok {
		return "", fmt.Errorf("%s: %w", id, errNoSuchResource)
	}
	switch given := r.Properties[p.name].(type) {
	case string:
		return given, nil
	case nil:
		switch r.Type {
		case "AWS::KMS::Key":
			// CloudFormation makes an ID up, another one in each Region.
			return fmt.Sprintf("%08x-2222-3333-4444-555555555555", crc32.ChecksumIEEE([]byte(s.Name+id))), nil
		case "AWS::S3::Bucket":
			return strings.ToLower(s.Name + "-" + id), nil
		}
		return s.Name + "-" + id, nil
	default:
		return "", fmt.Errorf("%s has a name that is put together: %v", id, given)
	}
}

// arn returns the ARN of a resource.
func (s *Stack) arn(id string) (string, error) {
	name, err := s.name(id)
	if err != nil {
		return "", err
	}
	return strings.NewReplacer("<account>", s.Account, "<region>", s.Region, "<name>", name).Replace(physical[s.Resources[id].Type].arn), nil
}

// attribute returns what CloudFormation's Fn::GetAtt comes to.
func (s *Stack) attribute(id, name string) (string, error) {
	switch {
	case name == "Arn":
		return s.arn(id)
	case name == "QueueName" && s.Resources[id].Type == "AWS::SQS::Queue":
		return s.name(id)
	}
	return "", fmt.Errorf("%s of %s is not an attribute that this reader knows", name, id)
}

// ref returns what CloudFormation's Ref comes to.
func (s *Stack) ref(id string) (string, error) {
	pseudo := map[string]string{
		"AWS::Partition": "aws", "AWS::Region": s.Region, "AWS::AccountId": s.Account, "AWS::URLSuffix": "amazonaws.com", "AWS::StackName": s.Name,
	}
	if value, ok := pseudo[id]; ok {
		return value, nil
	}
	switch s.Resources[id].Type {
	case "AWS::SNS::Topic", "AWS::IAM::ManagedPolicy", "AWS::StepFunctions::StateMachine":
		return s.arn(id)
	case "AWS::SQS::Queue":
		name, err := s.name(id)
		return "https://sqs." + s.Region + ".amazonaws.com/" + s.Account + "/" + name, err
	default:
		return s.name(id)
	}
}
