package watch

import "testing"

// TestWhatAlertsByHandCountsByAStack: whoever makes a change with a stack of their own is not overlooked. Calls that have no resource
// in CloudFormation have no twin.
func TestWhatAlertsByHandCountsByAStack(t *testing.T) {
	noResource := map[string]bool{
		"StopExecution": true, "StartBuild": true, "StartBuildBatch": true, "RetryBuild": true, "DisableStageTransition": true, "DeleteSlackWorkspaceAuthorization": true, "PurgeQueue": true,
		"StartMessageMoveTask": true, "TestState": true,
		"DeleteDashboards": true, // a stack deletes its own only
	}
	n := 0
	for _, s := range Samples {
		e, _ := ByID(s.Entry)
		event := s.Event()
		call := Text(event, "detail.eventName")
		if e.Part != Tampering || call == "" || noResource[call] {
			continue
		}
		n++
		for path, value := range byStack {
			put(event, path, value)
		}
		if request, _ := event["detail"].(Fields)["requestParameters"].(Fields); request["keyId"] != nil {
			put(event, "detail.requestParameters", with(request, Fields{"keyId": SampleKey})) // however somebody else names it
		}
		if len(caught(SampleScope, event, hub)) == 0 {
			t.Errorf("%s: a stack that does it is not noticed", s.Name)
		}
	}
	if n < 80 {
		t.Errorf("only %d samples", n)
	}
}
