package place

import "testing"

func TestARNs(t *testing.T) {
	here := Place{Partition: "aws-us-gov", Account: "012345678901", Region: "us-gov-west-1"}
	for got, want := range map[string]string{
		here.Bus():                            "arn:aws-us-gov:events:us-gov-west-1:012345678901:event-bus/default",
		here.In("us-gov-east-1").Bus():        "arn:aws-us-gov:events:us-gov-east-1:012345678901:event-bus/default",
		here.Of("111111111111").In(Any).Bus(): "arn:aws-us-gov:events:*:111111111111:event-bus/default",
		here.Rule("r"):                        "arn:aws-us-gov:events:us-gov-west-1:012345678901:rule/r",
		here.Topic("t"):                       "arn:aws-us-gov:sns:us-gov-west-1:012345678901:t",
		here.Queue("q"):                       "arn:aws-us-gov:sqs:us-gov-west-1:012345678901:q",
		here.LogGroup("/aws/x"):               "arn:aws-us-gov:logs:us-gov-west-1:012345678901:log-group:/aws/x",
		here.Alarm("a"):                       "arn:aws-us-gov:cloudwatch:us-gov-west-1:012345678901:alarm:a",
		here.Key("k"):                         "arn:aws-us-gov:kms:us-gov-west-1:012345678901:key/k",
		here.Trail("t"):                       "arn:aws-us-gov:cloudtrail:us-gov-west-1:012345678901:trail/t",
		here.ScheduleGroup("default"):         "arn:aws-us-gov:scheduler:us-gov-west-1:012345678901:schedule-group/default",
		here.Project("p"):                     "arn:aws-us-gov:codebuild:us-gov-west-1:012345678901:project/p",
		here.Repository("r"):                  "arn:aws-us-gov:codecommit:us-gov-west-1:012345678901:r",
		here.StateMachine("m"):                "arn:aws-us-gov:states:us-gov-west-1:012345678901:stateMachine:m",
		here.Table("t"):                       "arn:aws-us-gov:dynamodb:us-gov-west-1:012345678901:table/t",
		here.Root():                           "arn:aws-us-gov:iam::012345678901:root",
		here.User("u"):                        "arn:aws-us-gov:iam::012345678901:user/u",
		here.Group("g"):                       "arn:aws-us-gov:iam::012345678901:group/g",
		here.Role("r"):                        "arn:aws-us-gov:iam::012345678901:role/r",
		here.Policy("p"):                      "arn:aws-us-gov:iam::012345678901:policy/p",
		here.AWSPolicy("job-function/P"):      "arn:aws-us-gov:iam::aws:policy/job-function/P",
		here.Bucket("b"):                      "arn:aws-us-gov:s3:::b",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
