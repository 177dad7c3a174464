import {
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import type { CallOptions } from '../core/ports/iotApi';
import type { PolicyEntities, Role, RoleApi, SimulatedAction } from '../core/ports/roleApi';
import type { AwsClients } from './clients';
import { undefinedIfNotFound } from './notFound';
import { defined, required } from './objects';

export class AwsRoleApi implements RoleApi {
  constructor(private readonly aws: AwsClients) {}

  async getRole(name: string, options?: CallOptions): Promise<Role | undefined> {
    const action = 'iam:GetRole';
    const answer = await undefinedIfNotFound(
      this.aws.call({ action, resource: name }, options, (http) => this.aws.iam.send(new GetRoleCommand({ RoleName: name }), http)),
    );
    if (!answer) return undefined;
    const role = required(answer.Role, 'Role', action);
    return {
      name: role.RoleName ?? name,
      arn: required(role.Arn, 'Arn', action),
      // IAM sends it URL-encoded: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
      trustPolicy: decodeURIComponent(role.AssumeRolePolicyDocument ?? ''),
      // One hour unless set otherwise: same page.
      maxSessionDuration: role.MaxSessionDuration ?? 3600,
      ...defined({ createdAt: role.CreateDate, permissionsBoundaryArn: role.PermissionsBoundary?.PermissionsBoundaryArn }),
    };
  }

  listAttachedRolePolicies(name: string, options?: CallOptions): AsyncIterable<{ name: string; arn: string }> {
    return this.aws.pages({ action: 'iam:ListAttachedRolePolicies', resource: name }, options, async (token, http) => {
      const answer = await this.aws.iam.send(new ListAttachedRolePoliciesCommand({ RoleName: name, MaxItems: 1000, Marker: token }), http);
      return {
        items: answer.AttachedPolicies?.map((policy) => ({ name: policy.PolicyName ?? '', arn: policy.PolicyArn ?? '' })),
        next: answer.IsTruncated === true ? answer.Marker : undefined,
      };
    });
  }

  async simulatePrincipal(source: string, actions: readonly string[], resources: readonly string[], options?: CallOptions): Promise<readonly SimulatedAction[]> {
    const input = { PolicySourceArn: source, ActionNames: [...actions], MaxItems: 1000, ...(resources.length === 0 ? {} : { ResourceArns: [...resources] }) };
    const results = this.aws.pages({ action: 'iam:SimulatePrincipalPolicy', resource: source }, options, async (token, http) => {
      const answer = await this.aws.iam.send(new SimulatePrincipalPolicyCommand({ ...input, Marker: token }), http);
      return { items: answer.EvaluationResults ?? [], next: answer.IsTruncated === true ? answer.Marker : undefined };
    });
    const found = new Map<string, SimulatedAction>();
    // One result for each action, or (as it was) for each action and resource: then each of them must allow it.
    for await (const { EvalActionName: action = '', EvalDecision, MissingContextValues } of results) {
      const before = found.get(action);
      found.set(action, { action, allowed: EvalDecision === 'allowed' && before?.allowed !== false, missingContext: [...(before?.missingContext ?? []), ...(MissingContextValues ?? [])] });
    }
    return [...found.values()];
  }

  async managedPolicy(arn: string, options?: CallOptions): Promise<string | undefined> {
    const policy = await undefinedIfNotFound(this.aws.call({ action: 'iam:GetPolicy', resource: arn }, options, (http) => this.aws.iam.send(new GetPolicyCommand({ PolicyArn: arn }), http)));
    const version = policy?.Policy?.DefaultVersionId;
    if (version === undefined) return undefined;
    const answer = await undefinedIfNotFound(
      this.aws.call({ action: 'iam:GetPolicyVersion', resource: arn }, options, (http) => this.aws.iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: version }), http)),
    );
    // URL-encoded: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
    return answer?.PolicyVersion?.Document === undefined ? undefined : decodeURIComponent(answer.PolicyVersion.Document);
  }

  async inlineRolePolicies(name: string, options?: CallOptions): Promise<readonly { name: string; document: string }[]> {
    const found: { name: string; document: string }[] = [];
    for await (const policy of this.inlineRolePolicyNames(name, options)) {
      const answer = await this.aws.call({ action: 'iam:GetRolePolicy', resource: name }, options, (http) => this.aws.iam.send(new GetRolePolicyCommand({ RoleName: name, PolicyName: policy }), http));
      // URL-encoded: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
      found.push({ name: policy, document: decodeURIComponent(answer.PolicyDocument ?? '') });
    }
    return found;
  }

  inlineRolePolicyNames(name: string, options?: CallOptions): AsyncIterable<string> {
    return this.aws.pages({ action: 'iam:ListRolePolicies', resource: name }, options, async (token, http) => {
      const answer = await this.aws.iam.send(new ListRolePoliciesCommand({ RoleName: name, MaxItems: 1000, Marker: token }), http);
      return { items: answer.PolicyNames ?? [], next: answer.IsTruncated === true ? answer.Marker : undefined };
    });
  }

  instanceProfilesOfRole(name: string, options?: CallOptions): AsyncIterable<string> {
    return this.aws.pages({ action: 'iam:ListInstanceProfilesForRole', resource: name }, options, async (token, http) => {
      const answer = await this.aws.iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: name, MaxItems: 1000, Marker: token }), http);
      return { items: answer.InstanceProfiles?.map((profile) => profile.InstanceProfileName ?? ''), next: answer.IsTruncated === true ? answer.Marker : undefined };
    });
  }

  async entitiesOfPolicy(arn: string, options?: CallOptions): Promise<PolicyEntities> {
    const pages = this.aws.pages({ action: 'iam:ListEntitiesForPolicy', resource: arn }, options, async (token, http) => {
      const answer = await this.aws.iam.send(new ListEntitiesForPolicyCommand({ PolicyArn: arn, MaxItems: 1000, Marker: token }), http);
      return { items: [answer], next: answer.IsTruncated === true ? answer.Marker : undefined };
    });
    const roles: string[] = [];
    const users: string[] = [];
    const groups: string[] = [];
    for await (const { PolicyRoles = [], PolicyUsers = [], PolicyGroups = [] } of pages) {
      roles.push(...PolicyRoles.map(({ RoleName = '' }) => RoleName));
      users.push(...PolicyUsers.map(({ UserName = '' }) => UserName));
      groups.push(...PolicyGroups.map(({ GroupName = '' }) => GroupName));
    }
    return { roles, users, groups };
  }

  async detachRolePolicy(role: string, policyArn: string, options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'iam:DetachRolePolicy', resource: role }, options, (http) => this.aws.iam.send(new DetachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }), http));
  }

  async deleteRolePolicy(role: string, policy: string, options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'iam:DeleteRolePolicy', resource: role }, options, (http) => this.aws.iam.send(new DeleteRolePolicyCommand({ RoleName: role, PolicyName: policy }), http));
  }
}
