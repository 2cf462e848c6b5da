package whole

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestList(t *testing.T) {
	list := [][]int{{1, 2}, {}, {3}}
	page := func(token *string) ([]int, *string, error) {
		n := 0
		if token != nil {
			n, _ = strconv.Atoi(*token)
		}
		if n == len(list)-1 {
			return list[n], aws.String(""), nil
		}
		return list[n], aws.String(strconv.Itoa(n + 1)), nil
	}
	if all, err := List(page); err != nil || !slices.Equal(all, []int{1, 2, 3}) {
		t.Errorf("%v, %v", all, err)
	}
	refused := errors.New("refused")
	if all, err := List(func(token *string) ([]int, *string, error) {
		if token != nil {
			return nil, nil, refused
		}
		return []int{1}, aws.String("next"), nil
	}); all != nil || !errors.Is(err, refused) {
		t.Errorf("%v, %v: half a list is no list", all, err)
	}
}

// circle is a paginator of the SDK's kind, which names a next page by a token.
type circle struct {
	tokens    []string
	nextToken *string
}

func (c *circle) HasMorePages() bool { return len(c.tokens) > 0 }

func (c *circle) NextPage(context.Context, ...func(*struct{})) ([]int, error) {
	c.nextToken, c.tokens = &c.tokens[0], c.tokens[1:]
	return []int{1}, nil
}

func TestAListThatGoesRoundInACircleIsNoList(t *testing.T) {
	for tokens, want := range map[string]error{"a b a b ": nil, "a a ": errEndless, " ": nil} {
		if _, err := Pages(t.Context(), &circle{tokens: strings.Split(tokens, " ")}, same); !errors.Is(err, want) {
			t.Errorf("%q: %v", tokens, err)
		}
	}
	asked := 0
	if _, err := List(func(*string) ([]int, *string, error) {
		asked++
		return nil, aws.String("a"), nil
	}); !errors.Is(err, errEndless) || asked != 2 {
		t.Errorf("%v, after %d pages", err, asked)
	}
}

// users is IAM's list of users, in pages that others have made up.
type users []*iam.ListUsersOutput

func (u *users) ListUsers(context.Context, *iam.ListUsersInput, ...func(*iam.Options)) (*iam.ListUsersOutput, error) {
	page := (*u)[0]
	*u = (*u)[1:]
	return page, nil
}

// An answer that says that there is more, and not where, is not the end of a list.
func TestAListThatIsCutShortIsNoList(t *testing.T) {
	for _, c := range []struct {
		pages users
		want  error
	}{
		{users{{IsTruncated: true, Marker: aws.String("2")}, {}}, nil},
		{users{{IsTruncated: true}, {}}, errCut},
		{users{{IsTruncated: true, Marker: aws.String("")}, {}}, errCut},
		{users{{IsTruncated: true, Marker: aws.String("2")}, {IsTruncated: true}}, errCut},
	} {
		_, err := Pages(t.Context(), iam.NewListUsersPaginator(&c.pages, &iam.ListUsersInput{}), func(page *iam.ListUsersOutput) []types.User { return page.Users })
		if !errors.Is(err, c.want) {
			t.Errorf("%v, want %v", err, c.want)
		}
	}
	if yes, no := aws.Bool(true), (*bool)(nil); !truncated(&s3.ListObjectsV2Output{IsTruncated: yes}) || truncated(&s3.ListObjectsV2Output{IsTruncated: no}) || truncated([]int{1}) {
		t.Error("a page of S3 says so with a pointer, and others say nothing")
	}
}

func TestAListOfEmptyPagesIsNoList(t *testing.T) {
	pages := make([][]int, 2*emptyPages+1)
	pages[emptyPages] = []int{1} // as many before it, and after it, as there may be
	var got []int
	for item, err := range Each(t.Context(), &fakePages{pages: pages}, same) {
		if got = append(got, item); err != nil && !errors.Is(err, errRefused) {
			t.Fatalf("%v after %v", err, got)
		}
	}
	pages[emptyPages] = nil
	if _, err := Pages(t.Context(), &fakePages{pages: pages}, same); !errors.Is(err, errEmpty) {
		t.Error(err)
	}
	for _, c := range []struct {
		full, after int
		want        error
	}{{emptyPages + 1, emptyPages, nil}, {3 * emptyPages, emptyPages, errEmpty}, {emptyPages + 1, emptyPages + 1, errEmpty}} {
		asked := 0
		if _, err := List(func(*string) (items []int, next *string, err error) {
			if asked++; asked == c.full {
				items = []int{1}
			}
			if asked < c.full+c.after {
				next = aws.String(strconv.Itoa(asked))
			}
			return items, next, nil
		}); !errors.Is(err, c.want) {
			t.Errorf("an item on page %d, and %d empty ones after it: %v", c.full, c.after, err)
		}
	}
}

// fakePages is a paginator: each of its pages is a list, and the last is refused.
type fakePages struct {
	pages [][]int
	asked int
}

var errRefused = errors.New("refused")

func (f *fakePages) HasMorePages() bool { return f.asked <= len(f.pages) }

func (f *fakePages) NextPage(context.Context, ...func(*struct{})) ([]int, error) {
	f.asked++
	if f.asked > len(f.pages) {
		return nil, errRefused
	}
	return f.pages[f.asked-1], nil
}

func same(page []int) []int { return page }

func TestEachYieldsEveryItemThenTheErrorThatEndsTheList(t *testing.T) {
	var got []int
	var last error
	for n, err := range Each(t.Context(), &fakePages{pages: [][]int{{1, 2}, {}, {3}}}, same) {
		if last = err; err == nil {
			got = append(got, n)
		}
	}
	if !slices.Equal(got, []int{1, 2, 3}) || !errors.Is(last, errRefused) {
		t.Errorf("%v, %v", got, last)
	}
}

func TestEachAsksForNoPageAfterTheLoopHasEnded(t *testing.T) {
	f := &fakePages{pages: [][]int{{1, 2}, {3}}}
	for n := range Each(t.Context(), f, same) {
		if n == 2 {
			break
		}
	}
	if f.asked != 1 {
		t.Errorf("%d pages were asked for", f.asked)
	}
}

func TestHalfAListOfPagesIsNone(t *testing.T) {
	if all, err := Pages(t.Context(), &fakePages{pages: [][]int{{1}}}, same); all != nil || !errors.Is(err, errRefused) {
		t.Errorf("%v, %v", all, err)
	}
}
