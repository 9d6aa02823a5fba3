/** The file of the record, as it lies in n8n's folder. */
import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { filesBelow } from './secret';

export function recordFileOf(userFolder: string): string {
	return join(userFolder, '.n8n', 'storage', 'revenue-relay', 'record.sqlite');
}

/** The file's folder has nothing but the record: the file itself, and what SQLite keeps beside it. */
export function recordOf(userFolder: string): { path: string; text: string; mode: number }[] {
	const folder = dirname(recordFileOf(userFolder));
	if (!existsSync(folder)) return [];
	return [...filesBelow(folder)].map((file) => ({
		...file,
		mode: statSync(file.path).mode & 0o777,
	}));
}

export async function removeRecord(userFolder: string): Promise<void> {
	await rm(dirname(recordFileOf(userFolder)), { recursive: true, force: true });
}
