package leftovers

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"example.com/breakglass/internal/page"
	"example.com/breakglass/operate/incident/events"
)

// accountIn finds the account in a principal: its number or an ARN.
var accountIn = regexp.MustCompile(`^(?:arn:[a-z-]+:[a-z]+::)?([0-9]{12})(?::.*)?$`)

// risks returns to whom a call opens something: everybody, accounts that the configuration does not know, and services are no risk.
func risks(r events.Record, known []string) []string {
	var all []string
	add := func(text string) {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	principal := func(value any) {
		if kinds, ok := value.(map[string]any); ok {
			for _, provider := range texts(kinds["Federated"]) {
				add("opens it to whoever comes through " + page.Clean(provider))
			}
			value = kinds["AWS"]
		}
		for _, text := range texts(value) {
			switch m := accountIn.FindStringSubmatch(text); {
			case text == "*", text == "all":
				add("opens it to everybody (*)")
			case m != nil && !slices.Contains(known, m[1]):
				add("opens it to account " + m[1] + ", which the configuration does not know")
			case m == nil && strings.HasPrefix(text, "arn:"):
				add("opens it to " + page.Clean(text))
			}
		}
	}
	walk(map[string]any(r.Request), func(key string, value any) {
		switch strings.ToLower(key) {
		case "principal", "granteeprincipal":
			principal(value)
		case "userid", "awsaccountid", "awsaccountids", "accountidstoadd", "valuestoadd", "principals":
			principal(value) // of those with whom a snapshot, an image, a topic, a queue, a document, a database or a share is shared
		case "authtype":
			if value == "NONE" {
				add("opens it to everybody (*)")
			}
		case "allowunauthenticatedidentities", "publiclyaccessible":
			if value == true {
				add("opens it to everybody (*)")
			}
		case "cidrip", "cidripv6":
			if value == "0.0.0.0/0" || value == "::/0" {
				add("opens it to every address")
			}
		case "group":
			if value == "all" {
				add("shares it with everybody")
			}
		}
		if text, ok := value.(string); ok && key != "" {
			for _, p := range principals(text) {
				principal(p)
			}
		}
	})
	slices.Sort(all)
	return all
}

// principals returns the principals that a policy document admits.
func principals(text string) (all []any) {
	if plain, err := url.QueryUnescape(text); err == nil && strings.HasPrefix(plain, "{") {
		text = plain
	}
	var document struct{ Statement any }
	if !strings.HasPrefix(strings.TrimSpace(text), "{") || json.Unmarshal([]byte(text), &document) != nil {
		return nil
	}
	statements, many := document.Statement.([]any)
	if !many {
		statements = []any{document.Statement}
	}
	for _, s := range statements {
		one, _ := s.(map[string]any)
		if one["Effect"] != "Allow" {
			continue
		}
		if of := one["Principal"]; of != nil {
			all = append(all, of)
		}
		if one["NotPrincipal"] != nil {
			all = append(all, "*")
		}
	}
	return all
}

// texts returns a text, or the texts of a list.
func texts(value any) (all []string) {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		for _, one := range value {
			all = append(all, texts(one)...)
		}
	case float64:
		all = append(all, fmt.Sprintf("%.0f", value))
	}
	return all
}

// walk visits every member of an object.
func walk(value any, visit func(key string, value any)) {
	switch value := value.(type) {
	case map[string]any:
		if value["Effect"] == "Deny" {
			return // a statement that takes away
		}
		for key, inner := range value {
			if key == "remove" {
				continue // those with whom it is no longer shared
			}
			visit(key, inner)
			walk(inner, visit)
		}
	case []any:
		for _, inner := range value {
			walk(inner, visit)
		}
	}
}
