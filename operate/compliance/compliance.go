// Package compliance has what auditors ask of emergency access, as data: each demand with what this project gives and where the proof
// of it is. The page docs/compliance.md is made from it, and an evidence pack says by it what each of its files serves.
package compliance

// Source is a text with demands.
type Source struct {
	Name string
	// Texts are where the text is; one without a name is the whole.
	Texts []Text
	// Note says why the text itself is not there; empty where it is.
	Note    string
	Demands []Demand
}

// Text is a part of a source, and its address.
type Text struct{ Name, Address string }

// Demand is what a source asks for, in our words.
type Demand struct {
	ID, Asks string
	// Given is what this project gives, and Proof a command or a page; where nothing is given, Proof says who has to.
	Given, Proof string
	// Evidence lists the kinds of files that serve as evidence of it.
	Evidence []Kind
}

// NotGiven marks a demand that this project does not meet by itself.
const NotGiven = "**not given**"

// Kind is a kind of evidence that a command writes.
type Kind string

// The kinds.
const (
	// Proof is what breakglass proof writes.
	Proof Kind = "proof"
	// Drill is the evidence of breakglass drill, with or without --recorded.
	Drill Kind = "drill"
	// Exercise is that of breakglass exercise start.
	Exercise Kind = "exercise"
	// Check is the report of breakglass check.
	Check Kind = "check"
	// Incident is the signed-off record of breakglass incident close.
	Incident Kind = "incident"
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{Proof, Check, Drill, Exercise, Incident} }

// Of returns what a kind of evidence serves, each demand with the name of its source before it.
func Of(kind Kind) []string {
	all := []string{}
	for _, s := range Sources {
		for _, d := range s.Demands {
			for _, k := range d.Evidence {
				if k == kind {
					all = append(all, s.Name+": "+d.ID)
				}
			}
		}
	}
	return all
}
