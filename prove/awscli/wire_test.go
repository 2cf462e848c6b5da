//go:build emulator

package awscli

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// wire stands between the CLI and the local AWS: it notes each request, and answers itself what the local AWS does not implement.
type wire struct {
	URL string
	aws string // the address of the local AWS; empty: every request is refused here

	mutex sync.Mutex
	calls []call
}

// partly are operations of which the local AWS implements a part that is of no use here: it has no stack sets with permissions of the
// organization, and does not know their service principal.
var partly = []string{"ListStackInstances", "RegisterDelegatedAdministrator"}

// call is a request of the CLI.
type call struct {
	service, region, operation string
	// answered means that the local AWS has answered it, and not the wire.
	answered bool
	// secrets are those that it carries, or brings back.
	secrets []string
}

func (c call) String() string { return c.service + " " + c.operation + " in " + c.region }

func newWire(t *testing.T, aws string) *wire {
	t.Helper()
	w := &wire{aws: aws}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.URL = server.URL
	return w
}

// take returns the calls since the last time.
func (w *wire) take() []call {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	calls := w.calls
	w.calls = nil
	return calls
}

// scope is the part of a signature that names the Region and the service.
var scope = regexp.MustCompile(`Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request`)

func (w *wire) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(answer, err.Error(), http.StatusBadRequest)
		return
	}
	m := scope.FindStringSubmatch(request.Header.Get("Authorization"))
	if m == nil {
		http.Error(answer, "no signature", http.StatusForbidden)
		return
	}
	c := call{region: m[1], service: m[2], operation: operation(request, body), secrets: secrets(body)}
	status, header, text := http.StatusBadRequest, http.Header{}, []byte(nil)
	if w.aws == "" {
		text = refusal(request, header)
	} else if slices.Contains(partly, c.operation) {
		status, text = http.StatusOK, nothing(request, c.operation)
	} else if status, header, text, err = forward(w.aws, request, body); err != nil {
		http.Error(answer, err.Error(), http.StatusBadGateway)
		return
	} else if c.answered = status != http.StatusNotImplemented; !c.answered {
		status, header, text = http.StatusOK, http.Header{}, nothing(request, c.operation)
	}
	c.secrets = append(c.secrets, secrets(text)...)
	w.mutex.Lock()
	w.calls = append(w.calls, c)
	w.mutex.Unlock()
	for name, values := range header {
		answer.Header()[name] = values
	}
	answer.WriteHeader(status)
	_, _ = answer.Write(text)
}

func forward(to string, request *http.Request, body []byte) (int, http.Header, []byte, error) {
	onward, err := http.NewRequestWithContext(request.Context(), request.Method, to+request.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	onward.Header = request.Header.Clone()
	response, err := http.DefaultTransport.RoundTrip(onward)
	if err != nil {
		return 0, nil, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	header := response.Header.Clone()
	header.Del("Content-Length")
	header.Del("Connection")
	return response.StatusCode, header, text, err
}

// operation returns what a request asks for, in any of AWS's protocols: for REST, its method and path.
func operation(request *http.Request, body []byte) string {
	if target := request.Header.Get("X-Amz-Target"); target != "" {
		return target[strings.LastIndex(target, ".")+1:]
	}
	if _, name, ok := strings.Cut(request.URL.Path, "/operation/"); ok {
		return name
	}
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("Action") != "" {
		return form.Get("Action")
	}
	return request.Method + " " + request.URL.Path
}

// nothing is an answer without content, in the protocol of the request.
func nothing(request *http.Request, operation string) []byte {
	if strings.HasPrefix(request.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return fmt.Appendf(nil, "<%[1]sResponse><%[1]sResult></%[1]sResult></%[1]sResponse>", operation)
	}
	return []byte("{}")
}

// refused is the error code of a wire without a local AWS.
const refused = "OnlyRecorded"

// refusal is an answer with that code, in the protocol of the request.
func refusal(request *http.Request, header http.Header) []byte {
	switch kind := request.Header.Get("Content-Type"); {
	case request.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		header.Set("Smithy-Protocol", "rpc-v2-cbor")
		header.Set("Content-Type", "application/cbor")
		return append([]byte("\xa1\x66__type"), append([]byte{0x60 + byte(len(refused))}, refused...)...) // a map of one pair of texts
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded") && strings.Contains(request.Header.Get("Authorization"), "/ec2/"):
		return []byte("<Response><Errors><Error><Code>" + refused + "</Code></Error></Errors></Response>")
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		return []byte("<ErrorResponse><Error><Code>" + refused + "</Code></Error></ErrorResponse>")
	case strings.Contains(request.Header.Get("Authorization"), "/s3/"):
		return []byte("<Error><Code>" + refused + "</Code></Error>")
	}
	header.Set("X-Amzn-Errortype", refused)
	return []byte(`{"__type": "` + refused + `"}`)
}

// secrets returns the passwords and seeds in a request or an answer.
func secrets(text []byte) []string {
	var found []string
	if form, err := url.ParseQuery(string(text)); err == nil && form.Get("Password") != "" {
		found = append(found, form.Get("Password"))
	}
	var given struct{ RandomPassword string }
	if json.Unmarshal(text, &given) == nil && given.RandomPassword != "" {
		found = append(found, given.RandomPassword)
	}
	var device struct {
		Seed string `xml:"CreateVirtualMFADeviceResult>VirtualMFADevice>Base32StringSeed"`
	}
	if xml.Unmarshal(text, &device) == nil && device.Seed != "" {
		if seed, err := base64.StdEncoding.DecodeString(device.Seed); err == nil {
			found = append(found, string(seed))
		}
	}
	return found
}
