import { readTokens, type Token } from './tokens';

/** The text around an expression's blocks and the code in them: always one more text than blocks. */
export interface Template {
	readonly texts: readonly string[];
	readonly blocks: readonly string[];
}

/**
 * An expression whose value depends on nothing but the item's own columns:
 * `={{ $json.price * 1.1 }}`, `=id-{{ $json.id }}`; `undefined` for what needs the engine alone.
 */
export function readTemplate(expression: string): Template | undefined {
	const template = split(expression);
	if (template.blocks.length === 0) return undefined;
	const isPlainText = template.texts.every((text) => !/\{\{|\}\}|\\/.test(text));
	const isKnown = template.blocks.every((block) => dependsOnColumnsAlone(readTokens(block)));
	return isPlainText && isKnown ? template : undefined;
}

/**
 * The path of an expression that only names a column, which is what dragging one produces:
 * `={{ $json.column }}`, `={{ $json["a b"] }}`, `={{ $json.a.b }}`.
 * `undefined` for every other expression, and for names that mean something else to the engine.
 */
export function plainColumn(expression: string): readonly string[] | undefined {
	const { texts, blocks } = split(expression);
	const [block, ...others] = blocks;
	if (block === undefined || others.length > 0 || texts.join('') !== '') return undefined;
	// optional chaining and names with a dollar sign are left to the engine
	if (!/^\s*\$json\s*[.[][^$?]*$/.test(block)) return undefined;
	const [, ...steps] = readTokens(block) ?? [];
	const path: string[] = [];
	for (let at = 0; at < steps.length; at++) {
		const [token, key, close] = steps.slice(at, at + 3);
		if (token?.kind === 'member') path.push(token.value);
		else if (isSign(token, '[') && key?.kind === 'text' && isSign(close, ']')) {
			path.push(key.value);
			at += 2;
		} else return undefined;
	}
	return path.length === 0 || path.some(meansMore) ? undefined : path;
}

/**
 * The columns that an expression names: by `$json`, or by the `json` of an item in whatever way it is
 * found, so rather one too many. Of one that takes the item as a whole there are none.
 */
export function columnsNamedIn(expression: string): string[] {
	return split(expression).blocks.flatMap((block) =>
		Array.from(
			block.matchAll(NAMED_COLUMN),
			([, member, double, single]) => member ?? double ?? single ?? '',
		),
	);
}

/** `$json.a`, `$json?.a`, `$json["a"]`, `$input.item.json['a']` */
const NAMED_COLUMN =
	/[$.]json\s*(?:\??\.\s*([A-Za-z_$][\w$]*)|(?:\?\.\s*)?\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\])/g;

function split(expression: string): Template {
	// text, block, text, block, …, text
	const parts = expression.slice(1).split(/\{\{([^{}]*)\}\}/);
	return {
		texts: parts.filter((_, index) => index % 2 === 0),
		blocks: parts.filter((_, index) => index % 2 === 1),
	};
}

/** Names that are inherited by every object, or that the engine refuses wherever they stand. */
function meansMore(name: string): boolean {
	return name in Object.prototype || name.includes('constructor') || name === 'prototype';
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const LITERALS = words('true false null undefined');
const FUNCTIONS = words('Number String Boolean parseFloat parseInt isNaN');
/** Methods that change nothing and give the same each time: JavaScript's own, and some of n8n's. */
const METHODS = words(`
	abs cbrt ceil exp floor hypot log log10 log2 max min pow round sign sqrt trunc
	isFinite isInteger isNaN isSafeInteger parseFloat parseInt toExponential toFixed toPrecision toString
	at charAt charCodeAt codePointAt concat endsWith fromCharCode includes indexOf lastIndexOf normalize
	padEnd padStart repeat replace replaceAll slice split startsWith substr substring toLowerCase
	toUpperCase trim trimEnd trimStart every filter flat join map some
	isEmpty isNotEmpty toBoolean toCamelCase toFloat toInt toNumber toSentenceCase toSnakeCase
	toTitleCase urlDecode urlEncode
`);

/** Whether a code is one expression of `$json.…`, literals, operators and methods that change nothing. */
function dependsOnColumnsAlone(tokens: readonly Token[] | undefined): boolean {
	if (tokens === undefined || tokens.length === 0) return false;
	const open: string[] = [];
	return (
		tokens.every((token, at) => {
			const before = tokens[at - 1];
			const after = tokens[at + 1];
			switch (token.kind) {
				case 'text':
				case 'number':
					return true;
				case 'name':
					return isKnownName(token.value, after);
				case 'member':
					return isSign(after, '(') ? METHODS.has(token.value) : !meansMore(token.value);
				case 'sign':
					if (token.value === ')') return open.pop() === '(';
					if (token.value === ']') return open.pop() === '[';
					// else it begins a regular expression
					if (token.value === '/') return endsOperand(before);
					if (token.value === '[') open.push('[');
					if (token.value !== '(') return true;
					open.push('(');
					return !endsOperand(before) || isCallable(before);
			}
		}) && open.length === 0
	);
}

function isKnownName(name: string, after: Token | undefined): boolean {
	if (LITERALS.has(name) || FUNCTIONS.has(name)) return true;
	if (name === 'Math') return after?.kind === 'member';
	// the item as a whole is not the same thing in both ways of evaluation
	return (
		name === '$json' && (after?.kind === 'member' || isSign(after, '[') || isSign(after, '?.'))
	);
}

function endsOperand(token: Token | undefined): boolean {
	if (token?.kind === 'sign') return token.value === ')' || token.value === ']';
	return token !== undefined;
}

/** Methods by a name in brackets, and results of a call, are called by nobody. */
function isCallable(token: Token | undefined): boolean {
	return token?.kind === 'member' || (token?.kind === 'name' && FUNCTIONS.has(token.value));
}

function isSign(token: Token | undefined, value: string): boolean {
	return token?.kind === 'sign' && token.value === value;
}
