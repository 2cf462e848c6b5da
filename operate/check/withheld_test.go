package check

import (
	"testing"

	"github.com/aws/smithy-go"
)

// TestAnAccountWithoutMessageDataProtectionIsWell: AWS closed it to new customers, so a refusal because of that is no problem, while
// a missing permission is.
func TestAnAccountWithoutMessageDataProtectionIsWell(t *testing.T) {
	for answer, want := range map[smithy.GenericAPIError]Severity{
		{Code: "InvalidParameter", Message: "message data protection is not available"}:                            Note,
		{Code: "AuthorizationError", Message: "message data protection is not available to this account"}:          Note,
		{Code: "AuthorizationError", Message: "User: x is not authorized to perform: SNS:GetDataProtectionPolicy"}: Problem,
		{Code: "InternalError", Message: "try again"}:                                                              Problem,
	} {
		w := well(t, hub)
		w.refused["GetDataProtectionPolicy"] = &answer
		r := w.s.topic(t.Context(), w, hub, keyID)
		if len(r.found) == 0 || r.found[0].Severity != want {
			t.Errorf("%s %s: %+v, want a %s", answer.Code, answer.Message, r.found, want)
		}
	}
}
