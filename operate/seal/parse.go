package seal

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"filippo.io/age/armor"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/recipient"
)

// mostBytes is the size of the largest file that is read.
const mostBytes = 512 << 10

// likePassword is a word like those that create seals.
var likePassword = regexp.MustCompile(`^[A-Z]{5}(-[a-z0-9]{5}){5,}`)

// Read reads a sealed file.
func Read(path string) (*File, error) {
	content, err := file.Read(path, mostBytes)
	if errors.Is(err, fs.ErrNotExist) && likePassword.MatchString(path) {
		// The error of the file system would show it once more.
		return nil, &Problem{ErrFormat, "a password is no file, and this one is in the history of the shell now", "have it replaced, and name the sealed file"}
	}
	if err != nil {
		return nil, err
	}
	f, err := Parse(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Endings of the files. A file ends in Unset until AWS has accepted what is in it: a run that is cut off leaves one that says so.
const (
	Ending = ".sealed"
	Unset  = ".sealed.unset"
)

// Name returns the name of a file without its ending. what tells several files of a user and a kind apart; empty: nothing.
func (h Header) Name(what string) string {
	name := h.User + "-" + string(h.Kind)
	if what != "" {
		name += "-" + what
	}
	return name + "-" + h.Created.UTC().Format("20060102T150405Z")
}

// Like returns what the names of the files of a user and a kind look like.
func Like(user string, kind Kind) string { return user + "-" + string(kind) + "-…" + Ending }

// Settled reports a file of a run that was cut off, as its name says: a *Problem.
func Settled(path string) error {
	if strings.HasSuffix(path, Unset) {
		return &Problem{ErrUnset, "the run that made it was cut off: AWS may not know its secret", "repeat that command"}
	}
	return nil
}

// Parse reads the text of a sealed file: the header, and whether the file is whole. It opens nothing. White space is ignored, since the
// text may have been typed or scanned from paper, and what a mail has around it. The error is a *Problem.
func Parse(content []byte) (*File, error) {
	if len(content) > mostBytes {
		return nil, &Problem{ErrFormat, "it is larger than any sealed file", fixFormat}
	}
	content = plain(content)
	f, err := parse(content)
	if err == nil {
		return f, nil
	}
	for _, readable := range []func([]byte) []byte{retyped, mailed} {
		if again, other := parse(readable(content)); other == nil {
			return again, nil
		}
	}
	return nil, err
}

func parse(content []byte) (*File, error) {
	lines := linesOf(content)
	if err := versionOf(lines); err != nil {
		return nil, err
	}
	f := &File{Header: Header{Version: Version}}
	at := slices.Index(lines, armor.Header)
	if at < 0 {
		return nil, &Problem{ErrTruncated, "its encrypted part is missing", fixTruncated}
	}
	sum, err := f.header(lines[1:at])
	if err != nil {
		return nil, err
	}
	end := slices.Index(lines, armor.Footer)
	switch {
	case end < 0:
		return nil, &Problem{ErrTruncated, "its end is missing", fixTruncated}
	case end != len(lines)-1:
		return nil, &Problem{ErrTampered, "something follows its end", fixTampered}
	}
	f.armored = strings.Join(lines[at:], "\n") + "\n"
	if err := f.check(); err != nil {
		return nil, err
	}
	if got := f.sum(); sum != got {
		return nil, &Problem{ErrTampered, "it was changed: its text does not match its sum", fixTampered}
	}
	return f, nil
}

const fixTruncated = "use another copy"

// linesOf returns the lines with something in them.
func linesOf(content []byte) []string {
	var lines []string
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func versionOf(lines []string) error {
	if len(lines) == 0 {
		return &Problem{ErrFormat, "it is empty", fixFormat}
	}
	version, ok := strings.CutPrefix(lines[0], magic+": ")
	number, err := strconv.Atoi(version)
	switch {
	case lines[0] == armor.Header:
		return &Problem{ErrFormat, "it is an age file without the header of a sealed file", "name the whole file; age -d -i IDENTITY opens this part of it"}
	case strings.HasPrefix(lines[0], "AGE-"), strings.HasPrefix(lines[0], "# created: "):
		return &Problem{ErrFormat, "it is a file with an identity, and not a sealed file", "pass it with -i, and name the sealed file in its place"}
	case strings.HasPrefix(strings.ToLower(lines[0]), "<!doctype"):
		return &Problem{ErrFormat, "it is the page to print", "scan its code into a file, or copy its last lines into one, from " + magic + " on"}
	case !ok || err != nil || number < 1:
		return &Problem{ErrFormat, "it is no sealed file: it does not start with " + magic, fixFormat}
	case number > Version:
		return &Problem{
			ErrNewer, fmt.Sprintf("it has version %d of the format, and this program knows %d", number, Version), "use the breakglass that wrote it, or a later one",
		}
	}
	return nil
}

// header reads the lines between the first one and the encrypted part, and returns the sum.
func (f *File) header(lines []string) (sum string, err error) {
	for _, line := range lines {
		key, value, ok := strings.Cut(line, ": ")
		switch {
		case !ok || value == "":
			err = errors.New("a line of the header has no value")
		case key == "sha256" && sum == "":
			sum = value
		case key == "void" && f.Void == nil:
			f.Void, err = voidOf(value)
		default:
			err = f.set(key, value)
		}
		if err != nil {
			return "", &Problem{ErrFormat, err.Error(), fixFormat}
		}
	}
	if sum == "" {
		return "", &Problem{ErrFormat, "its header lacks sha256", fixFormat}
	}
	return sum, nil
}

func voidOf(value string) (*Void, error) {
	when, reason, _ := strings.Cut(value, " ")
	at, err := time.Parse(time.RFC3339, when)
	if err != nil {
		return nil, errors.New("void has no time")
	}
	return &Void{At: at.UTC(), Reason: reason}, nil
}

// sum binds the header to the encrypted part. It finds accidents without an identity; somebody who changes a file can renew it, and
// is found out when the file is opened.
func (f *File) sum() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(f.text()+f.armored)))
}

// Bytes returns the text of the file.
func (f *File) Bytes() []byte {
	text := f.text() + "sha256: " + f.sum() + "\n"
	if f.Void != nil {
		text += "void: " + f.Void.At.UTC().Format(time.RFC3339) + " " + f.Void.Reason + "\n"
	}
	return []byte(text + "\n" + f.armored)
}

// Voided returns the file with the mark that its secret is worth nothing. A file that has one keeps it.
func (f *File) Voided(at time.Time, reason string) *File {
	out := *f
	if out.Void == nil {
		reason = strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII || !unicode.IsPrint(r) {
				return ' '
			}
			return r
		}, reason)
		out.Void = &Void{At: at.UTC().Truncate(time.Second), Reason: strings.Join(strings.Fields(reason), " ")}
	}
	return &out
}

// mostPaper is the number of characters that a QR code of a file may have: those of version 38 with a middling error correction, whose
// modules are still 0.7 mm wide on 12.5 cm of paper.
const mostPaper = 2068

// Paper returns the text for a QR code: the whole file, without what a scanner may lose. Post-quantum recipients are too long.
func (f *File) Paper() (string, error) {
	if err := f.InForce(); err != nil {
		return "", err
	}
	for _, text := range f.Recipients {
		if r, err := recipient.Parse(text); err == nil && r.Class == recipient.PostQuantum {
			return "", &Problem{
				ErrPaper, "it is sealed to a post-quantum recipient, whose file is too large for a QR code", "keep it as a file, or use classic recipients",
			}
		}
	}
	text := string(f.Bytes())
	if len(text) > mostPaper {
		return "", &Problem{
			ErrPaper, fmt.Sprintf("it has %d characters, and a QR code that is read reliably from paper %d", len(text), mostPaper),
			"keep it as a file, or seal it to fewer holders",
		}
	}
	return text, nil
}
