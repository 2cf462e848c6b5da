package whole

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
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
