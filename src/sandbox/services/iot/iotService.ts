import type { ServiceFactory } from '../../kernel/types';
import { certificateHandlers } from './certificates';
import { endpointHandlers } from './endpoints';
import { policyHandlers } from './policies';
import { policyTargetHandlers } from './policyTargets';
import { provisioningTemplateHandlers } from './provisioningTemplates';
import { provisioningTemplateVersionHandlers } from './provisioningTemplateVersions';
import { registerThingHandlers } from './registerThing';
import { roleAliasHandlers } from './roleAliases';
import { tagHandlers } from './tags';
import { testAuthorizationHandlers } from './testAuthorization';
import { thingGroupMemberHandlers } from './thingGroupMembers';
import { thingGroupHandlers } from './thingGroups';
import { thingPrincipalHandlers } from './thingPrincipals';
import { thingHandlers } from './things';
import { thingTypeHandlers } from './thingTypes';

/** The AWS IoT control plane. Everything is in the store, so there is nothing to resume after a restart. */
export const createIotService: ServiceFactory = ({ ca }) => ({
  service: 'iot',
  ...(ca.prepareKeys === undefined ? {} : prepareKeys(ca.prepareKeys.bind(ca))),
  handlers: {
    ...roleAliasHandlers,
    ...policyHandlers,
    ...policyTargetHandlers,
    ...certificateHandlers(ca),
    ...thingHandlers,
    ...thingPrincipalHandlers,
    ...thingTypeHandlers,
    ...thingGroupHandlers,
    ...thingGroupMemberHandlers,
    ...provisioningTemplateHandlers(ca),
    ...provisioningTemplateVersionHandlers,
    ...registerThingHandlers,
    ...endpointHandlers,
    ...tagHandlers,
    ...testAuthorizationHandlers,
  },
});

/** RSA keys take 50 to 500 ms. */
function prepareKeys(prepare: () => Promise<void>) {
  return { prepare: { CreateKeysAndCertificate: prepare, CreateProvisioningClaim: prepare } };
}
