package diagram

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

func of(t *testing.T, file string) string {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte("version: 1\n"+file))
	if err != nil {
		t.Fatal(err)
	}
	return SVG(plan.Of(c))
}

const small = `hub: {account: "111111111111"}
alerts: {email: [security-team@example.com]}
regions: [us-east-1]
`

const everything = `hub: {account: "111111111111", region: eu-central-1, standby: us-west-2}
alerts:
  email: [a@example.com, b@example.com, c@example.com, d@example.com]
  https: ["https://events.example.com/integration/0123456789abcdef"]
  sms: ["+15550100123"]
  sqs: ["arn:aws:sqs:us-east-1:111111111111:alerts"]
regions: all
unwatched: [{region: ap-east-2, reason: denied by policy}]
trail: create
userNotifications: {email: [oncall@example.com]}
chat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}
users: [{name: breakglass-1}, {name: breakglass-2}, {name: breakglass-3}, {name: breakglass-4}, {name: breakglass-5}]
`

func targets(n int) string {
	if n == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("targets:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {account: \"%012d\", name: \"team %d\"}\n", 200000000000+i, i)
	}
	return b.String()
}

// has checks what a picture shows, and what it does not.
func has(t *testing.T, svg string, shown []string, not []string) {
	t.Helper()
	for _, text := range shown {
		if !strings.Contains(svg, text) {
			t.Errorf("the picture lacks %q", text)
		}
	}
	for _, text := range not {
		if strings.Contains(svg, text) {
			t.Errorf("the picture has %q", text)
		}
	}
}

func TestAHubAloneIsDrawnWithoutWhatItHasNot(t *testing.T) {
	has(t, of(t, small+"monitoring: {dashboard: false}\n"),
		[]string{
			"Hub account 111111111111", "us-east-1", "BreakglassUser", "composer", "topic", "ledger", "security-team@example.com", "No target accounts", "existing",
		},
		[]string{"BreakGlass-Standby", "BreakGlass-Forwarder", "chat", "User Notifications", "dashboard", "Slack", "AssumeRole", "not watched"})
}

func TestEverythingThatIsOnIsDrawn(t *testing.T) {
	svg := of(t, everything+targets(3))
	has(t, svg, []string{
		"eu-central-1", "BreakGlass-Hub", "us-west-2", "BreakGlass-Standby", "breakglass-trail", "User Notifications", "oncall@example.com",
		"breakglass-chat", "Slack", "C0123ABCDEF", "dashboard", "not watched, on purpose: ap-east-2", "and 2 more by email", "and 1 more", "3 target accounts",
		"team 2", "200000000002",
		"asia-pacific: 13", "europe-africa: 12", "americas: 8", "SMS: 1 number", "SQS: alerts", "https: events.example.com",
	}, []string{"No target accounts", "canary"})
	has(t, of(t, small+"monitoring: {canary: true}\n"), []string{"proven hourly by the canary"}, nil)
	for _, r := range config.AllRegions() {
		if !strings.Contains(svg, ">"+r.Code+"<") && r.Code != "ap-east-2" {
			t.Errorf("%s is not there", r.Code)
		}
	}
}

const rolledOut = `hub: {account: "111111111111", standby: eu-west-1}
alerts: {email: [security-team@example.com]}
regions: [us-east-1, eu-west-1]
targets:
  - {account: "222222222222", name: production}
  - {organizationalUnit: ou-ab12-11111111, name: workloads}
  - {organizationalUnit: ou-ab12-22222222}
observers: {regions: [us-east-1, eu-west-1, eu-north-1], organization: o-ab12cd34ef}
stackSets: {retainOnAccountRemoval: true}
deploy: {access: bootstrap}
pipeline: {source: {codeCommit: {repository: breakglass, branch: main}}, waves: [{name: Pilot, targets: ["222222222222"]}, {name: Everyone, approval: true}]}
`

const manyWaves = `hub: {account: "111111111111"}
alerts: {email: [security-team@example.com]}
regions: [us-east-1]
deploy: {access: bootstrap}
targets: [{account: "200000000000"}, {account: "200000000001"}, {account: "200000000002"}, {account: "200000000003"}, {account: "200000000004"}, {account: "200000000005"}]
pipeline:
  source: {s3: {bucket: source, key: source.zip}}
  waves: [{name: A, targets: ["200000000000"]}, {name: B, targets: ["200000000001"]}, {name: C, targets: ["200000000002"]}, {name: D, targets: ["200000000003"]}, {name: E, targets: ["200000000004"]}, {name: F}]
`

func TestUnitsObserversAndThePipelineAreDrawn(t *testing.T) {
	has(t, of(t, rolledOut), []string{
		"1 target account and every account of 2 organizational units", "every account of workloads", "every account of the unit", "ou-ab12-22222222",
		"observers in eu-north-1, eu-west-1 and 1 more of each", "Pipeline in us-east-1", "what is in breakglass, main", ">Hub<", ">Pilot<", ">3 stacks<",
		"once approved",
	}, []string{"No target accounts", "more waves"})
	has(t, of(t, manyWaves), []string{">A<", ">D<", "2 more waves"}, []string{">E<", "observers", "organizational unit"})
	has(t, of(t, small+targets(1)), nil, []string{"Pipeline", "observers", "organizational unit"})
}

// A picture goes into wikis: it must not show what only the file's readers should see.
func TestNoSecretOfAnAddressIsDrawn(t *testing.T) {
	has(t, of(t, everything), nil, []string{"0123456789abcdef", "15550100123"})
}

func TestOfManyTargetsTheRestIsANumber(t *testing.T) {
	has(t, of(t, small+targets(20)), []string{"20 target accounts", "team 19"}, []string{"more"})
	svg := of(t, small+targets(1000))
	has(t, svg, []string{"1000 target accounts", "team 19", "… and 980 more"}, []string{"team 20<"})
	if len(svg) > 40_000 {
		t.Errorf("it has %d bytes", len(svg))
	}
}

func TestLongNamesAreShortenedAndWholeInATooltip(t *testing.T) {
	name := strings.Repeat("long name ", 6) + "end"
	has(t, of(t, small+"targets: [{account: \"222222222222\", name: \""+name+"\"}]\n"), []string{"<title>" + name + "</title>", "…</text>"},
		[]string{">" + name + "</text>"})
}

// Letters differ in width by a factor of four: a name of the widest ones must not leave its box, and one of narrow ones is not cut.
func TestWideLettersStayInTheirBox(t *testing.T) {
	for letter, room := range map[string]int{"W": 19, "M": 19, "@": 19, "l": 44} {
		name := strings.Repeat(letter, 60)
		shown := fit(name, 266, 14)
		if n := strings.Count(shown, letter); n > room || n < room-2 || !strings.HasSuffix(shown, "…") {
			t.Errorf("%d of %s: %s", n, letter, shown)
		}
		has(t, of(t, small+"users: [{name: \""+name+"\"}]\n"), []string{"<title>" + name + "</title>"}, []string{">" + name + "</text>"})
	}
	if text := "85 stacks in 35 Regions. 35 Regions watched"; fit(text, 320, 12.5) != text {
		t.Errorf("it is cut to %s", fit(text, 320, 12.5))
	}
}

func TestWhatIsDrawnIsXMLAndInsideThePage(t *testing.T) {
	for name, file := range map[string]string{
		"a hub alone": small, "everything": everything + targets(1000), "every Region": strings.Replace(small, "[us-east-1]", "all", 1) + targets(1),
		"two hubs alone":               strings.NewReplacer("[us-east-1]", "[us-east-1, us-west-2]", `111"}`, `111", standby: us-west-2}`).Replace(small),
		"units, observers, a pipeline": rolledOut, "a pipeline of many waves": manyWaves,
		"two Regions": strings.Replace(small, "[us-east-1]", "[us-east-1, eu-north-1]", 1),
	} {
		t.Run(name, func(t *testing.T) { inside(t, of(t, file)) })
	}
}

// inside checks that each box ends on the page.
func inside(t *testing.T, svg string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(svg))
	width, height, boxes := 0, 0, 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		at := map[string]string{}
		for _, a := range element.Attr {
			at[a.Name.Local] = a.Value
		}
		number := func(key string) int {
			n, _ := strconv.Atoi(at[key])
			return n
		}
		switch element.Name.Local {
		case "svg":
			if _, err := fmt.Sscanf(at["viewBox"], "0 0 %d %d", &width, &height); err != nil {
				t.Fatal(err)
			}
		case "rect":
			boxes++
			if number("x")+number("width") > width || number("y")+number("height") > height || number("width") <= 0 || number("height") <= 0 {
				t.Errorf("a box leaves the page of %d x %d: %v", width, height, at)
			}
		case "text":
			if number("x") > width || number("y") > height {
				t.Errorf("a text leaves the page: %v", at)
			}
		}
	}
	if boxes < 10 {
		t.Errorf("%d boxes", boxes)
	}
}

func TestTheSameFileGivesTheSamePicture(t *testing.T) {
	if first, second := of(t, everything+targets(9)), of(t, everything+targets(9)); first != second {
		t.Error("two pictures of one file differ")
	}
}
