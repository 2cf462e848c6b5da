package watch

const (
	// AliveSource is the source of the event that a hub's composer puts on its bus when a heartbeat has passed a rule, the
	// composer, the topic and its key.
	AliveSource = "breakglass.alive"
	// AliveType is its detail type.
	AliveType = "alive"
)
