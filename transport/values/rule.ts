import { NEVER, unknown, type ZodType } from '../vendor/zod';
import { hasLostDigits } from './decimal';

/**
 * The kinds of value that providers share. Each is a schema that turns what people map into what
 * goes out, or says in one sentence what is accepted. Source: the shared decisions on amounts,
 * times, identifiers and enumerations in ARCHITECTURE.md.
 */

/** The result of reading a value: `undefined` where the rule is broken, `null` for nothing. */
type Read<T> = (given: unknown) => T | undefined | null;

/**
 * A schema from a rule in words and a function that reads by it.
 *
 * @param accepted what is accepted, e.g. `a decimal number of at least 0`, also in view of what was given
 */
export function rule<T>(
	accepted: string | ((given: unknown) => string),
	read: Read<T>,
): ZodType<T> {
	return unknown().transform((given, context) => {
		if (given === undefined) {
			context.issues.push({ code: 'custom', message: 'is required', input: given });
			return NEVER;
		}
		const value = read(given);
		if (value === undefined) {
			const message = hasLostDigits(given)
				? 'has lost precision: pass it as text'
				: `must be ${typeof accepted === 'string' ? accepted : accepted(given)}`;
			context.issues.push({ code: 'custom', message, input: given });
			return NEVER;
		}
		return (value ?? undefined) as T;
	});
}
