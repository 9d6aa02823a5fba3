import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Overview } from './overview';
import type { FaultPlan } from './faults';
import { Live } from './live';

/** What the page is told. */
export interface Standing extends Overview {
	/** Requests under a provider's path. */
	requests: number;
	/** Those in force, in their order. */
	faults: ReturnType<FaultPlan['usage']>;
	/** As people know them, by the name in reports and faults. */
	providers: Record<string, string>;
}

const TYPES: Record<string, string> = {
	html: 'text/html; charset=utf-8',
	css: 'text/css; charset=utf-8',
	js: 'text/javascript; charset=utf-8',
	svg: 'image/svg+xml',
};

const FILES = [
	'index.html',
	'page.css',
	'icon.svg',
	'main.js',
	'control.js',
	'dom.js',
	'arrivals.js',
	'sums.js',
	'faults.js',
];

/** Nothing but what the sandbox serves itself is loaded, run or asked. */
const HEADERS = {
	'content-security-policy':
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'cache-control': 'no-cache',
};

/** Serves the page at `/`, its files below `/page/`, and how things stand, live, at `/live`. */
export function addPage(app: FastifyInstance, read: () => Standing): Live {
	for (const file of FILES) {
		const content = readFileSync(join(__dirname, 'page', file), 'utf8');
		const type = TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'text/plain';
		app.get(file === 'index.html' ? '/' : `/page/${file}`, (_request, reply) =>
			reply.headers(HEADERS).type(type).send(content),
		);
	}
	const live = new Live(read);
	app.get('/live', { exposeHeadRoute: false }, (_request, reply) => {
		reply.hijack();
		live.open(reply.raw);
	});
	return live;
}
