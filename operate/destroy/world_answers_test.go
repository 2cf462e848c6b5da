package destroy

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// page returns one item of a list, and the token of the next page; empty at the end.
func page(all []string, token string) (item, next string) {
	at, _ := strconv.Atoi(token)
	if at < len(all) {
		item = all[at]
	}
	if at+1 < len(all) {
		next = strconv.Itoa(at + 1)
	}
	return item, next
}

// others is what is in an account besides, at the beginning and the end of each list.
func others(all []string, another string) []string {
	return append(append([]string{another + "-1"}, all...), another+"-2")
}

func tag(name, text string) string {
	if text == "" {
		return ""
	}
	return "<" + name + ">" + text + "</" + name + ">"
}

func asJSON(value map[string]any) string {
	for key, v := range value {
		if v == "" || v == nil {
			delete(value, key)
		}
	}
	text, _ := json.Marshal(value)
	return string(text)
}

// answer makes the server answer for the account.
func (s *site) answer() {
	form := func(action string, answer func(region string, form url.Values) string) {
		s.Handle(action, func(region, request string) string {
			values, _ := url.ParseQuery(request)
			return answer(region, values)
		})
	}
	body := func(action string, answer func(region string, in map[string]any) string) {
		s.Handle(action, func(region, request string) string {
			in := map[string]any{}
			_ = json.Unmarshal([]byte(request), &in) // an empty request has no members
			return answer(region, in)
		})
	}
	s.answerStacks(form)
	s.answerLists(form, body)
	// Things that are asked for by name.
	byName := func(action, kind, code string, global bool, name func(values url.Values) string, found func(name string) string) {
		form(action, func(region string, values url.Values) string {
			if global {
				region = ""
			}
			if one := name(values); slices.Contains(s.has[region+" "+kind], one) {
				return found(one)
			}
			return "fail " + code + " " + name(values) + " cannot be found"
		})
	}
	named := func(key string) func(url.Values) string {
		return func(v url.Values) string { return v.Get(key) }
	}
	result := func(action, inner string) func(string) string {
		return func(string) string {
			return "<" + action + "Response><" + action + "Result>" + inner + "</" + action + "Result></" + action + "Response>"
		}
	}
	byName("iam:GetGroup", "AWS::IAM::Group", "NoSuchEntity", true, named("GroupName"), result("GetGroup", "<Users/><IsTruncated>false</IsTruncated>"))
	byName("iam:GetRole", "AWS::IAM::Role", "NoSuchEntity", true, named("RoleName"), result("GetRole", "<Role/>"))
	byName("iam:GetPolicy", "AWS::IAM::ManagedPolicy", "NoSuchEntity", true, named("PolicyArn"), result("GetPolicy", "<Policy/>"))
	byName("iam:GetUser", "AWS::IAM::User", "NoSuchEntity", true, named("UserName"), result("GetUser", "<User/>"))
	byName("monitoring:GetDashboard", "AWS::CloudWatch::Dashboard", "ResourceNotFound", false, named("DashboardName"),
		result("GetDashboard", "<DashboardBody>{}</DashboardBody>"))
	body("dynamodb:DescribeTable", func(region string, in map[string]any) string {
		if !slices.Contains(s.has[region+" AWS::DynamoDB::Table"], fmt.Sprint(in["TableName"])) {
			return "fail ResourceNotFoundException Requested resource not found: Table: x not found"
		}
		return `{"Table":{"TableName":"x"}}`
	})
	for _, name := range []string{"breakglass-heartbeat", "breakglass-canary-read", "breakglass-canary-write"} {
		body("scheduler:GET/schedules/"+name, func(region string, _ map[string]any) string {
			if !slices.Contains(s.has[region+" AWS::Scheduler::Schedule"], name) {
				return "fail ResourceNotFoundException Schedule " + name + " does not exist."
			}
			return `{"Name":"` + name + `"}`
		})
	}
	body("cloudtrail:GetTrail", func(region string, in map[string]any) string {
		if !slices.Contains(s.has[region+" AWS::CloudTrail::Trail"], fmt.Sprint(in["Name"])) {
			return "fail TrailNotFoundException Unknown trail: x"
		}
		return `{"Trail":{}}`
	})
	body("kms:DescribeKey", func(_ string, in map[string]any) string {
		state := "Enabled"
		if s.waiting[fmt.Sprint(in["KeyId"])] {
			state = "PendingDeletion"
		}
		return `{"KeyMetadata":{"KeyId":"1","KeyState":"` + state + `","DeletionDate":1798761600}}`
	})
	for call, kind := range map[string]string{"DescribeApiDestination": "AWS::Events::ApiDestination", "DescribeConnection": "AWS::Events::Connection"} {
		body("events:"+call, func(region string, in map[string]any) string {
			if !slices.Contains(s.has[region+" "+kind], fmt.Sprint(in["Name"])) {
				return "fail ResourceNotFoundException it does not exist."
			}
			return asJSON(map[string]any{"Name": in["Name"]})
		})
	}
	body("events:DescribeEventBus", func(region string, in map[string]any) string {
		if in["Name"] != "default" {
			return "fail ResourceNotFoundException Event bus does not exist."
		}
		var statements []map[string]any
		for _, id := range append([]string{"another"}, s.has[region+" AWS::Events::EventBusPolicy"]...) {
			statements = append(statements, map[string]any{"Sid": id})
		}
		return asJSON(map[string]any{"Name": "default", "Policy": asJSON(map[string]any{"Statement": statements})})
	})
}

func (s *site) answerStacks(form func(string, func(string, url.Values) string)) {
	missing := func(name string) string {
		return "fail ValidationError Stack with id " + name + " does not exist"
	}
	form("cloudformation:DescribeStacks", func(region string, values url.Values) string {
		members, next := "", ""
		if name := values.Get("StackName"); name != "" {
			one := s.find(region, name)
			if one == nil {
				return missing(name)
			}
			members = describe(one)
		} else {
			var keys []string
			for _, key := range slices.Sorted(maps.Keys(s.stacks)) {
				if strings.HasPrefix(key, region+" ") {
					keys = append(keys, key)
				}
			}
			var key string
			key, next = page(others(keys, region+" Another"), values.Get("NextToken"))
			if one := s.stacks[key]; one != nil {
				members = describe(one)
			} else {
				members = describe(&made{name: "Another", id: "arn:another", status: "CREATE_COMPLETE"})
			}
		}
		return "<DescribeStacksResponse><DescribeStacksResult><Stacks>" + members + "</Stacks>" + tag("NextToken",
			next) + "</DescribeStacksResult></DescribeStacksResponse>"
	})
	form("cloudformation:UpdateTerminationProtection", func(region string, values url.Values) string {
		one := s.find(region, values.Get("StackName"))
		if one == nil {
			return missing(values.Get("StackName"))
		}
		if one.protected = values.Get("EnableTerminationProtection") != "false"; one.protected {
			return "fail ValidationError EnableTerminationProtection must be false here"
		}
		s.notes = append(s.notes, "lift "+region+" "+one.name)
		return "<UpdateTerminationProtectionResponse><UpdateTerminationProtectionResult/></UpdateTerminationProtectionResponse>"
	})
	form("cloudformation:DeleteStack", func(region string, values url.Values) string {
		one := s.find(region, values.Get("StackName"))
		switch {
		case one == nil:
			return missing(values.Get("StackName"))
		case one.protected:
			return "fail ValidationError Stack [" + one.name + "] cannot be deleted while TerminationProtection is enabled"
		}
		s.notes = append(s.notes, "delete "+region+" "+one.name)
		s.delete(region, one)
		return "<DeleteStackResponse/>"
	})
	form("cloudformation:DescribeStackResources", func(region string, values url.Values) string {
		one := s.find(region, values.Get("StackName"))
		if one == nil {
			return missing(values.Get("StackName"))
		}
		members := ""
		for _, r := range one.resources[:min(100, len(one.resources))] { // AWS returns no more
			members += "<member><LogicalResourceId>" + r.logical + "</LogicalResourceId><PhysicalResourceId>" + r.name + "</PhysicalResourceId><ResourceType>" + r.kind +
				"</ResourceType></member>"
		}
		return "<DescribeStackResourcesResponse><DescribeStackResourcesResult><StackResources>" + members +
			"</StackResources></DescribeStackResourcesResult></DescribeStackResourcesResponse>"
	})
	form("cloudformation:ListStackResources", func(region string, values url.Values) string {
		one := s.find(region, values.Get("StackName"))
		if one == nil {
			return missing(values.Get("StackName"))
		}
		at, _ := strconv.Atoi(values.Get("NextToken"))
		const size = 5
		members, next := "", ""
		for _, r := range one.resources[at:min(at+size, len(one.resources))] {
			status := "CREATE_COMPLETE"
			if r.skipped {
				status = "DELETE_SKIPPED"
			}
			members += "<member><LogicalResourceId>" + r.logical + "</LogicalResourceId><PhysicalResourceId>" + r.name + "</PhysicalResourceId><ResourceType>" + r.kind +
				"</ResourceType><ResourceStatus>" + status + "</ResourceStatus></member>"
		}
		if at+size < len(one.resources) {
			next = strconv.Itoa(at + size)
		}
		return "<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>" + members + "</StackResourceSummaries>" + tag("NextToken",
			next) + "</ListStackResourcesResult></ListStackResourcesResponse>"
	})
	form("cloudformation:DescribeStackEvents", func(region string, values url.Values) string {
		one := s.find(region, values.Get("StackName"))
		if one == nil {
			return missing(values.Get("StackName"))
		}
		members := event(one, one.name, "AWS::CloudFormation::Stack", one.id, one.status, "")
		if one.stays != "" {
			members += event(one, "First", "AWS::X::Y", "x", "DELETE_FAILED", one.stays)
		}
		members += event(one, one.name, "AWS::CloudFormation::Stack", one.id, "DELETE_IN_PROGRESS", "User Initiated")
		return "<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>" + members +
			"</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>"
	})
}

func (s *site) answerLists(form func(string, func(string, url.Values) string), body func(string, func(string, map[string]any) string)) {
	token := func(in map[string]any, key string) string {
		text, _ := in[key].(string)
		return text
	}
	list := func(region, kind string) []string { return slices.Clone(s.has[region+" "+kind]) }
	startsWith := func(all []string, prefix string) []string {
		return slices.DeleteFunc(all, func(name string) bool {
			return !strings.HasPrefix(name[strings.LastIndex(name, "/")+1:], prefix) && !strings.HasPrefix(name, prefix)
		})
	}
	body("events:ListRules", func(region string, in map[string]any) string {
		item, next := page(others(list(region, "AWS::Events::Rule"), "capture-another"), token(in, "NextToken"))
		return asJSON(map[string]any{"Rules": []any{map[string]any{"Name": item}}, "NextToken": next})
	})
	form("sns:ListTopics", func(region string, values url.Values) string {
		item, next := page(others(list(region, "AWS::SNS::Topic"), "arn:aws:sns:"+region+":"+s.number+":another"), values.Get("NextToken"))
		return "<ListTopicsResponse><ListTopicsResult><Topics><member><TopicArn>" + item + "</TopicArn></member></Topics>" + tag("NextToken",
			next) + "</ListTopicsResult></ListTopicsResponse>"
	})
	body("sqs:ListQueues", func(region string, in map[string]any) string {
		all := startsWith(others(list(region, "AWS::SQS::Queue"), "https://sqs."+region+".amazonaws.com/"+s.number+"/another"), token(in, "QueueNamePrefix"))
		item, next := page(all, token(in, "NextToken"))
		if in["MaxResults"] == nil { // without it, SQS returns no token
			next = ""
		}
		return asJSON(map[string]any{"QueueUrls": slices.DeleteFunc([]string{item}, func(s string) bool { return s == "" }), "NextToken": next})
	})
	form("monitoring:DescribeAlarms", func(region string, values url.Values) string {
		var types []string
		for i := 1; values.Get(fmt.Sprintf("AlarmTypes.member.%d", i)) != ""; i++ {
			types = append(types, values.Get(fmt.Sprintf("AlarmTypes.member.%d", i)))
		}
		var all []string
		for _, name := range others(list(region, "AWS::CloudWatch::Alarm"), "another") {
			if len(types) == 0 || slices.Contains(types, "MetricAlarm") {
				all = append(all, "Metric "+name)
			}
		}
		for _, name := range list(region, "AWS::CloudWatch::CompositeAlarm") {
			if slices.Contains(types, "CompositeAlarm") {
				all = append(all, "Composite "+name)
			}
		}
		all = slices.DeleteFunc(all, func(name string) bool {
			_, name, _ = strings.Cut(name, " ")
			return !strings.HasPrefix(name, values.Get("AlarmNamePrefix"))
		})
		item, next := page(all, values.Get("NextToken"))
		kind, name, _ := strings.Cut(item, " ")
		members := ""
		if name != "" {
			members = "<" + kind + "Alarms><member><AlarmName>" + name + "</AlarmName></member></" + kind + "Alarms>"
		}
		return "<DescribeAlarmsResponse><DescribeAlarmsResult>" + members + tag("NextToken", next) + "</DescribeAlarmsResult></DescribeAlarmsResponse>"
	})
	body("logs:DescribeLogGroups", func(region string, in map[string]any) string {
		all := slices.DeleteFunc(others(list(region, "AWS::Logs::LogGroup"), "/aws/events/another"),
			func(name string) bool { return !strings.HasPrefix(name, token(in, "logGroupNamePrefix")) })
		item, next := page(all, token(in, "nextToken"))
		if item == "" {
			return "{}"
		}
		return asJSON(map[string]any{"logGroups": []any{map[string]any{"logGroupName": item}}, "nextToken": next})
	})
	body("logs:DescribeResourcePolicies", func(region string, in map[string]any) string {
		item, next := page(others(list(region, "AWS::Logs::ResourcePolicy"), "another"), token(in, "nextToken"))
		return asJSON(map[string]any{"resourcePolicies": []any{map[string]any{"policyName": item}}, "nextToken": next})
	})
	body("states:ListStateMachines", func(region string, in map[string]any) string {
		item, next := page(others(list(region, "AWS::StepFunctions::StateMachine"), "arn:aws:states:"+region+":1:stateMachine:another"), token(in, "nextToken"))
		return asJSON(map[string]any{
			"stateMachines": []any{map[string]any{"stateMachineArn": item, "name": item[strings.LastIndex(item, ":")+1:]}}, "nextToken": next,
		})
	})
	body("kms:ListAliases", func(region string, in map[string]any) string {
		item, next := page(others(list(region, "AWS::KMS::Alias"), "alias/another"), token(in, "Marker"))
		return asJSON(map[string]any{"Aliases": []any{map[string]any{"AliasName": item}}, "NextMarker": next, "Truncated": next != ""})
	})
}

// siteKeys open the accounts of a world.
type siteKeys struct{ *world }

func (k siteKeys) open(account, region string) (aws.Config, error) {
	s := k.accounts[account]
	if s == nil {
		return aws.Config{}, fmt.Errorf("account %s cannot be entered", account)
	}
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(s.URL), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "example", ""),
	}, nil
}

func (k siteKeys) In(_ context.Context, account, region string) (aws.Config, error) {
	return k.open(account, region)
}
func (k siteKeys) Stacks(_ context.Context, account, region string) (aws.Config, error) {
	return k.open(account, region)
}
func (k siteKeys) Own(_ context.Context, account, region string) (aws.Config, error) {
	return k.open(account, region)
}
