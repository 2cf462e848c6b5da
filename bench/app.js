// The same stacks as the Go app makes, written the way one writes a CDK app in JavaScript. bench/run measures it and
// checks that its templates are those of the Go app.
//
//   node app.js FILE
//
// FILE is what bench/data.go writes: the plan, the rules' patterns and texts and the policy documents, as plain data.
// The Go app makes that data itself, in a few milliseconds; this app is given it for free.
'use strict';

const fs = require('fs');
const cdk = require('aws-cdk-lib');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const events = require('aws-cdk-lib/aws-events');
const iam = require('aws-cdk-lib/aws-iam');
const kms = require('aws-cdk-lib/aws-kms');
const logs = require('aws-cdk-lib/aws-logs');
const sns = require('aws-cdk-lib/aws-sns');
const sqs = require('aws-cdk-lib/aws-sqs');
const { Construct } = require('constructs');

const data = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { names } = data;

// forResource puts a resource's ARN into a policy document.
function forResource(document, arn) {
  return { ...document, Statement: document.Statement.map((s) => ({ ...s, Resource: arn })) };
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
      this.output(group.output, group.addresses.join('\n'), 'Console pages that switch into the role of a target account');
    }
  }
}

class DeadLetters extends Construct {
  constructor(scope, id, document) {
    super(scope, id);
    this.queue = new sqs.CfnQueue(this, 'Queue', { messageRetentionPeriod: 14 * 24 * 60 * 60, sqsManagedSseEnabled: true });
    new sqs.CfnQueuePolicy(this, 'Policy', {
      queues: [this.queue.ref],
      policyDocument: forResource(document, this.queue.attrArn),
    });
  }

  behind(target) {
    return { ...target, deadLetterConfig: { arn: this.queue.attrArn } };
  }
}

function rule(scope, id, name, description, eventPattern, targets) {
  new events.CfnRule(scope, id, {
    name,
    description,
    state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    eventPattern,
    targets,
  });
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
    new sns.CfnTopicPolicy(this, 'Policy', { topics: [topic.ref], policyDocument: forResource(topicPolicy, topic.ref) });
    for (const { protocol, endpoint } of subscribers) {
      new sns.CfnSubscription(this, `${protocol}:${endpoint}`, { topicArn: topic.ref, protocol, endpoint });
    }
  }
}

class Ledger extends Construct {
  constructor(scope, id, { account, region, ledgerPolicy }) {
    super(scope, id);
    const group = new logs.CfnLogGroup(this, 'Group', { logGroupName: names.ledger, retentionInDays: 3653 });
    if (data.terminationProtection) {
      group.applyRemovalPolicy(cdk.RemovalPolicy.RETAIN);
    }
    this.arn = `arn:aws:logs:${region}:${account}:log-group:${names.ledger}`;
    new logs.CfnResourcePolicy(this, 'Policy', {
      policyName: names.ledgerPolicy, policyDocument: JSON.stringify(ledgerPolicy),
    });
  }
}

class Alerting extends Construct {
  constructor(scope, id, { catalogue, distantDrills, suffix }, topic, ledger, deadLetters) {
    super(scope, id);
    const toLedger = deadLetters.behind({ id: 'ledger', arn: ledger.arn });
    for (const e of catalogue) {
      const description = `${e.title}. ${e.why}`;
      const name = `${names.capture}${e.rule}`;
      for (const a of e.alerts) {
        const toPeople = deadLetters.behind({
          id: 'people',
          arn: topic.arn,
          inputTransformer: { inputTemplate: a.template, inputPathsMap: a.paths },
        });
        const about = `${e.title}${a.suffix.replace('-', ', ')}. ${e.why}`;
        rule(this, e.id + a.suffix, name + a.suffix + suffix, about, a.pattern, [toPeople, toLedger]);
      }
      if (e.counts.length === 0) {
        continue;
      }
      rule(this, e.id, name + suffix, description, e.tally, [toLedger]);
      for (const c of e.counts) {
        new cloudwatch.CfnAlarm(this, `${e.id}${c.suffix}-alarm`, {
          alarmName: e.rule + c.suffix + suffix,
          alarmDescription: c.text,
          namespace: 'AWS/Events',
          metricName: 'Invocations',
          dimensions: [{ name: 'RuleName', value: name + suffix }],
          statistic: 'Sum',
          period: 300,
          evaluationPeriods: 1,
          datapointsToAlarm: 1,
          comparisonOperator: 'GreaterThanOrEqualToThreshold',
          threshold: c.atLeast,
          treatMissingData: 'notBreaching',
          alarmActions: [topic.arn],
        });
      }
    }
    rule(this, 'distant-drills', `${names.record}breakglass-drills${suffix}`,
      'Drills of other Regions: into the ledger, where their receipt is read, and not to people.', distantDrills, [toLedger]);
  }
}

function alerting(stack, placement) {
  const topic = new Topic(stack, 'Topic', placement, data.subscribers);
  const ledger = new Ledger(stack, 'Ledger', placement);
  const deadLetters = new DeadLetters(stack, 'DeadLetters', placement.deadLetterPolicy);
  new Alerting(stack, 'Alerting', placement, topic, ledger, deadLetters);
  stack.output(names.topicArnOutput, topic.arn, 'The topic that tells people');
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
    for (const region of data.hubRegions) {
      this.buses[region] = `arn:aws:events:${region}:${placement.account}:event-bus/default`;
    }
    new Users(this, 'Users');
    this.forwardingRole = new iam.Role(this, 'ForwardingRole', {
      roleName: names.forwardRole,
      description: 'Lets EventBridge carry break glass events from every Region to the hub',
      assumedBy: new iam.ServicePrincipal('events.amazonaws.com'),
    });
    new iam.ManagedPolicy(this.forwardingRole, 'Policy', {
      managedPolicyName: names.forwardPolicy,
      description: 'Put events on the buses of the break glass hubs',
      document: iam.PolicyDocument.fromJson(data.forwardPolicy),
      roles: [this.forwardingRole],
    });
    alerting(this, placement);
    this.output(names.userNamesOutput, data.users.join(', '),
      'The emergency users; an administrator gives each a password and an MFA device');
    this.outputLinks(placement);
  }
}

class StandbyStack extends PlacedStack {
  constructor(scope, placement) {
    super(scope, placement, 'Break glass standby: a second alert topic and ledger, in case the hub Region is impaired');
    alerting(this, placement);
  }
}

class LinksStack extends PlacedStack {
  constructor(scope, placement) {
    super(scope, placement, 'Break glass links: console pages that switch into the role of a target account');
    new cdk.CfnWaitConditionHandle(this, 'Empty');
    this.outputLinks(placement);
  }
}

class ForwarderStack extends PlacedStack {
  constructor(scope, placement, hub) {
    super(scope, placement, `Break glass forwarder: carries the events of ${placement.region} to ${placement.to.join(' and ')}`);
    const deadLetters = new DeadLetters(this, 'DeadLetters', placement.deadLetterPolicy);
    const prefix = hub.buses[placement.region] ? names.forward : names.capture;
    const targets = placement.to.map((region) => deadLetters.behind({
      id: region, arn: hub.buses[region], roleArn: `arn:aws:iam::${placement.account}:role/${names.forwardRole}`,
    }));
    const forwarding = new Construct(this, 'Forwarding');
    for (const r of placement.rules) {
      rule(forwarding, r.id, prefix + r.rule, `${r.title}. ${r.why}`, r.pattern, targets);
    }
  }
}

class RoleStack extends PlacedStack {
  constructor(scope, placement) {
    super(scope, placement, "Break glass role: the emergency users' way into this account");
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
    hub: () => new HubStack(app, placement),
    standby: () => new StandbyStack(app, placement),
    links: () => new LinksStack(app, placement),
    forwarder: () => new ForwarderStack(app, placement, stacks[names.hubStack]),
    role: () => new RoleStack(app, placement),
  }[placement.kind]();
  for (const before of placement.after) {
    stack.addStackDependency(stacks[before]);
  }
  stacks[placement.stack] = stack;
}
app.synth();
