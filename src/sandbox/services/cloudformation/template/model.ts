import { Fault } from '../../../kernel/types';

/** JSON as a template holds it, short tags already written as their long form. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface ParameterDefinition {
  readonly type: string;
  readonly defaultValue?: string;
  readonly description?: string;
  readonly noEcho: boolean;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly constraintDescription?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

export type RetentionPolicy = 'Delete' | 'Retain' | 'Snapshot' | 'RetainExceptOnCreate';

export interface ResourceDefinition {
  readonly type: string;
  readonly properties: JsonObject;
  readonly dependsOn: readonly string[];
  readonly condition?: string;
  readonly deletionPolicy: RetentionPolicy;
  readonly updateReplacePolicy: RetentionPolicy;
  readonly metadata?: Json;
}

export interface OutputDefinition {
  readonly value: Json;
  readonly description?: string;
  readonly condition?: string;
  readonly exportName?: Json;
}

export interface Template {
  readonly version?: string;
  readonly description?: string;
  readonly metadata?: JsonObject;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  readonly mappings: JsonObject;
  readonly conditions: JsonObject;
  readonly resources: Readonly<Record<string, ResourceDefinition>>;
  readonly outputs: Readonly<Record<string, OutputDefinition>>;
}

/**
 * CloudFormation answers most refusals with this code, which the service model does not list. The texts in this folder and
 * its neighbours follow public reports and AWS's troubleshooting pages
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html); unverified word for word unless a
 * comment beside one says otherwise.
 */
export function validationError(message: string): Fault {
  return new Fault('ValidationError', message);
}

export function templateFormatError(message: string): Fault {
  return validationError(`Template format error: ${message}`);
}

export function templateError(message: string): Fault {
  return validationError(`Template error: ${message}`);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The function's name when the object is a call of an intrinsic function (`Ref`, `Fn::…`, `Condition`). */
export function intrinsicName(value: Json | undefined): string | undefined {
  if (!isObject(value)) return undefined;
  const keys = Object.keys(value);
  const [key] = keys;
  if (keys.length !== 1 || key === undefined) return undefined;
  return key === 'Ref' || key.startsWith('Fn::') ? key : undefined;
}
