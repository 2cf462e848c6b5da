package main

import (
	"cmp"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"

	"example.com/breakglass/internal/stub"
)

// people has a stub answer for the IAM of several accounts: a user of the hub account with a key, and the role in the others. The first time that
// a policy which denies everything is read back, somebody has removed it. The keys ASIAUSER and ASIASESSION are of the user and of a session of
// the role, and are refused when a policy denies.
func people(server *stub.Server) {
	attached, inline, status, attacks := map[string][]string{}, map[string]string{}, "Active", 1
	at := func(number string, in url.Values) string {
		return number + "/" + in.Get("RoleName") + "/" + in.Get("PolicyName")
	}
	answer := func(action, body string) string {
		return fmt.Sprintf("<%sResponse><%[1]sResult>%s</%[1]sResult></%[1]sResponse>", action, body)
	}
	refused := func(who string) string {
		return "fail AccessDenied User: " + who + " is not authorized to perform: iam:ListAccountAliases on resource: * with an explicit deny in an identity-based policy"
	}
	whose := map[string]string{
		"USER": "arn:aws:iam::111111111111:user/BreakglassUser", "SESSION": "arn:aws:sts::222222222222:assumed-role/BreakGlassRole/BreakglassUser",
	}
	server.HandleAs("sts:GetCallerIdentity", func(key, _, _ string) string {
		who := cmp.Or(whose[strings.TrimPrefix(key, "ASIA")], "arn:aws:iam::111111111111:user/operator")
		return answer("GetCallerIdentity", "<Arn>"+who+"</Arn><Account>111111111111</Account>")
	})
	for action, does := range map[string]func(number string, in url.Values) string{
		"ListUsers": func(string, url.Values) string {
			return "<Users><member><UserName>BreakglassUser</UserName><UserId>AIDAUSER</UserId></member></Users>"
		},
		"GetUser": func(string, url.Values) string { return "<User><UserName>BreakglassUser</UserName></User>" },
		"GetAccessKeyLastUsed": func(string, url.Values) string {
			return "<UserName>BreakglassUser</UserName><AccessKeyLastUsed><LastUsedDate>2026-11-22T08:06:00Z</LastUsedDate></AccessKeyLastUsed>"
		},
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
		"ListAccountAliases": func(key string, _ url.Values) string {
			denied := key == "USER" && len(attached["BreakglassUser"]) > 0
			for at := range inline {
				denied = denied || key == "SESSION" && strings.HasPrefix(at, "222222222222/BreakGlassRole/")
			}
			if denied {
				return refused(whose[key])
			}
			return "<AccountAliases/><IsTruncated>false</IsTruncated>"
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
				body += "<member><EvalActionName>" + in.Get(fmt.Sprintf("ActionNames.member.%d",
					i)) + "</EvalActionName><EvalDecision>" + decision + "</EvalDecision></member>"
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
