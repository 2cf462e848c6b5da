package judge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

var (
	javaProgram  = needed{"java", "the judge of patterns needs a JDK, 17 or newer (apt-get install openjdk-17-jdk-headless, brew install openjdk@17)"}
	mavenProgram = needed{"mvn", "the judge of patterns is built by Maven, 3.8 or newer (apt-get install maven, brew install maven)"}
)

// Case asks whether a pattern matches an event. Both are anything that marshals to a JSON object.
type Case struct {
	ID      string `json:"id"`
	Pattern any    `json:"pattern"`
	Event   any    `json:"event"`
}

// Verdict is the answer to the Case of the same ID. With an Error the pattern or the event was refused, and Match means nothing.
type Verdict struct {
	ID    string `json:"id"`
	Match bool   `json:"match"`
	Error string `json:"error"`
}

// Ruler is EventBridge's own matcher, the open source event-ruler.
type Ruler struct {
	java, classpath string
}

// NewRuler makes the matcher ready; root is the project's folder. It is built when its sources have changed, which takes Maven
// and some seconds; processes that want it at the same time wait for each other.
func NewRuler(ctx context.Context, root string) (*Ruler, error) {
	java, err := javaProgram.find()
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Join(root, "prove", "judge", "ruler"))
	if err != nil {
		return nil, err
	}
	sources, err := hashSources(dir)
	if err != nil {
		return nil, err
	}
	if err := buildRuler(ctx, dir, sources); err != nil {
		return nil, err
	}
	target := filepath.Join(dir, "target")
	classpath := filepath.Join(target, "ruler-judge.jar") + string(os.PathListSeparator) + filepath.Join(target, "lib", "*")
	return &Ruler{java: java, classpath: classpath}, nil
}

// buildRuler runs Maven unless the stamp in target/ shows that these sources are built.
func buildRuler(ctx context.Context, dir, sources string) error {
	target := filepath.Join(dir, "target")
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	unlock, err := lock(filepath.Join(target, "build.lock"))
	if err != nil {
		return err
	}
	defer unlock()

	stamp := filepath.Join(target, "sources.sha256")
	built, err := os.ReadFile(stamp)
	if err == nil && string(built) == sources {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	mvn, err := mavenProgram.find()
	if err != nil {
		return err
	}
	// A library of an earlier version must not stay on the class path.
	if err := os.RemoveAll(filepath.Join(target, "lib")); err != nil {
		return err
	}
	if out, err := run(ctx, dir, nil, mvn, "-q", "-B", "package"); err != nil {
		return fmt.Errorf("build the judge of patterns (it takes a JDK 17+ and Maven 3.8+): %w\n%s", err, tail(string(out), 4000))
	}
	return os.WriteFile(stamp, []byte(sources), 0o644)
}

// hashSources returns one hash over the names and contents of everything that the build reads.
func hashSources(dir string) (string, error) {
	hash := sha256.New()
	add := func(path string) error {
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(hash, "%s %d\n", filepath.ToSlash(name), len(content))
		hash.Write(content)
		return nil
	}
	if err := add(filepath.Join(dir, "pom.xml")); err != nil {
		return "", err
	}
	err := filepath.WalkDir(filepath.Join(dir, "src"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return add(path)
	})
	return hex.EncodeToString(hash.Sum(nil)), err
}

// Match answers all cases in one process, each in its place. One case costs next to nothing, the process a third of a second.
func (r *Ruler) Match(ctx context.Context, cases []Case) ([]Verdict, error) {
	ids := make([]string, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	lines, err := ruleLines(cases)
	if err != nil {
		return nil, err
	}
	input, err := writeLines(lines)
	if err != nil {
		return nil, err
	}
	output, err := run(ctx, "", input, r.java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", r.classpath, "judge.Main")
	if err != nil {
		return nil, fmt.Errorf("match patterns: %w", err)
	}
	verdicts, err := readLines(output, ids, func(v Verdict) string { return v.ID })
	if err != nil {
		return nil, fmt.Errorf("match patterns: %w", err)
	}
	for i := range verdicts {
		verdicts[i].Error = strings.TrimSpace(verdicts[i].Error)
	}
	return verdicts, nil
}

// A documentLine is a pattern or an event; a caseLine names one of each by its number, from 0. So each is written and read
// once: an app has hundreds of thousands of cases, but only thousands of patterns and events.
type (
	documentLine struct {
		Document json.RawMessage `json:"document"`
	}
	caseLine struct {
		ID      string `json:"id"`
		Pattern int    `json:"pattern"`
		Event   int    `json:"event"`
	}
)

// ruleLines returns what the matcher reads, each document before the first case that names it.
func ruleLines(cases []Case) ([]any, error) {
	var lines []any
	numbers := map[string]int{}
	number := func(value any) (int, error) {
		text, ready := value.(json.RawMessage)
		if !ready {
			var err error
			if text, err = json.Marshal(value); err != nil {
				return 0, err
			}
		}
		n, known := numbers[string(text)]
		if !known {
			n = len(numbers)
			numbers[string(text)] = n
			lines = append(lines, documentLine{text})
		}
		return n, nil
	}
	for _, c := range cases {
		pattern, err := number(c.Pattern)
		if err != nil {
			return nil, fmt.Errorf("%s: the pattern: %w", c.ID, err)
		}
		event, err := number(c.Event)
		if err != nil {
			return nil, fmt.Errorf("%s: the event: %w", c.ID, err)
		}
		lines = append(lines, caseLine{c.ID, pattern, event})
	}
	return lines, nil
}
