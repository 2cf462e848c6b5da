package adopt

import (
	"context"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"example.com/breakglass/internal/stub"
)

// answering returns an AWS on which the reference solution is deployed.
func answering(t *testing.T, more string) Open {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.answers")
	if err != nil {
		t.Fatal(err)
	}
	server := stub.New()
	t.Cleanup(server.Close)
	if err := server.Script(string(text) + "\n" + more); err != nil {
		t.Fatal(err)
	}
	return opening(server)
}

// opening makes every account answer alike.
func opening(server *stub.Server) Open {
	return func(_ context.Context, account, region string) (aws.Config, error) {
		return aws.Config{Region: region, BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider(account, "local", "")}, nil
	}
}
