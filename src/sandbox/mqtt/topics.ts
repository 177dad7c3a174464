import type { BrokerLimits } from './limits';

/** Whether a subscription's filter covers a topic; wildcards do not cover a leading `$…` level. */
export function covers(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const pattern = filter.split('/');
  const levels = topic.split('/');
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '#') return true;
    if (i >= levels.length) return false;
    if (pattern[i] !== '+' && pattern[i] !== levels[i]) return false;
  }
  return pattern.length === levels.length;
}

export function isTopic(topic: string, limits: BrokerLimits): boolean {
  return topic !== '' && !/[+#\0]/.test(topic) && fits(topic, limits);
}

export function isFilter(filter: string, limits: BrokerLimits): boolean {
  if (filter === '' || filter.includes('\0') || !fits(filter, limits)) return false;
  const levels = filter.split('/');
  return levels.every((level, i) => (level === '#' ? i === levels.length - 1 : level === '+' || !/[+#]/.test(level)));
}

/**
 * "Maximum number of slashes in topic and topic filter: 7. This excludes the first slash in the mandatory segments for Basic
 * Ingest topics": https://docs.aws.amazon.com/general/latest/gr/iot-core.html. Other reserved topics are longer by themselves
 * (jobs have eight), so they are not counted.
 */
function fits(text: string, limits: BrokerLimits): boolean {
  const counted = text.replace(/^\$aws\/rules\/[^/]+\//, '');
  if (Buffer.byteLength(counted) > limits.topic) return false;
  return counted.startsWith('$aws/') || counted.split('/').length - 1 <= limits.topicSlashes;
}

/**
 * Reserved topics a device may publish to. "Unsupported publish or subscribe operations to reserved topics can result in a
 * terminated connection": https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html
 */
export function isUnsupportedReserved(topic: string): boolean {
  return topic.startsWith('$') && !/^\$aws\/(things\/[^/]+\/|rules\/[^/]+\/|certificates\/|provisioning-templates\/)/.test(topic);
}

/** The thing whose Greengrass core reports its state by this topic. */
export function healthThing(topic: string): string | undefined {
  return /^\$aws\/things\/([^/]+)\/greengrass(?:v2)?\/health\/json$/.exec(topic)?.[1];
}
