// Package stub is a fake AWS for tests of the commands: it returns the answers that a test sets, and "access denied" for
// everything else. Only tests may import it; it imports nothing of this module.
package stub

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Server answers requests of every service and Region at one address, for AWS_ENDPOINT_URL.
type Server struct {
	*httptest.Server

	mutex   sync.Mutex
	answers map[string]answer
	calls   []string
	// agent is the user agent of the request that is answered.
	agent string
}

type answer struct {
	status        int
	body          string
	code, message string
	// handle returns the body of each request; key is the access key ID that signed it.
	handle func(key, region, request string) string
}

// New starts a server. By default, the caller is a user of account 111111111111.
func New() *Server {
	s := &Server{answers: map[string]answer{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	s.Answer("sts:GetCallerIdentity", "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:user/operator</Arn>"+
		"<UserId>AIDAEXAMPLE</UserId><Account>111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")
	return s
}

// Direct has the AWS SDK of a test ask this server, with credentials of its own and no profile.
func (s *Server) Direct(t interface{ Setenv(name, value string) }) {
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": s.URL, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_PROFILE": "",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		t.Setenv(name, value)
	}
}

// Answer sets the body for an action, such as sts:GetCallerIdentity, with status 200. An action may be set for one Region:
// events:ListRules@eu-west-1.
func (s *Server) Answer(action, body string) {
	s.set(action, answer{status: http.StatusOK, body: body})
}

// Handle sets a function that answers an action, for a fake with state. Functions are called one at a time. A body such as
// "fail CODE MESSAGE" is an error.
func (s *Server) Handle(action string, answers func(region, request string) string) {
	s.HandleAs(action, func(_, region, request string) string { return answers(region, request) })
}

// HandleAs is Handle for a fake of several accounts: the function gets the ID of the access key that signed the request, too.
func (s *Server) HandleAs(action string, answers func(key, region, request string) string) {
	s.set(action, answer{status: http.StatusOK, handle: answers})
}

// Between calls a function while no request is answered. A test of a program that was killed changes a fake's state so: the last
// request of that program may still be in work.
func (s *Server) Between(change func()) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	change()
}

// Fail sets the error for an action.
func (s *Server) Fail(action, code, message string) { s.set(action, failed(code, message)) }

func failed(code, message string) answer {
	status := http.StatusBadRequest
	switch {
	case strings.Contains(code, "Denied"), strings.Contains(code, "Expired"):
		status = http.StatusForbidden
	case strings.Contains(code, "Throttl"), strings.HasPrefix(code, "TooMany"):
		status = http.StatusTooManyRequests
	case strings.HasPrefix(code, "Internal"):
		status = http.StatusInternalServerError
	case code == "ServiceUnavailable":
		status = http.StatusServiceUnavailable
	}
	return answer{status: status, code: code, message: message}
}

// Script reads one answer a line: "ACTION fail CODE MESSAGE…" or "ACTION BODY…". Empty lines and those that begin with #
// are ignored.
func (s *Server) Script(text string) error {
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		action, rest, ok := strings.Cut(line, " ")
		if !ok || !strings.Contains(action, ":") {
			return fmt.Errorf("line %d: %q is not ACTION fail CODE MESSAGE, nor ACTION BODY", i+1, line)
		}
		if failure, is := strings.CutPrefix(rest, "fail "); is {
			code, message, _ := strings.Cut(failure, " ")
			s.Fail(action, code, message)
		} else {
			s.Answer(action, rest)
		}
	}
	return nil
}

// Calls returns the actions that were requested, in order, with their Regions: sts:GetCallerIdentity@us-east-1.
func (s *Server) Calls() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.calls)
}

func (s *Server) set(action string, a answer) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.answers[action] = a
}

// scope is the service and Region in a signature; one of version 4a has its Regions in a header.
var (
	scope   = regexp.MustCompile(`Credential=([^/]+)/[0-9]+/([^/]+)/([^/]+)/`)
	scope4a = regexp.MustCompile(`Credential=[^/]+/[0-9]+/([^/]+)/aws4_request`)
)

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	service, region, key := "unknown", "", ""
	if m := scope.FindStringSubmatch(r.Header.Get("Authorization")); m != nil {
		key, region, service = m[1], m[2], m[3]
	} else if m := scope4a.FindStringSubmatch(r.Header.Get("Authorization")); m != nil {
		region, service = r.Header.Get("X-Amz-Region-Set"), m[1]
	}
	action, isJSON := "", false
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		action, isJSON = target[strings.LastIndex(target, ".")+1:], true
	} else if form, err := url.ParseQuery(string(body)); err == nil && form.Get("Action") != "" {
		action = form.Get("Action")
	} else {
		// REST: the method and the path, GET /schedules/name; account's operations are paths: POST /listRegions.
		action, isJSON = r.Method+r.URL.Path, true
	}
	name := service + ":" + action
	s.mutex.Lock()
	s.calls, s.agent = append(s.calls, name+"@"+region), r.UserAgent()
	a, ok := s.answers[name+"@"+region]
	if !ok {
		a, ok = s.answers[name]
	}
	if ok && a.handle != nil {
		a.body = a.handle(key, region, string(body))
		if failure, is := strings.CutPrefix(a.body, "fail "); is {
			code, message, _ := strings.Cut(failure, " ")
			a = failed(code, message)
		}
	} else {
		a.body = page(service, action, string(body), a.body)
	}
	s.mutex.Unlock()
	if !ok {
		a = answer{
			status: http.StatusForbidden, code: "AccessDenied",
			message: "User: arn:aws:iam::111111111111:user/operator is not authorized to perform: " + name + " on resource: *",
		}
	}
	w.Header().Set("X-Amzn-RequestId", "00000000-0000-0000-0000-000000000000")
	if a.code == "" {
		if isJSON {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		} else {
			w.Header().Set("Content-Type", "text/xml")
		}
		w.WriteHeader(a.status)
		fmt.Fprint(w, a.body)
		return
	}
	if isJSON {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("X-Amzn-ErrorType", a.code)
		w.WriteHeader(a.status)
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": a.code, "message": a.message})
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(a.status)
	fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>0</RequestId></ErrorResponse>", a.code,
		a.message)
}
