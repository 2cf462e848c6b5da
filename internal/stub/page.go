package stub

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// tokens are what services continue a list by, in the request and in the answer.
var tokens = map[string]string{
	"iam": "Marker", "cloudformation": "NextToken", "sns": "NextToken", "events": "NextToken", "organizations": "NextToken", "logs": "nextToken",
}

// page returns a list in pages, none of which has more than an item, and the first of which has none: AWS may return as few as it likes.
// Other answers, and one that says itself whether it is truncated, stay as they are.
func page(service, action, request, body string) string {
	token, ok := tokens[service]
	if !ok || !strings.HasPrefix(action, "List") && action != "DescribeLogGroups" && action != "DescribeResourcePolicies" {
		return body
	}
	if strings.HasPrefix(body, "<") {
		form, _ := url.ParseQuery(request)
		at, _ := strconv.Atoi(form.Get(token))
		return xmlPage(token, at, body)
	}
	var asked map[string]any
	_ = json.Unmarshal([]byte(request), &asked)
	text, _ := asked[token].(string)
	at, _ := strconv.Atoi(text)
	return jsonPage(token, at, body)
}

var member = regexp.MustCompile(`</?member>`)

func xmlPage(token string, at int, body string) string {
	var items [][2]int
	depth, from := 0, 0
	for _, m := range member.FindAllStringIndex(body, -1) {
		if body[m[0]:m[1]] == "<member>" {
			if depth == 0 {
				from = m[0]
			}
			depth++
		} else if depth--; depth == 0 {
			items = append(items, [2]int{from, m[1]})
		}
	}
	if at > len(items) || len(items) == 0 || strings.Contains(body, "<IsTruncated>") {
		return body
	}
	for i := len(items) - 1; i >= 0; i-- {
		if i != at-1 {
			body = body[:items[i][0]] + body[items[i][1]:]
		}
	}
	more := at < len(items)
	end := "<IsTruncated>" + strconv.FormatBool(more) + "</IsTruncated>"
	if more {
		end += "<" + token + ">" + strconv.Itoa(at+1) + "</" + token + ">"
	}
	return strings.Replace(body, "Result>", "Result>"+end, 1)
}

func jsonPage(token string, at int, body string) string {
	var answer map[string]any
	if json.Unmarshal([]byte(body), &answer) != nil || answer[token] != nil {
		return body
	}
	for name, value := range answer {
		items, ok := value.([]any)
		if !ok || len(items) == 0 || at > len(items) {
			continue
		}
		answer[name] = items[max(0, at-1):at]
		if at < len(items) {
			answer[token] = strconv.Itoa(at + 1)
		}
		text, err := json.Marshal(answer)
		if err != nil {
			return body
		}
		return string(text)
	}
	return body
}

// Page returns a page of a list for a fake in a test's own process, and the token of the next one; each has one item, and the first none.
func Page[T any](all []T, token *string) (one []T, next *string) {
	at := 0
	if token != nil {
		at, _ = strconv.Atoi(*token)
		one = all[min(at-1, len(all)):min(at, len(all))] // a test may take items away meanwhile
	}
	if at < len(all) {
		more := strconv.Itoa(at + 1)
		next = &more
	}
	return one, next
}
