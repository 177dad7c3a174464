/** Below the state folder, which holds the certificate file as well. */
export const DATABASE = 'db';
