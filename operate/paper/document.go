// Package paper makes what is printed for an emergency, from the file alone: a card for each user, and the runbook. It asks AWS nothing,
// and no secret is in the file.
package paper

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/plan"
)

// Document is something to print, in sheets. It is written as a page of HTML or as Markdown, with the same content.
type Document struct {
	Title  string
	Sheets []Sheet
	// Foot is below every sheet: from which file it was made, and when.
	Foot string
}

// Sheet begins on a page of its own.
type Sheet struct {
	Title string
	// Lead is below the title; empty: none.
	Lead   Text
	Blocks []Block
}

// Block is a part of a sheet: a heading, and what is below it, in this order.
type Block struct {
	Heading string
	Texts   []Text
	// Warning is set apart.
	Warning Text
	Facts   []Fact
	// Steps have boxes to tick.
	Steps     []Text
	Table     Table
	Addresses []Address
	Commands  []string
	// Typed are short addresses to type, without codes.
	Typed []string
	// Places are the accounts to switch to.
	Places []Place
	After  []Text
}

// Fact is a name with values, or with a line to fill in where there are none.
type Fact struct {
	Name   string
	Values []string
}

// Table has a heading for each column.
type Table struct {
	Head []string
	Rows [][]Text
}

// Address is shown with its QR code.
type Address struct {
	Label, URL string
	// Note is below the label; empty: none.
	Note string
}

// Place is an account or a unit to switch to.
type Place struct {
	Name, ID  string
	Note      string
	Addresses []Address
	// Command is the way in without the console; empty: none.
	Command string
}

// Options say what to print.
type Options struct {
	Plan plan.Plan
	// File is what the file is called, and SHA256 its checksum.
	File, SHA256 string
	// On is when this is printed.
	On time.Time
	// Users have a card each; none: all of the file.
	Users []string
}

func (o Options) foot() string {
	return fmt.Sprintf("Made by breakglass on %s from %s, SHA-256 %s. It has no secrets. Print it again when the file changes.",
		o.On.UTC().Format("2 January 2006"), o.File, o.SHA256[:min(16, len(o.SHA256))])
}

// users returns whose cards are printed.
func (o Options) users(w plan.Ways) ([]string, error) {
	for _, name := range o.Users {
		if !slices.Contains(w.Users, name) {
			return nil, fmt.Errorf("unknown user %q; the users are %s", name, strings.Join(w.Users, ", "))
		}
	}
	if len(o.Users) > 0 {
		return o.Users, nil
	}
	return w.Users, nil
}
