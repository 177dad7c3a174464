import {
  CreateRoleAliasCommand,
  DeleteRoleAliasCommand,
  DescribeRoleAliasCommand,
  ListRoleAliasesCommand,
  UpdateRoleAliasCommand,
} from '@aws-sdk/client-iot';
import type { CallOptions, IotApi, RoleAlias, Tag } from '../../core/ports/iotApi';
import type { AwsClients } from '../clients';
import { required } from '../objects';
import { find, pageSize, tagList } from './common';

type Calls = Pick<IotApi, 'describeRoleAlias' | 'createRoleAlias' | 'updateRoleAlias' | 'deleteRoleAlias' | 'listRoleAliases'>;

export function roleAliasCalls(aws: AwsClients): Calls {
  return {
    async describeRoleAlias(name: string, options?: CallOptions): Promise<RoleAlias | undefined> {
      const action = 'iot:DescribeRoleAlias';
      const answer = await find(aws, { action, resource: name }, options, (http) =>
        aws.iot.send(new DescribeRoleAliasCommand({ roleAlias: name }), http),
      );
      if (!answer) return undefined;
      const alias = required(answer.roleAliasDescription, 'roleAliasDescription', action);
      return {
        name: alias.roleAlias ?? name,
        arn: required(alias.roleAliasArn, 'roleAliasArn', action),
        roleArn: required(alias.roleArn, 'roleArn', action),
        // One hour unless set otherwise: https://docs.aws.amazon.com/iot/latest/apireference/API_CreateRoleAlias.html
        credentialDurationSeconds: alias.credentialDurationSeconds ?? 3600,
      };
    },

    async createRoleAlias(
      input: { name: string; roleArn: string; credentialDurationSeconds?: number; tags?: readonly Tag[] },
      options?: CallOptions,
    ): Promise<{ name: string; arn: string }> {
      const action = 'iot:CreateRoleAlias';
      const answer = await aws.call({ action, resource: input.name, passesRole: input.roleArn }, options, (http) =>
        aws.iot.send(
          new CreateRoleAliasCommand({
            roleAlias: input.name,
            roleArn: input.roleArn,
            credentialDurationSeconds: input.credentialDurationSeconds,
            tags: tagList(input.tags),
          }),
          http,
        ),
      );
      return { name: answer.roleAlias ?? input.name, arn: required(answer.roleAliasArn, 'roleAliasArn', action) };
    },

    async updateRoleAlias(input: { name: string; roleArn: string }, options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:UpdateRoleAlias', resource: input.name, passesRole: input.roleArn }, options, (http) =>
        aws.iot.send(new UpdateRoleAliasCommand({ roleAlias: input.name, roleArn: input.roleArn }), http),
      );
    },

    async deleteRoleAlias(name: string, options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:DeleteRoleAlias', resource: name }, options, (http) => aws.iot.send(new DeleteRoleAliasCommand({ roleAlias: name }), http));
    },

    listRoleAliases(options?: CallOptions): AsyncIterable<string> {
      return aws.pages({ action: 'iot:ListRoleAliases' }, options, async (marker, http) => {
        const answer = await aws.iot.send(new ListRoleAliasesCommand({ pageSize, marker }), http);
        return { items: answer.roleAliases, next: answer.nextMarker };
      });
    },
  };
}
