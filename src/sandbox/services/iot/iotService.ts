import type { ServiceFactory } from '../../kernel/types';
import { certificateHandlers } from './certificates';
import { endpointHandlers } from './endpoints';
import { disconnectAll } from './connectivity';
import { indexingHandlers } from './indexingConfiguration';
import { policyHandlers } from './policies';
import { policyTargetHandlers } from './policyTargets';
import { provisioningTemplateHandlers } from './provisioningTemplates';
import { provisioningTemplateVersionHandlers } from './provisioningTemplateVersions';
import { registerThingHandlers } from './registerThing';
import { roleAliasHandlers } from './roleAliases';
import { searchHandlers } from './searchIndex';
import { tagHandlers } from './tags';
import { testAuthorizationHandlers } from './testAuthorization';
import { thingGroupMemberHandlers } from './thingGroupMembers';
import { thingGroupHandlers } from './thingGroups';
import { thingPrincipalHandlers } from './thingPrincipals';
import { thingHandlers } from './things';
import { thingTypeHandlers } from './thingTypes';

/** The AWS IoT control plane. Everything is in the store; after a restart nothing is connected. */
export const createIotService: ServiceFactory = (kernel) => ({
  service: 'iot',
  resume: async () => disconnectAll(kernel),
  ...(kernel.ca.prepareKeys === undefined ? {} : prepareKeys(kernel.ca.prepareKeys.bind(kernel.ca))),
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
    ...registerThingHandlers,
    ...endpointHandlers,
    ...indexingHandlers(kernel.resourceDelay),
    ...searchHandlers,
    ...tagHandlers,
    ...testAuthorizationHandlers,
  },
});

/** RSA keys take 50 to 500 ms. */
function prepareKeys(prepare: () => Promise<void>) {
  return { prepare: { CreateKeysAndCertificate: prepare, CreateProvisioningClaim: prepare } };
}
