import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as greengrass from '@aws-sdk/client-greengrassv2';
import * as iam from '@aws-sdk/client-iam';
import * as iot from '@aws-sdk/client-iot';
import * as lambda from '@aws-sdk/client-lambda';
import * as sts from '@aws-sdk/client-sts';
import type { ServiceName } from '../kernel/types';
import { readServiceModel, type ServiceModel } from './serviceModel';

export type Models = Readonly<Record<ServiceName, ServiceModel>>;

/** The services as their SDK clients describe them. XML namespaces are those of the clients' protocol settings. */
export function readModels(): Models {
  return {
    iot: readServiceModel('iot', 'restJson', '', iot),
    cloudformation: readServiceModel('cloudformation', 'query', 'http://cloudformation.amazonaws.com/doc/2010-05-15/', cloudformation),
    iam: readServiceModel('iam', 'query', 'https://iam.amazonaws.com/doc/2010-05-08/', iam),
    sts: readServiceModel('sts', 'query', 'https://sts.amazonaws.com/doc/2011-06-15/', sts),
    greengrass: readServiceModel('greengrass', 'restJson', '', greengrass),
    lambda: readServiceModel('lambda', 'restJson', '', lambda),
  };
}
