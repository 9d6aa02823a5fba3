import type { IExecuteFunctions } from 'n8n-workflow';

import { queueOptions } from '../declaration/options';
import { RunRefused } from '../model/outcome';
import { show } from '../text/show';
import { readDeliveryRecord, readNumber, readOptions, type DeliveryRecord } from './settings';

/** Whether events are sent now, or stored for the operation that sends what waits. */
type DeliveryMode = 'send' | 'queue';

/** @throws {RunRefused} where it is neither, or there is no record to store events in */
export function readDelivery(context: IExecuteFunctions): DeliveryMode {
	const given = context.getNodeParameter('delivery', 0, 'send');
	if (given !== 'send' && given !== 'queue') {
		throw new RunRefused('invalid', `Delivery must be send or queue, not ${show(given)}.`);
	}
	if (given === 'queue') readQueuePlace(context);
	return given;
}

/**
 * Where the queue is kept: in the delivery record.
 *
 * @throws {RunRefused} where that is off
 */
export function readQueuePlace(context: IExecuteFunctions): Exclude<DeliveryRecord, 'off'> {
	const place = readDeliveryRecord(context);
	if (place !== 'off') return place;
	throw new RunRefused(
		'invalid',
		'The delivery record is off, so nothing is kept in it: choose another Delivery Record.',
	);
}

/** How much of the queue one run sends. */
export interface QueueLimits {
	readonly maxEvents: number;
	/** Hours. */
	readonly maxAge: number;
}

/** @throws {RunRefused} where one is out of its bounds, which an expression can cause */
export function readQueueLimits(context: IExecuteFunctions): QueueLimits {
	const given = readOptions(context);
	const limits = queueOptions.map((option) => [
		option.name,
		readNumber(option, given[option.name] ?? option.default),
	]);
	return Object.fromEntries(limits) as QueueLimits;
}
