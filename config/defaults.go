package config

import "time"

// Default names: those of the published reference solution.
const (
	DefaultRegion     = "us-east-1"
	DefaultUser       = "BreakglassUser"
	DefaultRole       = "BreakGlassRole"
	DefaultPolicy     = "IAMFullAccess"
	DefaultAccessRole = "OrganizationAccountAccessRole"
)

// DefaultInstructions ends every alert of a file without alerts.instructions.
const DefaultInstructions = "If nobody announced this, treat it as an intrusion: remove the user's password, deactivate its access keys, revoke the role's sessions and follow your incident plan."

// defaultRetentionDays is ten years, in a number of days that CloudWatch Logs accepts.
const defaultRetentionDays = 3653

// defaultRotateEvery is the age from which credentials are due to be replaced.
const defaultRotateEvery = 90 * Day

// Day is a day of 24 hours.
const Day = 24 * time.Hour

// Keywords that select many Regions, instead of a list.
const (
	RegionsAlwaysOn = "always-on"
	RegionsAll      = "all"
)

// defaults returns the values of the keys that a file omits. inherit fills in those of targets.
func defaults() Config {
	return Config{
		Hub:         Hub{Region: DefaultRegion},
		Alerts:      Alerts{Instructions: DefaultInstructions},
		Users:       []User{{Name: DefaultUser}},
		Credentials: Credentials{RotateEvery: defaultRotateEvery},
		UserAccess:  UserAccess{ManagedPolicies: []string{DefaultPolicy}},
		Role: Role{
			Name:            DefaultRole,
			ManagedPolicies: []string{DefaultPolicy},
			SessionDuration: time.Hour,
		},
		Monitoring:            Monitoring{Heartbeats: true, Tampering: true, DeliveryFailures: true, NewRegions: true, Dashboard: true},
		Ledger:                Ledger{RetentionDays: defaultRetentionDays},
		Trail:                 TrailExisting,
		Deploy:                Deploy{Access: AccessCredentials, AccessRole: DefaultAccessRole},
		Pipeline:              Pipeline{Approval: true},
		TerminationProtection: true,
	}
}

// inherit fills in the keys that the file omits for target i.
func inherit(c *Config, i int, given func(path string) bool) {
	t, at := &c.Targets[i], item("targets", i)
	if !given(at + ".name") {
		t.Name = t.ID()
	}
	if !given(at + ".region") {
		t.Region = c.Hub.Region
	}
	if !given(at + ".managedPolicies") {
		t.ManagedPolicies = append([]string(nil), c.Role.ManagedPolicies...)
	}
	if !given(at + ".inlinePolicy") {
		t.InlinePolicy = c.Role.InlinePolicy
	}
	if !given(at + ".permissionsBoundary") {
		t.PermissionsBoundary = c.Role.PermissionsBoundary
	}
	if !given(at + ".sessionDuration") {
		t.SessionDuration = c.Role.SessionDuration
	}
}
