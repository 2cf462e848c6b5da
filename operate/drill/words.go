package drill

import (
	"crypto/rand"
	"math/big"
	"strings"
)

// words has the code words: short, easy to understand on a bad line, and none sounds like another.
var words = strings.Fields(`
	acorn amber anchor apple arrow autumn bacon badger bamboo banjo barrel basket beaver bonfire bottle bridge
	bucket butter cactus camel candle canyon carbon castle cherry cobalt coffee comet copper cotton cricket crystal
	dolphin dragon eagle ember engine falcon feather forest fossil galaxy garden garlic ginger glacier guitar hammer
	harbour hazel helmet honey island jacket jigsaw jungle kettle kitten ladder lantern lemon lizard magnet mango
	marble meadow mirror monkey mustard needle nickel oyster paddle panda paper parrot pebble pepper piano pickle
	pirate planet pocket poppy pumpkin puzzle rabbit rocket saddle salmon satin shadow silver spider sugar sunset
	temple thunder tiger timber tomato tulip tunnel turtle velvet violin walnut whisper willow window winter yellow`)

// NewWords picks n different code words.
func NewWords(n int) []string {
	var picked []string
	for len(picked) < n {
		word := words[below(len(words))]
		if len(picked) == 0 || picked[len(picked)-1] != word {
			picked = append(picked, word)
		}
	}
	return picked
}

// NewName returns a random name for a run, without letters that look alike and without vowels that could form a word.
func NewName() string {
	const letters = "bcdfghjkmnpqrstvwxz23456789"
	name := make([]byte, 6)
	for i := range name {
		name[i] = letters[below(len(letters))]
	}
	return string(name)
}

func below(n int) int {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return int(i.Int64())
}
