import type { IExecuteFunctions } from 'n8n-workflow';

import { numberOptions, type NumberOption } from '../declaration/options';
import { RunRefused } from '../model/outcome';
import type { Settings } from '../model/settings';
import { show } from '../text/show';

/** The node's `options` as they were given. They hold for the whole run. */
export function readOptions(context: IExecuteFunctions): Readonly<Record<string, unknown>> {
	return context.getNodeParameter('options', 0, {});
}

/**
 * The option `timezone`, of providers whose times have no zone: an IANA name, UTC if empty.
 *
 * @throws {RunRefused} where there is no such zone
 */
export function readTimezone({ timezone }: Readonly<Record<string, unknown>>): string {
	const zone = typeof timezone === 'string' ? timezone.trim() : timezone;
	if (zone === undefined || zone === null || zone === '') return 'UTC';
	try {
		// what is no text is no name either
		const timeZone = typeof zone === 'string' ? zone : '?';
		return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
	} catch {
		throw new RunRefused(
			'invalid',
			`The option Timezone (timezone) must be the IANA name of a time zone, e.g. Europe/Berlin, not ${show(timezone)}.`,
		);
	}
}

/**
 * How to send, by the node's `options`.
 *
 * @param maxEvents most events that the operation takes in one request, if more than one
 * @throws {RunRefused} where one is out of its bounds, which an expression can cause
 */
export function readSettings(context: IExecuteFunctions, maxEvents?: number): Settings {
	const given = readOptions(context);
	const numbers = numberOptions(maxEvents).map((option) => [
		option.name,
		readNumber(option, given[option.name] ?? option.default),
	]);
	return {
		batchSize: 1,
		...(Object.fromEntries(numbers) as Omit<Settings, 'batchSize' | 'retryUnknown'>),
		retryUnknown: given.retryUnknown === true,
	};
}

/** @throws {RunRefused} where it is no whole number within the option's bounds */
export function readNumber(
	{ name, displayName, min, max }: NumberOption<string>,
	given: unknown,
): number {
	const number = typeof given === 'string' && /^\s*\d+\s*$/.test(given) ? Number(given) : given;
	if (typeof number === 'number' && Number.isInteger(number)) {
		if (number >= min && number <= max) return number;
	}
	throw new RunRefused(
		'invalid',
		`The option ${displayName} (${name}) must be a whole number from ${min} to ${max}, not ${show(given)}.`,
	);
}

/** Whether delivered items are to hold the input's columns too. */
export function readIncludeInput(context: IExecuteFunctions): boolean {
	return readOptions(context).includeInput === true;
}

/** @throws {RunRefused} where it is none of these: without the record, events may go out twice */
export function readDeliveryRecord(context: IExecuteFunctions): DeliveryRecord {
	const given = context.getNodeParameter('deliveryRecord', 0, 'thisInstance');
	const known = deliveryRecords.find((name) => name === given);
	if (known) return known;
	const names = deliveryRecords.join(', ').replace(/, (?=\w+$)/, ' or ');
	throw new RunRefused('invalid', `Delivery Record must be ${names}, not ${show(given)}.`);
}

const deliveryRecords = ['thisInstance', 'postgres', 'off'] as const;

/** Where the record of what was delivered is kept. */
export type DeliveryRecord = (typeof deliveryRecords)[number];

/** @throws {RunRefused} where it is neither true nor false: sending by mistake cannot be undone */
export function readPreviewOnly(context: IExecuteFunctions): boolean {
	const given = context.getNodeParameter('previewOnly', 0, false);
	if (typeof given === 'boolean') return given;
	throw new RunRefused('invalid', `Preview Only must be true or false, not ${show(given)}.`);
}
