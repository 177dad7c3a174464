import { mayBe, possibleObjects, possibleTexts, type TemplatePart, type TemplateScope } from '../stack/templateParts';
import type { PolicyEntities } from '../ports/roleApi';

/** What keeps IAM from deleting a role: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html */
export interface RoleHoldings {
  readonly name: string;
  readonly managed: readonly { readonly name: string; readonly arn: string }[];
  /** Names of its own policies. */
  readonly inline: readonly string[];
  /** Names of instance profiles that it is in. */
  readonly profiles: readonly string[];
}

/**
 * What of a role the stack's own template has not given it. CloudFormation takes away what the template put there, and nothing else:
 * a role that has more fails with "Cannot delete entity, must detach all policies first" (reported, for example
 * https://github.com/convox/rack/issues/2672 and https://github.com/awslabs/amazon-eks-irsa-cfn/pull/11; AWS speaks of dependencies by
 * "an out-of-band change" only: https://repost.aws/knowledge-center/cloudformation-stack-delete-failed).
 * What a retained part gave is not taken away either.
 */
export function byHand(role: RoleHoldings, parts: readonly TemplatePart[], scope: TemplateScope): RoleHoldings {
  const going = parts.filter(({ retained }) => !retained);
  const physicalId = ({ logicalId }: TemplatePart): readonly string[] => {
    const id = scope.physicalIds.get(logicalId);
    return id === undefined ? [] : [id];
  };
  const own = going.filter((part) => part.type === 'AWS::IAM::Role' && scope.physicalIds.get(part.logicalId) === role.name);
  const naming = (type: string, property: string): readonly TemplatePart[] => going.filter((part) => part.type === type && mayBe(possibleTexts(part.properties[property], scope), role.name));
  const managed = [...own.flatMap((part) => possibleTexts(part.properties['ManagedPolicyArns'], scope)), ...naming('AWS::IAM::ManagedPolicy', 'Roles').flatMap(physicalId)];
  const inline = [
    ...own.flatMap((part) => possibleObjects(part.properties['Policies']).flatMap((policy) => possibleTexts(policy['PolicyName'], scope))),
    ...[...naming('AWS::IAM::Policy', 'Roles'), ...naming('AWS::IAM::RolePolicy', 'RoleName')].flatMap((part) => possibleTexts(part.properties['PolicyName'], scope)),
  ];
  const profiles = naming('AWS::IAM::InstanceProfile', 'Roles').flatMap(physicalId);
  return {
    name: role.name,
    managed: role.managed.filter(({ arn }) => !mayBe(managed, arn)),
    inline: role.inline.filter((name) => !mayBe(inline, name)),
    profiles: role.profiles.filter((name) => !mayBe(profiles, name)),
  };
}

/**
 * Who has a managed policy of the stack besides those that the template names and the stack's own roles, which lose it before it goes.
 * "You must detach the policy from all users, groups, and roles": https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
 * Its other versions CloudFormation deletes itself, as it makes one at each update (unverified).
 */
export function otherHolders(policyArn: string, holders: PolicyEntities, rolesThatGo: ReadonlySet<string>, parts: readonly TemplatePart[], scope: TemplateScope): PolicyEntities {
  const own = parts.filter((part) => scope.physicalIds.get(part.logicalId) === policyArn);
  const named = (property: string): readonly string[] => own.flatMap((part) => possibleTexts(part.properties[property], scope));
  const [roles, users, groups] = [named('Roles'), named('Users'), named('Groups')];
  return {
    roles: holders.roles.filter((name) => !rolesThatGo.has(name) && !mayBe(roles, name)),
    users: holders.users.filter((name) => !mayBe(users, name)),
    groups: holders.groups.filter((name) => !mayBe(groups, name)),
  };
}
