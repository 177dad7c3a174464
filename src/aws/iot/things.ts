import {
  CreateThingGroupCommand,
  DeleteThingGroupCommand,
  DescribeThingGroupCommand,
  ListThingGroupsCommand,
  ListThingsCommand,
  ListThingsInThingGroupCommand,
} from '@aws-sdk/client-iot';
import type { CallOptions, IotApi, Tag, ThingGroup } from '../../core/ports/iotApi';
import type { AwsClients } from '../clients';
import { defined, required } from '../objects';
import { find, pageSize, tagList } from './common';

type Calls = Pick<IotApi, 'describeThingGroup' | 'createThingGroup' | 'deleteThingGroup' | 'listThingGroups' | 'listChildThingGroups' | 'listThingsInThingGroup' | 'listThings'>;

export function thingCalls(aws: AwsClients): Calls {
  return {
    async describeThingGroup(name: string, options?: CallOptions): Promise<ThingGroup | undefined> {
      const action = 'iot:DescribeThingGroup';
      const answer = await find(aws, { action, resource: name }, options, (http) =>
        aws.iot.send(new DescribeThingGroupCommand({ thingGroupName: name }), http),
      );
      return (
        answer && {
          name: answer.thingGroupName ?? name,
          arn: required(answer.thingGroupArn, 'thingGroupArn', action),
          ...defined({
            parentName: answer.thingGroupMetadata?.parentGroupName,
            description: answer.thingGroupProperties?.thingGroupDescription,
            attributes: answer.thingGroupProperties?.attributePayload?.attributes,
          }),
        }
      );
    },

    async createThingGroup(input: { name: string; tags?: readonly Tag[] }, options?: CallOptions): Promise<ThingGroup> {
      const action = 'iot:CreateThingGroup';
      const answer = await aws.call({ action, resource: input.name }, options, (http) =>
        aws.iot.send(new CreateThingGroupCommand({ thingGroupName: input.name, tags: tagList(input.tags) }), http),
      );
      return { name: answer.thingGroupName ?? input.name, arn: required(answer.thingGroupArn, 'thingGroupArn', action) };
    },

    async deleteThingGroup(name: string, options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:DeleteThingGroup', resource: name }, options, (http) => aws.iot.send(new DeleteThingGroupCommand({ thingGroupName: name }), http));
    },

    listThingGroups(options?: CallOptions): AsyncIterable<ThingGroup> {
      return aws.pages({ action: 'iot:ListThingGroups' }, options, async (nextToken, http) => {
        const answer = await aws.iot.send(new ListThingGroupsCommand({ maxResults: pageSize, nextToken }), http);
        return { items: answer.thingGroups?.map((group) => ({ name: group.groupName ?? '', arn: group.groupArn ?? '' })), next: answer.nextToken };
      });
    },

    listChildThingGroups(parent: string, options?: CallOptions): AsyncIterable<ThingGroup> {
      return aws.pages({ action: 'iot:ListThingGroups', resource: parent }, options, async (nextToken, http) => {
        const answer = await aws.iot.send(new ListThingGroupsCommand({ parentGroup: parent, recursive: false, maxResults: pageSize, nextToken }), http);
        return { items: answer.thingGroups?.map((group) => ({ name: group.groupName ?? '', arn: group.groupArn ?? '' })), next: answer.nextToken };
      });
    },

    listThingsInThingGroup(group: string, options?: CallOptions): AsyncIterable<string> {
      return aws.pages({ action: 'iot:ListThingsInThingGroup', resource: group }, options, async (nextToken, http) => {
        const answer = await aws.iot.send(new ListThingsInThingGroupCommand({ thingGroupName: group, recursive: false, maxResults: pageSize, nextToken }), http);
        return { items: answer.things, next: answer.nextToken };
      });
    },

    listThings(options?: CallOptions): AsyncIterable<{ name: string; arn: string; typeName?: string }> {
      return aws.pages({ action: 'iot:ListThings' }, options, async (nextToken, http) => {
        const answer = await aws.iot.send(new ListThingsCommand({ maxResults: pageSize, nextToken }), http);
        return { items: answer.things?.map((thing) => ({ name: thing.thingName ?? '', arn: thing.thingArn ?? '', ...defined({ typeName: thing.thingTypeName }) })), next: answer.nextToken };
      });
    },
  };
}
