package plan

import (
	"strings"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// Kind is the kind of a stack.
type Kind string

// The kinds.
const (
	Trail          Kind = "trail"
	Composer       Kind = "composer"
	Hub            Kind = "hub"
	Standby        Kind = "standby"
	Links          Kind = "links"
	Integrity      Kind = "integrity"
	Heartbeats     Kind = "heartbeats"
	Chat           Kind = "chat"
	Notifications  Kind = "notifications"
	Dashboard      Kind = "dashboard"
	HubObserved    Kind = "observed"
	Forwarder      Kind = "forwarder"
	Role           Kind = "role"
	TargetObserver Kind = "observer"
	StackSet       Kind = "stackset"
	Artifacts      Kind = "artifacts"
	Pipeline       Kind = "pipeline"
)

// KindInfo describes a kind of stack. A new kind is a row in Kinds, and its builder in package stacks.
type KindInfo struct {
	Kind Kind
	// Name of the stacks. The part in angle brackets differs from one stack to the next.
	Name string
	// Description of the stacks in CloudFormation, for somebody who meets one there. <region> and <hubs> are filled in.
	Description string
	// Teardown is the rank in which the stacks are removed, the lowest first: the pipeline, which would deploy the others again,
	// the users' ways in, and last what the rest relies on. The trail stays until the hub is gone, so that the removal itself is
	// on record.
	Teardown int
	// Topic is set where a stack has the alert topic of its Region, its key, and the ledger.
	Topic bool
	// Users is set where a stack has the emergency users, whose passwords and devices have to be removed before the stack.
	Users bool
	// Bucket is set where a stack has a bucket with the pipeline's templates, which has to be emptied before the stack is removed.
	Bucket bool
	// Outlives lists the types of the resources that outlive the stacks: keys, which wait for their deletion, and the trail's bucket.
	Outlives []string
	// GoneFirst lists the kinds that are removed before, besides those that come after when they are deployed.
	GoneFirst []Kind

	// place adds the stacks to the plan, each after those that it waits for, which are there already.
	place func(*Plan)
	// parts of the catalogue that the stacks alert on.
	parts  []watch.Part
	rules  func(part) []Rule
	alarms func(part) []Alarm
	// alarmed is set where an alarm watches the stack's dead-letter queue.
	alarmed bool
}

// The types of the resources that outlive stacks.
const keyType, bucketType = "AWS::KMS::Key", "AWS::S3::Bucket"

// Kinds returns every kind, in the order in which they are deployed. It is a function, since placing the hub and the observed
// accounts counts rules and bytes, which the rows describe.
func Kinds() []KindInfo {
	return []KindInfo{
		{
			Kind: Trail, Name: names.TrailStack, Teardown: 7, place: placeTrail, Outlives: []string{keyType, bucketType},
			GoneFirst:   []Kind{Hub, Composer}, // without a trail, a hub detects nothing
			Description: "Break glass trail: records CloudTrail's management events of every Region; without them, no alert is sent",
		},
		{
			// Before the hub, whose rules start it: an update leaves no rule without its target.
			Kind: Composer, Name: names.ComposerStack + "<region>", Teardown: 6, place: placeComposers, GoneFirst: []Kind{Hub, Standby},
			Description: "Break glass composer: writes the alerts of the hub in <region> and sends them to its topic",
		},
		{
			Kind: Hub, Name: names.HubStack, Teardown: 5, place: placeHub, Topic: true, Users: true, Outlives: []string{keyType},
			Description: "Break glass hub: emergency users, alert topic, ledger and the rules of the hub Region",
			parts:       []watch.Part{watch.Access}, rules: part.hub, alarms: part.counts, alarmed: true,
		},
		{
			Kind: Standby, Name: names.StandbyStack, Teardown: 4, place: placeStandby, Topic: true, Outlives: []string{keyType},
			Description: "Break glass standby: a second alert topic and ledger, in case the hub Region is impaired",
			parts:       []watch.Part{watch.Access}, rules: part.hub, alarms: part.counts, alarmed: true,
		},
		{
			Kind: Links, Name: names.LinksStack + "<n>", Teardown: 3, place: placeLinks,
			Description: "Break glass links: console addresses for switching into the role of each target account",
		},
		{
			Kind: Integrity, Name: names.IntegrityStack + "<region>", Teardown: 3, place: placeIntegrity,
			Description: "Break glass integrity: alerts on changes to the alerting itself, and on failed deliveries",
			parts:       IntegrityParts, rules: part.alerting, alarms: part.integrity, alarmed: true,
		},
		{
			Kind: Heartbeats, Name: names.HeartbeatsStack + "<part>", Teardown: 3, place: placeHeartbeats,
			Description: "Break glass heartbeats: alarms on missing heartbeats of Regions and rules",
			rules:       part.beats, alarms: part.silence,
		},
		{
			Kind: Chat, Name: names.ChatStack + "<region>", Teardown: 3, place: placeChat,
			Description: "Break glass chat: sends alerts to a chat channel, through Amazon Q Developer in chat applications",
		},
		{
			Kind: Notifications, Name: names.NotificationsStack, Teardown: 3, place: placeNotifications,
			Description: "Break glass notifications: a second notification channel, AWS User Notifications",
		},
		{
			Kind: Dashboard, Name: names.DashboardStack, Teardown: 3, place: placeDashboard,
			Description: "Break glass dashboard: the state of the alerting on one page, and saved queries for investigations",
		},
		{
			Kind: HubObserved, Name: names.HubObservedStack + "<region>-<n>", Teardown: 3, place: placeHubObserved,
			Description: "Break glass observed: alerts on what happens to the role in the target accounts",
			rules:       part.hubObservedRules, alarms: part.hubObservedAlarms, alarmed: true,
		},
		{
			Kind: Forwarder, Name: names.ForwarderStack + "<region>", Teardown: 2, place: placeForwarders,
			Description: "Break glass forwarder: forwards the events of <region> to <hubs>",
			rules:       part.forwarding, alarmed: true,
		},
		{
			Kind: Role, Name: names.RoleStack + "<account>", Teardown: 1, place: placeTargets,
			Description: "Break glass role: the emergency users' access to this account",
			rules:       part.targetObserverRules,
		},
		{
			// Placed with the roles, each behind that of its account.
			Kind: TargetObserver, Name: names.ObserverStack + "<region>-<account>", Teardown: 1,
			Description: "Break glass observer: reports what happens to the role in this account to the hub",
			rules:       part.targetObserverRules,
		},
		{
			Kind: StackSet, Name: names.StackSetStack + "<unit>", Teardown: 1, place: placeStackSets,
			Description: "Break glass stack set: deploys the role to every account of an organizational unit",
		},
		{
			Kind: Artifacts, Name: names.ArtifactsStack + "<region>", Teardown: 0, place: placeArtifacts, Bucket: true, Outlives: []string{keyType},
			Description: "Break glass artifacts: stores the pipeline's templates for this Region",
		},
		{
			Kind: Pipeline, Name: names.PipelineStack, Teardown: 0, place: placePipeline, Bucket: true, Outlives: []string{keyType},
			Description: "Break glass pipeline: deploys everything from the repository, wave by wave",
		},
	}
}

// Info returns what is known of the kind.
func (k Kind) Info() KindInfo {
	for _, info := range Kinds() {
		if info.Kind == k {
			return info
		}
	}
	return KindInfo{Kind: k}
}

// Description returns the description of the stack in CloudFormation.
func (p Placement) Description() string {
	return strings.NewReplacer("<region>", p.Region, "<hubs>", strings.Join(p.To, " and ")).Replace(p.Kind.Info().Description)
}
