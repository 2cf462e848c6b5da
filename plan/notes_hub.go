package plan

import (
	"fmt"

	"example.com/breakglass/config"
)

// hubNote returns the note on a hub that stops when somebody disables its Region; empty where a standby still alerts, or where no
// account can disable the Region.
func hubNote(c *config.Config) string {
	r, _, ok := config.LookupRegion(c.Hub.Region)
	if !ok || !r.OptIn || c.Hub.Standby != "" {
		return ""
	}
	return fmt.Sprintf("the hub is in %s, a Region that an account can disable: whoever does stops every alert, this one too; set hub.standby to a Region that no account can disable", c.Hub.Region)
}

// TopicNote returns what nobody is notified of, and what to do about it; empty where another hub or a monitor outside AWS notices.
func TopicNote(c *config.Config) (what, fix string) {
	if c.Hub.Standby != "" || c.Monitoring.DeadMansSwitch.On() {
		return "", ""
	}
	return "neither hub.standby nor monitoring.deadMansSwitch is set: if the alert topic itself fails, nobody is notified",
		"set hub.standby, or monitoring.deadMansSwitch to a monitor outside AWS"
}
