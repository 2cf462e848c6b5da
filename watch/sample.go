package watch

import (
	"embed"
	"encoding/json"
	"strings"
	"time"
)

// Sample is an event with the verdict that the catalogue has to give on it.
type Sample struct {
	// Name describes the event.
	Name string
	// Entry is the ID of the entry that the event belongs to; empty: it alerts nobody.
	Entry string
	// Alert is the suffix of the alert that people get.
	Alert string
	// Beat is set for a heartbeat: every forwarding rule carries it, and it alerts nobody.
	Beat bool
	// Recorded is set for a record of a drill's call, which a rule of its own carries to the heartbeat logs, and which alerts nobody.
	Recorded bool
	// Canary is set for a record of a canary's call, which the rule of the drill's records carries to the heartbeat log, and which alerts
	// nobody.
	Canary bool
	// Disguised is the entry whose rule in a hub takes a real record under a drill's source, which people receive as a drill: a
	// pattern has no room to keep the two apart.
	Disguised string
	// record is the file it is made from, set what differs: a path in the event and its value, nil to remove it.
	record string
	set    Fields
}

//go:embed records/*.json
var records embed.FS

// SampleScope is the deployment that the samples belong to.
var SampleScope = Scope{
	Account:  "111111111111",
	Users:    []string{"BreakglassUser"},
	UserARNs: []string{"arn:aws:iam::111111111111:user/BreakglassUser"},
	Hubs:     []string{"us-east-1", "us-west-2"},
	Known:    []string{"ap-south-1", "eu-south-2", "eu-west-1", "us-east-1", "us-west-2"},
	Key:      SampleKey, KeyRegion: "us-east-1",
	Parts: []Part{Tampering, DeliveryFailures, NewRegions}, Pipeline: true, Bootstrap: true,
	Role: "BreakGlassRole",
}

// SampleKey is the ID of the topic's key in the samples.
const SampleKey = "11111111-2222-3333-4444-555555555555"

// Event returns the sample as JSON, as on the bus; each call makes a new one.
func (s Sample) Event() Fields {
	text, err := records.ReadFile("records/" + s.record + ".json")
	if err != nil {
		panic(err) // a sample names a file of this package
	}
	var event Fields
	if err := json.Unmarshal(text, &event); err != nil {
		panic(err)
	}
	for path, value := range s.set {
		put(event, path, value)
	}
	return event
}

// SampleNamed returns the sample of that name.
func SampleNamed(name string) (Sample, bool) {
	for _, s := range Samples {
		if s.Name == name {
			return s, true
		}
	}
	return Sample{}, false
}

// InRegion returns the event as it appears in another Region.
func InRegion(event Fields, region string) Fields {
	put(event, "region", region)
	if detail := event["detail"].(Fields); detail["awsRegion"] != nil {
		detail["awsRegion"] = region
	}
	return event
}

// At returns the event as of another time.
func At(event Fields, t time.Time) Fields {
	put(event, "time", t.UTC().Format(time.RFC3339))
	if detail := event["detail"].(Fields); detail["eventTime"] != nil {
		detail["eventTime"] = t.UTC().Format(time.RFC3339)
	}
	return event
}

func put(event Fields, path string, value any) {
	keys := strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		inner, ok := event[key].(Fields)
		if !ok {
			inner = Fields{}
			event[key] = inner
		}
		event = inner
	}
	last := keys[len(keys)-1]
	if value == nil {
		delete(event, last)
		return
	}
	event[last] = value
}

// AsDrill returns the sample as a drill of its entry.
func (s Sample) AsDrill() Fields {
	event := s.Event()
	entry, _ := ByID(s.Entry)
	put(event, "source", DrillSource)
	put(event, "detail-type", entry.DrillType())
	return event
}

// null is a JSON null, where nil would remove the key.
var null = json.RawMessage("null")

var (
	asRoot = Fields{
		"type": "Root", "principalId": "111111111111", "arn": "arn:aws:iam::111111111111:root", "accountId": "111111111111",
	}
	asBystander = Fields{
		"type": "IAMUser", "principalId": "AIDAEXAMPLEUSER000009", "arn": "arn:aws:iam::111111111111:user/bystander",
		"accountId": "111111111111", "userName": "bystander",
	}
	asLongTermKey = Fields{
		"type": "IAMUser", "principalId": "AIDAEXAMPLEUSER000001", "arn": "arn:aws:iam::111111111111:user/BreakglassUser",
		"accountId": "111111111111", "userName": "BreakglassUser", "accessKeyId": "AKIAEXAMPLEKEY000001",
	}
	withoutARN = Fields{
		"type": "IAMUser", "principalId": "AIDAEXAMPLEUSER000001", "accountId": "111111111111", "userName": "BreakglassUser",
	}
	asFederated = Fields{
		"type": "AssumedRole", "principalId": "AROAEXAMPLEROLE000005:BreakglassUser",
		"arn": "arn:aws:sts::111111111111:assumed-role/ReadOnly/BreakglassUser", "accountId": "111111111111",
	}
)
