package leftovers

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"example.com/breakglass/operate/incident/chain"
)

// answer is an AWS that gives one answer, and remembers what it was asked.
type answer struct {
	status int
	body   string

	mutex sync.Mutex // accounts are asked side by side
	asked []string
}

func (a *answer) In(_ context.Context, _, region string) (aws.Config, error) {
	return aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", ""), HTTPClient: a}, nil
}

func (a *answer) Do(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	line := r.Method + " " + r.URL.String()
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		line += " " + target
	}
	if len(body) > 0 {
		line += " " + string(body)
	}
	a.mutex.Lock()
	a.asked = append(a.asked, line)
	a.mutex.Unlock()
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

// failing is an answer with the code of an error, in the form of the service.
func failing(r row, code string) *answer {
	a := &answer{status: http.StatusBadRequest, body: fmt.Sprintf(`{"__type": "com.amazonaws.example#%s", "message": "it is so"}`, code)}
	switch {
	case r.ask.service == "s3":
		a.body = "<Error><Code>" + code + "</Code><Message>it is so</Message></Error>"
	case r.ask.service == "ec2":
		a.body = "<Response><Errors><Error><Code>" + code + "</Code><Message>it is so</Message></Error></Errors></Response>"
	case strings.Contains(r.ask.call, " 20"):
		a.body = "<ErrorResponse><Error><Code>" + code + "</Code><Message>it is so</Message></Error></ErrorResponse>"
	}
	return a
}

func find(t *testing.T, s sample, a *answer) []Item {
	t.Helper()
	items, err := Find(t.Context(), Options{Calls: []*chain.Call{s.call()}, Keys: a, Known: []string{"111111111111", "222222222222"}})
	if err != nil {
		t.Fatal(err)
	}
	return items
}
