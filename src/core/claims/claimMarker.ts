/** Who asked for a certificate, and when: kept in the request's file, in front of the PEM, where every reader skips it. */
export interface ClaimMarker {
  readonly account: string;
  readonly region: string;
  readonly requestedAt: Date;
}

/** Text of the request's file. */
export function markRequest(csrPem: string, marker: ClaimMarker): string {
  const { account, region, requestedAt } = marker;
  return `Requested in account ${account} region ${region} at ${requestedAt.toISOString()}\n${csrPem.trim()}\n`;
}

/** Undefined when the file was not written by us. */
export function readMarker(text: string): ClaimMarker | undefined {
  const match = /^Requested in account (\d{12}) region ([\w-]+) at (\S+)$/m.exec(text);
  const requestedAt = new Date(match?.[3] ?? Number.NaN);
  if (match?.[1] === undefined || match[2] === undefined || Number.isNaN(requestedAt.getTime())) return undefined;
  return { account: match[1], region: match[2], requestedAt };
}

/** How far this computer's clock and AWS's may be apart before an orphan is overlooked. Milliseconds. */
export const clockSlack = 60 * 60 * 1000;
