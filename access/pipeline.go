package access

import (
	"slices"

	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// Pipeline holds what the permissions of a pipeline's roles refer to.
type Pipeline struct {
	// Place of the pipeline.
	place.Place
	// Artifacts of every Region that it deploys to, its own included.
	Artifacts []Artifacts
	// Projects lists the names of its CodeBuild projects.
	Projects []string
	// Environments lists the accounts and Regions that it deploys to, its own stacks included.
	Environments []place.Place
}

const (
	codePipeline = "codepipeline.amazonaws.com"
	codeBuild    = "codebuild.amazonaws.com"
)

// rolesInPolicy is the number of role ARNs that fit into a managed policy, with the longest name of a Region.
const rolesInPolicy = 60

// PipelineTrust lets CodePipeline assume the pipeline's role for this one pipeline: somebody who may make another pipeline and pass
// roles gets nothing with it.
func (p Pipeline) PipelineTrust() Document {
	return p.serviceTrust(codePipeline, p.ARN("codepipeline", names.PipelineStack))
}

// BuildTrust lets CodeBuild assume a build's role for its one project (CodeBuild user guide, confused deputy prevention).
func (p Pipeline) BuildTrust(project string) Document {
	return p.serviceTrust(codeBuild, p.Project(project))
}

func (p Pipeline) serviceTrust(service, source string) Document {
	return document(Statement{
		"Effect": "Allow", "Principal": map[string]any{"Service": service}, "Action": "sts:AssumeRole",
		"Condition": map[string]any{
			"StringEquals": map[string]any{"aws:SourceAccount": p.Account},
			"ArnEquals":    map[string]any{"aws:SourceArn": source},
		},
	})
}

// PipelineRole lets the pipeline itself store artifacts, start its builds and read its source. Deployments are left to the
// roles of Deploying.
func (p Pipeline) PipelineRole(source Statement) Document {
	var projects []any
	for _, name := range p.Projects {
		projects = append(projects, p.Project(name))
	}
	return document(append(p.artifacts(p.Artifacts, true),
		Statement{
			"Sid": "OwnBuilds", "Effect": "Allow",
			"Action": []any{"codebuild:StartBuild", "codebuild:StopBuild", "codebuild:BatchGetBuilds"}, "Resource": projects,
		},
		source,
	)...)
}

// ConnectionSource lets the pipeline read through a connection, whose ARN has the service's old name or its new one.
func ConnectionSource(connection string) Statement {
	return Statement{
		"Sid": "Source", "Effect": "Allow",
		"Action": []any{"codeconnections:UseConnection", "codestar-connections:UseConnection"}, "Resource": connection,
	}
}

// CodeCommitSource lets it read a repository of its own account and Region.
func (p Pipeline) CodeCommitSource(repository string) Statement {
	return Statement{
		"Sid": "Source", "Effect": "Allow",
		"Action": []any{
			"codecommit:GetBranch", "codecommit:GetCommit", "codecommit:UploadArchive", "codecommit:GetUploadArchiveStatus",
			"codecommit:CancelUploadArchive",
		},
		"Resource": p.Repository(repository),
	}
}

// S3Source lets it read a file, and the bucket's settings.
func (p Pipeline) S3Source(bucket, key string) Statement {
	arn := p.Bucket(bucket)
	return Statement{
		"Sid": "Source", "Effect": "Allow", "Action": readArtifacts, "Resource": []any{arn, arn + "/" + key},
	}
}

// Deploying lets the pipeline assume the roles that deploy, in policies that are each small enough.
func (p Pipeline) Deploying() []Document { return p.assuming(DeployRole, p.Environments) }

// Comparing lets the build that compares deployed stacks with new templates read the stacks, and nothing else, in exactly
// these accounts and Regions. In the pipeline's own account it is any Region: when the file gets a new one, it is this build, as
// the old file has it, that shows what will be there, and the role of a single Region can read all of the account anyway.
func (p Pipeline) Comparing() []Document {
	into := []place.Place{p.In(place.Any)}
	for _, e := range p.Environments {
		if e.Account != p.Account {
			into = append(into, e)
		}
	}
	return p.assuming(LookupRole, into)
}

// LookingInto lets the readiness check read in the other accounts, through the role of each account's first environment.
func (p Pipeline) LookingInto(environments []place.Place) []Document {
	return p.assuming(LookupRole, environments)
}

func (p Pipeline) assuming(kind string, environments []place.Place) []Document {
	var documents []Document
	for some := range slices.Chunk(environments, rolesInPolicy) {
		var roles []any
		for _, e := range some {
			roles = append(roles, BootstrapRole(e, kind))
		}
		documents = append(documents, document(Statement{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": roles}))
	}
	return documents
}

// Building lets every build write its log, read its input and, where it has output, store it.
func (p Pipeline) Building(project string, makes bool) Document {
	own := slices.DeleteFunc(slices.Clone(p.Artifacts), func(a Artifacts) bool { return a.Region != p.Region })
	return document(append(p.artifacts(own, makes), Statement{
		"Sid": "OwnLog", "Effect": "Allow", "Action": []any{"logs:CreateLogStream", "logs:PutLogEvents"},
		"Resource": p.LogGroup(BuildLog(project)) + ":*",
	})...)
}

// BuildLog returns the name of a project's log group.
func BuildLog(project string) string { return "/aws/codebuild/" + project }

// artifacts lets a role of this account read from the buckets and write to them. A condition identifies the key by its alias:
// it holds however a call names the key. No role may list a bucket: code that nobody has read yet runs in a build, and could find the
// templates that somebody has approved, whose names are random, and put others in their place.
func (p Pipeline) artifacts(all []Artifacts, write bool) []Statement {
	var buckets, objects, keys []any
	alias := ""
	for _, a := range all {
		buckets = append(buckets, a.BucketARN())
		objects = append(objects, a.BucketARN()+"/*")
		if a.Region == p.Region || len(a.Readers) > 0 {
			keys = append(keys, a.Key(place.Any))
		}
		alias = a.KeyAlias
	}
	actions := []any{"s3:GetObject", "s3:GetObjectVersion"}
	use := []any{"kms:Decrypt", "kms:DescribeKey"}
	if write {
		actions = append(actions, "s3:PutObject", "s3:PutObjectAcl", "s3:AbortMultipartUpload")
		use = useKey
	}
	return []Statement{
		{"Sid": "Artifacts", "Effect": "Allow", "Action": actions, "Resource": objects},
		{
			"Sid": "Buckets", "Effect": "Allow",
			"Action": []any{"s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"}, "Resource": buckets,
		},
		{
			"Sid": "Keys", "Effect": "Allow", "Action": use, "Resource": keys,
			"Condition": map[string]any{"ForAnyValue:StringEquals": map[string]any{"kms:ResourceAliases": alias}},
		},
	}
}

// Without a name, the first requires permission for the second (CloudFormation API, DescribeStacks).
const describeStacks, listStacks = "cloudformation:DescribeStacks", "cloudformation:ListStacks"

// Proving lets the readiness check and the drill run in the pipeline's own account, each action restricted as far as possible.
func (p Pipeline) Proving(actions []string) Document {
	var order []string
	on := map[string][]any{}
	if slices.Contains(actions, describeStacks) {
		actions = append(slices.Clone(actions), listStacks)
	}
	for _, action := range actions {
		resource := p.confined(action)
		if on[resource] == nil {
			order = append(order, resource)
		}
		on[resource] = append(on[resource], action)
	}
	var statements []Statement
	for _, resource := range order {
		s := Statement{"Effect": "Allow", "Action": on[resource], "Resource": resource}
		if slices.Contains(on[resource], any(putEvents)) {
			// Who may put a sign-in's look-alike or a heartbeat could fake an alert, or hide that one is missing.
			on[resource] = slices.DeleteFunc(on[resource], func(a any) bool { return a == putEvents })
			statements = append(statements, Statement{"Effect": "Allow", "Action": putEvents, "Resource": resource, "Condition": eventsFrom(watch.DrillSource)})
			if s["Action"] = on[resource]; len(on[resource]) == 0 {
				continue
			}
		}
		statements = append(statements, s)
	}
	return document(statements...)
}
