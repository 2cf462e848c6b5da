package credentials

import (
	"fmt"

	"example.com/breakglass/operate/seal"
)

// Result is what a command has made. It has no secret.
type Result struct {
	// File is the path of the sealed file, and Header what it is.
	File string `json:"file"`
	seal.Header
	// Void lists the files that it replaces and that are marked; whoever has a copy destroys it.
	Void []string `json:"void,omitempty"`
}

func (s *sealed) result() *Result { return &Result{File: s.path, Header: s.Header} }

// Unfinished is the error of a run that ended between AWS and the file: nobody knows whether AWS accepted, or something is left.
type Unfinished struct {
	// What is known.
	What string
	// Undo lists what to do, in order; most are commands.
	Undo []string
	// Err is the cause.
	Err error
}

// Error returns everything.
func (u *Unfinished) Error() string {
	text := fmt.Sprintf("%v; %s:", u.Err, u.What)
	for _, line := range u.Undo {
		text += "\n  " + line
	}
	return text
}

// Unwrap returns the cause.
func (u *Unfinished) Unwrap() error { return u.Err }
