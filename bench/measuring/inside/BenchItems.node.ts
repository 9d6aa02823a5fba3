import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { eventRow } from '../../contenders/events';
import { beginMeasuring } from './measure';
import { nodeDescription } from './nodeDescription';
import { readTask } from './task';

/** Returns the items of a run, and starts measuring memory and processor time from zero. */
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
