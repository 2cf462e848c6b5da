package show

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"example.com/breakglass/watch"
)

// MaxSize is the largest text, in bytes, that Events reads, unpacked: a file that CloudTrail delivers is a few MB.
const MaxSize = 64 << 20

// errLarge is the error for a text above MaxSize.
var errLarge = fmt.Errorf("it has more than %d MiB; pass a part of it", MaxSize>>20)

// Events returns the events in a text, in the form that they have on an event bus: EventBridge events, CloudTrail records, files of
// CloudTrail with Records, packed or not, and what the AWS CLI prints for aws cloudtrail lookup-events and aws logs
// filter-log-events. Several may follow each other.
func Events(text []byte) ([]watch.Fields, error) {
	if bytes.HasPrefix(text, []byte{0x1f, 0x8b}) {
		packed, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		if text, err = io.ReadAll(io.LimitReader(packed, MaxSize+1)); err != nil {
			return nil, fmt.Errorf("cannot unpack it: %w", err)
		}
	}
	if len(text) > MaxSize {
		return nil, errLarge
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // some editors and shells begin a text with it
	var all []watch.Fields
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		var value any
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("line %d is not JSON: %w", lineOf(text, decoder, err), err)
		}
		found, err := unfold(value, 0)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return nil, errors.New("it has no event")
	}
	return all, nil
}

func lineOf(text []byte, decoder *json.Decoder, err error) int {
	at := decoder.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = syntax.Offset
	}
	return 1 + bytes.Count(text[:min(max(at-1, 0), int64(len(text)))], []byte("\n"))
}

// maxDepth is how deep events may be wrapped: a record as text in an item of a list.
const maxDepth = 4

// lists are the members that hold events: a file of CloudTrail, and the answers of CloudTrail and CloudWatch Logs.
var lists = []string{"Records", "Events", "events"}

// texts are the members of their items that hold an event as text.
var texts = []string{"CloudTrailEvent", "message"}

func unfold(value any, depth int) ([]watch.Fields, error) {
	list, isList := value.([]any)
	object, _ := value.(watch.Fields)
	for _, name := range lists {
		if inner, ok := object[name].([]any); ok {
			list, isList = inner, true
		}
	}
	if isList && depth < maxDepth {
		var all []watch.Fields
		for i, one := range list {
			found, err := unfold(one, depth+1)
			if err != nil {
				return nil, fmt.Errorf("event %d: %w", i+1, err)
			}
			all = append(all, found...)
		}
		return all, nil
	}
	switch {
	case has(object, "source", "detail-type"):
		return []watch.Fields{object}, nil
	case has(object, "eventSource", "eventName"):
		return []watch.Fields{onBus(object)}, nil
	}
	for _, name := range texts {
		if text, ok := object[name].(string); ok && depth < maxDepth {
			var inner any
			if err := json.Unmarshal([]byte(text), &inner); err != nil {
				return nil, fmt.Errorf("%s is not JSON: %w", name, err)
			}
			return unfold(inner, depth+1)
		}
	}
	return nil, errors.New("it is neither an EventBridge event (source, detail-type, detail) nor a CloudTrail record (eventSource, eventName)")
}

func has(object watch.Fields, names ...string) bool {
	for _, name := range names {
		if text, _ := object[name].(string); text == "" {
			return false
		}
	}
	return true
}

// detailTypes are the detail types of EventBridge by the eventType of a record.
var detailTypes = map[string]string{
	"AwsConsoleSignIn": "AWS Console Sign In via CloudTrail",
	"AwsConsoleAction": "AWS Console Action via CloudTrail",
	"AwsServiceEvent":  "AWS Service Event via CloudTrail",
}

// onBus returns a CloudTrail record as EventBridge puts it on a bus.
func onBus(record watch.Fields) watch.Fields {
	kind, known := detailTypes[watch.Text(record, "eventType")]
	if !known {
		kind = "AWS API Call via CloudTrail"
	}
	account := watch.Text(record, "recipientAccountId")
	if account == "" {
		account = watch.Text(record, "userIdentity.accountId")
	}
	return watch.Fields{
		"version": "0", "id": record["eventID"], "detail-type": kind, "resources": []any{}, "detail": record,
		"source":  "aws." + strings.TrimSuffix(watch.Text(record, "eventSource"), ".amazonaws.com"),
		"account": account, "time": record["eventTime"], "region": watch.Text(record, "awsRegion"),
	}
}
