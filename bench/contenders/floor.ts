/** What the floor is told and what it tells. */
import { join } from 'node:path';

import type { ReceivedRequest } from '../receiver/receiver';

/** The script of the floor's process. */
export const floorScript = join(__dirname, 'floorProcess.ts');

/** A request as undici takes it. */
export interface FloorRequest {
	method: string;
	path: string;
	headers: string[];
	body?: string;
}

export interface FloorTask {
	origin: string;
	/** JSON of all requests. */
	file: string;
	/** How many of them are sent. */
	requests: number;
	/** Both taken from the first task of a process. */
	connections: number;
	/** Requests on a connection at once; more than one over HTTP/2 alone. */
	streams: number;
}

export interface FloorResult {
	/** From the first dispatch to the last answer. */
	durationMs: number;
	/** Processor time of all threads in that time. */
	cpuMs: number;
}

/** Headers that undici writes itself. */
const undiciHeaders = new Set(['host', 'connection', 'content-length']);

/** The request that has undici send the same bytes again. */
export function floorRequestOf({ method, path, rawHeaders, body }: ReceivedRequest): FloorRequest {
	const headers = rawHeaders.filter((_, index) => {
		// names and values by turns: both have to go
		const name = rawHeaders[index - (index % 2)] ?? '';
		return !undiciHeaders.has(name.toLowerCase());
	});
	return { method, path, headers, ...(body !== '' && { body }) };
}
