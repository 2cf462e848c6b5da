package enter

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// answer is what AWS STS answers, as its API reference has it.
const answer = `<%[1]sResponse><%[1]sResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-11-26T04:00:00Z</Expiration></Credentials></%[1]sResult></%[1]sResponse>`

// asked is a request that reached the server.
type asked struct {
	header http.Header
	form   url.Values
	uri    string
}

func server(t *testing.T, respond func(w http.ResponseWriter, form url.Values)) (*AWS, *[]asked) {
	t.Helper()
	var all []asked
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		all = append(all, asked{r.Header, form, r.RequestURI})
		respond(w, form)
	}))
	t.Cleanup(s.Close)
	t.Setenv("AWS_ENDPOINT_URL", s.URL)
	// A profile that is not there must not be in the way.
	t.Setenv("AWS_PROFILE", "of-another-day")
	t.Setenv("AWS_CONFIG_FILE", "/nowhere")
	aws, err := NewAWS(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return aws, &all
}

func TestTheRequestsOfSTS(t *testing.T) {
	aws, all := server(t, func(w http.ResponseWriter, form url.Values) { fmt.Fprintf(w, answer, form.Get("Action")) })
	key := Keys{ID: "AKIAEXAMPLE", Secret: "secret"}
	for _, sign := range []Signature{SigV4, SigV4a} {
		got, err := aws.SessionToken(t.Context(), "eu-west-1", sign, key, "arn:aws:iam::111111111111:mfa/u", "123456", ownSession)
		if err != nil || got.ID != "ASIAEXAMPLE" || !got.Expires.Equal(expires) {
			t.Fatalf("%s: %+v, %v", sign, got, err)
		}
	}
	v4, v4a := (*all)[0], (*all)[1]
	if got := v4.header.Get("Authorization"); !strings.HasPrefix(got, "AWS4-HMAC-SHA256 ") || !strings.Contains(got, "/eu-west-1/sts/aws4_request") {
		t.Errorf("signature v4: %s", got)
	}
	if got := v4a.header.Get("Authorization"); !strings.HasPrefix(got, "AWS4-ECDSA-P256-SHA256 ") || v4a.header.Get("X-Amz-Region-Set") != "eu-west-1" {
		t.Errorf("signature v4a: %s for %q", got, v4a.header.Get("X-Amz-Region-Set"))
	}
	if f := v4.form; f.Get("SerialNumber") != "arn:aws:iam::111111111111:mfa/u" || f.Get("TokenCode") != "123456" || f.Get("DurationSeconds") != "900" {
		t.Errorf("GetSessionToken with %v", f)
	}
	if _, err := aws.AssumeRole(t.Context(), "eu-west-1", SigV4, Keys{ID: "ASIA", Secret: "s", Token: "t"}, "arn:role", "u", Default); err != nil {
		t.Fatal(err)
	}
	if f := (*all)[2].form; f.Get("RoleArn") != "arn:role" || f.Get("RoleSessionName") != "u" || f.Has("DurationSeconds") {
		t.Errorf("AssumeRole with %v", f)
	}
}

func TestARegionIsAskedOnce(t *testing.T) {
	aws, all := server(t, func(w http.ResponseWriter, _ url.Values) { w.WriteHeader(http.StatusServiceUnavailable) })
	_, err := aws.SessionToken(t.Context(), "eu-west-1", SigV4, Keys{ID: "A", Secret: "s"}, "d", "123456", time.Hour)
	if err == nil || len(*all) != 1 || !elsewhere(err) {
		t.Errorf("%d requests, %v", len(*all), err)
	}
}

func TestTheAddressOfTheConsole(t *testing.T) {
	aws, all := server(t, func(w http.ResponseWriter, _ url.Values) { fmt.Fprint(w, `{"SigninToken":"a token+"}`) })
	address, region, err := Console(t.Context(), aws, Keys{ID: "ASIA", Secret: "not in an address", Token: "t"}, []string{"eu-west-1"}, nil)
	if err != nil || region != "eu-west-1" {
		t.Fatal(address, region, err)
	}
	u, err := url.Parse(address)
	if err != nil || u.Host != "eu-west-1.signin.aws.amazon.com" || u.Path != "/federation" {
		t.Fatalf("%s: %v", address, err)
	}
	q := u.Query()
	if q.Get("Action") != "login" || q.Get("SigninToken") != "a token+" ||
		q.Get("Destination") != "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1" {
		t.Errorf("the address has %v", q)
	}
	one := (*all)[0]
	if one.uri != "/federation" || one.form.Get("Action") != "getSigninToken" || !strings.Contains(one.form.Get("Session"), `"sessionKey":"not in an address"`) ||
		one.form.Has("SessionDuration") {
		t.Errorf("asked %s with %v", one.uri, one.form)
	}
}

func TestAnotherRegionGivesTheAddress(t *testing.T) {
	n := 0
	aws, _ := server(t, func(w http.ResponseWriter, _ url.Values) {
		if n++; n == 1 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		fmt.Fprint(w, `{"SigninToken":"x"}`)
	})
	var tried []Try
	address, region, err := Console(t.Context(), aws, Keys{}, []string{"us-east-1", "us-west-2"}, func(t Try) { tried = append(tried, t) })
	if err != nil || region != "us-west-2" || !strings.HasPrefix(address, "https://us-west-2.signin") || len(tried) != 1 || tried[0].Region != "us-east-1" {
		t.Errorf("%s, %s, %v after %v", address, region, err, tried)
	}
}

func TestNoRegionGivesAnAddress(t *testing.T) {
	for _, body := range []string{"<html>", "{}", ""} {
		aws, _ := server(t, func(w http.ResponseWriter, _ url.Values) { fmt.Fprint(w, body) })
		if _, _, err := Console(t.Context(), aws, Keys{Secret: "hidden"}, []string{"us-east-1"}, nil); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v", body, err)
		}
	}
}

// TestASignatureOfAnotherTimeIsMadeUpFor: a machine that was kept in a safe has a clock that is hours off. AWS refuses its signatures, says
// what time it is, and takes those of that time.
func TestASignatureOfAnotherTimeIsMadeUpFor(t *testing.T) {
	for _, wrong := range []time.Duration{2 * time.Hour, -2 * time.Hour} {
		refused := 0
		var all *[]asked
		var aws *AWS
		aws, all = server(t, func(w http.ResponseWriter, form url.Values) {
			signed, err := time.Parse("20060102T150405Z", (*all)[len(*all)-1].header.Get("X-Amz-Date"))
			if err != nil {
				t.Error(err)
			}
			truth := time.Now().Add(wrong)
			w.Header().Set("Date", truth.UTC().Format(http.TimeFormat))
			if off := truth.Sub(signed).Abs(); off > 15*time.Minute {
				refused++
				w.WriteHeader(http.StatusForbidden)
				fmt.Fprint(w,
					`<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: 1 is now earlier than 2</Message></Error></ErrorResponse>`)
				return
			}
			fmt.Fprintf(w, answer, form.Get("Action"))
		})
		r := request(nil, typed("123456"))
		r.STS = aws
		if got, err := Do(t.Context(), r); err != nil || got.Keys.ID == "" || refused != 2 {
			t.Errorf("%s: %+v, %v, %d signatures were refused", wrong, got, err, refused)
		}
	}
}

// TestAWrongClockIsMadeUpFor: AWS says what time it is when it refuses a code, and the next one is of that time.
func TestAWrongClockIsMadeUpFor(t *testing.T) {
	for _, wrong := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
		truth := func() time.Time { return time.Now().Add(wrong) }
		of := func(at time.Time) string { return fmt.Sprintf("%06d", at.Unix()/30%1_000_000) }
		aws, all := server(t, func(w http.ResponseWriter, form url.Values) {
			w.Header().Set("Date", truth().UTC().Format(http.TimeFormat))
			code, window := form.Get("TokenCode"), 30*time.Second // AWS takes the codes beside the current one, too
			if form.Get("Action") == "GetSessionToken" && code != of(truth()) && code != of(truth().Add(-window)) && code != of(truth().Add(window)) {
				w.WriteHeader(http.StatusForbidden)
				fmt.Fprint(w,
					`<ErrorResponse><Error><Code>AccessDenied</Code><Message>MultiFactorAuthentication failed with invalid MFA one time pass code.</Message></Error></ErrorResponse>`)
				return
			}
			fmt.Fprintf(w, answer, form.Get("Action"))
		})
		waited := false
		r := request(nil, &Seeded{At: func(at time.Time) (string, error) { return of(at), nil }, Waiting: func(time.Duration) { waited = true }})
		r.STS = aws
		want := 2
		if wrong != 0 {
			want = 3
		}
		if _, err := Do(t.Context(), r); err != nil || len(*all) != want || waited {
			t.Errorf("%s: %v after %d requests, waited: %v", wrong, err, len(*all), waited)
		}
		// A person's codes are of a device, and the message says which clock is wrong.
		r = request(nil, typed("111111", "222222", "333333"))
		r.STS = aws
		_, err := Do(t.Context(), r)
		for says, in := range map[string]bool{"behind that of AWS": wrong > 0, "ahead of that of AWS": wrong < 0, "check the clock of this machine": true} {
			if err == nil || strings.Contains(err.Error(), says) != in {
				t.Errorf("%s: %v", wrong, err)
			}
		}
	}
}
