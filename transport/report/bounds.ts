import { MAX_KEPT_CHARACTERS } from '../judging/body';
import { isSuccess, type Outcome } from '../model/outcome';
import { excerpt } from '../text/show';

/** Characters of a reason: where an answer is quoted at length, its middle is left out. */
const MAX_REASON_CHARACTERS = 600;
/** Of the end of such a reason, which says what to do. */
const END_CHARACTERS = 250;
/** Characters of a reason that names many broken fields. */
const MAX_INVALID_CHARACTERS = MAX_KEPT_CHARACTERS;
/** Characters of a provider's own word on an event and of an invalid event's ID, of the name of a field and of a rule. */
const MAX_WORD_CHARACTERS = 100;
const MAX_NAME_CHARACTERS = 80;
const MAX_RULE_CHARACTERS = 500;
/** Broken fields of one event. */
const MAX_FIELDS = 50;

/**
 * An outcome as an output item keeps it. 10,000 answers of 64 kB would not fit n8n's memory, and
 * n8n stores each of them: of an answer 2,000 characters are kept, with a mark that it was cut.
 * Secrets are masked already: half of one would not be found any more.
 */
export function withinBounds(outcome: Outcome): Outcome {
	if (!isSuccess(outcome)) {
		const { fields, id } = outcome;
		return {
			...outcome,
			...(id !== undefined && { id: excerpt(id, MAX_WORD_CHARACTERS) }),
			reason: fields
				? cut(outcome.reason, MAX_INVALID_CHARACTERS)
				: shortened(outcome.reason, MAX_REASON_CHARACTERS),
			...(fields && {
				fields: fields.slice(0, MAX_FIELDS).map(({ field, rule, ...problem }) => ({
					...problem,
					field: excerpt(field, MAX_NAME_CHARACTERS),
					rule: excerpt(rule, MAX_RULE_CHARACTERS),
				})),
			}),
		};
	}
	const verdict = outcome.verdict && excerpt(outcome.verdict, MAX_WORD_CHARACTERS);
	const reason = outcome.reason && shortened(outcome.reason, MAX_REASON_CHARACTERS);
	const { response } = outcome;
	if (typeof response !== 'string') return { ...outcome, verdict, reason };
	const room = MAX_KEPT_CHARACTERS - (verdict?.length ?? 0) - (reason?.length ?? 0);
	const kept = response.length > MAX_KEPT_CHARACTERS ? cut(response, room) : response;
	return { ...outcome, verdict, reason, response: kept };
}

/** The beginning of a text, with a mark that says how long it was. */
function cut(text: string, mostCharacters: number): string {
	if (text.length <= mostCharacters) return text;
	const mark = markOf(text);
	return `${excerpt(text, mostCharacters - mark.length - 1)}${mark}`;
}

/** The same with the end of the text after the mark. */
function shortened(text: string, mostCharacters: number): string {
	if (text.length <= mostCharacters) return text;
	const end = text.slice(-END_CHARACTERS).replace(/^[\udc00-\udfff]/, '');
	// copied, as excerpt() does it
	return Buffer.from(`${cut(text, mostCharacters - END_CHARACTERS - 1)} ${end}`).toString();
}

function markOf({ length }: string): string {
	return ` (cut, ${length.toLocaleString('en')} characters)`;
}
