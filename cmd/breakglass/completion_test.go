package main

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"

	"example.com/breakglass/watch"
)

// complete asks for the values of a flag of a command that another file may add one day.
func complete(t *testing.T, flag, begun string, define func(*cobra.Command)) []string {
	t.Helper()
	root := &cobra.Command{Use: "breakglass"}
	var common flags
	common.register(root.PersistentFlags())
	cmd := &cobra.Command{Use: "some", Run: func(*cobra.Command, []string) {}}
	define(cmd)
	root.AddCommand(cmd)
	offer(root, &common)
	values, ok := cmd.GetFlagCompletionFunc(flag)
	if !ok {
		t.Fatalf("nothing is offered for --%s", flag)
	}
	words, _ := values(cmd, nil, begun)
	return words
}

func TestAnyCommandsAlertFlagOffersTheCatalogue(t *testing.T) {
	words := complete(t, "alert", "", func(cmd *cobra.Command) { cmd.Flags().String("alert", "", "") })
	signIn, _ := watch.ByID("sign-in")
	if len(words) != len(watch.Catalogue)+len(watch.Observed) || !slices.Contains(words, "sign-in\t"+signIn.Title) {
		t.Errorf("offered are %q", words)
	}
}

func TestOfSeveralValuesTheLastIsCompleted(t *testing.T) {
	words := complete(t, "regions", "us-east-1,eu-", func(cmd *cobra.Command) { cmd.Flags().StringSlice("regions", nil, "") })
	if !slices.Contains(words, "us-east-1,eu-west-1") || slices.Contains(words, "us-east-1,us-east-1") {
		t.Errorf("offered are %q", words)
	}
}

func TestACommandThatKnowsBetterKeepsItsOwn(t *testing.T) {
	words := complete(t, "alert", "", func(cmd *cobra.Command) {
		cmd.Flags().String("alert", "", "")
		if err := cmd.RegisterFlagCompletionFunc("alert", fixed("its-own")); err != nil {
			t.Fatal(err)
		}
	})
	if !slices.Equal(words, []string{"its-own"}) {
		t.Errorf("offered are %q", words)
	}
}

// A flag without a value has none to offer.
func TestAFlagWithoutAValueIsLeftAlone(t *testing.T) {
	root := &cobra.Command{Use: "breakglass"}
	root.Flags().Bool("users", false, "")
	var common flags
	common.register(root.PersistentFlags())
	offer(root, &common)
	if _, ok := root.GetFlagCompletionFunc("users"); ok {
		t.Error("a flag without a value is completed")
	}
}
