package main

import (
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"example.com/breakglass/internal/stub"
)

// cloudFormation makes a stub answer about stacks that are files in a folder, so that a script in place of the CDK CLI can create
// them. A file holds the stack's status; its second line, if any, is the failure of a resource: ID, type and reason. Rewriting a
// file starts a new operation on the stack. A file NAME.template has the stack's template.
func cloudFormation(server *stub.Server, folder string) {
	read := func(request string) (lines []string, operation string) {
		form, _ := url.ParseQuery(request)
		path := filepath.Join(folder, filepath.Base(form.Get("StackName")))
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, ""
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, ""
		}
		return strings.Split(strings.TrimSpace(string(text)), "\n"), fmt.Sprint(info.ModTime().UnixNano())
	}
	server.Handle("cloudformation:DescribeStacks", func(_, request string) string {
		member := ""
		if lines, _ := read(request); lines != nil {
			member = "<member><StackName>x</StackName><StackStatus>" + lines[0] + "</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member>"
		}
		return "<DescribeStacksResponse><DescribeStacksResult><Stacks>" + member + "</Stacks></DescribeStacksResult></DescribeStacksResponse>"
	})
	server.Handle("cloudformation:DescribeStackEvents", func(_, request string) string {
		lines, operation := read(request)
		event := func(id, physical, logical, kind, status, reason, at string) string {
			return "<member><EventId>" + id + "</EventId><StackId>arn</StackId><PhysicalResourceId>" + physical + "</PhysicalResourceId><LogicalResourceId>" + logical +
				"</LogicalResourceId><ResourceType>" + kind + "</ResourceType><ResourceStatus>" + status + "</ResourceStatus><ResourceStatusReason>" + reason +
				"</ResourceStatusReason><Timestamp>2026-01-01T00:00:0" + at + "Z</Timestamp></member>"
		}
		members := ""
		if lines != nil {
			members = event(operation, "arn", "x", "AWS::CloudFormation::Stack", lines[0], "", "2")
		}
		if len(lines) > 1 {
			parts := strings.SplitN(lines[1], " ", 3)
			members += event("f", "x", parts[0], parts[1], "CREATE_FAILED", parts[2], "1")
		}
		if lines != nil {
			members += event("b", "arn", "x", "AWS::CloudFormation::Stack", "CREATE_IN_PROGRESS", "", "0")
		}
		return "<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>" + members +
			"</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>"
	})
	server.Handle("cloudformation:GetTemplate", func(_, request string) string {
		form, _ := url.ParseQuery(request)
		text, err := os.ReadFile(filepath.Join(folder, filepath.Base(form.Get("StackName"))+".template"))
		if err != nil {
			return "fail ValidationError Stack with id " + form.Get("StackName") + " does not exist"
		}
		return "<GetTemplateResponse><GetTemplateResult><TemplateBody>" + html.EscapeString(string(text)) +
			"</TemplateBody></GetTemplateResult></GetTemplateResponse>"
	})
}
