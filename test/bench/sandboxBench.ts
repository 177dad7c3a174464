import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateThingCommand, DescribeThingCommand, IoTClient, ListThingsCommand } from '@aws-sdk/client-iot';
import { SandboxProcess } from '../helpers/sandboxProcess';
import { median, time, type Figure } from './measure';

const things = 200;
const rounds = 5;
const calls = 400;
/** Calls on their way at any time. */
const atOnce = 16;

/** Answers each request with the bytes that it was sent over its channel: what HTTP itself costs in Node. */
const bareServer = `
let answer = { status: 200, headers: {}, body: '' };
const server = require('node:http').createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(answer.status, answer.headers).end(answer.body));
});
process.on('message', (message) => { answer = message; process.send('ready'); });
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
`;

type Send = (client: IoTClient, number: number) => Promise<unknown>;

interface Operation {
  readonly what: string;
  readonly send: Send;
}

const operations: readonly Operation[] = [
  { what: 'DescribeThing', send: async (client, number) => client.send(new DescribeThingCommand({ thingName: `thing-${String(number % things)}` })) },
  { what: 'ListThings, a page of 100', send: async (client) => client.send(new ListThingsCommand({ maxResults: 100 })) },
  { what: 'CreateThing', send: async (client, number) => client.send(new CreateThingCommand({ thingName: `new-${String(number)}` })) },
];

/** Calls per second of the SDK's client to the local AWS, beside the same calls to a bare node:http server that gives the same bytes. */
export async function sandboxFigures(): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-sandbox-'));
  const sandbox = await SandboxProcess.start();
  let bare: ChildProcess | undefined;
  try {
    await writeFile(path.join(folder, 'bare.cjs'), bareServer);
    bare = fork(path.join(folder, 'bare.cjs'), { execArgv: [] });
    const [port] = (await once(bare, 'message')) as [number];
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox.info;
    const client = (to: string): IoTClient => new IoTClient({ endpoint: to, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
    const ours = client(endpoint);
    const reference = client(`http://127.0.0.1:${String(port)}`);
    for (let number = 0; number < things; number += 1) await ours.send(new CreateThingCommand({ thingName: `thing-${String(number)}`, attributePayload: { attributes: { site: `plant-${String(number % 7)}` } } }));
    const figures: Figure[] = [];
    let next = 0;
    for (const { what, send } of operations) {
      bare.send(await answerTo(ours, async (recorded) => send(recorded, (next += 1))));
      await once(bare, 'message');
      const rate = async (to: IoTClient): Promise<number> => {
        let left = calls;
        const worker = async (): Promise<void> => {
          while (left > 0) {
            left -= 1;
            await send(to, (next += 1));
          }
        };
        return (calls * 1000) / (await time(async () => Promise.all(Array.from({ length: atOnce }, worker))));
      };
      await rate(ours);
      await rate(reference);
      const rates: [number, number][] = [];
      for (let round = 0; round < rounds; round += 1) rates.push([await rate(ours), await rate(reference)]);
      figures.push({ what: `sandbox: ${what}, ${String(atOnce)} at once`, ours: median(rates.map(([rateOfOurs]) => rateOfOurs)), reference: median(rates.map(([, other]) => other)), referenceIs: 'a bare node:http server with the same bytes, same client', unit: 'per second' });
    }
    ours.destroy();
    reference.destroy();
    return figures;
  } finally {
    bare?.disconnect();
    await sandbox.stop();
    await rm(folder, { recursive: true });
  }
}

/** Status, headers and body that the server gave to one call. */
async function answerTo(client: IoTClient, send: (client: IoTClient) => Promise<unknown>): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  let answer: { status: number; headers: Record<string, string>; body: string } | undefined;
  const name = 'recordAnswer';
  client.middlewareStack.add(
    (next) => async (input) => {
      const result = await next(input);
      const { statusCode, headers, body } = result.response as { statusCode: number; headers: Record<string, string>; body: NodeJS.ReadableStream };
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(Buffer.from(chunk));
      const text = Buffer.concat(chunks);
      answer = { status: statusCode, headers, body: text.toString('utf8') };
      const { Readable } = await import('node:stream');
      Object.assign(result.response as object, { body: Readable.from([text]) });
      return result;
    },
    { step: 'deserialize', name, priority: 'low' },
  );
  try {
    await send(client);
  } finally {
    client.middlewareStack.remove(name);
  }
  if (answer === undefined) throw new Error('the server gave no answer');
  return answer;
}
