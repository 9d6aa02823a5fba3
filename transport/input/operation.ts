import type { IExecuteFunctions } from 'n8n-workflow';

import { RunRefused } from '../model/outcome';
import type { Operation, Provider } from '../model/provider';
import { show } from '../text/show';
import { readOptions } from './settings';

/**
 * The operation of this name, as the node's options change it.
 *
 * @throws {RunRefused} where there is none, which an expression can cause, or an option cannot be used
 */
export function readOperation(
	context: IExecuteFunctions,
	{ operations }: Provider,
	name: string,
): Operation {
	const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
	if (operation) return { ...operation, ...operation.adaptTo?.(readOptions(context)) };
	const known = Object.keys(operations).join(', ');
	throw new RunRefused('invalid', `Operation must be one of ${known}, not ${show(name)}.`);
}
