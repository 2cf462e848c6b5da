package leftovers

// code is the part of the table about what builds and runs code of others.
var code = []row{
	{
		event: "codebuild:ImportSourceCredentials", effect: Made, what: "source credentials {arn}",
		ask: ask{service: "codebuild", call: "CodeBuild_20161006.ListSourceCredentials", with: "{}"}, has: `"arn":"{arn}"`,
		undo: "aws codebuild delete-source-credentials --arn {arn}",
		note: "those of before are overwritten: import them again, too",
	},
	{
		event: "codebuild:UpdateProjectVisibility", effect: Changed, what: "who may see the builds of {projectArn}",
		ask: ask{service: "codebuild", call: "CodeBuild_20161006.BatchGetProjects", with: `{"names": ["{projectArn}"]}`}, has: `"projectVisibility":"PUBLIC_READ"`,
		undo: "aws codebuild update-project-visibility --project-arn {projectArn} --project-visibility PRIVATE",
		note: "unless they were public before",
	},
	{
		event: "codebuild:CreateWebhook", effect: Made, what: "webhook of build project {projectName}",
		ask: ask{service: "codebuild", call: "CodeBuild_20161006.BatchGetProjects", with: `{"names": ["{projectName}"]}`}, has: `"webhook":{`,
		undo: "aws codebuild delete-webhook --project-name {projectName}",
	},
	{
		event: "codebuild:PutResourcePolicy", effect: Changed, what: "policy of {resourceArn}",
		ask: ask{service: "codebuild", call: "CodeBuild_20161006.GetResourcePolicy", with: `{"resourceArn": "{resourceArn}"}`}, gone: notFound,
		undo: "aws codebuild put-resource-policy --resource-arn {resourceArn} --policy file://policy.json",
		note: "write the earlier policy into policy.json; only if there was none: aws codebuild delete-resource-policy",
	},
	{
		event: "codebuild:StartBuild", effect: Changed, what: "what build {build.id} did",
		ask: ask{service: "codebuild", call: "CodeBuild_20161006.BatchGetBuilds", with: `{"ids": ["{build.id}"]}`}, has: `"id":"{build.id}"`,
		undo: "aws codebuild stop-build --id {build.id}",
		note: "this stops one that still runs; its calls have the role of the project, and it may have run other commands than those of the project",
	},
	{
		event: "codepipeline:CreatePipeline", effect: Made, what: "pipeline {pipeline.name}",
		ask:  ask{service: "codepipeline", call: "CodePipeline_20150709.GetPipeline", with: `{"name": "{pipeline.name}"}`},
		gone: []string{"PipelineNotFoundException"},
		undo: "aws codepipeline delete-pipeline --name {pipeline.name}",
	},
	{
		event: "codepipeline:UpdatePipeline", effect: Changed, what: "pipeline {pipeline.name}",
		ask:  ask{service: "codepipeline", call: "CodePipeline_20150709.GetPipeline", with: `{"name": "{pipeline.name}"}`},
		gone: []string{"PipelineNotFoundException"},
		undo: "aws codepipeline update-pipeline --pipeline file://pipeline.json",
		note: "write the earlier pipeline into pipeline.json; one of this project comes back with breakglass deploy",
	},
	{
		event: "codeconnections:CreateConnection codestar-connections:CreateConnection", effect: Made, what: "connection {connectionArn} to a code host",
		ask: ask{
			service: "codeconnections", call: "com.amazonaws.codeconnections.CodeConnections_20231201.GetConnection", with: `{"ConnectionArn": "{connectionArn}"}`,
		}, gone: notFound,
		undo: "aws codestar-connections delete-connection --connection-arn {connectionArn}",
	},
	{
		event: "codecommit:PutRepositoryTriggers", effect: Changed, what: "triggers of repository {repositoryName}",
		ask:  ask{service: "codecommit", call: "CodeCommit_20150413.GetRepositoryTriggers", with: `{"repositoryName": "{repositoryName}"}`},
		gone: []string{"RepositoryDoesNotExistException"},
		undo: "aws codecommit put-repository-triggers --repository-name {repositoryName} --triggers file://triggers.json",
		note: "write the earlier triggers into triggers.json",
	},
	{
		event: "glue:CreateDevEndpoint", effect: Made, what: "development endpoint {endpointName} of Glue",
		ask: ask{service: "glue", call: "AWSGlue.GetDevEndpoint", with: `{"EndpointName": "{endpointName}"}`}, gone: []string{"EntityNotFoundException"},
		undo: "aws glue delete-dev-endpoint --endpoint-name {endpointName}",
	},
	{
		event: "glue:UpdateDevEndpoint", effect: Changed, what: "development endpoint {endpointName} of Glue, its keys perhaps",
		ask: ask{service: "glue", call: "AWSGlue.GetDevEndpoint", with: `{"EndpointName": "{endpointName}"}`}, gone: []string{"EntityNotFoundException"},
		undo: "aws glue update-dev-endpoint --endpoint-name {endpointName} --cli-input-json file://endpoint.json",
		note: "write the keys to remove into endpoint.json",
	},
	{
		event: "glue:CreateJob", effect: Made, what: "job {name} of Glue",
		ask: ask{service: "glue", call: "AWSGlue.GetJob", with: `{"JobName": "{name}"}`}, gone: []string{"EntityNotFoundException"},
		undo: "aws glue delete-job --job-name {name}",
	},
	{
		event: "glue:UpdateJob", effect: Changed, what: "job {jobName} of Glue",
		ask: ask{service: "glue", call: "AWSGlue.GetJob", with: `{"JobName": "{jobName}"}`}, gone: []string{"EntityNotFoundException"},
		undo: "aws glue update-job --job-name {jobName} --job-update file://job.json",
		note: "write the earlier job into job.json",
	},
	{
		event: "glue:CreateTrigger", effect: Made, what: "trigger {name} of Glue",
		ask: ask{service: "glue", call: "AWSGlue.GetTrigger", with: `{"Name": "{name}"}`}, gone: []string{"EntityNotFoundException"},
		undo: "aws glue delete-trigger --name {name}",
	},
	{
		event: "sagemaker:CreateNotebookInstance", effect: Made, what: "notebook {notebookInstanceName}",
		ask:  ask{service: "sagemaker", call: "SageMaker.DescribeNotebookInstance", with: `{"NotebookInstanceName": "{notebookInstanceName}"}`},
		gone: []string{"ValidationException"},
		undo: "aws sagemaker delete-notebook-instance --notebook-instance-name {notebookInstanceName}",
		note: "stop it first: aws sagemaker stop-notebook-instance",
	},
	{
		event: "sagemaker:UpdateNotebookInstance", effect: Changed, what: "notebook {notebookInstanceName}",
		ask:  ask{service: "sagemaker", call: "SageMaker.DescribeNotebookInstance", with: `{"NotebookInstanceName": "{notebookInstanceName}"}`},
		gone: []string{"ValidationException"},
		undo: "aws sagemaker update-notebook-instance --notebook-instance-name {notebookInstanceName} --cli-input-json file://notebook.json",
		note: "write the earlier role and lifecycle configuration into notebook.json",
	},
	{
		event: "sagemaker:CreatePresignedNotebookInstanceUrl", effect: Changed, what: "notebook {notebookInstanceName}, to which an address was given out",
		ask:  ask{service: "sagemaker", call: "SageMaker.DescribeNotebookInstance", with: `{"NotebookInstanceName": "{notebookInstanceName}"}`},
		gone: []string{"ValidationException"},
		note: "whoever has the address acts with the role of the notebook: stop it (aws sagemaker stop-notebook-instance), and revoke the sessions of its role",
	},
	{
		event: "sagemaker:CreateNotebookInstanceLifecycleConfig", effect: Made, what: "lifecycle configuration {notebookInstanceLifecycleConfigName} of notebooks",
		ask: ask{
			service: "sagemaker", call: "SageMaker.DescribeNotebookInstanceLifecycleConfig",
			with: `{"NotebookInstanceLifecycleConfigName": "{notebookInstanceLifecycleConfigName}"}`,
		}, gone: []string{"ValidationException"},
		undo: "aws sagemaker delete-notebook-instance-lifecycle-config --notebook-instance-lifecycle-config-name {notebookInstanceLifecycleConfigName}",
	},
	{
		event: "sagemaker:UpdateNotebookInstanceLifecycleConfig", effect: Changed, what: "lifecycle configuration {notebookInstanceLifecycleConfigName} of notebooks",
		ask: ask{
			service: "sagemaker", call: "SageMaker.DescribeNotebookInstanceLifecycleConfig",
			with: `{"NotebookInstanceLifecycleConfigName": "{notebookInstanceLifecycleConfigName}"}`,
		}, gone: []string{"ValidationException"},
		undo: "aws sagemaker update-notebook-instance-lifecycle-config --notebook-instance-lifecycle-config-name {notebookInstanceLifecycleConfigName} --cli-input-json file://notebook.json",
		note: "write the earlier scripts into notebook.json: they run whenever a notebook starts",
	},
	{
		event: "apprunner:CreateService", effect: Made, what: "service {service.serviceArn} of App Runner",
		ask: ask{service: "apprunner", call: "AppRunner.DescribeService", with: `{"ServiceArn": "{service.serviceArn}"}`}, gone: notFound,
		hasNot: `"Status":"DELETED"`,
		undo:   "aws apprunner delete-service --service-arn {service.serviceArn}",
	},
	{
		event: "batch:RegisterJobDefinition", effect: Made, what: "job definition {jobDefinitionArn}",
		ask: ask{service: "batch", call: "POST /v1/describejobdefinitions", with: `{"jobDefinitions": ["{jobDefinitionArn}"]}`},
		has: `"jobDefinitionArn":"{jobDefinitionArn}"`, hasNot: `"status":"INACTIVE"`,
		undo: "aws batch deregister-job-definition --job-definition {jobDefinitionArn}",
	},
	{
		event: "batch:SubmitJob", effect: Made, what: "job {jobId}",
		ask: ask{service: "batch", call: "POST /v1/describejobs", with: `{"jobs": ["{jobId}"]}`}, has: `"jobId":"{jobId}"`,
		undo: "aws batch terminate-job --job-id {jobId} --reason incident",
		note: "look at what it did with its role",
	},
	{
		event: "budgets:CreateBudgetAction", effect: Made, what: "action {actionId} of budget {budgetName}",
		ask: ask{
			service: "budgets", call: "AWSBudgetServiceGateway.DescribeBudgetAction",
			with: `{"AccountId": "{accountId}", "BudgetName": "{budgetName}", "ActionId": "{actionId}"}`,
		}, gone: []string{"NotFoundException"},
		undo: "aws budgets delete-budget-action --account-id {accountId} --budget-name {budgetName} --action-id {actionId}",
	},
}
