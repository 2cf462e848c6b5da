package leftovers

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/internal/page"
	"example.com/breakglass/internal/shell"
	"example.com/breakglass/operate/incident/chain"
)

// State is whether a thing is there.
type State string

// The states.
const (
	There   State = "there"
	Gone    State = "gone"
	Unknown State = "unknown"
)

// Item is a thing that a call made, removed or changed.
type Item struct {
	// ID is that of the event, with a number where one call made several things.
	ID      string    `json:"id"`
	Time    time.Time `json:"time"`
	Account string    `json:"account"`
	Region  string    `json:"region"`
	Who     string    `json:"who"`
	Call    string    `json:"call"`
	What    string    `json:"what"`
	Effect  Effect    `json:"effect"`
	State   State     `json:"state"`
	// Left reports that it is left: a thing that was made is there, one that was removed is not, or one that was changed is there.
	Left bool `json:"left"`
	// Why is the reason that the state is not known.
	Why string `json:"why,omitempty"`
	// Risks name what a policy or a share opens the thing to.
	Risks []string `json:"risks,omitempty"`
	Undo  string   `json:"undo,omitempty"`
	Note  string   `json:"note,omitempty"`
	// Looked is when.
	Looked time.Time `json:"looked"`
}

// Open reports whether somebody has to decide about it.
func (i Item) Open() bool { return i.Left || i.State == Unknown }

// Options of a search.
type Options struct {
	Calls []*chain.Call
	Keys  account.Opener
	// Known are the accounts of the configuration: whatever is opened to another one is a risk.
	Known []string
	// Profile returns the profile of the AWS CLI for an account, empty for none; nil means none for all.
	Profile func(account string) string
	// Found gets each item as it comes, one at a time; its error ends the search.
	Found func(Item) error
	// Total receives the number of steps, Step is called when one ends; either may be nil.
	Total func(int)
	Step  func(string)
}

// thing is an item with the row and the members of its record.
type thing struct {
	Item
	row    row
	inside []map[string]any
	// name is what the item is called, whole: a long one is cut in the item. Things without one are each another.
	name string
}

// Find looks for everything that the calls made, removed or changed. Calls without a row are items whose state is unknown.
func Find(ctx context.Context, o Options) ([]Item, error) {
	things := list(o.Calls, o.Known)
	for _, t := range things {
		if o.Profile != nil && o.Profile(t.Account) != "" && strings.HasPrefix(t.Undo, "aws ") {
			t.Undo += " " + shell.Quote("--profile", o.Profile(t.Account))
		}
	}
	of, places := map[string][]int{}, []string{}
	for i, t := range things {
		at := t.Account + " " + t.Region
		if of[at] == nil {
			places = append(places, at)
		}
		of[at] = append(of[at], i)
	}
	if o.Total != nil {
		o.Total(len(places))
	}
	var mutex sync.Mutex
	var failed error
	fan.Out(ctx, places, fan.Bound, func(ctx context.Context, at string) (struct{}, error) {
		for _, i := range of[at] {
			things[i].look(ctx, o.Keys)
			mutex.Lock()
			if o.Found != nil && failed == nil && ctx.Err() == nil {
				failed = o.Found(things[i].Item)
			}
			mutex.Unlock()
		}
		return struct{}{}, nil
	}, func(r fan.Result[struct{}]) {
		if o.Step != nil {
			o.Step(r.Key)
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	items := make([]Item, len(things))
	for i, t := range things {
		items[i] = t.Item
	}
	return items, failed
}

// Merge returns items with the newest look at each, in the order of time.
func Merge(all []Item) []Item {
	at, merged := map[string]int{}, []Item{}
	for _, item := range all {
		if i, known := at[item.ID]; known {
			merged[i] = item
			continue
		}
		at[item.ID] = len(merged)
		merged = append(merged, item)
	}
	slices.SortStableFunc(merged, func(a, b Item) int { return a.Time.Compare(b.Time) })
	return merged
}

// list returns the things that the calls are about. What several calls did to the same thing in the same way is one, of the last call.
func list(calls []*chain.Call, known []string) []*thing {
	var all []*thing
	seen, made, names := map[string]int{}, map[string]bool{}, renamedIn(calls)
	for n, c := range calls {
		if !c.Changes() || undoes(c, calls[:n]) {
			continue
		}
		for _, t := range of(c, known, names) {
			thing := strings.Join([]string{t.Account, t.Region, t.name}, "\n")
			if t.Effect == Removed && made[thing] {
				continue
			}
			made[thing] = made[thing] || t.Effect == Made && makesAnew(c)
			key := strings.Join([]string{thing, string(t.Effect), t.row.event}, "\n")
			if i, again := seen[key]; again && t.name != "" {
				all[i] = t
				continue
			}
			seen[key] = len(all)
			all = append(all, t)
		}
	}
	slices.SortStableFunc(all, func(a, b *thing) int { return a.Time.Compare(b.Time) })
	return all
}

// of returns the things that a call is about: one for each row, or for each item of its list.
func of(c *chain.Call, accounts []string, names renames) (all []*thing) {
	account := ownerOf(c)
	item := Item{
		ID: page.Clean(c.EventID), Time: c.Time, Account: account, Region: c.Region, Who: page.Clean(c.By.Title()), Call: page.Clean(c.Name), State: Unknown,
		Risks: risks(c.Record, append(slices.Clone(accounts), account)),
	}
	known := false
	name := strings.TrimSuffix(c.Source, ".amazonaws.com") + ":" + c.Plain()
	for _, r := range table {
		if !r.about(name, c.Request, c.Response) {
			continue
		}
		known = true
		record := []map[string]any{
			c.Request, c.Response, unwrapped(c.Request, c.Name+"Request"), unwrapped(c.Response, c.Name+"Response"), c.Additional, {recipient: account},
		}
		if user := c.Identity.UserName; user != "" && c.Source == "iam.amazonaws.com" {
			record = append(record, map[string]any{"userName": user}) // a call that names no user is about its caller
		}
		now := names.of(c)
		lists := [][]map[string]any{append([]map[string]any{now}, record...)}
		if r.each != "" {
			lists = nil
			for _, one := range listAt(r.each, record[1], record[3], record[0], record[2]) {
				lists = append(lists, append([]map[string]any{one, now}, record...))
			}
		}
		for _, inside := range lists {
			t := &thing{Item: item, row: r, inside: inside}
			t.Effect, t.Note = r.effect, r.note
			if len(all) > 0 {
				t.ID = fmt.Sprintf("%s-%d", item.ID, len(all)+1)
			}
			what, err := fill(r.what, inside...)
			if err != nil {
				what, t.Why = r.event, err.Error()
			}
			t.name, t.What = what, page.Clean(what)
			if t.Undo, err = command(r.undo, inside...); errors.Is(err, errOption) {
				t.Undo, t.Note = "", "its name looks like an option or a file to a command: undo it in the console"
			} else if strings.ContainsFunc(t.Undo, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Undo, t.Note = "", "its name has characters that no command can show: undo it in the console"
			} else if err == nil && strings.HasPrefix(t.Undo, "aws ") && c.Source != "iam.amazonaws.com" && c.Source != "organizations.amazonaws.com" {
				t.Undo += " --region " + c.Region
			}
			all = append(all, t)
		}
	}
	if all == nil {
		if on := c.Object(); on != "" {
			name += " on " + on
		}
		item.What, item.Why = page.Clean(name), "this program does not know the call: look for yourself"
		t := &thing{Item: item}
		if c.Category == "Data" {
			// A session copies thousands of objects: one item for those of a bucket, the last of them.
			t.name, t.Why = name, "this program does not look at what is in buckets, tables and queues: look for yourself, at all such calls"
		}
		if known {
			t.Why = "the record does not say what the call made: look for yourself"
		}
		all = append(all, t)
	}
	return all
}

// ownerOf returns the account that has what a call is about: that of the caller, or the other one that has a record of it, too, as the owner of a
// bucket has.
func ownerOf(c *chain.Call) string {
	for _, half := range c.Halves {
		if half.Account != c.Account && c.Identity.Account == c.Account {
			return half.Account
		}
	}
	return c.Account
}

// unwrapped returns what EC2 writes into a member of the name of the call in newer calls, with the names that older calls have.
func unwrapped(in map[string]any, name string) map[string]any {
	inner, _ := in[name].(map[string]any)
	all := map[string]any{}
	for key, value := range inner {
		all[strings.ToLower(key[:min(1, len(key))])+key[min(1, len(key)):]] = value
	}
	return all
}

// look asks AWS whether the thing is there.
func (t *thing) look(ctx context.Context, keys account.Opener) {
	t.Looked = time.Now().UTC()
	if t.Why != "" {
		return
	}
	cfg, err := keys.In(ctx, t.Account, t.Region)
	var text string
	if err == nil {
		text, err = t.row.ask.send(ctx, cfg, t.inside...)
	}
	var api smithy.APIError
	switch {
	case err == nil:
		if t.State = t.row.state(text, t.inside); t.State == Unknown {
			t.Why = "it is not on the first page of a long list: look for yourself"
		}
	case errors.As(err, &api) && slices.Contains(t.row.gone, api.ErrorCode()):
		t.State = Gone
	default:
		t.Why = page.Clean(account.Explain(err, "looking for "+t.What).Error())
	}
	t.Left = t.State == There && t.Effect != Removed || t.State == Gone && t.Effect == Removed
}

// state returns what an answer says.
func (r row) state(text string, inside []map[string]any) State {
	if r.hasNot != "" && strings.Contains(text, r.hasNot) {
		return Gone
	}
	if r.has == "" {
		return There
	}
	has, err := fill(r.has, inside...)
	switch {
	case err != nil:
		return Unknown
	case strings.Contains(plain.Replace(text), has):
		return There
	case truncated.MatchString(text):
		return Unknown
	}
	return Gone
}

// plain writes JSON as one does who leaves out spaces, and the quotation marks of a document within an answer as they are in the document.
var plain = strings.NewReplacer(`": `, `":`, `\"`, `"`, "&quot;", `"`, "&#34;", `"`)

// truncated matches an answer that has only the first page of a list.
var truncated = regexp.MustCompile(`<IsTruncated>true<|(?i)"nextToken":\s*"[^"]|<NextToken>[^<]`)
