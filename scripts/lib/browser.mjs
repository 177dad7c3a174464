/** Flags for a headless Chromium that also runs as root and in containers, and asks no host on the internet. */
export const browserArguments = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-dev-shm-usage', '--disable-component-update'];
