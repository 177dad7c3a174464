import type { ServiceFactory } from '../../kernel/types';
import { certificateHandlers } from './certificates';
import { endpointHandlers } from './endpoints';
import { policyHandlers } from './policies';
import { policyTargetHandlers } from './policyTargets';
import { provisioningTemplateHandlers } from './provisioningTemplates';
import { provisioningTemplateVersionHandlers } from './provisioningTemplateVersions';
import { roleAliasHandlers } from './roleAliases';
import { tagHandlers } from './tags';
import { thingGroupMemberHandlers } from './thingGroupMembers';
import { thingGroupHandlers } from './thingGroups';
import { thingPrincipalHandlers } from './thingPrincipals';
import { thingHandlers } from './things';
import { thingTypeHandlers } from './thingTypes';

/** The AWS IoT control plane. Everything is in the store, so there is nothing to resume after a restart. */
export const createIotService: ServiceFactory = (kernel) => ({
  service: 'iot',
  handlers: {
    ...roleAliasHandlers,
    ...policyHandlers,
    ...policyTargetHandlers,
    ...certificateHandlers(kernel.ca),
    ...thingHandlers,
    ...thingPrincipalHandlers,
    ...thingTypeHandlers,
    ...thingGroupHandlers,
    ...thingGroupMemberHandlers,
    ...provisioningTemplateHandlers(kernel.ca),
    ...provisioningTemplateVersionHandlers,
    ...endpointHandlers,
    ...tagHandlers,
  },
});
