// Package page has what the HTML pages of all reports share: each is complete, without anything from elsewhere. It imports nothing of this module.
package page

import (
	_ "embed"
	"html/template"
	"time"
)

//go:embed style.css
var style string

// Functions are what every template has: style returns the style sheet, and time and date write a time out.
var Functions = template.FuncMap{
	"style": func() template.CSS { return template.CSS(style) },
	"time":  func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04:05 UTC") },
	"date":  func(t time.Time) string { return t.UTC().Format("2 January 2006") },
}
