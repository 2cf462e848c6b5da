package watch

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
)

// noticed reports whether a notice is for an event: by its source and detail type, which AWS User Notifications adds itself,
// and its pattern.
func noticed(notices []Notice, event Fields) bool {
	event = asJSON(event)
	return slices.ContainsFunc(notices, func(n Notice) bool {
		return n.Source == event["source"] && n.EventType == event["detail-type"] && matches(asJSON(n.Pattern), event)
	})
}

// replayed is the sample that a notice does not tell from a real sign-in: no document says that AWS User Notifications takes the
// field of a replay in a pattern.
const replayed = "a sign-in from an archive"

func TestNoticesCoverEveryAlertAndCountedEventsOnRequest(t *testing.T) {
	access := SampleScope.Of(Access)
	atOnce, all := Notices(access, SampleScope, false), Notices(access, SampleScope, true)
	for _, s := range Samples {
		if s.Name == replayed {
			s.Entry = "sign-in"
		}
		e, known := ByID(s.Entry)
		mine := known && e.Part == Access && s.Event()["detail-type"] == e.typeOf(s.Event()["source"].(string)) && !e.AnyService // it asks for the services by name
		if s.Event()["source"] == "aws.signin" && s.Event()["detail-type"] == apiCall[0] {
			mine = false
		}
		if got, want := noticed(atOnce, s.Event()), mine && len(e.Messages) > 0; got != want {
			t.Errorf("%s: noticed at once is %v, want %v", s.Name, got, want)
		}
		// Only a wildcard finds a user inside a message.
		if strings.HasSuffix(s.Name, "key refused, without the call's parameters") || s.Name == "a key refused, with the user's ARN in the message only" {
			mine = false
		}
		if got := noticed(all, s.Event()); got != mine {
			t.Errorf("%s: noticed is %v, want %v", s.Name, got, mine)
		}
		if known && noticed(all, s.AsDrill()) {
			t.Errorf("%s: its drill is noticed, which AWS User Notifications does not take", s.Name)
		}
	}
}

// What is left out makes a pattern narrower. None may become wider.
func TestNoticesOfTheWholeCatalogueStayWithinIt(t *testing.T) {
	notices := Notices(Catalogue, SampleScope, true)
	for _, s := range Samples {
		if s.Entry == "" && s.Name != replayed && noticed(notices, s.Event()) {
			t.Errorf("%s: noticed, and must stay silent", s.Name)
		}
	}
	// These tell that the other path to people is being taken down.
	for _, name := range []string{"the topic deleted", "a trail stopped", "a sign-in of root"} {
		if s, ok := SampleNamed(name); !ok || !noticed(notices, s.Event()) {
			t.Errorf("%s: not noticed", name)
		}
	}
	// Only a wildcard finds a queue.
	if s, ok := SampleNamed("a dead-letter queue purged"); !ok || noticed(Notices(Catalogue, SampleScope, false), s.Event()) {
		t.Error("a dead-letter queue purged: noticed without a wildcard")
	}
}

// A pattern of the topic's key that doesn't know the key would be of every key; its alias is always the same.
func TestNoticesOfTheKeyAreOfThatKeyAlone(t *testing.T) {
	unknown := SampleScope
	unknown.Key, unknown.KeyRegion = "", ""
	of := func(s Scope) []Notice {
		e, _ := ByID("key-change")
		return Notices([]Entry{e}, s, false)
	}
	found := 0
	for _, s := range Samples {
		if s.Event()["source"] != "aws.kms" {
			continue
		}
		text, err := json.Marshal(s.Event())
		if err != nil {
			t.Fatal(err)
		}
		alias := strings.Contains(string(text), `"`+names.KeyAlias+`"`) && s.Entry == "key-change" && !strings.HasPrefix(s.Name, "the key scheduled")
		if got := noticed(of(unknown), s.Event()); got != alias {
			t.Errorf("%s: noticed without a key is %v, want %v", s.Name, got, alias)
		}
		want := alias || s.Entry == "key-change" && strings.Contains(string(text), SampleKey)
		if want {
			found++
		}
		if got := noticed(of(SampleScope), s.Event()); got != want {
			t.Errorf("%s: noticed is %v, want %v", s.Name, got, want)
		}
	}
	if found == 0 {
		t.Error("no sample is of the key")
	}
}

func TestNoticesHaveTheFormOfAWSUserNotifications(t *testing.T) {
	many := SampleScope
	many.Users, many.UserARNs = nil, nil
	for i := range 16 {
		name := fmt.Sprintf("%044d", i)
		many.Users, many.UserARNs = append(many.Users, name), append(many.UserARNs, "arn:aws:iam::111111111111:user/"+name)
	}
	for _, s := range []Scope{SampleScope, many} {
		seen, size := map[string]int{}, map[string]int{}
		for _, n := range Notices(Catalogue, s, true) {
			text, err := json.Marshal(n.Pattern)
			if err != nil {
				t.Fatal(err)
			}
			if len(text) > maxNoticePattern {
				t.Errorf("%s: the pattern has %d characters", n.Source, len(text))
			}
			if strings.Contains(string(text), `"wildcard"`) {
				t.Errorf("%s: a wildcard in %s", n.Source, text)
			}
			if !strings.HasPrefix(string(text), `{"account":["111111111111"],`) {
				t.Errorf("%s: not of the hub account: %s", n.Source, text)
			}
			if !strings.HasPrefix(n.Source, "aws.") || n.EventType == "" {
				t.Errorf("a notice of %q from %q", n.EventType, n.Source)
			}
			eachOr(n.Pattern, func(branches []any) {
				if len(branches) < 2 {
					t.Errorf("%s: an $or of %d in %s", n.Source, len(branches), text)
				}
			})
			seen[n.Source+n.EventType]++
			size[n.Source+n.EventType] += len(text)
		}
		for kind, times := range seen {
			if times > 1 && size[kind] <= maxNoticePattern {
				t.Errorf("%s: %d notices where one has room", kind, times)
			}
		}
		if signIns := seen["aws.signin"+consoleSignIn[0]]; len(s.Users) == 16 && signIns < 2 {
			t.Errorf("16 users with long names are in %d patterns", signIns)
		}
	}
}

// eachOr visits every $or of a pattern.
func eachOr(pattern Fields, visit func(branches []any)) {
	for key, want := range pattern {
		switch want := want.(type) {
		case Fields:
			eachOr(want, visit)
		case []any:
			if key == "$or" {
				visit(want)
			}
			for _, one := range want {
				if inner, ok := one.(Fields); ok {
					eachOr(inner, visit)
				}
			}
		}
	}
}

func TestWithoutWildcardsLeavesTheRestAsItIs(t *testing.T) {
	wild := Fields{"wildcard": "*x*"}
	for _, c := range []struct {
		name          string
		pattern, want Fields
	}{
		{"nothing to leave out", Fields{"a": []string{"b"}, "c": Fields{"d": present}}, Fields{"a": []string{"b"}, "c": Fields{"d": present}}},
		{"one alternative", Fields{"a": []any{"b", wild}}, Fields{"a": []any{"b"}}},
		{"the only alternative", Fields{"a": []any{wild}, "b": present}, nil},
		{"what ends in nothing", Fields{"a": []any{Fields{"suffix": ""}, Fields{"suffix": "b"}}}, Fields{"a": []any{Fields{"suffix": "b"}}}},
		{"deep inside", Fields{"a": Fields{"b": []any{wild}}}, nil},
		{"one branch of three", Fields{"$or": []any{Fields{"a": []any{wild}}, Fields{"b": present}, Fields{"c": present}}}, Fields{"$or": []any{Fields{"b": present}, Fields{"c": present}}}},
		{"one branch of two", Fields{"$or": []any{Fields{"a": []any{wild}}, Fields{"b": present}}, "c": absent}, Fields{"b": present, "c": absent}},
		{"a branch that says more of the same", Fields{"$or": []any{Fields{"a": []any{wild}}, Fields{"b": present}}, "b": absent}, nil},
		{"every branch", Fields{"$or": []any{Fields{"a": []any{wild}}, Fields{"b": []any{wild}}}}, nil},
	} {
		got, ok := withoutWildcards(c.pattern)
		if ok != (c.want != nil) || ok && fmt.Sprint(asJSON(got)) != fmt.Sprint(asJSON(c.want)) {
			t.Errorf("%s: %v is left, want %v", c.name, got, c.want)
		}
	}
}
