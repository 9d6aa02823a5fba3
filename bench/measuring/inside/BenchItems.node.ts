import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { eventRow } from '../../contenders/events';
import { beginMeasuring } from './measure';
import { nodeDescription } from './nodeDescription';
import { readTask } from './task';

/** How many events this process has had so far. */
let given = 0;

/** Returns the items of a run, other ones on every run, and starts measuring memory and processor time from zero. */
export class BenchItems implements INodeType {
	description = nodeDescription('benchItems', 'Bench Items');

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { provider, events, livesOn } = readTask();
		const first = given;
		given += events;
		const items = Array.from({ length: events }, (_, index) => ({
			json: eventRow(provider, first + index),
			pairedItem: { item: 0 },
		}));
		if (!livesOn) await beginMeasuring();
		return [items];
	}
}
