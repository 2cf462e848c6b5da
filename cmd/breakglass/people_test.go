package main

import (
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"

	"example.com/breakglass/internal/stub"
)

// people has a stub answer for the IAM of several accounts: a user of the hub account with a key, and the role in the others. The first time that
// a policy which denies everything is read back, somebody has removed it.
func people(server *stub.Server) {
	attached, inline, status, attacks := map[string][]string{}, map[string]string{}, "Active", 1
	at := func(number string, in url.Values) string {
		return number + "/" + in.Get("RoleName") + "/" + in.Get("PolicyName")
	}
	answer := func(action, body string) string {
		return fmt.Sprintf("<%sResponse><%[1]sResult>%s</%[1]sResult></%[1]sResponse>", action, body)
	}
	for action, does := range map[string]func(number string, in url.Values) string{
		"AttachUserPolicy": func(_ string, in url.Values) string {
			attached[in.Get("UserName")] = append(attached[in.Get("UserName")], in.Get("PolicyArn"))
			return ""
		},
		"DetachUserPolicy": func(_ string, in url.Values) string {
			attached[in.Get("UserName")] = slices.DeleteFunc(attached[in.Get("UserName")], func(arn string) bool { return arn == in.Get("PolicyArn") })
			return ""
		},
		"ListAttachedUserPolicies": func(_ string, in url.Values) string {
			if len(attached[in.Get("UserName")]) > 0 && attacks > 0 {
				attacks--
				attached[in.Get("UserName")] = nil
			}
			body := ""
			for _, arn := range attached[in.Get("UserName")] {
				body += "<member><PolicyArn>" + arn + "</PolicyArn></member>"
			}
			return "<AttachedPolicies>" + body + "</AttachedPolicies>"
		},
		"PutRolePolicy": func(number string, in url.Values) string {
			inline[at(number, in)] = in.Get("PolicyDocument")
			return ""
		},
		"GetRolePolicy": func(number string, in url.Values) string {
			text, ok := inline[at(number, in)]
			if !ok {
				return "fail NoSuchEntity there is no such policy"
			}
			return "<PolicyDocument>" + html.EscapeString(url.PathEscape(text)) + "</PolicyDocument>"
		},
		"DeleteRolePolicy": func(number string, in url.Values) string {
			delete(inline, at(number, in))
			return ""
		},
		"ListRolePolicies": func(number string, in url.Values) string {
			body := ""
			for key := range inline {
				if name, ok := strings.CutPrefix(key, at(number, in)); ok {
					body += "<member>" + name + "</member>"
				}
			}
			return "<PolicyNames>" + body + "</PolicyNames>"
		},
		"ListAccessKeys": func(_ string, in url.Values) string {
			id := "AKIAUSER"
			if in.Get("UserName") == "deploy" {
				id = "AKIANEW"
			}
			return "<AccessKeyMetadata><member><AccessKeyId>" + id + "</AccessKeyId><Status>" + status + "</Status></member></AccessKeyMetadata>"
		},
		"UpdateAccessKey": func(_ string, in url.Values) string {
			status = in.Get("Status")
			return ""
		},
		"SimulatePrincipalPolicy": func(number string, in url.Values) string {
			arn := in.Get("PolicySourceArn")
			name := arn[strings.LastIndex(arn, "/")+1:]
			decision := "allowed"
			if len(attached[name]) > 0 {
				decision = "explicitDeny"
			}
			for key := range inline {
				if strings.HasPrefix(key, number+"/"+name+"/") {
					decision = "explicitDeny"
				}
			}
			body := ""
			for i := 1; in.Get(fmt.Sprintf("ActionNames.member.%d", i)) != ""; i++ {
				body += "<member><EvalActionName>" + in.Get(fmt.Sprintf("ActionNames.member.%d", i)) + "</EvalActionName><EvalDecision>" + decision + "</EvalDecision></member>"
			}
			return "<EvaluationResults>" + body + "</EvaluationResults>"
		},
	} {
		server.HandleAs("iam:"+action, func(key, _, request string) string {
			in, _ := url.ParseQuery(request) // an invalid request names nothing
			body := does(strings.TrimPrefix(key, "ASIA"), in)
			if strings.HasPrefix(body, "fail ") {
				return body
			}
			return answer(action, body)
		})
	}
}
