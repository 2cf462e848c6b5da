package leftovers

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// throttling is an AWS that throttles some requests, and keeps the headers of the last one.
type throttling struct {
	times, asked int
	header       http.Header
}

func (a *throttling) Do(r *http.Request) (*http.Response, error) {
	a.asked, a.header = a.asked+1, r.Header
	status, body := http.StatusOK, "{}"
	if a.asked <= a.times {
		status, body = http.StatusBadRequest, `{"__type": "ThrottlingException"}`
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func (a *throttling) config(region string) aws.Config {
	return aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", ""), HTTPClient: a}
}

// A request that AWS throttles is repeated, some times.
func TestThrottledRequestsAreRepeated(t *testing.T) {
	for times, fails := range map[int]bool{0: false, 3: false, 4: true} {
		synctest.Test(t, func(t *testing.T) {
			a := &throttling{times: times}
			_, err := ask{service: "ssm", call: "AmazonSSM.DescribeDocument", with: "{}"}.send(t.Context(), a.config("us-east-1"))
			if (err != nil) != fails || a.asked != min(times+1, attempts) {
				t.Errorf("throttled %d times: %d requests, %v", times, a.asked, err)
			}
		})
	}
}

// Where a request goes, in which form, and for what it is signed.
func TestWhereARequestGoes(t *testing.T) {
	bucket := map[string]any{"bucketName": "a b", "recipientAccountId": "222222222222"}
	for address, one := range map[string]struct {
		ask    ask
		region string
		form   string // of the content
		signed string
	}{
		"https://iam.amazonaws.com/": {
			ask{service: "iam", call: "GetUser 2010-05-08"}, "us-east-1", "application/x-www-form-urlencoded; charset=utf-8", "/us-east-1/iam/",
		},
		"https://cloudfront.amazonaws.com/2020-05-31/a%20b": {
			ask{service: "cloudfront", call: "GET /2020-05-31/{bucketName}"}, "us-east-1", "", "/us-east-1/cloudfront/",
		},
		"https://api.ecr.eu-west-1.amazonaws.com/": {
			ask{service: "ecr", call: "AmazonEC2ContainerRegistry_V20150921.X", with: "{}"}, "eu-west-1", "application/x-amz-json-1.1", "/eu-west-1/ecr/",
		},
		"https://dynamodb.eu-west-1.amazonaws.com/": {
			ask{service: "dynamodb", call: "DynamoDB_20120810.X", with: "{}"}, "eu-west-1", "application/x-amz-json-1.0", "/eu-west-1/dynamodb/",
		},
		"https://ram.eu-west-1.amazonaws.com/x": {
			ask{service: "ram", call: "POST /x", with: `{"name": "{bucketName}"}`}, "eu-west-1", "application/json", "/eu-west-1/ram/",
		},
		"https://iam.cn-north-1.amazonaws.com.cn/": {
			ask{service: "iam", call: "GetUser 2010-05-08"}, "cn-north-1", "application/x-www-form-urlencoded; charset=utf-8", "/cn-north-1/iam/",
		},
		"https://ssm.eu-west-1.amazonaws.com/": {
			ask{service: "ssm", call: "AmazonSSM.X", with: "{}"}, "eu-west-1", "application/x-amz-json-1.1", "/eu-west-1/ssm/",
		},
		"https://sqs.eu-west-1.amazonaws.com/": {
			ask{service: "sqs", call: "AmazonSQS.X", with: "{}"}, "eu-west-1", "application/x-amz-json-1.0", "/eu-west-1/sqs/",
		},
		"https://states.eu-west-1.amazonaws.com/": {
			ask{service: "states", call: "AWSStepFunctions.X", with: "{}"}, "eu-west-1", "application/x-amz-json-1.0", "/eu-west-1/states/",
		},
		"https://route53.amazonaws.com/2013-04-01/a%20b": {
			ask{service: "route53", call: "GET /2013-04-01/{bucketName}"}, "us-east-1", "", "/us-east-1/route53/",
		},
		"https://api.sagemaker.eu-west-1.amazonaws.com/": {
			ask{service: "sagemaker", call: "SageMaker.X", with: "{}"}, "eu-west-1", "application/x-amz-json-1.1", "/eu-west-1/sagemaker/",
		},
		"https://email.eu-west-1.amazonaws.com/v2/a%20b": {
			ask{service: "ses", call: "GET /v2/{bucketName}"}, "eu-west-1", "", "/eu-west-1/ses/",
		},
		"https://codeconnections.eu-west-1.amazonaws.com/": {
			ask{service: "codeconnections", call: "com.amazonaws.codeconnections.X", with: "{}"}, "eu-west-1", "application/x-amz-json-1.0",
			"/eu-west-1/codeconnections/",
		},
		"https://222222222222.s3-control.eu-west-1.amazonaws.com/v20180820/a%20b": {
			ask{service: "s3", call: "GET /v20180820/{bucketName}"}, "eu-west-1", "", "/eu-west-1/s3/",
		},
		"https://s3.eu-west-1.amazonaws.com/a%20b?policy=": {ask{service: "s3", call: "GET /{bucketName}?policy="}, "eu-west-1", "", "/eu-west-1/s3/"},
	} {
		a := &throttling{}
		cfg := a.config(one.region)
		request, _, err := one.ask.request(t.Context(), cfg, bucket)
		if named := request.Header.Get("X-Amz-Account-Id") == "222222222222"; named != one.ask.control() {
			t.Errorf("%s: the account is named: %v", address, named)
		}
		if err != nil || request.URL.String() != address || request.Header.Get("Content-Type") != one.form {
			t.Errorf("%s: %v %q, %v", address, request.URL, request.Header, err)
		}
		if _, err := one.ask.send(t.Context(), cfg, bucket); err != nil || !strings.Contains(a.header.Get("Authorization"), one.signed) {
			t.Errorf("%s: signed %s, %v", address, a.header.Get("Authorization"), err)
		}
		cfg.BaseEndpoint = aws.String("http://localhost:4566/")
		if request, _, err := one.ask.request(context.Background(), cfg, bucket); err != nil || !strings.HasPrefix(request.URL.String(), "http://localhost:4566/") ||
			strings.Contains(request.URL.String(), "4566//") {
			t.Errorf("%s: %v, %v", address, request.URL, err)
		}
	}
}
