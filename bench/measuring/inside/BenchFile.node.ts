import { Readable } from 'node:stream';

import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { csvOf } from '../../contenders/events';
import { beginMeasuring } from './measure';
import { nodeDescription } from './nodeDescription';
import { readTask } from './task';

/** Returns the events of a run as a CSV file, and starts measuring memory and processor time from zero. */
export class BenchFile implements INodeType {
	description = nodeDescription('benchFile', 'Bench File');

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { provider, events } = readTask();
		const text = Readable.from(csvOf(provider, events), { objectMode: false });
		const data = await this.helpers.prepareBinaryData(text, 'events.csv', 'text/csv');
		await beginMeasuring();
		return [[{ json: {}, binary: { data }, pairedItem: { item: 0 } }]];
	}
}
