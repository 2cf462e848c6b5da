package main

import (
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/paper"
	"example.com/breakglass/plan"
)

func cardCommand(common *flags) *cobra.Command {
	var users []string
	var print printing
	command := &cobra.Command{
		Use:   "card",
		Short: "Print a card for each emergency user: addresses, steps, whom to call (offline)",
		Long: `Print a card for each emergency user, to keep with the sealed credentials: whom to call, who keeps what, the sign-in addresses of
several Regions, each account with its switch-role addresses, what the role may do there and how it gets more for an incident, how
long a session lasts, who is alerted, and how to stop.

A card follows from the configuration alone: the command asks AWS nothing, and no secret is printed. The keys below card in the
configuration say whom to call and who keeps what; without them, there are lines to fill in by hand.

--html writes a page to print on A4 or Letter, with a QR code beside each address and nothing from elsewhere. --markdown writes the
same for a wiki. Without either, the command prints the Markdown.`,
		Example: `  breakglass card
  breakglass card --html cards.html
  breakglass card --user Ada --html ada.html --markdown ada.md`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return print.run(cmd, common, func(o paper.Options) (paper.Document, error) {
				o.Users = users
				return paper.Cards(o)
			})
		},
	}
	print.register(command)
	command.Flags().StringArrayVar(&users, "user", nil, "`name` of a user whose card is printed; repeat the flag for several (default: all)")
	return command
}

// printing has the flags of the commands that make paper.
type printing struct{ html, markdown string }

func (p *printing) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.html, "html", "", "write a page to print to this `file`")
	cmd.Flags().StringVar(&p.markdown, "markdown", "", "write Markdown to this `file`")
}

// run makes a document from the file, and writes or prints it. As JSON, it prints the facts.
func (p *printing) run(cmd *cobra.Command, common *flags, make func(paper.Options) (paper.Document, error)) error {
	out, err := common.screen(cmd)
	if err != nil {
		return err
	}
	c, err := common.load()
	if err != nil {
		return err
	}
	if err := file.CheckEach(common.file, p.html, p.markdown); err != nil {
		return err
	}
	warnShipped(out, c, common.file)
	facts := plan.Of(c)
	d, err := make(paper.Options{Plan: facts, File: common.file, SHA256: c.SHA256(), On: time.Now()})
	if err != nil {
		return err
	}
	if p.html != "" {
		page, err := d.HTML()
		if err != nil {
			return err
		}
		if err := file.Write(p.html, page); err != nil {
			return err
		}
		out.WarnProse("written: %s", p.html)
	}
	if p.markdown != "" {
		if err := file.Write(p.markdown, d.Markdown()); err != nil {
			return err
		}
		out.WarnProse("written: %s", p.markdown)
	}
	if p.html == "" && p.markdown == "" {
		text := d.Markdown()
		if screen.Width(cmd.OutOrStdout()) > 0 {
			text = d.Narrow()
		}
		out.Prose("%s", text)
	}
	return out.Value(facts.Ways())
}

// warnShipped warns where addresses and numbers are those of the example, which a fresh clone has.
func warnShipped(out *screen.Screen, c *config.Config, path string) {
	if c.IsShipped() {
		out.WarnProse("%s %s is the example of the repository: its accounts and addresses are not yours. Take those of your card or your own file (--config), or pass a sealed file to enter.", out.Paint(screen.Yellow, "warning:"), path)
	}
}
