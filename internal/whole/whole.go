// Package whole reads lists of AWS to their end. It imports nothing of this module.
package whole

import (
	"context"
	"errors"
	"iter"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Paginator is one of the SDK's: P is its page, O the options of its client.
type Paginator[P, O any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*O)) (P, error)
}

// errEndless ends a list whose pages go round in a circle.
var errEndless = errors.New("the list has no end: AWS names the same next page twice in a row")

// errCut ends a list that goes on where nobody knows: the SDK takes its page for the last.
var errCut = errors.New("the list is cut short: AWS says that there is more, and names no next page")

// errEmpty ends a list of which nothing comes.
var errEmpty = errors.New("the list has no end: AWS returns one empty page after the other")

// emptyPages is how many empty pages may follow each other. AWS returns a few, of a log that is searched hundreds.
const emptyPages = 1_000

// nextOf returns the token of a paginator's next page; empty where it has none. known is not set for one that is none of the SDK's, which
// keep it in this field.
func nextOf(from any) (token string, known bool) {
	v := reflect.Indirect(reflect.ValueOf(from))
	if v.Kind() != reflect.Struct {
		return "", false
	}
	field := v.FieldByName("nextToken")
	if field.Kind() != reflect.Pointer || field.Type().Elem().Kind() != reflect.String {
		return "", false
	}
	if !field.IsNil() {
		token = field.Elem().String()
	}
	return token, true
}

// truncated reports whether a page says that there is more, as those of IAM and S3 do.
func truncated(page any) bool {
	if v := reflect.Indirect(reflect.ValueOf(page)); v.Kind() == reflect.Struct {
		more := reflect.Indirect(v.FieldByName("IsTruncated"))
		return more.Kind() == reflect.Bool && more.Bool()
	}
	return false
}

// Next returns the next page of a paginator that has one, or an error where the list goes round in a circle or is cut short.
func Next[P, O any](ctx context.Context, from Paginator[P, O]) (P, error) {
	before, _ := nextOf(from)
	page, err := from.NextPage(ctx)
	switch next, known := nextOf(from); {
	case err != nil:
	case next != "" && next == before:
		err = errEndless
	case known && next == "" && truncated(page):
		err = errCut
	}
	return page, err
}

// Each yields the items of every page of a paginator, or the error that ends the list. It asks for no page after the one at which the
// loop ends. Services may return fewer items than asked for, and pages without any.
func Each[P, O, T any](ctx context.Context, from Paginator[P, O], items func(P) []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		empty := 0
		for from.HasMorePages() {
			page, err := Next(ctx, from)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items(page) {
				empty = -1
				if !yield(item, nil) {
					return
				}
			}
			if empty++; empty > emptyPages {
				var none T
				yield(none, errEmpty)
				return
			}
		}
	}
}

// Pages returns the items of every page of a paginator.
func Pages[P, O, T any](ctx context.Context, from Paginator[P, O], items func(P) []T) ([]T, error) {
	var all []T
	for item, err := range Each(ctx, from, items) {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}

// List returns the items of every page where the SDK has no paginator. page returns one page and the token of the next; token is nil
// for the first page, and no token, or an empty one, ends the list. A page may be empty, and others follow all the same.
func List[T any](page func(token *string) (items []T, next *string, err error)) ([]T, error) {
	var all []T
	empty := 0
	for token := (*string)(nil); ; {
		items, next, err := page(token)
		if err != nil {
			return nil, err
		}
		if all = append(all, items...); len(items) > 0 {
			empty = -1
		}
		if empty++; empty > emptyPages {
			return nil, errEmpty
		}
		if aws.ToString(next) == "" {
			return all, nil
		}
		if aws.ToString(next) == aws.ToString(token) {
			return nil, errEndless
		}
		token = next
	}
}
