import type { NormalizedSchema } from '@smithy/core/schema';
import { requiredMembers } from '../../../src/sandbox/wire/serviceModel';

/** Random values by schema, the same for the same seed. */
export class Sampler {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  struct(schema: NormalizedSchema, depth = 0): Record<string, unknown> {
    const required = new Set(requiredMembers(schema));
    const members = [...schema.structIterator()];
    if (schema.isUnionSchema()) {
      const simple = members.filter(([, member]) => !member.isStructSchema());
      const pool = depth > 3 && simple.length > 0 ? simple : members;
      const [name, member] = pool[this.below(pool.length)]!;
      return { [name]: this.value(member, depth + 1) };
    }
    const result: Record<string, unknown> = {};
    for (const [name, member] of members) {
      const traits: Readonly<Record<string, unknown>> = member.getMergedTraits();
      const must = required.has(name) || traits['idempotencyToken'] !== undefined || traits['httpLabel'] !== undefined || traits['httpResponseCode'] !== undefined;
      if (!must && (depth > 3 || this.below(3) === 0)) continue;
      if (traits['httpResponseCode'] !== undefined) result[name] = 200;
      else if (traits['httpHeader'] !== undefined || traits['httpPrefixHeaders'] !== undefined) result[name] = this.header(member);
      else if (traits['httpQueryParams'] !== undefined) result[name] = { [`extra${this.below(99)}`]: this.value(member.getValueSchema(), depth + 1) };
      else result[name] = this.value(member, depth + 1);
    }
    // The query protocol has no way to write a structure without members.
    const filler = members.find(([, member]) => !member.isStructSchema() && !member.isListSchema()) ?? members[0];
    if (depth > 0 && Object.keys(result).length === 0 && filler !== undefined) result[filler[0]] = this.value(filler[1], depth + 1);
    return result;
  }

  value(schema: NormalizedSchema, depth: number): unknown {
    if (schema.isStructSchema()) return this.struct(schema, depth);
    if (schema.isListSchema()) return Array.from({ length: 1 + this.below(3) }, () => this.value(schema.getValueSchema(), depth + 1));
    if (schema.isMapSchema()) {
      return Object.fromEntries(Array.from({ length: 1 + this.below(3) }, (_, index) => [`k${index} ${this.text()}`, this.value(schema.getValueSchema(), depth + 1)]));
    }
    if (schema.isTimestampSchema()) return new Date((1_600_000_000 + this.below(200_000_000)) * 1000);
    if (schema.isBooleanSchema()) return this.below(2) === 1;
    if (schema.isNumericSchema()) return this.below(1_000_000) - 500_000;
    if (schema.isBlobSchema()) return Uint8Array.from({ length: 1 + this.below(40) }, () => this.below(256));
    if (schema.isDocumentSchema()) return { a: [1, 'x', true] };
    return this.text();
  }

  text(): string {
    const pieces = ['a', 'Z9', ' ', '/', '<', '>', '&', '"', "'", 'é', '漢', '😀', '%', '+', '=', '@', '*', '~', '(', '!', '?', '#', '\\', '.', ':'];
    return `x${Array.from({ length: this.below(8) }, () => pieces[this.below(pieces.length)]).join('')}y`;
  }

  /** Below `limit`; mulberry32. */
  private below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  private header(schema: NormalizedSchema): unknown {
    if (schema.isListSchema()) return ['h1', 'h2'];
    if (schema.isMapSchema()) return { one: 'h1' };
    return schema.isStringSchema() ? `h${this.below(1000)}` : this.value(schema, 0);
  }
}
