/** A token of an expression's code. */
export interface Token {
	readonly kind: 'name' | 'member' | 'text' | 'number' | 'sign';
	/** As it stands in the code; of a text without its quotes, of a member its name alone. */
	readonly value: string;
}

/**
 * After white space: a member (`.name`, `?.name`), a name, a text without escapes, a decimal
 * number, or a sign. A sign that would go on into one that is not here (`++`, `<<`, `//`, `=>`)
 * is none; `?.` stands alone only before a bracket.
 */
const TOKEN =
	/\s*(?:\??\.\s*(?<member>[A-Za-z_$][\w$]*)|(?<name>[A-Za-z_$][\w$]*)|"(?<double>[^"\\\n\r]*)"|'(?<single>[^'\\\n\r]*)'|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w$.])|(?<sign>[!=]==?|[<>]=|<(?!<)|>(?!>)|&&|\|\||\?\?|\?\.(?=\s*\[)|\*\*|\+(?!\+)|-(?!-)|\/(?![/*])|[*%()[\]!?:,&|]))/y;

/**
 * The tokens of a code, or `undefined` where anything stands in it that is none of the known
 * kinds: statements, comments, escapes, assignments, arrow functions.
 */
export function readTokens(code: string): readonly Token[] | undefined {
	const tokens: Token[] = [];
	const end = code.trimEnd().length;
	for (let at = 0; at < end; at = TOKEN.lastIndex) {
		TOKEN.lastIndex = at;
		const groups = TOKEN.exec(code)?.groups;
		if (groups === undefined) return undefined;
		const { member, name, number, sign, double, single } = groups;
		if (member !== undefined) tokens.push({ kind: 'member', value: member });
		else if (name !== undefined) tokens.push({ kind: 'name', value: name });
		else if (number !== undefined) tokens.push({ kind: 'number', value: number });
		else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign });
		else tokens.push({ kind: 'text', value: double ?? single ?? '' });
	}
	return tokens;
}
