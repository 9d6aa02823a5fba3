import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { nodeDescription } from './nodeDescription';
import { readTask } from './task';

/** Sends nothing and returns items like those of our node, to show what n8n itself needs to hold them. */
export class BenchBaseline implements INodeType {
	description = nodeDescription('benchBaseline', 'Bench Baseline');

	execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const outcomeOf = readTask().provider === 'justtrack' ? justtrackOutcome : myTrackerOutcome;
		const items = this.getInputData().map(({ json }, item) => ({
			json: outcomeOf(json),
			pairedItem: { item },
		}));
		return Promise.resolve([items]);
	}
}

function justtrackOutcome({ transactionid }: IDataObject): IDataObject {
	return {
		provider: 'justtrack',
		operation: 'revenueEvent',
		outcome: 'delivered',
		id: transactionid,
		httpStatus: 200,
		attempts: 1,
		response: { status: 'ok' },
	};
}

function myTrackerOutcome({ idTransaction }: IDataObject): IDataObject {
	return {
		provider: 'myTracker',
		operation: 'customRevenue',
		outcome: 'delivered',
		id: idTransaction,
		httpStatus: 200,
		attempts: 1,
		response: { message: 'OK' },
	};
}
