package diagram

import (
	"fmt"
	"net/url"
	"strings"

	"example.com/breakglass/config"
	"github.com/dustin/go-humanize/english"
)

// panel draws a frame on the right with lines in it.
func (d *drawing) panel(y, height int, title string, lines []string) {
	d.box("alarm", peopleLeft, y, peopleWidth, height)
	d.text("bold", peopleLeft+14, y+24, peopleWidth-24, title)
	for i, line := range lines {
		d.text("small", peopleLeft+14, y+46+i*lineHeight, peopleWidth-24, line)
	}
}

// people draws the topics' subscribers and the chat channel. topics and chats are the heights of the boxes that notify them.
func (d *drawing) people(topics, chats []int) {
	lines := subscribers(d.Config.Alerts)
	height := 44 + len(lines)*lineHeight
	top := topics[0] - 22
	d.panel(top, height, "People and tools", lines)
	d.line("rings", "M720 %d H%d", topics[0], peopleLeft)
	bottom := top + height
	if len(topics) > 1 {
		// The standby's way goes up on the left of the channel's frame.
		d.line("rings", "M720 %d H%d V%d", topics[1], peopleLeft+20, bottom)
	}
	if len(chats) == 0 {
		return
	}
	left, y := peopleLeft+40, max(bottom+16, chats[0]-16)
	d.box("alarm", left, y, pageWidth-edge-left, 64)
	name, channel := channelOf(d.Config.Chat)
	d.text("bold", left+14, y+24, 160, name)
	d.text("small", left+14, y+46, 160, channel)
	d.line("rings", "M720 %d C764 %d 764 %d %d %d", chats[0], chats[0], y+24, left, y+24)
	if len(chats) > 1 {
		d.line("rings", "M720 %d H%d V%d", chats[1], left+80, y+64)
	}
}

// subscribers returns the subscribers, without what a stranger should not read off a picture: the path of an https address may
// hold a secret, and a phone number is private.
func subscribers(a config.Alerts) []string {
	lines := emails(a.Email, 3)
	for i, address := range a.HTTPS {
		if i == 2 {
			lines = append(lines, fmt.Sprintf("and %d more https", len(a.HTTPS)-i))
			break
		}
		if u, err := url.Parse(address); err == nil {
			lines = append(lines, "https: "+u.Hostname())
		}
	}
	if n := len(a.SMS); n > 0 {
		lines = append(lines, "SMS: "+count(n, "number"))
	}
	for i, arn := range a.SQS {
		if i == 2 {
			lines = append(lines, "and "+english.Plural(len(a.SQS)-i, "more queue", ""))
			break
		}
		lines = append(lines, "SQS: "+arn[strings.LastIndex(arn, ":")+1:])
	}
	return lines
}

func emails(addresses []string, shown int) []string {
	if len(addresses) <= shown {
		return append([]string{}, addresses...)
	}
	return append(append([]string{}, addresses[:shown-1]...), fmt.Sprintf("and %d more by email", len(addresses)-shown+1))
}

func channelOf(c config.Chat) (name, channel string) {
	switch {
	case c.Slack != (config.Slack{}) && c.Teams != (config.Teams{}):
		return "Slack and Teams", c.Slack.Channel
	case c.Teams != (config.Teams{}):
		return "Microsoft Teams", c.Teams.Team
	}
	return "Slack", c.Slack.Channel
}
