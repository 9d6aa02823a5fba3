/**
 * Whether this n8n hands executions to workers. A worker may be told so by its command alone.
 * Source: https://docs.n8n.io/hosting/scaling/queue-mode/
 */
export function isInQueueMode(): boolean {
	return process.env.EXECUTIONS_MODE === 'queue' || process.argv[2] === 'worker';
}
