package leftovers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/account"
)

// ask is a request to AWS as data, so that a row needs no client of its own. Each only reads.
type ask struct {
	// service is the name in the address and in the signature.
	service string
	// call is the name of a call: "ListAccessKeys 2010-05-08" for services with a query, "AmazonSSM.DescribeDocument" for those with a target,
	// "GET /schedules/{name}" for the others.
	call string
	// with are the parameters: a form for a query, JSON for the others.
	with string
}

// most is how much of an answer is read.
const most = 4 << 20

// attempts is how often a request is made that AWS throttles, pause how long the first waits.
const (
	attempts = 4
	pause    = time.Second
)

// olderJSON are the targets of services that take version 1.0 of the protocol.
var olderJSON = []string{"AmazonSQS.", "AWSStepFunctions.", "DynamoDB_", "com.amazonaws.codeconnections.", "AppRunner."}

// send makes a request and returns the answer. The error has AWS's code.
func (a ask) send(ctx context.Context, cfg aws.Config, in ...map[string]any) (string, error) {
	wait := pause
	for attempt := 1; ; attempt++ {
		text, err := a.once(ctx, cfg, in...)
		if !account.Throttled(err) || attempt == attempts {
			return text, err
		}
		select {
		case <-time.After(wait):
			wait *= 2
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

func (a ask) once(ctx context.Context, cfg aws.Config, in ...map[string]any) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, account.Patience)
	defer cancel()
	request, body, err := a.request(ctx, cfg, in...)
	if err != nil {
		return "", err
	}
	keys, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	request.Header.Set("X-Amz-Content-Sha256", hash)
	if err := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = a.service == "s3" }).
		SignHTTP(ctx, keys, request, hash, a.service, cfg.Region, time.Now()); err != nil {
		return "", err
	}
	var client aws.HTTPClient = http.DefaultClient
	if cfg.HTTPClient != nil {
		client = cfg.HTTPClient
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil {
		return "", err
	}
	if response.StatusCode/100 != 2 {
		return "", failure(response, text)
	}
	return string(text), nil
}

// request returns the request in the form that the service takes.
func (a ask) request(ctx context.Context, cfg aws.Config, in ...map[string]any) (*http.Request, []byte, error) {
	method, path, body, header := http.MethodPost, "/", "", http.Header{}
	name, version, isREST := strings.Cut(a.call, " ")
	switch {
	case isREST && strings.HasPrefix(version, "/"):
		escaped := make([]map[string]any, len(in))
		for i, object := range in {
			escaped[i] = mapped(object, escape)
		}
		var err error
		if path, err = fill(version, escaped...); err != nil {
			return nil, nil, err
		}
		method = name
		if a.with == "" {
			break
		}
		if body, err = fill(a.with, quotedAll(in)...); err != nil {
			return nil, nil, err
		}
		header.Set("Content-Type", "application/json")
	case isREST:
		form, err := query(a.with, in...)
		if err != nil {
			return nil, nil, err
		}
		form.Set("Action", name)
		form.Set("Version", version)
		body = form.Encode()
		header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	default:
		var err error
		if body, err = fill(a.with, quotedAll(in)...); err != nil {
			return nil, nil, err
		}
		header.Set("X-Amz-Target", a.call)
		kind := "application/x-amz-json-1.1"
		if slices.ContainsFunc(olderJSON, func(target string) bool { return strings.HasPrefix(a.call, target) }) {
			kind = "application/x-amz-json-1.0"
		}
		header.Set("Content-Type", kind)
	}
	request, err := http.NewRequestWithContext(ctx, method, a.address(cfg)+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, nil, err
	}
	request.Header = header
	if a.control() {
		account, err := fill("{"+recipient+"}", in...)
		if err != nil {
			return nil, nil, err
		}
		if header.Set("X-Amz-Account-Id", account); cfg.BaseEndpoint == nil {
			request.URL.Host = account + "." + request.URL.Host
			request.Host = request.URL.Host
		}
	}
	return request, []byte(body), nil
}

// recipient is the member of a record with the account that has it.
const recipient = "recipientAccountId"

// control reports whether it is about S3 in an account, and not about a bucket: such requests name the account.
func (a ask) control() bool { return a.service == "s3" && strings.Contains(a.call, " /v20180820/") }

// hosts are the names in the addresses of services that are signed for under another name; global are those that have one address for all
// Regions, and are signed for the Region that the settings have, us-east-1.
var (
	hosts  = map[string]string{"ecr": "api.ecr", "sagemaker": "api.sagemaker", "ses": "email"}
	global = []string{"iam", "cloudfront", "route53", "budgets"}
)

// address returns where a service is in a Region: that of the settings, if they name one.
func (a ask) address(cfg aws.Config) string {
	if cfg.BaseEndpoint != nil {
		return strings.TrimRight(*cfg.BaseEndpoint, "/")
	}
	suffix := "amazonaws.com"
	if strings.HasPrefix(cfg.Region, "cn-") {
		suffix += ".cn"
	}
	host := a.service
	if other := hosts[host]; other != "" {
		host = other
	}
	switch {
	case slices.Contains(global, a.service) && suffix == "amazonaws.com":
		return "https://" + host + ".amazonaws.com"
	case a.control():
		host = "s3-control"
	}
	return "https://" + host + "." + cfg.Region + "." + suffix
}

// query returns the parameters of a form, A={a}&B={b}, with what a record has.
func query(text string, in ...map[string]any) (url.Values, error) {
	form := url.Values{}
	for _, pair := range strings.Split(text, "&") {
		name, value, _ := strings.Cut(pair, "=")
		value, err := fill(value, in...)
		if err != nil {
			return nil, err
		}
		if name != "" && value != "" {
			form.Set(name, value)
		}
	}
	return form, nil
}

// escape returns a text that fits into the path and into the parameters of an address.
func escape(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

// quote returns an object whose texts fit between the quotation marks of JSON.
func quote(object map[string]any) map[string]any {
	return mapped(object, func(text string) string {
		quoted, _ := json.Marshal(text) // a text is always valid
		return string(quoted[1 : len(quoted)-1])
	})
}

func quotedAll(in []map[string]any) []map[string]any {
	quoted := make([]map[string]any, len(in))
	for i, object := range in {
		quoted[i] = quote(object)
	}
	return quoted
}

func mapped(object map[string]any, change func(string) string) map[string]any {
	all := map[string]any{}
	for key, value := range object {
		switch value := value.(type) {
		case string:
			all[key] = change(value)
		case map[string]any:
			all[key] = mapped(value, change)
		default:
			all[key] = value
		}
	}
	return all
}

// failure returns the error of an answer, in whichever form the service writes it.
func failure(response *http.Response, text []byte) error {
	e := &smithy.GenericAPIError{Code: response.Header.Get("X-Amzn-ErrorType")}
	var asJSON struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string `json:"message"`
		Upper   string `json:"Message"`
	}
	var asXML struct {
		Code    string `xml:"Error>Code"`
		Message string `xml:"Error>Message"`
		EC2     string `xml:"Errors>Error>Code"`
		EC2Text string `xml:"Errors>Error>Message"`
		S3      string `xml:"Code"`
		S3Text  string `xml:"Message"`
	}
	if json.Unmarshal(text, &asJSON) == nil {
		e.Code, e.Message = first(e.Code, asJSON.Type, asJSON.Code), first(asJSON.Message, asJSON.Upper)
	} else if xml.Unmarshal(text, &asXML) == nil {
		e.Code, e.Message = first(asXML.Code, asXML.EC2, asXML.S3, e.Code), first(asXML.Message, asXML.EC2Text, asXML.S3Text)
	}
	e.Code, _, _ = strings.Cut(e.Code, ":")
	e.Code = e.Code[strings.LastIndex(e.Code, "#")+1:]
	if e.Code == "" {
		e.Code = fmt.Sprintf("HTTP %d", response.StatusCode)
	}
	return e
}

func first(all ...string) string {
	for _, text := range all {
		if text != "" {
			return text
		}
	}
	return ""
}
