package leftovers

// network is the part of the table about who reaches what: networks, names and addresses.
var network = []row{
	{
		event: "ec2:CreateVpcEndpoint", effect: Made, what: "endpoint {vpcEndpoint.vpcEndpointId}",
		ask:  ask{service: "ec2", call: "DescribeVpcEndpoints 2016-11-15", with: "VpcEndpointId.1={vpcEndpoint.vpcEndpointId}"},
		gone: []string{"InvalidVpcEndpointId.NotFound"}, hasNot: "<vpcEndpointState>deleted<",
		undo: "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {vpcEndpoint.vpcEndpointId}",
	},
	{
		event: "ec2:ModifyVpcEndpoint", effect: Changed, what: "endpoint {vpcEndpointId}, its policy perhaps",
		ask: ask{service: "ec2", call: "DescribeVpcEndpoints 2016-11-15", with: "VpcEndpointId.1={vpcEndpointId}"}, gone: []string{"InvalidVpcEndpointId.NotFound"},
		undo: "aws ec2 modify-vpc-endpoint --vpc-endpoint-id {vpcEndpointId} --policy-document file://policy.json",
		note: "write the earlier policy into policy.json",
	},
	{
		event: "ec2:ModifyVpcEndpointServicePermissions", effect: Changed, what: "who may connect to endpoint service {serviceId}",
		ask:  ask{service: "ec2", call: "DescribeVpcEndpointServicePermissions 2016-11-15", with: "ServiceId={serviceId}"},
		gone: []string{"InvalidVpcEndpointServiceId.NotFound"}, has: "<item>",
		undo: "aws ec2 modify-vpc-endpoint-service-permissions --service-id {serviceId} --remove-allowed-principals PRINCIPALS",
		note: "PRINCIPALS are those that the call added",
	},
	{
		event: "ec2:CreateVpcEndpointServiceConfiguration", effect: Made, what: "endpoint service {serviceConfiguration.serviceId}",
		ask:  ask{service: "ec2", call: "DescribeVpcEndpointServiceConfigurations 2016-11-15", with: "ServiceId.1={serviceConfiguration.serviceId}"},
		gone: []string{"InvalidVpcEndpointServiceId.NotFound"},
		undo: "aws ec2 delete-vpc-endpoint-service-configurations --service-ids {serviceConfiguration.serviceId}",
	},
	{
		event: "ec2:CreateInstanceConnectEndpoint", effect: Made, what: "endpoint {instanceConnectEndpoint.instanceConnectEndpointId} of EC2 Instance Connect",
		ask: ask{
			service: "ec2", call: "DescribeInstanceConnectEndpoints 2016-11-15", with: "InstanceConnectEndpointId.1={instanceConnectEndpoint.instanceConnectEndpointId}",
		}, gone: []string{"InvalidInstanceConnectEndpointId.NotFound"}, hasNot: "<state>delete-complete<",
		undo: "aws ec2 delete-instance-connect-endpoint --instance-connect-endpoint-id {instanceConnectEndpoint.instanceConnectEndpointId}",
	},
	{
		event: "ec2:CreateTransitGatewayVpcAttachment", effect: Made,
		what: "attachment {transitGatewayVpcAttachment.transitGatewayAttachmentId} of a transit gateway",
		ask: ask{
			service: "ec2", call: "DescribeTransitGatewayAttachments 2016-11-15",
			with: "TransitGatewayAttachmentIds.1={transitGatewayVpcAttachment.transitGatewayAttachmentId}",
		}, gone: []string{"InvalidTransitGatewayAttachmentID.NotFound"}, hasNot: "<state>deleted<",
		undo: "aws ec2 delete-transit-gateway-vpc-attachment --transit-gateway-attachment-id {transitGatewayVpcAttachment.transitGatewayAttachmentId}",
	},
	{
		event: "ec2:AcceptTransitGatewayVpcAttachment", effect: Made,
		what: "attachment {transitGatewayVpcAttachment.transitGatewayAttachmentId} of a transit gateway",
		ask: ask{
			service: "ec2", call: "DescribeTransitGatewayAttachments 2016-11-15",
			with: "TransitGatewayAttachmentIds.1={transitGatewayVpcAttachment.transitGatewayAttachmentId}",
		}, gone: []string{"InvalidTransitGatewayAttachmentID.NotFound"}, hasNot: "<state>deleted<",
		undo: "aws ec2 delete-transit-gateway-vpc-attachment --transit-gateway-attachment-id {transitGatewayVpcAttachment.transitGatewayAttachmentId}",
	},
	{
		event: "ec2:CreateTransitGatewayPeeringAttachment", effect: Made,
		what: "attachment {transitGatewayPeeringAttachment.transitGatewayAttachmentId} of a transit gateway",
		ask: ask{
			service: "ec2", call: "DescribeTransitGatewayAttachments 2016-11-15",
			with: "TransitGatewayAttachmentIds.1={transitGatewayPeeringAttachment.transitGatewayAttachmentId}",
		}, gone: []string{"InvalidTransitGatewayAttachmentID.NotFound"}, hasNot: "<state>deleted<",
		undo: "aws ec2 delete-transit-gateway-peering-attachment --transit-gateway-attachment-id {transitGatewayPeeringAttachment.transitGatewayAttachmentId}",
	},
	{
		event: "ec2:AcceptTransitGatewayPeeringAttachment", effect: Made,
		what: "attachment {transitGatewayPeeringAttachment.transitGatewayAttachmentId} of a transit gateway",
		ask: ask{
			service: "ec2", call: "DescribeTransitGatewayAttachments 2016-11-15",
			with: "TransitGatewayAttachmentIds.1={transitGatewayPeeringAttachment.transitGatewayAttachmentId}",
		}, gone: []string{"InvalidTransitGatewayAttachmentID.NotFound"}, hasNot: "<state>deleted<",
		undo: "aws ec2 delete-transit-gateway-peering-attachment --transit-gateway-attachment-id {transitGatewayPeeringAttachment.transitGatewayAttachmentId}",
	},
	{
		event: "ec2:CreateVpnConnection", effect: Made, what: "VPN connection {vpnConnection.vpnConnectionId}",
		ask:  ask{service: "ec2", call: "DescribeVpnConnections 2016-11-15", with: "VpnConnectionId.1={vpnConnection.vpnConnectionId}"},
		gone: []string{"InvalidVpnConnectionID.NotFound"}, hasNot: "<state>deleted<",
		undo: "aws ec2 delete-vpn-connection --vpn-connection-id {vpnConnection.vpnConnectionId}",
	},
	{
		event: "ec2:CreateClientVpnEndpoint", effect: Made, what: "VPN endpoint {clientVpnEndpointId}",
		ask:  ask{service: "ec2", call: "DescribeClientVpnEndpoints 2016-11-15", with: "ClientVpnEndpointId.1={clientVpnEndpointId}"},
		gone: []string{"InvalidClientVpnEndpointId.NotFound"}, hasNot: "<code>deleted<",
		undo: "aws ec2 delete-client-vpn-endpoint --client-vpn-endpoint-id {clientVpnEndpointId}",
		note: "first: aws ec2 disassociate-client-vpn-target-network",
	},
	{
		event: "ec2:CreateRoute", effect: Made, what: "route to {destinationCidrBlock} in {routeTableId}",
		ask: ask{service: "ec2", call: "DescribeRouteTables 2016-11-15", with: "RouteTableId.1={routeTableId}"}, gone: []string{"InvalidRouteTableID.NotFound"},
		has:  "<destinationCidrBlock>{destinationCidrBlock}<",
		undo: "aws ec2 delete-route --route-table-id {routeTableId} --destination-cidr-block {destinationCidrBlock}",
	},
	{
		event: "ec2:ReplaceRoute", effect: Changed, what: "route to {destinationCidrBlock} in {routeTableId}",
		ask: ask{service: "ec2", call: "DescribeRouteTables 2016-11-15", with: "RouteTableId.1={routeTableId}"}, gone: []string{"InvalidRouteTableID.NotFound"},
		undo: "aws ec2 replace-route --route-table-id {routeTableId} --destination-cidr-block {destinationCidrBlock} --gateway-id GATEWAY",
		note: "GATEWAY is the earlier one; of another kind: aws ec2 replace-route has an option for each",
	},
	{
		event: "ec2:DeleteRoute", effect: Removed, what: "route to {destinationCidrBlock} in {routeTableId}",
		ask: ask{service: "ec2", call: "DescribeRouteTables 2016-11-15", with: "RouteTableId.1={routeTableId}"}, gone: []string{"InvalidRouteTableID.NotFound"},
		has:  "<destinationCidrBlock>{destinationCidrBlock}<",
		note: "make it again to where it led: aws ec2 create-route",
	},
	{
		event: "ec2:AttachInternetGateway", effect: Made, what: "internet gateway {internetGatewayId} at {vpcId}",
		ask:  ask{service: "ec2", call: "DescribeInternetGateways 2016-11-15", with: "InternetGatewayId.1={internetGatewayId}"},
		gone: []string{"InvalidInternetGatewayID.NotFound"}, has: "<vpcId>{vpcId}<",
		undo: "aws ec2 detach-internet-gateway --internet-gateway-id {internetGatewayId} --vpc-id {vpcId}",
	},
	{
		event: "ec2:AllocateAddress", effect: Made, what: "address {publicIp}",
		ask: ask{service: "ec2", call: "DescribeAddresses 2016-11-15", with: "AllocationId.1={allocationId}"}, gone: []string{"InvalidAllocationID.NotFound"},
		undo: "aws ec2 release-address --allocation-id {allocationId}",
	},
	{
		event: "ec2:AssociateAddress", effect: Made, what: "address at {instanceId|networkInterfaceId}",
		ask:  ask{service: "ec2", call: "DescribeAddresses 2016-11-15", with: "Filter.1.Name=association-id&Filter.1.Value.1={associationId}"},
		has:  "<associationId>{associationId}<",
		undo: "aws ec2 disassociate-address --association-id {associationId}",
	},
	{
		event: "ec2:CreateNetworkAclEntry ec2:ReplaceNetworkAclEntry ec2:DeleteNetworkAclEntry", effect: Changed,
		what: "rule {ruleNumber} of network ACL {networkAclId}",
		ask:  ask{service: "ec2", call: "DescribeNetworkAcls 2016-11-15", with: "NetworkAclId.1={networkAclId}"}, gone: []string{"InvalidNetworkAclID.NotFound"},
		undo: "aws ec2 replace-network-acl-entry --network-acl-id {networkAclId} --rule-number {ruleNumber} --cli-input-json file://entry.json",
		note: "write the earlier rule into entry.json; if there was none: aws ec2 delete-network-acl-entry",
	},
	{
		event: "ec2:ModifySecurityGroupRules", effect: Changed, what: "rules of security group {groupId}",
		ask: ask{service: "ec2", call: "DescribeSecurityGroups 2016-11-15", with: "GroupId.1={groupId}"}, gone: []string{"InvalidGroup.NotFound"},
		undo: "aws ec2 modify-security-group-rules --group-id {groupId} --security-group-rules file://group-rules.json",
		note: "write the earlier rules into group-rules.json",
	},
	{
		event: "ec2:RevokeSecurityGroupIngress", effect: Changed, what: "inbound rules of security group {groupId}, of which some were removed",
		ask: ask{service: "ec2", call: "DescribeSecurityGroups 2016-11-15", with: "GroupId.1={groupId}"}, gone: []string{"InvalidGroup.NotFound"},
		undo: "aws ec2 authorize-security-group-ingress --group-id {groupId} --ip-permissions file://group-rules.json",
		note: "write the earlier rules into group-rules.json",
	},
	{
		event: "ec2:RevokeSecurityGroupEgress", effect: Changed, what: "outbound rules of security group {groupId}, of which some were removed",
		ask: ask{service: "ec2", call: "DescribeSecurityGroups 2016-11-15", with: "GroupId.1={groupId}"}, gone: []string{"InvalidGroup.NotFound"},
		undo: "aws ec2 authorize-security-group-egress --group-id {groupId} --ip-permissions file://group-rules.json",
		note: "write the earlier rules into group-rules.json",
	},
	{
		event: "ec2:CreateTrafficMirrorSession", effect: Made, what: "traffic mirror {trafficMirrorSession.trafficMirrorSessionId}",
		ask:  ask{service: "ec2", call: "DescribeTrafficMirrorSessions 2016-11-15", with: "TrafficMirrorSessionId.1={trafficMirrorSession.trafficMirrorSessionId}"},
		gone: []string{"InvalidTrafficMirrorSessionId.NotFound"},
		undo: "aws ec2 delete-traffic-mirror-session --traffic-mirror-session-id {trafficMirrorSession.trafficMirrorSessionId}",
	},
	{
		event: "ec2:ModifyVpcBlockPublicAccessOptions", effect: Changed, what: "block of internet gateways in the Region",
		ask: ask{service: "ec2", call: "DescribeVpcBlockPublicAccessOptions 2016-11-15"}, gone: []string{"UnsupportedOperation"},
		undo: "aws ec2 modify-vpc-block-public-access-options --internet-gateway-block-mode MODE",
		note: "MODE is the earlier one: off, block-bidirectional or block-ingress",
	},
	{
		event: "route53:ChangeResourceRecordSets", effect: Changed, what: "records of hosted zone {hostedZoneId}",
		ask: ask{service: "route53", call: "GET /2013-04-01/hostedzone/{hostedZoneId}"}, gone: []string{"NoSuchHostedZone"},
		undo: "aws route53 change-resource-record-sets --hosted-zone-id {hostedZoneId} --change-batch file://changes.json",
		note: "write the earlier records into changes.json",
	},
	{
		event: "route53:CreateHostedZone", effect: Made, what: "hosted zone {hostedZone.id}",
		ask: ask{service: "route53", call: "GET /2013-04-01/hostedzone"}, has: "<Id>{hostedZone.id}<",
		undo: "aws route53 delete-hosted-zone --id {hostedZone.id}",
		note: "delete its records first",
	},
	{
		event: "route53:DeleteHostedZone", effect: Removed, what: "hosted zone {id}",
		ask: ask{service: "route53", call: "GET /2013-04-01/hostedzone/{id}"}, gone: []string{"NoSuchHostedZone"},
		note: "make it again with its records: it gets other name servers",
	},
	{
		event: "route53:AssociateVPCWithHostedZone", effect: Made, what: "hosted zone {hostedZoneId} in {vPC.vPCId}",
		ask: ask{service: "route53", call: "GET /2013-04-01/hostedzone/{hostedZoneId}"}, gone: []string{"NoSuchHostedZone"}, has: "<VPCId>{vPC.vPCId}<",
		undo: "aws route53 disassociate-vpc-from-hosted-zone --hosted-zone-id {hostedZoneId} --vpc VPCRegion={vPC.vPCRegion},VPCId={vPC.vPCId}",
	},
	{
		event: "route53domains:UpdateDomainNameservers", effect: Changed, what: "name servers of domain {domainName}",
		ask: ask{service: "route53domains", call: "Route53Domains_v20140515.GetDomainDetail", with: `{"DomainName": "{domainName}"}`}, gone: []string{"InvalidInput"},
		undo: "aws route53domains update-domain-nameservers --domain-name {domainName} --nameservers file://nameservers.json",
		note: "write the earlier name servers into nameservers.json",
	},
	{
		event: "route53domains:DisableDomainTransferLock", effect: Removed, what: "transfer lock of domain {domainName}",
		ask: ask{service: "route53domains", call: "Route53Domains_v20140515.GetDomainDetail", with: `{"DomainName": "{domainName}"}`}, gone: []string{"InvalidInput"},
		has:  `"clientTransferProhibited"`,
		undo: "aws route53domains enable-domain-transfer-lock --domain-name {domainName}",
	},
	{
		event: "route53domains:TransferDomainToAnotherAwsAccount", effect: Made, what: "transfer of domain {domainName} to account {accountId}",
		ask: ask{service: "route53domains", call: "Route53Domains_v20140515.GetDomainDetail", with: `{"DomainName": "{domainName}"}`}, gone: []string{"InvalidInput"},
		undo: "aws route53domains cancel-domain-transfer-to-another-aws-account --domain-name {domainName}",
		note: "one that was accepted: the other account transfers it back, or AWS Support does; a cancelled transfer leaves the domain there",
	},
	{
		event: "route53domains:UpdateDomainContact", effect: Changed, what: "contacts of domain {domainName}",
		ask: ask{service: "route53domains", call: "Route53Domains_v20140515.GetDomainDetail", with: `{"DomainName": "{domainName}"}`}, gone: []string{"InvalidInput"},
		undo: "aws route53domains update-domain-contact --domain-name {domainName} --cli-input-json file://contacts.json",
		note: "write the earlier contacts into contacts.json",
	},
	{
		event: "route53domains:RetrieveDomainAuthCode", effect: Changed, what: "authorization code of domain {domainName}, which was read",
		ask: ask{service: "route53domains", call: "Route53Domains_v20140515.GetDomainDetail", with: `{"DomainName": "{domainName}"}`}, gone: []string{"InvalidInput"},
		note: "with it, a domain without its transfer lock can be taken to another registrar: lock it (aws route53domains enable-domain-transfer-lock)",
	},
	{
		event: "route53resolver:DeleteResolverQueryLogConfig", effect: Removed, what: "query logging {resolverQueryLogConfigId} of the resolver",
		ask:  ask{service: "route53resolver", call: "Route53Resolver.GetResolverQueryLogConfig", with: `{"ResolverQueryLogConfigId": "{resolverQueryLogConfigId}"}`},
		gone: notFound, hasNot: `"Status":"DELETING"`,
		note: "make it again with its earlier destination: aws route53resolver create-resolver-query-log-config",
	},
	{
		event: "route53resolver:DisassociateResolverQueryLogConfig", effect: Removed, what: "query logging {resolverQueryLogConfigId} of {resourceId}",
		ask: ask{
			service: "route53resolver", call: "Route53Resolver.ListResolverQueryLogConfigAssociations",
			with: `{"Filters": [{"Name": "ResourceId", "Values": ["{resourceId}"]}]}`,
		}, has: `"ResolverQueryLogConfigId":"{resolverQueryLogConfigId}"`,
		undo: "aws route53resolver associate-resolver-query-log-config --resolver-query-log-config-id {resolverQueryLogConfigId} --resource-id {resourceId}",
	},
	{
		event: "route53resolver:CreateResolverRule", effect: Made, what: "rule {resolverRule.id} of the resolver",
		ask: ask{service: "route53resolver", call: "Route53Resolver.GetResolverRule", with: `{"ResolverRuleId": "{resolverRule.id}"}`}, gone: notFound,
		hasNot: `"Status":"DELETING"`,
		undo:   "aws route53resolver delete-resolver-rule --resolver-rule-id {resolverRule.id}",
		note:   "disassociate it first",
	},
}
