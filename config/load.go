package config

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/breakglass/internal/file"
	"github.com/dustin/go-humanize/english"
)

// MaxFileSize is the largest breakglass.yaml, in bytes, that Load reads: room for some 20,000 targets of a line each.
const MaxFileSize = 1 << 20

// Load reads and checks the file at path. The error for a file that has to be changed is a Problems.
func Load(path string) (*Config, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

// LoadSound is like Load, and also returns a Config for a file that has to be changed: that of its sound sections. It is nil where
// nothing can be read from the file.
func LoadSound(path string) (*Config, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return parseSound(path, data)
}

// byName is how the two programs that read a configuration are told which.
const byName = "--config FILE for breakglass, -c config=FILE for the CDK"

func readFile(path string) ([]byte, error) {
	data, err := file.Read(path, MaxFileSize)
	var not *file.NotRegular
	switch {
	case path == "":
		return nil, errors.New("the configuration has no name. Name a file (" + byName + ").")
	case path == "-" && errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("-: is standard input, and the configuration is read more than once. Write it to a file, and name that one.")
	case errors.Is(err, fs.ErrNotExist):
		return nil,
			fmt.Errorf("%s: %w. Create one with breakglass init, copy the project's breakglass.yaml there, or name another file (%s).", path, fs.ErrNotExist, byName)
	case errors.As(err, &not) && not.Folder:
		return nil, fmt.Errorf("%w. Name the file in it (%s).", err, byName)
	case errors.As(err, &not):
		return nil, fmt.Errorf("%w, and the configuration is read more than once. Write it to a file, and name that one.", err)
	case err != nil:
		return nil, fmt.Errorf("%w. Make the file readable, or name another one (%s).", err, byName)
	}
	return data, nil
}

// Parse checks the text of a configuration file; name is its name in messages. The error for a text that has to be
// changed is a Problems.
func Parse(name string, data []byte) (*Config, error) {
	c, err := parseSound(name, data)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func parseSound(name string, data []byte) (*Config, error) {
	r := &reader{file: name, lines: map[string]int{}, unsound: map[string]bool{}, bare: map[string]string{}, likely: map[string]string{}}
	text, ok := plainText(data, r.reportLine)
	if !ok {
		return nil, r.problems
	}
	root := parseTree(text, r.reportLine)
	if root == nil {
		return nil, r.problems.byLine()
	}
	c := defaults()
	r.read(&c, root)
	check(&c, r)
	r.reordered(text)
	c.file, c.lines, c.warnings, c.sum = name, r.lines, r.warnings.byLine(), fmt.Sprintf("%x", sha256.Sum256(data))
	if len(r.problems) == 0 {
		return &c, nil
	}
	return soundSections(&c, r.problems), r.problems.byLine()
}

// plainText returns the text without what the YAML library accepts but people do not see, which it reports line by line, and with
// plain line ends. What is no text at all is not read any further.
func plainText(data []byte, report lineReport) (text string, ok bool) {
	switch {
	case len(data) > MaxFileSize:
		report(0, "", "larger than 1 MiB", "", "Is this the right file? Name another one ("+byName+").")
		return "", false
	case bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) || bytes.IndexByte(data[:min(4, len(data))], 0) >= 0:
		report(1, "", "UTF-16 or UTF-32", "", "Save the file as UTF-8.")
		return "", false
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if bytes.IndexByte(data, '\r') >= 0 {
		line := 1 + bytes.Count(data[:bytes.IndexByte(data, '\r')], []byte("\n"))
		report(line, "", "line end CR, without LF", "\r", "Save the file with line ends LF or CRLF.")
		return "", false
	}
	var plain strings.Builder
	number := 0
	for line := range bytes.Lines(data) {
		number++
		plain.WriteString(plainLine(line, func(what, value, fix string) { report(number, "", what, value, fix) }))
	}
	return plain.String(), true
}

func plainLine(line []byte, report func(what, value, fix string)) string {
	var plain strings.Builder
	var hidden []string
	foreign := false
	for rest := line; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			foreign = true
		case r != '\n' && r != '\t' && (r < ' ' || r >= 0x7f && r <= 0x9f || r == '\u2028' || r == '\u2029' || r == '\ufffe' || r == '\uffff'):
			hidden = append(hidden, string(r))
		default:
			plain.Write(rest[:size])
		}
		rest = rest[size:]
	}
	if foreign {
		report("invalid UTF-8", "", "Save the file as UTF-8.")
	}
	if len(hidden) > 0 {
		report("invisible "+codePoints(hidden), strings.Join(hidden, ""), "Remove "+english.PluralWord(len(hidden), "it", "them")+".")
	}
	return plain.String()
}

// Problem returns a problem with a key, in the key's line, that only shows in the plan of the file.
func (c *Config) Problem(key, what, value, fix string) Problem {
	return Problem{File: c.file, Line: c.Line(key), Key: key, What: what, Value: value, Fix: fix}
}

// SHA256 returns the checksum of the text that was read, in hexadecimal digits.
func (c *Config) SHA256() string { return c.sum }

// Warnings returns what is accepted and may yet be a mistake, in the order of the lines.
func (c *Config) Warnings() Problems { return slices.Clone(c.warnings) }

// Given reports whether the file has a key.
func (c *Config) Given(path string) bool {
	_, given := c.lines[path]
	return given
}

// Line returns the line of a key or list item, such as "hub.account" or "targets[3].name". For a key that the file
// doesn't have, it is the line of the nearest key around it, and 0 for a Config that wasn't read from a file.
func (c *Config) Line(path string) int {
	return lineOf(c.lines, path)
}

func lineOf(lines map[string]int, path string) int {
	for {
		if line, ok := lines[path]; ok {
			return line
		}
		if path == "" {
			return 0
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}
