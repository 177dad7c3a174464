/**
 * An operation's input after the wire has checked it: the model's required members are there. The SDK's types
 * say `| undefined` for them, because a caller could still pass nothing.
 */
export type Input<T> = { readonly [K in keyof T]: object extends Pick<T, K> ? T[K] : NonNullable<T[K]> };
