package seal

import "errors"

// What can be wrong with a sealed file, for errors.Is.
var (
	// ErrFormat means that it is no sealed file.
	ErrFormat = errors.New("not a sealed file")
	// ErrNewer means that a later version of this program wrote it.
	ErrNewer = errors.New("newer version")
	// ErrKind means that the header names a kind that this program does not know.
	ErrKind = errors.New("unknown kind")
	// ErrTruncated means that its end is missing.
	ErrTruncated = errors.New("truncated")
	// ErrTampered means that it is not what was sealed.
	ErrTampered = errors.New("tampered")
	// ErrWrongIdentity means that none of the identities opens it.
	ErrWrongIdentity = errors.New("wrong identity")
	// ErrVoid means that its secret was replaced.
	ErrVoid = errors.New("void")
	// ErrUnset means that AWS may not know its secret.
	ErrUnset = errors.New("unset")
	// ErrMixed means that its recipients are of two classes, which age refuses.
	ErrMixed = errors.New("mixed recipients")
	// ErrPlugin means that the program of a plugin is missing.
	ErrPlugin = errors.New("missing plugin")
	// ErrPaper means that it does not fit on paper.
	ErrPaper = errors.New("not for paper")
)

// Problem is what is wrong with a sealed file, and what to do.
type Problem struct {
	// Is is one of the errors of this package.
	Is error
	// What continues "the file cannot be used: ".
	What string
	// Fix is what to do.
	Fix string
}

// Error returns what is wrong and what to do.
func (p *Problem) Error() string { return p.What + "; " + p.Fix }

// Unwrap returns the error of this package.
func (p *Problem) Unwrap() error { return p.Is }
