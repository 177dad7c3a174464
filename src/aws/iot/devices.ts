import {
  DeleteThingCommand,
  DescribeThingCommand,
  DescribeThingTypeCommand,
  DetachThingPrincipalCommand,
  ListPrincipalThingsCommand,
  ListThingGroupsForThingCommand,
  ListThingPrincipalsCommand,
} from '@aws-sdk/client-iot';
import type { CallOptions } from '../../core/ports/iotApi';
import type { Thing, ThingApi, ThingType } from '../../core/ports/thingApi';
import type { AwsClients } from '../clients';
import { defined, required } from '../objects';
import { find, pageSize } from './common';

export function deviceCalls(aws: AwsClients): ThingApi {
  return {
    async describeThing(name: string, options?: CallOptions): Promise<Thing | undefined> {
      const action = 'iot:DescribeThing';
      const answer = await find(aws, { action, resource: name }, options, (http) => aws.iot.send(new DescribeThingCommand({ thingName: name }), http));
      return (
        answer && {
          name: answer.thingName ?? name,
          arn: required(answer.thingArn, 'thingArn', action),
          attributes: answer.attributes ?? {},
          ...defined({ typeName: answer.thingTypeName, billingGroupName: answer.billingGroupName, version: answer.version }),
        }
      );
    },

    listThingPrincipals(thingName: string, options?: CallOptions): AsyncIterable<string> {
      return aws.pages({ action: 'iot:ListThingPrincipals', resource: thingName }, options, async (nextToken, http) => {
        const answer = await aws.iot.send(new ListThingPrincipalsCommand({ thingName, maxResults: pageSize, nextToken }), http);
        return { items: answer.principals, next: answer.nextToken };
      });
    },

    listPrincipalThings(principal: string, options?: CallOptions): AsyncIterable<string> {
      return aws.pages({ action: 'iot:ListPrincipalThings', resource: principal }, options, async (nextToken, http) => {
        const answer = await aws.iot.send(new ListPrincipalThingsCommand({ principal, maxResults: pageSize, nextToken }), http);
        return { items: answer.things, next: answer.nextToken };
      });
    },

    listThingGroupsForThing(thingName: string, options?: CallOptions): AsyncIterable<{ name: string; arn: string }> {
      return aws.pages({ action: 'iot:ListThingGroupsForThing', resource: thingName }, options, async (nextToken, http) => {
        const answer = await aws.iot.send(new ListThingGroupsForThingCommand({ thingName, maxResults: pageSize, nextToken }), http);
        return { items: answer.thingGroups?.map((group) => ({ name: group.groupName ?? '', arn: group.groupArn ?? '' })), next: answer.nextToken };
      });
    },

    async detachThingPrincipal(input: { thingName: string; principal: string }, options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:DetachThingPrincipal', resource: input.thingName }, options, (http) => aws.iot.send(new DetachThingPrincipalCommand(input), http));
    },

    async deleteThing(input: { name: string; expectedVersion?: number }, options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:DeleteThing', resource: input.name }, options, (http) =>
        aws.iot.send(new DeleteThingCommand({ thingName: input.name, expectedVersion: input.expectedVersion }), http),
      );
    },

    async describeThingType(name: string, options?: CallOptions): Promise<ThingType | undefined> {
      const action = 'iot:DescribeThingType';
      const answer = await find(aws, { action, resource: name }, options, (http) => aws.iot.send(new DescribeThingTypeCommand({ thingTypeName: name }), http));
      return (
        answer && {
          name: answer.thingTypeName ?? name,
          arn: required(answer.thingTypeArn, 'thingTypeArn', action),
          deprecated: answer.thingTypeMetadata?.deprecated ?? false,
        }
      );
    },
  };
}
