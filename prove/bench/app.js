// The same stacks as the Go app makes, written the way one writes a CDK app in JavaScript. prove/bench/run measures it and
// checks that its templates are those of the Go app.
//
//   node app.js FILE
//
// FILE is what prove/bench/data.go writes: the plan, the rules' patterns and texts and the policy documents, as plain data.
// The Go app makes that data itself, in a few milliseconds; this app is given it for free.
'use strict';

const fs = require('fs');
const cdk = require('aws-cdk-lib');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const dynamodb = require('aws-cdk-lib/aws-dynamodb');
const events = require('aws-cdk-lib/aws-events');
const iam = require('aws-cdk-lib/aws-iam');
const kms = require('aws-cdk-lib/aws-kms');
const logs = require('aws-cdk-lib/aws-logs');
const scheduler = require('aws-cdk-lib/aws-scheduler');
const sns = require('aws-cdk-lib/aws-sns');
const sqs = require('aws-cdk-lib/aws-sqs');
const stepfunctions = require('aws-cdk-lib/aws-stepfunctions');
const { Construct } = require('constructs');

const data = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { names } = data;

// forResource puts a resource's ARN into a policy document.
function forResource(document, arn) {
  return { ...document, Statement: document.Statement.map((s) => ({ ...s, Resource: arn })) };
}

// withKey puts the ID of a topic's key into a pattern.
function withKey(pattern, key) {
  return JSON.parse(JSON.stringify(pattern).replaceAll(data.topicKey, key));
}

function logGroup({ account, region }, name) {
  return `arn:aws:logs:${region}:${account}:log-group:${name}`;
}

function policyARN(policy) {
  return policy.startsWith('arn:') ? policy : `arn:aws:iam::aws:policy/${policy}`;
}

class OrganizationSynthesizer extends cdk.StackSynthesizer {
  constructor(role) {
    super();
    this.role = role;
  }

  synthesize(session) {
    this.synthesizeTemplate(session);
    this.emitArtifact(session, { assumeRoleArn: this.role, lookupRole: { arn: this.role } });
  }
}

const asCaller = new cdk.LegacyStackSynthesizer();

function synthesizer(account) {
  return data.access === 'organization'
    ? new OrganizationSynthesizer(`arn:aws:iam::${account}:role/${data.accessRole}`)
    : asCaller;
}

class PlacedStack extends cdk.Stack {
  constructor(scope, placement, description) {
    super(scope, placement.stack, {
      env: { account: placement.account, region: placement.region },
      description,
      terminationProtection: data.terminationProtection,
      tags: data.tags,
      synthesizer: synthesizer(placement.account),
      suppressTemplateIndentation: true,
    });
  }

  output(name, value, description) {
    new cdk.CfnOutput(this, name, { value, description });
  }

  outputLinks(placement) {
    for (const group of placement.links) {
      this.output(group.output, group.addresses.join('\n'), 'Console addresses for switching into the role of a target account');
    }
  }
}

// alarm goes off when the sum, or another statistic, of a metric with one dimension reaches a threshold.
function alarm(scope, id, [name, value], actions, props) {
  return new cloudwatch.CfnAlarm(scope, id, {
    dimensions: [{ name, value }],
    statistic: 'Sum',
    period: data.countPeriod,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    treatMissingData: 'notBreaching',
    alarmActions: actions,
    ...props,
  });
}

class DeadLetters extends Construct {
  constructor(scope, id, { policy, alarm: alarmName, text }, actions) {
    super(scope, id);
    this.queue = new sqs.CfnQueue(this, 'Queue', { messageRetentionPeriod: 14 * 24 * 60 * 60, sqsManagedSseEnabled: true });
    new sqs.CfnQueuePolicy(this, 'Policy', {
      queues: [this.queue.ref],
      policyDocument: forResource(policy, this.queue.attrArn),
    });
    alarm(this, 'Alarm', ['QueueName', this.queue.attrQueueName], actions, {
      alarmName,
      alarmDescription: text,
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      statistic: 'Maximum',
    });
  }

  behind(target) {
    return { ...target, deadLetterConfig: { arn: this.queue.attrArn } };
  }
}

function rule(scope, id, name, description, eventPattern, targets) {
  const made = new events.CfnRule(scope, id, {
    name,
    description,
    state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    targets,
  });
  // As a text, as the Go app writes it.
  made.addPropertyOverride('EventPattern', JSON.stringify(eventPattern));
}

class Topic extends Construct {
  constructor(scope, id, { keyPolicy, topicPolicy }, subscribers) {
    super(scope, id);
    const key = new kms.CfnKey(this, 'Key', {
      description: 'Encrypts the break glass alerts',
      enableKeyRotation: true,
      pendingWindowInDays: 10,
      keyPolicy,
    });
    new kms.CfnAlias(this, 'Alias', { aliasName: names.keyAlias, targetKeyId: key.ref });
    const topic = new sns.CfnTopic(this, 'Topic', {
      topicName: names.topic, displayName: names.topicDisplayName, kmsMasterKeyId: key.ref,
    });
    this.arn = topic.ref;
    this.key = key.ref;
    new sns.CfnTopicPolicy(this, 'Policy', { topics: [topic.ref], policyDocument: forResource(topicPolicy, topic.ref) });
    const beats = new Construct(this, 'Heartbeats');
    const beatTopic = new sns.CfnTopic(beats, 'Topic', { topicName: names.beatTopic, kmsMasterKeyId: key.ref });
    new sns.CfnTopicPolicy(beats, 'Policy', {
      topics: [beatTopic.ref], policyDocument: forResource(topicPolicy, beatTopic.ref),
    });
    for (const { protocol, endpoint } of subscribers) {
      new sns.CfnSubscription(this, `${protocol}:${endpoint}`, { topicArn: topic.ref, protocol, endpoint });
    }
  }
}

class Ledger extends Construct {
  constructor(scope, id, { ledgerPolicy, ledgerDays }) {
    super(scope, id);
    const group = new logs.CfnLogGroup(this, 'Group', { logGroupName: names.ledger, retentionInDays: ledgerDays });
    if (data.terminationProtection) {
      group.applyRemovalPolicy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }
    new logs.CfnLogGroup(this, 'Heartbeats', { logGroupName: names.heartbeats, retentionInDays: data.heartbeat.days });
    new logs.CfnResourcePolicy(this, 'Policy', {
      policyName: names.ledgerPolicy, policyDocument: JSON.stringify(ledgerPolicy),
    });
  }
}

// composing is the composer as the target of an entry's rule.
function composing({ account, region }, { input, paths }, deadLetters) {
  return deadLetters.behind({
    id: 'composer',
    arn: `arn:aws:states:${region}:${account}:stateMachine:${names.composer}`,
    roleArn: `arn:aws:iam::${account}:role/${names.startRole}`,
    inputTransformer: { inputTemplate: input, inputPathsMap: paths },
  });
}

class Alerting extends Construct {
  constructor(scope, id, placement, topicARN, key, deadLetters) {
    super(scope, id);
    const { catalogue, distantDrills, suffix } = placement;
    const toLedger = deadLetters.behind({ id: 'ledger', arn: logGroup(placement, names.ledger) });
    for (const e of catalogue) {
      const name = `${names.capture}${e.rule}${suffix}`;
      const targets = e.input ? [composing(placement, e, deadLetters), toLedger] : [toLedger];
      rule(this, e.id, name, e.description, withKey(e.pattern, key), targets);
      for (const c of e.counts) {
        alarm(this, `${e.id}${c.suffix}-alarm`, ['RuleName', name], [topicARN], {
          alarmName: e.rule + c.suffix + suffix,
          alarmDescription: c.text,
          namespace: 'AWS/Events',
          metricName: 'Invocations',
          threshold: c.atLeast,
        });
      }
    }
    if (distantDrills) {
      rule(this, 'distant-drills', `${names.record}breakglass-drills${suffix}`,
        names.distantDrills, distantDrills, [toLedger]);
    }
  }
}

function alerting(stack, placement) {
  const topic = new Topic(stack, 'Topic', placement, data.subscribers);
  new Ledger(stack, 'Ledger', placement);
  const deadLetters = new DeadLetters(stack, 'DeadLetters', placement.deadLetters, [topic.arn]);
  new Alerting(stack, 'Alerting', placement, topic.arn, topic.key, deadLetters);
  stack.output(names.topicArnOutput, topic.arn, 'The alert topic');
  stack.exportValue(topic.key);
  return topic;
}

function heartbeat(scope, id, { account, region }) {
  new scheduler.CfnSchedule(scope, id, {
    name: names.heartbeat,
    description: 'Hourly heartbeat, which every forwarding rule sends to the hub',
    scheduleExpression: data.heartbeat.schedule,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: `arn:aws:events:${region}:${account}:event-bus/default`,
      roleArn: `arn:aws:iam::${account}:role/${names.heartbeatRole}`,
      eventBridgeParameters: { source: data.heartbeat.source, detailType: data.heartbeat.type },
      input: '{"scheduled":"<aws.scheduler.scheduled-time>"}',
      retryPolicy: { maximumEventAgeInSeconds: 600, maximumRetryAttempts: 3 },
    },
  });
}

class HeartbeatRole extends Construct {
  constructor(scope, id) {
    super(scope, id);
    const role = new iam.CfnRole(this, 'Role', {
      roleName: names.heartbeatRole,
      description: "Lets the schedules put the hourly break glass heartbeats on the event bus of their Region",
      assumeRolePolicyDocument: data.heartbeat.trustPolicy,
    });
    new iam.CfnManagedPolicy(this, 'Policy', {
      managedPolicyName: names.heartbeatPolicy,
      description: 'Put break glass heartbeats on the default bus',
      policyDocument: data.heartbeat.policy,
      roles: [role.ref],
    });
  }
}

class Silence extends Construct {
  constructor(scope, id, placement, topicARN) {
    super(scope, id);
    const alarms = [];
    for (const w of placement.watched) {
      const name = names.capture + w.alarm;
      const actions = w.tells ? [topicARN] : undefined;
      rule(this, w.region, name, w.description, w.pattern,
        [{ id: 'heartbeats', arn: logGroup(placement, names.heartbeats) }]);
      const one = alarm(this, `${w.region}-alarm`, ['RuleName', name], actions, {
        alarmName: w.alarm,
        alarmDescription: w.text,
        namespace: 'AWS/Events',
        metricName: 'Invocations',
        period: data.heartbeat.period,
        evaluationPeriods: data.heartbeat.missed,
        datapointsToAlarm: data.heartbeat.missed,
        comparisonOperator: 'LessThanThreshold',
        threshold: w.expected,
        treatMissingData: 'breaching',
        okActions: actions,
      });
      if (!actions) {
        alarms.push(one);
      }
    }
    if (alarms.length === 0) {
      return;
    }
    const anyOf = new cloudwatch.CfnCompositeAlarm(this, 'Any', {
      alarmName: placement.alarm,
      alarmDescription: placement.text,
      alarmRule: alarms.map((one) => `ALARM("${one.alarmName}")`).join(' OR '),
      alarmActions: [topicARN],
      okActions: [topicARN],
    });
    for (const one of alarms) {
      anyOf.addResourceDependency(one);
    }
  }
}

class Alive extends Construct {
  constructor(scope, id, placement, topicARN) {
    super(scope, id);
    for (const a of placement.alive) {
      const name = names.capture + a.alarm;
      rule(this, a.region, name, a.description, a.pattern, [{ id: 'heartbeats', arn: logGroup(placement, names.heartbeats) }]);
      alarm(this, `${a.region}-alarm`, ['RuleName', name], [topicARN], {
        alarmName: a.alarm,
        alarmDescription: a.text,
        namespace: 'AWS/Events',
        metricName: 'Invocations',
        period: data.heartbeat.period,
        evaluationPeriods: data.heartbeat.missed,
        datapointsToAlarm: data.heartbeat.missed,
        comparisonOperator: 'LessThanThreshold',
        treatMissingData: 'breaching',
        okActions: [topicARN],
      });
    }
  }
}

class ComposerRoles extends Construct {
  constructor(scope, id, { startTrust, start, trust, may }) {
    super(scope, id);
    const role = (roleId, roleName, description, managedPolicyName, assumeRolePolicyDocument, policyDocument) => {
      const made = new iam.CfnRole(this, roleId, { roleName, description, assumeRolePolicyDocument });
      new iam.CfnManagedPolicy(this, `${roleId}Policy`, { managedPolicyName, description, policyDocument, roles: [made.ref] });
      return made;
    };
    role('Start', names.startRole, 'Lets the rules of the break glass hubs start the composers', names.startPolicy, startTrust, start);
    this.composer = role('Composer', names.composerRole, 'Lets the break glass composers publish alerts', names.composerPolicy, trust, may);
  }
}

class Composer extends Construct {
  constructor(scope, id, { definition, role, tablePolicy }, before) {
    super(scope, id);
    new dynamodb.CfnTable(this, 'Alerts', {
      tableName: names.table,
      billingMode: 'PAY_PER_REQUEST',
      attributeDefinitions: [{ attributeName: names.tableKey, attributeType: 'S' }],
      keySchema: [{ attributeName: names.tableKey, keyType: 'HASH' }],
      timeToLiveSpecification: { attributeName: names.tableExpiry, enabled: true },
      resourcePolicy: { policyDocument: tablePolicy },
    });
    const machine = new stepfunctions.CfnStateMachine(this, 'Machine', {
      stateMachineName: names.composer, stateMachineType: 'STANDARD', definitionString: definition, roleArn: role,
    });
    if (before) {
      machine.addResourceDependency(before);
    }
  }
}

class ComposerStack extends PlacedStack {
  constructor(scope, placement) {
    super(scope, placement, `Break glass composer: writes the alerts of the hub in ${placement.region} and sends them to its topic`);
    const roles = placement.roles && new ComposerRoles(this, 'Roles', placement.roles);
    new Composer(this, 'Composer', placement, roles && roles.composer);
  }
}

class Users extends Construct {
  constructor(scope, id) {
    super(scope, id);
    const group = new iam.CfnGroup(this, 'Group', {
      groupName: names.group, managedPolicyArns: data.userAccess.managedPolicies.map(policyARN),
    });
    const policy = (policyId, managedPolicyName, description, policyDocument) => {
      new iam.CfnManagedPolicy(this, policyId, { managedPolicyName, description, policyDocument, groups: [group.ref] });
    };
    policy('AssumeRole', names.assumePolicy, 'Assume the break glass role in any account', data.userAccess.assumeRole);
    policy('Guard', names.guardPolicy, 'Nothing without MFA; hands off the users, the group and the forwarding', data.userAccess.guard);
    for (const userName of data.users) {
      new iam.CfnUser(this, userName, { userName, groups: [group.ref] });
    }
  }
}

class HubStack extends PlacedStack {
  constructor(scope, placement) {
    super(scope, placement, 'Break glass hub: emergency users, alert topic, ledger and the rules of the hub Region');
    this.buses = {};
    this.topicARNs = {};
    this.keys = {};
    for (const region of data.hubRegions) {
      this.buses[region] = `arn:aws:events:${region}:${placement.account}:event-bus/default`;
      this.topicARNs[region] = `arn:aws:sns:${region}:${placement.account}:${names.topic}`;
    }
    new Users(this, 'Users');
    this.forwardingRole = new iam.Role(this, 'ForwardingRole', {
      roleName: names.forwardRole,
      description: 'Lets EventBridge forward break glass events from every Region to the hub',
      assumedBy: new iam.ServicePrincipal('events.amazonaws.com'),
    });
    new iam.ManagedPolicy(this.forwardingRole, 'Policy', {
      managedPolicyName: names.forwardPolicy,
      description: 'Put events on the buses of the break glass hubs',
      document: iam.PolicyDocument.fromJson(data.forwardPolicy),
      roles: [this.forwardingRole],
    });
    new HeartbeatRole(this, 'Heartbeat');
    this.keys[placement.region] = alerting(this, placement).key;
    this.output(names.userNamesOutput, data.users.join(', '),
      'The emergency users. An administrator creates a password and an MFA device for each');
    this.outputLinks(placement);
  }
}

class StandbyStack extends PlacedStack {
  constructor(scope, placement, hub) {
    super(scope, placement, 'Break glass standby: a second alert topic and ledger, in case the hub Region is impaired');
    hub.keys[placement.region] = alerting(this, placement).key;
  }
}

class IntegrityStack extends PlacedStack {
  constructor(scope, placement, hub) {
    super(scope, placement, 'Break glass integrity: alerts on changes to the alerting itself, and on failed deliveries');
    const topicARN = hub.topicARNs[placement.region];
    const deadLetters = new DeadLetters(this, 'DeadLetters', placement.deadLetters, [topicARN]);
    new Alerting(this, 'Alerting', placement, topicARN, hub.keys[placement.region], deadLetters);
    alarm(this, 'Undelivered', ['TopicName', names.topic], [topicARN], {
      alarmName: names.undeliveredAlarm + placement.suffix,
      alarmDescription: placement.undelivered,
      namespace: 'AWS/SNS',
      metricName: 'NumberOfNotificationsFailed',
    });
    alarm(this, 'ComposerThrottled', ['StateMachineArn', placement.machine], [topicARN], {
      alarmName: names.throttledAlarm + placement.suffix,
      alarmDescription: placement.throttled,
      namespace: 'AWS/States',
      metricName: 'ExecutionThrottled',
    });
  }
}

class HeartbeatsStack extends PlacedStack {
  constructor(scope, placement, hub) {
    super(scope, placement, 'Break glass heartbeats: alarms on missing heartbeats of Regions and rules');
    new Silence(this, 'Silence', placement, hub.topicARNs[placement.region]);
    new Alive(this, 'Alive', placement, hub.topicARNs[placement.region]);
    if (placement.beats) {
      heartbeat(this, 'Heartbeat', placement);
    }
  }
}

class DashboardStack extends PlacedStack {
  constructor(scope, placement) {
    super(scope, placement, 'Break glass dashboard: the state of the alerting on one page, and saved queries for investigations');
    new cloudwatch.CfnDashboard(this, 'Dashboard', { dashboardName: names.dashboard, dashboardBody: placement.body });
    const queries = new Construct(this, 'Queries');
    for (const { name, text, group } of placement.queries) {
      new logs.CfnQueryDefinition(queries, name, { name: names.queries + name, queryString: text, logGroupNames: [group] });
    }
  }
}

class LinksStack extends PlacedStack {
  constructor(scope, placement) {
    super(scope, placement, 'Break glass links: console addresses for switching into the role of each target account');
    new cdk.CfnWaitConditionHandle(this, 'Empty');
    this.outputLinks(placement);
  }
}

class ForwarderStack extends PlacedStack {
  constructor(scope, placement, hub) {
    super(scope, placement, `Break glass forwarder: forwards the events of ${placement.region} to ${placement.to.join(' and ')}`);
    const deadLetters = new DeadLetters(this, 'DeadLetters', placement.deadLetters);
    const prefix = hub.buses[placement.region] ? names.forward : names.capture;
    const targets = placement.to.map((region) => deadLetters.behind({
      id: region, arn: hub.buses[region], roleArn: `arn:aws:iam::${placement.account}:role/${names.forwardRole}`,
    }));
    const key = hub.keys[placement.region];
    const forwarding = new Construct(this, 'Forwarding');
    for (const r of placement.rules) {
      rule(forwarding, r.id, prefix + r.rule, r.description, key ? withKey(r.pattern, key) : r.pattern, targets);
    }
    if (placement.alive) {
      rule(forwarding, 'alive', prefix + names.alive, placement.alive.description, placement.alive.pattern, targets);
    }
    if (placement.beats) {
      heartbeat(this, 'Heartbeat', placement);
    }
  }
}

class RoleStack extends PlacedStack {
  constructor(scope, placement) {
    super(scope, placement, "Break glass role: the emergency users' access to this account");
    const t = placement.target;
    new iam.CfnRole(this, 'Role', {
      roleName: data.roleName,
      description: 'Emergency access: only the break glass users, with MFA, can assume it',
      assumeRolePolicyDocument: data.trustPolicy,
      managedPolicyArns: t.managedPolicies.map(policyARN),
      maxSessionDuration: t.sessionSeconds,
    });
  }
}

const app = new cdk.App();
const stacks = {};
for (const placement of data.placements) {
  const stack = {
    composer: () => new ComposerStack(app, placement),
    hub: () => new HubStack(app, placement),
    standby: () => new StandbyStack(app, placement, stacks[names.hubStack]),
    links: () => new LinksStack(app, placement),
    integrity: () => new IntegrityStack(app, placement, stacks[names.hubStack]),
    heartbeats: () => new HeartbeatsStack(app, placement, stacks[names.hubStack]),
    dashboard: () => new DashboardStack(app, placement),
    forwarder: () => new ForwarderStack(app, placement, stacks[names.hubStack]),
    role: () => new RoleStack(app, placement),
  }[placement.kind]();
  for (const before of placement.after) {
    stack.addStackDependency(stacks[before]);
  }
  stacks[placement.stack] = stack;
}
app.synth();
