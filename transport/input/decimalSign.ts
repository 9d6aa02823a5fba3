import { RunRefused } from '../model/outcome';
import type { Operation } from '../model/provider';
import { show } from '../text/show';
import type { DecimalSign } from '../values/amount';

type Values = Operation['values'];

/** The kinds of value of an operation that takes amounts, as the option Decimal Sign has them. */
export function byDecimalSign(
	valuesWith: (sign: DecimalSign) => Values,
): Required<Pick<Operation, 'values' | 'adaptTo'>> {
	const values = { point: valuesWith('point'), comma: valuesWith('comma') };
	return {
		values: values.point,
		adaptTo: (options) => ({ values: values[readDecimalSign(options)] }),
	};
}

/**
 * The option `decimalSign`, of providers that take amounts; a point if it is not given.
 *
 * @throws {RunRefused} where it is neither: an amount that is misread cannot be taken back
 */
export function readDecimalSign({ decimalSign }: Readonly<Record<string, unknown>>): DecimalSign {
	const sign = decimalSign ?? 'point';
	if (sign === 'point' || sign === 'comma') return sign;
	throw new RunRefused(
		'invalid',
		`The option Decimal Sign (decimalSign) must be point or comma, not ${show(decimalSign)}.`,
	);
}
