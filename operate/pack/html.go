package pack

import (
	"html"
	"regexp"
	"strings"
	"time"

	"example.com/breakglass/operate/compliance"
)

// Pages of this program consist of these tags and attributes. Whoever opens a pack may not expect that a page in it does more than
// show text, so a page with anything else is not taken.
var (
	tag      = regexp.MustCompile(`<!doctype html>|</?(?:title|style)>|</?(?:html|head|meta|body|h[1-3]|p|dl|dt|dd|div|span|code|a|b|em|br|ul|ol|li|table|thead|tbody|tr|th|td)(?: (?:charset|class|content|lang|name)="[^"<>]*")*>`)
	styling  = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
	fetching = regexp.MustCompile(`(?i)url\s*\(|@import|\\`)
	pair     = regexp.MustCompile(`(?s)<dt>([^<]*)</dt><dd>([^<]*)`)
	title    = regexp.MustCompile(`<title>([^<]*)</title>`)
	verdict  = regexp.MustCompile(`<p class="verdict ([a-z]+)">`)
)

// The titles of pages, before the date.
var titles = map[string]compliance.Kind{
	"Break glass check, ": compliance.Check, "Break glass evidence, ": compliance.Proof, "Exercise of the emergency access, ": compliance.Exercise,
}

// pageTime is how a page writes a time.
const pageTime = "2 January 2006, 15:04:05 UTC"

// plainPage reports whether a page only shows text.
func plainPage(text string) bool {
	if strings.Contains(tag.ReplaceAllString(text, ""), "<") {
		return false
	}
	styles := styling.FindAllStringSubmatch(text, -1)
	if len(styles) != strings.Count(text, "<style>") {
		return false // one without an end takes the rest of the page
	}
	for _, s := range styles {
		if fetching.MatchString(s[1]) {
			return false
		}
	}
	return true
}

// ofPage reads what --html wrote.
func ofPage(text string) (e evidence, ok bool) {
	if !plainPage(text) {
		return e, false
	}
	named, found := title.FindStringSubmatch(text), verdict.FindStringSubmatch(text)
	if named == nil || found == nil {
		return e, false
	}
	for before, kind := range titles {
		if strings.HasPrefix(named[1], before) {
			e.kind = kind
		}
	}
	e.passed = found[1] != "problem"
	for _, p := range pair.FindAllStringSubmatch(text, -1) {
		value := html.UnescapeString(p[2])
		switch p[1] {
		case "When", "Began":
			// "When" has the time that it took behind it.
			if i := strings.Index(value, " UTC"); i >= 0 {
				e.at, _ = time.Parse(pageTime, value[:i+len(" UTC")]) // zero is no evidence
			}
		case "Hub account":
			e.account = value
		case "User and way":
			if i := strings.LastIndex(value, ", "); i > 0 {
				e.user, e.way = value[:i], value[i+2:]
			}
		case "Exercise":
			if _, scenario, ok := strings.Cut(value, ", "); ok {
				e.scenario = scenario
			}
		}
	}
	if e.kind == compliance.Proof {
		_, end, _ := strings.Cut(named[1], " to ")
		e.at, _ = time.Parse("2006-01-02 15:04 UTC", end)
	}
	return e, e.kind != "" && (e.kind != compliance.Exercise || e.user != "")
}
