/** What the bare script is told that reads a file and sends its rows. */
import { join } from 'node:path';

/** The script of its process. */
export const fileFloorScript = join(__dirname, 'fileFloorProcess.ts');

export interface FileFloorTask {
	origin: string;
	/** A CSV file whose columns are named like the parameters of the query. */
	file: string;
	/** Path of the requests, and what their query begins with. */
	path: string;
	connections: number;
}
