import {
  CreateCertificateFromCsrCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  DescribeEndpointCommand,
  ListCertificatesCommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import type { CallOptions, Certificate, CertificateStatus, CertificateSummary, EndpointType, IotApi } from '../../core/ports/iotApi';
import type { AwsClients } from '../clients';
import { defined, required } from '../objects';
import { find, pageSize } from './common';

type Calls = Pick<IotApi, 'createCertificateFromCsr' | 'describeCertificate' | 'updateCertificateStatus' | 'deleteCertificate' | 'listCertificates' | 'describeEndpoint'>;

export function certificateCalls(aws: AwsClients): Calls {
  return {
    async createCertificateFromCsr(input: { csrPem: string; setAsActive: boolean }, options?: CallOptions): Promise<Certificate> {
      const action = 'iot:CreateCertificateFromCsr';
      // The same request makes another certificate each time: https://docs.aws.amazon.com/iot/latest/apireference/API_CreateCertificateFromCsr.html
      const answer = await aws.call({ action }, options, (http) =>
        aws.iotOnce.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: input.csrPem, setAsActive: input.setAsActive }), http),
      );
      return {
        id: required(answer.certificateId, 'certificateId', action),
        arn: required(answer.certificateArn, 'certificateArn', action),
        pem: required(answer.certificatePem, 'certificatePem', action),
        status: input.setAsActive ? 'ACTIVE' : 'INACTIVE',
      };
    },

    async describeCertificate(id: string, options?: CallOptions): Promise<Certificate | undefined> {
      const action = 'iot:DescribeCertificate';
      const answer = await find(aws, { action, resource: id }, options, (http) =>
        aws.iot.send(new DescribeCertificateCommand({ certificateId: id }), http),
      );
      if (!answer) return undefined;
      const certificate = required(answer.certificateDescription, 'certificateDescription', action);
      return {
        id: certificate.certificateId ?? id,
        arn: required(certificate.certificateArn, 'certificateArn', action),
        pem: required(certificate.certificatePem, 'certificatePem', action),
        status: required<CertificateStatus>(certificate.status, 'status', action),
        ...defined({ createdAt: certificate.creationDate }),
      };
    },

    async updateCertificateStatus(id: string, status: 'ACTIVE' | 'INACTIVE' | 'REVOKED', options?: CallOptions): Promise<void> {
      await aws.call({ action: 'iot:UpdateCertificate', resource: id }, options, (http) =>
        aws.iot.send(new UpdateCertificateCommand({ certificateId: id, newStatus: status }), http),
      );
    },

    async deleteCertificate(id: string, options?: CallOptions & { readonly force?: boolean }): Promise<void> {
      await aws.call({ action: 'iot:DeleteCertificate', resource: id }, options, (http) =>
        aws.iot.send(new DeleteCertificateCommand({ certificateId: id, ...(options?.force === true ? { forceDelete: true } : {}) }), http),
      );
    },

    listCertificates(options?: CallOptions): AsyncIterable<CertificateSummary> {
      return aws.pages({ action: 'iot:ListCertificates' }, options, async (marker, http) => {
        const answer = await aws.iot.send(new ListCertificatesCommand({ pageSize, marker, ascendingOrder: false }), http);
        return {
          items: answer.certificates?.map((certificate) => ({
            id: certificate.certificateId ?? '',
            arn: certificate.certificateArn ?? '',
            status: certificate.status ?? 'INACTIVE',
            ...defined({ createdAt: certificate.creationDate }),
          })),
          next: answer.nextMarker,
        };
      });
    },

    async describeEndpoint(type: EndpointType, options?: CallOptions): Promise<string> {
      const action = 'iot:DescribeEndpoint';
      const answer = await aws.call({ action, resource: type }, options, (http) =>
        aws.iot.send(new DescribeEndpointCommand({ endpointType: type }), http),
      );
      return required(answer.endpointAddress, 'endpointAddress', action);
    },
  };
}
