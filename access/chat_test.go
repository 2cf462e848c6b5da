package access

import "testing"

func TestChatTrustIsOfTheServiceAlone(t *testing.T) {
	d := ChatTrust()
	all := statements(d)
	if len(all) != 1 {
		t.Fatalf("%d statements", len(all))
	}
	same(t, "Effect", all[0]["Effect"], "Allow")
	// No user, no account, and no other service.
	same(t, "Principal", all[0]["Principal"], map[string]any{"Service": "chatbot.amazonaws.com"})
	same(t, "Action", texts(all[0]["Action"]), []string{"sts:AssumeRole"})
	if all[0]["Resource"] != nil {
		t.Error("a trust policy names a resource")
	}
	if n := d.Size(); n > MaxTrustPolicy {
		t.Errorf("%d characters", n)
	}
}
