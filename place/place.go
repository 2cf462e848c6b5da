// Package place describes locations in AWS: a Place is a partition, an account and a Region, and its methods return the ARNs of
// resources there. It imports nothing.
package place

import "strings"

// Place is an account in a Region of a partition. What is global has the same ARN in every Region of its account. An account
// or a Region may be a wildcard, where a policy needs one, or what CloudFormation fills in.
type Place struct {
	Partition, Account, Region string
}

// Any means every account or Region in the ARNs of a policy.
const Any = "*"

// GlobalRegion is the Region with the control planes, the endpoints and the records of what an account has once, IAM and Organizations
// among them, in the partition aws (AWS fault isolation boundaries, appendix A).
const GlobalRegion = "us-east-1"

// In returns the same account in another Region.
func (p Place) In(region string) Place {
	p.Region = region
	return p
}

// Of returns another account in the same Region.
func (p Place) Of(account string) Place {
	p.Account = account
	return p
}

// ARN returns the ARN of a resource of the account in the Region.
func (p Place) ARN(service, resource string) string {
	return strings.Join([]string{"arn", p.Partition, service, p.Region, p.Account, resource}, ":")
}

// Global returns the ARN of a resource that the account has once, whatever the Region.
func (p Place) Global(service, resource string) string { return p.In("").ARN(service, resource) }

// Bus returns the ARN of the default event bus.
func (p Place) Bus() string { return p.ARN("events", "event-bus/default") }

// Rule returns the ARN of a rule on the default event bus.
func (p Place) Rule(name string) string { return p.ARN("events", "rule/"+name) }

// Topic returns the ARN of an SNS topic.
func (p Place) Topic(name string) string { return p.ARN("sns", name) }

// Queue returns the ARN of an SQS queue.
func (p Place) Queue(name string) string { return p.ARN("sqs", name) }

// LogGroup returns the ARN of a log group as a rule's target names it, without the ":*" that means its streams.
func (p Place) LogGroup(name string) string { return p.ARN("logs", "log-group:"+name) }

// Alarm returns the ARN of a CloudWatch alarm.
func (p Place) Alarm(name string) string { return p.ARN("cloudwatch", "alarm:"+name) }

// Key returns the ARN of a KMS key.
func (p Place) Key(id string) string { return p.ARN("kms", "key/"+id) }

// Trail returns the ARN of a trail whose home Region this is.
func (p Place) Trail(name string) string { return p.ARN("cloudtrail", "trail/"+name) }

// ScheduleGroup returns the ARN of a group of EventBridge Scheduler.
func (p Place) ScheduleGroup(name string) string { return p.ARN("scheduler", "schedule-group/"+name) }

// ScheduledCall returns the target of a schedule that calls AWS itself: sqs:sendMessage.
func (p Place) ScheduledCall(call string) string {
	return p.In("").Of("").ARN("scheduler", "aws-sdk:"+call)
}

// Project returns the ARN of a CodeBuild project.
func (p Place) Project(name string) string { return p.ARN("codebuild", "project/"+name) }

// Repository returns the ARN of a CodeCommit repository.
func (p Place) Repository(name string) string { return p.ARN("codecommit", name) }

// StateMachine returns the ARN of a state machine of Step Functions.
func (p Place) StateMachine(name string) string { return p.ARN("states", "stateMachine:"+name) }

// APIDestination returns the beginning of the ARN of an API destination, which ends in an ID that EventBridge generates.
func (p Place) APIDestination(name string) string { return p.ARN("events", "api-destination/"+name) }

// Table returns the ARN of a DynamoDB table.
func (p Place) Table(name string) string { return p.ARN("dynamodb", "table/"+name) }

// Root returns the principal that means the whole account in a policy.
func (p Place) Root() string { return p.Global("iam", "root") }

// User returns the ARN of an IAM user.
func (p Place) User(name string) string { return p.Global("iam", "user/"+name) }

// MFADevice returns the ARN of a virtual MFA device.
func (p Place) MFADevice(name string) string { return p.Global("iam", "mfa/"+name) }

// Group returns the ARN of an IAM group.
func (p Place) Group(name string) string { return p.Global("iam", "group/"+name) }

// Role returns the ARN of an IAM role.
func (p Place) Role(name string) string { return p.Global("iam", "role/"+name) }

// Policy returns the ARN of a managed policy of the account.
func (p Place) Policy(name string) string { return p.Global("iam", "policy/"+name) }

// AWSPolicy returns the ARN of a managed policy of AWS's own.
func (p Place) AWSPolicy(name string) string { return p.Of("aws").Policy(name) }

// Task returns the resource of a Step Functions task that calls AWS itself: sns:publish.
func (p Place) Task(call string) string { return p.In("").Of("").ARN("states", call) }

// Bucket returns the ARN of an S3 bucket, which names neither its account nor its Region.
func (p Place) Bucket(name string) string { return p.Of("").Global("s3", name) }
