package docs

import (
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/watch"
)

// TestThePastedDemoIsWhatTheDemoPrints holds the mails in the README's demo against the catalogue. The times differ each run.
func TestThePastedDemoIsWhatTheDemoPrints(t *testing.T) {
	c, err := config.Load("../prove/demo/breakglass.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := read(t, readme)
	for name, region := range map[string]string{
		"a sign-in with MFA": "eu-south-2", "an assumption by a switch in the console": "eu-south-2",
		"a switch into production": "eu-south-2", "an assumption by CLI": "us-east-1",
		"a rule switched off": "ap-southeast-2",
	} {
		s, _ := watch.SampleNamed(name)
		e, _ := watch.ByID(s.Entry)
		alert := e.Alerts[slices.IndexFunc(e.Alerts, func(a watch.Alert) bool { return a.Suffix == s.Alert })]
		for _, line := range strings.Split(alert.Fill(c.Alerts.Instructions, c.Hub.Region, watch.InRegion(s.Event(), region)), "\n") {
			if !strings.Contains(line, "When (UTC)") && !strings.Contains(text, "    │ "+line+"\n") {
				t.Errorf("%s: README.md lacks the line %s; paste the output of make demo anew", name, line)
			}
		}
	}
}
