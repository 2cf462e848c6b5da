// Answers, for every line of standard input (one request with its policies), one line {"id","decision","errors"} on standard
// output. Whatever keeps a request from being decided as written is an error of that case, never a denial.
import { createInterface } from 'node:readline'
import { isConditionKeyArray, runSimulation, typeForContextKey } from '@cloud-copilot/iam-simulate'

// IAM's condition operators, which it reads without regard to case.
const operators = new RegExp(
  '^(ForAnyValue:|ForAllValues:)?(' +
    'String(Not)?(Equals(IgnoreCase)?|Like)|' +
    '(Numeric|Date)(Not)?Equals|(Numeric|Date)(LessThan|GreaterThan)(Equals)?|' +
    'Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)' +
    ')(IfExists)?$|^Null$',
  'i',
)

// allowAll is FullAWSAccess, AWS's own service control policy.
const allowAll = { name: 'FullAWSAccess', policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const request = JSON.parse(line)
  let answer
  try {
    answer = await decide(request)
  } catch (e) {
    answer = { errors: [e.message] }
  }
  process.stdout.write(JSON.stringify({ id: request.id, decision: '', errors: [], ...answer }) + '\n')
}

async function decide({ principal, action, resource, resourceAccount, identityPolicies, boundary, resourcePolicy, servicePolicy, resourceControl, context }) {
  if (!resourceAccount) {
    return { errors: [`resourceAccount is missing, and ${resource} holds none`] }
  }
  const identities = (identityPolicies ?? []).map(({ name, document }) => ({ name, policy: document }))
  const boundaries = boundary ? [{ name: 'boundary', policy: boundary }] : undefined
  const documents = [...identities.map((p) => p.policy), ...(boundaries ?? []).map((p) => p.policy), resourcePolicy, servicePolicy, resourceControl]
  const given = Object.entries(context ?? {}).filter(([, values]) => values?.length > 0)
  const errors = [
    ...(await unknownConditions(documents.flatMap(statements))),
    ...withoutPrincipal(statements(resourcePolicy)),
    ...(await unfitValues(given)),
  ]
  if (errors.length > 0) {
    return { errors }
  }

  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: resourceAccount },
        contextVariables: { ...withoutKeys(derivedContext(principal), given), ...Object.fromEntries(given) },
      },
      identityPolicies: identities,
      permissionBoundaryPolicies: boundaries,
      resourcePolicy: resourcePolicy ?? undefined,
      serviceControlPolicies: ofOrganization(servicePolicy, [allowAll]),
      resourceControlPolicies: ofOrganization(resourceControl, []), // the simulator adds AWS's own
    },
    { simulationMode: 'Strict' },
  )
  if (result.resultType === 'error') {
    return { errors: [describe(result.errors)] }
  }
  const ignored = (result.results ?? [result.result]).flatMap((r) => r.ignoredContextKeys ?? [])
  if (ignored.length > 0) {
    return { errors: [`condition keys that ${action} on ${resource} does not know: ${[...new Set(ignored)].join(', ')}`] }
  }
  return { decision: result.overallResult }
}

// ofOrganization returns a policy of the organization, and those beside it.
function ofOrganization(policy, beside) {
  return policy ? [{ orgIdentifier: 'r-ab12', policies: [...beside, { name: 'guardrail', policy }] }] : []
}

// derivedContext is what AWS itself says about a principal in every request.
function derivedContext(principal) {
  if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(principal)) {
    return { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': principal }
  }
  const [, partition, service, , account, id] = principal.match(/^arn:([^:]+):(iam|sts):([^:]*):([0-9]{12}):(.+)$/) ?? []
  if (!id) {
    throw new Error(`principal: ${principal} is neither the ARN of a user, role, session or account nor a service`)
  }
  const common = { 'aws:PrincipalAccount': account, 'aws:PrincipalIsAWSService': 'false' }
  const kind = id.split('/')[0]
  const name = id.split('/').at(-1)
  if (service === 'sts' && kind === 'assumed-role') {
    // The path of the role is not in the session's ARN: a case about a role with a path gives aws:PrincipalArn itself.
    const role = `arn:${partition}:iam::${account}:role/${id.split('/')[1]}`
    return { ...common, 'aws:PrincipalArn': role, 'aws:PrincipalType': 'AssumedRole' }
  }
  const types = { user: 'User', role: 'AssumedRole', root: 'Account' }
  return {
    ...common,
    'aws:PrincipalArn': principal,
    ...(types[kind] && { 'aws:PrincipalType': types[kind] }),
    ...(kind === 'user' && { 'aws:username': name }),
  }
}

function withoutKeys(derived, given) {
  const named = new Set(given.map(([key]) => key.toLowerCase()))
  return Object.fromEntries(Object.entries(derived).filter(([key]) => !named.has(key.toLowerCase())))
}

function statements(document) {
  return [document?.Statement ?? []].flat()
}

// unknownConditions finds operators and keys that don't exist: the simulator takes a misspelt one for one that doesn't hold.
async function unknownConditions(all) {
  const unknown = new Set()
  for (const [operator, keys] of all.flatMap((s) => Object.entries(s?.Condition ?? {}))) {
    if (!operators.test(operator)) {
      unknown.add(`policy: there is no condition operator ${operator}`)
    }
    for (const key of Object.keys(keys ?? {})) {
      if (!(await keyType(key)) && !isIdentityProvider(key)) {
        unknown.add(`policy: no service has a condition key ${key}`)
      }
    }
  }
  return [...unknown]
}

// withoutPrincipal finds statements of a resource policy that are about nobody: AWS refuses these, the simulator does not.
function withoutPrincipal(all) {
  return all.some((s) => !s?.Principal && !s?.NotPrincipal) ? ['resourcePolicy: a statement has no Principal'] : []
}

// unfitValues finds keys with several values that can only have one: the simulator would take the first.
async function unfitValues(given) {
  const errors = []
  for (const [key, values] of given) {
    const type = await keyType(key)
    if (!type && !isIdentityProvider(key)) {
      errors.push(`context: no service has a condition key ${key}`)
    } else if (values.length > 1 && !(type && isConditionKeyArray(type))) {
      errors.push(`context: ${key} has ${values.length} values and can only have one`)
    }
  }
  return errors
}

async function keyType(key) {
  try {
    return await typeForContextKey(key)
  } catch {
    return undefined
  }
}

// isIdentityProvider accepts the keys of web identities, which start with the provider's host: host.example.com:sub.
function isIdentityProvider(key) {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/[^:]*)?:[a-z_]+$/i.test(key)
}

function describe({ message, ...details }) {
  const rest = JSON.stringify(details)
  return rest === '{}' ? message : `${message}: ${rest}`
}
