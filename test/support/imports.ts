import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import ts from 'typescript';

export const root = join(__dirname, '../..');

/** A source file of the project. */
export interface SourceFile {
	/** From the root, with slashes. */
	readonly path: string;
	readonly text: string;
}

/** The source files below a folder. */
export function filesIn(folder: string): SourceFile[] {
	const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
		.map(({ parentPath, name }) => {
			const path = join(parentPath, name);
			return { path: slashed(relative(root, path)), text: readFileSync(path, 'utf8') };
		});
}

/**
 * What a file asks for, types included, in every form that TypeScript has: its own by their path
 * from the root, packages by their name.
 */
export function importsOf({ path, text }: SourceFile): string[] {
	const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
	const asked: string[] = [];
	const visit = (node: ts.Node): void => {
		const name = nameAskedFor(node);
		if (name !== undefined) asked.push(name);
		ts.forEachChild(node, visit);
	};
	visit(source);
	return asked.map((name) =>
		name.startsWith('.') ? slashed(relative(root, join(root, dirname(path), name))) : name,
	);
}

function nameAskedFor(node: ts.Node): string | undefined {
	if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
		return textOf(node.moduleSpecifier);
	}
	if (ts.isExternalModuleReference(node)) return textOf(node.expression);
	// import('./x').T
	if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
		return textOf(node.argument.literal);
	}
	if (!ts.isCallExpression(node)) return undefined;
	const { expression, arguments: given } = node;
	const isImport = expression.kind === ts.SyntaxKind.ImportKeyword;
	const isRequire = ts.isIdentifier(expression) && expression.text === 'require';
	return isImport || isRequire ? textOf(given[0]) : undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
	return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function slashed(path: string): string {
	return path.replaceAll('\\', '/');
}

/** Names to the names that they import. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Which file imports which, among the files of these folders. */
export function graphOf(folders: readonly string[]): Graph {
	const files = folders.flatMap(filesIn);
	const known = new Map(files.map(({ path }) => [path.replace(/\.[cm]?[jt]s$/, ''), path]));
	return new Map(
		files.map((file) => {
			const own = importsOf(file)
				.map(
					(asked) => known.get(asked.replace(/\.[cm]?[jt]s$/, '')) ?? known.get(`${asked}/index`),
				)
				.filter((asked) => asked !== undefined);
			return [file.path, new Set(own)];
		}),
	);
}

/** The same among groups of files, without what a group imports of itself. */
export function grouped(graph: Graph, groupOf: (path: string) => string | undefined): Graph {
	const groups = new Map<string, Set<string>>();
	for (const [path, imports] of graph) {
		const from = groupOf(path);
		if (from === undefined) continue;
		const others = groups.get(from) ?? new Set();
		groups.set(from, others);
		for (const to of [...imports].map(groupOf)) {
			if (to !== undefined && to !== from) others.add(to);
		}
	}
	return groups;
}

/** The first circle found from each name, `a → b → a`; none where imports run one way. */
export function circlesIn(graph: Graph): string[] {
	const done = new Set<string>();
	const circles: string[] = [];
	const visit = (name: string, way: readonly string[]): void => {
		const at = way.indexOf(name);
		if (at >= 0) circles.push([...way.slice(at), name].join(' → '));
		if (at >= 0 || done.has(name)) return;
		for (const next of graph.get(name) ?? []) visit(next, [...way, name]);
		done.add(name);
	};
	for (const name of graph.keys()) visit(name, []);
	return circles;
}

/** The same without imports that others lead to anyway. */
export function withoutDetours(graph: Graph): Graph {
	const reaches = (from: string, to: string): boolean =>
		[...(graph.get(from) ?? [])].some((next) => next === to || reaches(next, to));
	return new Map(
		[...graph].map(([name, imports]) => [
			name,
			new Set(
				[...imports].filter(
					(to) => ![...imports].some((other) => other !== to && reaches(other, to)),
				),
			),
		]),
	);
}
