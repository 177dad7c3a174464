import type { ServiceFactory } from '../../kernel/types';
import { instanceProfileHandlers } from './instanceProfiles';
import { policyHandlers } from './policies';
import { rolePolicyHandlers } from './rolePolicies';
import { roleHandlers } from './roles';
import { simulationHandlers } from './simulate';

/** Roles, managed policies and instance profiles of IAM; users and groups are not part of this flow. */
export const createIamService: ServiceFactory = () => ({
  service: 'iam',
  handlers: { ...roleHandlers, ...rolePolicyHandlers, ...policyHandlers, ...instanceProfileHandlers, ...simulationHandlers },
});
