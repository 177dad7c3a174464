import type { CallContext, ServiceFactory } from '../../kernel/types';

/** https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html */
export const createStsService: ServiceFactory = () => ({
  service: 'sts',
  handlers: {
    GetCallerIdentity: (_input: object, call: CallContext) => ({ UserId: call.principal.userId, Account: call.principal.account, Arn: call.principal.arn }),
  },
});
