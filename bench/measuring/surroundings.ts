import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeCertificate } from '../receiver/certificate';
import { Receiver } from '../receiver/receiver';
import { N8nRuns } from './n8nRuns';
import { workflowsOf, type Plan } from './plan';

/** What every run needs around it. */
export interface Surroundings {
	readonly n8n: N8nRuns;
	readonly receiver: Receiver;
	readonly certificateFile: string;
	/** For files of this benchmark alone. */
	readonly folder: string;
	readonly signal: AbortSignal;
	readonly log: (line: string) => void;
}

/** Sets up a receiver and an n8n for the work, and removes all of it afterwards. */
export async function withSurroundings(
	plan: Plan,
	signal: AbortSignal,
	log: (line: string) => void,
	work: (surroundings: Surroundings) => Promise<void>,
): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'revenue-relay-bench-'));
	let receiver: Receiver | undefined;
	let n8n: N8nRuns | undefined;
	try {
		const certificate = await makeCertificate();
		const certificateFile = join(folder, 'certificate.pem');
		await writeFile(certificateFile, certificate.cert);
		receiver = await Receiver.start(certificate);
		n8n = await N8nRuns.prepare(receiver.origin, certificateFile, workflowsOf(plan), signal);
		await work({ n8n, receiver, certificateFile, folder, signal, log });
	} finally {
		await n8n?.remove();
		receiver?.stop();
		await rm(folder, { recursive: true, force: true });
	}
}
