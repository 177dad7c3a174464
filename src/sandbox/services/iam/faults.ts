/** IAM's errors: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and each operation's page. Texts as seen in public reports; unverified. */
import { Fault } from '../../kernel/types';

export const noSuchEntity = (message: string): Fault => new Fault('NoSuchEntityException', message);
export const noSuchRole = (name: string): Fault => noSuchEntity(`The role with name ${name} cannot be found.`);
export const noSuchPolicy = (arn: string): Fault => noSuchEntity(`Policy ${arn} was not found.`);
export const notAttachable = (arn: string): Fault => noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
export const alreadyExists = (message: string): Fault => new Fault('EntityAlreadyExistsException', message);
export const deleteConflict = (message: string): Fault => new Fault('DeleteConflictException', message);
export const limitExceeded = (message: string): Fault => new Fault('LimitExceededException', message);
export const malformed = (message: string): Fault => new Fault('MalformedPolicyDocumentException', message);
export const invalidInput = (message: string): Fault => new Fault('InvalidInputException', message);
export const validationError = (message: string): Fault => new Fault('ValidationError', message);
