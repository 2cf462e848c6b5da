package credreport

import "testing"

func TestWhatIsNoReport(t *testing.T) {
	for _, report := range []string{"", "a,b\n1", "user,arn\nx,y\n"} {
		if _, err := changedIn([]byte(report)); err == nil {
			t.Errorf("%q is a report", report)
		}
	}
}
