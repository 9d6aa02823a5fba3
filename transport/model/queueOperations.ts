/** The value of the parameter `operation` that sends what waits. No provider has an operation of this name. */
export const SEND_QUEUED = 'sendQueued';

/** The value that counts what the record holds. */
export const SUMMARIZE = 'summarize';
