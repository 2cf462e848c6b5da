package account

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/internal/stub"
)

// Who is not told talks to something else than AWS, and believes what it says.
func TestWhereRequestsGo(t *testing.T) {
	const elsewhere = "\n[profile keys]\naws_access_key_id = x\naws_secret_access_key = y\n" +
		"[profile local]\naws_access_key_id = x\naws_secret_access_key = y\nendpoint_url = http://127.0.0.1:1\nservices = here\n" +
		"[services here]\nsts =\n  endpoint_url = http://somebody:secret@127.0.0.1:2/x\n"
	for name, c := range map[string]struct {
		profile string
		env     map[string]string
		want    string
	}{
		"AWS":        {"keys", nil, ""},
		"everything": {"keys", map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:5000"}, "http://127.0.0.1:5000 (AWS_ENDPOINT_URL)"},
		"one service": {
			"keys", map[string]string{"AWS_ENDPOINT_URL_IAM": "https://somebody:secret@example.com/x"}, "https://example.com (AWS_ENDPOINT_URL_IAM)",
		},
		"an interface endpoint": {"keys", map[string]string{"AWS_ENDPOINT_URL_STS": "https://vpce-1.sts.eu-west-1.vpce.amazonaws.com"}, ""},
		"a look-alike of AWS": {
			"keys", map[string]string{"AWS_ENDPOINT_URL_STS": "https://sts.amazonaws.com.example.com"}, "https://sts.amazonaws.com.example.com (AWS_ENDPOINT_URL_STS)",
		},
		"shared files": {"local", nil, "http://127.0.0.1:1 (endpoint_url of profile local), http://127.0.0.1:2 (endpoint_url of sts, services here)"},
		"ignored":      {"local", map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:5000", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			profiles(t, elsewhere)
			t.Setenv("AWS_ENDPOINT_URL", "")
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			var told, want []string
			ctx := WithNote(t.Context(), func(text string) { told = append(told, text) })
			if c.want != "" {
				want = []string{"requests go to " + c.want + ", not to AWS"}
			}
			for range 2 {
				if _, err := Session(ctx, c.profile, "us-east-1"); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(told, want) {
				t.Errorf("told %q, want %q", told, want)
			}
		})
	}
}

// Evidence of a run on a local AWS is not taken for one on AWS.
func TestEvidenceSaysWhereRequestsWent(t *testing.T) {
	const arn = "arn:aws:iam::111111111111:user/operator"
	profiles(t, "[profile keys]\naws_access_key_id = x\naws_secret_access_key = y\n")
	server := stub.New()
	defer server.Close()
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	ctx := WithNote(t.Context(), func(string) {})
	c, err := Load(ctx, "keys", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.By(ctx), arn+"; requests go to "+server.URL+" (AWS_ENDPOINT_URL), not to AWS"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := c.By(WithNote(t.Context(), func(string) {})); got != arn {
		t.Errorf("on AWS: %q", got)
	}
}

func TestAnAddressThatIsNone(t *testing.T) {
	profiles(t, "[profile local]\naws_access_key_id = x\naws_secret_access_key = y\nendpoint_url = localhost:4566\n")
	t.Setenv("AWS_ENDPOINT_URL", "")
	if _, err := Session(t.Context(), "local", "us-east-1"); err == nil ||
		!strings.Contains(err.Error(), `cannot use endpoint_url of profile local of ~/.aws/config: "localhost:4566" is no address`) {
		t.Error(err)
	}
}

// Where nobody listens, the message says so in place of a silence of half a minute.
func TestARefusedConnection(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	for _, variable := range []string{"AWS_ENDPOINT_URL", "HTTPS_PROXY"} {
		t.Run(variable, func(t *testing.T) {
			profiles(t, "[profile keys]\naws_access_key_id = x\naws_secret_access_key = y\n")
			t.Setenv("AWS_ENDPOINT_URL", "https://example.com")
			t.Setenv(variable, "http://"+address)
			err := Explain(&net.OpError{Op: "proxyconnect", Net: "tcp", Err: dial(t, address)}, "asking")
			if variable == "AWS_ENDPOINT_URL" {
				_, err = Load(t.Context(), "keys", "us-east-1")
			}
			if err == nil || !strings.Contains(err.Error(), ": "+address+" refused the connection") || !strings.Contains(err.Error(), variable) {
				t.Error(err)
			}
		})
	}
}

func dial(t *testing.T, address string) error {
	t.Helper()
	_, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	return err
}

// Only a connection that nobody could make is tried again at once: what AWS throttles needs its pauses.
func TestThePauseAfterARefusal(t *testing.T) {
	for err, want := range map[error]bool{
		&net.OpError{Op: "dial", Addr: &net.TCPAddr{}, Err: net.ErrClosed}:                   true,
		&net.OpError{Op: "dial", Addr: &net.TCPAddr{}, Err: context.DeadlineExceeded}:        false,
		&net.OpError{Op: "read", Addr: &net.TCPAddr{}, Err: net.ErrClosed}:                   false,
		&net.OpError{Op: "dial", Err: &net.DNSError{Name: "example.com", IsTemporary: true}}: false,
	} {
		if got := unconnected(err) != nil; got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
	at := &net.OpError{Op: "dial", Addr: &net.TCPAddr{}, Err: net.ErrClosed}
	for attempt := 1; attempt <= attempts; attempt++ {
		if pause, err := retryer().RetryDelay(attempt, at); err != nil || pause != 200*time.Millisecond {
			t.Errorf("after attempt %d: %s, %v", attempt, pause, err)
		}
	}
}

// An answer without AWS's words is not AWS's.
func TestAnAnswerThatIsNoneOfAWS(t *testing.T) {
	empty := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer empty.Close()
	profiles(t, "[profile keys]\naws_access_key_id = x\naws_secret_access_key = y\n")
	t.Setenv("AWS_ENDPOINT_URL", empty.URL)
	if _, err := Load(t.Context(), "keys", "us-east-1"); err == nil ||
		!strings.Contains(err.Error(), "HTTP 403 without an error of AWS (profile \"keys\"); check what answers") {
		t.Error(err)
	}
}
