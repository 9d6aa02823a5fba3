import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { eventRow } from '../events';
import { beginMeasuring } from './measure';
import { nodeDescription, readTask } from './node';

/** Gives the items of a run, and sets the measuring of memory and processor time to zero. */
export class BenchItems implements INodeType {
	description = nodeDescription('benchItems', 'Bench Items');

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { provider, events } = readTask();
		const items = Array.from({ length: events }, (_, index) => ({
			json: eventRow(provider, index),
			pairedItem: { item: 0 },
		}));
		await beginMeasuring();
		return [items];
	}
}
