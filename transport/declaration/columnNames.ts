import type { Field } from '../model/declaration';

/** `Transaction ID`, `transaction_id` and `transactionId` are one name: letters and digits count. */
export function folded(name: string): string {
	return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The field's own wire name: a member of an object has a column of its own, `ad_platform`. */
export function wireNameOf({ key, member }: Pick<Field, 'key' | 'member'>): string {
	return member ?? key;
}

/** Where the field's value goes: fields that share it give the same value. */
export function targetOf({ key, member = '' }: Pick<Field, 'key' | 'member'>): string {
	return `${key}.${member}`;
}

/** The names, folded, of the columns that automatic mapping takes for a field. */
export function columnNamesOf(
	field: Pick<Field, 'key' | 'label' | 'member' | 'parameter'>,
): readonly string[] {
	const names = [wireNameOf(field), field.parameter, field.label].map(folded);
	return [...new Set(names)].filter((name) => name !== '');
}

/** Whether there are columns for it; the names of a list of pairs are the user's own. */
export function hasColumn({ place }: Pick<Field, 'place'>): boolean {
	return place !== 'pairs';
}
