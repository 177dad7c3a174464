import { Fault } from '../../kernel/types';

/**
 * The errors that the AWS IoT model shares between its operations. The HTTP status comes from the model.
 * https://docs.aws.amazon.com/iot/latest/apireference/CommonErrors.html
 */
export const invalidRequest = (message: string): Fault => new Fault('InvalidRequestException', message);

/** The default text is the one that AWS IoT gives for most kinds of resources. */
export const notFound = (message = 'The specified resource does not exist.'): Fault => new Fault('ResourceNotFoundException', message, {}, 404);

/** `resourceId` and `resourceArn` name the resource in the way, so that a client can offer to adopt it. */
export const alreadyExists = (message: string, resourceId: string, resourceArn: string): Fault =>
  new Fault('ResourceAlreadyExistsException', message, { resourceId, resourceArn }, 409);

export const deleteConflict = (message: string): Fault => new Fault('DeleteConflictException', message, {}, 409);
export const limitExceeded = (message: string): Fault => new Fault('LimitExceededException', message, {}, 410);
export const versionsLimitExceeded = (message: string): Fault => new Fault('VersionsLimitExceededException', message, {}, 409);
export const versionConflict = (message: string): Fault => new Fault('VersionConflictException', message, {}, 409);
export const malformedPolicy = (message: string): Fault => new Fault('MalformedPolicyException', message);
export const certificateState = (message: string): Fault => new Fault('CertificateStateException', message, {}, 406);
export const certificateValidation = (message: string): Fault => new Fault('CertificateValidationException', message);
